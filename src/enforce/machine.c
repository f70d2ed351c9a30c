/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options and pods come in, the options as they hold on this machine go out.
 */
#include <netpolc/enforce/machine.h>

#include <netpolc/base/arena.h>
#include <netpolc/node/bypass.h>
#include <netpolc/node/flowtables.h>
#include <netpolc/node/own_addresses.h>
#include <netpolc/run/progress.h>

#include <string.h>

struct addresses {
	struct address *at;
	size_t len, cap;
};

bool machine_enforces(const struct ctx *cx, const struct pod *p)
{
	return pod_is_live(p) && !p->workload && pod_is_on(p, cx->set.node);
}

/* Of the pods that are enforced, in the families that are decided. */
static struct addresses addresses_here(struct ctx *cx, const struct cluster *cl)
{
	struct addresses out = { 0 };

	for (size_t i = 0; i < cl->npods; i++) {
		const struct pod *pod = &cl->pods[i];

		for (size_t a = 0; machine_enforces(cx, pod) && a < pod->naddresses; a++)
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
		progress_tell(cfg, "forged sources are dropped on %zu interface%s",
			      COUNTED(cfg->npod_interfaces ?: n));
}

/* ---- what escapes ---- */

static void refuse(struct ctx *cx, const struct config *cfg, const char *text)
{
	bool goes_on = cfg->allow_unenforced;

	diag_add_level(cx->diags, DIAG_BYPASS,
		       goes_on ? DIAG_WARNING : diag_default_level(DIAG_BYPASS), NULL,
		       "%s%s", text,
		       goes_on ? "" : "; --allow-unenforced goes on all the same");
}

static void check_bridges(struct ctx *cx, const struct config *cfg,
			  const struct pod_links *links)
{
	for (enum family f = 0; f < FAMILIES; f++) {
		const char *bridge = bypass_bridge(links, f);

		if (!bridge)
			continue;
		refuse(cx, cfg,
		       arena_printf(cx->arena,
				    "%s between pods on bridge %s is not seen: "
				    "net.bridge.bridge-nf-call-ip%stables is not 1",
				    family_name(f), bridge, f == FAMILY_IPV4 ? "" : "6"));
	}
}

static void check_ipvs(struct ctx *cx, const struct config *cfg, const struct routes *r)
{
	if (!cfg->lower.late && bypass_ipvs(r))
		refuse(cx, cfg,
		       "what IPVS balances is never forwarded, and seen only with --hook "
		       "postrouting");
}

/* New policies are not for what is on a short cut already. */
static void check_flowtables(struct ctx *cx)
{
	const char *first = flowtables_first(cx->arena);

	if (first)
		diag_add_level(cx->diags, DIAG_BYPASS, DIAG_WARNING, NULL,
			       "flowtable %s takes packets of known connections past "
			       "policy, and past --recheck-connections",
			       first);
}

static bool owns_node(struct ctx *cx, const struct cluster *cl)
{
	struct ranges own[FAMILIES];

	if (own_addresses(cx->arena, own))
		return false;
	for (size_t i = 0; i < cl->nnodes; i++)
		for (size_t a = 0; a < cl->nodes[i].naddresses; a++)
			if (ranges_contain(&own[cl->nodes[i].addresses[a].family],
					   cl->nodes[i].addresses[a].number))
				return true;
	return false;
}

static void check_nodes(struct ctx *cx, const struct cluster *cl)
{
	const char *first = NULL, *second = NULL;

	for (size_t i = 0; i < cl->npods && !second && !cx->set.node; i++) {
		const struct pod *pod = &cl->pods[i];

		if (!pod->node || !pod_is_live(pod))
			continue;
		if (!first)
			first = pod->node;
		else if (strcmp(first, pod->node))
			second = pod->node;
	}
	if (second && owns_node(cx, cl))
		diag_add(cx->diags, DIAG_SEVERAL_NODES, NULL,
			 "this is a node of the cluster, and the pods are of several, "
			 "'%s' and '%s' among them; --node says which this is",
			 first, second);
}

/* ---- looking ---- */

static bool report(struct ctx *cx, int err)
{
	if (err)
		diag_add(cx->diags, DIAG_KERNEL, NULL,
			 "the routes of this machine cannot be read: %s", strerror(-err));
	return !err;
}

static bool all_filtered(const struct ctx *cx)
{
	for (enum family f = 0; f < FAMILIES; f++)
		if (cx->set.families[f] && !bypass_is_filtered(f))
			return false;
	return true;
}

bool machine_settle(struct ctx *cx, struct config *cfg, const struct cluster *cl,
		    bool check)
{
	bool spoof = cfg->lower.anti_spoof ||
		     (cfg->set.node && !cfg->no_anti_spoof && !cfg->lower.late);
	struct addresses pods = { 0 };
	struct pod_links links;
	struct routes *routes;
	int err = routes_open(&routes, cx->arena);

	if (check) {
		check_nodes(cx, cl);
		check_flowtables(cx);
	}
	if (!err && check)
		check_ipvs(cx, cfg, routes);
	/* That takes a question to the kernel for each pod. */
	if (!err && (spoof || (check && routes_bridged(routes) && !all_filtered(cx))))
		pods = addresses_here(cx, cl);
	if (!err)
		err = pod_links_find(cx->arena, routes, pods.at, pods.len, &links);
	routes_close(routes);
	if (!report(cx, err))
		return false;
	if (spoof)
		settle_spoof(cx, cfg, &links);
	if (check)
		check_bridges(cx, cfg, &links);
	return !diag_failed(cx->diags);
}

void machine_survey(struct ctx *cx, const struct survey *s, struct machine *out)
{
	struct pod_links links;
	struct routes *routes;
	int err = routes_open(&routes, cx->arena);

	*out = (struct machine){ .flowtable = flowtables_first(cx->arena) };
	if (!err)
		err = pod_links_find(cx->arena, routes, s->pods.at, s->pods.len, &links);
	if (!err) {
		out->ipvs = !s->late && bypass_ipvs(routes);
		for (enum family f = 0; f < FAMILIES; f++)
			out->bridge[f] = bypass_bridge(&links, f);
		for (size_t i = 0; i < links.len && s->anti_spoof; i++)
			if (links.at[i].link->bridge)
				out->spoof_gap = links.at[i].link->name;
	}
	routes_close(routes);
	report(cx, err);
}
