/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a file; out: what it says is loaded, or that it is not to be believed.
 *
 * The idea: a header of fixed size says for which namespace, generation and ruleset
 * the body stands, so that in most runs the body is never read.
 */
#include <netpolc/nft/cache_body.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/base/private_file.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/ruleset_state.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* What the body begins with. */
struct part {
	uint64_t len, hash;
};

struct header {
	char magic[8];
	uint32_t layout, generation;
	uint64_t space; /* network namespace */
	char boot[40];
	char table[RULESET_NAME + 1];
	struct digest_hex digest;
	struct part front, body; /* the latter is all of it */
	uint64_t own_hash;	 /* of what stands before it */
};

static const char magic[8] = "npolc-4";

static uint64_t header_hash(const struct header *h)
{
	return hash_bytes(h, offsetof(struct header, own_hash), 0);
}

static void read_boot_id(char out[40])
{
	int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && read(fd, out, 39) < 0)
		out[0] = '\0';
	if (fd >= 0)
		close(fd);
}

/* What the header of a file must say to be about what is loaded now; the rest is 0. */
static int expected(struct table_reader *l, const char *table, struct header *out)
{
	int err;

	memset(out, 0, sizeof(*out));
	memcpy(out->magic, magic, sizeof(magic));
	out->layout = RULESET_LAYOUT;
	snprintf(out->table, sizeof(out->table), "%s", table);
	read_boot_id(out->boot);
	err = loaded_namespace(l, &out->space);
	if (!err)
		err = loaded_generation(l, &out->generation);
	return err;
}

static bool is_expected(const struct header *have, const struct header *want)
{
	return have->own_hash == header_hash(have) &&
	       memcmp(have, want, offsetof(struct header, digest)) == 0 &&
	       have->digest.at[sizeof(have->digest.at) - 1] == '\0';
}

/* ---- files ---- */

struct file_name {
	char at[NAME_MAX];
};

static struct file_name name_of(const char *table)
{
	struct file_name name;

	snprintf(name.at, sizeof(name.at), "%s.cache", table);
	return name;
}

/* The open file, or -1. */
static int open_file(const char *path, const char *table)
{
	const struct file_name name = name_of(table);
	FD_AUTO dir = -1;
	int fd = -1;

	if (private_dir_open(path, false, &dir) || private_file_open(dir, name.at, &fd))
		return -1;
	return fd;
}

static bool read_all(int fd, void *to, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = read(fd, (char *)to + done, len - done);

		if (n <= 0 && !(n < 0 && errno == EINTR))
			return false;
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* The part of the body, where all of that is there and no more. */
static uint8_t *read_part(struct arena *a, int fd, const struct header *h,
			  const struct part *part)
{
	struct stat st;
	uint8_t *bytes;

	if (fstat(fd, &st) < 0 || (uint64_t)st.st_size != sizeof(*h) + h->body.len ||
	    part->len > h->body.len)
		return NULL;
	bytes = arena_alloc(a, part->len);
	if (!read_all(fd, bytes, part->len) ||
	    hash_bytes(bytes, part->len, 0) != part->hash)
		return NULL;
	return bytes;
}

static bool read_body(struct arena *a, int fd, const struct header *h, enum cache_use use,
		      struct cache *out)
{
	const bool all = use != CACHE_APPLIED;
	const struct part *part = all ? &h->body : &h->front;
	const uint8_t *bytes = read_part(a, fd, h, part);

	return bytes && cache_body_get(a, bytes, part->len, all, out);
}

static struct part part_of(const uint8_t *body, const uint8_t *end)
{
	const size_t len = (size_t)(end - body);

	return (struct part){ len, hash_bytes(body, len, 0) };
}

/* What stands for the draft's ruleset in that generation, header and body; in the memory
 * of the draft, which has room for it. */
static struct buf finish(const struct cache_draft *draft, struct header *h,
			 const struct table_reader *l)
{
	struct cache_writer w = { draft->at, sizeof(*h) };
	const uint8_t *body = draft->at + sizeof(*h);

	cache_body_table(&w, draft->rs, l);
	h->digest = draft->rs->digest;
	h->front = part_of(body, draft->at + draft->front);
	h->body = part_of(body, draft->at + draft->len);
	h->own_hash = header_hash(h);
	memcpy(draft->at, h, sizeof(*h));
	return (struct buf){ .at = (char *)draft->at, .len = draft->len };
}

static const char *store(const struct table_reader *l, const char *path,
			 const struct cache_draft *draft, struct header *h)
{
	const struct file_name name = name_of(draft->rs->table);
	const struct buf bytes = finish(draft, h, l);
	FD_AUTO dir = -1;
	const char *why = private_dir_open(path, true, &dir);

	if (why)
		return why;
	why = private_file_replace(dir, name.at, &bytes);
	/* What stood for the table of before is worth nothing. */
	if (why)
		unlinkat(dir, name.at, 0);
	return why;
}

/* ---- rules ---- */

/* From so many chains on, all rules are read in one go. */
#define MANY 32

/* Whether the chain's rules stay what they were.  The state chain's never do. */
static bool stays(const struct chain *c, const struct loaded_chain *was,
		  const struct loaded_chain *state)
{
	const char *comment = c->len ? c->at[0].comment : NULL;

	return was->bodies && was != state && was->rules == c->len && comment &&
	       was->comment && strcmp(comment, was->comment) == 0 &&
	       !loaded_form_altered(was, state);
}

/* Chains that have to be read, at most max; the others l knows then. */
static size_t know_rules(struct table_reader *l, struct arena *a,
			 const struct ruleset *rs, const struct loaded_table *before,
			 const char **unknown, size_t max)
{
	const struct loaded_chain *state = loaded_form_state(before);
	struct loaded_chains sorted = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < before->chains.len; i++)
		*ARENA_PUSH(a, &sorted) = before->chains.at[i];
	loaded_form_sort_chains(&sorted);
	for (size_t i = 0; i < rs->nchains && n < max; i++) {
		size_t at = loaded_form_chain(&sorted, rs->chains[i]->name);
		if (at < sorted.len && stays(rs->chains[i], sorted.at[at], state))
			loaded_know(l, sorted.at[at]);
		else
			unknown[n++] = rs->chains[i]->name;
	}
	return n;
}

/* What the rules are that are loaded now. */
static int learn_rules(struct table_reader *l, struct arena *a, const struct ruleset *rs,
		       const struct loaded_table *before)
{
	const char *unknown[MANY];
	size_t n = before ? know_rules(l, a, rs, before, unknown, MANY) : MANY;
	int err = 0;

	if (n == MANY)
		return loaded_rules(l, rs->table, NULL);
	for (size_t i = 0; i < n && !err; i++)
		err = loaded_rules(l, rs->table, unknown[i]);
	return err;
}

/* ---- public ---- */

const struct cache_draft *cache_draft(struct arena *a, const struct ruleset *rs)
{
	struct cache_draft *d = ARENA_NEW(a, struct cache_draft);
	struct cache_writer all = { .len = sizeof(struct header) }, w;

	d->rs = rs;
	d->elements = ARENA_ARRAY(a, rs->nsets, struct cached_elements);
	cache_body_table(&all, rs, NULL);
	w.len = all.len;
	cache_body_sets(&all, rs, true, d->elements);
	cache_body_sets(&all, rs, false, d->elements);
	w.at = d->at = arena_alloc(a, all.len + CACHE_SLACK);
	cache_body_sets(&w, rs, true, d->elements);
	d->front = w.len;
	cache_body_sets(&w, rs, false, d->elements);
	d->len = w.len;
	return d;
}

const char *cache_store(const char *dir, const struct cache_note *note,
			struct arena *until)
{
	const struct cache_draft *draft = note->draft;
	const struct ruleset *rs = note->rs;
	const char *why = NULL;
	struct table_reader *l;
	struct header h;
	int err;

	if (ruleset_elements(rs) > CACHE_ELEMENTS)
		return NULL;
	err = loaded_open(&l, until);
	if (!err)
		err = learn_rules(l, until, rs, note->before);
	/* Behind that, so that what was read was there in this generation. */
	if (!err)
		err = expected(l, rs->table, &h);
	/* Where others have committed since, there is nothing to be noted. */
	if (err && err != -EINTR)
		why = strerror(-err);
	else if (!err && h.generation == note->generation)
		why = store(l, dir, draft ? draft : cache_draft(until, rs), &h);
	loaded_close_at_end(l);
	return why;
}

void cache_forget(const char *path, const char *table)
{
	const struct file_name name = name_of(table);
	FD_AUTO dir = -1;

	if (!private_dir_open(path, false, &dir))
		unlinkat(dir, name.at, 0);
}

/* Whether the loaded table's state chain names that ruleset. */
static bool is_loaded(struct table_reader *l, const char *table,
		      const struct digest_hex *digest)
{
	const char *comment = NULL;

	return !loaded_comment(l, table, RULESET_STATE, &comment) &&
	       strcmp(ruleset_state_parse(comment).digest, digest->at) == 0;
}

/* Whether the file's header is about what is loaded, as far as use asks for that. */
static bool is_current(struct arena *a, const struct header *have, const char *table,
		       enum cache_use use)
{
	struct table_reader *l;
	struct header want;
	bool good = !loaded_open(&l, a) && !expected(l, table, &want);

	if (good && use >= CACHE_APPLIED)
		want.generation = have->generation;
	good = good && is_expected(have, &want) &&
	       (use == CACHE_GUESS || is_loaded(l, table, &have->digest));
	loaded_close(l);
	return good;
}

struct cache *cache_open(struct arena *a, const char *dir, const char *table,
			 enum cache_use use)
{
	struct cache *c = ARENA_NEW(a, struct cache);
	FD_AUTO fd = dir ? open_file(dir, table) : -1;
	struct header have;

	if (fd < 0 || !read_all(fd, &have, sizeof(have)) ||
	    !is_current(a, &have, table, use) ||
	    (use != CACHE_DIGEST && !read_body(a, fd, &have, use, c)))
		return NULL;
	c->generation = have.generation;
	c->digest = have.digest;
	return c;
}
