/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source - inputs as bytes, and their recent lines
 *
 * An input is read as a stream, never mapped or held whole.  While bytes pass
 * through, the lines since the last source_forget() are kept (at most 1 MiB of
 * them: older ones go first), so that a message made meanwhile can quote its
 * line and a policy can keep a copy of its own text.
 *
 * File ids index sources->at and are valid for the whole run.
 */
#ifndef NETPOLC_SOURCE_H
#define NETPOLC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diags;
struct glob;
struct source;

/* The names of all inputs of a run, in the order in which they are read. */
struct sources {
	struct arena *arena;
	const char **at;
	size_t len, cap;
	struct {
		bool *at;
		size_t len, cap;
	} listed; /* by file: found in a directory, not named */
	struct {
		uint32_t *at;
		size_t len, cap;
	} apart; /* files that sources_add() added */
	struct {
		struct glob *at;
		size_t len, cap;
	} excluded;
	size_t nexcluded; /* files and directories that were passed over */
};

/* Passes over what the pattern matches (glob.h), files and whole directories, below
 * directories among inputs; what an input names itself is read.  False for a pattern
 * that is none. */
bool sources_exclude(struct sources *s, const char *pattern);

/* Adds a file that is to be read for something else than the inputs; returns its id.
 * Where a directory among inputs holds it, it is not listed there. */
uint32_t sources_add(struct sources *s, const char *name);

/*
 * Replaces every directory among inputs by the *.yaml, *.yml and *.json files
 * below it, sorted by name; a directory loop ends where it would repeat, and a
 * file is listed once even if several inputs name it.  What cannot be read is
 * reported (DIAG_UNREADABLE) and left out.  "-" is standard input.
 */
void sources_expand(struct sources *s, struct diags *diags, char *const inputs[],
		    size_t n);

/* The name of an input as messages show it: "<stdin>" for "-"; NULL for no id. */
const char *source_name(const struct sources *s, uint32_t file);

/* Opens the input with that id; NULL after reporting why it cannot be read.  What was
 * found in a directory is only read without waiting, whoever may have put another file
 * in its place. */
struct source *source_open(struct sources *s, struct diags *diags, uint32_t file);
void source_close(struct source *src);

uint32_t source_file(const struct source *src);

/* Up to size bytes; 0 at the end.  A read error is reported and ends the input
 * (source_failed() tells it from a true end). */
size_t source_read(struct source *src, void *bytes, size_t size);
bool source_failed(const struct source *src);

/* Looks at the first bytes, at most 64 KiB, without consuming them. */
const char *source_peek(struct source *src, size_t *len);

/* Drops kept lines before line (1-based). */
void source_forget(struct source *src, uint32_t line);

/* A kept line without its line end, or NULL; valid until the next source call. */
const char *source_line(const struct source *src, uint32_t line, size_t *len);

#endif
