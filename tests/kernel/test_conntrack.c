/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which connections are ended: what of an entry policy is asked about, and that all
 * others stay.  Entries are made by hand, with a port of their own each.
 */
#include "../oracle/load.h"
#include "../unit/helpers.h"
#include "entry.h"
#include "namespace.h"

#include <netpolc/enforce/recheck.h>
#include <netpolc/node/conntrack.h>
#include <netpolc/policy/decide.h>

static struct nfct_handle *kernel;

static void create(const struct entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (entry_create(kernel, &entries[i]) < 0)
			fail_msg("entry %zu: %s", i, strerror(errno));
}

static void forget_all(void)
{
	const uint32_t both[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < ARRAY_SIZE(both); i++)
		assert_int_equal(nfct_query(kernel, NFCT_Q_FLUSH, &both[i]), 0);
}

/* ---- what is asked about ---- */

static const struct asked {
	const char *what;
	struct entry entry;
	const char *from, *to;
	uint16_t port;
} asked[] = {
	{ "as it is",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1001, 80, 0, 0, NULL },
	  "10.0.0.1",
	  "10.0.0.2",
	  80 },
	{ "destination translated",
	  { "10.0.0.1", "10.96.0.1", "10.0.0.2", NULL, IPPROTO_TCP, 1002, 80, 8080, 0,
	    NULL },
	  "10.0.0.1",
	  "10.0.0.2",
	  8080 },
	{ "source translated",
	  { "10.0.0.1", "192.0.2.7", NULL, "198.51.100.1", IPPROTO_UDP, 1003, 53, 0, 0,
	    NULL },
	  "10.0.0.1",
	  "192.0.2.7",
	  53 },
	{ "both, through a node port",
	  { "203.0.113.5", "198.51.100.1", "10.0.0.2", "10.0.0.254", IPPROTO_TCP, 1004,
	    30080, 8080, 0, NULL },
	  "203.0.113.5",
	  "10.0.0.2",
	  8080 },
	{ "SCTP",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_SCTP, 1005, 7777, 0, 0, NULL },
	  "10.0.0.1",
	  "10.0.0.2",
	  7777 },
	{ "a protocol without ports",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_ICMP, 1006, 0, 0, 0, NULL },
	  "10.0.0.1",
	  "10.0.0.2",
	  0 },
	{ "IPv6, destination translated",
	  { "fd00::1", "fd96::1", "fd00::2", NULL, IPPROTO_TCP, 1007, 80, 8080, 0, NULL },
	  "fd00::1",
	  "fd00::2",
	  8080 },
	{ "a zone of its own",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1008, 80, 0, 7, NULL },
	  "10.0.0.1",
	  "10.0.0.2",
	  80 },
};

struct seen {
	struct conntrack_opening last;
	bool verdict;
};

static bool note(const struct conntrack_opening *opening, void *arg)
{
	struct seen *seen = arg;

	seen->last = *opening;
	return seen->verdict;
}

static void expect_address(const char *what, struct address got, const char *want)
{
	char text[ADDRESS_TEXT];

	if (strcmp(address_text(text, got), want))
		fail_msg("%s: %s instead of %s", what, text, want);
}

static void policy_is_asked_about_what_it_would_see(void **state)
{
	struct conntrack *ct;

	(void)state;
	assert_int_equal(conntrack_open(&ct), 0);
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		const struct asked *a = &asked[i];
		enum family f = strchr(a->from, ':') ? FAMILY_IPV6 : FAMILY_IPV4;
		struct conntrack_count count = { 0 };
		struct seen seen = { .verdict = true };

		forget_all();
		create(&a->entry, 1);
		assert_int_equal(conntrack_cut(ct, f, true, note, &seen, &count), 0);
		if (count.seen != 1 || count.cut != 1)
			fail_msg("%s: %zu seen, %zu cut", a->what, count.seen, count.cut);
		expect_address(a->what, seen.last.from, a->from);
		expect_address(a->what, seen.last.to, a->to);
		assert_int_equal(seen.last.port, a->port);
		assert_int_equal(seen.last.protocol, a->entry.protocol);
		/* That was only counted; now it ends. */
		assert_int_equal(conntrack_cut(ct, f, false, note, &seen, &count), 0);
		assert_int_equal(count.cut, 2);
		assert_int_equal(conntrack_cut(ct, f, true, note, &seen, &count), 0);
		if (count.seen != 2)
			fail_msg("%s: it is still there", a->what);
	}
	conntrack_close(ct);
}

/* ---- what policy says ---- */

static const char manifests[] =
	"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: web, namespace: shop, labels: {app: web}}\n"
	"status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}\n---\n"
	"apiVersion: v1\nkind: Pod\n"
	"metadata: {name: db, namespace: shop, labels: {app: db}}\n"
	"status: {podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}\n---\n"
	"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
	"metadata: {name: db, namespace: shop}\n"
	"spec:\n  podSelector: {matchLabels: {app: db}}\n"
	"  ingress: [{ports: [{port: 8080}]}]\n";

static const struct entry control = { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP,
				      1010,	  8080,	      0,    0,	  NULL };
static const struct entry denied_control = { "10.0.0.1",  "10.0.0.2", NULL, NULL,
					     IPPROTO_TCP, 1011,	      80,   0,
					     0,		  NULL };

static const struct {
	const char *what;
	struct entry entry;
	bool ends, ends_with_family_4, ends_with_others_allowed;
} judged[] = {
	{ "an allowed port through a service",
	  { "10.0.0.1", "10.96.0.1", "10.0.0.2", NULL, IPPROTO_TCP, 1001, 80, 8080, 0,
	    NULL },
	  false,
	  false,
	  false },
	{ "another port through a service",
	  { "10.0.0.1", "10.96.0.1", "10.0.0.2", NULL, IPPROTO_TCP, 1002, 8080, 80, 0,
	    NULL },
	  true,
	  true,
	  true },
	{ "another port in IPv6",
	  { "fd00::1", "fd00::2", NULL, NULL, IPPROTO_TCP, 1003, 80, 0, 0, NULL },
	  true,
	  false,
	  true },
	{ "what the pod has begun itself",
	  { "10.0.0.2", "10.0.0.1", NULL, NULL, IPPROTO_TCP, 1004, 80, 0, 0, NULL },
	  false,
	  false,
	  false },
	{ "a protocol without ports",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_ICMP, 1005, 0, 0, 0, NULL },
	  true,
	  true,
	  false },
	{ "from this machine itself",
	  { "10.0.0.254", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1006, 80, 0, 0, NULL },
	  false,
	  false,
	  false },
	{ "from it through a service",
	  { "127.0.0.1", "10.96.0.1", "10.0.0.2", "10.0.0.254", IPPROTO_TCP, 1007, 80, 0,
	    0, NULL },
	  false,
	  false,
	  false },
	{ "others",
	  { "10.0.0.8", "10.0.0.9", NULL, NULL, IPPROTO_TCP, 1008, 80, 0, 0, NULL },
	  false,
	  false,
	  false },
	{ "the pod and itself",
	  { "10.0.0.2", "10.96.0.1", "10.0.0.2", "10.0.0.254", IPPROTO_TCP, 1009, 80, 0,
	    0, NULL },
	  false,
	  false,
	  false },
	{ "what others belong to",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1010, 8080, 0, 0, NULL },
	  false,
	  false,
	  false },
	{ "denied, and others belong to it",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1011, 80, 0, 0, NULL },
	  true,
	  true,
	  true },
	{ "what belongs to an allowed one",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1012, 9999, 0, 0, &control },
	  false,
	  false,
	  false },
	{ "what belongs to a denied one",
	  { "10.0.0.1", "10.0.0.2", NULL, NULL, IPPROTO_TCP, 1013, 9999, 0, 0,
	    &denied_control },
	  true,
	  true,
	  true },
};

static int look(enum nf_conntrack_msg_type type, struct nf_conntrack *ct, void *arg)
{
	bool *there = arg;
	bool icmp = nfct_get_attr_u8(ct, ATTR_ORIG_L4PROTO) == IPPROTO_ICMP;

	(void)type;
	there[ntohs(nfct_get_attr_u16(ct, icmp ? ATTR_ICMP_ID : ATTR_ORIG_PORT_SRC)) -
	      1001] = true;
	return NFCT_CB_CONTINUE;
}

static void list(bool *there)
{
	const uint32_t both[] = { AF_INET, AF_INET6 };

	for (size_t i = 0; i < ARRAY_SIZE(both); i++) {
		nfct_callback_register(kernel, NFCT_T_ALL, look, there);
		assert_int_equal(nfct_query(kernel, NFCT_Q_DUMP, &both[i]), 0);
		nfct_callback_unregister(kernel);
	}
}

/* ends: where judged[] says what becomes of the connection */
static void recheck(const struct settings *set, size_t ends)
{
	struct config cfg = { .loudness = QUIET };
	bool there[ARRAY_SIZE(judged)] = { false };
	struct loaded_input input;
	const struct pod_sets *sets;
	const struct classes *classes;
	struct conntrack *ct;
	BUF_AUTO text = { 0 };

	buf_puts(&text, manifests);
	load_text(&input, set, &text);
	sets = resolve(&input.cx, input.cluster);
	classes = classify(&input.cx, input.cluster, sets);
	forget_all();
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++)
		create(&judged[i].entry, 1);
	ct = recheck_begin(&input.cx);
	assert_non_null(ct);
	recheck_run(&input.cx, &cfg, decide(&input.cx, input.cluster, sets, classes), ct);
	conntrack_close(ct);
	assert_false(diag_failed(input.cx.diags));
	list(there);
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++)
		if (there[i] == *((const bool *)&judged[i] + ends))
			fail_msg("%s: %s", judged[i].what,
				 there[i] ? "goes on" : "ended");
	loaded_free(&input);
}

static void the_core_decides(void **state)
{
	struct settings set = settings_default();

	(void)state;
	recheck(&set, offsetof(typeof(judged[0]), ends));
	set.families[FAMILY_IPV6] = false;
	recheck(&set, offsetof(typeof(judged[0]), ends_with_family_4));
	set = settings_default();
	set.allow_other_protocols = true;
	recheck(&set, offsetof(typeof(judged[0]), ends_with_others_allowed));
}

/* An address of this machine. */
static void add_own_address(void)
{
	assert_int_equal(system("ip link set lo up && ip addr add 10.0.0.254/32 dev lo"),
			 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy_is_asked_about_what_it_would_see),
		cmocka_unit_test(the_core_decides),
	};
	int failed;

	enter_namespace();
	add_own_address();
	kernel = nfct_open(CONNTRACK, 0);
	if (!kernel)
		skip_test(strerror(errno));
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	nfct_close(kernel);
	return failed;
}
