/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: the comment that names it.  In: a comment; out: what it names.
 */
#include <netpolc/nft/ruleset_state.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>
#include <string.h>

#define MARK	     "netpolc "
#define LAYOUT_MARK  " layout "
#define VERSION_MARK " version "
#define SETTLING     " settling"

#define DIGITS	    "0123456789"
#define HEX_DIGITS  DIGITS "abcdef"
#define PLAIN_CHARS DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ./,:_+-"

#define LAYOUT_DIGITS 9 /* of an int, at most */

const char *ruleset_state_print(const struct ruleset *rs)
{
	return arena_printf(rs->arena, MARK "%s" LAYOUT_MARK "%d" VERSION_MARK "%s%s",
			    rs->digest.at, RULESET_LAYOUT, rs->version,
			    rs->settling ? SETTLING : "");
}

static bool take(const char **at, const char *word)
{
	size_t len = strlen(word);

	if (strncmp(*at, word, len) != 0)
		return false;
	*at += len;
	return true;
}

/* A word of such characters, with its NUL. */
static bool take_word(const char **at, const char *allowed, char *out, size_t room)
{
	size_t len = strspn(*at, allowed);

	if (!len || len >= room)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
	return true;
}

struct ruleset_state ruleset_state_parse(const char *comment)
{
	struct ruleset_state s = { 0 };
	char layout[LAYOUT_DIGITS + 1] = "";
	const char *at = comment;

	if (!comment || !take(&at, MARK))
		return s;
	s.ours = true;
	s.whole = take_word(&at, HEX_DIGITS, s.digest, sizeof(s.digest)) &&
		  take(&at, LAYOUT_MARK) &&
		  take_word(&at, DIGITS, layout, sizeof(layout)) &&
		  take(&at, VERSION_MARK) &&
		  take_word(&at, PLAIN_CHARS, s.version, sizeof(s.version));
	s.settling = take(&at, SETTLING);
	s.whole = s.whole && !*at;
	s.layout = (int)strtol(layout, NULL, 10);
	return s;
}

bool ruleset_state_equal(const struct ruleset_state *a, const struct ruleset_state *b)
{
	return a->whole && b->whole && a->layout == b->layout &&
	       strcmp(a->digest, b->digest) == 0;
}
