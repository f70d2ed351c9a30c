/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a cluster whose contained pods may lack addresses; out: decisions that have them
 * from the loaded table.
 */
#include <netpolc/cli/keep.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/visible.h>
#include <netpolc/cli/machine.h>
#include <netpolc/cli/pipeline.h>
#include <netpolc/cli/progress.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/cache.h>
#include <netpolc/nft/isolation.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/names.h>

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

/* What the loaded table isolates of such pods. */
static struct ranges isolated(struct arena *a, const struct isolation *loaded,
			      enum family f, const char *space)
{
	struct ranges out = { 0 };

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		const struct isolated_list *list = &loaded->addresses[f][d];

		for (size_t i = 0; i < list->len; i++)
			if (stands_for(loaded, list->at[i].chain, space))
				*ARENA_PUSH(a, &out) =
					(struct range){ list->at[i].number,
							list->at[i].number };
	}
	ranges_settle(&out);
	return out;
}

/* What pods have. */
static struct ranges held(struct arena *a, const struct cluster *cl, enum family f)
{
	struct ranges out = { 0 };

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *p = &cl->pods[i];

		for (size_t j = 0; pod_is_live(p) && j < p->naddresses; j++)
			if (p->addresses[j].family == f)
				*ARENA_PUSH(a, &out) =
					(struct range){ p->addresses[j].number,
							p->addresses[j].number };
	}
	ranges_settle(&out);
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
static void keep(struct ctx *cx, const struct cluster *cl, struct pod *p,
		 const struct isolation *loaded)
{
	const char *space = cl->namespaces[p->namespace].name;
	struct arena *scratch = arena_new();
	struct addresses own = { 0 };

	for (size_t i = 0; i < p->naddresses; i++)
		*ARENA_PUSH(cx->arena, &own) = p->addresses[i];
	for (enum family f = 0; f < FAMILIES; f++) {
		struct ranges may = { 0 }, others;

		if (lacks(cx, p, f))
			may = isolated(scratch, loaded, f, space);
		if (!may.len)
			continue;
		others = held(scratch, cl, f);
		may = ranges_difference(scratch, &may, &others);
		add(cx->arena, &own, &may, f);
	}
	p->addresses = own.at;
	p->naddresses = own.len;
	arena_free(scratch);
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

static void keep_all(struct ctx *cx, const struct config *cfg, const struct cluster *cl,
		     const struct isolation *loaded)
{
	for (size_t i = 0; i < cl->npods; i++) {
		struct pod *p = &cl->pods[i];
		size_t had = p->naddresses;

		if (!lacks_any(cx, p))
			continue;
		keep(cx, cl, p, loaded);
		if (p->naddresses > had)
			say(cfg, cl->namespaces[p->namespace].name, p->name,
			    p->naddresses - had);
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
			keep_all(cx, cfg, cl, &loaded);
		arena_free(scratch);
	}
	return good ? pipeline_decide_cluster(cx, cfg, cl) : NULL;
}
