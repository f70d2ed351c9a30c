/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * same - objects in the order of input in, sorted and without duplicates out
 *
 * One routine serves all kinds: it sorts by name, and where several objects have
 * one name it compares their dumps.  The kinds differ in what is kept of objects
 * that contradict each other, when the run goes on at all.
 */
#include <netpolc/manifest/same.h>

#include <netpolc/base/arena.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/manifest/dump.h>

#include <stdlib.h>
#include <string.h>

/* What same() has to know of a kind. */
struct sameness {
	size_t size;
	int (*compare)(const void *a, const void *b); /* by what names them */
	const char *(*name)(const void *item);
	const struct origin *(*origin)(const void *item);
	void (*dump)(struct buf *out, const struct cluster *cl, const void *item);
	/* Makes the n items that differ safe; returns how many of them to keep. */
	size_t (*contain)(struct ctx *cx, void *items, size_t n);
	bool advisory; /* the run goes on in any case */
};

/* One of several objects with the same name. */
struct rival {
	const void *item;
	const char *text;
	struct place at;
};

static int compare_places(struct place a, struct place b)
{
	if (a.file != b.file)
		return a.file < b.file ? -1 : 1;
	return (a.line > b.line) - (a.line < b.line);
}

static int compare_rivals(const void *a, const void *b)
{
	const struct rival *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	return order ? order : compare_places(x->at, y->at);
}

static void report_rivals(struct ctx *cx, const struct sameness *s, const struct rival *a,
			  const struct rival *b)
{
	bool ordered = compare_places(a->at, b->at) < 0;
	const struct origin *first = s->origin(ordered ? a->item : b->item);
	const struct origin *second = s->origin(ordered ? b->item : a->item);
	struct diag *diag = diag_add(cx->diags, DIAG_DUPLICATE_OBJECT, second,
				     "a second %s '%s', which differs from the first",
				     second->object->kind, s->name(a->item));

	if (cx->set.isolate_invalid || s->advisory)
		diag_set_level(cx->diags, diag, DIAG_WARNING);
	diag_see(cx->diags, diag, first, "the first one");
}

/* Handles the n items at from that have one name; returns how many it leaves there. */
static size_t settle_rivals(struct ctx *cx, const struct sameness *s,
			    const struct cluster *cl, void *from, size_t n)
{
	struct rival *rivals = ARENA_ARRAY(cx->arena, n, struct rival);
	char *copy = arena_array(cx->arena, n, s->size), *to = from;
	size_t kept = 0;

	memcpy(copy, from, n * s->size);
	for (size_t i = 0; i < n; i++) {
		BUF_AUTO text = { 0 };

		rivals[i].item = copy + i * s->size;
		s->dump(&text, cl, rivals[i].item);
		rivals[i].text = arena_strndup(cx->arena, text.at, text.len);
		rivals[i].at = s->origin(rivals[i].item)->at;
	}
	qsort(rivals, n, sizeof(*rivals), compare_rivals);
	for (size_t i = 0; i < n; i++) {
		if (i && strcmp(rivals[i].text, rivals[i - 1].text) == 0)
			continue;
		if (kept && *s->name(rivals[i].item))
			report_rivals(cx, s, &rivals[0], &rivals[i]);
		memcpy(to + kept++ * s->size, rivals[i].item, s->size);
	}
	if (kept == 1 || !*s->name(rivals[0].item))
		return kept;
	return s->contain(cx, from, kept);
}

static size_t same(struct ctx *cx, const struct sameness *s, const struct cluster *cl,
		   void *array, size_t n)
{
	char *at = array;
	size_t kept = 0, i = 0;

	if (n)
		qsort(array, n, s->size, s->compare);
	while (i < n) {
		size_t end = i + 1, len;

		while (end < n && s->compare(at + i * s->size, at + end * s->size) == 0)
			end++;
		len = end - i;
		memmove(at + kept * s->size, at + i * s->size, len * s->size);
		if (len > 1)
			len = settle_rivals(cx, s, cl, at + kept * s->size, len);
		kept += len;
		i = end;
	}
	return kept;
}

/* ---- namespaces ----------------------------------------------------------------- */

static int namespace_compare(const void *a, const void *b)
{
	return strcmp(((const struct namespace *)a)->name,
		      ((const struct namespace *)b)->name);
}

static const char *namespace_name(const void *item)
{
	return ((const struct namespace *)item)->name;
}

static const struct origin *namespace_origin(const void *item)
{
	return &((const struct namespace *)item)->origin;
}

static void namespace_dump(struct buf *out, const struct cluster *cl, const void *item)
{
	(void)cl;
	dump_namespace(out, NULL, item);
}

static size_t namespace_contain(struct ctx *cx, void *items, size_t n)
{
	struct namespace *at = items;

	(void)cx;
	at->invalid = true;
	for (size_t i = 1; i < n; i++)
		at->default_deny = at->default_deny || at[i].default_deny;
	return 1;
}

size_t same_namespaces(struct ctx *cx, struct namespace *at, size_t n)
{
	static const struct sameness s = { sizeof(*at),	   namespace_compare,
					   namespace_name, namespace_origin,
					   namespace_dump, namespace_contain,
					   false };

	return same(cx, &s, NULL, at, n);
}

/* ---- pods ----------------------------------------------------------------------- */

static int pod_compare(const void *a, const void *b)
{
	const struct pod *x = a, *y = b;
	int order;

	if (x->namespace != y->namespace)
		return x->namespace < y->namespace ? -1 : 1;
	order = strcmp(x->name, y->name);
	if (order == 0)
		order = strcmp(x->kind, y->kind);
	return order ? order : x->replica - y->replica;
}

static const char *pod_name(const void *item)
{
	return ((const struct pod *)item)->name;
}

static const struct origin *pod_origin(const void *item)
{
	return &((const struct pod *)item)->origin;
}

static void pod_dump(struct buf *out, const struct cluster *cl, const void *item)
{
	dump_pod(out, NULL, cl, item);
}

/* All addresses go to the one that is kept, where they are denied: an address that
 * nobody holds might be allowed. */
static size_t pod_contain(struct ctx *cx, void *items, size_t n)
{
	struct pod *at = items;
	struct address *all;
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += at[i].naddresses;
	all = ARENA_ARRAY(cx->arena, len, struct address);
	len = 0;
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < at[i].naddresses; j++)
			all[len++] = at[i].addresses[j];
		at->finished = at->finished && at[i].finished;
		at->host_network = at->host_network && at[i].host_network;
	}
	at->addresses = all;
	at->naddresses = addresses_unique(all, len);
	at->invalid = true;
	return 1;
}

size_t same_pods(struct ctx *cx, const struct cluster *cl, struct pod *at, size_t n)
{
	static const struct sameness s = { sizeof(*at), pod_compare, pod_name, pod_origin,
					   pod_dump,	pod_contain, false };

	return same(cx, &s, cl, at, n);
}

/* ---- nodes ---------------------------------------------------------------------- */

static int node_compare(const void *a, const void *b)
{
	return strcmp(((const struct node_object *)a)->name,
		      ((const struct node_object *)b)->name);
}

static const char *node_name(const void *item)
{
	return ((const struct node_object *)item)->name;
}

static const struct origin *node_object_origin(const void *item)
{
	return &((const struct node_object *)item)->origin;
}

static void node_dump(struct buf *out, const struct cluster *cl, const void *item)
{
	(void)cl;
	dump_node(out, NULL, item);
}

/* A node's own pods reach it from anywhere, so no address is trusted. */
static size_t node_contain(struct ctx *cx, void *items, size_t n)
{
	struct node_object *at = items;

	(void)cx;
	(void)n;
	at->naddresses = 0;
	at->npod_cidrs = 0;
	return 1;
}

size_t same_nodes(struct ctx *cx, struct node_object *at, size_t n)
{
	static const struct sameness s = { sizeof(*at), node_compare,
					   node_name,	node_object_origin,
					   node_dump,	node_contain,
					   false };

	return same(cx, &s, NULL, at, n);
}

/* ---- policies ------------------------------------------------------------------- */

static int policy_compare(const void *a, const void *b)
{
	const struct policy *x = a, *y = b;

	if (x->namespace != y->namespace)
		return x->namespace < y->namespace ? -1 : 1;
	return strcmp(x->name, y->name);
}

static const char *policy_name(const void *item)
{
	return ((const struct policy *)item)->name;
}

static const struct origin *policy_origin(const void *item)
{
	return &((const struct policy *)item)->origin;
}

static void policy_dump(struct buf *out, const struct cluster *cl, const void *item)
{
	dump_policy(out, NULL, cl, item);
}

/* Any of them may be the one that counts: each isolates, none allows. */
static size_t policy_contain(struct ctx *cx, void *items, size_t n)
{
	struct policy *at = items;

	(void)cx;
	for (size_t i = 0; i < n; i++) {
		at[i].invalid = true;
		at[i].nrules[INGRESS] = at[i].nrules[EGRESS] = 0;
	}
	return n;
}

size_t same_policies(struct ctx *cx, const struct cluster *cl, struct policy *at,
		     size_t n)
{
	static const struct sameness s = { sizeof(*at),	  policy_compare, policy_name,
					   policy_origin, policy_dump,	  policy_contain,
					   false };

	return same(cx, &s, cl, at, n);
}

/* ---- services ------------------------------------------------------------------- */

static int service_compare(const void *a, const void *b)
{
	const struct service *x = a, *y = b;
	int order = strcmp(x->space, y->space);

	return order ? order : strcmp(x->name, y->name);
}

static const char *service_name(const void *item)
{
	return ((const struct service *)item)->name;
}

static const struct origin *service_origin(const void *item)
{
	return &((const struct service *)item)->origin;
}

static void service_dump(struct buf *out, const struct cluster *cl, const void *item)
{
	(void)cl;
	dump_service(out, NULL, item);
}

static size_t service_contain(struct ctx *cx, void *items, size_t n)
{
	(void)cx;
	(void)n;
	((struct service *)items)->invalid = true;
	return 1;
}

size_t same_services(struct ctx *cx, struct service *at, size_t n)
{
	static const struct sameness s = { sizeof(*at),	 service_compare,
					   service_name, service_origin,
					   service_dump, service_contain,
					   true };

	return same(cx, &s, NULL, at, n);
}
