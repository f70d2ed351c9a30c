/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode - one input's events in, typed objects in the draft out
 *
 * Documents and list items are taken one by one, each as a pruned node tree in
 * memory that is given back before the next.  What is wrong with an object is
 * reported and the object left out or contained; the rest of the input goes on.
 */
#ifndef NETPOLC_DECODE_H
#define NETPOLC_DECODE_H

#include <netpolc/manifest/draft.h>
#include <netpolc/manifest/fields.h>

/* Decodes all documents of src. */
void decode_source(struct ctx *cx, struct draft *draft, struct source *src);

/* ---- between the decode modules -------------------------------------------- */

/* What to read of an object: the union of all kinds' fields, and what names an
 * object of a kind that is not used. */
extern const struct shape object_shape[], skipped_shape[];

/* What each decoder of a kind is given. */
struct manifest {
	const struct node *root;
	const char *kind;
	const char *name;	     /* interned; "" when missing */
	const char *space;	     /* of a namespaced object; interned */
	const struct object *object; /* in the run's arena */
	bool space_unknown;	     /* it cannot be read */
};

/* Kubernetes 1.6 isolated the pods of a Namespace that has it; see --legacy. */
#define ISOLATION_ANNOTATION "net.beta.kubernetes.io/network-policy"

struct kind {
	const char *group;
	const char *version; /* NULL: any, v1 among them */
	const char *kind;
	bool namespaced;
	bool advisory; /* only analysis uses it: no fault of it refuses a run */
	void (*decode)(struct decoder *d, const struct manifest *m);
};

/* The kind, whatever its version, even in the wrong case: nobody else serves that,
 * so it must not be skipped as somebody else's.  group NULL: of any, and first of the one
 * that serves it today; the result is NULL for a kind that is not used. */
const struct kind *kind_find(const char *group, const char *kind);

bool kind_is_list(const char *kind);	   /* false for NULL */
bool kind_is_known_list(const char *kind); /* "List", or that of a kind that is used */
bool kind_is_policy(const char *kind);	   /* whoever's */

void decode_pod(struct decoder *d, const struct manifest *m);
void decode_namespace(struct decoder *d, const struct manifest *m);
void decode_node(struct decoder *d, const struct manifest *m);
void decode_workload(struct decoder *d, const struct manifest *m);
void decode_policy(struct decoder *d, const struct manifest *m);
void decode_service(struct decoder *d, const struct manifest *m);

/* An object of a kind that is not used, for what it says of pods. */
void decode_foreign(struct decoder *d, const struct node *root, const char *kind);

/* Reports what the API server would refuse of metadata.name and namespace, and sets
 * m->space_unknown.  Of policies and Namespaces a namespace that cannot be read is an
 * error, whatever else is contained. */
void check_names(struct decoder *d, struct manifest *m);

/* Fills owner and owner_kind of a pod that has its labels, or of a workload that is made
 * for another one. */
void decode_owner(struct decoder *d, const struct manifest *m, struct pod *p);

/* Labels in any order in, ordered by key out. */
struct labels labels_settle(struct label *at, size_t len);

/* into is a struct labels *. */
void decode_labels(struct decoder *d, const struct node *n, void *into);

/* Decodes root's field key, if it is there. */
void decode_part(struct decoder *d, const struct node *root, const char *key,
		 const struct fields *fields, void *into);

/* into is a const struct selector **. */
void decode_selector(struct decoder *d, const struct node *n, void *into);

/* A map of labels that are all wanted; into is a const struct selector **. */
void decode_label_map(struct decoder *d, const struct node *n, void *into);

/* into is an enum protocol *. */
void decode_protocol(struct decoder *d, const struct node *n, void *into);

/* A number of 1 to 65535; false after reporting. field is "NetworkPolicyPort.port". */
bool decode_port_number(struct decoder *d, const struct node *n, const char *field,
			uint16_t *out);

/* The lines first to last as they stand in the input; empty where they are not at hand
 * or too many.  Objects that have their lines in common share a copy. */
struct excerpt excerpt_take(struct decoder *d, uint32_t first, uint32_t last);

/* True when the object, faults or not, goes into the draft. */
bool object_stays(const struct decoder *d);

/* The place of the object as a whole. */
struct origin object_origin(const struct manifest *m);

#endif
