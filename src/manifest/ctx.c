/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctx - settings in, an empty run out
 */
#include <netpolc/manifest/ctx.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/intern.h>

struct settings settings_default(void)
{
	return (struct settings){
		.default_namespace = "default",
		.families = { true, true },
	};
}

void ctx_init(struct ctx *cx, const struct settings *set)
{
	struct arena *a = arena_new();

	*cx = (struct ctx){
		.arena = a,
		.intern = intern_new(a),
		.diags = diags_new(a, set->strict),
		.sources = { .arena = a },
		.set = *set,
	};
	for (size_t i = 0; i < set->nexcludes; i++)
		sources_exclude(&cx->sources, set->excludes[i]);
}

void ctx_free(struct ctx *cx)
{
	arena_free(cx->arena);
	*cx = (struct ctx){ 0 };
}
