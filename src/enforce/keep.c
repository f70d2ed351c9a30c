/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a cluster whose contained pods may lack addresses; out: decisions that have them
 * from the loaded table.
 */
#include <netpolc/enforce/keep.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>
#include <netpolc/enforce/machine.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/isolation.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/names.h>
#include <netpolc/run/pipeline.h>
#include <netpolc/run/progress.h>

#include <string.h>

/* Whether the pod may have had an address of the family that is not known now. */
static bool lacks(const struct ctx *cx, const struct pod *p, enum family f)
{
	return p->invalid && cx->set.families[f] && machine_enforces(cx, p) &&
	       !pod_address_in(p, f);
}

static bool lacks_any(const struct ctx *cx, const struct pod *p)
{
	return lacks(cx, p, FAMILY_IPV4) || lacks(cx, p, FAMILY_IPV6);
}

static bool any_lacks(const struct ctx *cx, const struct cluster *cl)
{
	for (size_t i = 0; i < cl->npods; i++)
		if (lacks_any(cx, &cl->pods[i]))
			return true;
	return false;
}

/* Whether the chain stands for pods of the namespace, or for contained ones. */
static bool stands_for(const struct isolation *loaded, size_t chain, const char *space)
{
	const char *policies;

	if (chain == loaded->chains.len)
		return false;
	policies = loaded_form_policies(loaded->chains.at[chain]);
	if (!strchr(policies, '/'))
		return strcmp(policies, NAME_NO_POLICY) == 0;
	return !strncmp(policies, space, strlen(space)) && policies[strlen(space)] == '/';
}

static void hold(struct arena *a, struct ranges *to, enum family f,
		 const struct address *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].family == f)
			*ARENA_PUSH(a, to) = (struct range){ at[i].number, at[i].number };
}

/* What pods have, and Nodes, whose addresses no pod has. */
static struct ranges held(struct arena *a, const struct cluster *cl, enum family f)
{
	struct ranges out = { 0 };

	for (size_t i = 0; i < cl->nnodes; i++)
		hold(a, &out, f, cl->nodes[i].addresses, cl->nodes[i].naddresses);
	for (size_t i = 0; i < cl->npods; i++)
		if (pod_is_live(&cl->pods[i]))
			hold(a, &out, f, cl->pods[i].addresses, cl->pods[i].naddresses);
	ranges_settle(&out);
	return out;
}

/* Isolated addresses that no pod has, those of one direction behind those of the other.
 */
static struct isolated_list unheld(struct arena *a, const struct cluster *cl,
				   const struct isolation *loaded, enum family f)
{
	const struct ranges pods = held(a, cl, f);
	struct isolated_list out = { 0 };

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		const struct isolated_list *list = &loaded->addresses[f][d];

		for (size_t i = 0; i < list->len; i++)
			if (!ranges_contain(&pods, list->at[i].number))
				*ARENA_PUSH(a, &out) = list->at[i];
	}
	return out;
}

static void drop(struct isolated_list *from, const struct ranges *numbers)
{
	size_t kept = 0;

	for (size_t i = 0; i < from->len; i++)
		if (!ranges_contain(numbers, from->at[i].number))
			from->at[kept++] = from->at[i];
	from->len = kept;
}

/* Those of them that may be a pod's of the namespace; nobody else gets these. */
static struct ranges take(struct arena *a, const struct isolation *loaded,
			  struct isolated_list *left, const char *space)
{
	struct ranges out = { 0 };

	for (size_t i = 0; i < left->len; i++)
		if (stands_for(loaded, left->at[i].chain, space))
			*ARENA_PUSH(a, &out) =
				(struct range){ left->at[i].number, left->at[i].number };
	ranges_settle(&out);
	drop(left, &out);
	return out;
}

struct addresses {
	struct address *at;
	size_t len, cap;
};

static void add(struct arena *a, struct addresses *to, const struct ranges *from,
		enum family f)
{
	for (size_t i = 0; i < from->len; i++)
		for (u128 n = from->at[i].lo; n - 1 != from->at[i].hi; n++)
			*ARENA_PUSH(a, to) = (struct address){ f, n };
}

/* Gives the pod what may be its own. */
static void keep(struct ctx *cx, struct arena *scratch, struct pod *p, const char *space,
		 const struct isolation *loaded, struct isolated_list left[FAMILIES])
{
	struct addresses own = { 0 };

	for (size_t i = 0; i < p->naddresses; i++)
		*ARENA_PUSH(cx->arena, &own) = p->addresses[i];
	for (enum family f = 0; f < FAMILIES; f++) {
		struct ranges may;

		if (!lacks(cx, p, f))
			continue;
		may = take(scratch, loaded, &left[f], space);
		add(cx->arena, &own, &may, f);
	}
	p->addresses = own.at;
	p->naddresses = own.len;
}

static void say(const struct config *cfg, const char *space, const char *name, size_t n)
{
	BUF_AUTO shown = { 0 };

	visible_text(&shown, space);
	buf_putc(&shown, '/');
	visible_text(&shown, name);
	progress_say(
		cfg,
		"pod %s is taken to have %zu isolated address%s that nobody else has",
		shown.at, n, n == 1 ? "" : "es");
}

static void keep_all(struct ctx *cx, struct arena *scratch, const struct config *cfg,
		     const struct cluster *cl, const struct isolation *loaded)
{
	struct isolated_list left[FAMILIES];

	for (enum family f = 0; f < FAMILIES; f++)
		left[f] = unheld(scratch, cl, loaded, f);
	for (size_t i = 0; i < cl->npods; i++) {
		struct pod *p = &cl->pods[i];
		const char *space = cl->namespaces[p->namespace].name;
		size_t had = p->naddresses;

		if (!lacks_any(cx, p))
			continue;
		keep(cx, scratch, p, space, loaded, left);
		if (p->naddresses > had)
			say(cfg, space, p->name, p->naddresses - had);
	}
}

const struct decisions *keep_decide(struct ctx *cx, const struct config *cfg)
{
	const struct cluster *cl = pipeline_read(cx, cfg);
	struct isolation loaded;
	struct arena *scratch;
	bool good = true;

	if (!cl)
		return NULL;
	if (any_lacks(cx, cl)) {
		scratch = arena_new();
		good = isolation_read(cx, scratch, cfg->lower.table, CACHE_DIR, &loaded);
		if (good)
			keep_all(cx, scratch, cfg, cl, &loaded);
		arena_free(scratch);
	}
	return good ? pipeline_decide_cluster(cx, cfg, cl) : NULL;
}
