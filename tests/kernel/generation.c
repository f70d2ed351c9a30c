/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the generation of the kernel's tables: it grows with each transaction,
 * whatever that changed.
 */
#include <netpolc/base/arena.h>
#include <netpolc/nft/loaded.h>
#include <stdio.h>

int main(void)
{
	struct arena *a = arena_new();
	struct table_reader *reader;
	uint32_t number;
	int err = loaded_open(&reader, a);

	if (!err)
		err = loaded_generation(reader, &number);
	if (!err)
		printf("%u\n", number);
	loaded_close(reader);
	arena_free(a);
	return err ? 1 : 0;
}
