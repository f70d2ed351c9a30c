/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a ruleset; out: a loaded table that is equal to it, and what it took.
 *
 * The idea: nothing is believed to have worked.  What was sent is right if nothing
 * else was committed since the table was read; else the table is read again.
 */
#include <netpolc/nft/apply.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/detached.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/readback.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define REASON_BYTES 1024

/* What a detached copy has to say: a step that is done, or the result. */
struct report {
	bool ended;
	enum apply_step step;
	enum apply_outcome outcome;
	size_t operations;
	char fallback[REASON_BYTES], uncached[REASON_BYTES]; /* empty: NULL; or cut */
};

struct applying {
	struct ctx *cx;
	const struct kernel_ops *ops;
	const struct ruleset *rs;
	const struct apply_options *opt;
	struct arena *arena; /* of one look at the table */
	const char *cache;   /* the directory, while it can be trusted */
	const char *trouble; /* why another attempt was made */
	bool in_place;	     /* two transactions are sent by this process */
	int ear;	     /* this is the detached copy, and who listens; else -1 */
	struct apply_result result;
};

/* What one attempt comes to. */
enum attempt { DONE, AGAIN, REPLACE };

static void done(const struct applying *ap, enum apply_step step)
{
	const struct report r = { .step = step };

	if (ap->ear >= 0)
		detached_say(ap->ear, &r, sizeof(r));
	else if (ap->opt->done)
		ap->opt->done(ap->opt->arg, step);
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
	good = kernel_change(ap->cx, ap->ops, d, list, ap->opt->check, refusal);
	done(ap, APPLY_COMMITTED);
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

static int generation(uint32_t *out)
{
	struct arena *scratch = arena_new();
	struct table_reader *l;
	int err = loaded_open(&l, scratch);

	if (!err)
		err = loaded_generation(l, out);
	loaded_close(l);
	arena_free(scratch);
	return err;
}

/* before: what the table was, if only our own commits have changed it since. */
static void remember(struct applying *ap, uint32_t number,
		     const struct loaded_table *before)
{
	if (!ap->opt->cache || ap->opt->check)
		return;
	ap->result.uncached = cache_store(ap->opt->cache, ap->rs, number, before);
	done(ap, APPLY_CACHED);
}

/* The transactions are committed: whether by them alone the generation has changed
 * since the table was read. */
static enum attempt look_back(struct applying *ap, const struct readback *found)
{
	uint32_t commits = (found->delta->first.len > 0) + (found->delta->then.len > 0);
	uint32_t now;

	if (ap->opt->check)
		return DONE;
	if (generation(&now) || now != found->generation + commits)
		return AGAIN;
	remember(ap, now, found->table);
	return DONE;
}

/* ---- in another process ---- */

__attribute__((noreturn)) static void report_end(const struct applying *ap)
{
	const struct apply_result *from = &ap->result;
	struct report r = { .ended = true,
			    .outcome = from->outcome,
			    .operations = from->operations };

	if (from->fallback)
		snprintf(r.fallback, sizeof(r.fallback), "%s", from->fallback);
	if (from->uncached)
		snprintf(r.uncached, sizeof(r.uncached), "%s", from->uncached);
	detached_say(ap->ear, &r, sizeof(r));
	_exit(0);
}

static const char *reason(struct applying *ap, const char *text)
{
	return *text ? arena_strndup(ap->cx->arena, text, strlen(text)) : NULL;
}

/* What was reported there is not known here: a failure is met again. */
static enum attempt take(struct applying *ap, const struct report *r)
{
	if (r->outcome == APPLY_FAILED) {
		ap->in_place = true;
		ap->trouble = "the process that sent what differs failed";
		return AGAIN;
	}
	ap->result.outcome = r->outcome;
	ap->result.operations = r->operations;
	ap->result.fallback = reason(ap, r->fallback);
	ap->result.uncached = reason(ap, r->uncached);
	return DONE;
}

static enum attempt listen_to(struct applying *ap, pid_t copy, int fd)
{
	struct report r = { 0 };

	while (detached_hear(fd, &r, sizeof(r)) && !r.ended)
		done(ap, r.step);
	detached_wait(copy, fd);
	ap->cache = NULL;
	if (r.ended)
		return take(ap, &r);
	/* Nobody knows how far it got. */
	ap->result.outcome = APPLY_CHANGED;
	ap->trouble = "the process that sent what differs was killed";
	return AGAIN;
}

/* Killed between two transactions, a process leaves a table that is neither the old one
 * nor the new.  So a detached copy does all that is left, and here it is only waited
 * for.  False in the copy, and where there can be none: then it is done in place. */
static bool hand_over(struct applying *ap, enum attempt *outcome)
{
	pid_t copy;
	int fd;

	if (ap->in_place)
		return false;
	copy = detached_begin(&fd);
	if (copy > 0) {
		*outcome = listen_to(ap, copy, fd);
		return true;
	}
	ap->in_place = true;
	if (!copy)
		ap->ear = fd;
	return false;
}

/* ---- one attempt ---- */

static enum attempt unchanged(struct applying *ap, const struct readback *found)
{
	if (!found->cached)
		remember(ap, found->generation, found->table);
	return DONE;
}

static enum attempt change(struct applying *ap, const struct readback *found)
{
	struct delta *d = found->delta;
	BUF_AUTO refusal = { 0 };
	enum attempt outcome;

	if (!d)
		return REPLACE;
	if (!d->why)
		return unchanged(ap, found);
	if (!ap->result.why)
		ap->result.why = arena_strndup(ap->cx->arena, d->why, strlen(d->why));
	if (d->replace)
		return give_up(ap, d->why);
	if (d->first.len && !ap->opt->check && hand_over(ap, &outcome))
		return outcome;
	if (send_all(ap, d, &refusal))
		return look_back(ap, found);
	ap->cache = NULL;
	if (found->cached)
		return AGAIN;
	return give_up(ap, refusal.len ? refusal.at : "no reason given");
}

static enum attempt attempt(struct applying *ap)
{
	struct readback found;
	int err = readback_delta(ap->arena, ap->rs, ap->cache, &found);

	done(ap, APPLY_COMPARED);
	if (!err)
		return change(ap, &found);
	if (err == -EINTR)
		return AGAIN;
	if (err == -ENOBUFS || err == -ENOMEM)
		return give_up(ap, strerror(-err));
	readback_report(ap->cx, err);
	ap->result.outcome = APPLY_FAILED;
	return DONE;
}

static void replace(struct applying *ap)
{
	uint32_t before, after;
	bool known = !generation(&before);
	bool good = kernel_replace(ap->cx, ap->ops, ap->rs, ap->opt->check);

	done(ap, APPLY_COMMITTED);
	ap->result.outcome = good ? APPLY_REPLACED : APPLY_FAILED;
	if (good && known && !generation(&after) && after == before + 1)
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
			       .cache = opt->cache,
			       .trouble = "other programs commit all the time",
			       .ear = -1,
			       .result = { .outcome = APPLY_UNCHANGED } };
	enum attempt outcome = opt->foreign ? REPLACE : AGAIN;

	for (int left = APPLY_ATTEMPTS; left-- && outcome == AGAIN;)
		outcome = attempt(&ap);
	if (outcome == AGAIN)
		give_up(&ap, ap.trouble);
	if (outcome != DONE)
		replace(&ap);
	if (ap.ear >= 0)
		report_end(&ap);
	arena_free(ap.arena);
	return ap.result;
}
