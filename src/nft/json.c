/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finished ruleset comes in, libnftables JSON goes out: an array of commands,
 * one a line.  Commands run in order, so chains come before the maps that lead to
 * them and before all rules.
 *
 * Each command is a jansson tree of its own, written and given up; the elements of
 * a large set are several commands, so no tree grows with the input.
 */
#include <netpolc/nft/json.h>

#include <netpolc/base/arena.h>

#include <jansson.h>

#define ELEMENTS_AT_ONCE 1000

struct printer {
	struct buf *out;
	const struct ruleset *rs;
	const char *before; /* what separates a command from the last one */
};

/* ---- values ---- */

static json_t *value(enum key_type type, u128 n)
{
	enum family f = type == KEY_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;
	char text[ADDRESS_TEXT];

	if (type == KEY_PORT)
		return json_integer((json_int_t)n);
	return json_string(address_text(text, (struct address){ f, n }));
}

static json_t *range(enum key_type type, u128 lo, u128 hi)
{
	int length = key_prefix(type, lo, hi);

	if (lo == hi)
		return value(type, lo);
	if (length >= 0)
		return json_pack("{s:{s:o, s:i}}", "prefix", "addr", value(type, lo),
				 "len", length);
	return json_pack("{s:[o, o]}", "range", value(type, lo), value(type, hi));
}

static json_t *verdict(struct verdict v)
{
	switch (v.kind) {
	case VERDICT_GOTO:
		return json_pack("{s:{s:s}}", "goto", "target", v.chain->name);
	case VERDICT_JUMP:
		return json_pack("{s:{s:s}}", "jump", "target", v.chain->name);
	case VERDICT_DROP:
		return json_pack("{s:n}", "drop");
	case VERDICT_ACCEPT:
		return json_pack("{s:n}", "accept");
	case VERDICT_NONE:
		break;
	}
	return json_null();
}

static json_t *element(const struct set *s, const struct element *e)
{
	json_t *key = range(s->key[s->nkeys - 1], e->lo, e->hi);

	if (set_range_leads(s))
		key = json_pack("{s:[o, o]}", "concat", key, value(s->key[0], e->first));
	else if (s->nkeys > 1)
		key = json_pack("{s:[o, o]}", "concat", value(s->key[0], e->first), key);
	if (s->pipapo)
		key = json_pack("{s:[o, s]}", "concat", key, key_family(s->key[0]));
	return s->map ? json_pack("[o, o]", key, verdict(e->verdict)) : key;
}

/* ---- expressions ---- */

static json_t *field(enum field f)
{
	return json_pack("{s:{s:s, s:s}}", "payload", "protocol", field_info(f)->protocol,
			 "field", field_info(f)->name);
}

static json_t *match(const char *op, json_t *left, json_t *right)
{
	return json_pack("{s:{s:s, s:o, s:o}}", "match", "op", op, "left", left, "right",
			 right);
}

static const char *match_op(const struct expr *e)
{
	return e->negate ? "!=" : "==";
}

static json_t *ct_state(unsigned states)
{
	json_t *list = json_array();

	for (size_t i = 0; i < CT_STATES; i++)
		if (states & (1U << i))
			json_array_append_new(list, json_string(ct_state_names[i]));
	return match("in", json_pack("{s:{s:s}}", "ct", "key", "state"), list);
}

static json_t *not_syn(void)
{
	json_t *flags = json_pack("{s:{s:s, s:s}}", "payload", "protocol", "tcp", "field",
				  "flags");
	json_t *mask = json_pack("{s:[{s:[{s:[s, s]}, s]}, s]}", "|", "|", "|", "fin",
				 "syn", "rst", "ack");

	return match("!=", json_pack("{s:[o, o]}", "&", flags, mask), json_string("syn"));
}

static json_t *neighbour_discovery(void)
{
	json_t *type = json_pack("{s:{s:s, s:s}}", "payload", "protocol", "icmpv6",
				 "field", "type");
	json_t *types = json_array();

	for (size_t i = 0; i < ND_TYPES; i++)
		json_array_append_new(types, json_integer(nd_types[i]));
	return match("==", type, json_pack("{s:o}", "set", types));
}

static json_t *lookup(const struct ruleset *rs, const struct expr *e)
{
	const char *name = arena_printf(rs->arena, "@%s", e->set->name);
	bool leads = set_range_leads(e->set);
	json_t *key = field(e->fields[leads]);

	if (e->length)
		key = json_pack(
			"{s:[o, o]}", "&", key,
			value(e->set->key[0], key_mask(e->set->key[0], e->length)));
	if (e->set->nkeys > 1)
		key = json_pack("{s:[o, o]}", "concat", key, field(e->fields[!leads]));
	if (e->set->pipapo)
		key = json_pack("{s:[o, {s:{s:s}}]}", "concat", key, "meta", "key",
				"nfproto");
	if (e->set->map)
		return json_pack("{s:{s:o, s:s}}", "vmap", "key", key, "data", name);
	return match(match_op(e), key, json_string(name));
}

static json_t *routed_back(const struct expr *e)
{
	return match("==",
		     json_pack("{s:{s:s, s:[s, s]}}", "fib", "result", "oif", "flags",
			       "saddr", "iif"),
		     json_boolean(!e->negate));
}

static json_t *local(const struct expr *e)
{
	return match(match_op(e),
		     json_pack("{s:{s:s, s:[s]}}", "fib", "result", "type", "flags",
			       field_info(e->fields[0])->name),
		     json_string("local"));
}

static json_t *log_to(const struct expr *e)
{
	if (e->group == LOG_SYSLOG)
		return json_pack("{s:{s:s}}", "log", "prefix", e->prefix);
	return json_pack("{s:{s:s, s:i}}", "log", "prefix", e->prefix, "group", e->group);
}

static json_t *expression(const struct ruleset *rs, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_CT_STATE:
		return ct_state(e->states);
	case EXPR_L4PROTO:
		return match(match_op(e),
			     json_pack("{s:{s:s}}", "meta", "key", "l4proto"),
			     json_integer(e->number));
	case EXPR_NOT_SYN:
		return not_syn();
	case EXPR_ND:
		return neighbour_discovery();
	case EXPR_RANGE:
		return match(match_op(e), field(e->fields[0]),
			     range(field_info(e->fields[0])->type, e->lo, e->hi));
	case EXPR_LOOKUP:
		return lookup(rs, e);
	case EXPR_COUNTER:
		return json_pack("{s:s}", "counter", e->counter->name);
	case EXPR_REJECT_TCP:
		return json_pack("{s:{s:s}}", "reject", "type", "tcp reset");
	case EXPR_REJECT:
		return json_pack("{s:{s:s, s:s}}", "reject", "type", "icmpx", "expr",
				 "admin-prohibited");
	case EXPR_VERDICT:
		return verdict(e->verdict);
	case EXPR_ROUTED_BACK:
		return routed_back(e);
	case EXPR_IIFNAME:
		return match("==", json_pack("{s:{s:s}}", "meta", "key", "iifname"),
			     json_string(e->name));
	case EXPR_MADE_HERE:
		return match("==", json_pack("{s:{s:s}}", "meta", "key", "iif"),
			     json_integer(0));
	case EXPR_LOCAL:
		return local(e);
	case EXPR_LIMIT:
		return json_pack("{s:{s:i, s:i, s:s}}", "limit", "rate", (int)e->number,
				 "burst", LIMIT_BURST, "per", "second");
	case EXPR_LOG:
		return log_to(e);
	}
	return json_null();
}

/* ---- commands ---- */

static int put_bytes(const char *bytes, size_t len, void *out)
{
	buf_add(out, bytes, len);
	return 0;
}

/* Writes {verb: {kind: body}}. */
static void command(struct printer *p, const char *verb, const char *kind, json_t *body)
{
	json_t *tree = json_pack("{s:{s:o}}", verb, kind, body);

	buf_puts(p->out, p->before);
	json_dump_callback(tree, put_bytes, p->out, JSON_COMPACT);
	json_decref(tree);
	p->before = ",\n";
}

static void print_table(struct printer *p, const char *verb)
{
	command(p, verb, "table",
		json_pack("{s:s, s:s}", "family", "inet", "name", p->rs->table));
}

/* What every item of the table begins with. */
static json_t *item(const struct printer *p, const char *name)
{
	return json_pack("{s:s, s:s, s:s}", "family", "inet", "table", p->rs->table,
			 "name", name);
}

static void print_chain(struct printer *p, const struct chain *c)
{
	json_t *body = item(p, c->name);

	if (c->base) {
		json_object_set_new(body, "type", json_string("filter"));
		json_object_set_new(body, "hook", json_string(chain_hook(c->name)));
		json_object_set_new(body, "prio", json_integer(p->rs->priority));
		json_object_set_new(body, "policy", json_string("accept"));
	}
	command(p, "add", "chain", body);
}

static void print_set(struct printer *p, const struct set *s)
{
	bool leads = set_range_leads(s);
	json_t *body = item(p, s->name), *type = json_string(key_name(s->key[leads]));

	if (s->nkeys > 1)
		type = json_pack("[o, s]", type, key_name(s->key[!leads]));
	if (s->pipapo)
		type = json_pack("[o, s]", type, "nf_proto");
	json_object_set_new(body, "type", type);
	if (s->map)
		json_object_set_new(body, "map", json_string("verdict"));
	if (s->intervals)
		json_object_set_new(body, "flags", json_pack("[s]", "interval"));
	command(p, "add", s->map ? "map" : "set", body);
}

static void print_elements(struct printer *p, const struct set *s)
{
	for (size_t from = 0; from < s->len; from += ELEMENTS_AT_ONCE) {
		json_t *body = item(p, s->name), *list = json_array();

		for (size_t i = from; i < s->len && i < from + ELEMENTS_AT_ONCE; i++)
			json_array_append_new(list, element(s, &s->at[i]));
		json_object_set_new(body, "elem", list);
		command(p, "add", "element", body);
	}
}

static void print_rule(struct printer *p, const struct chain *c, const struct rule *r)
{
	json_t *body = json_pack("{s:s, s:s, s:s, s:s}", "family", "inet", "table",
				 p->rs->table, "chain", c->name, "comment", r->comment);
	json_t *list = json_array();

	for (size_t i = 0; i < r->len; i++)
		json_array_append_new(list, expression(p->rs, &r->at[i]));
	json_object_set_new(body, "expr", list);
	command(p, "add", "rule", body);
}

static void print_rules(struct printer *p, const struct chain *c)
{
	for (size_t i = 0; i < c->len; i++)
		print_rule(p, c, &c->at[i]);
}

void json_print(struct buf *out, const struct ruleset *rs)
{
	struct printer p = { out, rs, "{\"nftables\": [\n" };

	print_table(&p, "add");
	print_table(&p, "delete");
	print_table(&p, "add");
	for (size_t i = 0; i < rs->ncounters; i++)
		command(&p, "add", "counter", item(&p, rs->counters[i]->name));
	for (size_t i = 0; i < rs->nchains; i++)
		print_chain(&p, rs->chains[i]);
	for (size_t i = 0; i < rs->nsets; i++)
		print_set(&p, rs->sets[i]);
	for (size_t i = 0; i < rs->nsets; i++)
		print_elements(&p, rs->sets[i]);
	for (size_t i = 0; i < rs->nchains; i++)
		print_rules(&p, rs->chains[i]);
	buf_puts(out, "\n]}\n");
}
