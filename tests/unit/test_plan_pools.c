/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: pools that rows allow but for some of their pods.
 */
#include "planned.h"

#define BUT(app)                                                                         \
	"{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: "         \
	"[" app "]}]}}"
#define WITHOUT(key)                                                                     \
	"{podSelector: {matchExpressions: [{key: " key ", operator: DoesNotExist}]}}"

/* The pool of all pods of m: x1, yy1-3, web1-4 and db1-2.  Two rows, on x and on yy;
 * at most so many of 100 may be excepted. */
static const struct {
	const char *what;
	size_t percent;
	const char *x, *yy;
	size_t nshared; /* of x */
	const char *except, *hosts;
} pools[] = {
	{ "two rows except different pods", 50, FROM(BUT("db")), FROM(BUT("web")), 1,
	  "10.0.2.1 everything | 10.0.2.2 everything", "" },
	{ "one row alone shares nothing", 50, FROM(BUT("x")), "", 0, NULL,
	  "10.0.0.11-10.0.2.2" },
	{ "one row excepts none", 50, FROM("{podSelector: {}}"), FROM(BUT("db")), 1, "",
	  "" },
	{ "the other does not care", 50, FROM(BUT("db")), FROM("{podSelector: {}}"), 1,
	  "10.0.2.1 everything | 10.0.2.2 everything", "" },
	{ "by a key that is not there", 50, FROM(WITHOUT("k")) ", " FROM(BUT("db")),
	  FROM("{podSelector: {}}"), 1, "", "" },
	{ "as many as may be", 20, FROM(BUT("db")), FROM("{podSelector: {}}"), 1,
	  "10.0.2.1 everything | 10.0.2.2 everything", "" },
	{ "too many", 19, FROM(BUT("db")), FROM("{podSelector: {}}"), 0, NULL,
	  "10.0.0.1-10.0.1.4" },
	{ "what another peer allows is no exception", 50,
	  FROM(BUT("db")) ", " FROM(APP("db")), FROM("{podSelector: {}}"), 1, "", "" },
	{ "but on other ports it is", 50,
	  FROM_PORTS(BUT("db"), "{port: 80}") ", " FROM_PORTS(APP("db"), "{port: 81}"),
	  FROM("{podSelector: {}}"), 1, "10.0.2.1 tcp 80 | 10.0.2.2 tcp 80",
	  "10.0.2.1-10.0.2.2" },
	{ "and more ports than asked are not", 50,
	  FROM_PORTS(BUT("db"), "{port: 80}") ", " FROM_PORTS(APP("db"),
							      "{port: 80, endPort: 81}"),
	  FROM("{podSelector: {}}"), 1, "", "10.0.2.1-10.0.2.2" },
	{ "two that except different pods, and nobody in the end", 50,
	  FROM(BUT("db") ", " BUT("web")), FROM("{podSelector: {}}"), 1, "", "" },
	{ "two with exceptions would be four look-ups: the second is a list", 50,
	  FROM_PORTS(BUT("db"), "{port: 80}") ", " FROM_PORTS(BUT("yy"), "{port: 81}"),
	  FROM("{podSelector: {}}"), 1, "10.0.2.1 tcp 80 | 10.0.2.2 tcp 80",
	  "10.0.0.1-10.0.2.2" },
	{ "two of which one has none are three", 50,
	  FROM_PORTS(BUT("db"), "{port: 80}") ", " FROM_PORTS("{podSelector: {}}",
							      "{port: 81}"),
	  FROM("{podSelector: {}}"), 2, "10.0.2.1 tcp 80 | 10.0.2.2 tcp 80", "" },
	{ "in a namespace by label it is another pool", 50,
	  FROM("{namespaceSelector: {matchExpressions: [{key: none, operator: "
	       "DoesNotExist}]}, podSelector: {matchExpressions: [{key: app, operator: "
	       "NotIn, values: [db]}]}}"),
	  FROM(BUT("web")), 0, NULL, "10.0.0.1-10.0.1.4" },
};

/* The ends of a list, which is long. */
static const char *span_text(struct run *r, const struct peer_list *list)
{
	BUF_AUTO out = { 0 };

	if (!list->len)
		return "";
	address_print(&out, (struct address){ FAMILY_IPV4, list->at[0].lo });
	buf_puts(&out, "-");
	address_print(&out, (struct address){ FAMILY_IPV4, list->at[list->len - 1].hi });
	return arena_strndup(r->cx.arena, out.at, out.len);
}

static void check_pools(struct arena *a, size_t i)
{
	struct lower_limits limits = tight;
	const struct row_plan *row;
	const struct plan *plan;
	struct run r;

	limits.share = 2;
	limits.exceptions = pools[i].percent;
	plan = plan_of(&r,
		       arena_printf(a, PODS ON("x", "%s") ON("yy", "%s"), pools[i].x,
				    pools[i].yy),
		       &limits);
	row = ingress4(&r, plan, "m/x1");
	if (row->nshared != pools[i].nshared)
		fail_msg("%s: %zu shared", pools[i].what, row->nshared);
	if (pools[i].except &&
	    strcmp(list_text(&r, FAMILY_IPV4, &row->shared[0].except), pools[i].except))
		fail_msg("%s: except %s", pools[i].what,
			 list_text(&r, FAMILY_IPV4, &row->shared[0].except));
	if (strcmp(span_text(&r, &row->hosts), pools[i].hosts))
		fail_msg("%s: hosts %s", pools[i].what, span_text(&r, &row->hosts));
	run_free(&r);
}

static void rows_except_what_they_do_not_allow(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(pools); i++)
		check_pools(*state, i);
}

/* x excepts two pods. */
static void exceptions_take_the_forms_of_lists(void **state)
{
	static const struct {
		size_t sets, inline_hosts;
		enum list_form form;
	} forms[] = {
		{ 512, 2, LIST_RULES },
		{ 512, 1, LIST_MAP },
		/* One for the pool, one for what saves most: three pods of yy. */
		{ FIXED + 2, 1, LIST_PAIRS },
		{ FIXED + 3, 1, LIST_MAP },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct lower_limits limits = tight;
		const struct plan *plan;
		struct run r;

		limits.share = 2;
		limits.exceptions = 50;
		limits.sets = forms[i].sets;
		limits.inline_hosts = forms[i].inline_hosts;
		plan = plan_of(&r,
			       PODS ON("x", FROM(BUT("db"))) ON("yy", FROM(BUT("web"))),
			       &limits);
		assert_int_equal(ingress4(&r, plan, "m/x1")->nshared, 1);
		assert_int_equal(ingress4(&r, plan, "m/x1")->shared[0].except.form,
				 forms[i].form);
		run_free(&r);
	}
}

/* Three of x1, three of each yy; ten in the pool; two exceptions of one pod, four of
 * three pods each, or once where they have a set. */
static void exceptions_count_as_elements(void **state)
{
	static const struct {
		size_t sets, fits;
	} sizes[] = { { 512, 12 + 10 + 2 + 4 }, { FIXED + 2, 12 + 10 + 2 + 4 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct lower_limits limits = tight;
		struct run r;

		limits.share = 2;
		limits.exceptions = 50;
		limits.sets = sizes[i].sets;
		limits.elements = sizes[i].fits;
		assert_non_null(plan_of(
			&r, PODS ON("x", FROM(BUT("db"))) ON("yy", FROM(BUT("web"))),
			&limits));
		limits.elements--;
		assert_null(plan_build(&r.cx, r.dc, &limits));
		run_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_except_what_they_do_not_allow),
		TEST(exceptions_take_the_forms_of_lists),
		TEST(exceptions_count_as_elements),
	};

	return cmocka_run_group_tests_name("plan_pools", tests, NULL, NULL);
}
