/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ctx - settings in, an empty run out
 */
#include <netpolc/manifest/ctx.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/diag.h>
#include <netpolc/base/intern.h>

struct settings settings_default(void)
{
	return (struct settings){
		.default_namespace = "default",
		.families = { true, true },
	};
}

/* Pods and policies say which namespace they are in once they are read, and what is wrong
 * with them has been told: so default_namespace, strict, isolate_invalid, excludes and
 * pitfalls are not among these. */
void settings_print(struct buf *out, const struct settings *set)
{
	if (set->node)
		buf_printf(out, " --node %s", set->node);
	if (set->legacy)
		buf_puts(out, " --legacy");
	if (set->allow_other_protocols)
		buf_puts(out, " --other-protocols allow");
	if (!set->families[FAMILY_IPV4] || !set->families[FAMILY_IPV6])
		buf_printf(out, " --family %c", set->families[FAMILY_IPV4] ? '4' : '6');
	if (set->deny_unknown)
		buf_puts(out, " --unknown-pods deny");
	for (size_t i = 0; i < set->npod_cidrs; i++) {
		buf_puts(out, " --pod-cidr ");
		prefix_print(out, set->pod_cidrs[i]);
	}
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
