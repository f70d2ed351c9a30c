/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * argv comes in, a struct config goes out, or the text to show instead.
 *
 * Of each command getopt sees only the options that the table gives to it, so one
 * that belongs to another command is unknown.
 */
#include <netpolc/cli/options.h>

#include <netpolc/base/terminal.h>
#include <netpolc/base/visible.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/completion.h>
#include <netpolc/cli/help.h>
#include <netpolc/cli/option_table.h>

#include <assert.h>
#include <getopt.h>
#include <string.h>
#include <unistd.h>

#define OPTIONS_MAX  64
#define LOCK_TIMEOUT 30 /* seconds */
#define SETTLE	     5	/* seconds */
#define STATE_DIR    "/var/lib/netpolc"

/* What getopt returns: option i of the table by its long name is LONG_BASE + i. */
#define LONG_BASE 256
#define LONG_HELP (LONG_BASE - 1)

/* The options of one command as getopt wants them. */
struct getopt_table {
	char brief[3 + 2 * OPTIONS_MAX];
	struct option name[OPTIONS_MAX + 2];
};

static void getopt_table_fill(struct getopt_table *t, const struct command *command)
{
	size_t names = 0, briefs = 0;

	assert(option_count <= OPTIONS_MAX);
	t->brief[briefs++] = ':'; /* tell a missing argument from an unknown option */
	t->brief[briefs++] = 'h';
	for (size_t i = 0; i < option_count; i++) {
		const struct opt *o = &option_table[i];
		int arg = o->arg ? required_argument : no_argument;

		if (!option_is_of(o, command))
			continue;
		t->name[names++] =
			(struct option){ o->name, arg, NULL, LONG_BASE + (int)i };
		if (o->brief)
			t->brief[briefs++] = o->brief;
		if (o->brief && o->arg)
			t->brief[briefs++] = ':';
	}
	t->name[names++] = (struct option){ "help", no_argument, NULL, LONG_HELP };
	t->name[names] = (struct option){ 0 };
	t->brief[briefs] = '\0';
}

/* One line that names the mistake, with a hint. */
static enum parsed wrong(struct buf *text, const struct command *command,
			 const char *what, const char *quoted, const char *why)
{
	buf_printf(text, "netpolc%s%s: %s", command ? " " : "",
		   command ? command->name : "", what);
	if (quoted) {
		buf_puts(text, " '");
		visible_text(text, quoted);
		buf_puts(text, "'");
	}
	buf_printf(text, "%s; try 'netpolc%s%s --help'\n", why, command ? " " : "",
		   command ? command->name : "");
	return PARSED_WRONG;
}

static const struct command *find_command(const struct command *commands, size_t n,
					  const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/*
 * The argument that getopt has just taken an option from, as it was written.  A
 * value of its own stands behind it.
 */
static const char *as_written(char *const argv[])
{
	return argv[optind - (optarg && optarg == argv[optind - 1] ? 2 : 1)];
}

/* getopt takes --na for --name; a script that says so breaks with the next option. */
static bool is_abbreviated(const char *written, const char *name)
{
	size_t len = strlen(name);

	return strncmp(written, "--", 2) || strncmp(written + 2, name, len) ||
	       (written[2 + len] && written[2 + len] != '=');
}

static enum parsed wrong_value(struct buf *text, const struct command *command,
			       const struct opt *o, const char *value)
{
	BUF_AUTO what = { 0 };

	buf_printf(&what, "--%s takes %s, not", o->name, o->takes ? o->takes : o->arg);
	return wrong(text, command, what.at, value, "");
}

/* Of two questions one would be lost. */
static enum parsed wrong_twice(struct buf *text, const struct command *command,
			       const struct opt *o, const char *first)
{
	BUF_AUTO what = { 0 };

	buf_printf(&what, "--%s is given twice, as '", o->name);
	visible_text(&what, first);
	buf_puts(&what, "' and as");
	return wrong(text, command, what.at, optarg, "");
}

/* getopt said '?' or ':'. */
static enum parsed wrong_option(struct buf *text, const struct command *command, int got,
				char *const argv[])
{
	char brief[] = { '-', (char)optopt, '\0' };
	const char *written = optopt && optopt < LONG_HELP ? brief : argv[optind - 1];
	const char *equals;
	BUF_AUTO name = { 0 };

	if (got == ':')
		return wrong(text, command, "option", written, " needs an argument");
	/* --switch=value: the option is known, and getopt names it. */
	if (optopt >= LONG_HELP)
		return wrong(text, command, "a switch takes no argument:", written, "");
	equals = strchr(written, '=');
	buf_add(&name, written, equals ? (size_t)(equals - written) : strlen(written));
	return wrong(text, command, "unknown option", name.at, "");
}

/* *first: the value that it was given before, or NULL. */
static enum parsed take_option(struct config *cfg, const struct opt *o,
			       const char **first, struct buf *text)
{
	if (*first && o->commands & OPTION_ONCE && strcmp(*first, optarg))
		return wrong_twice(text, cfg->command, o, *first);
	*first = optarg;
	if (o->set && !o->set(cfg, optarg))
		return wrong_value(text, cfg->command, o, optarg);
	if (!o->set)
		*(bool *)((char *)cfg + o->flag) = true;
	return PARSED_RUN;
}

static const struct opt *option_of(const struct command *command, int got)
{
	if (got >= LONG_BASE)
		return &option_table[got - LONG_BASE];
	for (size_t i = 0; i < option_count; i++)
		if (option_table[i].brief == got &&
		    option_is_of(&option_table[i], command))
			return &option_table[i];
	return NULL;
}

static enum parsed take_options(struct config *cfg, int argc, char *argv[],
				struct buf *text)
{
	const struct command *command = cfg->command;
	const char *values[OPTIONS_MAX] = { NULL }; /* as option_table */
	struct getopt_table table;
	int got;

	getopt_table_fill(&table, command);
	optind = 0; /* glibc: begin anew */
	opterr = 0;
	while ((got = getopt_long(argc, argv, table.brief, table.name, NULL)) != -1) {
		const char *name = got == LONG_HELP  ? "help"
				   : got > LONG_HELP ? option_table[got - LONG_BASE].name
						     : NULL;
		const struct opt *o;
		enum parsed parsed;

		if (got == '?' || got == ':')
			return wrong_option(text, command, got, argv);
		if (name && is_abbreviated(as_written(argv), name))
			return wrong(text, command, "unknown option", as_written(argv),
				     "");
		if (got == LONG_HELP || got == 'h') {
			help_print_command(text, command, terminal_width(STDOUT_FILENO));
			return PARSED_SHOWN;
		}
		o = option_of(command, got);
		parsed = take_option(cfg, o, &values[o - option_table], text);
		if (parsed != PARSED_RUN)
			return parsed;
	}
	return PARSED_RUN;
}

static enum parsed take_inputs(struct config *cfg, int argc, char *argv[],
			       struct buf *text)
{
	static char dash[] = "-";
	static char *const standard_input[] = { dash };
	const struct command *command = cfg->command;
	bool manifests = command->manifests && !cfg->confirm && !cfg->list;

	cfg->inputs = argv + optind;
	cfg->ninputs = (size_t)(argc - optind);
	if (!manifests && cfg->ninputs)
		return wrong(text, command, "surplus argument", cfg->inputs[0], "");
	if (!manifests || cfg->ninputs)
		return PARSED_RUN;
	if (isatty(STDIN_FILENO))
		return wrong(text, command, "no INPUT", NULL, "");
	cfg->inputs = standard_input;
	cfg->ninputs = 1;
	return PARSED_RUN;
}

/* Of all commands where none is named. */
static enum parsed show_help(const char *name, const struct command *commands,
			     size_t ncommands, struct buf *text)
{
	const struct command *command =
		name ? find_command(commands, ncommands, name) : NULL;
	size_t width = terminal_width(STDOUT_FILENO);

	if (name && !command)
		return wrong(text, NULL, "unknown command", name, "");
	if (command)
		help_print_command(text, command, width);
	else
		help_print(text, commands, ncommands, width);
	return PARSED_SHOWN;
}

/* What may stand before a command, or instead of one. */
static enum parsed take_first(const char *first, const char *second,
			      const struct command *commands, size_t ncommands,
			      struct buf *text)
{
	if (!first)
		return wrong(text, NULL, "no command", NULL, "");
	if (!strcmp(first, "--help") || !strcmp(first, "-h"))
		return show_help(NULL, commands, ncommands, text);
	if (!strcmp(first, "help"))
		return show_help(second, commands, ncommands, text);
	if (!strcmp(first, "--completion")) {
		if (completion_print(text, second ? second : "", commands, ncommands))
			return PARSED_SHOWN;
		return wrong(text, NULL, "--completion takes bash, zsh or fish, not",
			     second ? second : "", "");
	}
	if (!strcmp(first, "--version")) {
		buf_puts(text, "netpolc " NETPOLC_VERSION "\n");
		return PARSED_SHOWN;
	}
	if (first[0] == '-')
		return wrong(text, NULL, "unknown option", first, " before the command");
	return wrong(text, NULL, "unknown command", first, "");
}

enum parsed options_parse(struct config *cfg, const struct command *commands,
			  size_t ncommands, int argc, char *argv[], struct buf *text)
{
	const char *first = argc > 1 ? argv[1] : NULL;
	const char *mistake;
	enum parsed parsed;

	*cfg = (struct config){ .set = settings_default(),
				.lower = lower_defaults(),
				.lock_timeout = LOCK_TIMEOUT,
				.settle = SETTLE,
				.state_dir = STATE_DIR,
				.fail_on = DIAG_FAULT };
	cfg->command = first ? find_command(commands, ncommands, first) : NULL;
	if (!cfg->command)
		return take_first(first, argc > 2 ? argv[2] : NULL, commands, ncommands,
				  text);
	/* The command takes the place of the program's name. */
	parsed = take_options(cfg, argc - 1, argv + 1, text);
	if (parsed == PARSED_RUN)
		parsed = take_inputs(cfg, argc - 1, argv + 1, text);
	if (parsed != PARSED_RUN)
		return parsed;
	mistake = cfg->command->mistake ? cfg->command->mistake(cfg) : NULL;
	return mistake ? wrong(text, cfg->command, mistake, NULL, "") : PARSED_RUN;
}
