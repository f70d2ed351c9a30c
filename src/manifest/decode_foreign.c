/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_foreign - the tree of an object that is not used in, labels of its pods out
 *
 * Many a kind has a template of pods where a Deployment has it.  What is faulty is passed
 * over: whose kind it is finds fault with it.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>

#include <string.h>

/* An interned string, or NULL. */
static const char *string_of(struct decoder *d, const struct node *n)
{
	if (!n || n->kind != NODE_SCALAR || node_type(n) != TYPE_STRING ||
	    strlen(n->text) != n->len)
		return NULL;
	return intern(d->cx->intern, n->text, n->len);
}

static struct labels labels_in(struct decoder *d, const struct node *n)
{
	struct label *at = ARENA_ARRAY(d->cx->arena, n->count, struct label);
	size_t len = 0;

	for (const struct node *c = n->first; c; c = c->next) {
		at[len].value = string_of(d, c);
		if (!c->key || !at[len].value)
			continue;
		at[len++].key = intern(d->cx->intern, c->key, c->key_len);
	}
	return labels_settle(at, len);
}

static const struct node *labels_of_template(const struct node *root)
{
	static const char *const path[] = { "spec", "template", "metadata", "labels" };
	const struct node *n = root;

	for (size_t i = 0; i < ARRAY_SIZE(path) && n; i++)
		n = node_get(n, path[i]);
	return n && n->kind == NODE_MAPPING && n->count > 0 ? n : NULL;
}

void decode_foreign(struct decoder *d, const struct node *root, const char *kind)
{
	const struct node *metadata = node_get(root, "metadata");
	const struct node *labels = labels_of_template(root);
	struct foreign foreign = { .kind = kind, .origin = { root->at, NULL, NULL } };

	if (!metadata || !labels)
		return;
	foreign.name = string_of(d, node_get(metadata, "name"));
	foreign.space = string_of(d, node_get(metadata, "namespace"));
	if (!foreign.name)
		return;
	if (!foreign.space || !*foreign.space)
		foreign.space = intern_str(d->cx->intern, d->cx->set.default_namespace);
	foreign.labels = labels_in(d, labels);
	*ARENA_PUSH(d->cx->arena, &d->draft->foreign) = foreign;
}
