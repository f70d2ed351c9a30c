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
#include <netpolc/nft/guess.h>
#include <netpolc/nft/ruleset_state.h>

#include <errno.h>
#include <string.h>

static int compare_elements(struct table_reader *l, struct guess *g,
			    const struct loaded_table *table, struct delta *delta)
{
	struct arena *scratch = arena_new();
	int err = 0;

	for (size_t i = 0; i < table->sets.len && !err; i++) {
		const struct set *want = delta_set(delta, &table->sets.at[i]);
		struct loaded_elements elements;

		if (!want)
			continue;
		err = guess_elements(g, l, &table->sets.at[i], want, scratch, &elements);
		if (!err)
			delta_elements(delta, want, &elements, NULL);
		arena_reset(scratch);
	}
	arena_free(scratch);
	return err;
}

/* A look at all of the table. */
struct look {
	struct arena *arena; /* of the delta */
	const struct ruleset *rs;
	const char *dir;
	const struct loaded_table *table;
	struct delta *delta;
};

static int look(struct table_reader *reader, void *to)
{
	struct look *l = to;
	struct guess g = { .arena = l->arena, .dir = l->dir, .table = l->rs->table };
	struct loaded_table *table = ARENA_NEW(l->arena, struct loaded_table);
	int err = loaded_read(reader, l->rs->table, table);

	if (err)
		return err;
	guess_rules(&g, reader);
	l->table = table;
	l->delta = delta_new(l->arena, l->rs, table);
	return compare_elements(reader, &g, table, l->delta);
}

/* ---- from the cache ---- */

static void compare_cached(struct arena *a, struct delta *delta, const struct cache *c,
			   const struct cache_draft *draft)
{
	const struct cache_match *matches = cache_match(a, c, draft);

	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		const struct set *want = delta_set(delta, &c->loaded->sets.at[i]);

		if (want && !matches[i].equal)
			delta_elements(delta, want, &matches[i].rest, matches[i].known);
	}
}

static bool recall(struct arena *a, const struct ruleset *rs, const char *dir,
		   struct readback *out)
{
	const struct cache *c = cache_open(a, dir, rs->table, CACHE_DIGEST);
	bool same = c && strcmp(c->digest.at, rs->digest.at) == 0;

	if (c && !same)
		c = cache_open(a, dir, rs->table, CACHE_WHOLE);
	if (!c)
		return false;
	*out = (struct readback){ .generation = c->generation, .cached = true };
	if (same) {
		out->delta = ARENA_NEW(a, struct delta);
		out->delta->rs = rs;
		return true;
	}
	out->table = c->loaded;
	out->draft = cache_draft(a, rs);
	out->delta = delta_new(a, rs, c->loaded);
	compare_cached(a, out->delta, c, out->draft);
	delta_finish(out->delta);
	return out->delta->why; /* a file whose halves disagree is wrong */
}

int readback_delta(struct arena *a, const struct ruleset *rs, const char *dir,
		   struct readback *out)
{
	struct look l = { .arena = a, .rs = rs, .dir = dir };
	int err;

	arena_reset(a);
	if (recall(a, rs, dir, out))
		return 0;
	arena_reset(a);
	*out = (struct readback){ 0 };
	err = loaded_look(a, look, &l, &out->generation);
	if (err)
		return err == -ENOENT ? 0 : err;
	out->table = l.table;
	out->delta = l.delta;
	delta_finish(out->delta);
	return 0;
}

bool readback_is_known(const struct ruleset *rs, const char *dir)
{
	struct arena *scratch = arena_new();
	const struct cache *c = cache_open(scratch, dir, rs->table, CACHE_DIGEST);
	bool known = c && strcmp(c->digest.at, rs->digest.at) == 0;

	arena_free(scratch);
	return known;
}

enum loaded readback_owner_of(struct ruleset_state state)
{
	if (!state.ours)
		return LOADED_FOREIGN;
	return state.settling ? LOADED_SETTLING : LOADED_OURS;
}

struct owner {
	const char *table;
	const char *dir;
	enum loaded found;
};

static int look_for_remains(struct table_reader *l, struct owner *o)
{
	struct arena *scratch = arena_new();
	struct guess g = { .arena = scratch, .dir = o->dir, .table = o->table };
	struct loaded_table table = { 0 };
	int err = loaded_read(l, o->table, &table);

	if (!err && loaded_find(l, RULESET_STATE) && guess_remains(&g, l, &table))
		o->found = LOADED_OURS;
	arena_free(scratch);
	return err;
}

static int look_for_owner(struct table_reader *l, void *to)
{
	struct owner *o = to;
	const char *comment = NULL;
	bool dormant;
	int err = loaded_exists(l, o->table, &dormant);

	if (!err)
		err = loaded_comment(l, o->table, RULESET_STATE, &comment);
	if (err)
		return err;
	o->found = readback_owner_of(ruleset_state_parse(comment));
	return o->found == LOADED_FOREIGN ? look_for_remains(l, o) : 0;
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

enum loaded readback_owner(struct ctx *cx, const char *table, const char *dir)
{
	struct owner o = { .table = table, .dir = dir };
	struct arena *scratch = arena_new();
	uint32_t generation;
	int err = loaded_look(scratch, look_for_owner, &o, &generation);

	arena_free(scratch);
	if (!err)
		return o.found;
	if (err == -ENOENT)
		return LOADED_ABSENT;
	readback_report(cx, err);
	return LOADED_UNKNOWN;
}
