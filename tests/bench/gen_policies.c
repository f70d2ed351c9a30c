/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The number of a policy comes in, the policy goes out.  The kinds and their shares:
 * policy i lies in namespace i % namespaces and is of kind (i / namespaces) % 20, so
 * that a namespace has all kinds before it has one twice.
 *
 *	0	every pod: no ingress
 *	1-7	an app from one or two apps of its namespace, one TCP port
 *	8-10	an app from an app of a team's namespaces, one TCP port
 *	11-12	an app from all of a team's namespaces, TCP and UDP
 *	13	an app from anybody, on a named port
 *	14	every pod: egress to the resolver, 53 over UDP and TCP, and no more
 *	15	an app's egress to another app of its namespace
 *	16-17	an app's egress to an ipBlock with two exceptions
 *	18	an app from seven IPv4 and three IPv6 ipBlocks on port 443
 *	19	apps by expression, from apps by expression, on a range of ports
 */
#include "gen.h"

#define KINDS 20

/* key: {matchLabels: {name: prefix-N}}; without a key, the peer's only selector */
static void selector(struct gen *g, const char *key, const char *name, const char *prefix,
		     unsigned n)
{
	map(g, key);
	map(g, "matchLabels");
	print_text(&g->out, name, "%s-%u", prefix, n);
	end(g);
	end(g);
}

static void random_app(struct gen *g, const char *key)
{
	selector(g, key, "app", "app", below(g, APPS));
}

static void app_peer(struct gen *g)
{
	map(g, NULL);
	random_app(g, "podSelector");
	end(g);
}

static void team_peer(struct gen *g, bool app)
{
	map(g, NULL);
	selector(g, "namespaceSelector", "team", "team", below(g, TEAMS));
	if (app)
		random_app(g, "podSelector");
	end(g);
}

static void port(struct gen *g, const char *protocol, unsigned value, unsigned last)
{
	map(g, NULL);
	if (last)
		number(g, "endPort", last);
	number(g, "port", value);
	print_text(&g->out, "protocol", "%s", protocol);
	end(g);
}

/* Closes the rule after one TCP port of a few that are in use. */
static void rule_end(struct gen *g)
{
	static const unsigned ports[] = { 80, 443, 5432, 6379, 8000, 8080, 9090, 9100 };

	end(g);
	list(g, "ports");
	port(g, "TCP", ports[below(g, 8)], 0);
	end(g);
	end(g);
}

/* Opens the first and only rule and its peers. */
static void rule(struct gen *g, const char *direction, const char *peers)
{
	list(g, direction);
	map(g, NULL);
	list(g, peers);
}

static void from_apps(struct gen *g)
{
	unsigned n = 1 + below(g, 2);

	rule(g, "ingress", "from");
	while (n--)
		app_peer(g);
	rule_end(g);
	end(g);
}

static void from_team(struct gen *g, bool app)
{
	rule(g, "ingress", "from");
	team_peer(g, app);
	if (app) {
		rule_end(g);
	} else {
		end(g);
		list(g, "ports");
		port(g, "TCP", 8000 + below(g, 4), 0);
		port(g, "UDP", 8125, 0);
		end(g);
		end(g);
	}
	end(g);
}

static void from_anybody(struct gen *g)
{
	list(g, "ingress");
	map(g, NULL);
	list(g, "ports");
	map(g, NULL);
	print_text(&g->out, "port", "http");
	print_text(&g->out, "protocol", "TCP");
	end(g);
	end(g);
	end(g);
	end(g);
}

static void to_resolver(struct gen *g)
{
	rule(g, "egress", "to");
	map(g, NULL);
	map(g, "namespaceSelector");
	map(g, "matchLabels");
	print_text(&g->out, "kubernetes.io/metadata.name", "space-000");
	end(g);
	end(g);
	selector(g, "podSelector", "app", "app", 0);
	end(g);
	end(g);
	list(g, "ports");
	port(g, "UDP", 53, 0);
	port(g, "TCP", 53, 0);
	end(g);
	end(g);
	end(g);
}

static void to_app(struct gen *g)
{
	rule(g, "egress", "to");
	app_peer(g);
	rule_end(g);
	end(g);
}

static void to_block(struct gen *g)
{
	unsigned a = 1 + below(g, 9), b = below(g, 256);

	rule(g, "egress", "to");
	map(g, NULL);
	map(g, "ipBlock");
	print_text(&g->out, "cidr", "%u.%u.0.0/16", a, b);
	list(g, "except");
	print_text(&g->out, NULL, "%u.%u.%u.0/24", a, b, below(g, 128));
	print_text(&g->out, NULL, "%u.%u.%u.0/25", a, b, 128 + below(g, 128));
	end(g);
	end(g);
	end(g);
	rule_end(g);
	end(g);
}

static void from_blocks(struct gen *g)
{
	rule(g, "ingress", "from");
	for (unsigned i = 0; i < 10; i++) {
		unsigned a = below(g, 256), b = below(g, 256), c = below(g, 5);

		map(g, NULL);
		map(g, "ipBlock");
		if (i < 7)
			print_text(&g->out, "cidr", "%u.%u.%u.0/%u", 100 + i, a, b & 0xf0,
				   20 + c);
		else
			print_text(&g->out, "cidr", "2001:db8:%x:%x00::/%u", a, b,
				   56 + c);
		end(g);
		end(g);
	}
	end(g);
	list(g, "ports");
	port(g, "TCP", 443, 0);
	end(g);
	end(g);
	end(g);
}

/* key: {matchExpressions: [{key: label, operator, values}]} */
static void expression(struct gen *g, const char *key, const char *operator,
		       const char * a, const char *b)
{
	map(g, key);
	list(g, "matchExpressions");
	map(g, NULL);
	print_text(&g->out, "key", "tier");
	print_text(&g->out, "operator", "%s", operator);
	list(g, "values");
	print_text(&g->out, NULL, "%s", a);
	print_text(&g->out, NULL, "%s", b);
	end(g);
	end(g);
	end(g);
	end(g);
}

static void from_expression(struct gen *g)
{
	rule(g, "ingress", "from");
	map(g, NULL);
	expression(g, "podSelector", "NotIn", "store", "batch");
	end(g);
	end(g);
	list(g, "ports");
	port(g, "TCP", 30000, 30999);
	end(g);
	end(g);
	end(g);
}

static void rules(struct gen *g, unsigned kind)
{
	if (kind >= 1 && kind <= 7)
		from_apps(g);
	else if (kind >= 8 && kind <= 10)
		from_team(g, true);
	else if (kind == 11 || kind == 12)
		from_team(g, false);
	else if (kind == 13)
		from_anybody(g);
	else if (kind == 14)
		to_resolver(g);
	else if (kind == 15)
		to_app(g);
	else if (kind == 16 || kind == 17)
		to_block(g);
	else if (kind == 18)
		from_blocks(g);
	else if (kind == 19)
		from_expression(g);
}

static bool for_all_pods(unsigned kind)
{
	return kind == 0 || kind == 14;
}

static bool is_egress(unsigned kind)
{
	return kind >= 14 && kind <= 17;
}

void gen_policy(struct gen *g, unsigned i)
{
	unsigned kind = i / g->namespaces % KINDS;

	head(g, "networking.k8s.io/v1", "NetworkPolicy");
	print_quoted(&g->out, "creationTimestamp", "2024-05-01T07:00:00Z");
	print_text(&g->out, "name", "policy-%u", i);
	print_text(&g->out, "namespace", "space-%03u", i % g->namespaces);
	uid(g);
	end(g);
	map(g, "spec");
	rules(g, kind);
	if (for_all_pods(kind))
		print_raw(&g->out, "podSelector", "{}");
	else if (kind == 19)
		expression(g, "podSelector", "In", "service", "store");
	else
		random_app(g, "podSelector");
	list(g, "policyTypes");
	print_text(&g->out, NULL, is_egress(kind) ? "Egress" : "Ingress");
	end(g);
	end(g);
	end(g);
}
