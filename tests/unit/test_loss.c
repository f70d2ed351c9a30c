/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loss: when input opens too much of what is loaded, or was.  That is told by an
 * isolation_read() and an isolation_recall() of this test, in the place of those that ask
 * the kernel and the cache.
 */
#include "manifests.h"

#include <netpolc/enforce/loss.h>
#include <netpolc/nft/isolation.h>

enum directions { IN, OUT, BOTH };

/* What the loaded table isolates: first addresses with how many follow, in which
 * direction, and what the chain says of its policies (NULL: those of x and w).  A NULL
 * address ends. */
struct loaded_case {
	const char *first;
	unsigned n;
	enum directions in;
	const char *policies;
};

static const struct loaded_case *loaded;
static bool readable;

static size_t add_chain(struct arena *a, const char *policies, struct isolation *out)
{
	struct loaded_chain *c = ARENA_NEW(a, struct loaded_chain);

	if (!policies)
		policies = "m/on-x, m/on-w, m/on-v";
	c->comment = arena_printf(a, "0123456789abcdef %s", policies);
	*ARENA_PUSH(a, &out->chains) = c;
	return out->chains.len - 1;
}

static bool put_loaded(struct arena *a, struct isolation *out)
{
	*out = (struct isolation){ 0 };
	for (const struct loaded_case *l = loaded; readable && l && l->first; l++) {
		struct address first = address_of(l->first);
		size_t chain = add_chain(a, l->policies, out);

		for (enum direction d = 0; d < DIRECTIONS; d++) {
			if (l->in == (d == INGRESS ? OUT : IN))
				continue;
			for (unsigned i = 0; i < l->n; i++)
				*ARENA_PUSH(a, &out->addresses[first.family][d]) =
					(struct isolated){ first.number + i, chain };
		}
	}
	return readable;
}

bool isolation_read(struct ctx *cx, struct arena *a, const char *table, const char *dir,
		    struct isolation *out)
{
	(void)cx;
	assert_string_equal(table, "mine");
	assert_null(dir);
	return put_loaded(a, out);
}

bool isolation_recall(struct arena *a, const char *table, const char *dir,
		      struct isolation *out)
{
	assert_string_equal(table, "mine");
	assert_string_equal(dir, "/cache");
	return put_loaded(a, out);
}

#define LOADED(...) ((const struct loaded_case[]){ __VA_ARGS__, { NULL, 0, IN, NULL } })

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
#define SPACE(name) "---\n{apiVersion: v1, kind: Namespace, metadata: {name: " name "}}\n"
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
	{ "no policy, all of it loaded", PODS, LOADED({ "10.0.0.1", 4, IN, NULL }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 4 pod "
	  "addresses;" },
	{ "no policy, one address loaded", PODS, LOADED({ "10.0.0.1", 1, IN, NULL }),
	  false, "no NetworkPolicy in the input, but the loaded table isolates 1 pod " },
	{ "no policy, an IPv6 address loaded", PODS, LOADED({ "fd00::11", 1, IN, NULL }),
	  false, "no NetworkPolicy in the input, but the loaded table isolates 1 pod " },
	{ "no policy, addresses of both families", PODS,
	  LOADED({ "10.0.0.1", 2, IN, NULL }, { "10.0.0.11", 1, IN, NULL },
		 { "fd00::11", 1, IN, NULL }),
	  false, "no NetworkPolicy in the input, but the loaded table isolates 4 pod " },
	{ "no policy, only addresses of pods that are gone", PODS,
	  LOADED({ "10.0.9.1", 3, IN, NULL }), false,
	  "no NetworkPolicy in the input, but the loaded table isolates 3 pod " },
	{ "all stay isolated", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false, NULL },
	{ "one direction is left of one", PODS ON("x", "policyTypes: [Egress]"),
	  LOADED({ "10.0.0.1", 4, OUT, NULL }), false, NULL },
	{ "it turns to the other", PODS ON("x", "policyTypes: [Egress]"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "one is left of two", PODS ON("x", "policyTypes: [Egress]"),
	  LOADED({ "10.0.0.1", 4, BOTH, NULL }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "one is left of two, for half of them", PODS ON("x", "policyTypes: [Egress]"),
	  LOADED({ "10.0.0.1", 2, BOTH, NULL }, { "10.0.0.3", 2, OUT, NULL }), false,
	  NULL },
	{ "each is isolated in another", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, OUT, NULL }, { "10.0.0.2", 1, IN, NULL }), false,
	  "2 of 2 isolated pod addresses would be open at once;" },
	{ "both of one", PODS ON("x", "policyTypes: [Ingress, Egress]"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false, NULL },
	{ "one of two opens", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }, { "10.0.0.11", 1, IN, NULL }), false,
	  NULL },
	{ "two of three open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 2, IN, NULL }, { "10.0.0.11", 1, IN, NULL }), false,
	  "2 of 3 isolated pod addresses would be open at once;" },
	{ "two of four open, of both families", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 2, IN, NULL }, { "10.0.0.11", 1, IN, NULL },
		 { "fd00::11", 1, IN, NULL }),
	  false, NULL },
	{ "three of five open, of both families", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 3, IN, NULL }, { "10.0.0.11", 1, IN, NULL },
		 { "fd00::11", 1, IN, NULL }),
	  false, "3 of 5 isolated pod addresses would be open at once;" },
	{ "a pod opens in two families", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }, { "10.0.0.11", 1, IN, NULL },
		 { "fd00::11", 1, IN, NULL }),
	  false, "2 of 3 isolated pod addresses would be open at once;" },
	{ "the only one opens", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }), false,
	  "1 of 1 isolated pod addresses would be open at once;" },
	{ "pods that are gone do not open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 4, IN, NULL }), false, NULL },
	{ "but when most are gone, that is told", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 5, IN, NULL }), false,
	  "the loaded table isolates 5 pod addresses, and 2 will be;" },
	{ "unless others came", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.9.1", 8, IN, NULL }), false, NULL },
	{ "pods that are gone are counted as loaded", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }, { "10.0.9.1", 4, IN, NULL }), false,
	  "the loaded table isolates 8 pod addresses, and 2 will be;" },
	{ "and one fewer of them", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }, { "10.0.9.1", 3, IN, NULL }), false,
	  "4 of 7 isolated pod addresses would be open at once;" },
	{ "pods that were open before do not count", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 1, IN, NULL }), false, NULL },
	{ "a pod without address may have had the one that is gone",
	  PODS ON("v", "ingress: []"), LOADED({ "10.0.9.1", 1, IN, NULL }), false,
	  "1 of 1 isolated pod addresses would be open at once;" },
	{ "but not more than one", PODS ON("v", "ingress: []"),
	  LOADED({ "10.0.9.1", 2, IN, NULL }), false,
	  "the loaded table isolates 2 pod addresses, and 0 will be;" },
	{ "nor one that others have", PODS ON("v", "ingress: []") ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }), false, NULL },
	{ "pods of a namespace that the input does not have", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 3, IN, "shop/a, shop/b" }), false,
	  "3 of 3 isolated pod addresses would be open at once, 3 of them because their "
	  "namespaces, 'shop' for one, have neither pods nor policies in the input: "
	  "it may be of some namespaces only, as from kubectl without -A;" },
	{ "in both directions as one", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 3, BOTH, "shop/a" }), false, "3 of 3 " },
	{ "half of them", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.11", 1, IN, NULL }, { "10.0.9.1", 1, IN, "shop/a" }), false,
	  "1 of 2 isolated pod addresses are not isolated any more, 1 of them because " },
	{ "with others that open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }, { "10.0.0.11", 1, IN, NULL },
		 { "10.0.9.1", 1, IN, "shop/a" }),
	  false, "2 of 3 isolated pod addresses would be open at once, 1 of them " },
	{ "their namespace has another policy",
	  PODS ON("w", "ingress: []") POLICY("shop", "other", "podSelector: {}"),
	  LOADED({ "10.0.9.1", 3, IN, "shop/a" }), false, NULL },
	{ "or another pod",
	  PODS ON("w", "ingress: []") POD("shop", "p", "app: p", "10.0.0.50"),
	  LOADED({ "10.0.9.1", 3, IN, "shop/a" }), false, NULL },
	{ "one that begins alike has",
	  PODS ON("w", "ingress: []") POD("shop2", "p", "app: p", "10.0.0.50"),
	  LOADED({ "10.0.9.1", 3, IN, "shop/a" }), false, "3 of 3 " },
	{ "namespaces are given, and theirs is not among them",
	  PODS ON("w", "ingress: []") SPACE("m"), LOADED({ "10.0.9.1", 3, IN, "shop/a" }),
	  false, NULL },
	{ "namespaces are given, and theirs is",
	  PODS ON("w", "ingress: []") SPACE("shop"),
	  LOADED({ "10.0.9.1", 3, IN, "shop/a" }), false, "3 of 3 " },
	{ "no policy isolated them", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 3, IN, "no policy" }), false, NULL },
	{ "a pod without address may have had one that is gone, but none that is lost",
	  PODS ON("v", "ingress: []"),
	  LOADED({ "10.0.8.1", 3, IN, NULL }, { "10.0.9.1", 3, IN, "shop/a" }), false,
	  "4 of 6 isolated pod addresses would be open at once, 3 of them " },
	{ "a policy that allows everything opens", PODS ON("x", "ingress: [{}]"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "a policy that selects nobody says something", PODS ON("nobody", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false,
	  "4 of 4 isolated pod addresses would be open at once;" },
	{ "an annotation without --legacy says nothing", LEGACY PODS,
	  LOADED({ "10.0.0.1", 4, IN, NULL }), false, "no NetworkPolicy in the input," },
	{ "an annotation isolates without a policy", LEGACY PODS,
	  LOADED({ "10.0.0.1", 4, IN, NULL }), true, NULL },
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
		out = all[i]->message;
		assert_int_equal(all[i]->level,
				 strstr(out, "; --allow-loss says that this is meant")
					 ? DIAG_ERROR
					 : DIAG_WARNING);
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
	loaded = LOADED({ "10.0.0.9", 1, IN, NULL });
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
	loaded = LOADED({ "10.0.0.1", 4, IN, NULL });
	run_decide(&r, &set, PODS ON("x", "ingress: []"));
	loss_check(&r.cx, r.dc, "mine", NULL);
	assert_non_null(message_of(r.cx.diags));
	run_free(&r);
}

static const struct {
	const char *what, *text;
	const struct loaded_case *was;
	const char *want; /* all of the message; NULL: none */
} gone_cases[] = {
	{ "nothing was isolated", PODS, NULL, NULL },
	{ "all are isolated again", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }), NULL },
	{ "half of them are", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 1, IN, NULL }, { "10.0.0.11", 1, IN, NULL }), NULL },
	{ "no policy", PODS, LOADED({ "10.0.0.1", 4, IN, NULL }),
	  "the table that isolated 4 pod addresses is gone, and 0 will be isolated now; "
	  "no NetworkPolicy is in the input" },
	{ "no policy, one address", PODS, LOADED({ "10.0.0.1", 1, IN, NULL }),
	  "the table that isolated 1 pod address is gone, and 0 will be isolated now; no "
	  "NetworkPolicy is in the input" },
	{ "most are left open", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }, { "10.0.0.11", 1, IN, NULL }),
	  "the table that isolated 5 pod addresses is gone, and 2 will be isolated now; "
	  "4 of them are left open" },
	{ "a namespace is missing", PODS ON("x", "ingress: []"),
	  LOADED({ "10.0.0.1", 4, IN, NULL }, { "10.0.9.1", 1, IN, "shop/a" }),
	  "the table that isolated 5 pod addresses is gone, and 4 will be isolated now; "
	  "1 of them are left open, 1 of them because their namespaces, 'shop' for one, "
	  "have neither pods nor policies in the input: it may be of some namespaces "
	  "only, as from kubectl without -A" },
	{ "most pods are", PODS ON("w", "ingress: []"),
	  LOADED({ "10.0.9.1", 5, IN, NULL }),
	  "the table that isolated 5 pod addresses is gone, and 2 will be isolated now; "
	  "pods that are not in the input are taken to be gone" },
};

static void a_table_that_is_gone_is_missed(void **state)
{
	(void)state;
	readable = true;
	for (size_t i = 0; i < ARRAY_SIZE(gone_cases); i++) {
		const char *want = gone_cases[i].want, *got;
		struct run r;

		loaded = gone_cases[i].was;
		run_decide(&r, NULL, gone_cases[i].text);
		loss_recall(&r.cx, r.dc, "mine", "/cache");
		got = message_of(r.cx.diags);
		if (!got != !want || (got && strcmp(got, want) != 0))
			fail_msg("%s: %s", gone_cases[i].what, got ? got : "nothing");
		run_free(&r);
	}
}

/* Whoever could not read has reported it. */
static void what_cannot_be_read_is_not_judged(void **state)
{
	struct run r;

	(void)state;
	readable = false;
	loaded = LOADED({ "10.0.0.1", 4, IN, NULL });
	run_decide(&r, NULL, PODS);
	loss_check(&r.cx, r.dc, "mine", NULL);
	loss_recall(&r.cx, r.dc, "mine", "/cache");
	assert_null(message_of(r.cx.diags));
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(losing_more_than_half_is_reported),
		TEST(containment_says_something),
		TEST(a_family_that_is_not_decided_opens),
		TEST(a_table_that_is_gone_is_missed),
		TEST(what_cannot_be_read_is_not_judged),
	};

	return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
