/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scalar - the text of a scalar in, its type or value out
 *
 * Follows resolve() of goyaml.v2 case by case, because kubectl reads manifests
 * with it: a scalar that is a number to one of them and a string to the other
 * would make two different policies of one text.
 */
#include <netpolc/manifest/scalar.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct word {
	const char *text;
	enum scalar_type type;
	bool value; /* of a boolean */
} words[] = {
	{ "y", TYPE_BOOL, true },	{ "Y", TYPE_BOOL, true },
	{ "yes", TYPE_BOOL, true },	{ "Yes", TYPE_BOOL, true },
	{ "YES", TYPE_BOOL, true },	{ "true", TYPE_BOOL, true },
	{ "True", TYPE_BOOL, true },	{ "TRUE", TYPE_BOOL, true },
	{ "on", TYPE_BOOL, true },	{ "On", TYPE_BOOL, true },
	{ "ON", TYPE_BOOL, true },	{ "n", TYPE_BOOL, false },
	{ "N", TYPE_BOOL, false },	{ "no", TYPE_BOOL, false },
	{ "No", TYPE_BOOL, false },	{ "NO", TYPE_BOOL, false },
	{ "false", TYPE_BOOL, false },	{ "False", TYPE_BOOL, false },
	{ "FALSE", TYPE_BOOL, false },	{ "off", TYPE_BOOL, false },
	{ "Off", TYPE_BOOL, false },	{ "OFF", TYPE_BOOL, false },
	{ "", TYPE_NULL, false },	{ "~", TYPE_NULL, false },
	{ "null", TYPE_NULL, false },	{ "Null", TYPE_NULL, false },
	{ "NULL", TYPE_NULL, false },	{ ".nan", TYPE_FLOAT, false },
	{ ".NaN", TYPE_FLOAT, false },	{ ".NAN", TYPE_FLOAT, false },
	{ ".inf", TYPE_FLOAT, false },	{ ".Inf", TYPE_FLOAT, false },
	{ ".INF", TYPE_FLOAT, false },	{ "+.inf", TYPE_FLOAT, false },
	{ "+.Inf", TYPE_FLOAT, false }, { "+.INF", TYPE_FLOAT, false },
	{ "-.inf", TYPE_FLOAT, false }, { "-.Inf", TYPE_FLOAT, false },
	{ "-.INF", TYPE_FLOAT, false },
};

static const struct word *find_word(const char *text, size_t len)
{
	for (size_t i = 0; len <= 5 && i < ARRAY_SIZE(words); i++)
		if (strlen(words[i].text) == len && memcmp(words[i].text, text, len) == 0)
			return &words[i];
	return NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* ---- integers, as strconv.ParseInt(text, 0, 64) reads them ---------------- */

struct integer {
	bool sign, negative;
	bool fits; /* the magnitude fits 64 bits */
	uint64_t magnitude;
};

static bool parse_digits(const char *at, const char *end, unsigned base,
			 struct integer *out)
{
	out->fits = true;
	out->magnitude = 0;
	for (; at < end; at++) {
		unsigned lower = (unsigned char)*at | 0x20;
		unsigned digit = is_digit(*at)			? (unsigned)(*at - '0')
				 : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10
								: 16;

		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(out->magnitude, base, &out->magnitude) ||
		    __builtin_add_overflow(out->magnitude, digit, &out->magnitude))
			out->fits = false;
	}
	return true;
}

static unsigned prefixed_base(char letter)
{
	switch (letter | 0x20) {
	case 'x':
		return 16;
	case 'o':
		return 8;
	case 'b':
		return 2;
	default:
		return 0;
	}
}

static bool parse_integer(const char *at, const char *end, struct integer *out)
{
	unsigned base;

	out->sign = at < end && (*at == '+' || *at == '-');
	out->negative = out->sign && *at == '-';
	at += out->sign;
	if (at == end)
		return false;
	if (*at != '0')
		return parse_digits(at, end, 10, out);
	base = end - at >= 3 ? prefixed_base(at[1]) : 0;
	return base ? parse_digits(at + 2, end, base, out)
		    : parse_digits(at + 1, end, 8, out);
}

/* "0b" and then a number with a sign of its own: goyaml takes it. */
static bool parse_odd_binary(const char *at, const char *end, struct integer *out)
{
	if (end - at < 4 || at[0] != '0' || at[1] != 'b' ||
	    (at[2] != '+' && at[2] != '-'))
		return false;
	out->sign = true;
	out->negative = at[2] == '-';
	return parse_digits(at + 3, end, 2, out);
}

static bool fits_signed(const struct integer *i)
{
	return i->fits && i->magnitude <= (uint64_t)INT64_MAX + i->negative;
}

/* ---- floats -------------------------------------------------------------- */

static const char *skip_digits(const char *at, const char *end)
{
	while (at < end && is_digit(*at))
		at++;
	return at;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? */
static bool looks_like_float(const char *at, const char *end)
{
	const char *start;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	start = at;
	at = skip_digits(at, end);
	if (at == end || *at != '.') {
		if (at == start)
			return false;
	} else {
		at = skip_digits(at + 1, end);
		if (at - start == 1)
			return false;
	}
	if (at == end || (*at | 0x20) != 'e')
		return at == end;
	at++;
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	start = at;
	at = skip_digits(at, end);
	return at > start && at == end;
}

/* A float is one only if a double can hold it; text is NUL-terminated. */
static bool is_float(const char *text, size_t len)
{
	return looks_like_float(text, text + len) && isfinite(strtod(text, NULL));
}

/* ---- types --------------------------------------------------------------- */

static void without_underscores(struct buf *plain, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '_')
			buf_putc(plain, text[i]);
}

static enum scalar_type number_type(const char *text, size_t len)
{
	BUF_AUTO plain = { 0 };
	struct integer n;
	const char *end;
	bool integer;

	without_underscores(&plain, text, len);
	end = plain.at + plain.len;
	integer = parse_integer(plain.at, end, &n);
	if (integer && (fits_signed(&n) || (n.fits && !n.sign)))
		return TYPE_INTEGER;
	if (is_float(plain.at, plain.len))
		return TYPE_FLOAT;
	if (parse_odd_binary(plain.at, end, &n) && fits_signed(&n))
		return TYPE_INTEGER;
	return TYPE_STRING;
}

/* What begins with a dot may have underscores too, but only between digits. */
static enum scalar_type fraction_type(const char *text, size_t len)
{
	BUF_AUTO plain = { 0 };

	for (size_t i = 1; i < len; i++)
		if (text[i] == '_' &&
		    (i + 1 == len || !is_digit(text[i - 1]) || !is_digit(text[i + 1])))
			return TYPE_STRING;
	without_underscores(&plain, text, len);
	return is_float(plain.at, plain.len) ? TYPE_FLOAT : TYPE_STRING;
}

/* Only the first character decides what a scalar is tried as. */
static enum scalar_type plain_type(const char *text, size_t len)
{
	const struct word *word;

	if (len > 0 && !strchr("+-0123456789.yYnNtTfFoO~", text[0]))
		return TYPE_STRING;
	word = find_word(text, len);
	if (word)
		return word->type;
	if (text[0] == '.')
		return fraction_type(text, len);
	if (strchr("+-0123456789", text[0]))
		return number_type(text, len);
	return TYPE_STRING;
}

static enum scalar_type json_number_type(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] == '.' || text[i] == 'e' || text[i] == 'E')
			return TYPE_FLOAT;
	return TYPE_INTEGER;
}

enum scalar_type scalar_type(enum scalar_form form, const char *text, size_t len)
{
	switch (form) {
	case SCALAR_STRING:
		return TYPE_STRING;
	case SCALAR_PLAIN:
		return plain_type(text, len);
	case SCALAR_BINARY:
		return TYPE_BINARY;
	case SCALAR_NUMBER:
		return json_number_type(text, len);
	case SCALAR_BOOL:
		return TYPE_BOOL;
	case SCALAR_NULL:
		return TYPE_NULL;
	}
	return TYPE_STRING;
}

bool scalar_integer(const char *text, size_t len, int64_t *out)
{
	BUF_AUTO plain = { 0 };
	struct integer n;

	without_underscores(&plain, text, len);
	if (plain.len == 0)
		return false;
	if (!parse_integer(plain.at, plain.at + plain.len, &n) &&
	    !parse_odd_binary(plain.at, plain.at + plain.len, &n))
		return false;
	if (!fits_signed(&n))
		return false;
	*out = (int64_t)(n.negative ? -n.magnitude : n.magnitude);
	return true;
}

bool scalar_bool(const char *text, size_t len)
{
	const struct word *word = find_word(text, len);

	return word && word->value;
}

const char *scalar_type_name(enum scalar_type type)
{
	static const char *const names[] = {
		[TYPE_STRING] = "a string", [TYPE_INTEGER] = "an integer",
		[TYPE_FLOAT] = "a float",   [TYPE_BOOL] = "a boolean",
		[TYPE_NULL] = "null",	    [TYPE_BINARY] = "!!binary data",
	};

	return names[type];
}
