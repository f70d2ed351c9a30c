/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lower's options: how packets are denied, audited and logged, and at which hook. */
#include "lowered.h"

#include <netpolc/nft/logging.h>

static void denial_can_be_said(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	const struct chain *denied;
	struct run r;

	(void)state;
	opt.reject = true;
	rs = lower_text(&r, NULL, &opt, PODS ON("x", "ingress: []"));
	denied = ruleset_chain(rs, "denied");
	assert_int_equal(denied->len, 2);
	assert_int_equal(denied->at[0].at[0].kind, EXPR_L4PROTO);
	assert_int_equal(denied->at[0].at[0].number, IPPROTO_TCP);
	assert_false(denied->at[0].at[0].negate);
	assert_int_equal(denied->at[0].at[1].kind, EXPR_REJECT_TCP);
	assert_int_equal(denied->at[1].at[0].kind, EXPR_REJECT);
	assert_int_equal(syn(rs, "9.9.9.9", "10.0.0.1", 80), SIM_REJECT);
	assert_int_equal(
		send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_UDP, 80, CT_NEW, 0)
			.verdict,
		SIM_REJECT);
	/* A stray segment is dropped all the same. */
	assert_int_equal(
		send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 80, CT_INVALID, 0)
			.verdict,
		SIM_DROP);
	run_free(&r);
}

static void audit_counts_and_lets_pass(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	struct sim_result r;
	struct run run;

	(void)state;
	opt.audit = opt.reject = true;
	rs = lower_text(&run, NULL, &opt, PODS ON("x", "policyTypes: [Ingress, Egress]"));
	assert_null(ruleset_chain(rs, "denied"));
	r = send_packet(rs, "10.0.0.1", "10.0.0.2", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(r.verdict, SIM_ACCEPT);
	assert_int_equal(r.ncounters, 2);
	assert_int_equal(r.counters[0]->name[0], 'e');
	assert_int_equal(r.counters[1]->name[0], 'i');
	r = send_packet(rs, "9.9.9.9", "10.0.0.2", IPPROTO_UDP, 80, CT_NEW, 0);
	assert_int_equal(r.verdict, SIM_ACCEPT);
	assert_int_equal(r.ncounters, 1);
	r = send_packet(rs, "10.0.0.1", "9.9.9.9", IPPROTO_TCP, 80, CT_NEW, TCP_ACK);
	assert_int_equal(r.verdict, SIM_ACCEPT);
	assert_int_equal(r.ncounters, 1);
	assert_string_equal(r.counters[0]->name, "midstream");
	r = send_packet(rs, "10.0.0.1", "9.9.9.9", IPPROTO_TCP, 80, CT_INVALID, 0);
	assert_int_equal(r.verdict, SIM_ACCEPT);
	assert_int_equal(r.ncounters, 1);
	assert_string_equal(r.counters[0]->name, "stray");
	run_free(&run);
}

/* The log's rule comes before the one that counts, and only there. */
static void denials_are_logged_where_they_are_counted(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	struct sim_result r;
	struct run run;
	size_t len;

	opt.table = "mine";
	opt.log = LOG_TO_GROUP;
	opt.log_group = 3;
	rs = lower_text(&run, NULL, &opt,
			PODS ON("x", "policyTypes: [Ingress, Egress], ingress: [{ports: "
				     "[{port: 80}]}]"));
	r = send_packet(rs, "10.0.0.1", "9.9.9.9", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(r.nlogs, 1);
	assert_string_equal(
		r.logs[0], arena_printf(*state, "mine %s egress: ", r.counters[0]->name));
	assert_ptr_equal(logging_class(r.logs[0], "mine", &len), r.logs[0] + 5);
	assert_int_equal(len, strlen(r.counters[0]->name));
	r = send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 81, CT_NEW, TCP_SYN);
	assert_int_equal(r.nlogs, 1);
	assert_non_null(strstr(r.logs[0], " ingress: "));
	r = send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 80, CT_NEW, TCP_SYN);
	assert_int_equal(r.nlogs, 0);
	r = send_packet(rs, "9.9.9.9", "10.0.0.1", IPPROTO_TCP, 80, CT_INVALID, 0);
	assert_int_equal(r.nlogs, 0);
	r = send_packet(rs, "10.0.0.1", "10.0.0.2", IPPROTO_TCP, 80, CT_NEW, TCP_ACK);
	assert_int_equal(r.nlogs, 1);
	assert_string_equal(r.logs[0], "mine midstream: ");
	run_free(&run);
}

static void a_line_of_the_log_has_its_class(void **state)
{
	static const struct {
		const char *line, *class;
	} lines[] = {
		{ "netpolc e-shop-x egress: ", "e-shop-x" },
		{ "[1.2] netpolc midstream: IN=a", "midstream" },
		{ "a-netpolc x: netpolc i-y ingress: IN=a", "i-y" },
		{ "netpolc", NULL },
		{ "netpolc : ", NULL },
		{ "netpolcx e-shop-x egress: ", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		size_t len = 0;
		const char *class = logging_class(lines[i].line, "netpolc", &len);

		if (!lines[i].class != !class ||
		    (class && (len != strlen(lines[i].class) ||
			       strncmp(class, lines[i].class, len))))
			fail_msg("%s", lines[i].line);
	}
}

static struct sim_result send_forged(const struct ruleset *rs, const char *link,
				     bool misrouted, unsigned state)
{
	struct packet p = {
		.saddr = address_of("10.0.0.2").number,
		.daddr = address_of("9.9.9.9").number,
		.protocol = IPPROTO_UDP,
		.state = state,
		.iifname = link,
		.misrouted = misrouted,
	};

	return sim_run(rs, &p);
}

static void forged_sources_of_pods_are_dropped(void **state)
{
	static const char *const links[] = { "pod1", "net*" };
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	struct sim_result r;
	struct run run;

	(void)state;
	opt.anti_spoof = opt.reject = true;
	opt.log = LOG_TO_SYSLOG;
	opt.pod_links = links;
	opt.npod_links = 2;
	rs = lower_text(&run, NULL, &opt, PODS ON("x", "ingress: []"));
	for (size_t i = 0; i < CT_STATES; i++) {
		assert_int_equal(send_forged(rs, "pod1", true, 1u << i).verdict,
				 SIM_DROP);
		assert_int_equal(send_forged(rs, "net7", true, 1u << i).verdict,
				 SIM_DROP);
	}
	r = send_forged(rs, "net", true, CT_NEW);
	assert_int_equal(r.ncounters, 1);
	assert_string_equal(r.counters[0]->name, "spoofed");
	assert_string_equal(r.logs[0], "netpolc spoofed egress: ");
	assert_int_equal(send_forged(rs, "pod1", false, CT_NEW).verdict, SIM_ACCEPT);
	assert_int_equal(send_forged(rs, "pod11", true, CT_NEW).verdict, SIM_ACCEPT);
	assert_int_equal(send_forged(rs, "eth0", true, CT_NEW).verdict, SIM_ACCEPT);
	run_free(&run);
}

/* Without names, the usual ones; and to be judged by policy afterwards. */
static void an_audit_counts_forged_sources(void **state)
{
	struct lower_options opt = lower_defaults();
	const struct ruleset *rs;
	struct sim_result r;
	struct run run;

	(void)state;
	opt.anti_spoof = opt.audit = true;
	rs = lower_text(&run, NULL, &opt, PODS ON("x", "policyTypes: [Egress]"));
	r = send_forged(rs, "cali0123", true, CT_NEW);
	assert_int_equal(r.verdict, SIM_ACCEPT);
	assert_int_equal(r.ncounters, 2);
	assert_string_equal(r.counters[0]->name, "spoofed");
	assert_int_equal(r.counters[1]->name[0], 'e');
	run_free(&run);
}

/* What the machine sends itself is not forwarded. */
static void the_late_hook_leaves_the_machine_alone(void **state)
{
	struct lower_options opt = lower_defaults();
	struct settings set = settings_default();
	struct packet p = { .saddr = address_of("9.9.9.9").number,
			    .daddr = address_of("10.0.0.1").number,
			    .protocol = IPPROTO_TCP,
			    .tcp_flags = TCP_SYN,
			    .state = CT_NEW,
			    .made_here = true };
	const struct ruleset *rs;
	struct run run;

	(void)state;
	opt.late = true;
	set.deny_unknown = true;
	assert_true(prefix_parse(&set.pod_cidrs[set.npod_cidrs++], "10.0.0.0/24", NULL));
	rs = lower_text(&run, &set, &opt, PODS ON("x", "ingress: []"));
	assert_null(ruleset_chain(rs, HOOK_FORWARD));
	assert_true(ruleset_chain(rs, HOOK_POSTROUTING)->base);
	assert_int_equal(sim_run(rs, &p).verdict, SIM_ACCEPT);
	p.made_here = false;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_DROP);
	/* Nobody knows the way back: an unknown source is one from wherever. */
	p.saddr = address_of("10.0.0.77").number;
	p.daddr = address_of("9.9.9.9").number;
	p.misrouted = true;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_DROP);
	p.from_here = true;
	assert_int_equal(sim_run(rs, &p).verdict, SIM_ACCEPT);
	run_free(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(denial_can_be_said),
		TEST(audit_counts_and_lets_pass),
		TEST(denials_are_logged_where_they_are_counted),
		TEST(a_line_of_the_log_has_its_class),
		TEST(forged_sources_of_pods_are_dropped),
		TEST(an_audit_counts_forged_sources),
		TEST(the_late_hook_leaves_the_machine_alone),
	};

	return cmocka_run_group_tests_name("lower_denied", tests, NULL, NULL);
}
