/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: the maps by which the loaded table finds the class of an address; out: these
 * addresses.
 */
#include <netpolc/nft/isolation.h>

#include <netpolc/base/arena.h>
#include <netpolc/nft/guess.h>
#include <netpolc/nft/loaded_form.h>
#include <netpolc/nft/readback.h>

#include <errno.h>

struct look {
	struct arena *arena;
	const char *table, *dir;
	struct isolation *out;
};

static void add(struct arena *a, struct isolation *to,
		const struct loaded_elements *found, enum family f, enum direction d)
{
	for (size_t i = 0; i < found->len; i++) {
		const struct loaded_element *e = &found->at[i];

		*ARENA_PUSH(a, &to->addresses[f][d]) = (struct isolated){
			e->lo,
			e->chain ? loaded_form_chain(&to->chains, e->chain)
				 : to->chains.len,
		};
	}
}

/* The cache's elements count its chains in another order. */
static void begin(struct arena *a, struct isolation *out,
		  const struct loaded_table *table)
{
	*out = (struct isolation){ 0 };
	for (size_t i = 0; i < table->chains.len; i++)
		*ARENA_PUSH(a, &out->chains) = table->chains.at[i];
	loaded_form_sort_chains(&out->chains);
}

static int look(struct table_reader *l, void *to)
{
	struct look *all = to;
	struct guess g = { all->arena, .dir = all->dir, .table = all->table };
	struct loaded_table table = { 0 };
	int err = loaded_read(l, all->table, &table);

	begin(all->arena, all->out, &table);
	for (size_t i = 0; !err && i < table.sets.len; i++) {
		struct loaded_elements found;
		enum direction d;
		enum family f;

		if (!loaded_form_dispatches(table.sets.at[i].name, &f, &d))
			continue;
		err = guess_elements(&g, l, &table.sets.at[i], NULL, all->arena, &found);
		if (!err)
			add(all->arena, all->out, &found, f, d);
	}
	return err;
}

static bool recall(const struct look *all, enum cache_use use)
{
	const struct cache *c = cache_open(all->arena, all->dir, all->table, use);

	if (!c)
		return false;
	begin(all->arena, all->out, c->loaded);
	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		struct loaded_elements found;
		enum direction d;
		enum family f;

		if (!loaded_form_dispatches(c->loaded->sets.at[i].name, &f, &d))
			continue;
		cache_elements(c, i, all->arena, &found);
		add(all->arena, all->out, &found, f, d);
	}
	return true;
}

bool isolation_recall(struct arena *a, const char *table, const char *dir,
		      struct isolation *out)
{
	const struct look all = { a, table, dir, out };

	return recall(&all, CACHE_GUESS);
}

bool isolation_read(struct ctx *cx, struct arena *a, const char *table, const char *dir,
		    struct isolation *out)
{
	struct look all = { a, table, dir, out };
	uint32_t generation;
	int err = 0;

	if (!recall(&all, CACHE_APPLIED))
		err = loaded_look(a, look, &all, &generation);
	if (err && err != -ENOENT)
		readback_report(cx, err);
	return !err || err == -ENOENT;
}
