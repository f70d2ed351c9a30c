/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kernel makes of the answers of a faked libnftables. */
#include "helpers.h"

#include <fcntl.h>
#include <netpolc/base/diag.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/kernel.h>
#include <netpolc/nft/text.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What the fake answers, and what it was asked. */
static struct {
	const char *errors; /* "@" in front of a line number stands for the path */
	int outrun;	    /* so many times another program was faster */
	int runs;
	bool checked;
	char text[65536];
} fake;

static void read_text(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, fake.text, sizeof(fake.text) - 1);

	assert_true(n > 0);
	fake.text[n] = 0;
	close(fd);
}

static int fake_run(const char *path, bool check, struct arena *until, char **errors)
{
	BUF_AUTO text = { 0 };

	read_text(path);
	(void)until;
	fake.checked = check;
	if (++fake.runs <= fake.outrun) {
		*errors = strdup("@:1:1-2: Error: Could not process rule: "
				 "Interrupted system call should be restarted\n");
		return -1;
	}
	if (!fake.errors)
		return 0;
	for (const char *at = fake.errors; *at; at++)
		if (*at == '@')
			buf_puts(&text, path);
		else
			buf_putc(&text, *at);
	buf_putc(&text, 0);
	*errors = strdup(text.at);
	return -1;
}

static const struct kernel_ops faked = { fake_run };

static struct object policy = { "NetworkPolicy", "default", "web", { 0 } };

static struct ruleset *small(struct arena *a)
{
	const struct origin origin = { { 0, 7, 3, 1 }, &policy, "spec.ingress[0]" };
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct set *s = ruleset_add_set(rs, "s-hosts", &origin);

	base->base = true;
	s->key[0] = KEY_IPV4;
	s->nkeys = 1;
	set_add(rs, s, (struct element){ .lo = 0x0a000001, .hi = 0x0a000001 });
	rule_verdict(
		rs,
		rule_lookup(rs, chain_add_rule(rs, base, &origin), s, FIELD_IP_SADDR, 0),
		(struct verdict){ .kind = VERDICT_ACCEPT });
	ruleset_finish(rs);
	return rs;
}

/* The line of the faked text that has what in it. */
static size_t line_with(const struct ruleset *rs, const char *what)
{
	struct text_lines lines = { 0 };
	BUF_AUTO text = { 0 };
	size_t line = 1;

	text_print(&text, rs, &lines);
	const char *found = strstr(text.at, what);

	assert_non_null(found);
	for (const char *at = text.at; at < found; at++)
		line += *at == '\n';
	return line;
}

static struct ctx context(void)
{
	struct settings set = settings_default();
	struct ctx cx;

	ctx_init(&cx, &set);
	memset(&fake, 0, sizeof(fake));
	return cx;
}

static const struct {
	const char *what, *errors, *message;
	size_t n;
} answers[] = {
	{ "no privilege",
	  "netlink: Error: cache initialization failed: Operation not permitted\n",
	  "no privilege to use nftables", 1 },
	{ "a table that has an owner",
	  "@:1:1-2: Error: Could not process rule: Operation not permitted\nx\n^\n"
	  "@:2:1-2: Error: Could not process rule: Operation not permitted\nx\n^\n",
	  "the table belongs to a process", 1 },
	{ "no nftables", "Error: Protocol not supported\n", "this kernel has no nftables",
	  1 },
	{ "more than a socket sends",
	  "netlink: Error: Could not process rule: Message too long\nPlease, rise it\n",
	  "raise net.core.wmem_max", 1 },
	{ "a line that is too long for the kernel",
	  "@:1:1-2: Error: Could not process rule: Message too long\nx\n^\n",
	  "the kernel refused: Could not process rule: Message too long", 1 },
	{ "a refusal without a line",
	  "Error: Could not process rule: Cannot allocate memory\n",
	  "the kernel refused: Could not process rule: Cannot allocate memory", 1 },
	{ "a line that the text does not have", "@:9999:1-2: Error: strange\n",
	  "the kernel refused: strange", 1 },
	{ "no message", "", "does not say why", 1 },
	{ "quoted lines", "@:1:1-2: Error: one\n\tadd x Error: two\n\t^^^\n", "one", 1 },
	{ "quoted lines that a blank begins",
	  "@:1:1-2: Error: one\n add x Error: two\n ^^^\n", "one", 1 },
	{ "two refusals", "@:1:1-2: Error: one\nx\n^\n@:2:1-2: Error: two\nx\n^\n", "one",
	  2 },
	{ "more than anyone reads",
	  "@:1:1-1: Error: a\n@:1:1-1: Error: b\n@:1:1-1: Error: c\n@:1:1-1: Error: d\n"
	  "@:1:1-1: Error: e\n@:1:1-1: Error: f\n@:1:1-1: Error: g\n@:1:1-1: Error: h\n"
	  "@:1:1-1: Error: i\n@:1:1-1: Error: j\n@:1:1-1: Error: k\n@:1:1-1: Error: l\n",
	  "the kernel refused 2 more lines", 11 },
};

static bool said(struct ctx *cx, const char *message, size_t n)
{
	size_t len;
	const struct diag *const *all = diag_sorted(cx->diags, &len);

	for (size_t i = 0; i < len; i++)
		if (strstr(all[i]->message, message))
			return len == n;
	return false;
}

static void answers_become_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct ctx cx = context();

		fake.errors = answers[i].errors;
		assert_false(kernel_replace(&cx, &faked, small(cx.arena), false));
		if (!said(&cx, answers[i].message, answers[i].n) ||
		    diag_exit_status(cx.diags) != 3)
			fail_msg("%s", answers[i].what);
		ctx_free(&cx);
	}
}

static void a_refused_line_is_shown_where_it_comes_from(void **state)
{
	struct ctx cx = context();
	struct ruleset *rs = small(cx.arena);
	char errors[100];
	size_t len;

	(void)state;
	snprintf(errors, sizeof(errors), "@:%zu:3-8: Error: Could not process rule: no\n",
		 line_with(rs, "10.0.0.1"));
	fake.errors = errors;
	assert_false(kernel_replace(&cx, &faked, rs, false));

	const struct diag *const *all = diag_sorted(cx.diags, &len);

	assert_int_equal(len, 1);
	assert_int_equal(all[0]->id, DIAG_KERNEL);
	assert_int_equal(all[0]->origin.at.line, 7);
	assert_string_equal(all[0]->origin.object->name, "web");
	assert_non_null(strstr(all[0]->message, "10.0.0.1"));
	ctx_free(&cx);
}

static void a_line_without_origin_is_quoted(void **state)
{
	struct ctx cx = context();
	struct ruleset *rs = small(cx.arena);
	size_t line = line_with(rs, "hook forward"), len;
	char errors[100];

	(void)state;
	assert_true(line > 9); /* of two digits */
	snprintf(errors, sizeof(errors), "@:%zu:3-8: Error: no\n", line);
	fake.errors = errors;
	assert_false(kernel_replace(&cx, &faked, rs, false));
	assert_non_null(strstr(diag_sorted(cx.diags, &len)[0]->message, "hook forward"));
	ctx_free(&cx);
}

static void a_transaction_that_was_outrun_is_sent_again(void **state)
{
	struct ctx cx = context();

	(void)state;
	fake.outrun = 3;
	assert_true(kernel_replace(&cx, &faked, small(cx.arena), true));
	assert_int_equal(fake.runs, 4);
	assert_true(fake.checked);
	assert_false(diag_failed(cx.diags));

	fake.runs = 0;
	fake.outrun = 1000;
	assert_false(kernel_replace(&cx, &faked, small(cx.arena), false));
	assert_true(fake.runs < 100);
	assert_int_equal(diag_exit_status(cx.diags), 3);
	ctx_free(&cx);
}

static void deleting_names_our_table_and_nothing_else(void **state)
{
	struct ctx cx = context();

	(void)state;
	assert_true(kernel_delete(&cx, &faked, "mine"));
	assert_string_equal(fake.text, "table inet mine {}\ndelete table inet mine\n");
	assert_false(fake.checked);
	ctx_free(&cx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_become_messages),
		cmocka_unit_test(a_refused_line_is_shown_where_it_comes_from),
		cmocka_unit_test(a_line_without_origin_is_quoted),
		cmocka_unit_test(a_transaction_that_was_outrun_is_sent_again),
		cmocka_unit_test(deleting_names_our_table_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
