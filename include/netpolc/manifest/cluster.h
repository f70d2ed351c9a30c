/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cluster - the objects of all inputs, typed
 *
 * What decode makes and every later stage reads.  The arrays are in canonical order
 * (namespaces and nodes by name; pods by namespace, name and kind; policies and
 * services by namespace and name), so nothing behind depends on the order of input.  An
 * index into them is an id: pods of one namespace are contiguous.
 *
 * Strings are interned; everything lives in the context's arena and is constant
 * after validate(), but for what enforce/keep.h does before anything is decided.
 */
#ifndef NETPOLC_CLUSTER_H
#define NETPOLC_CLUSTER_H

#include <netpolc/base/diag.h>
#include <netpolc/base/prefix.h>
#include <netpolc/manifest/selector.h>

#include <stdint.h>

struct ctx;

/* corev1.Protocol; numbers index arrays, not packets. */
enum protocol { PROTO_TCP, PROTO_UDP, PROTO_SCTP };
#define PROTOCOLS 3
unsigned protocol_number(enum protocol p);  /* IPPROTO_… */
const char *protocol_name(enum protocol p); /* "TCP" */

struct namespace
{
	const char *name;
	struct origin origin;
	struct labels labels; /* with kubernetes.io/metadata.name, always */
	bool described;	      /* by a Namespace object in the input */
	bool invalid;	      /* contained: matches no namespaceSelector of a peer */
	bool default_deny;    /* the 1.6 annotation isolates it (read always, used with
				 --legacy) */
	uint32_t first_pod, pods; /* its pods: a slice of cluster.pods */
};

/* A containerPort with a name. */
struct named_port {
	const char *name;
	enum protocol protocol;
	uint16_t number;
};

/* A pod, or with workload set one of the two pods that stand for its template. */
struct pod {
	const char *name;
	const char *kind; /* "Pod", or the workload's */
	struct origin origin;
	uint32_t namespace; /* index */
	const char *node;   /* spec.nodeName, or NULL */
	/* The controller in metadata.ownerReferences; the Deployment of a ReplicaSet that
	 * bears the pod's template hash.  NULL: none.  Of workloads, a ReplicaSet's
	 * Deployment and a Job's CronJob alone.  For analysis alone. */
	const char *owner_kind, *owner;
	struct labels labels;
	/* status.podIPs and podIP, without lost ones. */
	const struct address *addresses;
	size_t naddresses;
	/* Sorted by name text, protocol, number; no repeats. */
	const struct named_port *ports;
	size_t nports;
	/* All container ports, by protocol; NULL unless pitfalls are looked for. */
	const struct ranges *declared;
	int64_t started; /* status.startTime, seconds since 1970; 0 when absent */
	bool host_network;
	bool finished; /* Succeeded or Failed: does not exist for policy */
	bool deleting; /* has a deletionTimestamp */
	bool workload;
	bool replica; /* the second pod of a workload's template */
	bool invalid; /* contained: its addresses are denied both ways, no selector of a
			 peer matches it */
};

/* True when policy applies to the pod and selectors can match it. */
bool pod_is_live(const struct pod *p); /* not finished, not host_network */

/* Whether it runs on the node; NULL: on any, or none yet. */
bool pod_is_on(const struct pod *p, const char *node);

/* The first address of the family, or NULL. */
const struct address *pod_address_in(const struct pod *p, enum family f);

struct node_object {
	const char *name;
	struct origin origin;
	/* status.addresses of type InternalIP, ExternalIP. */
	const struct address *addresses;
	size_t naddresses;
	const struct prefix *pod_cidrs; /* spec.podCIDRs, else podCIDR */
	size_t npod_cidrs;
};

/* NetworkPolicyPort; no port given: every port of the protocol. */
struct policy_port {
	struct origin origin;
	enum protocol protocol;
	const char *name; /* a named port, or NULL */
	uint16_t lo, hi; /* inclusive; 0-65535 when no port was given; unused with name */
};

/* networking/v1 IPBlock */
struct ip_block {
	struct prefix cidr;
	const struct prefix *except;
	size_t nexcept;
	const char *cidr_text;		     /* as written */
	const char *const *except_text;	     /* as written */
	const struct origin *except_origins; /* NULL unless pitfalls are looked for */
};

/* NetworkPolicyPeer: either block, or at least one selector. */
struct policy_peer {
	struct origin origin;
	const struct selector *pods;	   /* NULL: absent */
	const struct selector *namespaces; /* NULL: absent, so the policy's own */
	const struct ip_block *block;	   /* NULL: absent */
};

struct policy_rule {
	struct origin origin;
	const struct policy_peer *peers;
	size_t npeers;
	const struct policy_port *ports;
	size_t nports;
	bool any_peer; /* from/to absent or empty (in legacy mode: absent) */
	bool any_port; /* ports absent or empty (in legacy mode: absent) */
	bool invalid;  /* contained: allows nothing */
};

enum direction { INGRESS, EGRESS };
#define DIRECTIONS 2
const char *direction_name(enum direction d); /* "ingress" */

struct policy {
	const char *name;
	struct origin origin;
	uint32_t namespace;		/* index */
	const struct selector *subject; /* spec.podSelector; never NULL */
	struct origin subject_origin;	/* the policy's where there is none */
	bool isolates[DIRECTIONS];	/* policyTypes, with defaulting (A 1) */
	const struct policy_rule *rules[DIRECTIONS];
	size_t nrules[DIRECTIONS];
	/*
	 * Contained: subject and isolates cover all that it could select, and what it
	 * allowed beyond its valid rules is lost.
	 */
	bool invalid;
};

/* ServicePort, with its defaults. */
struct service_port {
	struct origin origin;
	const char *name; /* NULL: none */
	enum protocol protocol;
	uint16_t number;	 /* that clients use */
	uint16_t target;	 /* of the pods; if target_name is NULL */
	const char *target_name; /* of the pods' container ports, or NULL */
};

/*
 * A Service says which pods a client may end up at.  Policy knows nothing of it: only
 * analysis asks, and no stage before that does.  A faulty one is a warning.
 */
struct service {
	const char *name, *space; /* of a namespace that need not have an entry */
	struct origin origin;
	const struct selector *selector; /* NULL: none; its pods are not known */
	const struct service_port *ports;
	size_t nports;
	bool headless; /* clusterIP None: clients talk to pods, with the pods' ports */
	bool external; /* ExternalName: it stands for a host name */
	bool unready;  /* publishNotReadyAddresses: terminating pods are like others */
	bool invalid;  /* what it says cannot be relied on */
};

/* An object of a kind that is not used, whose pods, if it has any, bear the labels of
 * its spec.template.  Nobody but check asks. */
struct foreign {
	const char *kind, *name;
	const char *space; /* of a namespace that need not have an entry */
	struct origin origin;
	struct labels labels;
};

struct cluster {
	struct namespace *namespaces;
	size_t nnamespaces;
	struct pod *pods; /* with finished and hostNetwork ones */
	size_t npods;
	struct node_object *nodes; /* by name */
	size_t nnodes;
	struct policy *policies;
	size_t npolicies;
	struct service *services;
	size_t nservices;
	struct foreign *foreign; /* none unless pitfalls are looked for */
	size_t nforeign;
};

/*
 * Reads all inputs and decodes every object in them.  Never NULL: what could not
 * be decoded is in cx->diags and left out (or contained, --on-invalid isolate).
 */
struct cluster *cluster_read(struct ctx *cx, char *const inputs[], size_t n)
	__attribute__((returns_nonnull));

const struct namespace *cluster_namespace(const struct cluster *cl, const char *name);

/* NULL when there is none; kind NULL means "Pod".  Of a workload the first of its two,
 * which are adjacent. */
const struct pod *cluster_pod(const struct cluster *cl, const char *space,
			      const char *kind, const char *name);
const struct service *cluster_service(const struct cluster *cl, const char *space,
				      const char *name);
const struct node_object *cluster_node(const struct cluster *cl, const char *name);

/* --dump=objects: the objects in a stable text form, for golden tests. */
void cluster_dump(struct buf *out, const struct ctx *cx, const struct cluster *cl);

#endif
