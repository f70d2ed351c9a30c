/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what reads a table; out: what it read at one moment, while other programs change
 * tables.
 */
#include <netpolc/nft/loaded.h>

#include <netpolc/base/clock.h>

#include <errno.h>

/* At least so many times, and for so long. */
#define LOOKS	 10
#define LOOKS_MS 1000

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
	int64_t begun = clock_ms(CLOCK_MONOTONIC);
	int err, n = 0;

	do
		err = look_once(a, look, to, generation);
	while (err == -EINTR &&
	       (++n < LOOKS || clock_ms(CLOCK_MONOTONIC) < begun + LOOKS_MS));
	return err;
}
