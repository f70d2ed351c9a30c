/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * matrix - who reaches whom on what
 *
 * Ends of connections come in groups: the pods of a workload that behave alike (see
 * behaviour.h), and the addresses that no pod has and that no policy tells apart.  A
 * workload whose pods differ is as many groups as it has to be.  A cell holds what a
 * group may reach another on, and that is true of every pair in it.
 *
 * Where there are too many groups to look at, they are put together by namespace, and
 * a cell may say that only some of its pairs connect.
 *
 * With --unknown-pods deny, addresses that pods here can have and no pod has are a group
 * of their own, which no pod reaches or is reached by.
 *
 * Addresses of both families may be in one group: then what it says of a pod is about
 * those of the pod's families.  A pod and itself, and a pod and its own node, connect
 * whatever a cell says.
 */
#ifndef NETPOLC_MATRIX_H
#define NETPOLC_MATRIX_H

#include <netpolc/analysis/behaviour.h>
#include <netpolc/analysis/portgap.h>
#include <netpolc/policy/ids.h>

/* What of a group behaves alike. */
struct matrix_member {
	uint32_t behaviour;
	uint32_t pod; /* the first one; NO_POD outside */
	size_t pods;  /* 2 for a workload */
	bool unknown; /* addresses that --unknown-pods deny isolates */
};

struct matrix_end {
	const char *space; /* NULL: addresses that no pod has */
	/*
	 * The workload: its kind and name.  Pods without owner are "Pod": a single one
	 * has its own name, several with the same labels have those ("app=web,tier=a").
	 * Both are NULL outside, and for a namespace as a whole.
	 */
	const char *kind, *name;
	unsigned part, parts; /* of what space, kind and name stand for; from 1 */
	bool host_network;    /* none of its pods is a subject of policy */
	struct id_list pods;  /* ascending, without replicas */
	struct ranges addresses[FAMILIES]; /* outside; pods may have some of them */
	bool rest[FAMILIES]; /* they are what ipBlocks leave of the family */
	bool unknown;	     /* of pods that the input has not: nobody's peers */
	const struct matrix_member *members;
	size_t nmembers; /* 1, but for a namespace and outside as a whole */
};

/* All groups that there are: by namespace, kind and name; those outside last. */
struct matrix_ends {
	const struct decisions *dc;
	struct behaviours *behaviours;
	size_t of_pods; /* so many of these come first; the others are outside */
	struct matrix_end *at;
	size_t len;
};

struct matrix_ends *matrix_ends(struct ctx *cx, const struct decisions *dc)
	__attribute__((returns_nonnull));

enum matrix_extent {
	MATRIX_ALL,  /* every pair connects on these ports */
	MATRIX_SOME, /* each of the ports connects some pair, and some pair differs */
	MATRIX_SELF, /* there is no pair but that of a pod and itself */
	MATRIX_NONE, /* both are outside: no business of policy */
};

struct matrix_cell {
	enum matrix_extent extent;
	const struct portgap *ports; /* NULL: nothing.  With MATRIX_SELF, what a second
				      * pod of that kind would have */
};

enum matrix_by { MATRIX_BY_AUTO, MATRIX_BY_WORKLOAD, MATRIX_BY_NAMESPACE };

struct matrix_side {
	const struct matrix_end *const *at; /* in the order of matrix_ends */
	const uint32_t *ids; /* parallel: index into the groups of a matrix */
	size_t len;
	bool narrowed; /* not all that there are */
};

struct matrix {
	const struct matrix_ends *ends;
	bool by_namespace;
	const struct matrix_end *const *groups; /* of both sides, each once */
	size_t ngroups;
	struct matrix_side from, to;
	const struct matrix_cell *cells; /* by source, then destination */
};

/* Whether to show each group; either may be NULL: all. */
struct matrix_choice {
	enum matrix_by by;
	const bool *from, *to; /* by index of ends */
};

/* MATRIX_BY_AUTO is by workload, unless there would be more cells than so many: 300
 * workloads and what is outside of the cluster have room. */
#define MATRIX_AUTO_CELLS ((size_t)330 * 330)

/* NULL after reporting DIAG_TOO_LARGE. */
const struct matrix *matrix(struct ctx *cx, const struct matrix_ends *ends,
			    const struct matrix_choice *choice);

static inline const struct matrix_cell *matrix_at(const struct matrix *m, size_t from,
						  size_t to)
{
	return &m->cells[from * m->to.len + to];
}

#endif
