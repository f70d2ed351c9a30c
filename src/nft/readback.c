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

#include <errno.h>
#include <string.h>

#define ATTEMPTS 10 /* while other programs change their tables */

/* What every table of ours has, and no other program's. */
#define STATE_CHAIN "state"
#define STATE_MARK  "netpolc "

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

int readback_delta(struct arena *a, const struct ruleset *rs, struct readback *out)
{
	int err = -EINTR;

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
	else if (comment && strncmp(comment, STATE_MARK, strlen(STATE_MARK)) == 0)
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
	int err = readback_delta(scratch, rs, &found);

	if (err)
		readback_report(cx, err);
	if (found.delta)
		said = found.delta->why;
	if (why && said && !err)
		buf_puts(why, said);
	arena_free(scratch);
	return !err && !said;
}

static int read_isolated(struct arena *scratch, const char *name, struct arena *a,
			 struct ranges out[FAMILIES])
{
	static const char *const names[FAMILIES] = { "isolated4", "isolated6" };
	struct loaded_table table = { 0 };
	struct table_reader *l;
	int err = loaded_open(&l, scratch);

	if (!err)
		err = loaded_read(l, name, &table);
	for (size_t i = 0; !err && i < table.sets.len; i++) {
		for (enum family f = 0; !err && f < FAMILIES; f++) {
			struct loaded_elements found = { 0 };

			if (strcmp(table.sets.at[i].name, names[f]))
				continue;
			err = loaded_elements(l, name, &table.sets.at[i], scratch,
					      &found);
			for (size_t e = 0; !err && e < found.len; e++)
				ranges_add(
					a, &out[f],
					(struct range){ found.at[e].lo, found.at[e].hi });
		}
	}
	loaded_close(l);
	return err;
}

bool readback_isolated(struct ctx *cx, const char *table, struct ranges out[FAMILIES])
{
	struct arena *scratch = arena_new();
	int err = -EINTR;

	for (int left = ATTEMPTS; left-- && err == -EINTR;) {
		for (int f = 0; f < FAMILIES; f++)
			out[f] = (struct ranges){ 0 };
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
