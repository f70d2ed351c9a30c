/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes come in, characters that are safe to show go out.  The tables are of
 * this program's own, not wcwidth()'s, so that output does not depend on the
 * locale.
 */
#include <netpolc/base/visible.h>

#include <netpolc/base/arena.h>

#include <stdbool.h>
#include <string.h>

struct span {
	uint32_t first, last;
};

/* C0, DEL and C1, joiners, line separators, what changes the direction, and no
 * characters at all. */
static const struct span hidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x00ad, 0x00ad }, { 0x061c, 0x061c },
	{ 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xfffe, 0xffff }, { 0xe0000, 0xe0fff },
};

/* Combining marks of the scripts most in use. */
static const struct span narrow[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

/* East Asian wide and full-width characters, and emoji. */
static const struct span wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },
	{ 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
	{ 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static bool is_in(const struct span *spans, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (spans[i].first <= c && c <= spans[i].last)
			return true;
	return false;
}

/* Reads one character; its length, or 0 for what is not UTF-8. */
static size_t decode(const char *text, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char lead = (unsigned char)text[0];
	size_t n = lead < 0x80	 ? 1
		   : lead < 0xc0 ? 0
		   : lead < 0xe0 ? 2
		   : lead < 0xf0 ? 3
				 : 4;

	if (!n || n > len || lead >= 0xf8)
		return 0;
	*c = n == 1 ? lead : lead & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)text[i] & 0x3f);
	}
	if (*c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return n;
}

size_t visible_char(struct buf *b, const char *text, size_t len, size_t *taken)
{
	size_t before = b->len, n;
	uint32_t c = 0;

	n = decode(text, len, &c);
	*taken += n ? n : 1;
	if (n && !is_in(hidden, ARRAY_SIZE(hidden), c)) {
		buf_add(b, text, n);
		if (c < 0x300)
			return 1;
		return is_in(narrow, ARRAY_SIZE(narrow), c) ? 0
		       : is_in(wide, ARRAY_SIZE(wide), c)   ? 2
							    : 1;
	}
	if (n <= 1)
		buf_printf(b, "\\x%02x", (unsigned)(unsigned char)text[0]);
	else
		buf_printf(b, "\\u%04x", (unsigned)c);
	return b->len - before;
}

void visible_text(struct buf *b, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len;)
		visible_char(b, text + i, len - i, &i);
}

size_t text_fit(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static bool ends_entry(const char *at)
{
	return (*at == ',' || *at == ';') && at[1] == ' ';
}

void text_list(struct buf *b, const char *list, size_t max)
{
	size_t len = strlen(list), end = len, more = 0;

	for (size_t i = 0; len > max && i < len; i++) {
		if (!ends_entry(&list[i]))
			continue;
		/* The first entry is shown, however long. */
		if (i <= max || end == len)
			end = i;
		else
			more++;
	}
	buf_add(b, list, end);
	if (end < len)
		buf_printf(b, " and %zu more", more + 1);
}
