/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands and options come in, a screen of help goes out.
 *
 * Texts stand in a column of their own.  What is too long for the column before it, and
 * everything on a narrow terminal, has its text on the next line.
 */
#include <netpolc/cli/help.h>

#include <netpolc/base/arena.h>
#include <netpolc/cli/commands.h>
#include <netpolc/cli/option_table.h>

#include <string.h>

#define WIDTH	     80 /* where there is no terminal */
#define WIDTH_LEAST  30
#define COLUMN_MOST  34
#define COLUMN_LEAST 10

/* Appends the words of help to a line that is at column at, and breaks it where it would
 * be wider than width; lines that follow begin at indent. */
static void put_words(struct buf *text, const char *help, size_t at, size_t indent,
		      size_t width)
{
	bool fresh = true;

	while (*help) {
		size_t len = strcspn(help, " ");

		if (!fresh && at + 1 + len > width) {
			buf_putc(text, '\n');
			for (at = 0; at < indent; at++)
				buf_putc(text, ' ');
			fresh = true;
		}
		if (!fresh)
			buf_putc(text, ' ');
		buf_add(text, help, len);
		at += len + !fresh;
		fresh = false;
		help += len + strspn(help + len, " ");
	}
	buf_putc(text, '\n');
}

/* The same for help that stands in a column, behind what began at begin. */
static void put_column(struct buf *text, const char *help, size_t begin, size_t column,
		       size_t width)
{
	size_t at = text->len - begin;

	if (at + 2 > column) {
		buf_putc(text, '\n');
		at = 0;
	}
	for (; at < column; at++)
		buf_putc(text, ' ');
	put_words(text, help, at, column, width);
}

static void put_name(struct buf *text, const struct opt *o)
{
	if (o->brief)
		buf_printf(text, "  -%c, --%s", o->brief, o->name);
	else
		buf_printf(text, "      --%s", o->name);
	if (o->arg)
		buf_printf(text, " %s", o->arg);
}

static size_t name_width(const struct opt *o)
{
	return strlen("  -x, --") + strlen(o->name) + (o->arg ? 1 + strlen(o->arg) : 0);
}

/* Where the texts begin: behind the longest name that is not too long. */
static size_t choose_column(const struct command *command, size_t width)
{
	size_t column = COLUMN_LEAST;

	if (width < WIDTH - COLUMN_LEAST)
		return column;
	for (size_t i = 0; i < option_count; i++) {
		size_t own = name_width(&option_table[i]) + 2;

		if (option_is_of(&option_table[i], command) && own > column &&
		    own <= COLUMN_MOST)
			column = own;
	}
	return column;
}

static size_t usable(size_t width)
{
	if (width == 0)
		return WIDTH;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width;
}

static void put_option(struct buf *text, const struct opt *o, size_t column, size_t width)
{
	size_t begin = text->len;

	put_name(text, o);
	put_column(text, o->help, begin, column, width);
}

void help_print_command(struct buf *text, const struct command *command, size_t width)
{
	static const struct opt help = { .brief = 'h',
					 .name = "help",
					 .help = "print this" };
	size_t column;

	width = usable(width);
	column = choose_column(command, width);
	buf_printf(text, "usage: netpolc %s [OPTION...]%s%s\n\n%s.\n\noptions:\n",
		   command->name, *command->synopsis ? " " : "", command->synopsis,
		   command->help);
	for (size_t i = 0; i < option_count; i++)
		if (option_is_of(&option_table[i], command))
			put_option(text, &option_table[i], column, width);
	put_option(text, &help, column, width);
	if (command->manifests) {
		buf_putc(text, '\n');
		put_words(text,
			  "INPUT is a file, a directory (*.yaml *.yml *.json below it) "
			  "or -; with none, standard input is read unless it is a "
			  "terminal.",
			  0, 0, width);
	}
	/* A line to copy is left whole. */
	buf_printf(text, "\nexample:\n  %s\n", command->example);
}

void help_print(struct buf *text, const struct command *commands, size_t n, size_t width)
{
	width = usable(width);
	buf_puts(text, "usage: netpolc COMMAND [OPTION...] [INPUT...]\n"
		       "       netpolc COMMAND --help | netpolc help [COMMAND]\n"
		       "       netpolc --completion bash|zsh|fish\n"
		       "       netpolc --help | --version\n\ncommands:\n");
	for (size_t i = 0; i < n; i++) {
		size_t begin = text->len;

		buf_printf(text, "  %s", commands[i].name);
		put_column(text, commands[i].help, begin, COLUMN_LEAST + 2, width);
	}
	buf_putc(text, '\n');
	put_words(
		text,
		"exit status: 0 done, or the answer is yes; 1 the answer is no; 2 input "
		"or usage refused; 3 the system refused",
		0, 0, width);
}
