/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Assertions come in, warnings of what stands among them twice go out.
 */
#include <netpolc/manifest/repeats.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* One port of an assertion. */
struct question {
	const struct assertion *assertion;
	const struct assertion_port *port;
};

static uint64_t hash_text(const char *text, uint64_t seed)
{
	return text ? hash_bytes(text, strlen(text), seed) : seed + 1;
}

static uint64_t hash_end(const struct assertion_end *end, uint64_t seed)
{
	uint64_t h = hash_text(end->space, hash_text(end->text, seed));

	return hash_bytes(&end->pods, sizeof(end->pods), h);
}

static uint64_t hash_question(const void *item, uint64_t seed)
{
	const struct question *q = item;
	const struct probe_port *port = &q->port->port;
	const uint32_t number[] = { port->protocol, port->name_len ? 0 : port->number };
	uint64_t h = hash_end(&q->assertion->from, seed);

	h = hash_end(&q->assertion->to, h);
	h = hash_bytes(number, sizeof(number), h);
	return port->name_len ? hash_bytes(port->name, port->name_len, h) : h;
}

static bool same_text(const char *x, const char *y)
{
	return x == y || (x && y && !strcmp(x, y));
}

static bool same_end(const struct assertion_end *x, const struct assertion_end *y)
{
	return same_text(x->text, y->text) && same_text(x->space, y->space) &&
	       x->pods == y->pods;
}

static bool same_port(const struct probe_port *x, const struct probe_port *y)
{
	if (x->protocol != y->protocol || x->name_len != y->name_len)
		return false;
	return x->name_len ? !memcmp(x->name, y->name, x->name_len)
			   : x->number == y->number;
}

static bool equal_questions(const void *a, const void *b)
{
	const struct question *x = a, *y = b;

	return same_end(&x->assertion->from, &y->assertion->from) &&
	       same_end(&x->assertion->to, &y->assertion->to) &&
	       same_port(&x->port->port, &y->port->port);
}

static void warn(struct ctx *cx, const struct question *q, const struct question *first)
{
	bool contrary = q->assertion->allow != first->assertion->allow;
	BUF_AUTO port = { 0 };
	struct diag *d;

	probe_port_print(&port, &q->port->port);
	if (q->assertion == first->assertion) {
		diag_add(cx->diags, DIAG_REPEATED_TEST, &q->port->origin,
			 "'%s' stands in the list already, and counts once", port.at);
		return;
	}
	d = diag_add(cx->diags, DIAG_REPEATED_TEST, &q->port->origin,
		     contrary ? "'%s' between these ends is expected to be %s elsewhere: "
				"one of the two does not hold"
			      : "'%s' between these ends is expected to be %s already",
		     port.at, first->assertion->allow ? "allowed" : "denied");
	diag_see(cx->diags, d, &first->port->origin, "here");
}

void repeats_warn(struct ctx *cx, struct assertions *all)
{
	static const struct hashset_type type = { hash_question, equal_questions };
	struct hashset *known = hashset_new(cx->arena, &type);

	for (size_t i = 0; i < all->len; i++) {
		struct assertion *a = &all->at[i];
		struct assertion_port *kept =
			ARENA_ARRAY(cx->arena, a->nports, struct assertion_port);
		size_t n = 0;

		for (size_t p = 0; p < a->nports; p++) {
			struct question *q = ARENA_NEW(cx->arena, struct question);
			const struct question *first;

			*q = (struct question){ a, &a->ports[p] };
			first = hashset_add(known, q);
			if (first != q)
				warn(cx, q, first);
			if (first == q || first->assertion != a)
				kept[n++] = a->ports[p];
		}
		a->ports = kept;
		a->nports = n;
	}
}
