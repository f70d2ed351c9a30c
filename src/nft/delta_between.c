/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: two rulesets; out: the delta between them.  The one is put in the form in which
 * the kernel would tell of it.
 */
#include <netpolc/nft/delta_between.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded_form.h>

static struct loaded_chain *loaded_chain_of(struct arena *a, const struct ruleset *rs,
					    const struct chain *c)
{
	struct loaded_chain *l = ARENA_NEW(a, struct loaded_chain);

	*l = (struct loaded_chain){ .name = c->name,
				    .rules = c->len,
				    .comment = c->len ? c->at[0].comment : NULL };
	if (c->base)
		loaded_form_hook(l, rs->priority);
	return l;
}

const struct delta *delta_between(struct arena *a, const struct ruleset *before,
				  const struct ruleset *after)
{
	struct loaded_table *table = ARENA_NEW(a, struct loaded_table);
	struct delta *d;

	for (size_t i = 0; i < before->nchains; i++)
		*ARENA_PUSH(a, &table->chains) =
			loaded_chain_of(a, before, before->chains[i]);
	for (size_t i = 0; i < before->nsets; i++)
		*ARENA_PUSH(a, &table->sets) = loaded_form_set(before->sets[i]);
	for (size_t i = 0; i < before->ncounters; i++)
		ARENA_PUSH(a, &table->counters)->name = before->counters[i]->name;
	d = delta_new(a, after, table);
	for (size_t i = 0; i < before->nsets; i++) {
		const struct set *want = delta_set(d, &table->sets.at[i]);
		struct loaded_elements have = loaded_form_elements(a, before->sets[i]);

		if (want)
			delta_elements(d, want, &have, NULL);
	}
	delta_finish(d);
	return d;
}
