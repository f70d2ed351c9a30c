/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * byhand - what others do to nftables
 */
#ifndef NETPOLC_TEST_BYHAND_H
#define NETPOLC_TEST_BYHAND_H

#include "../unit/helpers.h"

#include <netpolc/nft/loaded.h>
#include <nftables/libnftables.h>

/* False when nft refuses. */
static inline bool try_by_hand(const char *commands)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	int rc;

	nft_ctx_buffer_error(nft);
	rc = nft_run_cmd_from_buffer(nft, commands);
	nft_ctx_free(nft);
	return !rc;
}

static inline void by_hand(const char *commands)
{
	if (!try_by_hand(commands))
		fail_msg("nft refused: %s", commands);
}

/* Of the kernel's tables. */
static inline uint32_t generation(void)
{
	struct arena *a = arena_new();
	struct table_reader *reader;
	uint32_t number = 0;

	assert_int_equal(loaded_open(&reader, a), 0);
	assert_int_equal(loaded_generation(reader, &number), 0);
	loaded_close(reader);
	arena_free(a);
	return number;
}

#endif
