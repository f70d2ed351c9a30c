/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * manifests - small clusters, written as YAML in the test
 *
 * A struct run goes through the stages of the pipeline as far as a test asks.
 * Tests look things up by the names that the manifests give, not by numbers.
 */
#ifndef NETPOLC_TEST_MANIFESTS_H
#define NETPOLC_TEST_MANIFESTS_H

#include "helpers.h"

#include <netpolc/base/diag_out.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/validate.h>
#include <netpolc/policy/core.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Objects in flow style; labels and spec are the insides of a mapping. */
#define NAMESPACE(name, labels)                                                          \
	"---\n{apiVersion: v1, kind: Namespace, metadata: {name: " name                  \
	", labels: {" labels "}}}\n"
#define POD_SPEC(space, name, labels, spec, status)                                      \
	"---\n{apiVersion: v1, kind: Pod, metadata: {namespace: " space ", name: " name  \
	", labels: {" labels "}}, spec: {" spec "}, status: {" status "}}\n"
#define POD(space, name, labels, ip)                                                     \
	POD_SPEC(space, name, labels, "nodeName: n1", "podIP: '" ip "'")
#define POD_PORTS(space, name, labels, ip, ports)                                        \
	POD_SPEC(space, name, labels, "containers: [{name: c, ports: [" ports "]}]",     \
		 "podIP: '" ip "'")
#define PORT(name, number) "{name: " name ", containerPort: " number "}"
#define DEPLOYMENT(space, name, labels)                                                  \
	"---\n{apiVersion: apps/v1, kind: Deployment, metadata: {namespace: " space      \
	", name: " name "}, spec: {template: {metadata: {labels: {" labels "}}}}}\n"
#define NODE(name, ip)                                                                   \
	"---\n{apiVersion: v1, kind: Node, metadata: {name: " name                       \
	"}, status: {addresses: [{type: InternalIP, address: '" ip "'}]}}\n"
#define POLICY(space, name, spec)                                                        \
	"---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: "        \
	"{namespace: " space ", name: " name "}, spec: {" spec "}}\n"

struct run {
	struct ctx cx;
	struct cluster *cluster;
	const struct pod_sets *sets;
	const struct classes *classes;
	const struct decisions *dc;
};

static inline void run_complain(struct run *r)
{
	const struct diag_style style = { .format = DIAG_TEXT, .least = DIAG_ERROR };
	BUF_AUTO out = { 0 };

	diag_print(&out, r->cx.diags, &r->cx.sources, &style);
	fail_msg("the manifests are refused:\n%s", out.at ? out.at : "");
}

/* Reads, without looking at what was reported. */
static inline void run_read_any(struct run *r, const struct settings *set,
				const char *text)
{
	struct settings defaults = settings_default();
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[32], *inputs[] = { path };

	*r = (struct run){ 0 };
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ctx_init(&r->cx, set ? set : &defaults);
	r->cluster = cluster_read(&r->cx, inputs, 1);
	close(fd);
	validate(&r->cx, r->cluster);
}

/* set may be NULL: the defaults. */
static inline void run_read(struct run *r, const struct settings *set, const char *text)
{
	run_read_any(r, set, text);
	if (diag_failed(r->cx.diags))
		run_complain(r);
}

static inline void run_classify(struct run *r, const struct settings *set,
				const char *text)
{
	run_read(r, set, text);
	r->sets = resolve(&r->cx, r->cluster);
	r->classes = classify(&r->cx, r->cluster, r->sets);
}

static inline void run_decide(struct run *r, const struct settings *set, const char *text)
{
	run_classify(r, set, text);
	r->dc = decide(&r->cx, r->cluster, r->sets, r->classes);
}

/* Other manifests in the same run. */
static inline const struct decisions *run_decide_more(struct run *r, const char *text)
{
	int fd = memfd_create("manifests", MFD_CLOEXEC);
	char path[32], *inputs[] = { path };
	const struct cluster *cl;
	const struct pod_sets *sets;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	cl = cluster_read(&r->cx, inputs, 1);
	close(fd);
	sets = resolve(&r->cx, cl);
	return decide(&r->cx, cl, sets, classify(&r->cx, cl, sets));
}

static inline void run_free(struct run *r)
{
	ctx_free(&r->cx);
}

/* The id of "space/name". */
static inline uint32_t pod_id(const struct run *r, const char *name)
{
	const char *slash = strchr(name, '/');

	for (uint32_t i = 0; i < r->cluster->npods; i++) {
		const struct pod *p = &r->cluster->pods[i];
		const char *space = r->cluster->namespaces[p->namespace].name;

		if (strlen(space) == (size_t)(slash - name) &&
		    strncmp(space, name, strlen(space)) == 0 &&
		    strcmp(slash + 1, p->name) == 0)
			return i;
	}
	fail_msg("no pod %s", name);
	return 0;
}

static inline struct address address_of(const char *text)
{
	struct address a = { 0 };

	if (!address_parse(&a, text, NULL))
		fail_msg("no address: %s", text);
	return a;
}

/* "a/x b/y": the pods with these ids, in their order. */
static inline const char *pod_names(const struct run *r, const uint32_t *at, size_t n)
{
	const char *out = "";

	for (size_t i = 0; i < n; i++) {
		const struct pod *p = &r->cluster->pods[at[i]];

		out = arena_printf(r->cx.arena, "%s%s%s/%s", out, i ? " " : "",
				   r->cluster->namespaces[p->namespace].name, p->name);
	}
	return out;
}

/* "tcp 80; udp 53" */
static inline const char *ports_text(const struct run *r, const struct portset *ports)
{
	BUF_AUTO out = { 0 };

	portset_print(&out, ports);
	return arena_strndup(r->cx.arena, out.at, out.len);
}

/* The class of a pod, or NULL when nothing isolates it. */
static inline const struct class *class_of(const struct run *r, enum direction d,
					   const char *pod)
{
	uint32_t id = r->classes->of_pod[d][pod_id(r, pod)];

	return id == NO_CLASS ? NULL : &r->classes->at[d][id];
}

static inline const struct row *row_of(const struct run *r, enum direction d,
				       const char *pod)
{
	uint32_t id = r->classes->of_pod[d][pod_id(r, pod)];

	if (id == NO_CLASS)
		fail_msg("%s is not isolated", pod);
	return r->dc->rows[d][id];
}

/* Of a pod without an address. */
static inline uint32_t bare_atom(const struct run *r, const char *pod, enum family f)
{
	return r->classes->atom_of_pod[f][pod_id(r, pod)];
}

/* The atom of an end: "space/pod" with its first address, if any, in IPv4 if it has none,
 * or an address. */
static inline uint32_t atom_of(const struct run *r, const char *end)
{
	const struct pod_address *held;
	struct address a;

	if (strchr(end, '/')) {
		uint32_t id = pod_id(r, end);

		if (bare_atom(r, end, FAMILY_IPV4) != NO_ATOM)
			return bare_atom(r, end, FAMILY_IPV4);
		a = r->cluster->pods[id].addresses[0];
	} else {
		a = address_of(end);
	}
	held = classes_find_address(r->classes, a);
	return held ? held->atom : classes_interval_atom(r->classes, a);
}

#endif
