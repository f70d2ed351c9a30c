/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_owner - metadata.ownerReferences in, the workload that a pod is of out
 *
 * Policy knows nothing of owners.  A faulty one is none, and no fault of the pod.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/intern.h>
#include <netpolc/manifest/names.h>

#include <ctype.h>
#include <string.h>

/* The text of a scalar, or NULL. */
static const char *text_of(const struct node *n, const char *key)
{
	const struct node *child = n->kind == NODE_MAPPING ? node_get(n, key) : NULL;

	return child && child->kind == NODE_SCALAR && strlen(child->text) == child->len
		       ? child->text
		       : NULL;
}

static bool is_kind(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]))
		n++;
	return n && n <= 63 && !text[n];
}

/* How much of a ReplicaSet's name is its Deployment's: it goes on with the hash of the
 * template, which is a label of the pods.  0: it has none. */
static size_t deployment_length(const struct pod *p, const char *set)
{
	size_t len = strlen(set);

	for (size_t i = 0; i < p->labels.len; i++) {
		const char *hash = p->labels.at[i].value;
		size_t tail = strlen(hash);

		if (!strcmp(p->labels.at[i].key, "pod-template-hash") && tail &&
		    len > tail + 1 && set[len - tail - 1] == '-' &&
		    !strcmp(set + len - tail, hash))
			return len - tail - 1;
	}
	return 0;
}

static void set_owner(struct intern *in, struct pod *p, const char *kind,
		      const char *name)
{
	size_t len = strcmp(kind, "ReplicaSet") ? 0 : deployment_length(p, name);

	p->owner_kind = intern_str(in, len ? "Deployment" : kind);
	p->owner = intern(in, name, len ? len : strlen(name));
}

/* Whether objects of the kind are made for one of that kind, with its template.  Other
 * controllers of workloads say nothing of pods. */
static bool is_made_for(const struct manifest *m, const char *owner)
{
	return (strcmp(m->kind, "ReplicaSet") == 0 && strcmp(owner, "Deployment") == 0) ||
	       (strcmp(m->kind, "Job") == 0 && strcmp(owner, "CronJob") == 0) ||
	       strcmp(m->kind, "Pod") == 0;
}

void decode_owner(struct decoder *d, const struct manifest *m, struct pod *p)
{
	const struct node *metadata = node_get(m->root, "metadata");
	const struct node *list = metadata ? node_get(metadata, "ownerReferences") : NULL;

	if (!list || list->kind != NODE_SEQUENCE)
		return;
	for (const struct node *item = list->first; item; item = item->next) {
		const char *kind = text_of(item, "kind"), *name = text_of(item, "name");
		const char *controller = text_of(item, "controller");

		if (kind && name && controller && !strcmp(controller, "true") &&
		    is_kind(kind) && is_made_for(m, kind) &&
		    !fault_of_subdomain(name, strlen(name)))
			set_owner(d->cx->intern, p, kind, name);
	}
}
