/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The operations that make the loaded table what it should be come in, one JSON object
 * goes out: each operation with the pods that it is about.
 */
#include <netpolc/cli/diff_live.h>

#include <netpolc/base/json_out.h>
#include <netpolc/cli/diff.h>

/* NULL: no pod of the input has the address. */
static json_t *pod_json(const struct decisions *dc, enum key_type type, u128 number)
{
	const struct address a = { type == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6, number };
	const struct pod_address *held = classes_find_address(dc->classes, a);
	const struct cluster *cl = dc->cluster;
	BUF_AUTO name = { 0 };

	if (!held)
		return NULL;
	buf_printf(&name, "%s/%s", cl->namespaces[cl->pods[held->pod].namespace].name,
		   cl->pods[held->pod].name);
	return json_text(name.at);
}

static json_t *pods_json(const struct decisions *dc, const struct set *s,
			 const struct element *e)
{
	enum key_type last = s->key[s->nkeys - 1];
	json_t *list = json_array(), *pod = NULL;

	if (s->nkeys > 1 && s->key[0] != KEY_PORT)
		pod = pod_json(dc, s->key[0], e->first);
	if (pod)
		json_array_append_new(list, pod);
	pod = last != KEY_PORT && e->lo == e->hi ? pod_json(dc, last, e->lo) : NULL;
	if (pod)
		json_array_append_new(list, pod);
	return list;
}

static json_t *operation_json(const struct decisions *dc,
			      const struct delta_operation *op)
{
	static const char *const words[DELTA_KINDS] = {
		[DELTA_DELETE_ELEMENT] = "delete element",
		[DELTA_FLUSH_SET] = "flush set",
		[DELTA_FLUSH_CHAIN] = "flush chain",
		[DELTA_DELETE_SET] = "delete set",
		[DELTA_DELETE_CHAIN] = "delete chain",
		[DELTA_DELETE_COUNTER] = "delete counter",
		[DELTA_ADD_COUNTER] = "add counter",
		[DELTA_ADD_CHAIN] = "add chain",
		[DELTA_ADD_SET] = "add set",
		[DELTA_ADD_ELEMENT] = "add element",
		[DELTA_ADD_RULE] = "add rule",
	};
	const struct chain *chain = op->chain;
	json_t *json = json_object();
	BUF_AUTO what = { 0 };

	json_set(json, "operation", json_string(words[op->kind]));
	json_set(json, "name", json_text(op->name));
	if (op->element) {
		text_element(&what, op->set, op->element);
		json_set(json, "element", json_text(what.at));
		json_set(json, "pods", pods_json(dc, op->set, op->element));
	}
	if (op->rule) {
		text_rule(&what, op->rule);
		json_set(json, "rule", json_text(what.at));
	}
	if (op->element && op->element->verdict.chain)
		chain = op->element->verdict.chain;
	if (chain && chain->policies)
		json_set(json, "policies", json_text(chain->policies));
	return json;
}

static json_t *operations_json(const struct decisions *dc,
			       const struct delta_operations *ops)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ops->len; i++)
		json_array_append_new(list, operation_json(dc, &ops->at[i]));
	return list;
}

static json_t *transactions_json(const struct decisions *dc, const struct delta *d)
{
	json_t *list = json_array();

	if (d && !d->replace && d->first.len)
		json_array_append_new(list, operations_json(dc, &d->first));
	if (d && !d->replace && d->then.len)
		json_array_append_new(list, operations_json(dc, &d->then));
	return list;
}

/* What has to be done to the table for it to be what was made of dc. */
static void put_delta(json_t *json, const struct decisions *dc, const struct delta *d)
{
	json_set(json, "replace", json_boolean(d && d->replace));
	json_set(json, "difference", json_text(d ? d->why : NULL));
	json_set(json, "transactions", transactions_json(dc, d));
}

static json_t *drift_json(const struct live *live)
{
	json_t *json;

	if (!live->drift)
		return json_null();
	json = json_object();
	put_delta(json, live->before.dc, live->drift);
	return json;
}

void live_json(struct ctx *cx, struct buf *out, const struct live *live)
{
	json_t *json = json_object();

	json_set(json, "same", json_boolean(live_is_same(live)));
	json_set(json, "table", json_text(live->rs->table));
	json_set(json, "loaded", json_boolean(live->delta != NULL));
	put_delta(json, live->dc, live->delta);
	json_set(json, "drift", drift_json(live));
	json_set(json, "connections",
		 live->cmp ? diff_object(cx, live->cmp) : json_null());
	json_set(json, "connectionsUnknown", json_text(live->before.unknown));
	json_write(out, json, JSON_INDENT(1));
}
