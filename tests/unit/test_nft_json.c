/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nft/json: what is printed parses, names nothing before it is there, gives every
 * construct its form of libnftables-json(5), and loses no element of a large set.
 */
#include "helpers.h"

#include <jansson.h>
#include <netpolc/nft/json.h>
#include <samples.h>
#include <string.h>

/* The array of commands; the caller gives it up. */
static json_t *commands(const struct ruleset *rs)
{
	BUF_AUTO text = { 0 };
	json_t *root, *list;
	json_error_t error;

	json_print(&text, rs);
	root = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		fail_msg("line %d: %s", error.line, error.text);
	list = json_incref(json_object_get(root, "nftables"));
	json_decref(root);
	return list;
}

static json_t *added(json_t *command, const char *kind)
{
	return json_object_get(json_object_get(command, "add"), kind);
}

/* The command that adds a thing of that kind and name. */
static json_t *find(json_t *list, const char *kind, const char *name)
{
	json_t *command;
	size_t i;

	json_array_foreach(list, i, command)
	{
		json_t *body = added(command, kind);
		const char *own = json_string_value(json_object_get(body, "name"));

		if (own && strcmp(own, name) == 0)
			return body;
	}
	return NULL;
}

/* ---- forms ---- */

static const struct {
	const char *what, *sample, *kind, *name, *want;
} item_cases[] = {
	{ "a base chain", "policies", "chain", "forward",
	  "{'family': 'inet', 'table': 'netpolc', 'name': 'forward', 'type': 'filter',"
	  " 'hook': 'forward', 'prio': -1, 'policy': 'accept'}" },
	{ "a chain", "policies", "chain", "e-a",
	  "{'family': 'inet', 'table': 'netpolc', 'name': 'e-a'}" },
	{ "a counter", "policies", "counter", "stray",
	  "{'family': 'inet', 'table': 'netpolc', 'name': 'stray'}" },
	{ "a map", "policies", "map", "egress4",
	  "{'family': 'inet', 'table': 'netpolc', 'name': 'egress4', 'type': 'ipv4_addr',"
	  " 'map': 'verdict'}" },
	{ "a set of intervals", "edges", "set", "blocks4",
	  "{'family': 'inet', 'table': 'edges', 'name': 'blocks4', 'type': 'ipv4_addr',"
	  " 'flags': ['interval']}" },
	{ "ranges kept by pipapo", "pipapo", "map", "i-pnets4",
	  "{'family': 'inet', 'table': 'pipapo', 'name': 'i-pnets4', 'type': "
	  "['ipv4_addr', "
	  "'nf_proto'], 'map': 'verdict', 'flags': ['interval']}" },
	{ "two keys", "pairs", "map", "ports4",
	  "{'family': 'inet', 'table': 'pairs', 'name': 'ports4', 'type': "
	  "['inet_service', 'ipv4_addr'], 'map': 'verdict', 'flags': ['interval']}" },
	{ "elements of a map", "edges", "element", "ends4",
	  "{'family': 'inet', 'table': 'edges', 'name': 'ends4', 'elem': [['0.0.0.0',"
	  " {'accept': null}], [{'range': ['0.0.0.1', '255.255.255.254']}, {'drop': "
	  "null}],"
	  " ['255.255.255.255', {'goto': {'target': 'denied'}}]]}" },
	{ "all of a family", "edges", "element", "whole6",
	  "{'family': 'inet', 'table': 'edges', 'name': 'whole6', 'elem': [[{'prefix':"
	  " {'addr': '::', 'len': 0}}, {'jump': {'target': 'denied'}}]]}" },
	{ "ports", "edges", "element", "p-ports",
	  "{'family': 'inet', 'table': 'edges', 'name': 'p-ports', 'elem': [0, {'range':"
	  " [80, 90]}, 65535]}" },
	{ "elements of two keys", "pairs", "element", "self4",
	  "{'family': 'inet', 'table': 'pairs', 'name': 'self4', 'elem': [[{'concat':"
	  " ['10.0.0.1', '10.0.0.1']}, {'accept': null}], [{'concat': ['10.0.0.2',"
	  " '10.0.0.2']}, {'accept': null}]]}" },
};

/* JSON written with ' for ". */
static json_t *loose(struct arena *a, const char *text)
{
	char *copy = arena_strndup(a, text, strlen(text));
	json_t *value;

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	value = json_loads(copy, JSON_DECODE_ANY, NULL);
	assert_non_null(value);
	return value;
}

static void an_item_has_one_form(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(item_cases); i++) {
		json_t *list = commands(sample_build(*state, item_cases[i].sample));
		json_t *want = loose(*state, item_cases[i].want);

		if (!json_equal(find(list, item_cases[i].kind, item_cases[i].name), want))
			fail_msg("%s", item_cases[i].what);
		json_decref(want);
		json_decref(list);
	}
}

#define PAYLOAD(protocol, field)                                                         \
	"{'payload': {'protocol': '" protocol "', 'field': '" field "'}}"
#define MATCH(op, left, right)                                                           \
	"{'match': {'op': '" op "', 'left': " left ", 'right': " right "}}"

#define SADDR PAYLOAD("ip", "saddr")
#define PAIR  "{'concat': [" PAYLOAD("ip", "daddr") ", " SADDR "]}"
#define EXCEPTIONS                                                                       \
	"[" MATCH("==", SADDR, "'@members4'") ", " MATCH(                                \
		"!=", SADDR,                                                             \
		"'10.0.0.4'") ", " MATCH("!=", PAYLOAD("tcp", "dport"),                  \
					 "23") ", " MATCH("!=", PAIR,                    \
							  "'@except4'") ", {'accept': "  \
									"null}]"

static const struct {
	const char *what, *sample, *chain, *want; /* some rule of the chain is want */
} rule_cases[] = {
	{ "two ct states", "policies", "forward",
	  "[" MATCH("in", "{'ct': {'key': 'state'}}",
		    "['established', 'related']") ", {'accept': null}]" },
	{ "neighbour discovery", "policies", "forward",
	  "[" MATCH("==", PAYLOAD("icmpv6", "type"),
		    "{'set': [130, 131, 132, 133, 134, 135, 136, 143]}") ", {'accept': "
									 "null}]" },
	{ "a connection without a beginning", "policies", "forward",
	  "[" MATCH("in", "{'ct': {'key': 'state'}}", "['new']") "," MATCH(
		  "==", "{'meta': {'key': 'l4proto'}}",
		  "6") "," MATCH("!=",
				 "{'&': [" PAYLOAD(
					 "tcp", "flags") ", {'|': [{'|': [{'|': ['fin', "
							 "'syn']}, 'rst']}, 'ack']}]}",
				 "'syn'") ", {'jump': {'target': 'midstream'}}]" },
	{ "a verdict map", "policies", "ingress",
	  "[{'vmap': {'key': " PAYLOAD("ip6", "daddr") ", 'data': '@ingress6'}}]" },
	{ "a verdict map of two keys", "pairs", "forward",
	  "[{'vmap': {'key': {'concat': [" PAYLOAD("tcp", "dport") ", " PAYLOAD(
		  "ip", "saddr") "]}, 'data': '@ports4'}}]" },
	{ "a plain set", "policies", "i-a",
	  "[" MATCH("==", PAYLOAD("ip", "saddr"),
		    "'@i-a-hosts4'") ", {'accept': null}]" },
	{ "exceptions", "negations", "forward", EXCEPTIONS },
	{ "a look-up of a prefix", "levels", "forward",
	  "[{'vmap': {'key': {'&': [" PAYLOAD(
		  "ip", "daddr") ", '255.255.255.0']}, 'data': '@nets24-4'}}]" },
	{ "and of an IPv6 one", "levels", "forward",
	  "[" MATCH("==", "{'&': [" PAYLOAD("ip6", "daddr") ", 'ffff::']}",
		    "'@ranges16-6'") ", {'accept': null}]" },
	{ "ranges kept by pipapo", "pipapo", "forward",
	  "[{'vmap': {'key': {'concat': [" PAYLOAD(
		  "ip", "daddr") ", {'meta': {'key': 'nfproto'}}]}, 'data': "
				 "'@i-pnets4'}}]" },
	{ "a counter and a goto", "policies", "i-a",
	  "[{'counter': 'i-a'}, {'goto': {'target': 'denied'}}]" },
	{ "another protocol", "edges", "p-ranges",
	  "[" MATCH("!=", "{'meta': {'key': 'l4proto'}}", "6") ", {'drop': null}]" },
	{ "a prefix", "edges", "p-ranges",
	  "[" MATCH("==", PAYLOAD("ip", "daddr"),
		    "{'prefix': {'addr': '10.0.0.0', 'len': 8}}") ", {'accept': null}]" },
	{ "a range", "edges", "p-ranges",
	  "[" MATCH("==", PAYLOAD("udp", "dport"),
		    "{'range': [80, 90]}") ", {'accept': null}]" },
	{ "one port", "edges", "p-ranges",
	  "[" MATCH("==", PAYLOAD("tcp", "dport"), "80") ", {'accept': null}]" },
	{ "a reset", "edges", "denied",
	  "[" MATCH("==", "{'meta': {'key': 'l4proto'}}",
		    "6") ", {'reject': {'type': 'tcp reset'}}]" },
	{ "a refusal", "edges", "denied",
	  "[{'reject': {'type': 'icmpx', 'expr': 'admin-prohibited'}}]" },
};

static bool chain_has(json_t *list, const char *chain, json_t *expr)
{
	json_t *command;
	size_t i;

	json_array_foreach(list, i, command)
	{
		json_t *rule = added(command, "rule");
		const char *own = json_string_value(json_object_get(rule, "chain"));

		if (own && strcmp(own, chain) == 0 &&
		    json_equal(json_object_get(rule, "expr"), expr))
			return true;
	}
	return false;
}

static void a_rule_has_one_form(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rule_cases); i++) {
		json_t *list = commands(sample_build(*state, rule_cases[i].sample));
		json_t *want = loose(*state, rule_cases[i].want);

		if (!chain_has(list, rule_cases[i].chain, want))
			fail_msg("%s", rule_cases[i].what);
		json_decref(want);
		json_decref(list);
	}
}

static void comments_are_those_of_the_structs(void **state)
{
	struct ruleset *rs = sample_build(*state, "policies");
	json_t *list = commands(rs), *command;
	size_t at = 0, rule = 0, i;

	json_array_foreach(list, i, command)
	{
		json_t *body = added(command, "rule");
		const char *own = json_string_value(json_object_get(body, "comment"));
		const char *want;

		if (!body)
			continue;
		while (rule == rs->chains[at]->len)
			at++, rule = 0;
		want = rs->chains[at]->at[rule++].comment;
		assert_string_equal(own, want);
	}
	assert_int_equal(at, rs->nchains - 1);
	json_decref(list);
}

/* ---- order ---- */

/* The rank of a command: what it needs has a lower one. */
static int rank(json_t *command)
{
	static const char *const kinds[] = { "table", "counter", "chain", "set",
					     "map",   "element", "rule" };
	static const int ranks[] = { 0, 1, 2, 3, 3, 4, 5 };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (added(command, kinds[i]))
			return ranks[i];
	return -1;
}

static void nothing_is_named_before_it_is_there(void **state)
{
	for (size_t s = 0; s < nsamples; s++) {
		json_t *list = commands(samples[s].build(*state));
		int last = 0;

		assert_non_null(added(json_array_get(list, 0), "table"));
		assert_non_null(json_object_get(
			json_object_get(json_array_get(list, 1), "delete"), "table"));
		for (size_t i = 2; i < json_array_size(list); i++) {
			assert_true(rank(json_array_get(list, i)) >= last);
			last = rank(json_array_get(list, i));
		}
		json_decref(list);
	}
}

static void a_large_set_keeps_every_element(void **state)
{
	struct ruleset *rs = ruleset_new(*state, "t", 0);
	struct set *s = ruleset_add_set(rs, "hosts4", NULL);
	json_t *list, *command;
	size_t elements = 0, i;

	s->key[0] = KEY_PORT;
	s->nkeys = 1;
	for (unsigned n = 0; n < 2500; n++)
		set_add(rs, s, (struct element){ .lo = n, .hi = n });
	ruleset_finish(rs);
	list = commands(rs);
	json_array_foreach(list, i, command)
	{
		json_t *elem = json_object_get(added(command, "element"), "elem"), *value;
		size_t j;

		json_array_foreach(elem, j, value)
			assert_int_equal(json_integer_value(value), elements++);
	}
	assert_int_equal(elements, 2500);
	json_decref(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_item_has_one_form),
		TEST(a_rule_has_one_form),
		TEST(comments_are_those_of_the_structs),
		TEST(nothing_is_named_before_it_is_there),
		TEST(a_large_set_keeps_every_element),
	};

	return cmocka_run_group_tests_name("nft_json", tests, NULL, NULL);
}
