/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names in the ruleset.  Readable parts come from manifests, so they are reduced
 * to letters, digits and underscores; the digest tells apart what they do not.
 */
#include <netpolc/nft/names.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/digest.h>
#include <netpolc/nft/ruleset.h>
#include <netpolc/policy/port_index.h>

#include <stdlib.h>
#include <string.h>

#define TAG 16 /* base 32 characters: 80 bits */

static const char *const protocols[PROTOCOLS] = { "tcp", "udp", "sctp" };

static unsigned hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a') + 10;
}

/* Cuts the digest to TAG characters of a-z and 2-7. */
static void end_tag(struct digest *d, char tag[TAG + 1])
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
	struct digest_hex hex = digest_end(d);
	uint32_t bits = 0;
	unsigned have = 0, next = 0;

	for (size_t i = 0; i < TAG; i++) {
		while (have < 5) {
			bits = bits << 4 | hex_digit(hex.at[next++]);
			have += 4;
		}
		have -= 5;
		tag[i] = letters[bits >> have & 31];
	}
	tag[TAG] = '\0';
}

/* At most max characters of text that nft takes in a name. */
static const char *readable(struct arena *a, const char *text, size_t max)
{
	char *out = arena_strndup(a, text, strnlen(text, max));

	for (char *c = out; *c; c++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *c))
			*c = '_';
	return out;
}

static char letter(enum direction d)
{
	return d == EGRESS ? 'e' : 'i';
}

static int family_number(enum family f)
{
	return f == FAMILY_IPV4 ? 4 : 6;
}

/* Named ports that ingress rules use are part of what a class is: the pod's ports, by
 * name, that the rule asks for.  A contained rule asks for none. */
static void digest_ports(struct digest *dg, const struct pod_sets *sets,
			 const struct resolved_rule *rule, const struct pod *pod)
{
	for (size_t i = 0; rule->nnames > 0 && i < pod->nports; i++) {
		const struct named_port *port = &pod->ports[i];
		const struct port_holders *h =
			port_index_find(sets->ports, port->name, port->protocol);

		if (!h || !ids_find(rule->names, rule->nnames, h->id[INGRESS]))
			continue;
		digest_str(dg, port->name);
		digest_number(dg, port->protocol);
		digest_number(dg, port->number);
	}
}

const char *name_class(struct arena *a, const struct decisions *dc,
		       const struct class *class)
{
	const struct pod *pod = &dc->cluster->pods[class->pods.at[0]];
	const char *space = dc->cluster->namespaces[pod->namespace].name;
	char tag[TAG + 1];
	struct digest dg;

	digest_init(&dg);
	digest_number(&dg, class->direction);
	digest_number(&dg, pod->invalid);
	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &dc->cluster->policies[class->policies[i]];

		digest_str(&dg, dc->cluster->namespaces[p->namespace].name);
		digest_str(&dg, p->name);
		for (size_t r = 0; class->direction == INGRESS && r < p->nrules[INGRESS];
		     r++)
			digest_ports(&dg, dc->sets,
				     &dc->sets->rules[INGRESS][class->policies[i]][r],
				     pod);
	}
	end_tag(&dg, tag);
	return arena_printf(a, "%c-%s-%s", letter(class->direction),
			    class->npolicies ? readable(a, space, 12) : "contained", tag);
}

static void digest_ranges(struct digest *dg, const struct ranges *ranges)
{
	digest_number(dg, ranges->len);
	for (size_t i = 0; i < ranges->len; i++) {
		digest_number(dg, (uint64_t)ranges->at[i].lo);
		digest_number(dg, (uint64_t)ranges->at[i].hi);
	}
}

static void digest_portset(struct digest *dg, const struct portset *ports)
{
	digest_number(dg, ports->everything);
	for (int p = 0; p < PROTOCOLS; p++)
		digest_ranges(dg, &ports->ports[p]);
}

const char *name_ports(struct arena *a, const struct portset *ports, enum direction d)
{
	const char *hint = "none";
	char tag[TAG + 1];
	struct digest dg;

	digest_init(&dg);
	digest_portset(&dg, ports);
	end_tag(&dg, tag);
	for (int p = PROTOCOLS - 1; p >= 0; p--)
		if (ports->ports[p].len > 0)
			hint = arena_printf(a, "%s%u", protocols[p],
					    (unsigned)ports->ports[p].at[0].lo);
	return arena_printf(a, "p-%c-%s-%s", letter(d), hint, tag);
}

static int compare_hex(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest_hex));
}

/* Names and grants are ordered by ids, which unrelated policies move: what is hashed
 * is their digests, sorted. */
static void digest_sorted(struct digest *dg, struct digest_hex *parts, size_t n)
{
	if (n > 0)
		qsort(parts, n, sizeof(*parts), compare_hex);
	for (size_t i = 0; i < n; i++)
		digest_str(dg, parts[i].at);
}

static struct digest_hex digest_name(const struct port_name *name)
{
	struct digest dg;

	digest_init(&dg);
	digest_str(&dg, name->name);
	digest_number(&dg, name->protocol);
	return digest_end(&dg);
}

static struct digest_hex digest_grant(struct arena *a, const struct decisions *dc,
				      const struct grant *g)
{
	struct digest_hex *names = ARENA_ARRAY(a, g->nnames, struct digest_hex);
	struct digest dg;

	digest_init(&dg);
	digest_str(&dg, g->peer == ANY_PEER ? "any" : dc->sets->peers[g->peer].key);
	digest_portset(&dg, g->ports);
	for (size_t i = 0; i < g->nnames; i++)
		names[i] = digest_name(&dc->sets->names[EGRESS].at[g->names[i]]);
	digest_sorted(&dg, names, g->nnames);
	return digest_end(&dg);
}

const char *name_row(struct arena *a, const struct decisions *dc, const struct row *row,
		     enum direction d, enum family f, const char *what)
{
	struct digest_hex *parts = ARENA_ARRAY(a, row->ngrants, struct digest_hex);
	char tag[TAG + 1];
	struct digest dg;

	for (size_t i = 0; i < row->ngrants; i++)
		parts[i] = digest_grant(a, dc, &row->grants[i]);
	digest_init(&dg);
	digest_sorted(&dg, parts, row->ngrants);
	end_tag(&dg, tag);
	return arena_printf(a, "%c-%s%d-%s", letter(d), what, family_number(f), tag);
}

const char *name_pool(struct arena *a, const char *key, enum family f)
{
	char tag[TAG + 1];
	struct digest dg;

	digest_init(&dg);
	digest_str(&dg, key);
	end_tag(&dg, tag);
	return arena_printf(a, "pods%d-%s", family_number(f), tag);
}

const char *name_port_ranges(struct arena *a, const struct ranges *ranges,
			     enum protocol p)
{
	char tag[TAG + 1];
	struct digest dg;

	digest_init(&dg);
	digest_ranges(&dg, ranges);
	end_tag(&dg, tag);
	return arena_printf(a, "ports-%s-%s", protocols[p], tag);
}

const char *name_policies(struct arena *a, const struct decisions *dc,
			  const struct class *class)
{
	BUF_AUTO text = { 0 };

	for (size_t i = 0; i < class->npolicies; i++) {
		const struct policy *p = &dc->cluster->policies[class->policies[i]];

		if (text.len > RULESET_ABOUT) {
			buf_printf(&text, ", +%zu more", class->npolicies - i);
			break;
		}
		buf_printf(&text, "%s%.63s/%.253s", i ? ", " : "",
			   dc->cluster->namespaces[p->namespace].name, p->name);
	}
	if (class->npolicies == 0)
		buf_puts(&text, NAME_NO_POLICY);
	return arena_strndup(a, text.at, text.len);
}
