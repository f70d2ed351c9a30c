/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: a loaded table that is equal to it, and what it took.
 *
 * The idea: nothing is believed to have worked.  What was sent is right if nothing
 * else was committed since the table was read; else the table is read again.
 *
 * One process may become two on the way: where two transactions are to be sent, a
 * detached copy goes on from there and reports, and the other one waits for it.
 */
#include <netpolc/nft/apply.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/detached.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply_copy.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/readback.h>

#include <errno.h>
#include <string.h>

#define OTHERS "other programs commit all the time"

/* What this process is when there are two transactions to send. */
enum role {
	ORIGINAL, /* has a copy of itself send them, and waits */
	COPY,	  /* is that copy */
	ALONE,	  /* sends them itself: there can be no copy, it failed, or nothing is
		   * committed */
};

struct applying {
	struct ctx *cx;
	const struct kernel_ops *ops;
	const struct ruleset *rs;
	const struct apply_options *opt;
	struct arena *arena; /* of one look at the table */
	struct arena *until; /* what is open may stay open for as long */
	const char *cache;   /* the directory, while it can be trusted */
	const char *trouble; /* why another attempt has to be made */
	enum role role;
	int line; /* between the original and the copy */
	struct apply_result result;
};

/* What one attempt comes to. */
enum attempt { DONE, AGAIN, REPLACE };

static void tell_step(const struct applying *ap, enum apply_step step)
{
	if (ap->role == COPY)
		apply_copy_step(ap->line, step);
	else if (ap->opt->on_step)
		ap->opt->on_step(ap->opt->arg, step);
}

static enum attempt again(struct applying *ap, const char *trouble)
{
	ap->trouble = trouble;
	return AGAIN;
}

static enum attempt give_up(struct applying *ap, const char *reason)
{
	ap->result.fallback = arena_strndup(ap->cx->arena, reason, strlen(reason));
	return REPLACE;
}

static bool send(struct applying *ap, const struct delta *d,
		 const struct delta_operations *list, struct buf *refusal)
{
	bool good;

	if (!list->len)
		return true;
	good = kernel_change(ap->cx, ap->ops, d, list, ap->opt->check, ap->until,
			     refusal);
	tell_step(ap, APPLY_COMMITTED);
	if (!good)
		return false;
	ap->result.outcome = APPLY_CHANGED;
	ap->result.operations += list->len;
	return true;
}

/* Both transactions as one: nothing that is only checked is there afterwards. */
static struct delta_operations all_operations(struct applying *ap, const struct delta *d)
{
	struct delta_operations all = { 0 };
	size_t f = 0, t = 0;

	while (f < d->first.len || t < d->then.len) {
		bool first =
			t == d->then.len ||
			(f < d->first.len && d->first.at[f].kind <= d->then.at[t].kind);

		*ARENA_PUSH(ap->arena, &all) = first ? d->first.at[f++] : d->then.at[t++];
	}
	return all;
}

static bool send_all(struct applying *ap, const struct delta *d, struct buf *refusal)
{
	struct delta_operations all;

	if (!ap->opt->check)
		return send(ap, d, &d->first, refusal) && send(ap, d, &d->then, refusal);
	all = all_operations(ap, d);
	return send(ap, d, &all, refusal);
}

static int generation(const struct applying *ap, uint32_t *out)
{
	struct table_reader *l;
	int err = loaded_open(&l, ap->until);

	if (!err)
		err = loaded_generation(l, out);
	loaded_close_at_end(l);
	return err;
}

/* found: what was read, if only our own commits have changed it since, or NULL. */
static void remember(struct applying *ap, uint32_t number, const struct readback *found)
{
	const struct cache_note note = { .rs = ap->rs,
					 .generation = number,
					 .before = found ? found->table : NULL,
					 .draft = found ? found->draft : NULL };

	if (!ap->opt->cache || ap->opt->check)
		return;
	ap->result.uncached = cache_store(ap->opt->cache, &note, ap->until);
	tell_step(ap, APPLY_CACHED);
}

/* The transactions are committed: whether by them alone the generation has changed
 * since the table was read. */
static enum attempt look_back(struct applying *ap, const struct readback *found)
{
	uint32_t commits = (found->delta->first.len > 0) + (found->delta->then.len > 0);
	uint32_t now;

	if (ap->opt->check)
		return DONE;
	if (generation(ap, &now) || now != found->generation + commits)
		return again(ap, OTHERS);
	remember(ap, now, found);
	return DONE;
}

/* ---- in another process ---- */

/* Killed between two transactions, a process leaves a table that is neither the old one
 * nor the new.  A detached copy is out of reach, and does all that is left.  Returns its
 * id in the original, which has to wait; in the copy 0, and where there can be none a
 * negative errno: these go on, in their new role. */
static pid_t make_copy(struct applying *ap)
{
	pid_t copy = detached_begin(&ap->line);

	if (copy <= 0)
		ap->role = copy ? ALONE : COPY;
	return copy;
}

static enum attempt wait_for_copy(struct applying *ap, pid_t copy)
{
	struct apply_result there;
	bool ended = apply_copy_hear(copy, ap->line, ap->opt, ap->cx->arena, &there);

	ap->cache = NULL;
	if (!ended) {
		/* Nobody knows how far it got. */
		ap->result.outcome = APPLY_CHANGED;
		return again(ap, "the process that sent what differs was killed");
	}
	if (there.outcome == APPLY_FAILED) {
		/* What was reported there is not known here: a failure is met again. */
		ap->role = ALONE;
		return again(ap, "the process that sent what differs failed");
	}
	there.why = ap->result.why;
	ap->result = there;
	return DONE;
}

/* ---- one attempt ---- */

static enum attempt unchanged(struct applying *ap, const struct readback *found)
{
	if (!found->cached)
		remember(ap, found->generation, found);
	return DONE;
}

static enum attempt change(struct applying *ap, const struct readback *found)
{
	struct delta *d = found->delta;
	BUF_AUTO refusal = { 0 };

	if (!d)
		return REPLACE;
	if (!d->why)
		return unchanged(ap, found);
	if (!ap->result.why)
		ap->result.why = arena_strndup(ap->cx->arena, d->why, strlen(d->why));
	if (d->replace)
		return give_up(ap, d->why);
	if (d->first.len && ap->role == ORIGINAL) {
		pid_t copy = make_copy(ap);

		if (copy > 0)
			return wait_for_copy(ap, copy);
	}
	if (send_all(ap, d, &refusal))
		return look_back(ap, found);
	ap->cache = NULL;
	if (found->cached)
		return again(ap, "what the cache makes of it is refused");
	return give_up(ap, refusal.len ? refusal.at : "no reason given");
}

static enum attempt attempt(struct applying *ap)
{
	struct readback found;
	int err = readback_delta(ap->arena, ap->rs, ap->cache, &found);

	tell_step(ap, APPLY_COMPARED);
	if (!err)
		return change(ap, &found);
	if (err == -EINTR)
		return again(ap, OTHERS);
	if (err == -ENOBUFS || err == -ENOMEM)
		return give_up(ap, strerror(-err));
	readback_report(ap->cx, err);
	ap->result.outcome = APPLY_FAILED;
	return DONE;
}

static void replace(struct applying *ap)
{
	uint32_t before, after;
	bool known = !generation(ap, &before);
	bool good = kernel_replace(ap->cx, ap->ops, ap->rs, ap->opt->check);

	tell_step(ap, APPLY_COMMITTED);
	ap->result.outcome = good ? APPLY_REPLACED : APPLY_FAILED;
	if (good && known && !generation(ap, &after) && after == before + 1)
		remember(ap, after, NULL);
}

struct apply_result apply_ruleset(struct ctx *cx, const struct kernel_ops *ops,
				  const struct ruleset *rs,
				  const struct apply_options *opt)
{
	struct applying ap = { .cx = cx,
			       .ops = ops,
			       .rs = rs,
			       .opt = opt,
			       .arena = arena_new(),
			       .until = opt->until ? opt->until : arena_new(),
			       .cache = opt->cache,
			       .role = opt->check ? ALONE : ORIGINAL,
			       .result = { .outcome = APPLY_UNCHANGED } };
	enum attempt outcome = opt->foreign ? REPLACE : AGAIN;

	for (int left = APPLY_ATTEMPTS; left-- && outcome == AGAIN;)
		outcome = attempt(&ap);
	if (outcome == AGAIN)
		give_up(&ap, ap.trouble);
	if (outcome != DONE)
		replace(&ap);
	/* Where the copy ends, the original returns. */
	if (ap.role == COPY)
		apply_copy_end(ap.line, &ap.result);
	if (!opt->until)
		arena_free(ap.until);
	arena_free(ap.arena);
	return ap.result;
}
