/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers of pods, peers and exceptions come in; what they are worth goes out.
 */
#include <netpolc/nft/cost.h>

#include <netpolc/base/arena.h>

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 9 /* of a limit: it fits wherever it is used */

static const struct {
	const char *name;
	size_t offset, value;
} limit_table[] = {
	{ "sets", offsetof(struct lower_limits, sets), 512 },
	{ "elements", offsetof(struct lower_limits, elements), 4000000 },
	{ "share", offsetof(struct lower_limits, share), 64 },
	{ "inline-hosts", offsetof(struct lower_limits, inline_hosts), 2 },
	{ "inline-nets", offsetof(struct lower_limits, inline_nets), 4 },
	{ "inline-ports", offsetof(struct lower_limits, inline_ports), 8 },
	{ "exceptions", offsetof(struct lower_limits, exceptions), 25 },
	{ "pipapo", offsetof(struct lower_limits, pipapo), 128 },
	{ "levels", offsetof(struct lower_limits, levels), 3 },
	{ "third", offsetof(struct lower_limits, third), 2000 },
	{ "prefixes", offsetof(struct lower_limits, prefixes), 40 },
};

static size_t *limit_at(struct lower_limits *limits, size_t offset)
{
	return (size_t *)(void *)((char *)limits + offset);
}

struct lower_limits cost_limits(void)
{
	struct lower_limits out;

	for (size_t i = 0; i < ARRAY_SIZE(limit_table); i++)
		*limit_at(&out, limit_table[i].offset) = limit_table[i].value;
	return out;
}

static size_t *find_limit(struct lower_limits *limits, const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(limit_table); i++)
		if (strlen(limit_table[i].name) == len &&
		    !memcmp(limit_table[i].name, name, len))
			return limit_at(limits, limit_table[i].offset);
	return NULL;
}

bool cost_set_limits(struct lower_limits *limits, const char *text)
{
	for (bool last = false; !last;) {
		size_t name = strcspn(text, "=,"), digits;
		size_t *limit = find_limit(limits, text, name);

		if (!limit || text[name] != '=')
			return false;
		text += name + 1;
		digits = strspn(text, "0123456789");
		if (digits == 0 || digits > DIGITS_MAX)
			return false;
		*limit = strtoul(text, NULL, 10);
		text += digits;
		last = !*text;
		if (!last && *text++ != ',')
			return false;
	}
	return true;
}

bool cost_may_share(const struct lower_limits *limits, size_t addresses,
		    size_t exceptions)
{
	return addresses >= limits->share && exceptions < addresses &&
	       exceptions * 100 <= addresses * limits->exceptions;
}

size_t cost_share_saves(size_t addresses, size_t exceptions, size_t pods)
{
	size_t allowed = addresses - exceptions;

	return allowed > exceptions ? pods * (allowed - exceptions) : 0;
}

unsigned cost_share_lookups(size_t exceptions)
{
	return exceptions ? 2 : 1;
}

/* What the bound on look-ups leaves: port sets may be asked by hosts, by nets and by
 * everybody's ports, but not by ICMPv6, so they count as two. */
unsigned cost_levels(const struct lower_limits *limits, size_t ranges, unsigned shared,
		     bool port_sets)
{
	size_t most = LOOKUPS_SHARED + 1 - (port_sets ? 2 : shared);
	size_t worth = ranges < limits->third ? 2 : 3;

	if (most > worth)
		most = worth;
	return (unsigned)(limits->levels < most ? limits->levels : most);
}

/* Sets: a prefix is 4 us to load and 100 bytes of memory, so a range of a long list may
 * have fewer; 10,000 would have 370,000 of two lengths.  Maps: as many as an rbtree has
 * elements. */
size_t cost_level_prefixes(const struct lower_limits *limits, size_t ranges, bool map)
{
	size_t few = limits->prefixes * (ranges + 16), many = 24576 + 16 * ranges;

	if (map)
		return 2 * ranges;
	return few < many ? few : many;
}

bool cost_prefers_pipapo(const struct lower_limits *limits, size_t ranges)
{
	return ranges >= limits->pipapo;
}

size_t cost_map_saves(size_t elements, size_t pods)
{
	return (pods - 1) * elements;
}
