/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * model - a made-up cluster, before it is text
 *
 * The generator fills this in, model_text() writes it as manifests, the probes
 * look at its edges, and a failing case is made small by setting `dropped` here
 * and there.  Lists that an API object may leave out have a form, because
 * absent, null and empty are different things to say.
 *
 * Everything lives in the arena given to generate().
 */
#ifndef NETPOLC_TEST_MODEL_H
#define NETPOLC_TEST_MODEL_H

#include <netpolc/base/prefix.h>
#include <netpolc/manifest/cluster.h>
#include <netpolc/manifest/ctx.h>

#define SEMANTICS_LINES 100 /* of tests/cases/statements.md */

enum form { FORM_ABSENT, FORM_NULL, FORM_EMPTY, FORM_FULL };

struct model_label {
	bool dropped;
	const char *key, *value;
};

struct model_labels {
	struct model_label at[5];
	size_t len;
};

struct model_requirement {
	bool dropped;
	const char *key, *op;
	const char *values[3];
	size_t nvalues;
};

/* FORM_EMPTY is {}; FORM_FULL has both parts, each in its own form. */
struct model_selector {
	enum form form, labels_form, reqs_form;
	struct model_labels labels;
	struct model_requirement reqs[3];
	size_t nreqs;
};

struct model_cidr {
	bool dropped;
	struct address base; /* as written, perhaps with host bits */
	unsigned length;
	const char *text;
};

struct model_block {
	struct model_cidr cidr;
	enum form except_form;
	struct model_cidr except[4];
	size_t nexcept;
};

struct model_peer {
	bool dropped;
	struct model_selector pods, namespaces;
	struct model_block *block;
	bool null_block; /* ipBlock: null beside selectors */
};

struct model_port {
	bool dropped;
	const char *protocol; /* NULL: absent */
	const char *name;     /* NULL: by number, or neither */
	unsigned port, end;   /* 0: absent */
};

struct model_rule {
	bool dropped;
	enum form peers_form, ports_form;
	struct model_peer peers[3];
	size_t npeers;
	struct model_port ports[3];
	size_t nports;
};

struct model_policy {
	bool dropped, twice; /* twice: stands two times in the input */
	const char *name;
	size_t namespace; /* index */
	bool implicit;	  /* metadata.namespace is left out */
	bool beta;	  /* extensions/v1beta1 */
	struct model_selector subject;
	enum form types_form;
	const char *types[2];
	size_t ntypes;
	enum form rules_form[DIRECTIONS];
	struct model_rule rules[DIRECTIONS][3];
	size_t nrules[DIRECTIONS];
};

struct model_container_port {
	bool dropped;
	const char *name, *protocol; /* NULL: absent */
	unsigned number, host;	     /* host 0: absent */
};

enum container_kind { CONTAINER_PLAIN, CONTAINER_INIT, CONTAINER_SIDECAR };

struct model_container {
	enum container_kind kind;
	struct model_container_port ports[3];
	size_t nports;
};

struct model_pod {
	bool dropped, twice;
	const char *kind, *name;
	size_t namespace;
	bool implicit;
	struct model_labels labels;
	struct address addresses[2];
	size_t naddresses;
	bool old_status; /* podIP alone, without podIPs */
	bool host_network, deleting;
	const char *phase, *started, *node; /* NULL: absent */
	struct model_container containers[3];
	size_t ncontainers;
};

struct model_node {
	bool dropped;
	const char *name;
	struct address addresses[2];
	size_t naddresses;
};

struct model_namespace {
	bool dropped;
	const char *name;
	bool declared; /* there is a Namespace object */
	struct model_labels labels;
	const char *annotation; /* of 1.6; NULL: absent */
};

enum notation { NOTATION_BLOCK, NOTATION_FLOW, NOTATION_JSON };
enum wrapping { WRAP_DOCUMENTS, WRAP_LIST, WRAP_TYPED_LISTS };

struct model_style {
	uint64_t seed; /* 0: the plainest text */
	enum notation notation;
	enum wrapping wrapping;
	bool bom, crlf, kind_last;
};

struct model {
	uint64_t seed;
	struct settings set;
	struct model_style style;
	struct model_namespace namespaces[4];
	size_t nnamespaces;
	struct model_node nodes[3];
	size_t nnodes;
	struct model_pod *pods;
	size_t npods;
	struct model_policy *policies;
	size_t npolicies;
	bool tags[SEMANTICS_LINES + 1]; /* which numbered lines it exercises */
};

/* One thing to ask, as `netpolc query --probes` reads it. */
struct model_probe {
	const char *source, *destination;
	const char *protocol; /* "TCP", "UDP", "SCTP", or "none" */
	uint16_t port;
};

#endif
