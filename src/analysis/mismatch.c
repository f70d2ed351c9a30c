/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: a selector, and labels of pods or namespaces that it does not match.  Out: words
 * that say what is wrong with it.
 */
#include <netpolc/analysis/mismatch.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/nearest.h>

#include <string.h>

/* Of a list of values, of requirements, and of labels that a message shows. */
#define SHOWN	     4
#define SHOWN_LABELS 3

static void put_values(struct buf *out, const struct requirement *req)
{
	for (size_t i = 0; i < req->nvalues && i < SHOWN; i++)
		buf_printf(out, "%s%s", i ? ", " : "", req->values[i]);
	if (req->nvalues > SHOWN)
		buf_puts(out, ", …");
}

static void requirement_print(struct buf *out, const struct requirement *req)
{
	bool in = req->op == SELECTOR_IN;

	switch (req->op) {
	case SELECTOR_IN:
	case SELECTOR_NOT_IN:
		buf_puts(out, req->key);
		if (req->nvalues == 1) {
			buf_printf(out, "%s%s", in ? "=" : "!=", req->values[0]);
			break;
		}
		buf_puts(out, in ? " in (" : " notin (");
		put_values(out, req);
		buf_putc(out, ')');
		break;
	case SELECTOR_EXISTS:
		buf_puts(out, req->key);
		break;
	case SELECTOR_NOT_EXISTS:
		buf_printf(out, "!%s", req->key);
		break;
	}
}

static void selector_print(struct buf *out, const struct selector *sel)
{
	for (size_t i = 0; i < sel->len && i < SHOWN; i++) {
		buf_puts(out, i ? "," : "");
		requirement_print(out, &sel->at[i]);
	}
	if (sel->len > SHOWN)
		buf_puts(out, ",…");
}

void labels_of_pods(struct arena *a, const struct cluster *cl, uint32_t namespace,
		    struct label_sets *out)
{
	const struct namespace *ns = &cl->namespaces[namespace];

	for (uint32_t id = ns->first_pod; id < ns->first_pod + ns->pods; id++)
		if (pod_is_live(&cl->pods[id]))
			*ARENA_PUSH(a, out) = &cl->pods[id].labels;
}

static bool any_matches(const struct requirement *req, const struct label_sets *labels)
{
	const struct selector one = { req, 1 };

	for (size_t i = 0; i < labels->len; i++)
		if (selector_matches(&one, labels->at[i]))
			return true;
	return false;
}

static bool is_among(const char *value, const char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (values[i] == value)
			return true;
	return false;
}

/* "; there is app=web, app=api" */
static void put_what_there_is(struct buf *out, const char *key,
			      const struct label_sets *labels)
{
	const char *values[SHOWN_LABELS];
	size_t found = 0;

	for (size_t i = 0; i < labels->len && found < SHOWN_LABELS; i++) {
		const char *value = labels_get(labels->at[i], key);

		if (value && !is_among(value, values, found))
			values[found++] = value;
	}
	for (size_t i = 0; i < found; i++)
		buf_printf(out, "%s%s=%s", i ? ", " : "; there is ", key, values[i]);
}

/* "; did you mean app=web?": a label with the same key or the same value, and the other
 * almost so. */
static bool put_what_is_near(struct buf *out, const char *key, const char *value,
			     const struct label_sets *labels)
{
	struct nearest values = nearest_to(value, strlen(value));
	struct nearest keys = nearest_to(key, strlen(key));

	for (size_t i = 0; i < labels->len; i++)
		for (size_t k = 0; k < labels->at[i]->len; k++) {
			const struct label *l = &labels->at[i]->at[k];

			if (l->key == key)
				nearest_offer(&values, l->value);
			else if (l->value == value)
				nearest_offer(&keys, l->key);
		}
	if (!values.best && !keys.best)
		return false;
	buf_printf(out, "; did you mean %s=%s?", values.best ? key : keys.best,
		   values.best ? values.best : value);
	return true;
}

void mismatch_print(struct buf *out, const struct selector *sel,
		    const struct label_sets *labels)
{
	for (size_t i = 0; i < sel->len; i++) {
		const struct requirement *req = &sel->at[i];

		if (any_matches(req, labels))
			continue;
		buf_puts(out, ": none has ");
		requirement_print(out, req);
		if (req->op == SELECTOR_IN &&
		    !put_what_is_near(out, req->key, req->values[0], labels))
			put_what_there_is(out, req->key, labels);
		return;
	}
	buf_puts(out, ": none has all of ");
	selector_print(out, sel);
}
