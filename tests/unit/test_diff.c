/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: of what is long the beginning is shown and the rest counted, and text from
 * manifests is text in every form.  What it says of changes is in golden cases.
 */
#include "manifests.h"

#include <netpolc/analysis/compare.h>
#include <netpolc/cli/diff.h>

struct pair {
	struct run before;
	const struct comparison *cmp;
};

static void compare_with(struct pair *p, const struct settings *set, const char *before,
			 const char *after)
{
	run_decide(&p->before, set, before);
	p->cmp = compare(&p->before.cx, p->before.dc, run_decide_more(&p->before, after));
}

static void compare_texts(struct pair *p, const char *before, const char *after)
{
	compare_with(p, NULL, before, after);
}

/* A namespace with so many pods, each on a port of its own that its name tells. */
static void add_pods(struct buf *out, unsigned n)
{
	buf_puts(out, NAMESPACE("shop", ""));
	for (unsigned i = 0; i < n; i++)
		buf_printf(out, POD("shop", "p%03u", "app: a%u", "10.0.%u.%u"), i, i,
			   i / 250, 1 + i % 250);
}

static void add_policies(struct buf *out, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_printf(out,
			   POLICY("shop", "n%03u",
				  "podSelector: {matchLabels: {app: a%u}}, "
				  "ingress: [{ports: [{port: %u}]}]"),
			   i, i, i + 1);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void what_is_long_is_cut_and_counted(void **state)
{
	BUF_AUTO before = { 0 }, after = { 0 }, text = { 0 }, markdown = { 0 };
	struct pair p;

	(void)state;
	add_pods(&before, 130);
	add_pods(&after, 130);
	add_policies(&after, 130);
	compare_texts(&p, before.at, after.at);
	diff_text(&p.before.cx, &text, p.cmp, false);
	assert_int_equal(count(text.at, "closed for ingress"), 100);
	assert_non_null(strstr(text.at, "\nand 30 more causes\n"));
	assert_non_null(strstr(text.at, "129 pods (shop/p001, shop/p002, shop/p003, "));
	assert_non_null(strstr(text.at, "shop/n009 and 120 more policies\n"));
	diff_markdown(&p.before.cx, &markdown, p.cmp);
	assert_int_equal(count(markdown.at, "\n| "), 51);
	assert_non_null(strstr(markdown.at, "\nand 80 more.\n"));
	run_free(&p.before);
}

/* What GitHub takes for a comment; of characters, of which no more are than bytes. */
#define COMMENT_MAX 65536

/* Pods from first to last, and for every second of them, as odd says, a policy.  The
 * names are as long as they may be, and each character of those of policies is escaped.
 */
static void add_long(struct buf *out, unsigned first, unsigned last, unsigned odd)
{
	char name[201], hostile[201];

	memset(name, 'x', sizeof(name) - 1);
	memset(hostile, '|', sizeof(hostile) - 1);
	name[sizeof(name) - 1] = hostile[sizeof(hostile) - 1] = '\0';
	buf_puts(out, NAMESPACE("shop", ""));
	for (unsigned i = first; i < last; i++) {
		buf_printf(out, POD("shop", "%u%s", "app: a%u", "10.0.0.%u"), i, name, i,
			   i + 1);
		if (i % 2 == odd)
			buf_printf(out,
				   POLICY("shop", "'%u%s'",
					  "podSelector: {matchLabels: {app: a%u}}"),
				   i, hostile, i);
	}
}

static void a_comment_has_bounds(void **state)
{
	struct settings set = settings_default();
	BUF_AUTO before = { 0 }, after = { 0 }, markdown = { 0 };
	struct pair p;

	(void)state;
	set.isolate_invalid = true;
	add_long(&before, 0, 60, 0);
	add_long(&after, 30, 90, 1);
	compare_with(&p, &set, before.at, after.at);
	diff_markdown(&p.before.cx, &markdown, p.cmp);
	assert_true(markdown.len < COMMENT_MAX);
	assert_int_equal(count(markdown.at, "|\n| "), 16);
	assert_int_equal(strncmp(markdown.at, "### Network policy: Connections are ", 36),
			 0);
	assert_non_null(strstr(markdown.at, "\n**Opened**\n"));
	assert_non_null(strstr(markdown.at, "\n**Closed**\n"));
	assert_non_null(strstr(markdown.at, "\nPods added: "));
	assert_non_null(strstr(markdown.at, "\n**What removed pods could do**\n"));
	assert_non_null(strstr(markdown.at, "`netpolc diff -o json`"));
	run_free(&p.before);
}

static void many_ports_are_cut_and_counted(void **state)
{
	BUF_AUTO before = { 0 }, after = { 0 }, markdown = { 0 };
	const char *pods = NAMESPACE("shop", "") POD("shop", "a", "", "10.0.0.1")
		POD("shop", "b", "", "10.0.0.2");
	struct pair p;

	(void)state;
	buf_puts(&before, pods);
	buf_puts(&before, POLICY("shop", "p", "podSelector: {}"));
	buf_puts(&after, pods);
	buf_puts(&after, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, "
			 "metadata: {namespace: shop, name: p}, spec: {podSelector: {}, "
			 "ingress: [{ports: [");
	for (unsigned i = 0; i < 300; i++)
		buf_printf(&after, "{port: %u}, ", 1000 + 2 * i);
	buf_puts(&after, "]}]}}\n");
	compare_texts(&p, before.at, after.at);
	diff_markdown(&p.before.cx, &markdown, p.cmp);
	assert_non_null(strstr(markdown.at, "| tcp 1000, 1002, 1004, "));
	assert_non_null(strstr(markdown.at, ", 1062, 1064 and 267 more | ingress: "));
	assert_null(strstr(markdown.at, "1066"));
	run_free(&p.before);
}

/* One policy for all pods, so that each has its changes by the same cause. */
static void changes_of_one_cause_are_cut_and_counted(void **state)
{
	BUF_AUTO before = { 0 }, after = { 0 }, text = { 0 };
	struct pair p;

	(void)state;
	add_pods(&before, 20);
	add_policies(&before, 20);
	buf_puts(&before, POLICY("shop", "zz", "podSelector: {}"));
	add_pods(&after, 20);
	add_policies(&after, 20);
	buf_puts(&after, POLICY("shop", "zz",
				"podSelector: {}, ingress: [{ports: "
				"[{port: 1000, endPort: 2000}]}]"));
	for (unsigned i = 0; i < 20; i++)
		buf_printf(&after,
			   POLICY("shop", "narrow%02u",
				  "podSelector: {matchLabels: {app: a%u}}, "
				  "policyTypes: [Egress], egress: [{ports: "
				  "[{port: 1, endPort: %u}]}]"),
			   i, i, 1000 + i);
	compare_texts(&p, before.at, after.at);
	diff_text(&p.before.cx, &text, p.cmp, false);
	assert_non_null(strstr(text.at, "opened for ingress: allowed by\n"
					"    NetworkPolicy shop/zz spec.ingress[0]"));
	assert_int_equal(count(text.at, "\n  + from shop/p0"), 10);
	assert_non_null(strstr(text.at, "    and 11 more\n"));
	run_free(&p.before);
}

static void color_is_for_who_wants_it(void **state)
{
	BUF_AUTO before = { 0 }, after = { 0 }, text = { 0 };
	struct pair p;

	(void)state;
	add_pods(&before, 1);
	add_pods(&after, 1);
	add_policies(&after, 1);
	compare_texts(&p, before.at, after.at);
	diff_text(&p.before.cx, &text, p.cmp, false);
	assert_null(strchr(text.at, '\033'));
	text.len = 0;
	diff_text(&p.before.cx, &text, p.cmp, true);
	assert_non_null(strstr(text.at, "\033[31m  - from"));
	run_free(&p.before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_long_is_cut_and_counted),
		cmocka_unit_test(a_comment_has_bounds),
		cmocka_unit_test(many_ports_are_cut_and_counted),
		cmocka_unit_test(changes_of_one_cause_are_cut_and_counted),
		cmocka_unit_test(color_is_for_who_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
