/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode - finds the objects in an input and hands each to its kind's decoder
 *
 * Objects are top-level mappings and the items of lists, which nest.  kubectl
 * prints a list's items before its kind: items that say what they are get decoded
 * at once, others wait, pruned, until their list has said it.  A mapping with
 * items that turns out to be no list is what a cut-off stream looks like.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/pitfalls.h>
#include <netpolc/manifest/stray.h>

#include <string.h>
#include <strings.h>

/* Bytes of items that wait for the kind of their list. */
#define WAITING_LIMIT ((size_t)512 << 20)

/* ---- one object -------------------------------------------------------------- */

/* "apps/v1" is group "apps" and version "v1"; "v1" is of the core group "". */
static const char *group_of(struct decoder *d, const char *api_version)
{
	const char *slash = strchr(api_version, '/');

	return intern(d->cx->intern, api_version,
		      slash ? (size_t)(slash - api_version) : 0);
}

static const char *version_of(const char *api_version)
{
	const char *slash = strchr(api_version, '/');

	return slash ? slash + 1 : api_version;
}

/* A list that is being read: what its items inherit, and those that wait. */
struct list {
	const char *kind, *api_version; /* interned; NULL until known */
	struct arena *arena;		/* of waiting items, made on demand */
	struct {
		struct waiting *at;
		size_t len, cap;
	} waiting;
	const struct node *items; /* the key, NULL when there was none */
	bool streamed;		  /* items was a sequence */
};

struct waiting {
	struct node *root;
	struct excerpt lines;
};

static const char *text_of(struct decoder *d, const struct node *n)
{
	if (!n || n->kind != NODE_SCALAR || memchr(n->text, '\0', n->len))
		return NULL;
	return intern(d->cx->intern, n->text, n->len);
}

/* Of a kind or apiVersion, when it is a string. */
static const char *identity_of(struct decoder *d, const struct node *n)
{
	if (!n || n->kind != NODE_SCALAR || node_type(n) != TYPE_STRING || n->len == 0)
		return NULL;
	return text_of(d, n);
}

static const char *identity(struct decoder *d, const struct node *root, const char *key)
{
	return identity_of(d, node_get(root, key));
}

static struct manifest name_object(struct decoder *d, const struct node *root,
				   const char *kind, bool namespaced)
{
	const struct node *metadata = node_get(root, "metadata");
	const char *name = NULL, *space = NULL;
	struct object *object = ARENA_NEW(d->cx->arena, struct object);

	if (metadata && metadata->kind == NODE_MAPPING) {
		name = text_of(d, node_get(metadata, "name"));
		space = text_of(d, node_get(metadata, "namespace"));
	}
	if (!namespaced)
		space = NULL;
	else if (!space || !*space)
		space = intern_str(d->cx->intern, d->cx->set.default_namespace);
	object->kind = kind;
	object->space = space;
	object->name = name;
	d->object = object;
	return (struct manifest){ .root = root,
				  .kind = kind,
				  .name = name ?: "",
				  .space = space,
				  .object = object };
}

static void no_kind(struct decoder *d, const struct node *root)
{
	const struct node *kind = node_get(root, "kind");
	bool has_kind = identity(d, root, "kind");

	name_object(d, root, has_kind ? text_of(d, kind) : NULL, false);
	if (!has_kind && kind)
		diag_node(d, DIAG_NO_KIND, kind, "kind takes a string such as 'Pod'");
	else if (node_has_key(root, "tests"))
		diag_node(
			d, DIAG_NO_KIND, root,
			"assertions are no manifest: they go to 'netpolc test --tests'");
	else
		stray_hint(d, diag_node(d, DIAG_NO_KIND, root, "an object without %s",
					has_kind ? "apiVersion" : "kind"));
}

static void skip_kind(struct decoder *d, const struct node *root, const char *group,
		      const char *kind)
{
	struct origin origin = { root->at, NULL, NULL };

	if (!kind_is_policy(kind)) {
		draft_skip(d->draft, d->cx, group, kind, &origin);
		if (d->cx->set.pitfalls)
			decode_foreign(d, root, kind);
		return;
	}
	name_object(d, root, kind,
		    node_get(root, "metadata") &&
			    node_has_key(node_get(root, "metadata"), "namespace"));
	diag_node(d, DIAG_UNENFORCED_POLICY, root,
		  "netpolc does not enforce policies of kind '%s' of API group '%s'",
		  quoted(d, kind, strlen(kind)), quoted(d, group, strlen(group)));
}

static const struct kind *choose_kind(struct decoder *d, const struct node *root,
				      const char *api_version, const char *kind)
{
	const char *group = group_of(d, api_version), *version = version_of(api_version);
	const struct kind *k = kind_find(group, kind);
	bool of_core = !k && !*group && strcasecmp(kind, "NetworkPolicy") == 0;

	if (of_core) /* the core group is no other project's either */
		k = kind_find(NULL, kind);
	if (!k) {
		skip_kind(d, root, group, kind);
		return NULL;
	}
	name_object(d, root, kind, k->namespaced);
	if (strcmp(k->kind, kind) != 0) {
		diag_node(d, DIAG_NO_KIND, node_get(root, "kind") ?: root,
			  "kind '%s' must be written '%s'", kind, k->kind);
		return NULL;
	}
	if (!of_core && (!k->version || strcmp(k->version, version) == 0))
		return k;
	diag_node(d, DIAG_UNKNOWN_VERSION, node_get(root, "apiVersion") ?: root,
		  "'%s' has no version '%s' here; netpolc knows '%s%s%s'", k->kind,
		  quoted(d, version, strlen(version)), k->group, *k->group ? "/" : "",
		  k->version);
	return NULL;
}

static void decode_object(struct decoder *d, const struct node *root,
			  const char *api_version, const char *kind, struct excerpt lines)
{
	const struct kind *k;
	struct manifest m;

	d->faults = 0;
	d->level = d->cx->set.isolate_invalid ? FAULTS_CONTAINED : FAULTS_REFUSED;
	d->object = NULL;
	d->draft->objects++;
	if (!kind || !api_version) {
		no_kind(d, root);
		return;
	}
	k = choose_kind(d, root, api_version, kind);
	if (!k)
		return;
	m = name_object(d, root, k->kind, k->namespaced);
	if (k->advisory)
		d->level = FAULTS_TOLD;
	if (k->decode == decode_policy) {
		struct object *object = ARENA_NEW(d->cx->arena, struct object);

		*object = *m.object;
		object->lines = lines;
		d->object = m.object = object;
	}
	check_names(d, &m);
	k->decode(d, &m);
	if (d->cx->set.pitfalls)
		find_pitfalls(d, &m, api_version);
}

bool object_stays(const struct decoder *d)
{
	return d->faults == 0 || d->cx->set.isolate_invalid;
}

struct origin object_origin(const struct manifest *m)
{
	return (struct origin){ m->root->at, m->object, NULL };
}

/* ---- lists ------------------------------------------------------------------- */

static void wait_for_kind(struct decoder *d, struct list *list, const struct node *root,
			  struct excerpt lines)
{
	struct waiting *w;

	if (!list->arena)
		list->arena = arena_new();
	if (arena_bytes(list->arena) > WAITING_LIMIT) {
		if (list->waiting.len)
			diag_node(
				d, DIAG_TOO_LARGE, root,
				"too many items without a kind stand before the kind of "
				"their list");
		list->waiting.len = 0;
		return;
	}
	w = ARENA_PUSH(list->arena, &list->waiting);
	w->root = node_copy(list->arena, root);
	w->lines = lines;
}

/* "PodList" is a list of "Pod"; a plain "List" says nothing of its items. */
static const char *item_kind(struct decoder *d, const struct list *list)
{
	if (!kind_is_list(list->kind) || strcmp(list->kind, "List") == 0)
		return NULL;
	return intern(d->cx->intern, list->kind, strlen(list->kind) - strlen("List"));
}

static void decode_item(struct decoder *d, const struct list *list,
			const struct node *root, struct excerpt lines)
{
	const char *kind = identity(d, root, "kind");
	const char *api_version = identity(d, root, "apiVersion");
	const char *inherited = list ? item_kind(d, list) : NULL;

	if (inherited && !node_has_key(root, "kind"))
		kind = inherited;
	if (inherited && !node_has_key(root, "apiVersion"))
		api_version = list->api_version;
	decode_object(d, root, api_version, kind, lines);
}

/* Policies are few; only what may be one keeps its lines. */
static struct excerpt lines_of(struct decoder *d, const struct node *root)
{
	const struct node *spec = node_get(root, "spec");
	const char *kind = identity(d, root, "kind");

	if (kind && strcmp(kind, "NetworkPolicy") != 0)
		return (struct excerpt){ 0 };
	if (!kind && spec && node_has_key(spec, "containers"))
		return (struct excerpt){ 0 };
	return excerpt_take(d, root->at.line, d->nodes.last_line);
}

static void finish_object(struct decoder *d, const struct node *root, struct list *outer)
{
	bool complete = identity(d, root, "kind") && identity(d, root, "apiVersion");
	struct excerpt lines;

	if (!outer && !complete && stray_object(d, root))
		return;
	lines = lines_of(d, root);
	if (outer && !complete && !(outer->kind && outer->api_version))
		wait_for_kind(d, outer, root, lines);
	else
		decode_item(d, outer, root, lines);
}

static void report_truncated(struct decoder *d, const struct node *at, const char *kind)
{
	d->object = NULL;
	if (kind && kind_is_list(kind))
		diag_node(d, DIAG_TRUNCATED, at,
			  "a '%s' without items: the input was cut off",
			  quoted(d, kind, strlen(kind)));
	else if (kind)
		diag_key(d, DIAG_TRUNCATED, at,
			 "items in an object of kind '%s', which is no list: the input "
			 "was cut off",
			 quoted(d, kind, strlen(kind)));
	else
		diag_key(d, DIAG_TRUNCATED, at,
			 "items without the kind of their list, which stands behind "
			 "them: the input was cut off");
}

/* Twins outside any object: --on-invalid isolate has nothing to contain here. */
static void check_list_keys(struct decoder *d, const struct node *root)
{
	d->object = NULL;
	for (const struct node *c = root->first; c; c = c->next)
		if (c->twin)
			diag_set_level(d->cx->diags,
				       diag_key(d, DIAG_DUPLICATE_KEY, c,
						"the key '%s' of a list stands twice; "
						"two lists need '---' between them",
						quoted(d, c->key, c->key_len)),
				       DIAG_ERROR);
}

static void finish_list(struct decoder *d, const struct node *root, struct list *list)
{
	check_list_keys(d, root);
	if (!kind_is_list(list->kind)) {
		report_truncated(d, list->items, list->kind);
		return;
	}
	if (!list->items) {
		report_truncated(d, root, list->kind);
		return;
	}
	if (!list->streamed && !node_is_null(list->items)) {
		d->object = NULL;
		diag_set_level(d->cx->diags,
			       diag_node(d, DIAG_WRONG_TYPE, list->items,
					 "items takes a list, and not by a merge key"),
			       DIAG_ERROR);
	}
	for (size_t i = 0; i < list->waiting.len; i++)
		decode_item(d, list, list->waiting.at[i].root, list->waiting.at[i].lines);
}

/* ---- reading ------------------------------------------------------------------ */

/* True when the field that was just read says something new. */
static bool learn_from_field(struct decoder *d, const struct node *n, struct list *list)
{
	const char **known = node_is_named(n, "kind")	      ? &list->kind
			     : node_is_named(n, "apiVersion") ? &list->api_version
							      : NULL;

	if (!known || *known)
		return false;
	*known = identity_of(d, n);
	return *known;
}

static void learn_identity(struct decoder *d, const struct node *root, struct list *list)
{
	if (!list->kind)
		list->kind = identity(d, root, "kind");
	if (!list->api_version)
		list->api_version = identity(d, root, "apiVersion");
}

/* How much of a field to keep, given what is known of the kind so far. */
static const struct shape *shape_for(struct decoder *d, const struct list *list)
{
	const char *group = NULL;

	if (list->kind && list->api_version)
		group = group_of(d, list->api_version);
	if (list->kind && !kind_find(group, list->kind))
		return skipped_shape;
	return object_shape;
}

static bool read_object(struct decoder *d, const struct event *start, struct list *outer);

/* The items have memory of their own: the list's nodes must outlive them. */
static bool read_items(struct decoder *d, struct list *list)
{
	struct nodes outer = d->nodes;
	bool good;

	d->nodes.arena = arena_new();
	for (;;) {
		const struct event *e = reader_next(d->nodes.reader);

		good = e->type != EVENT_END;
		if (!good || e->type == EVENT_CLOSE)
			break;
		good = e->type == EVENT_MAPPING ? read_object(d, e, list)
						: stray_value(d, e, false);
		if (!good)
			break;
		arena_reset(d->nodes.arena);
	}
	arena_free(d->nodes.arena);
	outer.last_line = d->nodes.last_line;
	d->nodes = outer;
	return good;
}

/* Of items that are no list, only whether they are null matters. */
static const struct shape nothing[] = { { NULL, NULL } };
static const struct shape odd_items = { "items", nothing };

/* In an object of a kind that is skipped, items are a field like any other. */
static bool are_items(const struct node *n, const struct list *list,
		      const struct shape *shapes)
{
	return node_is_named(n, "items") &&
	       (shapes != skipped_shape || kind_is_list(list->kind));
}

static bool read_value(struct decoder *d, struct node *child, struct list *list,
		       const struct shape *shapes)
{
	const struct event *e = reader_next(d->nodes.reader);
	const struct shape *want = NULL;

	if (are_items(child, list, shapes)) {
		list->items = child;
		if (e->type == EVENT_SEQUENCE) {
			list->streamed = true;
			return read_items(d, list);
		}
		want = &odd_items;
	} else if (child->key) {
		want = shape_find(shapes, child->key, child->key_len);
	}
	return node_read(&d->nodes, child, e, want);
}

static bool read_fields(struct decoder *d, struct node *root, struct list *list)
{
	const struct shape *shapes = shape_for(d, list);
	struct node *merges = NULL, **last = &merges;

	for (;;) {
		const struct event *e = reader_next(d->nodes.reader);
		struct node *child;

		if (e->type == EVENT_END)
			return false;
		if (e->type == EVENT_CLOSE)
			break;
		if (d->nodes.too_large) {
			node_skip_pair(&d->nodes);
			continue;
		}
		if (e->type == EVENT_SCALAR && e->merge) {
			child = node_read_merge(&d->nodes, root, e, object_shape);
			if (!child)
				return false;
			*last = child;
			last = &child->next;
			continue;
		}
		child = node_add_key(&d->nodes, root, e);
		if (!read_value(d, child, list, shapes))
			return false;
		if (learn_from_field(d, child, list))
			shapes = shape_for(d, list);
	}
	node_settle(root, merges);
	learn_identity(d, root, list);
	return true;
}

static bool is_list(const struct node *root, struct list *list)
{
	if (!list->items && node_has_key(root, "items") && kind_is_list(list->kind))
		list->items = root; /* merged in; finish_list() refuses */
	if (list->streamed)
		return true;
	return kind_is_list(list->kind) &&
	       (list->items || kind_is_known_list(list->kind));
}

static void report_too_large(struct decoder *d, const struct node *root,
			     const struct list *list)
{
	name_object(d, root, list->kind, false);
	d->draft->objects++;
	diag_node(d, DIAG_TOO_LARGE, root, "an object with more than %zu MiB of fields",
		  NODES_LIMIT >> 20);
}

static bool read_object(struct decoder *d, const struct event *start, struct list *outer)
{
	struct list list = { 0 };
	struct node *root;
	bool good;

	if (d->src)
		source_forget(d->src, start->line);
	d->nodes.too_large = false;
	d->nodes.last_line = start->line;
	root = node_root(&d->nodes, start);
	good = read_fields(d, root, &list);
	if (good && d->nodes.too_large)
		report_too_large(d, root, &list);
	else if (good && is_list(root, &list))
		finish_list(d, root, &list);
	else if (good)
		finish_object(d, root, outer);
	if (list.arena)
		arena_free(list.arena);
	return good;
}

void decode_source(struct ctx *cx, struct draft *draft, struct source *src)
{
	struct reader *reader = reader_open(cx, src);
	struct decoder d = {
		.cx = cx,
		.draft = draft,
		.src = reader_can_quote(reader) ? src : NULL,
		.nodes = { .reader = reader, .file = source_file(src) },
	};

	d.nodes.arena = arena_new();
	while (reader_next(reader)->type == EVENT_DOCUMENT) {
		const struct event *e = reader_next(reader);
		bool good = e->type != EVENT_END;

		if (good && e->type == EVENT_MAPPING)
			good = read_object(&d, e, NULL);
		else if (good && !event_is_null(e))
			good = stray_value(&d, e, true);
		if (!good)
			break;
		arena_reset(d.nodes.arena);
	}
	arena_free(d.nodes.arena);
	reader_close(reader);
}
