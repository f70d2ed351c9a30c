/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode_selector - the tree of a metav1.LabelSelector in, an interned selector out
 *
 * A selector is its list of requirements; an entry of matchLabels is one of them.
 */
#include <netpolc/manifest/decode.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/intern.h>
#include <netpolc/manifest/names.h>

#include <string.h>

struct requirements {
	struct requirement *at;
	size_t len, cap;
};

/* A requirement while its fields come in. */
struct requirement_draft {
	struct requirement r;
	bool known; /* the operator */
};

static void check_value(struct decoder *d, const struct node *n, const char *value)
{
	const char *fault = fault_of_label_value(value, strlen(value));

	if (fault)
		diag_node(d, DIAG_BAD_LABEL, n, "'%s' %s",
			  quoted(d, value, strlen(value)), fault);
}

/* An expression may have had such a value since before it was refused, and then it
 * matches literally: there is nothing to contain (A 55). */
static void check_listed_value(struct decoder *d, const struct node *n, const char *value)
{
	size_t faults = d->faults;

	check_value(d, n, value);
	if (d->level == FAULTS_CONTAINED)
		d->faults = faults;
}

static void check_label_key(struct decoder *d, const struct node *n, const char *key,
			    size_t len)
{
	const char *fault = fault_of_label_key(key, len);

	if (!fault)
		return;
	if (n->kind == NODE_SCALAR && n->text == key)
		diag_node(d, DIAG_BAD_LABEL, n, "'%s' %s", quoted(d, key, len), fault);
	else
		diag_key(d, DIAG_BAD_LABEL, n, "'%s' %s", quoted(d, key, len), fault);
}

static void decode_match_labels(struct decoder *d, const struct node *n, void *into)
{
	struct requirements *reqs = into;

	if (!expect_mapping(d, n))
		return;
	check_keys(d, n);
	for (const struct node *c = n->first; c; c = c->next) {
		const char *value, **values;

		if (!is_good_key(c))
			continue;
		check_label_key(d, c, c->key, c->key_len);
		value = decode_string(d, c);
		if (!value)
			continue;
		check_value(d, c, value);
		values = ARENA_NEW(d->cx->arena, const char *);
		*values = value;
		*ARENA_PUSH(d->cx->arena, reqs) = (struct requirement){
			.key = intern(d->cx->intern, c->key, strlen(c->key)),
			.op = SELECTOR_IN,
			.values = values,
			.nvalues = 1,
		};
	}
}

static void decode_key(struct decoder *d, const struct node *n, void *into)
{
	struct requirement_draft *draft = into;

	draft->r.key = decode_string(d, n);
	if (draft->r.key)
		check_label_key(d, n, n->text, n->len);
}

static void decode_operator(struct decoder *d, const struct node *n, void *into)
{
	struct requirement_draft *draft = into;
	const char *text = read_string(d, n);

	if (!text)
		return;
	for (unsigned op = 0; op < SELECTOR_OPERATORS; op++) {
		if (strcmp(text, selector_operator_name(op)))
			continue;
		draft->r.op = op;
		draft->known = true;
		return;
	}
	diag_node(d, DIAG_BAD_SELECTOR, n,
		  "operator '%s' is none of In, NotIn, Exists and DoesNotExist",
		  quoted(d, text, strlen(text)));
}

static void decode_values(struct decoder *d, const struct node *n, void *into)
{
	struct requirement_draft *draft = into;
	const char **values;

	if (!expect_sequence(d, n))
		return;
	values = ARENA_ARRAY(d->cx->arena, n->count, const char *);
	for (const struct node *item = n->first; item; item = item->next) {
		const char *value = decode_string(d, item);

		if (!value)
			continue;
		check_listed_value(d, item, value);
		values[draft->r.nvalues++] = value;
	}
	draft->r.values = values;
}

static void check_count(struct decoder *d, const struct node *n,
			const struct requirement_draft *draft)
{
	const struct node *values = node_get(n, "values");
	bool wants = draft->r.op == SELECTOR_IN || draft->r.op == SELECTOR_NOT_IN;

	if (!draft->known || (values && values->kind != NODE_SEQUENCE))
		return;
	if (wants && !(values && values->count))
		diag_node(d, DIAG_BAD_SELECTOR, values ? values : n,
			  "operator '%s' needs at least one value",
			  selector_operator_name(draft->r.op));
	else if (!wants && values && values->count)
		diag_node(d, DIAG_BAD_SELECTOR, values, "operator '%s' takes no values",
			  selector_operator_name(draft->r.op));
}

static void decode_expressions(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ "key", true, decode_key },
		{ "operator", true, decode_operator },
		{ "values", false, decode_values },
	};
	static const struct fields fields = FIELDS("LabelSelectorRequirement", table);
	struct requirements *reqs = into;

	if (!expect_sequence(d, n))
		return;
	for (const struct node *item = n->first; item; item = item->next) {
		struct requirement_draft draft = { 0 };
		size_t faults = d->faults;

		decode_fields(d, item, &fields, &draft);
		if (item->kind == NODE_MAPPING)
			check_count(d, item, &draft);
		if (d->faults == faults)
			*ARENA_PUSH(d->cx->arena, reqs) = draft.r;
	}
}

void decode_label_map(struct decoder *d, const struct node *n, void *into)
{
	struct requirements reqs = { 0 };

	decode_match_labels(d, n, &reqs);
	*(const struct selector **)into =
		selector_intern(d->cx->arena, d->draft->selectors, reqs.at, reqs.len);
}

void decode_selector(struct decoder *d, const struct node *n, void *into)
{
	static const struct field table[] = {
		{ "matchLabels", false, decode_match_labels },
		{ "matchExpressions", false, decode_expressions },
	};
	static const struct fields fields = FIELDS("LabelSelector", table);
	struct requirements reqs = { 0 };

	decode_fields(d, n, &fields, &reqs);
	*(const struct selector **)into =
		selector_intern(d->cx->arena, d->draft->selectors, reqs.at, reqs.len);
}
