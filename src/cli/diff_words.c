/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a comparison come in, words go out.
 */
#include <netpolc/cli/diff.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>
#include <netpolc/manifest/ctx.h>

#include <stdlib.h>
#include <string.h>

/* Of pods and address ranges so many are named. */
#define EXAMPLES 3
/* Of pods that are on one side only, and of policies responsible. */
#define NAMES 10

bool diff_is_empty(const struct comparison *cmp)
{
	return !cmp->nchanges && !cmp->only[BEFORE] && !cmp->only[AFTER];
}

void diff_pod(struct buf *out, const struct comparison *cmp, uint32_t index)
{
	const struct cluster *cl;
	const struct pod *pod = compared_pod(cmp, index, &cl);

	buf_printf(out, "%s/", cl->namespaces[pod->namespace].name);
	if (pod->workload)
		buf_printf(out, "%s/", pod->kind);
	buf_puts(out, pod->name);
}

static void put_pod(const struct diff_words *w, uint32_t index)
{
	BUF_AUTO name = { 0 };

	diff_pod(&name, w->cmp, index);
	w->put(w->out, name.at);
}

/* ---- ends ---- */

static struct id_list pods_of(const struct diff_words *w, struct arena *scratch,
			      const uint32_t *groups, size_t n)
{
	struct id_list all = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct id_list *pods = &w->cmp->groups[groups[i]].pods;

		for (size_t p = 0; p < pods->len; p++)
			*ARENA_PUSH(scratch, &all) = pods->at[p];
	}
	ids_sort(all.at, all.len);
	return all;
}

static void put_pods(const struct diff_words *w, const struct id_list *pods)
{
	if (pods->len > EXAMPLES)
		buf_printf(w->out, "%zu pods (", pods->len);
	for (size_t i = 0; i < pods->len && i < EXAMPLES; i++) {
		buf_puts(w->out, i ? ", " : "");
		put_pod(w, pods->at[i]);
	}
	if (pods->len > EXAMPLES)
		buf_puts(w->out, ", …)");
}

static struct ranges addresses_of(const struct diff_words *w, struct arena *scratch,
				  enum family f, const uint32_t *groups, size_t n)
{
	struct ranges all = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct end_group *group = &w->cmp->groups[groups[i]];

		for (size_t k = 0;
		     group->outside && group->family == f && k < group->addresses.len;
		     k++)
			*ARENA_PUSH(scratch, &all) = group->addresses.at[k];
	}
	ranges_settle(&all);
	return all;
}

static void put_addresses(const struct diff_words *w, enum family f,
			  const struct ranges *all, bool first)
{
	buf_puts(w->out, first ? "outside (" : ", ");
	if (all->len == 1 && all->at[0].lo == 0 && all->at[0].hi == family_max(f)) {
		buf_puts(w->out, f == FAMILY_IPV4 ? "any IPv4" : "any IPv6");
		return;
	}
	for (size_t i = 0; i < all->len && i < EXAMPLES; i++) {
		buf_puts(w->out, i ? ", " : "");
		range_print(w->out, f, all->at[i]);
	}
	if (all->len > EXAMPLES)
		buf_puts(w->out, ", …");
}

/* "shop/web", "12 pods (shop/a, shop/b, shop/c, …)", "outside (10.0.0.0/8)" */
static void put_ends(const struct diff_words *w, const uint32_t *groups, size_t n)
{
	struct arena *scratch = arena_new();
	struct id_list pods = pods_of(w, scratch, groups, n);
	bool first = true;

	put_pods(w, &pods);
	for (enum family f = 0; f < FAMILIES; f++) {
		struct ranges all = addresses_of(w, scratch, f, groups, n);

		if (!all.len)
			continue;
		if (first && pods.len)
			buf_puts(w->out, " and ");
		put_addresses(w, f, &all, first);
		first = false;
	}
	if (!first)
		buf_putc(w->out, ')');
	arena_free(scratch);
}

void diff_end(const struct diff_words *w, const struct change *change, bool source)
{
	if (source == (change->cause->direction == EGRESS))
		put_ends(w, change->subjects, change->nsubjects);
	else if (change->cause->kind == CAUSE_NODE)
		buf_puts(w->out, "its own node");
	else
		put_ends(w, change->peers, change->npeers);
}

/* ---- causes ---- */

const char *diff_cause(const struct cause *cause)
{
	bool gained = cause->gained;

	switch (cause->kind) {
	case CAUSE_ISOLATION:
		if (!cause->nrefs)
			return gained ? "no longer isolated as an invalid pod, or by an "
					"annotation of its namespace"
				      : "isolated as an invalid pod, or by an annotation "
					"of its namespace";
		return gained ? "no longer isolated by" : "isolated by";
	case CAUSE_RULES:
		return gained ? "allowed by" : "no longer allowed by";
	case CAUSE_FAMILY:
		return gained ? "an IP family in common" : "no IP family in common";
	case CAUSE_NODE:
		return gained ? "the pod's own node" : "no longer the pod's own node";
	case CAUSE_POD:
		break;
	}
	return gained ? "a pod was added" : "a pod was removed";
}

static const struct policy *policy_of(const struct comparison *cmp,
				      const struct cause *cause, size_t i,
				      const char **space)
{
	const struct cluster *cl = cmp->dc[cause->side]->cluster;
	const struct policy *policy = &cl->policies[cause->refs[i].policy];

	*space = cl->namespaces[policy->namespace].name;
	return policy;
}

static void put_policy(const struct diff_words *w, const struct cause *cause, size_t i)
{
	const char *space;
	const struct policy *policy = policy_of(w->cmp, cause, i, &space);

	w->put(w->out, space);
	buf_putc(w->out, '/');
	w->put(w->out, policy->name);
}

static void put_place(const struct diff_words *w, const struct origin *origin)
{
	const char *file = source_name(&w->cx->sources, origin->at.file);

	if (!origin->at.line || !file)
		return;
	buf_puts(w->out, " (");
	w->put(w->out, file);
	buf_printf(w->out, ":%u)", (unsigned)origin->at.line);
}

void diff_ref(const struct diff_words *w, const struct cause *cause, size_t i)
{
	const char *space;
	const struct policy *policy = policy_of(w->cmp, cause, i, &space);
	const struct origin *origin = &policy->origin;

	put_policy(w, cause, i);
	if (cause->refs[i].rule != NO_RULE) {
		origin = &policy->rules[cause->direction][cause->refs[i].rule].origin;
		buf_putc(w->out, ' ');
		w->put(w->out, origin->path ? origin->path : "");
	}
	put_place(w, origin);
}

struct diff_words diff_visible(struct ctx *cx, struct buf *out,
			       const struct comparison *cmp)
{
	return (struct diff_words){ cx, cmp, out, visible_text };
}

/* ---- in all ---- */

void diff_only(const struct diff_words *w, enum side side)
{
	size_t n = 0;

	for (uint32_t i = 0; i < w->cmp->npods && n < NAMES; i++) {
		const struct common_pod *pod = &w->cmp->pods[i];

		if (pod->id[side] == NO_POD ||
		    pod->id[side == AFTER ? BEFORE : AFTER] != NO_POD)
			continue;
		buf_puts(w->out, n++ ? ", " : "");
		put_pod(w, i);
	}
	if (n < w->cmp->only[side])
		buf_printf(w->out, " and %zu more", w->cmp->only[side] - n);
}

struct named {
	const char *space, *name;
};

static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->space, y->space);

	return order ? order : strcmp(x->name, y->name);
}

/* The policies responsible, each once by its name. */
static void put_policies(const struct diff_words *w)
{
	struct arena *scratch = arena_new();
	struct {
		struct named *at;
		size_t len, cap;
	} all = { 0 };
	size_t n = 0;

	for (size_t c = 0; c < w->cmp->nchanges; c++) {
		const struct cause *cause = w->cmp->changes[c].cause;

		if (c && w->cmp->changes[c - 1].cause == cause)
			continue;
		for (size_t i = 0; i < cause->nrefs; i++) {
			struct named *named = ARENA_PUSH(scratch, &all);

			named->name = policy_of(w->cmp, cause, i, &named->space)->name;
		}
	}
	if (all.len)
		qsort(all.at, all.len, sizeof(*all.at), compare_named);
	for (size_t i = 0; i < all.len; i++) {
		if (i && !compare_named(&all.at[i - 1], &all.at[i]))
			continue;
		if (n++ >= NAMES)
			continue;
		buf_puts(w->out, n > 1 ? ", " : "; by ");
		w->put(w->out, all.at[i].space);
		buf_putc(w->out, '/');
		w->put(w->out, all.at[i].name);
	}
	if (n > NAMES)
		buf_printf(w->out, " and %zu more polic%s", n - NAMES,
			   n - NAMES == 1 ? "y" : "ies");
	arena_free(scratch);
}

void diff_summary(const struct diff_words *w)
{
	const struct comparison *cmp = w->cmp;

	if (diff_is_empty(cmp)) {
		buf_puts(w->out, "no connection is opened or closed");
		return;
	}
	buf_printf(w->out, "pairs of pods: %zu opened, %zu closed", cmp->pairs[true],
		   cmp->pairs[false]);
	if (cmp->outward[true] || cmp->outward[false])
		buf_printf(w->out, "; pods and outside: %zu opened, %zu closed",
			   cmp->outward[true], cmp->outward[false]);
	if (cmp->only[AFTER] || cmp->only[BEFORE])
		buf_printf(w->out, "; pods: %zu added, %zu removed", cmp->only[AFTER],
			   cmp->only[BEFORE]);
	put_policies(w);
}
