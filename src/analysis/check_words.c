/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts of a cluster come in, words for messages go out.
 */
#include <netpolc/analysis/checking.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

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

void requirement_print(struct buf *out, const struct requirement *req)
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

void selector_print(struct buf *out, const struct selector *sel)
{
	for (size_t i = 0; i < sel->len && i < SHOWN; i++) {
		buf_puts(out, i ? "," : "");
		requirement_print(out, &sel->at[i]);
	}
	if (sel->len > SHOWN)
		buf_puts(out, ",…");
}

void pod_print(struct buf *out, const struct cluster *cl, uint32_t pod)
{
	const struct pod *p = &cl->pods[pod];

	buf_printf(out, "%s %s/%s", p->workload ? p->kind : "pod",
		   cl->namespaces[p->namespace].name, p->name);
}

size_t selector_cost(const struct selector *sel)
{
	size_t n = 1;

	for (size_t i = 0; i < sel->len; i++)
		n += 2 + sel->at[i].nvalues;
	return n;
}

void labels_of_pods(struct checking *ck, uint32_t namespace, struct label_sets *out)
{
	const struct namespace *ns = &ck->cluster->namespaces[namespace];

	for (uint32_t id = ns->first_pod; id < ns->first_pod + ns->pods; id++)
		if (pod_is_live(&ck->cluster->pods[id]))
			*ARENA_PUSH(ck->scratch, out) = &ck->cluster->pods[id].labels;
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

void mismatch_print(struct buf *out, struct checking *ck, const struct selector *sel,
		    const struct label_sets *labels)
{
	if (labels->len == 0 || !check_spend(ck, labels->len * selector_cost(sel)))
		return;
	for (size_t i = 0; i < sel->len; i++) {
		if (any_matches(&sel->at[i], labels))
			continue;
		buf_puts(out, ": none has ");
		requirement_print(out, &sel->at[i]);
		if (sel->at[i].op == SELECTOR_IN)
			put_what_there_is(out, sel->at[i].key, labels);
		return;
	}
	buf_puts(out, ": none has all of ");
	selector_print(out, sel);
}
