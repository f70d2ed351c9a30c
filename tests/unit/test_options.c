/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options: argv becomes a config, or one line that names the mistake. */
#include "helpers.h"

#include <netpolc/cli/commands.h>
#include <netpolc/cli/option_table.h>
#include <netpolc/cli/options.h>

#include <string.h>

#define ARGS_MAX 160

static const struct command commands[] = {
	{ VERB_COMPILE, "compile", "[INPUT...]", "Print", true, NULL, compile_mistake,
	  NULL, "netpolc" },
	{ VERB_APPLY, "apply", "[INPUT...]", "Apply", true, NULL, apply_mistake, NULL,
	  "netpolc" },
	{ VERB_DIFF, "diff", "[INPUT...]", "Compare", true, NULL, diff_mistake, NULL,
	  "netpolc" },
	{ VERB_DELETE, "delete", "", "Delete", false, NULL, NULL, NULL, "netpolc" },
	{ VERB_STATUS, "status", "", "Tell", false, NULL, status_mistake, NULL,
	  "netpolc" },
	{ VERB_QUERY, "query", "[INPUT...]", "Ask", true, NULL, query_mistake, NULL,
	  "netpolc" },
	{ VERB_TEST, "test", "[INPUT...]", "Test", true, NULL, test_mistake, NULL,
	  "netpolc" },
};

struct line {
	char *at[ARGS_MAX];
	int len;
};

/* Cuts the words of a command line at its spaces; an underscore is a space. */
static void cut(struct line *out, char *text)
{
	char *save = NULL;

	*out = (struct line){ 0 };
	for (char *word = strtok_r(text, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		for (char *c = word; *c; c++)
			if (*c == '_')
				*c = ' ';
		out->at[out->len++] = word;
	}
}

static enum parsed parse(struct arena *a, struct config *cfg, const char *text,
			 struct buf *said)
{
	struct line *line = ARENA_NEW(a, struct line);

	/* The config will point into it. */
	cut(line, arena_strndup(a, text, strlen(text)));
	return options_parse(cfg, commands, ARRAY_SIZE(commands), line->len, line->at,
			     said);
}

static const struct {
	const char *what, *line, *want;
} mistakes[] = {
	{ "no command", "netpolc", "no command" },
	{ "a command that is none", "netpolc complie x", "unknown command 'complie'" },
	{ "an option before the command", "netpolc -n x compile", "unknown option '-n'" },
	{ "a long option that is none", "netpolc compile --bogus x",
	  "unknown option '--bogus'" },
	{ "it with a value", "netpolc compile --bogus=3 x", "unknown option '--bogus'" },
	{ "a letter that is none", "netpolc compile -Z x", "unknown option '-Z'" },
	{ "a letter behind a good one", "netpolc compile -qZ x", "unknown option '-Z'" },
	{ "an option of another command", "netpolc compile --adopt x",
	  "unknown option '--adopt'" },
	{ "a hook that is none", "netpolc compile --hook input x", "not 'input'" },
	{ "a rejection where there is none",
	  "netpolc compile --hook postrouting --deny reject x",
	  "nothing can be rejected" },
	{ "a route back where there is none",
	  "netpolc diff --live --anti-spoof --hook postrouting x", "the way back" },
	{ "unknown pods that are neither", "netpolc compile --unknown-pods drop x",
	  "not 'drop'" },
	{ "a range that is none", "netpolc compile --pod-cidr 10.0.0.0 x",
	  "not '10.0.0.0'" },
	{ "a range with host bits", "netpolc compile --pod-cidr 10.0.0.1/24 x",
	  "not '10.0.0.1/24'" },
	{ "a range for nothing", "netpolc apply --pod-cidr 10.0.0.0/24 x",
	  "only with --unknown-pods deny" },
	{ "an interface that is none", "netpolc compile --pod-interface a/b x",
	  "not 'a/b'" },
	{ "a pattern that is none", "netpolc compile --pod-interface a*b x",
	  "not 'a*b'" },
	{ "every interface", "netpolc compile --pod-interface * x", "not '*'" },
	{ "a mode that is none", "netpolc compile --mode watch x", "not 'watch'" },
	{ "a log that is none", "netpolc compile --log file x", "not 'file'" },
	{ "a log without a group", "netpolc compile --log nflog: x", "not 'nflog:'" },
	{ "a group beyond 65535", "netpolc compile --log nflog:65536 x",
	  "not 'nflog:65536'" },
	{ "a class as a metric", "netpolc status -o prometheus --prefix x",
	  "is no metric" },
	{ "an abbreviation", "netpolc compile --prio 3 x", "unknown option '--prio'" },
	{ "an abbreviation with a value", "netpolc compile --prio=3 x",
	  "unknown option '--prio=3'" },
	{ "help of a command that is none", "netpolc help complie",
	  "unknown command 'complie'" },
	{ "an abbreviated help", "netpolc compile --hel", "unknown option '--hel'" },
	{ "a missing argument", "netpolc compile --node",
	  "option '--node' needs an argument" },
	{ "a missing argument of a letter", "netpolc compile -n",
	  "option '-n' needs an argument" },
	{ "two questions", "netpolc query --from a/x --from a/y x",
	  "--from is given twice, as 'a/x' and as 'a/y'" },
	{ "two ports", "netpolc query --port tcp/1 --port=tcp/2 x",
	  "--port is given twice, as 'tcp/1' and as 'tcp/2'" },
	{ "an argument too many", "netpolc compile --strict=yes x",
	  "a switch takes no argument: '--strict=yes'" },
	{ "a surplus argument", "netpolc delete x", "surplus argument 'x'" },
	{ "a wrong word", "netpolc compile --family 5 x", "--family takes 4|6, not '5'" },
	{ "a wrong form", "netpolc compile -o yaml x",
	  "--output takes nft|json, not 'yaml'" },
	{ "a form of another command", "netpolc status -o nft",
	  "--output takes text|json|prometheus, not 'nft'" },
	{ "a wrong stage", "netpolc compile --dump=all x", "--dump takes" },
	{ "a keyword as table", "netpolc delete --table map", "not 'map'" },
	{ "a priority that is none", "netpolc compile --priority high x", "not 'high'" },
	{ "a limit that is none", "netpolc compile --limits share=2,x=1 x",
	  "not 'share=2,x=1'" },
	{ "a wrong number", "netpolc compile --max-errors -1 x", "--max-errors takes" },
	{ "a time that is none", "netpolc delete --lock-timeout 1m", "not '1m'" },
	{ "a wait of no time", "netpolc apply --settle -1 x", "--settle takes" },
	{ "a time without end", "netpolc apply --lock-timeout 86401 x", "not '86401'" },
	{ "a trial of no time", "netpolc apply --try 0 x", "--try takes" },
	{ "a trial of nothing", "netpolc apply --try 9 --dry-run x",
	  "--dry-run changes" },
	{ "a trial confirmed at once", "netpolc apply --try 9 --confirm",
	  "--confirm keeps what is on trial" },
	{ "what nobody confirms", "netpolc apply --confirm --dry-run",
	  "--confirm keeps what is on trial" },
	{ "connections rechecked by nothing",
	  "netpolc apply --confirm --recheck-connections", "reads no manifests" },
	{ "connections ended on trial", "netpolc apply --try 9 --recheck-connections x",
	  "would not bring back" },
	{ "manifests confirmed", "netpolc apply --confirm x", "surplus argument 'x'" },
	{ "a namespace that is none", "netpolc compile -n A_b x", "not 'A b'" },
	{ "a port that is none", "netpolc query --port 80 x", "not '80'" },
	{ "no question", "netpolc query x",
	  "needs --from, --to and --port, or --probes" },
	{ "half a question", "netpolc query --from a --to b x", "needs --from" },
	{ "two questions", "netpolc query --probes p --from a x",
	  "--probes stands instead" },
	{ "probes explained", "netpolc query --probes p --explain x",
	  "--explain goes with" },
	{ "both on standard input", "netpolc query --probes - -", "cannot be both" },
	{ "probes in another form", "netpolc query --probes p -o json x",
	  "have one form" },
	{ "no assertions", "netpolc test x", "needs --tests FILE" },
	{ "assertions and manifests on standard input",
	  "netpolc test --tests a --tests - -", "cannot be both" },
	{ "a form of tests that is none", "netpolc test --tests a -o xml x",
	  "takes text|tap|junit|json, not 'xml'" },
	{ "nothing to compare with", "netpolc diff x", "needs --from or --live" },
	{ "two things to compare with", "netpolc diff --live --from x y", "instead of" },
	{ "a form that is not for that", "netpolc diff --live -o markdown y",
	  "goes with --from" },
	{ "both sides on standard input", "netpolc diff --from x --from - y -",
	  "cannot be both" },
	{ "a form that there is not", "netpolc diff --from x -o yaml y",
	  "--output takes text|nft|json|markdown, not 'yaml'" },
};

static void a_mistake_is_named_in_one_line(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		BUF_AUTO said = { 0 };
		struct config cfg;
		enum parsed got = parse(*state, &cfg, mistakes[i].line, &said);

		if (got != PARSED_WRONG || !strstr(said.at, mistakes[i].want))
			fail_msg("%s: %s", mistakes[i].what,
				 said.at ? said.at : "accepted");
		if (!strstr(said.at, "; try 'netpolc") || !strstr(said.at, " --help'\n"))
			fail_msg("%s: no hint: %s", mistakes[i].what, said.at);
		if (strchr(said.at, '\n') != said.at + said.len - 1)
			fail_msg("%s: not one line: %s", mistakes[i].what, said.at);
	}
}

static void a_mistake_cannot_steer_the_terminal(void **state)
{
	BUF_AUTO said = { 0 };
	struct config cfg;

	parse(*state, &cfg, "netpolc \033[2J", &said);
	assert_null(strchr(said.at, '\033'));
}

static void what_may_be_repeated_is(void **state)
{
	static const char *const lines[] = {
		"netpolc test --tests a --tests b x",
		"netpolc diff --from a --from b x",
		"netpolc apply --anti-spoof --pod-interface a --pod-interface b x",
		("netpolc apply --unknown-pods deny --pod-cidr 10.0.0.0/8 --pod-cidr "
		 "fd00::/64 x"),
		"netpolc apply --exclude a --exclude b x",
		"netpolc query --from a/x --to b/y --port tcp/1 --from a/x --strict x",
		"netpolc apply --node a --node b --strict --strict x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		BUF_AUTO said = { 0 };
		struct config cfg;

		if (parse(*state, &cfg, lines[i], &said) != PARSED_RUN)
			fail_msg("%s: %s", lines[i], said.at);
	}
}

static const struct {
	const char *command, *option;
	size_t most;
} repeated[] = {
	{ "netpolc test", " --tests a", TESTS_MAX },
	{ "netpolc diff", " --from a", BASES_MAX },
	{ "netpolc apply", " --exclude a", EXCLUDES_MAX },
	{ "netpolc apply --anti-spoof", " --pod-interface a", POD_INTERFACES_MAX },
	{ "netpolc apply --unknown-pods deny", " --pod-cidr 10.0.0.0/8", POD_CIDRS_MAX },
};

static void but_not_without_end(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(repeated); i++) {
		BUF_AUTO line = { 0 }, said = { 0 };
		struct config cfg;

		buf_printf(&line, "%s x", repeated[i].command);
		for (size_t n = 0; n < repeated[i].most; n++)
			buf_puts(&line, repeated[i].option);
		if (parse(*state, &cfg, line.at, &said) != PARSED_RUN)
			fail_msg("%s: %s", repeated[i].option, said.at);
		buf_puts(&line, repeated[i].option);
		if (parse(*state, &cfg, line.at, &said) != PARSED_WRONG)
			fail_msg("%s: one too many is taken", repeated[i].option);
	}
}

static void the_last_value_counts(void **state)
{
	BUF_AUTO said = { 0 };
	struct config cfg;

	assert_int_equal(parse(*state, &cfg,
			       "netpolc compile --table a -n b --table c -n d x", &said),
			 PARSED_RUN);
	assert_string_equal(cfg.lower.table, "c");
	assert_string_equal(cfg.set.default_namespace, "d");
}

static void settings_have_defaults(void **state)
{
	BUF_AUTO said = { 0 };
	struct config cfg;

	assert_int_equal(parse(*state, &cfg, "netpolc compile a b", &said), PARSED_RUN);
	assert_string_equal(cfg.set.default_namespace, "default");
	assert_string_equal(cfg.lower.table, "netpolc");
	assert_int_equal(cfg.lower.priority, -1);
	assert_true(cfg.set.families[FAMILY_IPV4] && cfg.set.families[FAMILY_IPV6]);
	assert_false(cfg.set.strict || cfg.set.legacy || cfg.set.isolate_invalid);
	assert_int_equal(cfg.output, OUTPUT_NFT);
	assert_int_equal(cfg.dump, DUMP_NONE);
	assert_int_equal(cfg.loudness, NORMAL);
	assert_int_equal(cfg.lock_timeout, 30);
	assert_string_equal(cfg.state_dir, "/var/lib/netpolc");
	assert_int_equal(cfg.ninputs, 2);
	assert_string_equal(cfg.inputs[1], "b");
}

static void options_of_manifests_reach_the_config(void **state)
{
	BUF_AUTO said = { 0 };
	struct config c;

	parse(*state, &c,
	      "netpolc compile -n shop --node n1 --strict --on-invalid isolate x", &said);
	assert_string_equal(c.set.default_namespace, "shop");
	assert_string_equal(c.set.node, "n1");
	assert_true(c.set.strict && c.set.isolate_invalid);
	assert_int_equal(c.set.nexcludes, 0);
	parse(*state, &c, "netpolc compile --exclude a/ --exclude *.json x", &said);
	assert_int_equal(c.set.nexcludes, 2);
	assert_string_equal(c.set.excludes[1], "*.json");
	parse(*state, &c,
	      "netpolc compile --legacy --other-protocols allow --family 6 -o json x",
	      &said);
	assert_true(c.set.legacy && c.set.allow_other_protocols);
	assert_true(!c.set.families[FAMILY_IPV4] && c.set.families[FAMILY_IPV6]);
	assert_int_equal(c.output, OUTPUT_JSON);
	assert_int_equal(said.len, 0);
}

static void options_of_rulesets_reach_the_config(void **state)
{
	BUF_AUTO said = { 0 };
	struct config c;

	parse(*state, &c,
	      "netpolc compile --table t1 --priority filter_+_5 --deny reject x", &said);
	assert_string_equal(c.lower.table, "t1");
	assert_int_equal(c.lower.priority, 5);
	assert_true(c.lower.reject);
	parse(*state, &c, "netpolc apply --limits share=3,inline-nets=0 x", &said);
	assert_int_equal(c.lower.limits.share, 3);
	assert_int_equal(c.lower.limits.inline_nets, 0);
	assert_int_equal(c.lower.limits.inline_hosts, 2);
	parse(*state, &c,
	      "netpolc compile --dump=decisions --color never --diagnostics sarif x",
	      &said);
	assert_int_equal(c.dump, DUMP_DECISIONS);
	assert_int_equal(c.color, COLOR_NEVER);
	assert_int_equal(c.diagnostics, DIAG_SARIF);
	assert_int_equal(said.len, 0);
}

static void options_of_each_command_reach_the_config(void **state)
{
	BUF_AUTO said = { 0 };
	struct config c;

	parse(*state, &c,
	      "netpolc apply --max-errors=7 --dry-run --allow-loss --adopt -v x", &said);
	assert_int_equal(c.max_errors, 7);
	assert_true(c.dry_run && c.allow_loss && c.adopt);
	assert_int_equal(c.loudness, VERBOSE);
	assert_int_equal(parse(*state, &c, "netpolc apply --confirm", &said), PARSED_RUN);
	assert_true(c.confirm && c.ninputs == 0);
	parse(*state, &c, "netpolc apply --try 60 x", &said);
	assert_int_equal(c.try_seconds, 60);
	parse(*state, &c, "netpolc status -o json", &said);
	assert_int_equal(c.output, OUTPUT_JSON);
	parse(*state, &c, "netpolc status -o prometheus", &said);
	assert_int_equal(c.output, OUTPUT_PROMETHEUS);
	parse(*state, &c, "netpolc status -o text", &said);
	assert_int_equal(c.output, OUTPUT_TEXT);
	parse(*state, &c, "netpolc delete --lock-timeout 0 --state-dir /s", &said);
	assert_int_equal(c.lock_timeout, 0);
	assert_string_equal(c.state_dir, "/s");
	parse(*state, &c,
	      "netpolc query --from a/b --to c/d --port UDP/dns --explain -q x", &said);
	assert_string_equal(c.from, "a/b");
	assert_string_equal(c.to, "c/d");
	assert_int_equal(c.port.protocol, PROTO_UDP);
	assert_true(c.explain);
	assert_int_equal(c.loudness, QUIET);
	parse(*state, &c, "netpolc query --probes p x", &said);
	assert_string_equal(c.probes, "p");
	assert_int_equal(said.len, 0);
}

static void options_of_denials_reach_the_config(void **state)
{
	BUF_AUTO said = { 0 };
	struct config c;

	parse(*state, &c, "netpolc apply x", &said);
	assert_false(c.lower.audit || c.lower.late || c.priority_given);
	parse(*state, &c, "netpolc diff --live --hook postrouting --priority 3 x", &said);
	assert_true(c.lower.late && c.priority_given);
	assert_int_equal(c.lower.priority, 3);
	parse(*state, &c, "netpolc apply --hook forward --allow-unenforced x", &said);
	assert_true(!c.lower.late && c.allow_unenforced);
	assert_int_equal(c.lower.log, LOG_OFF);
	assert_false(c.set.deny_unknown || c.lower.anti_spoof || c.no_anti_spoof);
	parse(*state, &c,
	      "netpolc compile --no-anti-spoof --anti-spoof --pod-interface a* x", &said);
	assert_true(c.lower.anti_spoof && !c.no_anti_spoof);
	assert_string_equal(c.pod_interfaces[0], "a*");
	parse(*state, &c, "netpolc apply --anti-spoof --no-anti-spoof x", &said);
	assert_true(!c.lower.anti_spoof && c.no_anti_spoof);
	assert_int_equal(c.set.npod_cidrs, 0);
	parse(*state, &c,
	      "netpolc diff --live --unknown-pods deny --pod-cidr 10.0.0.0/8 --pod-cidr "
	      "fd00::/64 x",
	      &said);
	assert_true(c.set.deny_unknown);
	assert_int_equal(c.set.npod_cidrs, 2);
	assert_int_equal(c.set.pod_cidrs[1].length, 64);
	parse(*state, &c, "netpolc diff --live --mode audit --log nflog:65535 x", &said);
	assert_true(c.lower.audit);
	assert_int_equal(c.lower.log, LOG_TO_GROUP);
	assert_int_equal(c.lower.log_group, 65535);
	parse(*state, &c, "netpolc apply --mode enforce --log syslog x", &said);
	assert_false(c.lower.audit);
	assert_int_equal(c.lower.log, LOG_TO_SYSLOG);
	parse(*state, &c, "netpolc status --prefix netpolc_x", &said);
	assert_string_equal(c.prefix, "netpolc x");
}

static void options_of_diff_reach_the_config(void **state)
{
	BUF_AUTO said = { 0 };
	struct config c;

	parse(*state, &c, "netpolc diff --from a --from b -o markdown - x", &said);
	assert_int_equal(c.nbases, 2);
	assert_string_equal(c.bases[0], "a");
	assert_string_equal(c.bases[1], "b");
	assert_int_equal(c.diff_form, DIFF_MARKDOWN);
	assert_int_equal(c.ninputs, 2);
	parse(*state, &c, "netpolc diff --live -o nft --table t2 x", &said);
	assert_true(c.live);
	assert_int_equal(c.diff_form, DIFF_NFT);
	assert_string_equal(c.lower.table, "t2");
	assert_int_equal(said.len, 0);
}

static const struct {
	const char *what, *line;
	size_t inputs;
	const char *last;
	bool strict;
} orders[] = {
	{ "options first", "netpolc compile --strict a b", 2, "b", true },
	{ "options last", "netpolc compile a b --strict", 2, "b", true },
	{ "options between", "netpolc compile a --strict b", 2, "b", true },
	{ "the end of options", "netpolc compile a -- --strict", 2, "--strict", false },
	{ "standard input named", "netpolc compile - --strict", 1, "-", true },
};

static void options_stand_before_or_after_inputs(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		BUF_AUTO said = { 0 };
		struct config cfg;

		if (parse(*state, &cfg, orders[i].line, &said) != PARSED_RUN ||
		    cfg.ninputs != orders[i].inputs ||
		    cfg.set.strict != orders[i].strict ||
		    strcmp(cfg.inputs[cfg.ninputs - 1], orders[i].last) != 0)
			fail_msg("%s", orders[i].what);
	}
}

static void help_and_version_are_shown(void **state)
{
	static const char *const lines[][2] = {
		{ "netpolc --help", "usage: netpolc COMMAND" },
		{ "netpolc -h", "usage: netpolc COMMAND" },
		{ "netpolc help", "usage: netpolc COMMAND" },
		{ "netpolc help delete", "usage: netpolc delete" },
		{ "netpolc --version", "netpolc " },
		{ "netpolc compile --help", "usage: netpolc compile" },
		{ "netpolc compile -qh", "usage: netpolc compile" },
		{ "netpolc delete --table t --help", "usage: netpolc delete" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		BUF_AUTO said = { 0 };
		struct config cfg;

		assert_int_equal(parse(*state, &cfg, lines[i][0], &said), PARSED_SHOWN);
		assert_int_equal(strncmp(said.at, lines[i][1], strlen(lines[i][1])), 0);
	}
}

/* An option may stand in several rows, for one command each. */
static bool has_option(const struct command *command, const char *name)
{
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].commands & (1u << command->verb) &&
		    !strcmp(option_table[i].name, name))
			return true;
	return false;
}

static void help_of_a_command_has_its_options_and_no_others(void **state)
{
	for (size_t c = 0; c < ARRAY_SIZE(commands); c++) {
		const char *line =
			arena_printf(*state, "netpolc %s --help", commands[c].name);
		BUF_AUTO said = { 0 };
		struct config cfg;

		parse(*state, &cfg, line, &said);
		for (size_t i = 0; i < option_count; i++) {
			const struct opt *o = &option_table[i];
			const char *want = arena_printf(*state, "--%s ", o->name);

			if (has_option(&commands[c], o->name) != !!strstr(said.at, want))
				fail_msg("%s %s", commands[c].name, o->name);
		}
	}
}

static void the_table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		const struct opt *o = &option_table[i];

		if (!o->commands || !*o->help || !o->set == !o->flag ||
		    (o->flag && o->arg))
			fail_msg("%s", o->name);
		for (size_t j = 0; j < i; j++)
			if ((o->commands & option_table[j].commands & ~OPTION_ONCE) &&
			    (!strcmp(o->name, option_table[j].name) ||
			     (o->brief && o->brief == option_table[j].brief)))
				fail_msg("%s stands twice", o->name);
	}
}

/* Two runs whose settings print alike decide alike. */
static void settings_print_as_options(void **state)
{
	static const struct {
		const char *line, *printed;
	} cases[] = {
		{ "netpolc compile x", "" },
		{ "netpolc compile --strict --on-invalid isolate -n other x", "" },
		{ "netpolc compile --node n1 x", " --node n1" },
		{ "netpolc compile --legacy x", " --legacy" },
		{ "netpolc compile --other-protocols allow x",
		  " --other-protocols allow" },
		{ "netpolc compile --family 4 x", " --family 4" },
		{ "netpolc compile --family 6 x", " --family 6" },
		{ "netpolc compile --unknown-pods deny --pod-cidr 10.0.0.0/8 --pod-cidr "
		  "fd00::/8 x",
		  " --unknown-pods deny --pod-cidr 10.0.0.0/8 --pod-cidr fd00::/8" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		BUF_AUTO said = { 0 }, printed = { 0 };
		struct config cfg;

		assert_int_equal(parse(*state, &cfg, cases[i].line, &said), PARSED_RUN);
		settings_print(&printed, &cfg.set);
		assert_string_equal(printed.at ? printed.at : "", cases[i].printed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_mistake_is_named_in_one_line),
		TEST(a_mistake_cannot_steer_the_terminal),
		TEST(what_may_be_repeated_is),
		TEST(but_not_without_end),
		TEST(the_last_value_counts),
		TEST(settings_have_defaults),
		TEST(options_of_manifests_reach_the_config),
		TEST(settings_print_as_options),
		TEST(options_of_rulesets_reach_the_config),
		TEST(options_of_each_command_reach_the_config),
		TEST(options_of_denials_reach_the_config),
		TEST(options_of_diff_reach_the_config),
		TEST(options_stand_before_or_after_inputs),
		TEST(help_and_version_are_shown),
		TEST(help_of_a_command_has_its_options_and_no_others),
		TEST(the_table_is_sound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
