/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * breaks - bytes in, places of odd line breaks out
 *
 * Runs of ASCII without CR are passed eight bytes at a time; only what lies
 * between them is looked at byte by byte.
 */
#include <netpolc/manifest/breaks.h>

#include <netpolc/base/arena.h>

#include <string.h>

#define EACH_BYTE(c) (0x0101010101010101u * (uint64_t)(c))

static size_t plain_run(const unsigned char *bytes, size_t len)
{
	size_t n = 0;

	for (; n + 8 <= len; n += 8) {
		uint64_t word, no_cr;

		memcpy(&word, bytes + n, sizeof(word));
		no_cr = word ^ EACH_BYTE('\r');
		/* a byte of no_cr is zero, or one of word is not ASCII */
		if ((((no_cr - EACH_BYTE(1)) & ~no_cr) | word) & EACH_BYTE(0x80))
			break;
	}
	while (n < len && bytes[n] < 0x80 && bytes[n] != '\r')
		n++;
	return n;
}

static void note(struct breaks *b)
{
	size_t index = b->index - 1;

	if (b->len <= BREAKS_MAX)
		*ARENA_PUSH(b->arena, b) =
			(struct odd_break){ index, index - b->line_start };
}

static void pass_plain(struct breaks *b, const unsigned char *bytes, size_t len)
{
	const unsigned char *lf = memrchr(bytes, '\n', len);

	if (b->cr && bytes[0] != '\n')
		note(b);
	b->cr = false;
	b->window = 0;
	if (lf)
		b->line_start = b->index + (size_t)(lf - bytes) + 1;
	b->index += len;
}

static void pass_odd(struct breaks *b, unsigned char byte)
{
	if (b->cr)
		note(b);
	b->cr = byte == '\r';
	b->window = b->window << 8 | byte;
	if ((byte & 0xc0) != 0x80)
		b->index++;
	if (b->window == 0xefbbbf && b->index == 1)
		b->index = 0; /* libyaml does not count the byte order mark */
	if ((b->window & 0xffff) == 0xc285 || (b->window & 0xfffffe) == 0xe280a8)
		note(b); /* NEL; LS and PS */
}

bool breaks_scan(struct breaks *b, const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t run = plain_run(bytes + i, len - i);

		if (run > 0)
			pass_plain(b, bytes + i, run);
		i += run;
		if (i < len)
			pass_odd(b, bytes[i++]);
	}
	if (len == 0 && b->cr) {
		note(b);
		b->cr = false;
	}
	return b->len <= BREAKS_MAX;
}

/* How many odd breaks are before the character. */
static size_t breaks_before(const struct breaks *b, size_t index)
{
	size_t lo = 0, hi = b->len;

	while (lo < hi) {
		size_t middle = lo + (hi - lo) / 2;

		if (b->at[middle].index < index)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

struct place breaks_place(const struct breaks *b, size_t index, size_t line,
			  size_t column)
{
	size_t before = b->len > 0 ? breaks_before(b, index) : 0;

	if (before > 0) {
		const struct odd_break *last = &b->at[before - 1];

		if (last->index + 1 + column == index)
			column += last->column + 1;
	}
	return (struct place){
		.line = (uint32_t)(line - before + 1),
		.column = (uint32_t)(column + 1),
	};
}
