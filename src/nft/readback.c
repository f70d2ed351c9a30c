/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the loaded table and a ruleset; out: the delta between them.
 *
 * The idea: one look at everything between two readings of the generation, so that
 * what was read was all there at one moment; the elements of one set at a time, so
 * that no more than the largest set is held.
 */
#include <netpolc/nft/readback.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/cache.h>

#include <errno.h>
#include <string.h>

#define ATTEMPTS 10 /* while other programs change their tables */

/* What every table of ours has, and no other program's. */
#define STATE_CHAIN "state"
#define STATE_MARK  "netpolc "

static bool is_ours(const char *comment)
{
	return comment && strncmp(comment, STATE_MARK, strlen(STATE_MARK)) == 0;
}

static int compare_elements(struct table_reader *l, const struct loaded_table *table,
			    struct delta *delta)
{
	struct arena *scratch = arena_new();
	int err = 0;

	for (size_t i = 0; i < table->sets.len && !err; i++) {
		const struct set *want = delta_set(delta, &table->sets.at[i]);
		struct loaded_elements elements = { 0 };

		if (!want)
			continue;
		err = loaded_elements(l, delta->rs->table, &table->sets.at[i], scratch,
				      &elements);
		if (!err)
			delta_elements(delta, want, &elements);
		arena_reset(scratch);
	}
	arena_free(scratch);
	return err;
}

/* One look at the table, in which nothing may change meanwhile: -EINTR. */
static int look(struct arena *a, const struct ruleset *rs, struct readback *out)
{
	struct loaded_table *table = ARENA_NEW(a, struct loaded_table);
	struct table_reader *l;
	uint32_t after;
	int err = loaded_open(&l, a);

	if (!err)
		err = loaded_generation(l, &out->generation);
	if (!err)
		err = loaded_read(l, rs->table, table);
	if (!err) {
		out->delta = delta_new(a, rs, table);
		err = compare_elements(l, table, out->delta);
	}
	if (!err && (loaded_generation(l, &after) || after != out->generation))
		err = -EINTR;
	loaded_close(l);
	return err;
}

/* ---- from the cache ---- */

/* Whether the loaded table's state chain names that ruleset. */
static bool is_loaded(struct arena *a, const char *table, const struct digest_hex *digest)
{
	static const size_t len = sizeof(digest->at) - 1;
	struct table_reader *l;
	const char *comment = NULL;
	int err = loaded_open(&l, a);

	if (!err)
		err = loaded_comment(l, table, STATE_CHAIN, &comment);
	loaded_close(l);
	return !err && is_ours(comment) &&
	       strncmp(comment + strlen(STATE_MARK), digest->at, len) == 0;
}

static void compare_cached(struct delta *delta, const struct cache *c)
{
	struct arena *scratch = arena_new();

	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		const struct set *want = delta_set(delta, &c->loaded->sets.at[i]);
		struct loaded_elements elements;

		if (!want)
			continue;
		cache_elements(c, i, scratch, &elements);
		delta_elements(delta, want, &elements);
		arena_reset(scratch);
	}
	arena_free(scratch);
}

static bool recall(struct arena *a, const struct ruleset *rs, const char *dir,
		   struct readback *out)
{
	const struct cache *c = cache_open(a, dir, rs->table, false);
	bool same = c && strcmp(c->digest.at, rs->digest.at) == 0;

	if (c && !same)
		c = cache_open(a, dir, rs->table, true);
	if (!c || !is_loaded(a, rs->table, &c->digest))
		return false;
	*out = (struct readback){ .generation = c->generation, .cached = true };
	if (same) {
		out->delta = ARENA_NEW(a, struct delta);
		out->delta->rs = rs;
		return true;
	}
	out->delta = delta_new(a, rs, c->loaded);
	compare_cached(out->delta, c);
	delta_finish(out->delta);
	return out->delta->why; /* a file whose halves disagree is wrong */
}

int readback_delta(struct arena *a, const struct ruleset *rs, const char *dir,
		   struct readback *out)
{
	int err = -EINTR;

	arena_reset(a);
	if (recall(a, rs, dir, out))
		return 0;
	for (int left = ATTEMPTS; left-- && err == -EINTR;) {
		arena_reset(a);
		*out = (struct readback){ 0 };
		err = look(a, rs, out);
	}
	if (err)
		out->delta = NULL;
	else
		delta_finish(out->delta);
	return err == -ENOENT ? 0 : err;
}

bool readback_is_known(const struct ruleset *rs, const char *dir)
{
	struct arena *scratch = arena_new();
	const struct cache *c = cache_open(scratch, dir, rs->table, false);
	bool known = c && strcmp(c->digest.at, rs->digest.at) == 0 &&
		     is_loaded(scratch, rs->table, &c->digest);

	arena_free(scratch);
	return known;
}

static int owner(struct arena *a, const char *table, enum loaded *out)
{
	struct table_reader *l;
	const char *comment = NULL;
	bool dormant;
	int err = loaded_open(&l, a);

	if (!err)
		err = loaded_exists(l, table, &dormant);
	if (!err)
		err = loaded_comment(l, table, STATE_CHAIN, &comment);
	loaded_close(l);

	if (err == -ENOENT)
		*out = LOADED_ABSENT;
	else if (is_ours(comment))
		*out = LOADED_OURS;
	else
		*out = LOADED_FOREIGN;
	return err == -ENOENT ? 0 : err;
}

void readback_report(struct ctx *cx, int err)
{
	const char *reason = "the loaded table cannot be read";

	if (err == -EPERM || err == -EACCES)
		reason = "no privilege to use nftables: it takes root, or CAP_NET_ADMIN "
			 "in the network namespace";
	else if (err == -EINVAL || err == -EOPNOTSUPP || err == -EPROTONOSUPPORT)
		reason = "this kernel has no nftables";
	else if (err == -EINTR)
		reason = "other programs change nftables all the time";
	diag_add(cx->diags, DIAG_KERNEL, NULL, "%s (%s)", reason, strerror(-err));
}

bool readback_equal(struct ctx *cx, const struct ruleset *rs, struct buf *why)
{
	struct arena *scratch = arena_new();
	const char *said = "there is no such table";
	struct readback found;
	int err = readback_delta(scratch, rs, NULL, &found);

	if (err)
		readback_report(cx, err);
	if (found.delta)
		said = found.delta->why;
	if (why && said && !err)
		buf_puts(why, said);
	arena_free(scratch);
	return !err && !said;
}

/* Which family's isolated addresses the set holds; FAMILIES for others. */
static enum family isolated_family(const char *set)
{
	static const char *const names[FAMILIES] = { "isolated4", "isolated6" };
	enum family f = 0;

	while (f < FAMILIES && strcmp(set, names[f]))
		f++;
	return f;
}

static void add_isolated(struct arena *a, const struct loaded_elements *found,
			 struct ranges *out)
{
	for (size_t i = 0; i < found->len; i++)
		ranges_add(a, out, (struct range){ found->at[i].lo, found->at[i].hi });
}

static int read_isolated(struct arena *scratch, const char *name, struct arena *a,
			 struct ranges out[FAMILIES])
{
	struct loaded_table table = { 0 };
	struct table_reader *l;
	int err = loaded_open(&l, scratch);

	if (!err)
		err = loaded_read(l, name, &table);
	for (size_t i = 0; !err && i < table.sets.len; i++) {
		enum family f = isolated_family(table.sets.at[i].name);
		struct loaded_elements found = { 0 };

		if (f == FAMILIES)
			continue;
		err = loaded_elements(l, name, &table.sets.at[i], scratch, &found);
		if (!err)
			add_isolated(a, &found, &out[f]);
	}
	loaded_close(l);
	return err;
}

static bool recall_isolated(struct arena *scratch, const char *dir, const char *table,
			    struct arena *a, struct ranges out[FAMILIES])
{
	const struct cache *c = cache_open(scratch, dir, table, true);

	for (size_t i = 0; c && i < c->loaded->sets.len; i++) {
		enum family f = isolated_family(c->loaded->sets.at[i].name);
		struct loaded_elements found;

		if (f == FAMILIES)
			continue;
		cache_elements(c, i, scratch, &found);
		add_isolated(a, &found, &out[f]);
	}
	return c && is_loaded(scratch, table, &c->digest);
}

bool readback_isolated(struct ctx *cx, const char *table, const char *dir,
		       struct ranges out[FAMILIES])
{
	struct arena *scratch = arena_new();
	int err = -EINTR;

	memset(out, 0, FAMILIES * sizeof(*out));
	if (recall_isolated(scratch, dir, table, cx->arena, out))
		err = 0;
	for (int left = ATTEMPTS; left-- && err == -EINTR;) {
		memset(out, 0, FAMILIES * sizeof(*out));
		err = read_isolated(scratch, table, cx->arena, out);
	}
	arena_free(scratch);
	if (err && err != -ENOENT)
		readback_report(cx, err);
	return !err || err == -ENOENT;
}

enum loaded readback_owner(struct ctx *cx, const char *table)
{
	struct arena *scratch = arena_new();
	enum loaded found;
	int err = -EINTR;

	for (int left = ATTEMPTS; left-- && err == -EINTR;)
		err = owner(scratch, table, &found);
	arena_free(scratch);
	if (!err)
		return found;
	readback_report(cx, err);
	return LOADED_UNKNOWN;
}
