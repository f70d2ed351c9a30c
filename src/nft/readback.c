/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the loaded table and a ruleset; out: whether they are the same, and if not
 * what differs first.
 *
 * The idea: both are in normal form, so each kind of thing is compared one by one
 * and then by number, which finds what the kernel has beyond the ruleset.
 */
#include <netpolc/nft/readback.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/loaded.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#define ATTEMPTS 10 /* while other programs change their tables */

/* What every table of ours has, and no other program's. */
#define STATE_CHAIN "state"
#define STATE_MARK  "netpolc "

struct comparison {
	const struct ruleset *rs;
	struct table_reader *l;
	const struct loaded_table *table;
	struct buf *why;
};

__attribute__((format(printf, 2, 3))) static bool differs(const struct comparison *cmp,
							  const char *format, ...)
{
	va_list ap;
	char line[256];

	va_start(ap, format);
	vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	cmp->why->len = 0;
	buf_puts(cmp->why, line);
	return false;
}

/* ---- chains ---- */

/* Of the state chain's comment, what says which ruleset it is: a table that
 * another version of netpolc wrote is the same table. */
static size_t comment_len(const char *chain, const char *comment)
{
	const char *version = strstr(comment, " version ");

	if (version && strcmp(chain, STATE_CHAIN) == 0)
		return (size_t)(version - comment);
	return strlen(comment);
}

static bool comments_equal(const char *chain, const char *a, const char *b)
{
	size_t len;

	if (!a || !b)
		return a == b;
	len = comment_len(chain, a);
	return len == comment_len(chain, b) && memcmp(a, b, len) == 0;
}

static bool same_hook(const struct comparison *cmp, const struct chain *want,
		      const struct loaded_chain *have)
{
	if (want->base != have->base)
		return false;
	return !have->base ||
	       (have->hook == NF_INET_FORWARD && have->priority == cmp->rs->priority &&
		have->accept && strcmp(have->type, "filter") == 0);
}

static bool same_chain(const struct comparison *cmp, const struct chain *want,
		       const struct loaded_chain *have)
{
	const char *comment = want->len ? want->at[0].comment : NULL;

	if (!same_hook(cmp, want, have))
		return differs(cmp, "chain %s is hooked otherwise", want->name);
	if (!comments_equal(want->name, comment, have->comment))
		return differs(cmp, "chain %s has other rules", want->name);
	if (want->len != have->rules)
		return differs(cmp, "chain %s has %zu rules instead of %zu", want->name,
			       have->rules, want->len);
	return true;
}

/* Names are unique on both sides: as many, and each of the kernel's wanted. */
static bool same_chains(const struct comparison *cmp)
{
	const struct loaded_chains *have = &cmp->table->chains;

	for (size_t i = 0; i < have->len; i++) {
		const struct chain *want = ruleset_chain(cmp->rs, have->at[i]->name);

		if (!want)
			return differs(cmp, "chain %s is not ours", have->at[i]->name);
		if (!same_chain(cmp, want, have->at[i]))
			return false;
	}
	if (have->len != cmp->rs->nchains)
		return differs(cmp, "%zu chains instead of %zu", have->len,
			       cmp->rs->nchains);
	return true;
}

/* ---- sets ---- */

static uint32_t key_number(enum key_type type)
{
	switch (type) {
	case KEY_IPV4:
		return LOADED_IPV4;
	case KEY_IPV6:
		return LOADED_IPV6;
	case KEY_PORT:
		return LOADED_PORT;
	}
	return 0;
}

static bool same_type(const struct set *want, const struct loaded_set *have)
{
	uint32_t key = key_number(want->key[0]);
	uint32_t flags = (want->intervals ? (uint32_t)NFT_SET_INTERVAL : 0) |
			 (want->map ? (uint32_t)NFT_SET_MAP : 0);

	if (want->nkeys > 1)
		key = key << LOADED_TYPE_BITS | key_number(want->key[1]);
	return have->key_type == key &&
	       (have->flags & ~(uint32_t)NFT_SET_CONCAT) == flags &&
	       (!want->map || have->data_type == (uint32_t)NFT_DATA_VERDICT);
}

static bool same_verdict(const struct verdict *want, const struct loaded_element *have)
{
	switch (want->kind) {
	case VERDICT_NONE:
		return have->code == 0 && !have->chain;
	case VERDICT_ACCEPT:
		return have->code == NF_ACCEPT;
	case VERDICT_DROP:
		return have->code == NF_DROP;
	case VERDICT_GOTO:
	case VERDICT_JUMP:
		return have->code == (want->kind == VERDICT_GOTO ? NFT_GOTO : NFT_JUMP) &&
		       have->chain && strcmp(have->chain, want->chain->name) == 0;
	}
	return false;
}

static bool same_element(const struct element *want, const struct loaded_element *have)
{
	return want->lo == have->lo && want->hi == have->hi &&
	       want->first == have->first && same_verdict(&want->verdict, have);
}

static bool same_elements(const struct comparison *cmp, const struct set *want,
			  const struct loaded_elements *have)
{
	if (have->odd)
		return differs(cmp, "set %s has an element that is not ours", want->name);
	if (have->len != want->len)
		return differs(cmp, "set %s has %zu elements instead of %zu", want->name,
			       have->len, want->len);
	for (size_t i = 0; i < want->len; i++)
		if (!same_element(&want->at[i], &have->at[i]))
			return differs(cmp, "set %s has other elements", want->name);
	return true;
}

/* 1 same, 0 not, or a negative errno. */
static int same_sets(const struct comparison *cmp)
{
	const struct loaded_sets *have = &cmp->table->sets;
	struct arena *scratch = arena_new();
	int result = 1;

	for (size_t i = 0; i < have->len && result == 1; i++) {
		const struct set *want = ruleset_set(cmp->rs, have->at[i].name);
		struct loaded_elements elements = { 0 };

		if (!want || !same_type(want, &have->at[i])) {
			result = differs(cmp, "set %s is not ours", have->at[i].name);
			break;
		}
		result = loaded_elements(cmp->l, cmp->rs->table, &have->at[i], scratch,
					 &elements);
		if (!result)
			result = same_elements(cmp, want, &elements);
		arena_reset(scratch);
	}
	arena_free(scratch);
	if (result == 1 && have->len != cmp->rs->nsets)
		result = differs(cmp, "%zu sets instead of %zu", have->len,
				 cmp->rs->nsets);
	return result;
}

/* ---- objects ---- */

static bool same_objects(const struct comparison *cmp)
{
	const struct loaded_names *have = &cmp->table->counters;

	if (cmp->table->others.len)
		return differs(cmp, "object %s is not ours", cmp->table->others.at[0]);
	for (size_t i = 0; i < have->len; i++)
		if (!ruleset_counter(cmp->rs, have->at[i]))
			return differs(cmp, "counter %s is not ours", have->at[i]);
	if (have->len != cmp->rs->ncounters)
		return differs(cmp, "%zu counters instead of %zu", have->len,
			       cmp->rs->ncounters);
	return true;
}

/* ---- the whole ---- */

/* 1 same, 0 not, or a negative errno. */
static int compare(const struct comparison *cmp)
{
	if (cmp->table->dormant)
		return differs(cmp, "the table is dormant");
	if (!same_chains(cmp) || !same_objects(cmp))
		return 0;
	return same_sets(cmp);
}

/* One look at the table, in which nothing may change meanwhile: -EINTR. */
static int look(struct arena *a, const struct ruleset *rs, struct buf *why)
{
	struct loaded_table table = { 0 };
	struct comparison cmp = { .rs = rs, .table = &table, .why = why };
	uint32_t before, after;
	int result = loaded_open(&cmp.l, a);

	if (!result)
		result = loaded_generation(cmp.l, &before);
	if (!result)
		result = loaded_read(cmp.l, rs->table, &table);
	if (!result)
		result = compare(&cmp);
	if (result >= 0 && (loaded_generation(cmp.l, &after) || before != after))
		result = -EINTR;
	loaded_close(cmp.l);
	return result;
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

static void report(struct ctx *cx, int err)
{
	const char *reason = "the loaded table cannot be read";

	if (err == -EPERM || err == -EACCES)
		reason = "no privilege to use nftables: it takes root, or CAP_NET_ADMIN "
			 "in the network namespace";
	else if (err == -EINVAL || err == -EOPNOTSUPP || err == -EPROTONOSUPPORT)
		reason = "this kernel has no nftables";
	diag_add(cx->diags, DIAG_KERNEL, NULL, "%s (%s)", reason, strerror(-err));
}

bool readback_equal(struct ctx *cx, const struct ruleset *rs, struct buf *why)
{
	struct arena *scratch = arena_new();
	struct buf said = { 0 };
	int result = -EINTR;

	for (int left = ATTEMPTS; left-- && result == -EINTR;) {
		arena_reset(scratch);
		result = look(scratch, rs, &said);
	}
	if (result == -ENOENT) {
		buf_puts(&said, "there is no such table");
		result = 0;
	}
	if (result < 0)
		report(cx, result);
	if (why && said.len)
		buf_puts(why, said.at);
	buf_free(&said);
	arena_free(scratch);
	return result == 1;
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
		report(cx, err);
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
	report(cx, err);
	return LOADED_UNKNOWN;
}
