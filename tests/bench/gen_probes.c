/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes come in, a line of a probe file goes out: connections that clusters see, half
 * of them within a namespace, on ports that policies name.  A random pair of pods is
 * hardly ever allowed, for policies mostly speak of their own namespace.
 */
#include "gen.h"

static unsigned any_pod(struct gen *g)
{
	return below(g, g->pods);
}

/* Another pod of the namespace, if there is one: hardly any pod calls itself. */
static unsigned neighbour(struct gen *g, unsigned pod)
{
	unsigned place = pod % PODS_PER_NAMESPACE, first = pod - place;
	unsigned rest = g->pods - first;
	unsigned len = rest < PODS_PER_NAMESPACE ? rest : PODS_PER_NAMESPACE;

	return len < 2 ? pod : first + (place + 1 + below(g, len - 1)) % len;
}

static void put_pod(struct gen *g, unsigned i)
{
	fprintf(g->out.to, POD_SPACE "/" POD_NAME "\t", i / PODS_PER_NAMESPACE, i % APPS,
		i);
}

/* An address that no pod has, of one of the blocks that policies name or of none. */
static void put_outside(struct gen *g)
{
	unsigned a = below(g, 20), b = below(g, 256), c = below(g, 256);

	fprintf(g->out.to, "%u.%u.%u.7\t", a < 10 ? a + 1 : a + 90, b, c);
}

void gen_probe(struct gen *g)
{
	static const unsigned ports[] = { 53,	80,   443,  5432, 6379, 8000, 8001,
					  8002, 8003, 8080, 9090, 9100, 30000 };
	unsigned kind = below(g, 8), from = any_pod(g);

	if (kind == 0)
		put_outside(g);
	else
		put_pod(g, from);
	if (kind == 1)
		put_outside(g);
	else
		put_pod(g, kind < 4 ? any_pod(g) : neighbour(g, from));
	fprintf(g->out.to, "tcp\t%u\n",
		ports[below(g, sizeof(ports) / sizeof(ports[0]))]);
}
