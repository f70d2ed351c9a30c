/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what reads a table; out: what it read at one moment, while other programs change
 * tables.
 */
#include <netpolc/nft/loaded.h>

#include <errno.h>
#include <time.h>

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

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int loaded_look(struct arena *a, loaded_fn *look, void *to, uint32_t *generation)
{
	int64_t begun = now_ms();
	int err, n = 0;

	do
		err = look_once(a, look, to, generation);
	while (err == -EINTR && (++n < LOOKS || now_ms() < begun + LOOKS_MS));
	return err;
}
