/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A matrix and findings come in, a page goes out: its frame, which is always the same,
 * and between the halves of that the data.
 *
 * What many cells have in common (words, reasons) stands once and is referred to by
 * number.
 */
#include <netpolc/cli/report.h>

#include <netpolc/analysis/matrix_why.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/json_out.h>
#include <netpolc/base/visible.h>
#include <netpolc/cli/matrix_out.h>
#include <netpolc/cli/report_parts.h>
#include <netpolc/manifest/ctx.h>
#include <netpolc/policy/words.h>

#include <string.h>

/* Pairs of a peer and a group to tell of: 300 groups and 1,700 peers have room; a dozen
 * megabytes, at worst. */
#define MISSES_ROOM ((size_t)1 << 19)

struct reporting {
	struct ctx *cx;
	const struct matrix *m;
	struct matrix_reasons *reasons;
	struct words_index *texts; /* values of cells, then what they are called */
	json_t *words, *whys;
	struct words_index *lists; /* reasons, as words */
	bool *named;		   /* by policy: some reason names it */
	struct report_misses *misses;
};

json_t *report_text(const char *text)
{
	BUF_AUTO out = { 0 };

	if (!text)
		return json_null();
	visible_text(&out, text);
	return json_string(out.len ? out.at : "");
}

static json_t *ids_json(const struct matrix_side *side)
{
	json_t *list = json_array();

	for (size_t i = 0; i < side->len; i++)
		json_array_append_new(list, json_count(side->ids[i]));
	return list;
}

/* ---- cells ---- */

/* The number of what a cell says. */
static uint32_t word_of(struct reporting *r, const struct matrix_cell *cell)
{
	const uint32_t key[] = { cell->extent, cell->extent == MATRIX_NONE ? 0
					       : cell->ports ? cell->ports->id + 1
							     : 0 };
	uint32_t id = words_intern(r->texts, key, 2)->id;
	BUF_AUTO text = { 0 };

	if (id < json_array_size(r->words))
		return id;
	matrix_ports(&text, cell);
	json_array_append_new(r->words, json_string(text.len ? text.at : ""));
	return id;
}

static json_t *why_json(struct reporting *r, const struct matrix_why *why)
{
	json_t *json = json_object(), *policies = json_array(), *rules = json_array();

	for (size_t i = 0; i < why->policies.len; i++) {
		r->named[why->policies.at[i]] = true;
		json_array_append_new(policies, json_count(why->policies.at[i]));
	}
	for (size_t i = 0; i < why->rules.len; i++) {
		const struct rule_ref *ref = &why->rules.at[i];

		json_array_append_new(rules,
				      json_pack("[I,I,I]", (json_int_t)ref->policy,
						(json_int_t)ref->rule,
						(json_int_t)report_families(ref->in)));
	}
	json_set(json, "isolated", json_boolean(why->isolated));
	json_set(json, "policies", policies);
	json_set(json, "rules", rules);
	json_set(json, "several", json_boolean(why->several));
	return json;
}

static uint32_t why_of(struct reporting *r, enum direction d, size_t from, size_t to)
{
	const struct matrix_why *why = matrix_why(r->reasons, d, from, to);
	struct arena *scratch = arena_new();
	size_t n = 0, most = 2 + why->policies.len + 3 * why->rules.len;
	uint32_t *key = ARENA_ARRAY(scratch, most, uint32_t), id;

	key[n++] = why->isolated | (uint32_t)why->several << 1;
	key[n++] = (uint32_t)why->policies.len;
	for (size_t i = 0; i < why->policies.len; i++)
		key[n++] = why->policies.at[i];
	for (size_t i = 0; i < why->rules.len; i++) {
		key[n++] = why->rules.at[i].policy;
		key[n++] = why->rules.at[i].rule;
		key[n++] = report_families(why->rules.at[i].in);
	}
	id = words_intern(r->lists, key, n)->id;
	arena_free(scratch);
	if (id == json_array_size(r->whys))
		json_array_append_new(r->whys, why_json(r, why));
	return id;
}

/* For each source a row: word, egress and ingress reasons of each destination. */
static json_t *cells_json(struct reporting *r)
{
	const struct matrix *m = r->m;
	json_t *rows = json_array();

	for (size_t i = 0; i < m->from.len; i++) {
		json_t *row = json_array();

		for (size_t j = 0; j < m->to.len; j++) {
			uint32_t word = word_of(r, matrix_at(m, i, j));

			json_array_append_new(row, json_count(word));
			json_array_append_new(row, json_count(why_of(r, EGRESS, i, j)));
			json_array_append_new(row, json_count(why_of(r, INGRESS, i, j)));
		}
		json_array_append_new(rows, row);
	}
	return rows;
}

/* ---- the page ---- */

/* Text of JSON that no browser takes for an end of the element that it stands in. */
static void put_text(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '<')
			buf_puts(out, "\\u003c");
		else
			buf_putc(out, text[i]);
}

/* Gives json up: of what can be long, no more is in memory than one part at a time. */
static void put_json(struct buf *out, json_t *json)
{
	BUF_AUTO text = { 0 };

	json_write(&text, json, JSON_COMPACT | JSON_ENCODE_ANY);
	put_text(out, text.at, text.len - 1);
}

static void put_key(struct buf *out, const char *key)
{
	buf_printf(out, ",\"%s\":", key);
}

/* By number; null for one that no reason names. */
static void put_policies(struct buf *out, struct reporting *r)
{
	const struct cluster *cl = r->m->ends->dc->cluster;

	for (size_t i = 0; i < cl->npolicies; i++) {
		buf_putc(out, i ? ',' : '[');
		put_json(out, r->named[i] ? report_policy(r->misses, &cl->policies[i])
					  : json_null());
	}
	buf_puts(out, cl->npolicies ? "]" : "[]");
}

/* One a line already. */
static void put_findings(struct buf *out, const struct buf *findings)
{
	buf_putc(out, '[');
	for (size_t at = 0; at < findings->len;) {
		size_t len = strcspn(findings->at + at, "\n");

		if (at)
			buf_putc(out, ',');
		put_text(out, findings->at + at, len);
		at += len + 1;
	}
	buf_putc(out, ']');
}

/* The reasons and words are made with the cells, and what they name after them. */
static void put_data(struct buf *out, struct reporting *r, const struct buf *findings)
{
	const struct matrix *m = r->m;

	buf_printf(out, "{\"by\":\"%s\",\"all\":%zu",
		   m->by_namespace ? "namespace" : "workload", m->ends->len);
	put_key(out, "groups");
	put_json(out, report_groups(m));
	put_key(out, "from");
	put_json(out, ids_json(&m->from));
	put_key(out, "to");
	put_json(out, ids_json(&m->to));
	put_key(out, "cells");
	put_json(out, cells_json(r));
	put_key(out, "words");
	put_json(out, r->words);
	put_key(out, "whys");
	put_json(out, r->whys);
	put_key(out, "policies");
	put_policies(out, r);
	put_key(out, "conditions");
	put_json(out, report_conditions(r->misses));
	put_key(out, "findings");
	put_findings(out, findings);
	buf_puts(out, "}\n");
}

void report(struct ctx *cx, struct buf *out, const struct matrix *m,
	    const struct buf *findings)
{
	struct reporting r = { .cx = cx,
			       .m = m,
			       .reasons = matrix_reasons_new(cx, m),
			       .texts = words_index_new(cx->arena),
			       .lists = words_index_new(cx->arena),
			       .words = json_array(),
			       .whys = json_array(),
			       .misses = report_misses_new(cx, m, MISSES_ROOM) };

	r.named = ARENA_ARRAY(cx->arena, m->ends->dc->cluster->npolicies, bool);
	buf_puts(out, report_before);
	put_data(out, &r, findings);
	buf_puts(out, report_behind);
}
