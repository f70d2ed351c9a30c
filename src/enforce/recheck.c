/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decisions come in, and the connections of this machine; those that are denied end.
 */
#include <netpolc/enforce/recheck.h>

#include <netpolc/base/diag.h>
#include <netpolc/node/conntrack.h>
#include <netpolc/node/own_addresses.h>
#include <netpolc/policy/core.h>
#include <netpolc/run/progress.h>

#include <errno.h>
#include <string.h>

/* Apply has the ruleset in memory already, and even a search through the rows is much
 * faster than the kernel tells of connections. */
#define CELLS ((size_t)1 << 22)
#define WORDS ((size_t)1 << 20)

struct judge {
	const struct core *core;
	struct ranges own[FAMILIES];
};

static unsigned protocol_of(unsigned number)
{
	for (enum protocol p = 0; p < PROTOCOLS; p++)
		if (protocol_number(p) == number)
			return p;
	return PROTO_OTHER;
}

/* What this machine is an end of itself was never forwarded. */
static bool is_own(const struct judge *j, struct address a)
{
	return ranges_contain(&j->own[a.family], a.number);
}

/* Where nobody saw which end began, the one way counts that rules allow; that nothing
 * isolates an end in its direction says little of who began. */
static bool is_denied(const struct conntrack_opening *opening, void *arg)
{
	const struct judge *j = arg;
	const struct endpoint from = { .address = opening->from };
	const struct endpoint to = { .address = opening->to };
	const unsigned protocol = protocol_of(opening->protocol);
	struct verdict_of_core v, back;

	if (is_own(j, opening->from) || is_own(j, opening->to))
		return false;
	v = core_decide(j->core, &from, &to, protocol, opening->port);
	if (!opening->midway)
		return !v.allow;
	back = core_decide(j->core, &to, &from, protocol, opening->source_port);
	if (v.allow == back.allow)
		return !v.allow;
	return (v.allow ? v : back).reason != REASON_RULES;
}

static void report(struct ctx *cx, int err, const char *what)
{
	const char *reason = "connection tracking cannot be read";

	if (err == -EPERM || err == -EACCES)
		reason = "no privilege to see connections: it takes root, or "
			 "CAP_NET_ADMIN in the network namespace";
	else if (err == -EINVAL || err == -EOPNOTSUPP || err == -EPROTONOSUPPORT)
		reason = "this kernel does not tell of connections "
			 "(nf_conntrack_netlink)";
	diag_add(cx->diags, DIAG_KERNEL, NULL, "%s: %s (%s)", what, reason,
		 strerror(-err));
}

struct conntrack *recheck_begin(struct ctx *cx)
{
	struct conntrack *ct;
	int err = conntrack_open(&ct);

	if (!err)
		return ct;
	report(cx, err, "connections could not be rechecked");
	return NULL;
}

void recheck_run(struct ctx *cx, const struct config *cfg, const struct decisions *dc,
		 struct conntrack *ct)
{
	struct timespec since = progress_start();
	struct conntrack_count count = { 0 };
	struct judge judge = { core_build_within(cx, dc, CELLS, WORDS), { { 0 } } };
	int err = own_addresses(cx->arena, judge.own);

	for (enum family f = 0; f < FAMILIES && !err; f++)
		if (cx->set.families[f])
			err = conntrack_cut(ct, f, cfg->dry_run, is_denied, &judge,
					    &count);
	cx->changed |= count.cut && !cfg->dry_run;
	if (err)
		report(cx, err, "not all connections were rechecked");
	progress_stage(cfg, &since, "recheck: %zu connections, %zu %s", count.seen,
		       count.cut, cfg->dry_run ? "would be ended" : "ended");
}
