/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands and options come in, a script for a shell goes out.
 */
#include <netpolc/cli/completion.h>

#include <netpolc/base/arena.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/option_table.h>

#include <ctype.h>
#include <string.h>

struct commands {
	const struct command *at;
	size_t len;
};

/* ---- arguments ----------------------------------------------------------------------
 */

enum kind { KIND_NONE, KIND_WORDS, KIND_FINDING, KIND_FILE, KIND_ANY };

static bool is_word(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (isupper((unsigned char)text[i]))
			return false;
	return len > 0;
}

/* The words of "off|nflog:GROUP|syslog", behind one another. */
static void put_choices(struct buf *out, const char *arg)
{
	const char *before = "";

	while (*arg) {
		size_t len = strcspn(arg, "|");

		if (is_word(arg, len)) {
			buf_puts(out, before);
			buf_add(out, arg, len);
			before = " ";
		}
		arg += len + (arg[len] == '|');
	}
}

static enum kind kind_of(const struct opt *o)
{
	static const char *const files[] = { "FILE", "DIR", "INPUT" };
	BUF_AUTO words = { 0 };

	if (!o->arg)
		return KIND_NONE;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(o->arg, files[i]))
			return KIND_FILE;
	if (!strncmp(o->arg, "NAME|no-NAME", strlen("NAME|no-NAME")))
		return KIND_FINDING;
	if (strchr(o->arg, '|'))
		put_choices(&words, o->arg);
	return words.len ? KIND_WORDS : KIND_ANY;
}

static void put_words(struct buf *out, const struct opt *o)
{
	const char *before = "";

	if (kind_of(o) == KIND_WORDS)
		put_choices(out, o->arg);
	for (enum diag_id id = 0; kind_of(o) == KIND_FINDING && id < DIAG_COUNT; id++) {
		const char *name = diag_name(id);

		if (!diag_is_finding(id))
			continue;
		buf_printf(out, "%s%s no-%s error=%s", before, name, name, name);
		before = " ";
	}
}

/* Text within single quotes; escape stands for one, special are characters that take a
 * backslash. */
static void put_quoted(struct buf *out, const char *text, const char *escape,
		       const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(out, escape);
		else if (strchr(special, *text))
			buf_printf(out, "\\%c", *text);
		else
			buf_putc(out, *text);
	}
}

/* ---- bash ---------------------------------------------------------------------------
 */

/* "check:-o | check:--output)", and before it what ends the pattern before. */
static void bash_pattern(struct buf *out, const struct command *c, const struct opt *o)
{
	buf_puts(out, "\t\t");
	if (o->brief)
		buf_printf(out, "%s:-%c | ", c->name, o->brief);
	/* bash makes words of their own of what is behind and before an equals sign. */
	if (kind_of(o) == KIND_FINDING)
		buf_printf(out, "%s:error | ", c->name);
	buf_printf(out, "%s:--%s) ", c->name, o->name);
}

static void bash_argument(struct buf *out, const struct command *c, const struct opt *o)
{
	enum kind kind = kind_of(o);

	if (kind == KIND_NONE)
		return;
	bash_pattern(out, c, o);
	if (kind == KIND_FILE) {
		buf_puts(out, ";;\n");
	} else if (kind == KIND_ANY) {
		buf_puts(out, "nothing=1 ;;\n");
	} else {
		buf_puts(out, "words='");
		put_words(out, o);
		buf_puts(out, "' ;;\n");
	}
}

static void bash_options(struct buf *out, const struct command *c)
{
	buf_printf(out, "\t\t%s:*) options='", c->name);
	for (size_t i = 0; i < option_count; i++) {
		if (!option_is_of(&option_table[i], c))
			continue;
		if (option_table[i].brief)
			buf_printf(out, "-%c ", option_table[i].brief);
		buf_printf(out, "--%s ", option_table[i].name);
	}
	buf_printf(out, "-h --help'%s ;;\n", c->manifests ? "" : " nothing=1");
}

static void put_names(struct buf *out, const struct commands *commands)
{
	for (size_t i = 0; i < commands->len; i++)
		buf_printf(out, "%s ", commands->at[i].name);
}

static void print_bash(struct buf *out, const struct commands *commands)
{
	buf_puts(out, "# bash completion for netpolc; made by netpolc --completion bash\n"
		      "_netpolc()\n{\n"
		      "\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		      "prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
		      "\tlocal words= options= nothing=\n\n"
		      "\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		      "\telif [[ $prev == = ]]; then\n"
		      "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
		      "\tif ((COMP_CWORD == 1)); then\n\t\twords='");
	put_names(out, commands);
	buf_puts(out, "help --completion --help --version'\n"
		      "\telse\n\t\tcase ${COMP_WORDS[1]}:$prev in\n"
		      "\t\t--completion:*) words='bash zsh fish' ;;\n"
		      "\t\thelp:*) words='");
	put_names(out, commands);
	buf_puts(out, "' ;;\n");
	for (size_t i = 0; i < commands->len; i++) {
		for (size_t k = 0; k < option_count; k++)
			if (option_is_of(&option_table[k], &commands->at[i]))
				bash_argument(out, &commands->at[i], &option_table[k]);
		bash_options(out, &commands->at[i]);
	}
	buf_puts(out, "\t\tesac\n\t\t[[ $cur == -* ]] && words+=\" $options\"\n\tfi\n"
		      "\t[[ $nothing ]] && compopt +o default 2>/dev/null\n"
		      "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
		      "complete -o default -F _netpolc netpolc\n");
}

/* ---- zsh ----------------------------------------------------------------------------
 */

static void zsh_option(struct buf *out, const struct opt *o)
{
	enum kind kind = kind_of(o);

	buf_puts(out, "\t\t\t'*'");
	if (o->brief && o->arg)
		buf_printf(out, "{-%c+,--%s=}", o->brief, o->name);
	else if (o->brief)
		buf_printf(out, "{-%c,--%s}", o->brief, o->name);
	else
		buf_printf(out, "--%s%s", o->name, o->arg ? "=" : "");
	buf_puts(out, "'[");
	put_quoted(out, o->help, "'\\''", "[]:\\");
	buf_putc(out, ']');
	if (kind != KIND_NONE)
		buf_printf(out, ":%s:", o->name);
	if (kind == KIND_FILE)
		buf_puts(out, "_files");
	if (kind == KIND_WORDS || kind == KIND_FINDING) {
		buf_putc(out, '(');
		put_words(out, o);
		buf_putc(out, ')');
	}
	buf_puts(out, "' \\\n");
}

static void print_zsh(struct buf *out, const struct commands *commands)
{
	buf_puts(out, "#compdef netpolc\n# made by netpolc --completion zsh\n"
		      "_netpolc()\n{\n\tlocal -a commands=(\n");
	for (size_t i = 0; i < commands->len; i++) {
		buf_printf(out, "\t\t'%s:", commands->at[i].name);
		put_quoted(out, commands->at[i].help, "'\\''", "\\");
		buf_puts(out, "'\n");
	}
	buf_puts(out, "\t)\n\tif ((CURRENT == 2)); then\n"
		      "\t\t_describe command commands\n"
		      "\t\tcompadd -- help --completion --help --version\n"
		      "\t\treturn\n\tfi\n"
		      "\tshift words\n\t((CURRENT--))\n\tcase $words[1] in\n"
		      "\t--completion) compadd bash zsh fish ;;\n"
		      "\thelp) _describe command commands ;;\n");
	for (size_t i = 0; i < commands->len; i++) {
		const struct command *c = &commands->at[i];

		buf_printf(out, "\t%s)\n\t\t_arguments -s -S \\\n", c->name);
		for (size_t k = 0; k < option_count; k++)
			if (option_is_of(&option_table[k], c))
				zsh_option(out, &option_table[k]);
		buf_printf(out,
			   "\t\t\t'(-h --help)'{-h,--help}'[print the options]'%s ;;\n",
			   c->manifests ? " '*:input:_files'" : "");
	}
	buf_puts(out, "\tesac\n}\n_netpolc \"$@\"\n");
}

/* ---- fish ---------------------------------------------------------------------------
 */

static void fish_option(struct buf *out, const struct command *c, const struct opt *o)
{
	enum kind kind = kind_of(o);

	buf_printf(out, "complete -c netpolc -n '__fish_seen_subcommand_from %s' -l %s",
		   c->name, o->name);
	if (o->brief)
		buf_printf(out, " -s %c", o->brief);
	if (kind == KIND_FILE)
		buf_puts(out, " -r -F");
	else if (kind != KIND_NONE)
		buf_puts(out, " -x");
	if (kind == KIND_WORDS || kind == KIND_FINDING) {
		buf_puts(out, " -a '");
		put_words(out, o);
		buf_putc(out, '\'');
	}
	buf_puts(out, " -d '");
	put_quoted(out, o->help, "\\'", "\\");
	buf_puts(out, "'\n");
}

static void print_fish(struct buf *out, const struct commands *commands)
{
	static const char *const alone[] = { "help", "version" };

	buf_puts(out, "# made by netpolc --completion fish\n");
	for (size_t i = 0; i < ARRAY_SIZE(alone); i++)
		buf_printf(out, "complete -c netpolc -n __fish_use_subcommand -l %s\n",
			   alone[i]);
	buf_puts(out, "complete -c netpolc -n __fish_use_subcommand -l completion -x "
		      "-a 'bash zsh fish'\n");
	for (size_t i = 0; i < commands->len; i++) {
		const struct command *c = &commands->at[i];

		buf_printf(out,
			   "complete -c netpolc -n __fish_use_subcommand -f -a %s -d '",
			   c->name);
		put_quoted(out, c->help, "\\'", "\\");
		buf_puts(out, "'\n");
		for (size_t k = 0; k < option_count; k++)
			if (option_is_of(&option_table[k], c))
				fish_option(out, c, &option_table[k]);
		buf_printf(out,
			   "complete -c netpolc -n '__fish_seen_subcommand_from %s' -s h "
			   "-l help\n",
			   c->name);
	}
	buf_puts(out,
		 "complete -c netpolc -n __fish_use_subcommand -f -a help\n"
		 "complete -c netpolc -n '__fish_seen_subcommand_from help' -f -a '");
	put_names(out, commands);
	buf_puts(out, "'\n");
}

bool completion_print(struct buf *out, const char *shell, const struct command *commands,
		      size_t n)
{
	static const struct {
		const char *shell;
		void (*print)(struct buf *out, const struct commands *commands);
	} writers[] = {
		{ "bash", print_bash },
		{ "zsh", print_zsh },
		{ "fish", print_fish },
	};
	const struct commands all = { commands, n };

	for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
		if (strcmp(writers[i].shell, shell))
			continue;
		writers[i].print(out, &all);
		return true;
	}
	return false;
}
