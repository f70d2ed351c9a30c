/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide: what the row of a pod allows to whom, which rows are one, and what is
 * base and what is cell.
 */
#include "manifests.h"

#include <netpolc/policy/decide.h>

#define PODS                                                                             \
	POD_PORTS("a", "web", "app: web", "10.0.0.1", PORT("http", "80"))                \
	POD_PORTS("a", "db", "app: db", "10.0.0.2", PORT("http", "8080"))                \
	POD_PORTS("a", "two", "app: two", "10.0.0.3",                                    \
		  PORT("http", "80") ", " PORT("http",                                   \
					       "81") ", {name: dns, "                    \
						     "containerPort: 53, protocol: "     \
						     "UDP}")                             \
	POD("a", "none", "app: none", "10.0.0.4")                                        \
	POD_PORTS("b", "web", "app: web", "10.0.1.1", PORT("http", "90"))

/* The subject is a/none, selected by one policy (or two) with these rules. */
#define SUBJECT		     "podSelector: {matchLabels: {app: none}}, "
#define INGRESS_RULES(rules) POLICY("a", "p", SUBJECT "ingress: [" rules "]")
#define EGRESS_RULES(rules)                                                              \
	POLICY("a", "p", SUBJECT "policyTypes: [Egress], egress: [" rules "]")
#define WEB	    "{podSelector: {matchLabels: {app: web}}}"
#define OWN	    "{podSelector: {}}"
#define ALL_PODS    "{namespaceSelector: {}}"
#define BLOCK(text) "{ipBlock: {" text "}}"

static const struct {
	const char *what, *policies;
	enum direction d;
	const char *peer, *want;
} cases[] = {
	{ "no rule allows nothing", INGRESS_RULES(""), INGRESS, "a/web", "nothing" },
	{ "the empty rule allows everything", INGRESS_RULES("{}"), INGRESS, "9.9.9.9",
	  "everything" },
	{ "a rule without ports, to its peers", INGRESS_RULES("{from: [" WEB "]}"),
	  INGRESS, "a/web", "everything" },
	{ "and not to others", INGRESS_RULES("{from: [" WEB "]}"), INGRESS, "a/db",
	  "nothing" },
	{ "nor to another namespace", INGRESS_RULES("{from: [" WEB "]}"), INGRESS,
	  "b/web", "nothing" },
	{ "an empty list of peers is any peer",
	  INGRESS_RULES("{from: [], ports: [{port: 80}]}"), INGRESS, "9.9.9.9",
	  "tcp 80" },
	{ "an empty list of ports is any port", INGRESS_RULES("{ports: []}"), INGRESS,
	  "9.9.9.9", "everything" },
	{ "a port entry with nothing: all of TCP", INGRESS_RULES("{ports: [{}]}"),
	  INGRESS, "9.9.9.9", "tcp any" },
	{ "a protocol alone: all its ports", INGRESS_RULES("{ports: [{protocol: UDP}]}"),
	  INGRESS, "9.9.9.9", "udp any" },
	{ "all three protocols are not everything",
	  INGRESS_RULES("{ports: [{protocol: TCP}, {protocol: UDP}, {protocol: SCTP}]}"),
	  INGRESS, "9.9.9.9", "tcp any; udp any; sctp any" },
	{ "a range with both ends", INGRESS_RULES("{ports: [{port: 80, endPort: 90}]}"),
	  INGRESS, "9.9.9.9", "tcp 80-90" },
	{ "a range of one", INGRESS_RULES("{ports: [{port: 80, endPort: 80}]}"), INGRESS,
	  "9.9.9.9", "tcp 80" },
	{ "ports of a rule are or-ed",
	  INGRESS_RULES("{ports: [{port: 80}, {port: 53, protocol: UDP}, {port: 81}]}"),
	  INGRESS, "9.9.9.9", "tcp 80-81; udp 53" },
	{ "rules are or-ed",
	  INGRESS_RULES("{ports: [{port: 80}]}, {ports: [{port: 443}]}"), INGRESS,
	  "9.9.9.9", "tcp 80, 443" },
	{ "rules of different peers do not mix",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}, {from: [" BLOCK(
		  "cidr: 20.0.0.0/8") "], ports: [{port: 443}]}"),
	  INGRESS, "a/web", "tcp 80" },
	{ "where peers overlap both hold",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}, {from: [" OWN
			"], ports: [{port: 443}]}"),
	  INGRESS, "a/web", "tcp 80, 443" },
	{ "any peer's ports are everybody's",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}, {ports: [{port: 443}]}"),
	  INGRESS, "a/web", "tcp 80, 443" },
	{ "and those of nobody in particular too",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}, {ports: [{port: 443}]}"),
	  INGRESS, "a/db", "tcp 443" },
	{ "a peer twice in one rule",
	  INGRESS_RULES("{from: [" WEB ", " WEB "], ports: [{port: 80}]}"), INGRESS,
	  "a/web", "tcp 80" },
	{ "a peer behind one that stands twice",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}, {from: [" WEB
			"], ports: [{port: 81}]}, {from: [" OWN
			"], ports: [{port: 82}]}"),
	  INGRESS, "a/db", "tcp 82" },
	{ "policies are or-ed",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 80}]}") POLICY(
		  "a", "q",
		  "podSelector: {}, ingress: [{from: [" WEB "], ports: [{port: 81}]}]"),
	  INGRESS, "a/web", "tcp 80-81" },
	{ "an except of one peer is not one of another",
	  INGRESS_RULES("{from: [" BLOCK(
		  "cidr: 20.0.0.0/8, except: [20.1.0.0/16]") "], "
							     "ports: [{port: 80}]}, "
							     "{from: [" BLOCK("cidr: "
									      "20.1.2.0/"
									      "24") "], "
										    "port"
										    "s: "
										    "[{"
										    "port"
										    ": "
										    "443}"
										    "]}"),
	  INGRESS, "20.1.2.3", "tcp 443" },
	{ "in the except",
	  INGRESS_RULES("{from: [" BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]") "]}"),
	  INGRESS, "20.1.0.0", "nothing" },
	{ "beside the except",
	  INGRESS_RULES("{from: [" BLOCK("cidr: 20.0.0.0/8, except: [20.1.0.0/16]") "]}"),
	  INGRESS, "20.2.0.0", "everything" },
	{ "a block has a pod by its address",
	  INGRESS_RULES("{from: [" BLOCK("cidr: 10.0.0.1/32") "]}"), INGRESS, "a/web",
	  "everything" },
	/* Names, for ingress on the subject: a/two is selected here. */
	{ "ingress: the name is the subject's",
	  POLICY("a", "p",
		 "podSelector: {matchLabels: {app: two}}, ingress: [{ports: [{port: "
		 "http}, {port: 7}]}]"),
	  INGRESS, "9.9.9.9", "tcp 7, 80-81" },
	{ "ingress: a name with a block works",
	  POLICY("a", "p",
		 "podSelector: {matchLabels: {app: two}}, ingress: [{from: [" BLOCK(
			 "cidr: 20.0.0.0/8") "], ports: [{port: http}]}]"),
	  INGRESS, "20.0.0.1", "tcp 80-81" },
	{ "ingress: in its protocol only",
	  POLICY("a", "p",
		 "podSelector: {matchLabels: {app: two}}, ingress: [{ports: [{port: "
		 "dns}]}]"),
	  INGRESS, "9.9.9.9", "nothing" },
	{ "ingress: a name that the subject has not",
	  INGRESS_RULES("{ports: [{port: http}]}"), INGRESS, "9.9.9.9", "nothing" },
	/* For egress on each destination. */
	{ "egress: one number here",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}"), EGRESS, "a/web",
	  "tcp 80" },
	{ "egress: another there", EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}"),
	  EGRESS, "a/db", "tcp 8080" },
	{ "egress: two on one pod",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}"), EGRESS, "a/two",
	  "tcp 80-81" },
	{ "egress: none on a pod without the name",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}"), EGRESS, "a/none",
	  "nothing" },
	{ "egress: not outside the peer",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}"), EGRESS, "b/web",
	  "nothing" },
	{ "egress: to anybody, any namespace", EGRESS_RULES("{ports: [{port: http}]}"),
	  EGRESS, "b/web", "tcp 90" },
	{ "egress: to anybody is no other address",
	  EGRESS_RULES("{ports: [{port: http}]}"), EGRESS, "9.9.9.9", "nothing" },
	{ "egress: a name and a number",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}, {port: 9}]}"), EGRESS,
	  "a/none", "tcp 9" },
	{ "egress: both where the name is",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}, {port: 9}]}"), EGRESS,
	  "a/web", "tcp 9, 80" },
	{ "egress: a name and a block, pods in it",
	  EGRESS_RULES("{to: [" BLOCK("cidr: 10.0.0.0/31") "], ports: [{port: http}]}"),
	  EGRESS, "a/web", "tcp 80" },
	{ "egress: a name and a block, pods beside it",
	  EGRESS_RULES("{to: [" BLOCK("cidr: 10.0.0.0/31") "], ports: [{port: http}]}"),
	  EGRESS, "a/db", "nothing" },
	{ "egress: a name and a block, other addresses",
	  EGRESS_RULES("{to: [" BLOCK("cidr: 10.0.0.0/31") "], ports: [{port: http}]}"),
	  EGRESS, "10.0.0.0", "nothing" },
	{ "egress: the same name in another protocol",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: dns, protocol: UDP}, {port: "
		       "dns}]}"),
	  EGRESS, "a/two", "udp 53" },
	{ "egress: names of two rules for one peer",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}, {to: [" OWN
		       "], ports: [{port: dns, protocol: UDP}]}"),
	  EGRESS, "a/two", "tcp 80-81; udp 53" },
	{ "egress: a peer that nobody is, and a name",
	  EGRESS_RULES("{to: [{podSelector: {matchLabels: {app: nobody}}}], ports: "
		       "[{port: http}]}"),
	  EGRESS, "a/web", "nothing" },
	{ "egress: any port wins over names",
	  EGRESS_RULES("{to: [" OWN "], ports: [{port: http}]}, {to: [" OWN "]}"), EGRESS,
	  "a/none", "everything" },
	{ "egress: a name to anybody beside a number to anybody",
	  EGRESS_RULES("{ports: [{port: http}, {port: 443}]}"), EGRESS, "a/db",
	  "tcp 443, 8080" },
};

/* The pod that the first policy selects. */
static const char *subject_of(const struct run *r)
{
	return pod_names(r, r->sets->subjects[0].at, 1);
}

static void rows_allow_what_rules_say(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct row *row;
		const char *got;

		run_decide(&r, NULL,
			   arena_printf(*state, "%s%s", PODS, cases[i].policies));
		row = row_of(&r, cases[i].d, subject_of(&r));
		got = ports_text(&r, row_ports(row, atom_of(&r, cases[i].peer)));
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: %s", cases[i].what, got);
		run_free(&r);
	}
}

/* Base is what any peer has; cells are the atoms with more, ascending. */
static const struct {
	const char *what, *rules, *base;
	size_t ncells, ngrants;
} forms[] = {
	{ "nothing", "", "nothing", 0, 0 },
	{ "everything", "{}", "everything", 0, 1 },
	{ "ports for any peer", "{ports: [{port: 80}]}", "tcp 80", 0, 1 },
	{ "two rules for any peer are one grant",
	  "{ports: [{port: 80}]}, {ports: [{port: 81}]}", "tcp 80-81", 0, 1 },
	{ "a peer with ports of its own", "{from: [" WEB "], ports: [{port: 80}]}",
	  "nothing", 1, 1 },
	{ "a peer with no more than everybody",
	  "{from: [" WEB "], ports: [{port: 80}]}, {ports: [{port: 80, endPort: 90}]}",
	  "tcp 80-90", 0, 2 },
	{ "a peer with a port more than everybody",
	  "{from: [" WEB "], ports: [{port: 80}]}, {ports: [{port: 81, endPort: 90}]}",
	  "tcp 81-90", 1, 2 },
	{ "a peer beside everything", "{from: [" WEB "], ports: [{port: 80}]}, {}",
	  "everything", 0, 2 },
	{ "one peer in two rules is one grant",
	  "{from: [" WEB "], ports: [{port: 80}]}, {from: [" WEB "]}", "nothing", 1, 1 },
	{ "two peers that overlap", "{from: [" WEB ", " OWN "]}", "nothing", 2, 2 },
	{ "cells ascend, whatever the order of peers",
	  "{from: [" BLOCK("cidr: 20.0.0.0/8") "]}, {from: [" WEB "]}", "nothing", 2, 2 },
	{ "a peer behind one that stands twice",
	  "{from: [" WEB "], ports: [{port: 80}]}, {from: [" WEB
	  "], ports: [{port: 81}]}, {from: [" OWN "], ports: [{port: 82}]}",
	  "nothing", 2, 2 },
	{ "a peer that is nobody grants to no atom",
	  "{from: [{podSelector: {matchLabels: {app: nobody}}}]}", "nothing", 0, 1 },
	{ "a name that means nothing is no grant",
	  "{from: [" WEB "], ports: [{port: nix}]}", "nothing", 0, 0 },
	{ "all of IPv4 is not base", "{from: [" BLOCK("cidr: 0.0.0.0/0") "]}", "nothing",
	  2, 1 },
};

static void rows_keep_what_differs(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const struct row *row;

		run_decide(&r, NULL,
			   arena_printf(*state,
					PODS POLICY("b", "x",
						    "ingress: [{from: "
						    "[{namespaceSelector: {}}]}]")
						INGRESS_RULES("%s"),
					forms[i].rules));
		row = row_of(&r, INGRESS, "a/none");
		if (strcmp(ports_text(&r, row->base), forms[i].base) != 0 ||
		    row->ncells != forms[i].ncells || row->ngrants != forms[i].ngrants)
			fail_msg("%s: base %s, %zu cells, %zu grants", forms[i].what,
				 ports_text(&r, row->base), row->ncells, row->ngrants);
		for (size_t c = 0; c < row->ncells; c++) {
			if (c > 0)
				assert_true(row->cells[c].atom > row->cells[c - 1].atom);
			assert_ptr_equal(portset_union(r.dc->portsets, row->base,
						       row->cells[c].ports),
					 row->cells[c].ports);
			assert_ptr_not_equal(row->cells[c].ports, row->base);
		}
		for (size_t g = 1; g < row->ngrants; g++)
			assert_true(row->grants[g].peer > row->grants[g - 1].peer);
		run_free(&r);
	}
}

/* Two policies on a/web and a/db: do their rows coincide? */
static const struct {
	const char *what, *x, *y;
	bool same;
} sharing[] = {
	{ "nothing and nothing", "ingress: []", "ingress: []", true },
	{ "the same peer and port", "ingress: [{from: [" OWN "], ports: [{port: 80}]}]",
	  "ingress: [{from: [" OWN "], ports: [{port: 80}]}]", true },
	{ "the same in another order",
	  "ingress: [{from: [" WEB ", " OWN "]}, {ports: [{port: 1}, {port: 2}]}]",
	  "ingress: [{ports: [{port: 2}]}, {from: [" OWN "]}, {from: [" WEB
	  "]}, {ports: [{port: 1}]}]",
	  true },
	{ "another port", "ingress: [{from: [" OWN "], ports: [{port: 80}]}]",
	  "ingress: [{from: [" OWN "], ports: [{port: 81}]}]", false },
	{ "another peer", "ingress: [{from: [" OWN "]}]", "ingress: [{from: [" WEB "]}]",
	  false },
	{ "one peer more", "ingress: [{from: [" OWN "]}]",
	  "ingress: [{from: [" OWN ", " WEB "]}]", false },
	{ "nothing and something", "ingress: []", "ingress: [{from: [" OWN "]}]", false },
	{ "a name and the number that it is",
	  "ingress: [{from: [" OWN "], ports: [{port: http}]}]",
	  "ingress: [{from: [" OWN "], ports: [{port: 80}]}]", false },
	{ "both directions, the same grants",
	  "policyTypes: [Egress], egress: [{to: [" OWN "]}]",
	  "ingress: [{from: [" OWN "]}]", true },
	{ "egress names are not what they resolve to",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: http}]}]",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: 80}]}]",
	  false },
	{ "egress names that are equal",
	  "policyTypes: [Egress], egress: [{to: [" WEB
	  "], ports: [{port: http}, {port: dns}]}]",
	  "policyTypes: [Egress], egress: [{to: [" WEB
	  "], ports: [{port: dns}, {port: http}, {port: dns}]}]",
	  true },
	{ "egress names, one more",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: http}]}]",
	  "policyTypes: [Egress], egress: [{to: [" WEB
	  "], ports: [{port: http}, {port: dns}]}]",
	  false },
	{ "other egress names",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: http}]}]",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: dns}]}]",
	  false },
	{ "egress names of other protocols",
	  "policyTypes: [Egress], egress: [{to: [" WEB "], ports: [{port: http}]}]",
	  "policyTypes: [Egress], egress: [{to: [" WEB
	  "], ports: [{port: http, protocol: UDP}]}]",
	  false },
};

static void classes_with_equal_grants_share_a_row(void **state)
{
	struct run r;

	for (size_t i = 0; i < ARRAY_SIZE(sharing); i++) {
		enum direction x = strstr(sharing[i].x, "egress") ? EGRESS : INGRESS;
		enum direction y = strstr(sharing[i].y, "egress") ? EGRESS : INGRESS;
		const struct row *a, *b;

		run_decide(&r, NULL,
			   arena_printf(*state,
					PODS POLICY("a", "x",
						    "podSelector: {matchLabels: {app: "
						    "db}}, %s")
						POLICY("a", "z",
						       "podSelector: {matchLabels: {app: "
						       "none}}, %s"),
					sharing[i].x, sharing[i].y));
		a = row_of(&r, x, "a/db");
		b = row_of(&r, y, "a/none");
		if ((a == b) != sharing[i].same || (a->id == b->id) != sharing[i].same)
			fail_msg("%s", sharing[i].what);
		if (r.dc->nrows != (sharing[i].same ? 1 : 2))
			fail_msg("%s: %zu rows", sharing[i].what, r.dc->nrows);
		run_free(&r);
	}
}

static void the_same_number_by_name_shares_too(void **state)
{
	struct run r;

	(void)state;
	/* Ingress names are resolved in the grant, so equal numbers are equal grants. */
	run_decide(
		&r, NULL,
		PODS POLICY("a", "x",
			    "podSelector: {matchLabels: {app: web}}, ingress: [{ports: "
			    "[{port: http}]}]")
			POLICY("a", "z",
			       "podSelector: {matchLabels: {app: none}}, ingress: "
			       "[{ports: [{port: 80}]}]"));
	assert_ptr_equal(row_of(&r, INGRESS, "a/web"), row_of(&r, INGRESS, "a/none"));
	run_free(&r);
}

/* --on-invalid isolate: faulty rules and policies open nothing. */
static const struct {
	const char *what, *policies, *peer, *want;
} contained[] = {
	{ "the valid rule of a faulty policy stands",
	  INGRESS_RULES("{from: [" WEB "], ports: [{port: 99999}]}, {from: [" WEB
			"], ports: [{port: 80}]}"),
	  "a/web", "tcp 80" },
	{ "a rule with an unknown field allows nothing",
	  INGRESS_RULES("{from: [" WEB "], prots: [{port: 80}]}"), "a/web", "nothing" },
	{ "a faulty rule without peers allows nothing",
	  INGRESS_RULES("{ports: [{port: 80, endPort: 7}]}"), "9.9.9.9", "nothing" },
	{ "a faulty peer takes its whole rule with it",
	  INGRESS_RULES("{from: [" WEB ", {}]}"), "a/web", "nothing" },
	{ "a policy whose selector is faulty isolates its namespace",
	  POLICY("a", "p",
		 "podSelector: {matchExpressions: [{key: app, operator: Is, values: "
		 "[none]}]}, ingress: [{}]"),
	  "a/web", "nothing" },
};

static void contained_faults_open_nothing(void **state)
{
	struct settings set = settings_default();
	struct run r;

	set.isolate_invalid = true;
	for (size_t i = 0; i < ARRAY_SIZE(contained); i++) {
		const char *got;

		run_decide(&r, &set,
			   arena_printf(*state, "%s%s", PODS, contained[i].policies));
		got = ports_text(&r, row_ports(row_of(&r, INGRESS, "a/none"),
					       atom_of(&r, contained[i].peer)));
		if (strcmp(got, contained[i].want) != 0)
			fail_msg("%s: %s", contained[i].what, got);
		run_free(&r);
	}
}

static void legacy_lists_that_are_empty_match_nothing(void **state)
{
	static const struct {
		const char *rule, *want;
	} rules[] = { { "{from: []}", "nothing" },
		      { "{ports: []}", "nothing" },
		      { "{}", "everything" },
		      { "{from: [], ports: [{port: 80}]}", "nothing" },
		      { "{ports: [{port: 80}]}", "tcp 80" } };
	struct settings set = settings_default();
	struct run r;

	set.legacy = true;
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		run_decide(
			&r, &set,
			arena_printf(*state,
				     "---\n{apiVersion: v1, kind: Namespace, metadata: "
				     "{name: a, annotations: "
				     "{net.beta.kubernetes.io/network-policy: "
				     "'{\"ingress\": {\"isolation\": "
				     "\"DefaultDeny\"}}'}}}\n" PODS INGRESS_RULES("%s"),
				     rules[i].rule));
		assert_string_equal(ports_text(&r, row_of(&r, INGRESS, "a/none")->base),
				    rules[i].want);
		assert_int_equal(row_of(&r, INGRESS, "a/none")->ncells, 0);
		/* The others are isolated by the annotation alone. */
		assert_string_equal(ports_text(&r, row_of(&r, INGRESS, "a/web")->base),
				    "nothing");
		run_free(&r);
	}
}

static void row_ports_finds_every_cell(void **state)
{
	struct cell cells[5];
	struct portsets *all = portsets_new(*state);
	struct row row = { .base = portset_none(all), .cells = cells };

	for (uint32_t n = 0; n <= ARRAY_SIZE(cells); n++) {
		row.ncells = n;
		for (uint32_t i = 0; i < n; i++)
			cells[i] = (struct cell){ 2 * i + 1, portset_everything(all) };
		for (uint32_t atom = 0; atom < 12; atom++)
			assert_int_equal(row_ports(&row, atom)->everything,
					 atom % 2 == 1 && atom / 2 < n);
	}
}

/* Each peer leaves out one pod, so each pod may use all ports but one. */
static void ports_that_outgrow_memory_are_refused(void **state)
{
	const char *text = POD("m", "x", "app: x", "10.0.0.99");
	const struct diag *const *said;
	struct run r;
	size_t most, n;

	for (unsigned i = 0; i < 5; i++)
		text = arena_printf(
			*state,
			"%s" POD("m", "p%u", "id: i%u", "10.0.0.%u")
				POLICY("m", "n%u",
				       "podSelector: {}, ingress: [{from: [{podSelector: "
				       "{matchExpressions: [{key: id, operator: NotIn, "
				       "values: [i%u]}]}}], ports: [{port: %u}]}]"),
			text, i, i, i + 1, i, i, 2 * i + 1);
	run_decide(&r, NULL, text);
	most = portsets_ranges(r.dc->portsets);
	assert_true(most > 5 * 4);
	/* grants, cells and the like count, if less */
	assert_non_null(decide_within(&r.cx, r.cluster, r.sets, r.classes, 2 * most));
	assert_false(diag_failed(r.cx.diags));
	assert_null(decide_within(&r.cx, r.cluster, r.sets, r.classes, most - 1));
	said = diag_sorted(r.cx.diags, &n);
	assert_int_equal(said[n - 1]->id, DIAG_TOO_LARGE);
	assert_string_equal(said[n - 1]->origin.object->name, "n0");
	assert_non_null(
		strstr(said[n - 1]->message,
		       "6 pods that this and 4 other policies isolate for ingress"));
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_allow_what_rules_say),
		TEST(rows_keep_what_differs),
		TEST(classes_with_equal_grants_share_a_row),
		TEST(the_same_number_by_name_shares_too),
		TEST(contained_faults_open_nothing),
		TEST(legacy_lists_that_are_empty_match_nothing),
		TEST(row_ports_finds_every_cell),
		TEST(ports_that_outgrow_memory_are_refused),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
