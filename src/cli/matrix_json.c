/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix comes in, one JSON object goes out: the groups, with all of their pods and
 * addresses, and the cells that connect, which refer to them by number.
 */
#include <netpolc/cli/matrix_out.h>

#include <netpolc/base/json_out.h>
#include <netpolc/cli/connection_json.h>

static json_t *pod_list(const struct matrix *m, const struct matrix_end *end)
{
	json_t *list = json_array();

	for (size_t i = 0; i < end->pods.len; i++) {
		const struct pod *pod = &m->ends->dc->cluster->pods[end->pods.at[i]];
		BUF_AUTO name = { 0 };

		buf_printf(&name, "%s/", end->space);
		if (pod->workload)
			buf_printf(&name, "%s/", pod->kind);
		buf_puts(&name, pod->name);
		json_array_append_new(list, json_text(name.at));
	}
	return list;
}

static json_t *group_json(const struct matrix *m, uint32_t id)
{
	const struct matrix_end *end = m->groups[id];
	json_t *json = json_object(), *addresses = json_array();
	BUF_AUTO label = { 0 };

	matrix_label(&label, end);
	json_set(json, "id", json_count(id));
	json_set(json, "label", json_text(label.at));
	json_set(json, "namespace", json_text(end->space));
	json_set(json, "kind", json_text(end->kind));
	json_set(json, "name", json_text(end->name));
	json_set(json, "hostNetwork", json_boolean(end->host_network));
	json_set(json, "unknown", json_boolean(end->unknown));
	json_set(json, "pods", pod_list(m, end));
	for (enum family f = 0; f < FAMILIES; f++)
		json_addresses(addresses, f, &end->addresses[f]);
	json_set(json, "addresses", addresses);
	return json;
}

static json_t *ids_json(const struct matrix_side *side)
{
	json_t *list = json_array();

	for (size_t i = 0; i < side->len; i++)
		json_array_append_new(list, json_count(side->ids[i]));
	return list;
}

static json_t *cell_json(const struct matrix *m, size_t from, size_t to)
{
	const struct matrix_cell *cell = matrix_at(m, from, to);
	json_t *json = json_object();

	json_set(json, "from", json_count(m->from.ids[from]));
	json_set(json, "to", json_count(m->to.ids[to]));
	json_set(json, "pairs",
		 json_string(cell->extent == MATRIX_SOME ? "some" : "all"));
	json_set(json, "ports", json_ports(cell->ports));
	return json;
}

void matrix_json(struct buf *out, const struct matrix *m)
{
	json_t *json = json_object(), *groups = json_array(), *cells = json_array();

	for (uint32_t id = 0; id < m->ngroups; id++)
		json_array_append_new(groups, group_json(m, id));
	for (size_t i = 0; i < m->from.len; i++)
		for (size_t j = 0; j < m->to.len; j++) {
			const struct matrix_cell *cell = matrix_at(m, i, j);

			if (cell->ports && cell->extent != MATRIX_SELF)
				json_array_append_new(cells, cell_json(m, i, j));
		}
	json_set(json, "by", json_string(m->by_namespace ? "namespace" : "workload"));
	json_set(json, "groups", groups);
	json_set(json, "from", ids_json(&m->from));
	json_set(json, "to", ids_json(&m->to));
	json_set(json, "cells", cells);
	json_write(out, json, JSON_COMPACT);
}
