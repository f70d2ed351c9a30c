/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gen - the parts of the cluster that gen prints
 */
#ifndef BENCH_GEN_H
#define BENCH_GEN_H

#include "print.h"

#include <stdint.h>

#define PODS_PER_NAMESPACE 200
#define APPS		   10
#define TEAMS		   8

/* What pods and namespaces are called: by app and number, by number. */
#define POD_NAME  "app-%u-7d9c5b8f6-p%05u"
#define POD_SPACE "space-%03u"

struct gen {
	struct print out;
	uint64_t state;
	unsigned pods, policies, configmaps, namespaces;
};

/* A random number below n. */
unsigned below(struct gen *g, unsigned n);

void map(struct gen *g, const char *key);
void list(struct gen *g, const char *key);
void end(struct gen *g);

void number(struct gen *g, const char *key, unsigned value);

/* An item of the list: opens it and its metadata. */
void head(struct gen *g, const char *version, const char *kind);
void uid(struct gen *g);

void gen_pod(struct gen *g, unsigned i);
void gen_policy(struct gen *g, unsigned i);

/* The whole List. */
void gen_cluster(struct gen *g);

/* A line of a probe file: source, destination, protocol, port. */
void gen_probe(struct gen *g);

#endif
