/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: every construct comes out in its one form, each line knows its manifest,
 * and nothing stands in the text that a ruleset does not hold.
 */
#include "helpers.h"

#include <netpolc/nft/text.h>
#include <samples.h>
#include <string.h>

#define MAX6 (~(u128)0)

/* ---- elements ---- */

static const struct {
	const char *what, *want;
	enum key_type first, last; /* first: of two keys, when nkeys is 2 */
	unsigned nkeys;
	struct element e;
} element_cases[] = {
	{ "one IPv4 address",
	  "10.0.0.1",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0x0a000001, .hi = 0x0a000001 } },
	{ "a prefix",
	  "10.0.0.0/8",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0x0a000000, .hi = 0x0affffff } },
	{ "the smallest prefix",
	  "10.0.0.2/31",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0x0a000002, .hi = 0x0a000003 } },
	{ "two addresses that are no prefix",
	  "10.0.0.1-10.0.0.2",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0x0a000001, .hi = 0x0a000002 } },
	{ "as long as a prefix, but not aligned",
	  "10.0.0.4-10.0.0.11",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0x0a000004, .hi = 0x0a00000b } },
	{ "all of IPv4", "0.0.0.0/0", 0, KEY_IPV4, 1, { .lo = 0, .hi = UINT32_MAX } },
	{ "all of IPv4 but its end",
	  "0.0.0.0-255.255.255.254",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = 0, .hi = UINT32_MAX - 1 } },
	{ "the last address",
	  "255.255.255.255",
	  0,
	  KEY_IPV4,
	  1,
	  { .lo = UINT32_MAX, .hi = UINT32_MAX } },
	{ "all of IPv6", "::/0", 0, KEY_IPV6, 1, { .lo = 0, .hi = MAX6 } },
	{ "half of IPv6",
	  "8000::/1",
	  0,
	  KEY_IPV6,
	  1,
	  { .lo = (u128)1 << 127, .hi = MAX6 } },
	{ "two IPv6 addresses", "::2/127", 0, KEY_IPV6, 1, { .lo = 2, .hi = 3 } },
	{ "an IPv6 range", "::1-::2", 0, KEY_IPV6, 1, { .lo = 1, .hi = 2 } },
	{ "one port", "80", 0, KEY_PORT, 1, { .lo = 80, .hi = 80 } },
	{ "ports are never a prefix", "80-81", 0, KEY_PORT, 1, { .lo = 80, .hi = 81 } },
	{ "all ports", "0-65535", 0, KEY_PORT, 1, { .lo = 0, .hi = 65535 } },
	{ "two keys: the range leads",
	  "::/0 . 10.0.0.1",
	  KEY_IPV4,
	  KEY_IPV6,
	  2,
	  { .lo = 0, .hi = MAX6, .first = 0x0a000001 } },
};

static void an_element_has_one_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(element_cases); i++) {
		struct set s = { .nkeys = element_cases[i].nkeys, .intervals = true };
		BUF_AUTO got = { 0 };

		s.key[0] = element_cases[i].first;
		s.key[s.nkeys - 1] = element_cases[i].last;
		text_element(&got, &s, &element_cases[i].e);
		if (strcmp(got.at, element_cases[i].want))
			fail_msg("%s: %s", element_cases[i].what, got.at);
	}
}

/* ---- lines ---- */

static const struct {
	const char *what, *sample, *line;
} line_cases[] = {
	{ "the table is there before it is deleted", "edges",
	  "table inet edges\ndelete table inet edges\ntable inet edges {" },
	{ "a hook with its priority", "policies",
	  "\t\ttype filter hook forward priority filter - 1; policy accept;" },
	{ "a priority above filter", "edges",
	  "\t\ttype filter hook forward priority filter + 10; policy accept;" },
	{ "the priority of filter", "pairs",
	  "\t\ttype filter hook forward priority filter; policy accept;" },
	{ "a counter", "policies", "\tcounter stray {\n\t}" },
	{ "a map", "policies",
	  "\tmap e-a-hosts4 {\n\t\ttype ipv4_addr : verdict\n\t\telements = {\n"
	  "\t\t\t10.0.0.2 : jump p-web,\n\t\t\t10.0.0.3 : goto ingress\n\t\t}\n\t}" },
	{ "a plain set", "policies",
	  "\tset i-a-hosts4 {\n\t\ttype ipv4_addr\n\t\telements = "
	  "{\n\t\t\t10.0.0.2\n\t\t}\n\t}" },
	{ "intervals", "edges",
	  "\tset blocks4 {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = {\n"
	  "\t\t\t0.0.0.0/1,\n\t\t\t224.0.0.1-224.0.0.9\n\t\t}\n\t}" },
	{ "two keys, the second a range", "pairs",
	  "\tmap ports4 {\n\t\ttype inet_service . ipv4_addr : verdict\n\t\tflags "
	  "interval\n"
	  "\t\telements = {\n\t\t\t0-65535 . 10.0.0.1 : accept,\n" },
	{ "two keys, no range", "pairs",
	  "\tmap self4 {\n\t\ttype ipv4_addr . ipv4_addr : verdict\n\t\telements = {\n"
	  "\t\t\t10.0.0.1 . 10.0.0.1 : accept,\n" },
	{ "a map without elements", "empty",
	  "\tmap pairs4 {\n\t\ttype ipv4_addr . ipv4_addr : verdict\n\t\tflags "
	  "interval\n\t}" },
	{ "a chain without rules", "empty", "\tchain e-nothing {\n\t}" },
	{ "a line about a chain", "policies",
	  "\t# what nothing allows\n\tchain denied {" },
	{ "a line about a map", "policies",
	  "\t# pods that 10.0.0.1 may send to\n\tmap e-a-hosts4 {" },
	{ "neighbour discovery", "policies",
	  "\t\ticmpv6 type { 130, 131, 132, 133, 134, 135, 136, 143 } accept" },
	{ "a connection without a beginning", "policies",
	  "\t\tct state new meta l4proto 6 tcp flags & (fin | syn | rst | ack) != syn "
	  "jump midstream" },
	{ "several ct states", "edges", "\t\tct state invalid,new drop" },
	{ "one ct state and a counter", "policies",
	  "\t\tct state invalid counter name \"stray\" drop" },
	{ "a verdict map", "policies", "\t\tip6 saddr vmap @egress6" },
	{ "a verdict map of two keys", "pairs", "\t\ttcp dport . ip saddr vmap @ports4" },
	{ "a look-up in a plain set", "edges", "\t\tip daddr @blocks4 accept" },
	{ "ranges kept by pipapo", "pipapo",
	  "\tmap i-pnets4 {\n\t\ttype ipv4_addr . nf_proto : verdict\n\t\tflags "
	  "interval\n\t\telements = {\n\t\t\t10.0.0.0/16 . ipv4 : accept,\n" },
	{ "a plain set of these", "pipapo",
	  "\t\t\t::2-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff . ipv6\n" },
	{ "a look-up in them", "pipapo", "\t\tip daddr . meta nfproto vmap @i-pnets4 " },
	{ "and in the plain set", "pipapo",
	  "\t\tip6 daddr . meta nfproto @i-pranges6 accept comment \"" },
	{ "a look-up of a prefix", "levels",
	  "\t\tip daddr & 255.255.255.0 vmap @nets24-4 comment \"" },
	{ "and of an IPv6 one", "levels",
	  "\t\tip6 daddr & ffff:: @ranges16-6 accept comment \"" },
	{ "exceptions", "negations",
	  "\t\tip saddr @members4 ip saddr != 10.0.0.4 tcp dport != 23 "
	  "ip daddr . ip saddr != @except4 accept" },
	{ "ports in a set", "edges", "\t\tsctp dport @p-ports accept" },
	{ "another protocol", "edges", "\t\tmeta l4proto != 6 drop" },
	{ "a prefix in a rule", "edges", "\t\tip daddr 10.0.0.0/8 accept" },
	{ "a range in a rule", "edges", "\t\tip daddr 10.0.0.1-10.0.0.9 accept" },
	{ "a port range in a rule", "edges", "\t\tudp dport 80-90 accept" },
	{ "a reset", "edges", "\t\tmeta l4proto 6 reject with tcp reset comment \"" },
	{ "a refusal", "edges", "\t\treject with icmpx admin-prohibited comment \"" },
};

static void a_construct_has_one_form(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(line_cases); i++) {
		BUF_AUTO got = { 0 };

		text_print(&got, sample_build(*state, line_cases[i].sample), NULL);
		if (!strstr(got.at, line_cases[i].line))
			fail_msg("%s: not in %s", line_cases[i].what, got.at);
	}
}

static void the_first_line_names_version_and_digest(void **state)
{
	struct ruleset *rs = sample_build(*state, "empty");
	BUF_AUTO got = { 0 };
	const char *want = arena_printf(*state, "# netpolc %s, digest %s\n", rs->version,
					rs->digest.at);

	text_print(&got, rs, NULL);
	assert_memory_equal(got.at, want, strlen(want));
}

static void a_rule_ends_with_its_comment(void **state)
{
	struct ruleset *rs = sample_build(*state, "policies");
	BUF_AUTO got = { 0 };

	text_rule(&got, &ruleset_chain(rs, "e-a")->at[0]);
	assert_non_null(strstr(got.at, "ip daddr vmap @e-a-hosts4 comment \""));
	assert_string_equal(got.at + got.len - strlen(" shop/web, shop/db\""),
			    " shop/web, shop/db\"");
}

/* ---- origins ---- */

static const struct origin *origin(struct arena *a, uint32_t line)
{
	struct origin *o = ARENA_NEW(a, struct origin);

	o->at.line = line;
	return o;
}

/* A map from manifest line 10, and a chain from 20 with a rule from 21 and one
 * that has no origin of its own. */
static struct ruleset *build_with_origins(struct arena *a)
{
	struct ruleset *rs = ruleset_new(a, "t", 0);
	struct chain *c = ruleset_add_chain(rs, "e-a", origin(a, 20));
	struct set *s = ruleset_add_set(rs, "egress4", origin(a, 10));

	s->key[0] = KEY_IPV4;
	s->nkeys = 1;
	for (unsigned i = 0; i < 3; i++)
		set_add(rs, s, (struct element){ .lo = i, .hi = i });
	rule_lookup(rs, chain_add_rule(rs, c, origin(a, 21)), s, FIELD_IP_SADDR,
		    FIELD_IP_SADDR);
	rule_verdict(rs, chain_add_rule(rs, c, NULL),
		     (struct verdict){ VERDICT_DROP, NULL });
	ruleset_finish(rs);
	return rs;
}

static const struct {
	const char *begin; /* of a line, behind its tabs */
	uint32_t line;	   /* of the manifest; 0: none */
} origin_cases[] = {
	{ "# netpolc", 0 },	  { "table inet t", 0 },   { "set egress4", 10 },
	{ "type ipv4_addr", 10 }, { "0.0.0.0", 10 },	   { "0.0.0.2", 10 },
	{ "chain e-a", 20 },	  { "ip saddr @", 21 },	   { "drop", 20 },
	{ "chain state", 0 },	  { "accept comment", 0 },
};

/* The number of the line, from 1, that begins so; 0 when there is none. */
static size_t find_line(const char *text, const char *begin)
{
	size_t n = 1;

	for (const char *line = text; *line; line = strchr(line, '\n') + 1, n++)
		if (strncmp(line + strspn(line, "\t"), begin, strlen(begin)) == 0)
			return n;
	return 0;
}

static void each_line_knows_its_manifest(void **state)
{
	struct text_lines lines = { 0 };
	BUF_AUTO got = { 0 };
	size_t ends = 0;

	text_print(&got, build_with_origins(*state), &lines);
	for (size_t i = 0; i < got.len; i++)
		ends += got.at[i] == '\n';
	assert_int_equal(lines.len, ends);
	for (size_t i = 0; i < ARRAY_SIZE(origin_cases); i++) {
		size_t n = find_line(got.at, origin_cases[i].begin);
		const struct origin *o;

		if (!n)
			fail_msg("no line '%s'", origin_cases[i].begin);
		o = lines.at[n - 1];
		if (o ? o->at.line != origin_cases[i].line : origin_cases[i].line != 0)
			fail_msg("line '%s'", origin_cases[i].begin);
	}
}

static void nothing_hostile_comes_through(void **state)
{
	static const char evil[] = "x\"; }\nflush ruleset\n\t# \\";
	struct ruleset *bad = ruleset_new(*state, "t", 0);
	struct chain *c = ruleset_add_chain(bad, "e-a", NULL);
	BUF_AUTO got = { 0 };

	c->policies = c->about = evil;
	rule_verdict(bad, chain_add_rule(bad, c, NULL),
		     (struct verdict){ VERDICT_DROP, NULL });
	ruleset_finish(bad);
	text_print(&got, bad, NULL);
	assert_int_equal(find_line(got.at, "flush"), 0);
	assert_non_null(strstr(got.at, " x__ __flush ruleset___ _\"\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_element_has_one_form),
		TEST(a_construct_has_one_form),
		TEST(the_first_line_names_version_and_digest),
		TEST(a_rule_ends_with_its_comment),
		TEST(each_line_knows_its_manifest),
		TEST(nothing_hostile_comes_through),
	};

	return cmocka_run_group_tests_name("nft_text", tests, NULL, NULL);
}
