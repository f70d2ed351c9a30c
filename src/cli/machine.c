/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options and pods come in, the options as they hold on this machine go out.
 */
#include <netpolc/cli/machine.h>

#include <netpolc/base/arena.h>
#include <netpolc/cli/progress.h>
#include <netpolc/node/pod_links.h>

#include <string.h>

struct addresses {
	struct address *at;
	size_t len, cap;
};

static bool is_here(const struct ctx *cx, const struct pod *p)
{
	return pod_is_live(p) && !p->workload &&
	       (!cx->set.node || (p->node && !strcmp(p->node, cx->set.node)));
}

/* Of the pods that are enforced, in the families that are decided. */
static struct addresses addresses_here(struct ctx *cx, const struct cluster *cl)
{
	struct addresses out = { 0 };

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *pod = &cl->pods[i];

		for (size_t a = 0; is_here(cx, pod) && a < pod->naddresses; a++)
			if (cx->set.families[pod->addresses[a].family])
				*ARENA_PUSH(cx->arena, &out) = pod->addresses[a];
	}
	return out;
}

static bool any_routed(const struct pod_links *links)
{
	for (size_t i = 0; i < links->len; i++)
		if (!links->at[i].link->bridge)
			return true;
	return false;
}

/* Forged sources can be told where pods have routes of their own; where they share a
 * bridge only those that are of no pod on it. */
static void settle_spoof(struct ctx *cx, struct config *cfg,
			 const struct pod_links *links)
{
	const char **names = ARENA_ARRAY(cx->arena, links->len, const char *);
	size_t n = 0;

	if (cfg->set.node && !cfg->no_anti_spoof && any_routed(links))
		cfg->lower.anti_spoof = true;
	for (size_t i = 0; i < links->len; i++)
		if (ifname_is_plain(links->at[i].link->name))
			names[n++] = links->at[i].link->name;
	cfg->lower.pod_links = names;
	cfg->lower.npod_links = n;
	if (cfg->lower.anti_spoof)
		progress_tell(cfg, "forged sources are dropped on %zu interfaces",
			      cfg->npod_interfaces ? cfg->npod_interfaces : n);
}

static bool report(struct ctx *cx, int err)
{
	if (err)
		diag_add(cx->diags, DIAG_KERNEL, NULL,
			 "the routes of this machine cannot be read: %s", strerror(-err));
	return !err;
}

static int find_links(struct ctx *cx, const struct address *pods, size_t n,
		      struct pod_links *out)
{
	struct routes *routes;
	int err = routes_open(&routes, cx->arena);

	if (!err)
		err = pod_links_find(cx->arena, routes, pods, n, out);
	routes_close(routes);
	return err;
}

bool machine_settle(struct ctx *cx, struct config *cfg, const struct cluster *cl)
{
	struct addresses pods;
	struct pod_links links;

	if (!cfg->lower.anti_spoof && (!cfg->set.node || cfg->no_anti_spoof))
		return true;
	pods = addresses_here(cx, cl);
	if (!report(cx, find_links(cx, pods.at, pods.len, &links)))
		return false;
	settle_spoof(cx, cfg, &links);
	return true;
}

const char *machine_spoof_gap(struct ctx *cx, const struct survey *s)
{
	struct pod_links links;

	if (!s->anti_spoof ||
	    !report(cx, find_links(cx, s->pods.at, s->pods.len, &links)))
		return NULL;
	for (size_t i = 0; i < links.len; i++)
		if (links.at[i].link->bridge)
			return links.at[i].link->name;
	return NULL;
}
