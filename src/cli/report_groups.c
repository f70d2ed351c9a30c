/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Groups of ends come in, what a report knows of them goes out.
 */
#include <netpolc/cli/report_parts.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/json_out.h>
#include <netpolc/cli/matrix_out.h>

#include <stdlib.h>
#include <string.h>

/* Of the pods and address ranges of a group so many are listed. */
#define LISTED 200

static int compare_labels(const void *a, const void *b)
{
	const struct label *x = a, *y = b;
	int order = strcmp(x->key, y->key);

	return order ? order : strcmp(x->value, y->value);
}

static struct label *sorted_labels(struct arena *scratch, const struct matrix *m,
				   const struct matrix_end *end, size_t *len)
{
	struct {
		struct label *at;
		size_t len, cap;
	} all = { 0 };

	for (size_t p = 0; p < end->pods.len; p++) {
		const struct labels *labels =
			&m->ends->dc->cluster->pods[end->pods.at[p]].labels;

		for (size_t i = 0; i < labels->len; i++)
			*ARENA_PUSH(scratch, &all) = labels->at[i];
	}
	if (all.len)
		qsort(all.at, all.len, sizeof(*all.at), compare_labels);
	*len = all.len;
	return all.at;
}

/* Labels that all pods of a group have, and those that only some have. */
static void set_labels(json_t *json, const struct matrix *m, const struct matrix_end *end)
{
	json_t *common = json_array(), *others = json_array();
	struct arena *scratch = arena_new();
	size_t len, next;
	const struct label *all = sorted_labels(scratch, m, end, &len);

	for (size_t i = 0; i < len; i = next) {
		BUF_AUTO text = { 0 };

		for (next = i + 1; next < len && !compare_labels(&all[i], &all[next]);
		     next++)
			;
		buf_printf(&text, "%s=%s", all[i].key, all[i].value);
		json_array_append_new(next - i == end->pods.len ? common : others,
				      report_text(text.at));
	}
	json_set(json, "labels", common);
	json_set(json, "someLabels", others);
	arena_free(scratch);
}

static json_t *members_json(const struct matrix *m, const struct matrix_end *end)
{
	json_t *list = json_array();

	for (size_t i = 0; i < end->pods.len && i < LISTED; i++)
		json_array_append_new(
			list,
			report_text(m->ends->dc->cluster->pods[end->pods.at[i]].name));
	for (enum family f = 0; f < FAMILIES; f++)
		for (size_t i = 0; i < end->addresses[f].len && i < LISTED; i++) {
			BUF_AUTO range = { 0 };

			range_print(&range, f, end->addresses[f].at[i]);
			json_array_append_new(list, json_string(range.at));
		}
	return list;
}

unsigned report_families(const bool in[FAMILIES])
{
	return (in[FAMILY_IPV4] ? 1u : 0) | (in[FAMILY_IPV6] ? 2u : 0);
}

/* Of a group that behaves as one: what it has, or might get. */
static void set_families(json_t *json, const struct matrix *m,
			 const struct matrix_end *end)
{
	const struct behaviour *b =
		behaviour_at(m->ends->behaviours, end->members->behaviour);
	const bool has[FAMILIES] = { b->atom[FAMILY_IPV4] != NO_ATOM,
				     b->atom[FAMILY_IPV6] != NO_ATOM };

	json_set(json, "families", json_count(report_families(has)));
	json_set(json, "bare", json_boolean(b->bare));
}

static size_t count_workloads(const struct matrix *m, const struct matrix_end *end)
{
	size_t n = 0;

	for (size_t i = 0; i < end->pods.len; i++)
		n += m->ends->dc->cluster->pods[end->pods.at[i]].workload;
	return n;
}

static json_t *group_json(const struct matrix *m, const struct matrix_end *end)
{
	json_t *json = json_object();
	BUF_AUTO label = { 0 };

	matrix_short_label(&label, end);
	json_set(json, "name", report_text(label.at));
	json_set(json, "namespace", report_text(end->space));
	set_labels(json, m, end);
	json_set(json, "members", members_json(m, end));
	json_set(json, "count",
		 json_count(end->space ? end->pods.len
				       : end->addresses[FAMILY_IPV4].len +
						 end->addresses[FAMILY_IPV6].len));
	json_set(json, "workloads", json_count(count_workloads(m, end)));
	set_families(json, m, end);
	json_set(json, "host", json_boolean(end->host_network));
	json_set(json, "unknown", json_boolean(end->unknown));
	return json;
}

json_t *report_groups(const struct matrix *m)
{
	json_t *list = json_array();

	for (size_t i = 0; i < m->ngroups; i++)
		json_array_append_new(list, group_json(m, m->groups[i]));
	return list;
}
