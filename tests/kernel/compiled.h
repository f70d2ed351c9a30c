/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compiled - manifests as a ruleset, for tests that send packets
 */
#ifndef NETPOLC_TEST_COMPILED_H
#define NETPOLC_TEST_COMPILED_H

#include "../oracle/load.h"

#include <netpolc/nft/lower.h>

/* What is compiled lives until loaded_free(&c.input). */
struct compiled {
	struct loaded_input input;
	const struct ruleset *ruleset;
};

/* The ruleset of pods and policies, as YAML. */
static inline void compile_with(struct compiled *c, const char *pods,
				const char *policies, const struct lower_options *options)
{
	struct settings set = settings_default();
	const struct classes *classes;
	const struct pod_sets *sets;
	BUF_AUTO text = { 0 };

	buf_puts(&text, pods);
	buf_puts(&text, policies);
	load_text(&c->input, &set, &text);
	assert_non_null(c->input.cluster);
	sets = resolve(&c->input.cx, c->input.cluster);
	classes = classify(&c->input.cx, c->input.cluster, sets);
	c->ruleset =
		lower(&c->input.cx, decide(&c->input.cx, c->input.cluster, sets, classes),
		      options);
	assert_non_null(c->ruleset);
}

static inline void compile(struct compiled *c, const char *pods, const char *policies)
{
	const struct lower_options defaults = lower_defaults();

	compile_with(c, pods, policies, &defaults);
}

/* Two clusters that differ in pods, peers, blocks and ports, and whose classes have
 * other names: what makes one ruleset of the other has operations of most kinds. */
static inline void compile_two(struct compiled c[2])
{
	static const char pods[] =
		"apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
		"apiVersion: v1\nkind: Pod\n"
		"metadata: {name: web, namespace: shop, labels: {app: web}}\n"
		"status: {podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]}\n---\n"
		"apiVersion: v1\nkind: Pod\n"
		"metadata: {name: db, namespace: shop, labels: {app: db}}\n"
		"status: {podIPs: [{ip: 10.0.0.2}, {ip: 'fd00::2'}]}\n---\n";
	static const char *const policies[2] = {
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		"metadata: {name: db, namespace: shop}\n"
		"spec:\n  podSelector: {matchLabels: {app: db}}\n"
		"  policyTypes: [Ingress, Egress]\n"
		"  ingress:\n  - from: [{podSelector: {matchLabels: {app: web}}}]\n"
		"    ports: [{port: 80}, {port: 81}, {port: 85}]\n",
		"apiVersion: v1\nkind: Pod\n"
		"metadata: {name: new, namespace: shop, labels: {app: db}}\n"
		"status: {podIP: 10.0.0.3}\n---\n"
		"apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
		"metadata: {name: database, namespace: shop}\n"
		"spec:\n  podSelector: {matchLabels: {app: db}}\n"
		"  ingress:\n  - from:\n"
		"    - ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.1/32]}\n"
		"    - ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.9/32]}\n"
		"    - ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.7/32]}\n",
	};

	for (int i = 0; i < 2; i++)
		compile(&c[i], pods, policies[i]);
}

#endif
