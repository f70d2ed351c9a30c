/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times what apply does behind the compiler, in a network namespace of its own: a
 * table of 100,000 elements is loaded, and is made the same, or a little different.
 * Before half of the rounds another program commits something.  The references are to
 * replace the whole table, as `nft -f` does, and to have the kernel list its elements
 * without looking at them.  Processor time, the kernel's included, and the best counts.
 *
 * usage: apply CACHE_DIRECTORY
 */
#include "figure.h"

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/nft/apply.h>

#include <libmnl/libmnl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#define PODS   100000
#define BLOCKS 5000
#define ROUNDS 7
#define SKIP   77

/* What a ruleset has beyond the common part. */
enum variant { PLAIN, ONE_POD, ONE_BLOCK, VARIANTS };

static struct set *add_map(struct ruleset *rs, const char *name, bool intervals)
{
	struct set *s = ruleset_add_set(rs, name, NULL);

	s->nkeys = 1;
	s->key[0] = KEY_IPV4;
	s->intervals = intervals;
	s->map = true;
	return s;
}

static const struct ruleset *build(struct arena *a, enum variant variant)
{
	struct ruleset *rs = ruleset_new(a, "netpolc", -1);
	struct chain *base = ruleset_add_chain(rs, "forward", NULL);
	struct chain *class = ruleset_add_chain(rs, "i-class", NULL);
	struct chain *ports = ruleset_add_chain(rs, "p-i-ports", NULL);
	struct set *pods = add_map(rs, "ingress4", false);
	struct set *blocks = add_map(rs, "nets4", true);

	base->base = true;
	for (u128 i = 0; i < PODS + (variant == ONE_POD); i++)
		set_add(rs, pods,
			(struct element){ .lo = (10u << 24) + i,
					  .hi = (10u << 24) + i,
					  .verdict = { VERDICT_GOTO, class } });
	for (u128 i = 0; i < BLOCKS + (variant == ONE_BLOCK); i++)
		set_add(rs, blocks,
			(struct element){ .lo = (20u << 24) + 512 * i,
					  .hi = (20u << 24) + 512 * i + 255,
					  .verdict = { VERDICT_JUMP, ports } });
	rule_lookup(rs, chain_add_rule(rs, base, NULL), pods, FIELD_IP_DADDR, 0);
	rule_lookup(rs, chain_add_rule(rs, class, NULL), blocks, FIELD_IP_SADDR, 0);
	rule_verdict(rs, chain_add_rule(rs, class, NULL),
		     (struct verdict){ .kind = VERDICT_DROP });
	rule_verdict(
		rs,
		rule_range(rs, chain_add_rule(rs, ports, NULL), FIELD_TCP_DPORT, 80, 80),
		(struct verdict){ .kind = VERDICT_ACCEPT });
	ruleset_finish(rs);
	return rs;
}

static double processor_time(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

struct bench {
	struct ctx cx;
	const struct ruleset *variants[VARIANTS];
	struct apply_options options;
};

static void best(double *least, double took)
{
	if (!*least || took < *least)
		*least = took;
}

static void apply(struct bench *b, enum variant v, enum apply_outcome want, double *least)
{
	double before = processor_time();
	struct apply_result r =
		apply_ruleset(&b->cx, &kernel_libnftables, b->variants[v], &b->options);

	best(least, processor_time() - before);
	if (r.outcome == want)
		return;
	fprintf(stderr, "apply: %s\n", r.fallback ? r.fallback : "not as expected");
	exit(3);
}

static void replace(struct bench *b, double *least)
{
	double before = processor_time();

	if (!kernel_replace(&b->cx, &kernel_libnftables, b->variants[PLAIN], false))
		exit(3);
	best(least, processor_time() - before);
}

/* Receives all elements of a set. */
static void list(const char *set)
{
	static char bytes[64 * 1024];
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct nfgenmsg *nf;
	int more = MNL_CB_OK;

	nlh->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nf = mnl_nlmsg_put_extra_header(nlh, sizeof(*nf));
	nf->nfgen_family = NFPROTO_INET;
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, "netpolc");
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, set);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		exit(3);
	while (more > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(nl, bytes, sizeof(bytes));

		more = n > 0 ? mnl_cb_run(bytes, (size_t)n, 0, 0, NULL, NULL) : -1;
	}
	if (more < 0)
		exit(3);
	mnl_socket_close(nl);
}

static void list_all(const struct bench *b, double *least)
{
	double before = processor_time();

	for (size_t i = 0; i < b->variants[PLAIN]->nsets; i++)
		list(b->variants[PLAIN]->sets[i]->name);
	best(least, processor_time() - before);
}

/* Another program changes its own table. */
static void foreign_commit(struct bench *b)
{
	if (!kernel_delete(&b->cx, &kernel_libnftables, "other"))
		exit(3);
}

struct times {
	double whole, listed;
	double same[2], pod[2], block[2]; /* nobody else has committed; somebody has */
};

static void round_of(struct bench *b, struct times *t)
{
	replace(b, &t->whole);
	apply(b, PLAIN, APPLY_UNCHANGED, &(double){ 0 });
	list_all(b, &t->listed);
	for (int foreign = 0; foreign < 2; foreign++) {
		static const struct {
			enum variant to;
			enum apply_outcome outcome;
		} steps[] = { { PLAIN, APPLY_UNCHANGED },
			      { ONE_POD, APPLY_CHANGED },
			      { PLAIN, APPLY_CHANGED },
			      { ONE_BLOCK, APPLY_CHANGED },
			      { PLAIN, APPLY_CHANGED } };
		double *least[] = { &t->same[foreign], &t->pod[foreign], &t->pod[foreign],
				    &t->block[foreign], &t->block[foreign] };

		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			if (foreign)
				foreign_commit(b);
			apply(b, steps[i].to, steps[i].outcome, least[i]);
		}
	}
}

static void print(const char *what, const double took[2], const struct times *t)
{
	static const char *const whose[] = { "generation ours", "moved by others" };
	char text[64];

	for (int foreign = 0; foreign < 2; foreign++) {
		snprintf(text, sizeof(text), "apply: %s, %s", what, whose[foreign]);
		figure_print(text, took[foreign], "ms", t->whole);
	}
	figure_print("  the same, against a list of its elements", took[1], "ms",
		     t->listed);
}

int main(int argc, char *argv[])
{
	struct settings set = settings_default();
	struct bench b = { 0 };
	struct times t = { 0 };

	if (argc != 2) {
		fputs("usage: apply CACHE_DIRECTORY\n", stderr);
		return 2;
	}
	if (geteuid() || unshare(CLONE_NEWNET)) {
		puts("apply: skipped, needs root");
		return SKIP;
	}
	ctx_init(&b.cx, &set);
	b.options.cache = argv[1];
	for (enum variant v = 0; v < VARIANTS; v++)
		b.variants[v] = build(b.cx.arena, v);
	for (int round = 0; round < ROUNDS; round++)
		round_of(&b, &t);
	print("nothing to do", t.same, &t);
	print("one pod changed", t.pod, &t);
	print("interval map changed", t.block, &t);
	ctx_free(&b.cx);
	return 0;
}
