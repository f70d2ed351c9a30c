/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what reads a table; out: what it read at one moment, while other programs change
 * tables.
 */
#include <netpolc/nft/loaded.h>

#include <errno.h>

#define LOOKS 10

static int look_once(struct arena *a, loaded_fn *look, void *to, uint32_t *generation)
{
	struct table_reader *l;
	uint32_t after;
	int err = loaded_open(&l, a);

	if (!err)
		err = loaded_generation(l, generation);
	if (!err)
		err = look(l, to);
	if (!err && (loaded_generation(l, &after) || after != *generation))
		err = -EINTR;
	loaded_close(l);
	return err;
}

int loaded_look(struct arena *a, loaded_fn *look, void *to, uint32_t *generation)
{
	int err = -EINTR;

	for (int left = LOOKS; left-- && err == -EINTR;)
		err = look_once(a, look, to, generation);
	return err;
}
