/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Times the look-up of addresses: the locator beside binary search in the sorted
 * arrays that it was made of, for addresses of pods and for others, in both families.
 *
 * How full the locator's hash table is around an address depends on its random
 * multipliers: of several locators the slowest counts, at its best.
 */
#include "core_bench.h"
#include "figure.h"

#include <netpolc/base/arena.h>
#include <netpolc/policy/locate.h>

#include <stdio.h>

#define LOCATORS 5

struct batch {
	const char *what;
	enum family family;
	bool outside;
};

static struct address draw_pod(const struct classes *cs, enum family f, uint64_t *state)
{
	uint32_t i = draw(state, (uint32_t)cs->naddresses[f]);

	return (struct address){ f, cs->addresses[f][i].number };
}

static uint64_t run_locator(const struct locator *l, const struct address *at, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		uint32_t pod, atom = locate(l, at[i], &pod);

		sum += ((uint64_t)pod << 32) + atom;
	}
	return sum;
}

static uint64_t run_search(const struct classes *cs, const struct address *at, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct pod_address *pod = classes_find_address(cs, at[i]);

		sum += pod ? ((uint64_t)pod->pod << 32) + pod->atom
			   : ((uint64_t)NO_POD << 32) + classes_interval_atom(cs, at[i]);
	}
	return sum;
}

/* Seconds of the best round; *sum says what was found. */
static double time_locator(const struct locator *l, const struct address *at, size_t n,
			   uint64_t *sum)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = core_now(), took;

		*sum = run_locator(l, at, n);
		took = core_now() - start;
		best = took < best ? took : best;
	}
	return best;
}

static double time_search(const struct classes *cs, const struct address *at, size_t n,
			  uint64_t *sum)
{
	double best = 1e9;

	for (int round = 0; round < ROUNDS; round++) {
		double start = core_now(), took;

		*sum = run_search(cs, at, n);
		took = core_now() - start;
		best = took < best ? took : best;
	}
	return best;
}

static bool time_batch(const struct classes *cs, const struct locator *const *locators,
		       const struct batch *b, struct address *at, size_t n)
{
	uint64_t state = 1, sum, want;
	double slowest = 0, reference;
	bool same = true;

	for (size_t i = 0; i < n; i++)
		at[i] = b->outside ? core_draw_outside(cs, b->family, &state)
				   : draw_pod(cs, b->family, &state);
	reference = time_search(cs, at, n, &want);
	for (size_t i = 0; i < LOCATORS; i++) {
		double took = time_locator(locators[i], at, n, &sum);

		slowest = took > slowest ? took : slowest;
		same = same && sum == want;
	}
	figure_print(b->what, (double)n / slowest * 1e-6, "M/s",
		     (double)n / reference * 1e-6);
	return same;
}

struct address core_draw_outside(const struct classes *cs, enum family f, uint64_t *state)
{
	struct address a = { .family = f };

	do {
		const struct interval *in =
			&cs->intervals[f][draw(state, (uint32_t)cs->nintervals[f])];
		u128 width = in->hi - in->lo;

		a.number = in->lo + draw(state, width < UINT32_MAX ? (uint32_t)width + 1
								   : UINT32_MAX);
	} while (classes_find_address(cs, a));
	return a;
}

bool core_addresses(struct arena *a, const struct classes *cs, size_t n)
{
	static const struct batch batches[] = {
		{ "addresses of pods, IPv4, against binary search", FAMILY_IPV4, false },
		{ "addresses of pods, IPv6", FAMILY_IPV6, false },
		{ "other addresses, IPv4", FAMILY_IPV4, true },
		{ "other addresses, IPv6", FAMILY_IPV6, true },
	};
	struct address *at = ARENA_ARRAY(a, n, struct address);
	const struct locator *locators[LOCATORS];
	bool same = true;

	for (size_t i = 0; i < LOCATORS; i++)
		locators[i] = locator_build(a, cs);
	for (size_t i = 0; i < ARRAY_SIZE(batches); i++)
		if (batches[i].outside || cs->naddresses[batches[i].family])
			same = time_batch(cs, locators, &batches[i], at, n) && same;
	for (enum family f = 0; f < FAMILIES; f++) {
		figure_print(f ? "  addresses of pods, IPv6"
			       : "  addresses of pods, IPv4",
			     (double)cs->naddresses[f], "", 0);
		figure_print(f ? "  intervals, IPv6" : "  intervals, IPv4",
			     (double)cs->nintervals[f], "", 0);
	}
	return same;
}
