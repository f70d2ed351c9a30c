/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: decisions, and the addresses that the loaded table isolates.  Out: whether
 * isolation would be lost to an extent that nobody means.
 *
 * The idea: an address that no pod of the input has is that of a pod that is gone, as
 * long as the input knows its namespace, or knows which there are and it is none of them;
 * else the input has lost a namespace.
 */
#include <netpolc/enforce/loss.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/isolation.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/plan.h>

#include <string.h>

/* What becomes of an address that is isolated. */
enum fate { STAYS, OPENS, GONE, LOST };
#define FATES (LOST + 1)

/* The namespace of a chain's class, if it is lost, else NULL. */
struct lost {
	bool known;
	const char *space;
};

struct losing {
	const struct ctx *cx;
	const struct decisions *dc;
	struct arena *arena;
	struct isolation loaded;
	struct lost *lost; /* by chain */
	size_t count[FAMILIES][FATES];
	const char *space; /* that an address is lost with */
};

/* ---- namespaces that are missing ---- */

static bool any_described(const struct cluster *cl)
{
	for (size_t i = 0; i < cl->nnamespaces; i++)
		if (cl->namespaces[i].described)
			return true;
	return false;
}

static bool has_policies(const struct cluster *cl, const struct namespace *ns)
{
	for (size_t i = 0; i < cl->npolicies; i++)
		if (&cl->namespaces[cl->policies[i].namespace] == ns)
			return true;
	return false;
}

/* The namespace of the listed policies, which have one in common, or NULL. */
static const char *lost_space(const struct losing *l, const char *policies)
{
	const struct cluster *cl = l->dc->cluster;
	const char *slash = strchr(policies, '/'), *space;
	const struct namespace *ns;

	if (!slash)
		return NULL; /* not by a policy */
	space = arena_strndup(l->arena, policies, (size_t)(slash - policies));
	ns = cluster_namespace(cl, space);
	if (ns ? ns->pods || has_policies(cl, ns) : any_described(cl))
		return NULL;
	return space;
}

static const char *chain_lost(struct losing *l, size_t chain)
{
	const struct loaded_chains *chains = &l->loaded.chains;
	struct lost *lost = &l->lost[chain];

	if (!lost->known && chain < chains->len)
		lost->space = lost_space(l, loaded_form_policies(chains->at[chain]));
	lost->known = true;
	return lost->space;
}

/* ---- addresses ---- */

/* An address as the loaded table has it: its entries, by direction, or NULL. */
struct entry {
	u128 number;
	const struct isolated *in[DIRECTIONS];
};

/* The next address of the family; place is where the directions' lists go on. */
static bool next_entry(const struct isolated_list lists[DIRECTIONS],
		       size_t place[DIRECTIONS], struct entry *out)
{
	bool any = false;

	*out = (struct entry){ 0 };
	for (enum direction d = 0; d < DIRECTIONS; d++) {
		if (place[d] == lists[d].len)
			continue;
		if (!any || lists[d].at[place[d]].number < out->number)
			out->number = lists[d].at[place[d]].number;
		any = true;
	}
	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (place[d] < lists[d].len &&
		    lists[d].at[place[d]].number == out->number)
			out->in[d] = &lists[d].at[place[d]++];
	return any;
}

/* Of an address that a pod of the input has. */
static enum fate fate_of_pod(const struct losing *l, const struct entry *e, enum family f,
			     uint32_t pod)
{
	for (enum direction d = 0; d < DIRECTIONS; d++)
		if (e->in[d] &&
		    (!l->cx->set.families[f] || !plan_isolates_for(l->dc, d, pod)))
			return OPENS;
	return STAYS;
}

/* Of an address that none has. */
static enum fate fate_of_none(struct losing *l, const struct entry *e)
{
	const char *space = NULL;

	for (enum direction d = 0; d < DIRECTIONS; d++) {
		if (!e->in[d])
			continue;
		space = chain_lost(l, e->in[d]->chain);
		if (!space)
			return GONE;
	}
	l->space = space;
	return LOST;
}

static void count_family(struct losing *l, enum family f)
{
	const struct classes *classes = l->dc->classes;
	size_t place[DIRECTIONS] = { 0 }, next = 0;
	struct entry e;

	while (next_entry(l->loaded.addresses[f], place, &e)) {
		const struct pod_address *a = classes->addresses[f];

		while (next < classes->naddresses[f] && a[next].number < e.number)
			next++;
		if (next < classes->naddresses[f] && a[next].number == e.number)
			l->count[f][fate_of_pod(l, &e, f, a[next].pod)]++;
		else
			l->count[f][fate_of_none(l, &e)]++;
	}
}

/* Pods that policy isolates, if only they had an address: those that are gone may be
 * theirs still. */
static size_t count_bare(const struct decisions *dc)
{
	size_t n = 0;

	for (size_t id = 0; id < dc->cluster->npods; id++)
		n += dc->cluster->pods[id].naddresses == 0 && plan_isolates(dc, id);
	return n;
}

static size_t count_isolated(const struct losing *l)
{
	const struct classes *classes = l->dc->classes;
	size_t n = 0;

	for (enum family f = 0; f < FAMILIES; f++)
		for (size_t i = 0; l->cx->set.families[f] && i < classes->naddresses[f];
		     i++)
			n += plan_isolates(l->dc, classes->addresses[f][i].pod);
	return n;
}

/* ---- the whole ---- */

/* With --legacy an annotation isolates without any policy. */
static bool says_nothing(const struct decisions *dc)
{
	return dc->cluster->npolicies == 0 && dc->classes->len[INGRESS] == 0 &&
	       dc->classes->len[EGRESS] == 0;
}

/* Why so many open, as far as namespaces are lost; "" if none is. */
static const char *cause(struct ctx *cx, const struct losing *l)
{
	size_t lost = l->count[FAMILY_IPV4][LOST] + l->count[FAMILY_IPV6][LOST];

	if (!lost)
		return "";
	return arena_printf(cx->arena,
			    ", %zu of them because their namespaces, '%s' for one, have "
			    "neither pods nor policies in the input: it may be of some "
			    "namespaces only, as from kubectl without -A",
			    lost, l->space);
}

/* What the table isolates, or isolated, and what is left of it; addresses. */
struct tally {
	size_t isolated, opened; /* of those */
	size_t now;		 /* isolated by the input */
	const char *why;	 /* cause() */
};

static struct tally count(struct ctx *cx, struct losing *l)
{
	struct tally t = { .now = count_isolated(l) };
	size_t bare = count_bare(l->dc);

	l->lost = ARENA_ARRAY(l->arena, l->loaded.chains.len + 1, struct lost);
	for (enum family f = 0; f < FAMILIES; f++) {
		const size_t *n = l->count[f];

		count_family(l, f);
		t.isolated += n[STAYS] + n[OPENS] + n[GONE] + n[LOST];
		t.opened += n[OPENS] + n[LOST] + (n[GONE] < bare ? n[GONE] : bare);
	}
	t.why = cause(cx, l);
	return t;
}

/* What the tally comes to. */
enum loss {
	LOSS_NONE,
	LOSS_ALL,    /* no policy is left */
	LOSS_MOST,   /* most of the addresses open */
	LOSS_SPACES, /* of namespaces that are missing, but not most */
	LOSS_GONE,   /* most pods */
};

static enum loss judge(const struct losing *l, const struct tally *t)
{
	if (t->isolated && says_nothing(l->dc))
		return LOSS_ALL;
	if (2 * t->opened > t->isolated)
		return LOSS_MOST;
	if (*t->why)
		return LOSS_SPACES;
	return 2 * t->now < t->isolated ? LOSS_GONE : LOSS_NONE;
}

static const char taken_to_be_gone[] =
	"pods that are not in the input are taken to be gone";

/* Of a table that is loaded.  foreseen: it is only asked what would be. */
static void tell(struct ctx *cx, struct losing *l, bool foreseen)
{
	const enum diag_level level =
		foreseen ? DIAG_WARNING : diag_default_level(DIAG_LOST_POLICIES);
	const char *meant = foreseen ? "apply refuses that without --allow-loss"
				     : "--allow-loss says that this is meant";
	const struct tally t = count(cx, l);

	switch (judge(l, &t)) {
	case LOSS_NONE:
		break;
	case LOSS_ALL:
		diag_add_level(cx->diags, DIAG_LOST_POLICIES, level, NULL,
			       "no NetworkPolicy in the input, but the loaded table "
			       "isolates %zu pod address%s; %s",
			       t.isolated, t.isolated == 1 ? "" : "es", meant);
		break;
	case LOSS_MOST:
		diag_add_level(cx->diags, DIAG_LOST_POLICIES, level, NULL,
			       "%zu of %zu isolated pod addresses would be open at "
			       "once%s; %s",
			       t.opened, t.isolated, t.why, meant);
		break;
	case LOSS_SPACES:
		diag_add_level(cx->diags, DIAG_LOST_POLICIES, DIAG_WARNING, NULL,
			       "%zu of %zu isolated pod addresses are not isolated any "
			       "more%s",
			       t.opened, t.isolated, t.why);
		break;
	case LOSS_GONE:
		diag_add_level(cx->diags, DIAG_LOST_POLICIES, DIAG_WARNING, NULL,
			       "the loaded table isolates %zu pod addresses, and %zu "
			       "will be; %s",
			       t.isolated, t.now, taken_to_be_gone);
		break;
	}
}

/* Of a table that is gone, so that all are open already. */
static void tell_gone(struct ctx *cx, struct losing *l)
{
	const struct tally t = count(cx, l);
	const char *more = taken_to_be_gone;

	switch (judge(l, &t)) {
	case LOSS_NONE:
		return;
	case LOSS_ALL:
		more = "no NetworkPolicy is in the input";
		break;
	case LOSS_MOST:
	case LOSS_SPACES:
		more = arena_printf(cx->arena, "%zu of them are left open%s", t.opened,
				    t.why);
		break;
	case LOSS_GONE:
		break;
	}
	diag_add_level(cx->diags, DIAG_LOST_POLICIES, DIAG_WARNING, NULL,
		       "the table that isolated %zu pod address%s is gone, and %zu will "
		       "be isolated now; %s",
		       t.isolated, t.isolated == 1 ? "" : "es", t.now, more);
}

void loss_recall(struct ctx *cx, const struct decisions *dc, const char *table,
		 const char *cache)
{
	struct losing l = { .cx = cx, .dc = dc, .arena = arena_new() };

	if (isolation_recall(l.arena, table, cache, &l.loaded))
		tell_gone(cx, &l);
	arena_free(l.arena);
}

static void check(struct ctx *cx, const struct decisions *dc, const char *table,
		  const char *cache, bool foreseen)
{
	struct losing l = { .cx = cx, .dc = dc, .arena = arena_new() };

	if (isolation_read(cx, l.arena, table, cache, &l.loaded))
		tell(cx, &l, foreseen);
	arena_free(l.arena);
}

void loss_foresee(struct ctx *cx, const struct decisions *dc, const char *table,
		  const char *cache)
{
	check(cx, dc, table, cache, true);
}

void loss_check(struct ctx *cx, const struct decisions *dc, const char *table,
		const char *cache)
{
	check(cx, dc, table, cache, false);
}
