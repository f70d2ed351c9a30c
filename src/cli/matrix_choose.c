/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The value of --from or --to comes in, the groups that it names go out.
 *
 * All pods of a group behave alike, so whoever names one of them is shown the group.
 */
#include <netpolc/cli/matrix_out.h>

#include <netpolc/analysis/ask.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/nearest.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* "NAMESPACE", "NAMESPACE" with or without a star behind it, or a label, with or without
 * its part. */
static bool is_named(const struct matrix_end *end, const char *text)
{
	struct matrix_end whole = *end;
	size_t len = strlen(end->space);
	BUF_AUTO label = { 0 }, part = { 0 };

	if (strncmp(text, end->space, len))
		return false;
	if (!text[len] || !strcmp(text + len, "/*"))
		return true;
	if (text[len] != '/')
		return false;
	whole.parts = 1;
	matrix_short_label(&label, &whole);
	matrix_short_label(&part, end);
	return !strcmp(text + len + 1, label.at) || !strcmp(text + len + 1, part.at);
}

/* "outside" is all that no pod has, and each group of it has a name. */
static bool is_named_outside(const struct matrix_end *end, const char *text)
{
	BUF_AUTO label = { 0 };

	matrix_label(&label, end);
	return !strcmp(text, "outside") || !strcmp(text, label.at);
}

static bool choose_named(const struct matrix_ends *ends, const char *text, bool *wanted)
{
	bool found = false;

	for (size_t i = 0; i < ends->len; i++) {
		const struct matrix_end *end = &ends->at[i];

		wanted[i] =
			end->space ? is_named(end, text) : is_named_outside(end, text);
		found = found || wanted[i];
	}
	return found;
}

/* The pods that an endpoint is, the address of one included; NO_POD: none. */
static uint32_t pod_of(const struct decisions *dc, const struct endpoint *e)
{
	const struct pod_address *held;

	if (e->is_pod)
		return e->pod;
	held = classes_find_address(dc->classes, e->address);
	return held ? held->pod : NO_POD;
}

static void choose_endpoint(const struct matrix_ends *ends, const struct endpoint *e,
			    bool *wanted)
{
	uint32_t pod = pod_of(ends->dc, e);

	for (size_t i = 0; i < ends->len; i++) {
		const struct matrix_end *end = &ends->at[i];

		if (pod != NO_POD ? ids_find(end->pods.at, end->pods.len, pod) != NULL
				  : ranges_contain(&end->addresses[e->address.family],
						   e->address.number))
			wanted[i] = true;
	}
}

/* What a query may name, too. */
static bool choose_asked(struct ctx *cx, const struct matrix_ends *ends,
			 const char *option, const char *text, bool *wanted)
{
	struct asker *asker = asker_new(cx, ends->dc);
	struct party party;
	const char *why = ask_party(asker, &party, text, strlen(text));

	if (why) {
		diag_add(cx->diags, DIAG_BAD_ENDPOINT, NULL,
			 "%s: '%s' names no namespace, and %s%s", option, text, why,
			 nearest_hint(cx->arena, ask_nearest(cx, asker, text)));
		return false;
	}
	for (size_t i = 0; i < party.len; i++)
		choose_endpoint(ends, party_at(&party, i), wanted);
	return true;
}

const bool *matrix_choose(struct ctx *cx, const struct matrix_ends *ends,
			  const char *option, const char *text)
{
	bool *wanted = ARENA_ARRAY(cx->arena, ends->len, bool);

	return choose_named(ends, text, wanted) ||
			       choose_asked(cx, ends, option, text, wanted)
		       ? wanted
		       : NULL;
}
