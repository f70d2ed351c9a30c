/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * digest - names made of content
 *
 * SHA-256 over parts, each preceded by its length, so that ("a", "bc") and
 * ("ab", "c") differ.  Names in the ruleset are cut from it: a manifest cannot
 * make two different things share one.
 */
#ifndef NETPOLC_DIGEST_H
#define NETPOLC_DIGEST_H

#include <sha2.h>
#include <stddef.h>
#include <stdint.h>

struct digest {
	SHA2_CTX sha;
};

/* 64 hexadecimal digits and a NUL. */
struct digest_hex {
	char at[65];
};

void digest_init(struct digest *d);
void digest_part(struct digest *d, const void *bytes, size_t len);
void digest_str(struct digest *d, const char *text);
void digest_number(struct digest *d, uint64_t n);
struct digest_hex digest_end(struct digest *d);

#endif
