/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts come in, a hexadecimal SHA-256 goes out.  The length before each part,
 * 8 bytes with the lowest first, keeps the borders between parts.
 */
#include <netpolc/base/digest.h>

#include <string.h>

static void put_number(struct digest *d, uint64_t n)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(n >> (8 * i));
	SHA256Update(&d->sha, bytes, sizeof(bytes));
}

void digest_init(struct digest *d)
{
	SHA256Init(&d->sha);
}

void digest_part(struct digest *d, const void *bytes, size_t len)
{
	put_number(d, len);
	SHA256Update(&d->sha, bytes, len);
}

void digest_str(struct digest *d, const char *text)
{
	digest_part(d, text, strlen(text));
}

void digest_number(struct digest *d, uint64_t n)
{
	put_number(d, sizeof(n));
	put_number(d, n);
}

struct digest_hex digest_end(struct digest *d)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t sum[SHA256_DIGEST_LENGTH];
	struct digest_hex hex;

	SHA256Final(sum, &d->sha);
	for (size_t i = 0; i < sizeof(sum); i++) {
		hex.at[2 * i] = digits[sum[i] >> 4];
		hex.at[2 * i + 1] = digits[sum[i] & 0xf];
	}
	hex.at[2 * sizeof(sum)] = '\0';
	return hex;
}
