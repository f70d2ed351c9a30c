/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sizes come in, a cluster as kubectl get -o yaml|json prints it goes out: ConfigMaps,
 * which are ballast, policies, pods of about 4 KB with everything that an API server
 * adds to them, and namespaces.
 *
 * A namespace has 200 pods, of 10 apps with 20 replicas each, and every fourth one
 * is dual stack.  Which kinds of policies there are stands in gen_policies.c.
 */
#include "gen.h"

/* splitmix64: the same numbers everywhere */
unsigned below(struct gen *g, unsigned n)
{
	uint64_t z = g->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) % n);
}

void map(struct gen *g, const char *key)
{
	print_open(&g->out, key, false);
}

void list(struct gen *g, const char *key)
{
	print_open(&g->out, key, true);
}

void end(struct gen *g)
{
	print_close(&g->out);
}

void number(struct gen *g, const char *key, unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	print_raw(&g->out, key, text);
}

void head(struct gen *g, const char *version, const char *kind)
{
	map(g, NULL);
	print_text(&g->out, "apiVersion", "%s", version);
	print_text(&g->out, "kind", "%s", kind);
	map(g, "metadata");
}

void uid(struct gen *g)
{
	unsigned a = below(g, 1u << 28), b = below(g, 1u << 16), c = below(g, 1u << 31);

	print_text(&g->out, "uid", "f%07x-%04x-4a10-a0c3-%012x", a, b, c);
}

static void configmap(struct gen *g, unsigned i)
{
	char key[16];

	head(g, "v1", "ConfigMap");
	print_text(&g->out, "name", "config-%u", i);
	print_text(&g->out, "namespace", "space-000");
	uid(g);
	end(g);
	map(g, "data");
	for (unsigned line = 0; line < 60; line++) {
		snprintf(key, sizeof(key), "setting-%u", line);
		print_text(&g->out, key, "the value of setting %u of ConfigMap %08x",
			   line, below(g, ~0u));
	}
	end(g);
	end(g);
}

static void namespace(struct gen *g, unsigned i)
{
	head(g, "v1", "Namespace");
	map(g, "labels");
	print_text(&g->out, "kubernetes.io/metadata.name", "space-%03u", i);
	print_text(&g->out, "team", "team-%u", i % TEAMS);
	end(g);
	print_text(&g->out, "name", "space-%03u", i);
	uid(g);
	end(g);
	end(g);
}

void gen_cluster(struct gen *g)
{
	g->namespaces = g->pods / PODS_PER_NAMESPACE + 1;
	map(g, NULL);
	print_text(&g->out, "apiVersion", "v1");
	list(g, "items");
	for (unsigned i = 0; i < g->configmaps; i++)
		configmap(g, i);
	for (unsigned i = 0; i < g->policies; i++)
		gen_policy(g, i);
	for (unsigned i = 0; i < g->pods; i++)
		gen_pod(g, i);
	for (unsigned i = 0; i < g->namespaces; i++)
	namespace(g, i);
	end(g);
	print_text(&g->out, "kind", "List");
	map(g, "metadata");
	print_quoted(&g->out, "resourceVersion", "");
	end(g);
	end(g);
}
