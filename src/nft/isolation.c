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

static struct isolated *begin_list(struct arena *a, struct isolated_list *list,
				   size_t len)
{
	*list = (struct isolated_list){ ARENA_ARRAY(a, len, struct isolated), len, len };
	return list->at;
}

/* ---- from the kernel ---- */

static void add(struct arena *a, struct isolation *to,
		const struct loaded_elements *found, enum family f, enum direction d)
{
	struct isolated *at = begin_list(a, &to->addresses[f][d], found->len);

	for (size_t i = 0; i < found->len; i++) {
		const struct loaded_element *e = &found->at[i];

		at[i] = (struct isolated){
			e->lo,
			e->chain ? loaded_form_chain(&to->chains, e->chain)
				 : to->chains.len,
		};
	}
}

static int look(struct table_reader *l, void *to)
{
	struct look *all = to;
	struct guess g = { all->arena, .dir = all->dir, .table = all->table };
	struct loaded_table table = { 0 };
	int err = loaded_read(l, all->table, &table);

	*all->out = (struct isolation){ .chains = table.chains };
	loaded_form_sort_chains(&all->out->chains);
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

/* ---- from the cache ---- */

static bool add_cached(struct arena *a, struct isolation *to, const struct cache *c,
		       size_t set, enum family f, enum direction d)
{
	size_t len = c->elements[set].len;
	struct isolated *at = begin_list(a, &to->addresses[f][d], len);
	bool good = true;

	for (size_t i = 0; i < len; i++) {
		struct cached_element e;

		good &= cache_element(c, set, i, &e);
		at[i] = (struct isolated){ e.lo, e.chain };
	}
	return good;
}

static bool recall(const struct look *all, enum cache_use use)
{
	const struct cache *c = cache_open(all->arena, all->dir, all->table, use);
	bool good = true;

	if (!c)
		return false;
	*all->out = (struct isolation){ .chains = c->loaded->chains };
	for (size_t i = 0; i < c->loaded->sets.len; i++) {
		enum direction d;
		enum family f;

		if (loaded_form_dispatches(c->loaded->sets.at[i].name, &f, &d))
			good &= add_cached(all->arena, all->out, c, i, f, d);
	}
	return good;
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
