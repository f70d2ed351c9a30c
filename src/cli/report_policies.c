/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Policies come in; their lines, and how far each group is from being a peer of their
 * rules, go out.
 *
 * Nearly every text of a miss is said of many groups and rules, so each is there once.
 */
#include <netpolc/cli/report_parts.h>

#include <netpolc/analysis/matrix_miss.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/intern.h>
#include <netpolc/base/json_out.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/words.h>

#include <string.h>

/* Of the peers of a rule so many are told of. */
#define PEERS_SHOWN 5

static json_t *lines_json(const struct excerpt *lines)
{
	json_t *list = json_array();

	for (size_t i = 0; i < lines->nlines; i++) {
		size_t end = i + 1 < lines->nlines ? lines->starts[i + 1] : lines->len;
		size_t start = lines->starts[i];
		BUF_AUTO line = { 0 };

		while (end > start && strchr("\r\n", lines->text[end - 1]))
			end--;
		buf_add(&line, lines->text + start, end - start);
		json_array_append_new(list, report_text(line.len ? line.at : ""));
	}
	return list;
}

/* ---- misses ---- */

struct report_misses {
	struct ctx *cx;
	const struct matrix *m;
	struct intern *interned;
	struct words_index *places; /* of texts, by where they are interned */
	struct words_index *halves; /* of conditions: what was found, what was wanted */
	json_t *texts, *conditions; /* parallel to these */
	size_t room;
};

struct report_misses *report_misses_new(struct ctx *cx, const struct matrix *m,
					size_t room)
{
	struct report_misses *r = ARENA_NEW(cx->arena, struct report_misses);

	*r = (struct report_misses){ .cx = cx,
				     .m = m,
				     .interned = intern_new(cx->arena),
				     .places = words_index_new(cx->arena),
				     .halves = words_index_new(cx->arena),
				     .texts = json_array(),
				     .conditions = json_array(),
				     .room = room };
	return r;
}

/* The number of a text, which is ready to be shown; an empty one has one, too. */
static uint32_t number_of(struct report_misses *r, const struct buf *text)
{
	const char *one = intern(r->interned, text->len ? text->at : "", text->len);
	uint32_t where[sizeof(one) / sizeof(uint32_t)], id;

	memcpy(where, &one, sizeof(one));
	id = words_intern(r->places, where, ARRAY_SIZE(where))->id;
	if (id == json_array_size(r->texts))
		json_array_append_new(r->texts, json_string(one));
	return id;
}

static uint32_t condition_of(struct report_misses *r, const struct condition *c)
{
	BUF_AUTO found = { 0 }, wanted = { 0 };
	uint32_t halves[2], id;

	condition_print_found(&found, c);
	condition_print_wanted(&wanted, c);
	halves[0] = number_of(r, &found);
	halves[1] = number_of(r, &wanted);
	id = words_intern(r->halves, halves, ARRAY_SIZE(halves))->id;
	if (id == json_array_size(r->conditions))
		json_array_append_new(
			r->conditions,
			json_pack("[I,I]", (json_int_t)halves[0], (json_int_t)halves[1]));
	return id;
}

/* How many conditions of the nearest peer fail; then of each peer, nearest first, the
 * place in its rule, as -1 - place, and the conditions.  0 where nothing is missing. */
static json_t *miss_json(struct report_misses *r, const struct policy_rule *rule,
			 const struct matrix_miss *miss)
{
	json_t *list;

	if (!miss->len)
		return json_integer(0);
	list = json_pack("[I]", (json_int_t)miss->at->conditions.failed);
	for (size_t i = 0; i < miss->len && i < PEERS_SHOWN; i++) {
		const struct conditions *all = &miss->at[i].conditions;

		json_array_append_new(
			list, json_integer(-1 - (miss->at[i].peer - rule->peers)));
		for (size_t k = 0; k < all->len; k++)
			if (!all->at[k].holds)
				json_array_append_new(
					list, json_count(condition_of(r, &all->at[k])));
	}
	return list;
}

/* By group; 0 for one that is several. */
static json_t *misses_json(struct report_misses *r, const struct policy *p,
			   const struct policy_rule *rule)
{
	struct arena *scratch = arena_new();
	json_t *list = json_array();

	for (size_t g = 0; g < r->m->ngroups; g++) {
		const struct matrix_end *end = r->m->groups[g];
		struct matrix_miss miss = { 0 };

		if (end->nmembers == 1)
			miss = matrix_miss(scratch, r->m->ends->dc, p, rule, end);
		json_array_append_new(list, miss_json(r, rule, &miss));
		arena_reset(scratch);
	}
	arena_free(scratch);
	return list;
}

/* ---- policies ---- */

static json_t *peer_lines(const struct policy_rule *rule)
{
	json_t *list = json_array();

	for (size_t i = 0; i < rule->npeers; i++)
		json_array_append_new(list, json_count(rule->peers[i].origin.at.line));
	return list;
}

/* [path, line, lines of the peers, misses]; of an invalid one, which allows nothing, and
 * where there is no room, misses are null. */
static json_t *rule_json(struct report_misses *r, const struct policy *p,
			 const struct policy_rule *rule)
{
	size_t need = rule->npeers * r->m->ngroups;
	json_t *misses = NULL;

	if (!rule->invalid && need <= r->room) {
		r->room -= need;
		misses = misses_json(r, p, rule);
	}
	return json_pack("[o,I,o,o]", report_text(rule->origin.path),
			 (json_int_t)rule->origin.at.line, peer_lines(rule),
			 misses ? misses : json_null());
}

static json_t *rules_json(struct report_misses *r, const struct policy *p,
			  enum direction d)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nrules[d]; i++)
		json_array_append_new(list, rule_json(r, p, &p->rules[d][i]));
	return list;
}

json_t *report_policy(struct report_misses *r, const struct policy *p)
{
	static const struct excerpt none;
	const struct object *object = p->origin.object;
	const struct excerpt *lines = object ? &object->lines : &none;
	json_t *json = json_object();

	json_set(json, "namespace",
		 report_text(r->m->ends->dc->cluster->namespaces[p->namespace].name));
	json_set(json, "name", report_text(p->name));
	json_set(json, "file",
		 report_text(source_name(&r->cx->sources, p->origin.at.file)));
	json_set(json, "line", json_count(p->origin.at.line));
	json_set(json, "first", json_count(lines->first));
	json_set(json, "lines", lines_json(lines));
	for (enum direction d = 0; d < DIRECTIONS; d++)
		json_set(json, direction_name(d), rules_json(r, p, d));
	return json;
}

json_t *report_conditions(struct report_misses *r)
{
	return json_pack("[o,o]", r->texts, r->conditions);
}
