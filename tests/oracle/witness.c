/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random clusters in, agreement out.  Each cluster is written as manifests, read
 * back through the whole front end, and every probe is put to the oracle and to
 * the witnesses.  The first disagreement is made small, printed, and ends the run.
 *
 *   witness [--clusters N] [--seed S] [--least N] [--print]
 *
 * --least: on so many probes must each witness have said something.
 */
#include "witness.h"
#include "coverage.h"
#include "generate.h"
#include "load.h"
#include <getopt.h>
#include <netpolc/base/arena.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROBES	300
#define LARGEST 16
#define LARGE	60

struct run {
	struct coverage coverage;
	size_t clusters, probes, allowed, abstained[WITNESSES];
};

/* A disagreement: the model, the probe, and which witness said what. */
struct dispute {
	struct model *model;
	const struct model_probe *probe;
	const struct witness *witness;
	bool oracle;
	enum testimony said;
	const char *fault;
};

static bool contradicts(enum testimony said, bool oracle, const char *fault)
{
	return fault || (said != ABSTAINS && (said == SAYS_ALLOW) != oracle);
}

/* Mostly small, so that a disagreement is easy to read; some large enough for
 * classes and peers to be shared. */
static size_t size_for(uint64_t seed)
{
	return seed % 40 == 0 ? LARGE : 1 + seed % LARGEST;
}

static void load_model(struct loaded_input *l, struct arena *a, const struct model *m)
{
	BUF_AUTO text = { 0 };

	model_text(&text, a, m);
	load_text(l, &m->set, &text);
}

/* Asks the disputed probe of the model as it is now. */
static bool still_disagree(void *arg)
{
	struct dispute *d = arg;
	struct arena *a = arena_new();
	struct oracle_probe probe;
	struct loaded_input l;
	bool disagree = false;

	load_model(&l, a, d->model);
	if (l.cluster && find_probe(l.cluster, d->probe, &probe)) {
		bool oracle = oracle_allows(l.cluster, &l.cx.set, &probe);
		const void *prepared = d->witness->prepare(d->witness, &l.cx, l.cluster);
		const char *fault = NULL;
		enum testimony said =
			d->witness->ask(prepared, l.cluster, &probe, &fault);

		disagree = contradicts(said, oracle, fault);
		if (disagree) {
			d->oracle = oracle;
			d->said = said;
			d->fault = fault;
		}
	}
	loaded_free(&l);
	arena_free(a);
	return disagree;
}

static void print_settings(const struct settings *set)
{
	printf("options: --namespace %s", set->default_namespace);
	if (set->node)
		printf(" --node %s", set->node);
	if (set->legacy)
		printf(" --legacy");
	if (set->allow_other_protocols)
		printf(" --other-protocols allow");
	if (set->isolate_invalid)
		printf(" --on-invalid isolate");
	for (size_t i = 0; i < set->npod_cidrs; i++) {
		BUF_AUTO text = { 0 };

		prefix_print(&text, set->pod_cidrs[i]);
		printf(" --unknown-pods deny --pod-cidr %s", text.at);
	}
	for (int f = 0; f < FAMILIES; f++)
		if (!set->families[f])
			printf(" --family %d", f == FAMILY_IPV4 ? 6 : 4);
	putchar('\n');
}

static void print_text(const struct model *m)
{
	struct arena *a = arena_new();
	BUF_AUTO text = { 0 };

	model_text(&text, a, m);
	printf("%s", text.at ? text.at : "");
	arena_free(a);
}

static void report(struct dispute *d)
{
	minimise(d->model, still_disagree, d);
	still_disagree(d);
	printf("DISAGREEMENT with seed %llu\n", (unsigned long long)d->model->seed);
	printf("probe: %s\t%s\t%s\t%u\n", d->probe->source, d->probe->destination,
	       d->probe->protocol, d->probe->port);
	printf("oracle: %s, %s: %s\n", d->oracle ? "allow" : "deny", d->witness->name,
	       d->said == SAYS_ALLOW  ? "allow"
	       : d->said == SAYS_DENY ? "deny"
				      : "nothing");
	if (d->fault)
		printf("fault: %s\n", d->fault);
	print_settings(&d->model->set);
	print_text(d->model);
}

/* False, after reporting it, when a witness contradicts the oracle. */
static bool ask_all(struct run *run, struct model *m, const struct loaded_input *l,
		    const void *const prepared[], const struct model_probe *text)
{
	struct oracle_probe probe;
	bool oracle;

	if (!find_probe(l->cluster, text, &probe)) {
		printf("seed %llu: no such end: %s %s\n", (unsigned long long)m->seed,
		       text->source, text->destination);
		return false;
	}
	oracle = oracle_allows(l->cluster, &l->cx.set, &probe);
	run->probes++;
	run->allowed += oracle;
	for (size_t i = 0; witnesses[i]; i++) {
		const char *fault = NULL;
		enum testimony said =
			witnesses[i]->ask(prepared[i], l->cluster, &probe, &fault);

		run->abstained[i] += said == ABSTAINS;
		if (contradicts(said, oracle, fault)) {
			struct dispute d = { m, text, witnesses[i], oracle, said, fault };

			report(&d);
			return false;
		}
	}
	return true;
}

static bool run_cluster(struct run *run, uint64_t seed)
{
	struct arena *a = arena_new();
	struct model *m = generate(a, seed, size_for(seed));
	const struct model_probe *probes = generate_probes(a, m, PROBES);
	const void *prepared[WITNESSES];
	struct loaded_input l;
	bool good;

	load_model(&l, a, m);
	good = l.cluster != NULL;
	if (good) {
		coverage_add(&run->coverage, m->tags);
		run->clusters++;
		for (size_t i = 0; witnesses[i]; i++)
			prepared[i] =
				witnesses[i]->prepare(witnesses[i], &l.cx, l.cluster);
		for (size_t i = 0; good && i < PROBES; i++)
			good = ask_all(run, m, &l, prepared, &probes[i]);
	} else {
		printf("seed %llu: what was generated is refused\n",
		       (unsigned long long)seed);
		print_text(m);
		loaded_complain(&l);
	}
	loaded_free(&l);
	arena_free(a);
	return good;
}

static bool summarise(const struct run *run, uint64_t least)
{
	bool testified = true;

	double share =
		run->probes ? 100.0 * (double)run->allowed / (double)run->probes : 0;
	bool complete = coverage_print(&run->coverage);
	bool balanced = share >= 20 && share <= 80;

	printf("%zu clusters, %zu probes: %.1f %% allowed, %.1f %% denied%s\n",
	       run->clusters, run->probes, share, 100 - share,
	       balanced ? "" : "  OUT OF BALANCE");
	for (size_t i = 0; witnesses[i]; i++) {
		size_t agreed = run->probes - run->abstained[i];

		printf("%s: agreed on %zu, abstained on %zu%s\n", witnesses[i]->name,
		       agreed, run->abstained[i], agreed < least ? "  TOO FEW" : "");
		testified = testified && agreed >= least;
	}
	/* A short run cannot reach every line. */
	return testified && ((complete && balanced) || run->clusters < 1000);
}

/* For looking at what the generator makes, and for the other tests. */
static void print_cluster(uint64_t seed)
{
	struct arena *a = arena_new();
	struct model *m = generate(a, seed, size_for(seed));

	print_settings(&m->set);
	print_text(m);
	arena_free(a);
}

int main(int argc, char *argv[])
{
	static const struct option options[] = {
		{ "clusters", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 's' },
		{ "least", required_argument, NULL, 'l' },
		{ "print", no_argument, NULL, 'p' },
		{ 0 }
	};
	uint64_t clusters = 2000, seed = 1, least = 0;
	static struct run run;

	for (int c; (c = getopt_long(argc, argv, "n:s:l:p", options, NULL)) != -1;) {
		if (c == 'n')
			clusters = strtoull(optarg, NULL, 10);
		else if (c == 's')
			seed = strtoull(optarg, NULL, 10);
		else if (c == 'l')
			least = strtoull(optarg, NULL, 10);
		else if (c == 'p')
			return print_cluster(seed), 0;
		else
			return 2;
	}
	for (uint64_t i = 0; i < clusters; i++)
		if (!run_cluster(&run, seed + i))
			return 1;
	return summarise(&run, least) ? 0 : 1;
}
