/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of connections: compiled rulesets, and packets that are not the
 * first ones.
 */
#include "../unit/helpers.h"
#include "compiled.h"
#include "namespace.h"

#include <netinet/in.h>
#include <netpolc/lab/testbed.h>
#include <sys/wait.h>

#define SWAPS 40 /* of rulesets under traffic */

static const char pods[] =
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: web, namespace: shop, labels: {app: web}}\n"
	"status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: db, namespace: shop, labels: {app: db}}\n"
	"status: {podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}\n---\n";

#define POLICY                                                                           \
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"                        \
	"metadata: {name: db, namespace: shop}\n"                                        \
	"spec:\n  podSelector: {matchLabels: {app: db}}\n"                               \
	"  policyTypes: [Ingress, Egress]\n"

static const char deny_all[] = POLICY;
static const char web_on_80[] =
	POLICY "  ingress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
	       "    ports: [{port: 80}, {port: 80, protocol: UDP}]\n";
static const char anyone_on_81[] = POLICY "  ingress:\n  - ports: [{port: 81}]\n";

static struct ctx cx;
static struct testbed *tb;

static bool passes(enum family family, int from, int to, unsigned protocol,
		   uint16_t source_port, uint16_t port, unsigned tcp_flags)
{
	u128 net = family == FAMILY_IPV4 ? (u128)10 << 24 : (u128)0xfd << 120;
	const struct packet_probe probe = {
		.from = { family, net + (unsigned)from },
		.to = { family, net + (unsigned)to },
		.protocol = protocol,
		.port = port,
		.source_port = source_port,
		.tcp_flags = tcp_flags,
	};
	bool arrived;

	assert_true(testbed_send(tb, &probe, 1, &arrived));
	return arrived;
}

/* 1 opens a connection to port 80 of 2, which answers. */
static void open_connection(enum family family, unsigned protocol)
{
	assert_true(passes(family, 1, 2, protocol, 500, 80, PACKET_SYN));
	assert_true(passes(family, 2, 1, protocol, 80, 500, PACKET_SYN | PACKET_ACK));
	assert_true(passes(family, 1, 2, protocol, 500, 80, PACKET_ACK));
}

static void answers_pass_where_nothing_else_does(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, pods, web_on_80);
	for (int family = 0; family < FAMILIES; family++) {
		for (int udp = 0; udp < 2; udp++) {
			unsigned protocol = udp ? IPPROTO_UDP : IPPROTO_TCP;

			assert_true(testbed_load(tb, c.ruleset));
			assert_false(passes(family, 2, 1, protocol, 80, 500,
					    PACKET_SYN | PACKET_ACK));
			open_connection(family, protocol);
			assert_false(passes(family, 2, 1, protocol, 80, 501, 0));
			assert_false(passes(family, 2, 1, protocol, 81, 500, 0));
		}
	}
	loaded_free(&c.input);
}

static void a_live_connection_goes_on_under_new_policy(void **state)
{
	struct compiled before, after;

	(void)state;
	compile(&before, pods, web_on_80);
	compile(&after, pods, deny_all);
	for (int family = 0; family < FAMILIES; family++) {
		assert_true(testbed_load(tb, before.ruleset));
		open_connection(family, IPPROTO_TCP);
		assert_true(testbed_swap(tb, after.ruleset));
		assert_true(passes(family, 1, 2, IPPROTO_TCP, 500, 80, PACKET_ACK));
		assert_true(passes(family, 2, 1, IPPROTO_TCP, 80, 500, PACKET_ACK));
		assert_false(passes(family, 1, 2, IPPROTO_TCP, 501, 80, PACKET_SYN));
	}
	loaded_free(&before.input);
	loaded_free(&after.input);
}

static void an_audit_drops_nothing(void **state)
{
	struct lower_options options = lower_defaults();
	struct compiled c;

	(void)state;
	options.audit = options.reject = true;
	compile_with(&c, pods, deny_all, &options);
	for (int family = 0; family < FAMILIES; family++) {
		assert_true(testbed_load(tb, c.ruleset));
		assert_true(passes(family, 1, 2, IPPROTO_TCP, 500, 80, PACKET_SYN));
		assert_true(passes(family, 2, 1, IPPROTO_UDP, 500, 80, 0));
		/* In the middle of a connection, and of none. */
		assert_true(passes(family, 1, 2, IPPROTO_TCP, 501, 80, PACKET_ACK));
		assert_true(passes(family, 2, 1, IPPROTO_TCP, 80, 502, PACKET_RST));
	}
	loaded_free(&c.input);
}

/* Without its entry nobody knows which end opened it. */
static void a_forgotten_connection_is_denied(void **state)
{
	struct compiled c;

	(void)state;
	compile(&c, pods, web_on_80);
	for (int family = 0; family < FAMILIES; family++) {
		assert_true(testbed_load(tb, c.ruleset));
		open_connection(family, IPPROTO_TCP);
		assert_true(testbed_load(tb, c.ruleset));
		assert_false(passes(family, 1, 2, IPPROTO_TCP, 500, 80, PACKET_ACK));
		assert_false(passes(family, 2, 1, IPPROTO_TCP, 80, 500, PACKET_ACK));
		/* Neither end isolated: nothing to be denied. */
		assert_true(passes(family, 1, 3, IPPROTO_TCP, 500, 80, PACKET_ACK));
		assert_true(passes(family, 1, 2, IPPROTO_TCP, 502, 80, PACKET_SYN));
	}
	loaded_free(&c.input);
}

/* In a process of its own: swaps the rulesets again and again. */
static void swap_rulesets(const struct compiled c[2])
{
	for (int i = 0; i < SWAPS; i++)
		if (!testbed_swap(tb, c[i % 2].ruleset))
			_exit(1);
	_exit(0);
}

/*
 * Both tables are hooked for the moment of the commit, the new one in front, and a
 * packet that is between the two just then meets the new one before and the old one
 * after: neither has rules.  That takes a fraction of a microsecond; two
 * transactions instead of one would be open a thousand times as long.
 */
static void rulesets_change_in_one_step(void **state)
{
	struct compiled c[2];
	size_t sent = 0, slipped = 0;
	int status;
	pid_t child;

	(void)state;
	compile(&c[0], pods, web_on_80);
	compile(&c[1], pods, anyone_on_81);
	assert_true(testbed_load(tb, c[0].ruleset));
	child = fork();
	assert_true(child >= 0);
	if (!child)
		swap_rulesets(c);
	do {
		for (int family = 0; family < FAMILIES; family++) {
			slipped += passes(family, 1, 2, IPPROTO_TCP, 0, 443, 0);
			slipped += passes(family, 3, 2, IPPROTO_UDP, 0, 80, 0);
			slipped += passes(family, 2, 1, IPPROTO_TCP, 0, 80, 0);
			sent += 3;
		}
	} while (!waitpid(child, &status, WNOHANG));
	assert_int_equal(status, 0);
	print_message("%zu of %zu packets passed under %d rulesets\n", slipped, sent,
		      SWAPS);
	assert_true(slipped <= sent / 1000);
	loaded_free(&c[0].input);
	loaded_free(&c[1].input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_pass_where_nothing_else_does),
		cmocka_unit_test(a_live_connection_goes_on_under_new_policy),
		cmocka_unit_test(a_forgotten_connection_is_denied),
		cmocka_unit_test(an_audit_drops_nothing),
		cmocka_unit_test(rulesets_change_in_one_step),
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
