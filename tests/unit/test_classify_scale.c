/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classify: blocks of any size, what policies have in common, and when there is too
 * much of it.
 */
#include "manifests.h"

#include <netpolc/policy/classify.h>
#include <netpolc/policy/ids.h>

#define FROM(peers) "podSelector: {}, ingress: [{from: [" peers "]}]"

static bool has(const struct run *r, size_t peer, uint32_t atom)
{
	return ids_find(r->classes->peer_atoms[peer], r->classes->npeer_atoms[peer],
			atom);
}

/* Some cover nearly everything, and some nearly nothing. */
static void blocks_have_the_atoms_that_they_cover(void **state)
{
	static const char *const ends[] = {
		"0.0.0.0",   "10.0.0.1",  "10.0.0.2", "10.0.0.3", "10.0.0.4",
		"127.0.0.0", "128.0.0.0", "::",	      "fd00::1",  "fd00::2",
	};
	struct run r;

	(void)state;
	run_classify(
		&r, NULL,
		NAMESPACE("a", "") POD("a", "x", "", "10.0.0.2") POD_SPEC(
			"a", "z", "", "", "podIPs: [{ip: 10.0.0.3}, {ip: 'fd00::1'}]")
			POLICY("a", "p",
			       FROM("{ipBlock: {cidr: 0.0.0.0/0}}, "
				    "{ipBlock: {cidr: 0.0.0.0/0, except: "
				    "[10.0.0.2/32]}}, "
				    "{ipBlock: {cidr: 0.0.0.0/1, except: [10.0.0.1/32, "
				    "10.0.0.3/32]}}, {ipBlock: {cidr: 10.0.0.0/31}}, "
				    "{ipBlock: {cidr: 10.0.0.3/32}}, "
				    "{ipBlock: {cidr: '::/0', except: ['fd00::1/128']}}, "
				    "{ipBlock: {cidr: 'fd00::2/128'}}")));
	assert_int_equal(r.sets->npeers, 7);
	for (size_t i = 0; i < r.sets->npeers; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(ends); k++) {
			const struct peer *p = &r.sets->peers[i];
			struct address a = address_of(ends[k]);
			bool want = a.family == p->family &&
				    ranges_contain(&p->addresses, a.number);

			if (has(&r, i, atom_of(&r, ends[k])) != want)
				fail_msg("%s: %s", p->key, ends[k]);
		}
	}
	run_free(&r);
}

static void peers_of_the_same_pods_have_the_same_atoms(void **state)
{
	struct run r;

	(void)state;
	run_classify(&r, NULL,
		     NAMESPACE("a", "") POD("a", "x", "app: x",
					    "10.0.0.2") POD("a", "z", "", "10.0.0.3")
			     POLICY("a", "p",
				    FROM("{podSelector: {matchLabels: {app: x}}}, "
					 "{podSelector: {matchExpressions: [{key: "
					 "app, operator: Exists}]}}, "
					 "{podSelector: {}}")));
	assert_int_equal(r.sets->npeers, 3);
	assert_ptr_equal(r.classes->peer_atoms[0], r.classes->peer_atoms[1]);
	assert_int_equal(r.classes->npeer_atoms[0], 1);
	assert_int_equal(r.classes->npeer_atoms[1], 1);
	assert_int_equal(r.classes->npeer_atoms[2], 2);
	run_free(&r);
}

static void assert_refused(struct run *r, const struct classify_limits *limits,
			   const char *path)
{
	const struct diag *const *said;
	size_t n;

	assert_null(classify_within(&r->cx, r->cluster, r->sets, limits));
	said = diag_sorted(r->cx.diags, &n);
	assert_int_equal(said[n - 1]->id, DIAG_TOO_LARGE);
	assert_string_equal(said[n - 1]->origin.object->name, "n2");
	assert_string_equal(said[n - 1]->origin.path ? said[n - 1]->origin.path : "",
			    path);
}

/* Each of three policies isolates two of three pods, for two peers among three. */
static void what_comes_to_too_much_is_refused(void **state)
{
	const char *text = NAMESPACE("m", "");
	struct classify_limits limits = { .pairs = 6 };
	struct run r;

	for (unsigned i = 0; i < 3; i++)
		text = arena_printf(
			*state,
			"%s" POD("m", "p%u", "id: i%u", "10.0.0.%u")
				POLICY("m", "n%u",
				       "podSelector: {matchExpressions: [{key: id, "
				       "operator: NotIn, values: [i%u]}]}, ingress: "
				       "[{from: [{podSelector: {matchExpressions: [{key: "
				       "id, operator: NotIn, values: [i%u]}]}}]}]"),
			text, i, i, i + 1, i, i, i);
	run_classify(&r, NULL, text);
	assert_int_equal(r.classes->len[INGRESS], 3);
	for (size_t i = 0; i < r.sets->npeers; i++)
		limits.atoms += r.classes->npeer_atoms[i];
	assert_int_equal(limits.atoms, 6);
	assert_non_null(classify_within(&r.cx, r.cluster, r.sets, &limits));
	assert_false(diag_failed(r.cx.diags));

	limits.atoms = 5;
	assert_refused(&r, &limits, "spec.ingress[0]");
	run_free(&r);
	run_classify(&r, NULL, text);
	limits = (struct classify_limits){ .pairs = 5, .atoms = 6 };
	assert_refused(&r, &limits, "");
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_have_the_atoms_that_they_cover),
		TEST(peers_of_the_same_pods_have_the_same_atoms),
		TEST(what_comes_to_too_much_is_refused),
	};

	return cmocka_run_group_tests_name("classify_scale", tests, NULL, NULL);
}
