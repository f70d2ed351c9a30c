/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ask: the text of endpoints and ports means what CLI.md's query says. */
#include "asking.h"

#include <netpolc/analysis/explain.h>
#include <netpolc/cli/answer.h>

static const struct {
	const char *what, *text;
	const char *wrong; /* part of the complaint, or NULL */
	bool is_pod;
} endpoints[] = {
	{ "a pod", "shop/web", NULL, true },
	{ "a pod of the host's network", "shop/agent", NULL, true },
	{ "a workload", "shop/Deployment/api", NULL, true },
	{ "an address of a pod", "10.0.0.1", NULL, false },
	{ "its other address, not in its shortest form", "FD00:0::1", NULL, false },
	{ "an address of nobody", "203.0.113.9", NULL, false },
	{ "an address of a finished pod", "10.0.0.3", NULL, false },
	{ "a finished pod", "shop/done", "finished", false },
	{ "a pod elsewhere", "default/web", "no pod", false },
	{ "a workload without its kind", "shop/api", "no pod", false },
	{ "a workload of another kind", "shop/Job/api", "no pod", false },
	{ "a kind in lower case", "shop/deployment/api", "no pod", false },
	{ "a Service", "shop/svc/front", NULL, true },
	{ "a Service in capitals", "shop/Svc/front", "no Service", false },
	{ "a Service that is not there", "shop/svc/web", "no Service", false },
	{ "a Service elsewhere", "default/svc/front", "no Service", false },
	{ "a Service that stands for a host", "shop/svc/mail", "ExternalName", false },
	{ "a Service without selector", "shop/svc/by-hand", "without a selector", false },
	{ "a Service of nobody", "shop/svc/nobody", "selects no pod", false },
	{ "a Service where no pod is", "elsewhere/svc/nobody", "selects no pod", false },
	{ "a Service with a fault", "shop/svc/faulty", "fault", false },
	{ "a prefix", "10.0.0.0/8", "no pod", false },
	{ "an address with a zone", "fe80::1%eth0", "no pod", false },
	{ "a name alone", "web", "no pod", false },
	{ "nothing", "", "no pod", false },
	{ "a name that goes on", "shop/web2", "no pod", false },
};

static void an_endpoint_is_a_pod_a_workload_or_an_address(void **state)
{
	struct asking *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(endpoints); i++) {
		const char *text = endpoints[i].text, *want = endpoints[i].wrong;
		struct party got;
		const char *wrong = ask_party(as->asker, &got, text, strlen(text));

		if (!wrong != !want || (wrong && !strstr(wrong, want)))
			fail_msg("%s: %s", endpoints[i].what, wrong ? wrong : "found");
		if (!wrong && party_at(&got, 0)->is_pod != endpoints[i].is_pod)
			fail_msg("%s: pod or address?", endpoints[i].what);
	}
}

static const struct {
	const char *text, *want;
} nearest[] = {
	{ "shop/db", "shop/db-0" },
	{ "default/web", "shop/web" },
	{ "shop/api", "shop/Deployment/api" },
	{ "shop/zebra", NULL },
	{ "shop/wbe", "shop/web" },
	{ "shopp/wep", "shop/web" },
	{ "shop/svc/fromt", "shop/svc/front" },
	{ "shop/svc/w", NULL },
	{ "shop/dome", NULL }, /* done has finished */
	{ "shop/", NULL },
};

static void what_may_have_been_meant_is_suggested(void **state)
{
	struct asking *as = *state;

	for (size_t i = 0; i < ARRAY_SIZE(nearest); i++) {
		const char *got = ask_nearest(&as->cx, as->asker, nearest[i].text);

		if (!got != !nearest[i].want || (got && strcmp(got, nearest[i].want)))
			fail_msg("%s: %s", nearest[i].text, got ? got : "nothing");
	}
}

static const struct {
	const char *what, *from, *to, *port, *want; /* the line begins so */
} questions[] = {
	{ "a rule allows", "shop/web", "shop/db-0", "tcp/5432", "allow: rules" },
	{ "no rule allows", "shop/web", "shop/db-0", "tcp/80",
	  "deny: shop/db-0 is isolated for ingress" },
	{ "another protocol", "shop/web", "shop/db-0", "UDP/5432", "deny: " },
	{ "a name for two ports that are allowed", "shop/web", "shop/db-0", "tcp/pg",
	  "allow: rules let shop/web reach shop/db-0 on tcp/pg (5433)" },
	{ "a name for two ports of which one is denied", "shop/web", "shop/db-0",
	  "tcp/mixed",
	  "deny: shop/db-0 is isolated for ingress, and no rule lets shop/web reach it "
	  "on "
	  "tcp/mixed (80) in IPv4" },
	{ "a name of another protocol", "shop/web", "shop/db-0", "udp/mixed", "deny: " },
	{ "a name that is not there", "shop/web", "shop/db-0", "tcp/http", NULL },
	{ "a name that begins like one", "shop/web", "shop/db-0", "tcp/p", NULL },
	{ "a name at an address of a pod", "shop/web", "10.0.0.2", "tcp/pg", "allow: " },
	{ "a name at an address of nobody", "shop/web", "203.0.113.9", "tcp/http", NULL },
	{ "a name on the host's network", "shop/web", "shop/agent", "tcp/http", NULL },
	{ "a pod and itself", "shop/db-0", "shop/db-0", "tcp/1", "allow: a pod always" },
	{ "a pod and its own address", "shop/db-0", "10.0.0.2", "tcp/1",
	  "allow: a pod always" },
	{ "a replica and its twin", "shop/Deployment/api", "shop/Deployment/api", "tcp/1",
	  "deny: shop/Deployment/api is isolated" },
	{ "nobody isolated", "shop/db-0", "shop/web", "sctp/7", "allow: no policy" },
	{ "a Service's port becomes the pod's", "shop/web", "shop/svc/db", "tcp/1",
	  "allow: 1 of 1 connection from shop/web to shop/svc/db on tcp/1 is allowed\n"
	  "  allow: rules let shop/web reach shop/db-0 on tcp/5432\n" },
	{ "a Service's port by its name", "shop/web", "shop/svc/db", "tcp/sql",
	  "allow: 1 of 1" },
	{ "a port that the pod denies", "shop/web", "shop/svc/db", "tcp/2",
	  "deny: 0 of 1" },
	{ "a pod's port that the Service has not", "shop/web", "shop/svc/db", "tcp/5432",
	  NULL },
	{ "a Service's port of another protocol", "shop/web", "shop/svc/db", "udp/1",
	  NULL },
	{ "the name of a pod's port", "shop/web", "shop/svc/db", "tcp/pg", NULL },
	{ "a target by name", "shop/db-0", "shop/svc/front", "tcp/8080",
	  "allow: 1 of 1 connection from shop/db-0 to shop/svc/front on tcp/8080 is "
	  "allowed\n"
	  "  allow: no policy isolates shop/db-0 for egress or shop/web for ingress\n" },
	{ "a headless Service's pods have their own ports", "shop/web", "shop/svc/direct",
	  "tcp/5432", "allow: 1 of 1" },
	{ "a headless Service translates nothing", "shop/web", "shop/svc/direct", "tcp/1",
	  "deny: 0 of 1" },
	{ "a headless Service's port by its name", "shop/web", "shop/svc/direct",
	  "tcp/sql", "allow: 1 of 1" },
	{ "one pod behind it denies", "203.0.113.9", "shop/svc/both", "tcp/80",
	  "deny: 1 of 2 connections from 203.0.113.9 to shop/svc/both on tcp/80 is "
	  "allowed\n"
	  "  deny: shop/db-0 is isolated for ingress" },
	{ "who lacks the target's name is not behind it", "shop/web", "shop/svc/both",
	  "tcp/81", "allow: 1 of 1 connection" },
	{ "a pod and itself are no pair of several", "shop/web", "shop/svc/both",
	  "tcp/80", "deny: 0 of 1 connection" },
	{ "a pod behind its own Service", "shop/web", "shop/svc/front", "tcp/8080",
	  "allow: 1 of 1 connection from shop/web to shop/svc/front on tcp/8080 is "
	  "allowed\n"
	  "  allow: a pod always" },
	{ "a Service in front of a workload", "shop/web", "shop/svc/twins", "tcp/80",
	  "deny: 0 of 1 connection" },
	{ "the pods of a Service as sources", "shop/svc/both", "203.0.113.9", "tcp/80",
	  "allow: 2 of 2 connections" },
	{ "families that do not meet", "fd00::1", "10.0.0.2", "tcp/1",
	  "deny: fd00::1 and 10.0.0.2 share no IP family" },
};

static bool put(struct asking *as, struct inquiry *q, const char *from, const char *to,
		const char *port)
{
	*q = (struct inquiry){
		.asker = as->asker, .expected = true, .from_text = from, .to_text = to
	};
	assert_null(ask_party(as->asker, &q->from, from, strlen(from)));
	assert_null(ask_party(as->asker, &q->to, to, strlen(to)));
	assert_true(probe_port_parse(&q->port, port));
	return ask_port(&q->to, &q->port, &q->target) && ask_parties(q) && q->tally.pairs;
}

static void a_question_has_an_answer_in_words(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const char *want = questions[i].want;
		BUF_AUTO out = { 0 };
		struct asking *as = *state;
		struct inquiry q;

		if (put(as, &q, questions[i].from, questions[i].to, questions[i].port))
			answer_inquiry(&as->cx, &out, &q, false);
		if (!out.at != !want ||
		    (want && strncmp(out.at, want, strlen(want)) != 0))
			fail_msg("%s: %s", questions[i].what, out.at ? out.at : "none");
	}
}

static void an_explanation_names_the_rule_that_allows(void **state)
{
	struct asking *as = *state;
	struct explanation e;
	struct inquiry q;

	put(as, &q, "shop/web", "shop/db-0", "tcp/5433");
	assert_false(explain(&as->cx, as->dc, EGRESS, &q.from.one, &q.to.one, PROTO_TCP,
			     5433, FAMILY_IPV4, &e));
	assert_true(explain(&as->cx, as->dc, INGRESS, &q.from.one, &q.to.one, PROTO_TCP,
			    5433, FAMILY_IPV4, &e));
	assert_int_equal(e.npolicies, 1);
	assert_int_equal(e.nrules, 2);
	assert_true(e.rules[0].found.peer_matches && e.rules[0].found.port_matches);
	assert_string_equal(e.rules[0].peers[0].peer->origin.path,
			    "spec.ingress[0].from[1]");
	assert_string_equal(e.rules[0].found.port->origin.path,
			    "spec.ingress[0].ports[0]");
	assert_false(e.rules[1].found.peer_matches || e.rules[1].found.port_matches);
}

static void an_explanation_puts_the_nearest_miss_first(void **state)
{
	struct asking *as = *state;
	struct explanation e;
	struct inquiry q;

	put(as, &q, "172.16.0.1", "shop/db-0", "tcp/80");
	assert_true(explain(&as->cx, as->dc, INGRESS, &q.from.one, &q.to.one, PROTO_TCP,
			    80, FAMILY_IPV4, &e));
	assert_int_equal(e.nrules, 2);
	assert_true(e.rules[0].found.peer_matches && !e.rules[0].found.port_matches);
	assert_string_equal(e.rules[0].found.rule->origin.path, "spec.ingress[1]");
	assert_false(e.rules[1].found.peer_matches);
}

static const struct {
	const char *what, *text;
	bool good;
} ports[] = {
	{ "a number", "tcp/80", true },
	{ "the first", "udp/1", true },
	{ "the last", "SCTP/65535", true },
	{ "mixed case", "Tcp/80", true },
	{ "a name", "tcp/http-2", true },
	{ "none", "tcp/0", false },
	{ "too large", "tcp/65536", false },
	{ "much too large", "tcp/4294967376", false },
	{ "no protocol", "80", false },
	{ "another protocol", "icmp/80", false },
	{ "half a protocol", "tc/80", false },
	{ "no port", "tcp/", false },
	{ "a sign", "tcp/-1", false },
	{ "a range", "tcp/80-90", false },
	{ "a name with capitals", "tcp/Http", false },
	{ "space", "tcp/ 80", false },
	{ "two slashes", "tcp/80/81", false },
};

static void a_port_is_a_protocol_with_a_number_or_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		struct probe_port got;

		if (probe_port_parse(&got, ports[i].text) != ports[i].good)
			fail_msg("%s", ports[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKING(an_endpoint_is_a_pod_a_workload_or_an_address),
		ASKING(what_may_have_been_meant_is_suggested),
		ASKING(a_question_has_an_answer_in_words),
		ASKING(an_explanation_names_the_rule_that_allows),
		ASKING(an_explanation_puts_the_nearest_miss_first),
		cmocka_unit_test(a_port_is_a_protocol_with_a_number_or_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
