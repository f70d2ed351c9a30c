/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff_live: what operations on a table mean for pods, classes and sets; what is long is
 * cut and counted.  The loaded table is the ruleset of other manifests.
 */
#include "manifests.h"

#include <netpolc/cli/diff_live.h>
#include <netpolc/nft/delta_between.h>
#include <netpolc/nft/lower.h>

struct both {
	struct run before, after;
	struct live live;
};

static void lower_both(struct both *b, const struct lower_options *before,
		       const struct lower_options *after, const char *old,
		       const char *new)
{
	run_decide(&b->before, NULL, old);
	run_decide(&b->after, NULL, new);
	b->live = (struct live){ .dc = b->after.dc,
				 .rs = lower(&b->after.cx, b->after.dc, after),
				 .before.unknown = "nobody knows" };
	b->live.delta =
		delta_between(b->after.cx.arena,
			      lower(&b->before.cx, b->before.dc, before), b->live.rs);
}

static void free_both(struct both *b)
{
	run_free(&b->before);
	run_free(&b->after);
}

static void add_pods(struct buf *out, unsigned n)
{
	buf_puts(out, NAMESPACE("shop", ""));
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, POD("shop", "p%03u", "app: a", "10.0.0.%u"), i, 1 + i);
}

#define ALLOW(port)                                                                      \
	POLICY("shop", "in", "podSelector: {}, ingress: [{ports: [{port: " port "}]}]")

static void what_is_long_is_cut_and_counted(void **state)
{
	const struct lower_options options = lower_defaults();
	BUF_AUTO before = { 0 }, after = { 0 }, text = { 0 };
	struct both b;

	(void)state;
	add_pods(&before, 60);
	add_pods(&after, 60);
	buf_puts(&after, ALLOW("80"));
	lower_both(&b, &options, &options, before.at, after.at);
	assert_false(live_is_same(&b.live));
	live_text(&b.after.cx, &text, &b.live, false);
	assert_non_null(strstr(text.at,
			       "isolation\n"
			       "  + shop/p000 (10.0.0.1) for ingress, by shop/in\n"));
	assert_null(strstr(text.at, "shop/p050 (10.0.0.51) for ingress"));
	assert_non_null(strstr(text.at, "    and 10 more\n"));
	assert_non_null(strstr(text.at, "  + 60 in isolated4 (pods isolated in either "
					"direction): shop/p000 (10.0.0.1), shop/p001 "
					"(10.0.0.2), shop/p002 (10.0.0.3), …\n"));
	assert_null(strstr(text.at, "chain state"));
	free_both(&b);
}

static void other_rules_are_told_by_their_policies(void **state)
{
	const struct lower_options options = lower_defaults();
	BUF_AUTO text = { 0 }, colored = { 0 };
	struct both b;

	(void)state;
	lower_both(&b, &options, &options,
		   NAMESPACE("shop", "") POD("shop", "web", "", "10.0.0.1") ALLOW("80"),
		   NAMESPACE("shop", "") POD("shop", "web", "", "10.0.0.1") ALLOW("81"));
	live_text(&b.after.cx, &text, &b.live, false);
	assert_int_equal(strncmp(text.at, "rules\n  ~ chain i-shop-", 23), 0);
	assert_non_null(strstr(text.at, ": ingress of 1 pod: shop/in\n\n"));
	assert_null(strchr(text.at, '\033'));
	live_text(&b.after.cx, &colored, &b.live, true);
	assert_non_null(strstr(colored.at, "\033[33m  ~ chain"));
	free_both(&b);
}

static void nothing_is_nothing(void **state)
{
	struct lower_options options = lower_defaults();
	BUF_AUTO manifests = { 0 }, text = { 0 }, nft = { 0 };
	struct both b;

	(void)state;
	/* Every form of set that there is. */
	options.limits.pipapo = 2;
	options.limits.inline_hosts = options.limits.inline_nets = 0;
	options.limits.inline_ports = 0;
	add_pods(&manifests, 3);
	buf_puts(&manifests,
		 POLICY("shop", "in",
			"podSelector: {}, ingress: [{from: [{ipBlock: {cidr: "
			"192.0.2.0/24}}, "
			"{ipBlock: {cidr: 198.51.100.0/24}}, {podSelector: {}}], "
			"ports: [{port: 80}, {port: 90, endPort: 99}]}]"));
	lower_both(&b, &options, &options, manifests.at, manifests.at);
	assert_true(live_is_same(&b.live));
	live_text(&b.after.cx, &text, &b.live, false);
	assert_string_equal(text.at, "table inet netpolc is what it should be\n");
	delta_print_all(&nft, b.after.cx.arena, b.live.rs, b.live.delta);
	assert_int_equal(nft.len, 0);
	free_both(&b);
}

static void a_table_may_have_to_be_replaced(void **state)
{
	struct lower_options before = lower_defaults(), after = lower_defaults();
	BUF_AUTO text = { 0 }, nft = { 0 }, absent = { 0 }, json = { 0 };
	struct both b;

	(void)state;
	before.priority = 7;
	lower_both(&b, &before, &after,
		   NAMESPACE("shop", "") POD("shop", "web", "", "10.0.0.1") ALLOW("80"),
		   NAMESPACE("shop", "") POD("shop", "web", "", "10.0.0.1") ALLOW("80"));
	live_text(&b.after.cx, &text, &b.live, false);
	assert_non_null(strstr(text.at, "table inet netpolc would be replaced: chain "
					"forward is hooked otherwise; what it allows is "
					"not known: nobody knows\n"));
	delta_print_all(&nft, b.after.cx.arena, b.live.rs, b.live.delta);
	assert_non_null(strstr(nft.at, "delete table inet netpolc"));
	live_json(&b.after.cx, &json, &b.live);
	assert_non_null(strstr(json.at, "\"replace\": true"));
	b.live.delta = NULL;
	assert_false(live_is_same(&b.live));
	live_text(&b.after.cx, &absent, &b.live, false);
	assert_non_null(strstr(absent.at, "table inet netpolc is not loaded: "));
	free_both(&b);
}

#define WEB NAMESPACE("shop", "") POD("shop", "web", "", "10.0.0.1")

static void what_was_applied_tells_connections(void **state)
{
	const struct lower_options options = lower_defaults();
	BUF_AUTO text = { 0 }, drifted = { 0 };
	const struct ruleset *open;
	struct live live;
	struct run r;

	(void)state;
	run_decide(&r, NULL, WEB ALLOW("80"));
	live = (struct live){ .before = { .dc = r.dc,
					  .rs = lower(&r.cx, r.dc, &options) },
			      .dc = run_decide_more(&r, WEB ALLOW("81")) };
	live.rs = lower(&r.cx, live.dc, &options);
	live.cmp = compare(&r.cx, r.dc, live.dc);
	live.delta = delta_between(r.cx.arena, live.before.rs, live.rs);
	live.drift = delta_between(r.cx.arena, live.before.rs, live.before.rs);
	live_text(&r.cx, &text, &live, false);
	assert_non_null(strstr(text.at, "opened for ingress: allowed by\n"));
	assert_null(strstr(text.at, "rules\n"));
	assert_non_null(strstr(text.at, "\npairs of pods: 0 opened, 0 closed; pods and "
					"outside: 1 opened, 1 closed; by shop/in; table "
					"inet netpolc differs, "));
	open = lower(&r.cx, run_decide_more(&r, WEB), &options);
	live.drift = delta_between(r.cx.arena, open, live.before.rs);
	live_text(&r.cx, &drifted, &live, false);
	assert_non_null(
		strstr(drifted.at, "table inet netpolc is not what was applied: "));
	assert_non_null(strstr(drifted.at, "isolation\n  + shop/web (10.0.0.1) for "
					   "ingress, by shop/in\n"));
	assert_non_null(
		strstr(drifted.at, "\nagainst what was applied: pairs of pods: "));
	run_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_long_is_cut_and_counted),
		cmocka_unit_test(other_rules_are_told_by_their_policies),
		cmocka_unit_test(nothing_is_nothing),
		cmocka_unit_test(a_table_may_have_to_be_replaced),
		cmocka_unit_test(what_was_applied_tells_connections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
