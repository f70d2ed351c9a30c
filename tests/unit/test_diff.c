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

static const struct decisions *decide_more(struct ctx *cx, const char *text)
{
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[32], *inputs[] = { path };
	const struct cluster *cl;
	const struct pod_sets *sets;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cl = cluster_read(cx, inputs, 1);
	close(fd);
	sets = resolve(cx, cl);
	return decide(cx, cl, sets, classify(cx, cl, sets));
}

static void compare_texts(struct pair *p, const char *before, const char *after)
{
	run_decide(&p->before, NULL, before);
	p->cmp = compare(&p->before.cx, p->before.dc, decide_more(&p->before.cx, after));
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
		cmocka_unit_test(changes_of_one_cause_are_cut_and_counted),
		cmocka_unit_test(color_is_for_who_wants_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
