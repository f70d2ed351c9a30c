/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assertions - a test file in, what it asserts out
 *
 * A document is read as one tree: people write these files, and each assertion is
 * known as an object of its own, so that whoever asks later can point at its lines.
 */
#include <netpolc/manifest/assertions.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/decode.h>
#include <netpolc/manifest/names.h>
#include <netpolc/manifest/repeats.h>

#include <string.h>

#define OBJECT_KIND "test"

/* ---- ends ---------------------------------------------------------------------- */

static void decode_end_space(struct decoder *d, const struct node *n, void *into)
{
	struct assertion_end *end = into;
	const char *fault;

	end->space = decode_string(d, n);
	fault = end->space ? fault_of_dns_label(end->space, strlen(end->space)) : NULL;
	if (fault)
		diag_node(d, DIAG_BAD_NAME, n, "'%s' %s",
			  quoted(d, end->space, strlen(end->space)), fault);
}

static void decode_end_pods(struct decoder *d, const struct node *n, void *into)
{
	decode_selector(d, n, &((struct assertion_end *)into)->pods);
}

static void decode_pods(struct decoder *d, const struct node *n,
			struct assertion_end *end)
{
	static const struct field table[] = {
		{ "namespace", false, decode_end_space },
		{ "podSelector", false, decode_end_pods },
	};
	static const struct fields fields = FIELDS("pods", table);

	if (!n->count) {
		diag_node(d, DIAG_MISSING_FIELD, n,
			  "%s needs namespace, podSelector or both", n->key);
		return;
	}
	end->space = intern_str(d->cx->intern, d->cx->set.default_namespace);
	end->pods = selector_intern(d->cx->arena, d->draft->selectors, NULL, 0);
	decode_fields(d, n, &fields, end);
}

static void decode_end(struct decoder *d, const struct node *n, void *into)
{
	struct assertion_end *end = into;

	end->origin = node_origin(d, n);
	if (n->kind == NODE_MAPPING)
		decode_pods(d, n, end);
	else if (n->kind == NODE_SCALAR)
		end->text = decode_string(d, n);
	else
		wrong_type(d, n, "an endpoint, a CIDR or a mapping");
}

static void decode_from(struct decoder *d, const struct node *n, void *into)
{
	decode_end(d, n, &((struct assertion *)into)->from);
}

static void decode_to(struct decoder *d, const struct node *n, void *into)
{
	decode_end(d, n, &((struct assertion *)into)->to);
}

/* ---- ports --------------------------------------------------------------------- */

static bool decode_one_port(struct decoder *d, const struct node *n,
			    struct assertion_port *out)
{
	const char *text;

	if (n->kind == NODE_SCALAR && node_type(n) == TYPE_INTEGER) {
		diag_node(d, DIAG_BAD_PORT, n, "'%s' lacks its protocol: write tcp/%s",
			  quoted(d, n->text, n->len), quoted(d, n->text, n->len));
		return false;
	}
	text = decode_string(d, n);
	if (!text)
		return false;
	out->origin = node_origin(d, n);
	if (probe_port_parse(&out->port, text))
		return true;
	diag_node(d, DIAG_BAD_PORT, n,
		  "'%s' is no port such as tcp/80, udp/53, sctp/7777 or tcp/http: tcp, "
		  "udp or sctp, then / and a number 1-65535 or a port name",
		  quoted(d, text, strlen(text)));
	return false;
}

static void decode_assertion_port(struct decoder *d, const struct node *n, void *into)
{
	struct assertion *a = into;
	struct assertion_port *port = ARENA_NEW(d->cx->arena, struct assertion_port);

	a->nports = decode_one_port(d, n, port);
	a->ports = port;
}

static void decode_assertion_ports(struct decoder *d, const struct node *n, void *into)
{
	struct assertion *a = into;
	struct assertion_port *at;

	if (a->ports) {
		diag_key(d, DIAG_UNKNOWN_FIELD, n, "ports beside port: one of the two");
		return;
	}
	if (!expect_sequence(d, n))
		return;
	if (!n->count)
		diag_node(d, DIAG_NO_TESTS, n, "an empty list of ports asserts nothing");
	at = ARENA_ARRAY(d->cx->arena, n->count, struct assertion_port);
	for (const struct node *item = n->first; item; item = item->next)
		a->nports += decode_one_port(d, item, &at[a->nports]);
	a->ports = at;
}

/* ---- one assertion --------------------------------------------------------------- */

static void decode_name(struct decoder *d, const struct node *n, void *into)
{
	const char *name = decode_string(d, n);

	if (name && *name)
		((struct assertion *)into)->name = name;
}

static bool is_word(const struct node *n, const char *word)
{
	return n->len == strlen(word) && !memcmp(n->text, word, n->len);
}

/* Whatever type YAML gives to another word, it is not one of these two. */
static void decode_expect(struct decoder *d, const struct node *n, void *into)
{
	bool scalar = n->kind == NODE_SCALAR, allow = scalar && is_word(n, "allow");

	if (!scalar)
		wrong_type(d, n, "allow or deny");
	else if (!allow && !is_word(n, "deny"))
		diag_node(d, DIAG_WRONG_TYPE, n, "expect takes allow or deny, not '%s'",
			  quoted(d, n->text, n->len));
	((struct assertion *)into)->allow = allow;
}

static const struct field assertion_table[] = {
	{ "name", false, decode_name },
	{ "from", true, decode_from },
	{ "to", true, decode_to },
	{ "port", false, decode_assertion_port },
	{ "ports", false, decode_assertion_ports },
	{ "expect", true, decode_expect },
};
static const struct fields assertion_fields = FIELDS("test", assertion_table);

static const char *end_text(struct decoder *d, const struct assertion_end *end)
{
	return end->text ? end->text
			 : arena_printf(d->cx->arena, "pods of %s", end->space);
}

/* "shop/web to shop/db on tcp/5432" */
static const char *make_name(struct decoder *d, const struct assertion *a)
{
	return arena_printf(d->cx->arena, "%s to %s on %s%s", end_text(d, &a->from),
			    end_text(d, &a->to), a->ports->port.text,
			    a->nports > 1 ? " and others" : "");
}

static void decode_assertion(struct decoder *d, const struct node *n, uint32_t last,
			     struct assertions *out)
{
	struct object *object = ARENA_NEW(d->cx->arena, struct object);
	const struct node *name = n->kind == NODE_MAPPING ? node_get(n, "name") : NULL;
	struct assertion a = { .name = NULL };

	object->kind = OBJECT_KIND;
	if (name && name->kind == NODE_SCALAR && !memchr(name->text, '\0', name->len))
		object->name = intern(d->cx->intern, name->text, name->len);
	object->lines = excerpt_take(d, n->at.line, last);
	d->object = object;
	d->faults = 0;
	decode_fields(d, n, &assertion_fields, &a);
	if (n->kind == NODE_MAPPING && !node_get(n, "port") && !node_get(n, "ports"))
		diag_node(d, DIAG_MISSING_FIELD, n,
			  "test.port or test.ports is required");
	if (d->faults || !a.nports)
		return;
	a.origin = (struct origin){ n->at, object, node_path(d->cx->arena, n) };
	if (!a.name)
		a.name = make_name(d, &a);
	*ARENA_PUSH(d->cx->arena, out) = a;
}

/* ---- files ------------------------------------------------------------------------ */

struct test_file {
	struct assertions *out;
	uint32_t last_line; /* of the document */
};

static void decode_tests(struct decoder *d, const struct node *n, void *into)
{
	struct test_file *file = into;

	if (!expect_sequence(d, n))
		return;
	if (!n->count)
		diag_node(d, DIAG_NO_TESTS, n, "an empty list of tests asserts nothing");
	for (const struct node *item = n->first; item; item = item->next) {
		uint32_t last = item->next ? item->next->at.line : file->last_line;

		/* The next may stand on the line where this one ends. */
		if (last > item->at.line && item->next)
			last--;
		decode_assertion(d, item, last, file->out);
	}
}

static const struct field file_table[] = {
	{ "tests", false, decode_tests },
};
static const struct fields file_fields = FIELDS("test file", file_table);

static void decode_file(struct decoder *d, const struct node *root,
			struct test_file *file)
{
	decode_fields(d, root, &file_fields, file);
	if (root->kind != NODE_MAPPING || node_get(root, "tests"))
		return;
	if (node_has_key(root, "tests"))
		diag_node(d, DIAG_NO_TESTS, root,
			  "tests without a value asserts nothing");
	else
		diag_node(d, DIAG_MISSING_FIELD, root,
			  "a test file needs the field tests");
}

/* False when the stream ended inside. */
static bool read_document(struct decoder *d, const struct event *start,
			  struct assertions *out)
{
	static const struct shape whole = { NULL, NULL };
	struct node *root = node_root(&d->nodes, start);
	struct test_file file = { .out = out };
	bool good;

	d->object = NULL;
	d->nodes.too_large = false;
	d->nodes.last_line = start->line;
	good = node_read(&d->nodes, root, start, &whole);
	file.last_line = d->nodes.last_line;
	if (good && d->nodes.too_large)
		diag_node(d, DIAG_TOO_LARGE, root, "more than %zu MiB of tests",
			  NODES_LIMIT >> 20);
	else if (good)
		decode_file(d, root, &file);
	return good;
}

static void read_tests(struct ctx *cx, struct source *src, struct hashset *selectors,
		       struct assertions *out)
{
	struct draft draft = { .selectors = selectors };
	struct reader *reader = reader_open(cx, src);
	struct decoder d = {
		.cx = cx,
		.draft = &draft,
		.src = reader_can_quote(reader) ? src : NULL,
		.nodes = { .reader = reader, .file = source_file(src) },
		.level = FAULTS_REFUSED,
	};
	size_t documents = 0;

	d.nodes.arena = arena_new();
	while (reader_next(reader)->type == EVENT_DOCUMENT) {
		const struct event *e = reader_next(reader);

		if (e->type == EVENT_END)
			break;
		if (event_is_null(e))
			continue;
		documents++;
		if (!read_document(&d, e, out))
			break;
		arena_reset(d.nodes.arena);
	}
	if (!documents && !reader_failed(reader)) {
		const struct origin origin = { .at = { .file = d.nodes.file,
						       .line = 1 } };

		diag_add(cx->diags, DIAG_NO_TESTS, &origin,
			 "no tests in all of the file");
	}
	arena_free(d.nodes.arena);
	reader_close(reader);
}

void assertions_read(struct ctx *cx, const uint32_t files[], size_t n,
		     struct assertions *out)
{
	struct hashset *selectors = selectors_new(cx->arena);

	for (size_t i = 0; i < n; i++) {
		struct source *src = source_open(&cx->sources, cx->diags, files[i]);

		if (!src)
			continue;
		read_tests(cx, src, selectors, out);
		source_close(src);
	}
	repeats_warn(cx, out);
}
