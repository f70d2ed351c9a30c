/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * names - text in, what is wrong with it as a name out
 *
 * The rules are those of apimachinery's util/validation, one function each.
 */
#include <netpolc/manifest/names.h>

#include <stdbool.h>
#include <string.h>

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_lower_or_digit(char c)
{
	return is_lower(c) || (c >= '0' && c <= '9');
}

static bool is_alphanumeric(char c)
{
	return is_lower_or_digit(c) || (c >= 'A' && c <= 'Z');
}

static bool is_dns_label(const char *text, size_t len)
{
	if (len == 0 || !is_lower_or_digit(text[0]) || !is_lower_or_digit(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_lower_or_digit(text[i]) && text[i] != '-')
			return false;
	return true;
}

/* apimachinery limits the whole of a subdomain, not its parts. */
static bool is_subdomain(const char *text, size_t len)
{
	size_t begin = 0;

	if (len > 253)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (i < len && text[i] != '.')
			continue;
		if (!is_dns_label(text + begin, i - begin))
			return false;
		begin = i + 1;
	}
	return true;
}

static bool is_qualified_part(const char *text, size_t len)
{
	if (len == 0 || len > 63)
		return false;
	if (!is_alphanumeric(text[0]) || !is_alphanumeric(text[len - 1]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!is_alphanumeric(text[i]) && text[i] != '-' && text[i] != '_' &&
		    text[i] != '.')
			return false;
	return true;
}

const char *fault_of_subdomain(const char *text, size_t len)
{
	if (is_subdomain(text, len))
		return NULL;
	return "is not a DNS-1123 subdomain: at most 253 lower-case letters, digits, '-' "
	       "and '.', with a letter or digit at both ends of each part";
}

const char *fault_of_dns_label(const char *text, size_t len)
{
	if (len <= 63 && is_dns_label(text, len))
		return NULL;
	return "is not a DNS-1123 label: at most 63 lower-case letters, digits and '-', "
	       "with a letter or digit at both ends";
}

const char *fault_of_label_key(const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t front = slash ? (size_t)(slash - text) : 0;
	size_t back = slash ? front + 1 : 0;

	if (is_qualified_part(text + back, len - back) &&
	    (!slash || is_subdomain(text, front)))
		return NULL;
	return "is not a label key: an optional DNS prefix and '/', then at most 63 "
	       "letters, digits, '-', '_' and '.', with a letter or digit at both ends";
}

const char *fault_of_label_value(const char *text, size_t len)
{
	if (len == 0 || is_qualified_part(text, len))
		return NULL;
	return "is not a label value: at most 63 letters, digits, '-', '_' and '.', with "
	       "a letter or digit at both ends";
}

const char *fault_of_port_name(const char *text, size_t len)
{
	bool letter = false;

	for (size_t i = 0; i < len; i++) {
		letter = letter || is_lower(text[i]);
		if (text[i] == '-' && i + 1 < len && text[i + 1] == '-')
			return "is not a port name: it has two '-' in a row";
	}
	if (len > 15 || !is_dns_label(text, len))
		return "is not a port name: at most 15 lower-case letters, digits and "
		       "'-', with a letter or digit at both ends";
	return letter ? NULL : "is not a port name: it needs a letter";
}
