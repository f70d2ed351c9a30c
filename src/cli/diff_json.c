/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A comparison comes in, one JSON object goes out.  Groups that changes name are listed
 * once, with all of their pods and addresses, and referred to by number.
 */
#include <netpolc/cli/diff.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/json_out.h>
#include <netpolc/cli/connection_json.h>
#include <netpolc/manifest/ctx.h>

static json_t *pod_text(const struct comparison *cmp, uint32_t pod)
{
	BUF_AUTO name = { 0 };

	diff_pod(&name, cmp, pod);
	return json_text(name.at);
}

static json_t *group_json(const struct comparison *cmp, uint32_t id)
{
	const struct end_group *group = &cmp->groups[id];
	json_t *json = json_object(), *pods = json_array();

	json_set(json, "id", json_count(id));
	for (size_t i = 0; i < group->pods.len; i++)
		json_array_append_new(pods, pod_text(cmp, group->pods.at[i]));
	if (group->outside) {
		json_decref(pods);
		json_t *addresses = json_array();

		json_addresses(addresses, group->family, &group->addresses);
		json_set(json, "addresses", addresses);
	} else {
		json_set(json, "pods", pods);
	}
	return json;
}

static json_t *group_list(const struct comparison *cmp)
{
	json_t *list = json_array();
	struct arena *scratch = arena_new();
	bool *used = ARENA_ARRAY(scratch, cmp->ngroups, bool);

	for (size_t i = 0; i < cmp->nchanges; i++) {
		const struct change *change = &cmp->changes[i];

		for (size_t g = 0; g < change->nsubjects; g++)
			used[change->subjects[g]] = true;
		for (size_t g = 0; g < change->npeers; g++)
			used[change->peers[g]] = true;
	}
	for (uint32_t id = 0; id < cmp->ngroups; id++)
		if (used[id])
			json_array_append_new(list, group_json(cmp, id));
	arena_free(scratch);
	return list;
}

static json_t *ref_json(struct ctx *cx, const struct comparison *cmp,
			const struct cause *cause, size_t i)
{
	const struct cluster *cl = cmp->dc[cause->side]->cluster;
	const struct policy *policy = &cl->policies[cause->refs[i].policy];
	const struct origin *origin = &policy->origin;
	json_t *json = json_object();

	json_set(json, "namespace", json_text(cl->namespaces[policy->namespace].name));
	json_set(json, "name", json_text(policy->name));
	if (cause->refs[i].rule != NO_RULE) {
		origin = &policy->rules[cause->direction][cause->refs[i].rule].origin;
		json_set(json, "path", json_text(origin->path));
	}
	json_set_where(json, &cx->sources, &origin->at);
	return json;
}

static json_t *id_list(const uint32_t *ids, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_count(ids[i]));
	return list;
}

static json_t *change_json(struct ctx *cx, const struct comparison *cmp,
			   const struct change *change)
{
	static const char *const kinds[] = {
		[CAUSE_ISOLATION] = "isolation",
		[CAUSE_RULES] = "rules",
		[CAUSE_FAMILY] = "family",
		[CAUSE_NODE] = "node",
		[CAUSE_POD] = "pod",
	};
	const struct cause *cause = change->cause;
	bool out = cause->direction == EGRESS;
	json_t *json = json_object(), *policies = json_array();

	for (size_t i = 0; i < cause->nrefs; i++)
		json_array_append_new(policies, ref_json(cx, cmp, cause, i));
	json_set(json, "change", json_string(cause->gained ? "opened" : "closed"));
	json_set(json, "direction", json_string(direction_name(cause->direction)));
	json_set(json, "cause", json_string(kinds[cause->kind]));
	json_set(json, "policies", policies);
	json_set(json, "from",
		 out ? id_list(change->subjects, change->nsubjects)
		     : id_list(change->peers, change->npeers));
	json_set(json, "to",
		 out ? id_list(change->peers, change->npeers)
		     : id_list(change->subjects, change->nsubjects));
	json_set(json, "ports", json_ports(change->ports));
	return json;
}

/* The pods that only that side has. */
static json_t *only_json(const struct comparison *cmp, enum side side)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < cmp->npods; i++)
		if (cmp->pods[i].id[side] != NO_POD &&
		    cmp->pods[i].id[side == AFTER ? BEFORE : AFTER] == NO_POD)
			json_array_append_new(list, pod_text(cmp, i));
	return list;
}

static json_t *summary_json(const struct comparison *cmp)
{
	json_t *json = json_object();

	json_set(json, "podPairsOpened", json_count(cmp->pairs[true]));
	json_set(json, "podPairsClosed", json_count(cmp->pairs[false]));
	json_set(json, "podsOpenedToOutside", json_count(cmp->outward[true]));
	json_set(json, "podsClosedToOutside", json_count(cmp->outward[false]));
	return json;
}

json_t *diff_object(struct ctx *cx, const struct comparison *cmp)
{
	json_t *json = json_object(), *changes = json_array();

	for (size_t i = 0; i < cmp->nchanges; i++)
		json_array_append_new(changes, change_json(cx, cmp, &cmp->changes[i]));
	json_set(json, "same", json_boolean(diff_is_empty(cmp)));
	json_set(json, "summary", summary_json(cmp));
	json_set(json, "podsAdded", only_json(cmp, AFTER));
	json_set(json, "podsRemoved", only_json(cmp, BEFORE));
	json_set(json, "groups", group_list(cmp));
	json_set(json, "changes", changes);
	return json;
}

void diff_json(struct ctx *cx, struct buf *out, const struct comparison *cmp)
{
	json_write(out, diff_object(cx, cmp), JSON_INDENT(1));
}
