/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate - random clusters and what to ask about them
 *
 * Seeded: the same seed and size make the same model, text and probes.  The
 * input is valid, but for clusters that are to be read with --on-invalid isolate;
 * the universe is small, so that things overlap; and every numbered line of
 * meaning that a choice exercises is noted in the model.
 */
#ifndef NETPOLC_TEST_GENERATE_H
#define NETPOLC_TEST_GENERATE_H

#include "model.h"
#include "random.h"

struct arena;

/* size is the number of pods, about; policies go with it. */
struct model *generate(struct arena *a, uint64_t seed, size_t size)
	__attribute__((returns_nonnull));

/* The manifests of what is not dropped. */
void model_text(struct buf *out, struct arena *a, const struct model *m);

/* At most n probes: every kind of end, protocol and edge. */
struct model_probe *generate_probes(struct arena *a, struct model *m, size_t n)
	__attribute__((returns_nonnull));

/* True when Linux forwards packets from and to such an address. */
bool kernel_forwards(struct address a);

/*
 * Drops whatever can go while still(arg) stays true: styles, policies, rules,
 * peers, ports, pods, labels.
 */
void minimise(struct model *m, bool (*still)(void *arg), void *arg);

/* Parts of generate(), each in its own file. */
struct making {
	struct arena *arena;
	struct random random;
	struct model *model;
	size_t size;
	bool unborn; /* what no cluster has seen yet: most have no addresses */
};

void make_namespaces(struct making *mk);
void make_nodes(struct making *mk);
void make_pods(struct making *mk);
void make_labels(struct making *mk, struct model_labels *labels);
void make_policies(struct making *mk);
struct model_block *make_block(struct making *mk) __attribute__((returns_nonnull));

/* The label keys, values, port names and numbers that a universe is made of. */
const char *any_key(struct random *r);
const char *any_value(struct random *r);
const char *any_port_name(struct random *r);
unsigned any_port_number(struct random *r);

void tag(struct making *mk, unsigned line);

#endif
