/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stray - the tree of a document in, whether it is no manifest out
 *
 * kubectl writes apiVersion, then kind or items, so the rest of a stream that was cut
 * off has metadata, spec, status or items, or nothing but the first two.
 */
#include <netpolc/manifest/stray.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/decode.h>

#include <strings.h>

static bool is_any_of(const struct node *n, const char *const words[])
{
	for (size_t i = 0; n->key && words[i]; i++)
		if (strcasecmp(n->key, words[i]) == 0)
			return true;
	return false;
}

static bool has_kind_of_manifest(const struct node *root)
{
	const struct node *kind = node_get(root, "kind");

	return kind && kind->kind == NODE_SCALAR &&
	       (kind_find(NULL, kind->text) || kind_is_list(kind->text) ||
		kind_is_policy(kind->text));
}

/* Letters of either case count: who is wrong about one may be wrong about the other. */
static bool may_be_manifest(const struct node *root)
{
	static const char *const identity[] = { "apiVersion", "kind", NULL };
	static const char *const parts[] = { "metadata", "spec", "status", "items",
					     NULL };
	size_t named = 0;

	for (const struct node *c = root->first; c; c = c->next) {
		if (is_any_of(c, parts))
			return true;
		named += is_any_of(c, identity);
	}
	return (named > 0 && named == root->count) || has_kind_of_manifest(root);
}

static bool was_named(const struct decoder *d)
{
	return !d->cx->sources.listed.at[d->nodes.file];
}

/* As an error where that is wanted, else counted, and told of one by one only to those
 * who want to know all. */
static void pass_over(struct decoder *d, const struct node *root)
{
	struct diag *diag;

	d->object = NULL;
	if (node_has_key(root, "tests"))
		diag = diag_node(d, DIAG_NOT_A_MANIFEST, root,
				 "assertions for 'netpolc test' are no manifest");
	else
		diag = diag_node(d, DIAG_NOT_A_MANIFEST, root,
				 "no manifest: it has neither metadata nor spec");
	if (diag->level != DIAG_NOTE)
		return;
	diag_set_level(d->cx->diags, diag, DIAG_HIDDEN);
	if (d->draft->strays++ == 0)
		d->draft->first_stray = (struct origin){ root->at, NULL, NULL };
}

void stray_hint(const struct decoder *d, struct diag *diag)
{
	if (!was_named(d))
		diag_see(d->cx->diags, diag, NULL,
			 "--exclude passes over what is no manifest");
}

bool stray_object(struct decoder *d, const struct node *root)
{
	if (was_named(d) || may_be_manifest(root))
		return false;
	pass_over(d, root);
	return true;
}

/* Of the items of a list. */
static bool may_be_manifests(const struct node *list)
{
	for (const struct node *c = list->first; c; c = c->next)
		if (c->kind == NODE_MAPPING && may_be_manifest(c))
			return true;
	return false;
}

bool stray_value(struct decoder *d, const struct event *e, bool is_document)
{
	static const struct shape keys_and_kind[] = { { "kind", NULL }, { NULL, NULL } };
	static const struct shape items = { "", keys_and_kind };
	struct node *root = node_root(&d->nodes, e);
	bool list = e->type == EVENT_SEQUENCE;

	d->object = NULL;
	if (!node_read(&d->nodes, root, e, &items))
		return false;
	if (is_document && list && !was_named(d) && !d->nodes.too_large &&
	    !may_be_manifests(root)) {
		pass_over(d, root);
		return true;
	}
	stray_hint(d, diag_node(d, DIAG_NOT_AN_OBJECT, root,
				"%s where an object is due: a mapping with apiVersion "
				"and kind",
				list ? "a list" : "a scalar"));
	return true;
}

void stray_report(struct ctx *cx, const struct draft *draft)
{
	if (draft->strays == 1)
		diag_add(cx->diags, DIAG_NOT_A_MANIFEST, &draft->first_stray,
			 "a document that is no manifest is passed over");
	else if (draft->strays)
		diag_add(cx->diags, DIAG_NOT_A_MANIFEST, &draft->first_stray,
			 "%zu documents that are no manifests are passed over, of which "
			 "this is the first; -v shows all",
			 draft->strays);
}
