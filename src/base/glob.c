/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glob - a pattern and a path in, whether they match out, part by part
 */
#include <netpolc/base/glob.h>

#include <netpolc/base/arena.h>

#include <fnmatch.h>
#include <string.h>

static bool is_any_depth(const char *part)
{
	return strcmp(part, "**") == 0;
}

bool glob_parse(struct arena *a, struct glob *out, const char *text)
{
	bool anchored = false;

	*out = (struct glob){ 0 };
	while (*text) {
		size_t len = strcspn(text, "/");
		bool more = text[len + strspn(text + len, "/")];

		if (text[len] == '/' && (more || len == 0))
			anchored = true;
		if (len > 0)
			*ARENA_PUSH(a, out) = arena_strndup(a, text, len);
		text += len + strspn(text + len, "/");
	}
	if (out->len == 1 && !anchored) {
		const char **name = ARENA_PUSH(a, out);

		*name = out->at[0];
		out->at[0] = "**";
	}
	return out->len > 0;
}

/* What stands behind the first name of a path; NULL where nothing does. */
static const char *behind(const char *path)
{
	const char *slash = strchr(path, '/');

	return slash ? slash + 1 : NULL;
}

/* path NULL: nothing is left of it. */
static bool matches(const char *const *parts, size_t n, const char *path)
{
	if (n == 0)
		return !path;
	if (!is_any_depth(parts[0]))
		return path &&
		       fnmatch(parts[0], path, FNM_PATHNAME | FNM_LEADING_DIR) == 0 &&
		       matches(parts + 1, n - 1, behind(path));
	for (;; path = behind(path)) {
		if (matches(parts + 1, n - 1, path))
			return true;
		if (!path)
			return false;
	}
}

bool glob_matches(const struct glob *g, const char *path)
{
	return matches(g->at, g->len, path);
}
