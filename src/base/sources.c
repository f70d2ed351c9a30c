/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arguments come in, names of files go out.  Files and directories are told
 * apart by device and inode, not by name: what was seen is not listed again,
 * which also ends directory loops.
 */
#include <netpolc/base/source.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/glob.h>
#include <netpolc/base/hashset.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct file_key {
	uint64_t device, inode;
};

struct walk {
	struct sources *sources;
	struct diags *diags;
	struct hashset *seen, *apart;
	size_t root; /* length of the input that is being walked */
};

struct names {
	const char **at;
	size_t len, cap;
};

static uint64_t file_hash(const void *item, uint64_t seed)
{
	return hash_bytes(item, sizeof(struct file_key), seed);
}

static bool file_equal(const void *a, const void *b)
{
	return !memcmp(a, b, sizeof(struct file_key));
}

static const struct hashset_type file_type = { file_hash, file_equal };

static void unreadable(struct walk *w, const char *path, const char *why)
{
	diag_add(w->diags, DIAG_UNREADABLE, NULL, "cannot read '%s': %s", path, why);
}

/* False when st was met before. */
static bool is_new(struct walk *w, const struct stat *st)
{
	struct file_key *key = ARENA_NEW(w->sources->arena, struct file_key);

	*key = (struct file_key){ st->st_dev, st->st_ino };
	return hashset_add(w->seen, key) == key;
}

static bool is_apart(const struct walk *w, const struct stat *st)
{
	const struct file_key key = { st->st_dev, st->st_ino };

	return hashset_find(w->apart, &key);
}

static void find_apart(struct walk *w)
{
	const struct sources *s = w->sources;

	for (size_t i = 0; i < s->apart.len; i++) {
		struct file_key *key = ARENA_NEW(s->arena, struct file_key);
		struct stat st;

		if (stat(s->at[s->apart.at[i]], &st) < 0)
			continue;
		*key = (struct file_key){ st.st_dev, st.st_ino };
		hashset_add(w->apart, key);
	}
}

static bool is_manifest(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot &&
	       (!strcmp(dot, ".yaml") || !strcmp(dot, ".yml") || !strcmp(dot, ".json"));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What may be a directory or a manifest; d_type only saves calls of stat(). */
static bool is_wanted(const struct dirent *entry)
{
	const char *name = entry->d_name;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	return entry->d_type == DT_DIR || entry->d_type == DT_LNK ||
	       entry->d_type == DT_UNKNOWN || is_manifest(name);
}

static struct names list_directory(struct walk *w, const char *path)
{
	size_t len = strlen(path);
	const char *slash = len && path[len - 1] == '/' ? "" : "/";
	const struct dirent *entry;
	struct names names = { 0 };
	DIR *dir = opendir(path);

	if (!dir) {
		unreadable(w, path, strerror(errno));
		return names;
	}
	while (errno = 0, (entry = readdir(dir)))
		if (is_wanted(entry))
			*ARENA_PUSH(w->sources->arena, &names) = arena_printf(
				w->sources->arena, "%s%s%s", path, slash, entry->d_name);
	if (errno)
		unreadable(w, path, strerror(errno));
	closedir(dir);
	if (names.len)
		qsort(names.at, names.len, sizeof(*names.at), by_name);
	return names;
}

/* Whether an entry that leads nowhere might have been a manifest, or a directory of
 * them.  A ring of links holds nothing, and hidden links are the locks of editors. */
static bool is_missed(const char *name, int error)
{
	if (is_manifest(name))
		return true;
	return error != ELOOP && !(error == ENOENT && name[0] == '.');
}

static bool is_excluded(const struct walk *w, const char *name)
{
	const struct sources *s = w->sources;
	const char *path = name + w->root;

	path += strspn(path, "/");
	for (size_t i = 0; i < s->excluded.len; i++)
		if (glob_matches(&s->excluded.at[i], path))
			return true;
	return false;
}

static uint32_t add(struct sources *s, const char *name, bool listed)
{
	*ARENA_PUSH(s->arena, s) = name;
	*ARENA_PUSH(s->arena, &s->listed) = listed;
	return (uint32_t)s->len - 1;
}

static void take_directory(struct walk *w, const char *path)
{
	const struct names names = list_directory(w, path);

	for (size_t i = 0; i < names.len; i++) {
		const char *name = names.at[i], *last = strrchr(name, '/') + 1;
		bool wanted = is_manifest(last);
		struct stat st;

		if (is_excluded(w, name)) {
			w->sources->nexcluded++;
		} else if (stat(name, &st) < 0) {
			if (is_missed(last, errno))
				unreadable(w, name, strerror(errno));
		} else if (S_ISDIR(st.st_mode)) {
			if (is_new(w, &st))
				take_directory(w, name);
		} else if (wanted && !S_ISREG(st.st_mode)) {
			/* Nobody named it, and reading it might never end. */
			unreadable(w, name, "not a regular file");
		} else if (wanted && !is_apart(w, &st) && is_new(w, &st)) {
			add(w->sources, name, true);
		}
	}
}

static void take_input(struct walk *w, const char *input)
{
	bool is_stdin = !strcmp(input, "-");
	struct stat st;

	if ((is_stdin ? fstat(STDIN_FILENO, &st) : stat(input, &st)) < 0) {
		unreadable(w, input, strerror(errno));
		return;
	}
	if (!is_new(w, &st))
		return;
	if (S_ISDIR(st.st_mode) && !is_stdin) {
		w->root = strlen(input);
		take_directory(w, input);
		return;
	}
	add(w->sources, arena_strndup(w->sources->arena, input, strlen(input)), false);
}

bool sources_exclude(struct sources *s, const char *pattern)
{
	return glob_parse(s->arena, ARENA_PUSH(s->arena, &s->excluded), pattern);
}

uint32_t sources_add(struct sources *s, const char *name)
{
	uint32_t file = add(s, name, false);

	*ARENA_PUSH(s->arena, &s->apart) = file;
	return file;
}

const char *source_name(const struct sources *s, uint32_t file)
{
	if (file >= s->len)
		return NULL;
	return strcmp(s->at[file], "-") ? s->at[file] : "<stdin>";
}

void sources_expand(struct sources *s, struct diags *diags, char *const inputs[],
		    size_t n)
{
	struct walk w = { s, diags, hashset_new(s->arena, &file_type),
			  hashset_new(s->arena, &file_type), 0 };

	find_apart(&w);
	for (size_t i = 0; i < n; i++)
		take_input(&w, inputs[i]);
}
