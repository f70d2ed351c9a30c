/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loss: when input opens too much of what is loaded.  What is loaded is told by a
 * readback_isolated() of this test, in the place of the one that asks the kernel.
 */
#include "manifests.h"

#include <netpolc/cli/loss.h>
#include <netpolc/nft/readback.h>

/* What the loaded table isolates, first addresses with how many follow; NULL ends. */
struct loaded_case {
	const char *first;
	unsigned n;
};

static const struct loaded_case *loaded;
static bool readable;

bool readback_isolated(struct ctx *cx, const char *table, const char *dir,
		       struct ranges out[FAMILIES])
{
	assert_string_equal(table, "mine");
	assert_null(dir);
	out[FAMILY_IPV4] = out[FAMILY_IPV6] = (struct ranges){ 0 };
	for (const struct loaded_case *l = loaded; readable && l && l->first; l++) {
		struct address a = address_of(l->first);

		ranges_add(cx->arena, &out[a.family],
			   (struct range){ a.number, a.number + l->n - 1 });
	}
	return readable;
}

#define LOADED(...) ((const struct loaded_case[]){ __VA_ARGS__, { NULL, 0 } })

/* x has four pods, w one of two families, v one that waits for its address. */
#define PODS                                                                             \
	POD("m", "x1", "app: x", "10.0.0.1")                                             \
	POD("m", "x2", "app: x", "10.0.0.2")                                             \
	POD("m", "x3", "app: x", "10.0.0.3")                                             \
	POD("m", "x4", "app: x", "10.0.0.4")                                             \
	POD_SPEC("m", "w", "app: w", "", "podIPs: [{ip: 10.0.0.11}, {ip: 'fd00::11'}]")  \
	POD_SPEC("m", "v", "app: v", "", "phase: Pending")
#define ON(app, spec)                                                                    \
	POLICY("m", "on-" app, "podSelector: {matchLabels: {app: " app "}}, " spec)
#define LEGACY                                                                           \
	"---\n{apiVersion: v1, kind: Namespace, metadata: {name: m, annotations: "       \
	"{net.beta.kubernetes.io/network-policy: "                                       \
	"'{\"ingress\": {\"isolation\": \"DefaultDeny\"}}'}}}\n"

static const struct {
	const char *what, *text;
	const struct loaded_case *loaded;
	bool legacy;
	const char *want; /* how the message begins; NULL: none */
} cases[] = {
	{ "nothing loaded, no policy", PODS, NULL, false, NULL },
	{ "nothing loaded, policies", PODS ON("x", "ingress: []"), NULL, false, NULL },
	{ "no policy, all of it loaded", PODS, LOADED({ "10.0.0.1", 4 }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 4 pod "
	  "addresses;" },
	{ "no policy, one address loaded", PODS, LOADED({ "10.0.0.1", 1 }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 1 pod " },
	{ "no policy, an IPv6 address loaded", PODS, LOADED({ "fd00::11", 1 }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 1 pod " },
	{ "no policy, addresses of both families", PODS,
	  LOADED({ "10.0.0.1", 2 }, { "10.0.0.11", 1 }, { "fd00::11", 1 }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 4 pod " },
	{ "no policy, only addresses of pods that are gone", PODS,
	  LOADED({ "10.0.9.1", 3 }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 3 pod " },
	{ "all stay isolated", PODS ON("x", "ingress: []"), LOADED({ "10.0.0.1", 4 }),
	  false, NULL },
	{ "isolated the other way is isolated", PODS ON("x", "policyTypes: [Egress]"),
	  LOADED({ "10.0.0.1", 4 }), false, NULL },
	{ "one of two opens", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1 }, { "10.0.0.11", 1 }), false, NULL },
	{ "two of three open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 2 }, { "10.0.0.11", 1 }), false,
	  "2 of 3 isolated pod addresses would be open at once;" },
	{ "two of four open, of both families", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 2 }, { "10.0.0.11", 1 }, { "fd00::11", 1 }), false, NULL },
	{ "three of five open, of both families", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 3 }, { "10.0.0.11", 1 }, { "fd00::11", 1 }), false,
	  "3 of 5 isolated pod addresses would be open at once;" },
	{ "a pod opens in two families", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 1 }, { "10.0.0.11", 1 }, { "fd00::11", 1 }), false,
	  "2 of 3 isolated pod addresses would be open at once;" },
	{ "the only one opens", PODS ON("w", "ingress: []"), LOADED({ "10.0.0.1", 1 }),
	  false, "1 of 1 isolated pod addresses would be open at once;" },
	{ "pods that are gone do not open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 9 }), false, NULL },
	{ "pods that are gone are counted as loaded", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 4 }, { "10.0.9.1", 4 }), false, NULL },
	{ "and one fewer of them", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 4 }, { "10.0.9.1", 3 }), false,
	  "4 of 7 isolated pod addresses would be open at once;" },
	{ "pods that were open before do not count", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 1 }), false, NULL },
	{ "a pod without address may have had the one that is gone",
	  PODS ON("v", "ingress: []"), LOADED({ "10.0.9.1", 1 }), false,
	  "1 of 1 isolated pod addresses would be open at once;" },
	{ "but not more than one", PODS ON("v", "ingress: []"), LOADED({ "10.0.9.1", 2 }),
	  false, NULL },
	{ "nor one that others have", PODS ON("v", "ingress: []") ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 1 }), false, NULL },
	{ "a policy that allows everything opens", PODS ON("x", "ingress: [{}]"),
	  LOADED({ "10.0.0.1", 4 }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "a policy that selects nobody says something", PODS ON("nobody", "ingress: []"),
	  LOADED({ "10.0.0.1", 4 }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "an annotation without --legacy says nothing", LEGACY PODS,
	  LOADED({ "10.0.0.1", 4 }), false, "no NetworkPolicy in the input," },
	{ "an annotation isolates without a policy", LEGACY PODS,
	  LOADED({ "10.0.0.1", 4 }), true, NULL },
};

/* The message of the one diagnostic of loss, or NULL. */
static const char *message_of(struct diags *ds)
{
	size_t n;
	const struct diag *const *all = diag_sorted(ds, &n);
	const char *out = NULL;

	for (size_t i = 0; i < n; i++) {
		if (all[i]->id != DIAG_LOST_POLICIES)
			continue;
		assert_null(out);
		assert_int_equal(all[i]->level, DIAG_ERROR);
		out = all[i]->message;
	}
	return out;
}

static void losing_more_than_half_is_reported(void **state)
{
	(void)state;
	readable = true;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct settings set = settings_default();
		const char *want = cases[i].want, *got;
		struct run r;

		set.legacy = cases[i].legacy;
		loaded = cases[i].loaded;
		run_decide(&r, &set, cases[i].text);
		loss_check(&r.cx, r.dc, "mine", NULL);
		got = message_of(r.cx.diags);
		if (!got != !want || (got && strncmp(got, want, strlen(want)) != 0))
			fail_msg("%s: %s", cases[i].what, got ? got : "nothing");
		if (got)
			assert_non_null(strstr(got, "--allow-loss says that"));
		run_free(&r);
	}
}

/* Isolated for its own direction alone, a contained pod is no policy but isolates. */
static void containment_says_something(void **state)
{
	struct settings set = settings_default();
	struct run r;

	(void)state;
	set.isolate_invalid = true;
	readable = true;
	loaded = LOADED({ "10.0.0.9", 1 });
	run_decide(&r, &set, PODS POD("m", "bad", "app: 'no good'", "10.0.0.9"));
	loss_check(&r.cx, r.dc, "mine", NULL);
	assert_null(message_of(r.cx.diags));
	run_free(&r);
}

static void a_family_that_is_not_decided_opens(void **state)
{
	struct settings set = settings_default();
	struct run r;

	(void)state;
	set.families[FAMILY_IPV4] = false;
	readable = true;
	loaded = LOADED({ "10.0.0.1", 4 });
	run_decide(&r, &set, PODS ON("x", "ingress: []"));
	loss_check(&r.cx, r.dc, "mine", NULL);
	assert_non_null(message_of(r.cx.diags));
	run_free(&r);
}

/* Whoever could not read has reported it. */
static void what_cannot_be_read_is_not_judged(void **state)
{
	struct run r;

	(void)state;
	readable = false;
	loaded = LOADED({ "10.0.0.1", 4 });
	run_decide(&r, NULL, PODS);
	loss_check(&r.cx, r.dc, "mine", NULL);
	assert_null(message_of(r.cx.diags));
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(losing_more_than_half_is_reported),
		TEST(containment_says_something),
		TEST(a_family_that_is_not_decided_opens),
		TEST(what_cannot_be_read_is_not_judged),
	};

	return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
