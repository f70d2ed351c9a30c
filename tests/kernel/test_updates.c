/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Under a flood of packets that no ruleset allows, one ruleset becomes another: not
 * one of them may pass.
 */
#include "../unit/helpers.h"
#include "compiled.h"
#include "namespace.h"

#include <netinet/in.h>
#include <netpolc/lab/testbed.h>
#include <sys/wait.h>

#define UPDATES 240

#define POLICY(name, spec)                                                               \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"                        \
	"metadata: {name: " name ", namespace: shop}\nspec: {" spec "}\n---\n"
#define APP(app)     "podSelector: {matchLabels: {app: " app "}}, policyTypes: "
#define DB	     APP("db") "[Ingress, Egress]"
#define CRON	     APP("cron") "[Egress]"
#define FROM(peers)  ", ingress: [{from: [" peers "], ports: [" PORTS "]}]"
#define ON(n)	     ", ingress: [{from: [" WEB "], ports: [{port: " n "}]}]"
#define TO(peers)    ", egress: [{to: [" peers "]}]"
#define PORTS	     "{port: 80}, {port: 81}, {port: 90, endPort: 99}"
#define WEB	     "{podSelector: {matchLabels: {app: web}}}"
#define BLOCKS(a, b) "{ipBlock: {cidr: " a "}}, {ipBlock: {cidr: " b "}}"
#define POD(name, app, four, six)                                                        \
	"apiVersion: v1\nkind: Pod\n"                                                    \
	"metadata: {name: " name ", namespace: shop, labels: {app: " app "}}\n"          \
	"status: {podIPs: [{ip: " four "}, {ip: '" six "'}]}\n---\n"

static const char pods[] =
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" POD(
		"web", "web", "10.0.0.1", "fd00::1")
		POD("db", "db", "10.0.0.2", "fd00::2")
			POD("cron", "cron", "10.0.0.3", "fd00::3");

/* None lets db talk to cron, nor cron to db, on port 22. */
static const char *const variants[] = {
	POLICY("db", DB),
	POLICY("db", DB ON("80")),
	POLICY("db", DB ON("443")),
	POLICY("renamed", DB ON("443")),
	POLICY("db", DB ON("80")) POLICY("more", DB ON("53")),
	POLICY("db", DB FROM(WEB) TO(WEB)),
	POLICY("db", DB FROM(BLOCKS("192.0.2.0/24", "10.9.0.0/16") ", " WEB)),
	POLICY("db", DB ON("80")) POD("web2", "web", "10.0.1.1", "fd00::1:1")
		POD("db2", "db", "10.0.1.2", "fd00::1:2"),
	POLICY("db", DB TO(BLOCKS("10.2.0.0/16", "10.4.0.0/16") ", " BLOCKS(
			     "10.6.0.0/16", "10.8.0.0/16"))),
	POLICY("db", DB TO(WEB)) POLICY("cron", CRON),
};

static struct ctx cx;
static struct testbed *tb;

/* In a process of its own: makes one of the other again and again. */
static void update_rulesets(const struct compiled *c)
{
	struct apply_result result;

	for (size_t i = 0; i < UPDATES; i++) {
		/* Every one after every other. */
		size_t next = (i * 3 + i / ARRAY_SIZE(variants)) % ARRAY_SIZE(variants);

		if (!testbed_update(tb, c[next].ruleset, &result) ||
		    result.outcome == APPLY_REPLACED)
			_exit(1);
	}
	_exit(0);
}

static size_t send_denied(size_t *sent)
{
	struct packet_probe probes[64];
	bool arrived[ARRAY_SIZE(probes)];
	size_t slipped = 0;

	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		enum family family = i / 2 % 2 ? FAMILY_IPV4 : FAMILY_IPV6;
		u128 net = family == FAMILY_IPV4 ? (u128)10 << 24 : (u128)0xfd << 120;

		probes[i] = (struct packet_probe){
			.from = { family, net + (i % 2 ? 3 : 2) },
			.to = { family, net + (i % 2 ? 2 : 3) },
			.protocol = i / 4 % 2 ? IPPROTO_TCP : IPPROTO_UDP,
			.port = 22,
		};
	}
	assert_true(testbed_send(tb, probes, ARRAY_SIZE(probes), arrived));
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++)
		slipped += arrived[i];
	*sent += ARRAY_SIZE(probes);
	return slipped;
}

static void no_denied_packet_passes_while_rulesets_change(void **state)
{
	struct compiled c[ARRAY_SIZE(variants)];
	size_t sent = 0, slipped = 0;
	int status;
	pid_t child;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		compile(&c[i], pods, variants[i]);
	assert_true(testbed_load(tb, c[0].ruleset));
	child = fork();
	assert_true(child >= 0);
	if (!child)
		update_rulesets(c);
	do
		slipped += send_denied(&sent);
	while (!waitpid(child, &status, WNOHANG));
	assert_int_equal(status, 0);
	print_message("%zu of %zu packets passed during %d updates\n", slipped, sent,
		      UPDATES);
	assert_int_equal(slipped, 0);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		loaded_free(&c[i].input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_denied_packet_passes_while_rulesets_change),
	};
	struct settings set = settings_default();
	const char *why_not;
	int failed;

	ctx_init(&cx, &set);
	tb = testbed_open(&cx, &why_not);
	if (!tb)
		skip_test(why_not);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	testbed_close(tb);
	ctx_free(&cx);
	return failed;
}
