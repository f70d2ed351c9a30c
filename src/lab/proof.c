/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proof - what was decided comes in, whether the kernel does it goes out
 *
 * Packets are collected and sent many at a time.  What a packet should come to is asked
 * of the core again, about the two addresses that it has: that fixes the family.
 */
#include <netpolc/lab/proof.h>

#include <netpolc/base/arena.h>
#include <netpolc/lab/lend.h>
#include <netpolc/manifest/ctx.h>

#define LOAD	    4096 /* packets */
#define DIFFERENCES 10	 /* that are told one by one */

struct prover {
	struct ctx *cx;
	struct testbed *tb;
	const struct decisions *dc; /* with lent addresses */
	const struct core *core;
	struct proof *out;
	size_t len;
	struct packet_probe packets[LOAD];
	bool expected[LOAD], arrived[LOAD];
	bool allow;  /* all packets to the port at hand are to pass */
	bool agree;  /* with what was said of the pair at hand */
	bool failed; /* the testbed, which was reported */
};

/* "shop/web (10.0.0.1)" */
static const char *name_of(struct prover *p, struct address a)
{
	const struct pod_address *held = classes_find_address(p->dc->classes, a);
	const struct cluster *cl = p->dc->cluster;
	char text[ADDRESS_TEXT];

	address_text(text, a);
	if (!held)
		return arena_printf(p->cx->arena, "%s", text);
	return arena_printf(p->cx->arena, "%s/%s (%s)",
			    cl->namespaces[cl->pods[held->pod].namespace].name,
			    cl->pods[held->pod].name, text);
}

static void differ(struct prover *p, const struct packet_probe *packet, bool passed)
{
	if (p->out->differing++ >= DIFFERENCES)
		return;
	diag_add(p->cx->diags, DIAG_KERNEL_DIFFERS, NULL,
		 "a packet from %s to %s, IP protocol %u, port %u, %s the kernel, but it "
		 "was decided to be %s: that is a fault of netpolc; please report it, "
		 "with the manifests",
		 name_of(p, packet->from), name_of(p, packet->to), packet->protocol,
		 (unsigned)packet->port, passed ? "passed" : "did not pass",
		 passed ? "denied" : "allowed");
}

static void flush(struct prover *p)
{
	if (!p->failed && p->len)
		p->failed = !testbed_send(p->tb, p->packets, p->len, p->arrived);
	for (size_t i = 0; !p->failed && i < p->len; i++)
		if (p->arrived[i] != p->expected[i])
			differ(p, &p->packets[i], p->arrived[i]);
	p->out->packets += p->len;
	p->len = 0;
}

/* False where no packet can tell. */
static bool send_packet(struct prover *p, struct address from, struct address to,
			enum protocol protocol, uint16_t port)
{
	const struct endpoint a = { .address = from }, b = { .address = to };
	struct verdict_of_core v;

	if (!testbed_carries(from) || !testbed_carries(to) ||
	    !p->cx->set.families[from.family])
		return false;
	v = core_decide(p->core, &a, &b, protocol, port);
	if (v.reason == REASON_SELF || v.reason == REASON_OWN_NODE)
		return false;
	p->allow = p->allow && v.allow;
	p->expected[p->len] = v.allow;
	p->packets[p->len++] = (struct packet_probe){
		.from = from,
		.to = to,
		.protocol = protocol_number(protocol),
		.port = port,
	};
	if (p->len == LOAD)
		flush(p);
	return true;
}

static const struct address *addresses_of(const struct prover *p,
					  const struct endpoint *e, size_t *n)
{
	*n = e->is_pod ? p->dc->cluster->pods[e->pod].naddresses : 1;
	return e->is_pod ? p->dc->cluster->pods[e->pod].addresses : &e->address;
}

static bool is_lent(const struct inquiry *q, const struct endpoint *e)
{
	const struct cluster *own = asker_decisions(q->asker)->cluster;

	return e->is_pod && !own->pods[e->pod].naddresses;
}

/* Whether it was lent an address of one family alone, because ipBlocks leave none of the
 * other: then packets cannot tell all of it. */
static bool is_short(const struct prover *p, const struct inquiry *q,
		     const struct endpoint *e)
{
	return is_lent(q, e) && p->dc->cluster->pods[e->pod].naddresses < FAMILIES;
}

/* In all families that both have; where both were lent, in those that it was said of. */
static bool send_to_port(struct prover *p, const struct inquiry *q,
			 const struct pair *pair, uint16_t number)
{
	const struct probe_port port = { .protocol = q->target.protocol,
					 .number = number };
	size_t nfrom, nto;
	const struct address *from = addresses_of(p, &pair->from, &nfrom);
	const struct address *to = addresses_of(p, &pair->to, &nto);
	bool lent = is_lent(q, &pair->from) && is_lent(q, &pair->to);
	struct answer said;
	bool sent = false;

	ask(q->asker, &pair->from, &pair->to, &port, &said);
	p->allow = true;
	for (size_t i = 0; i < nfrom; i++)
		for (size_t j = 0; j < nto; j++)
			if (from[i].family == to[j].family &&
			    (!lent || said.verdict.in[from[i].family]))
				sent |= send_packet(p, from[i], to[j], port.protocol,
						    number);
	p->agree &= p->allow == said.verdict.allow;
	return sent;
}

/* A name has been found on the destination by then. */
static bool send_to_ports(struct prover *p, const struct inquiry *q,
			  const struct pair *pair)
{
	const struct probe_port *port = &q->target;
	const struct named_port *named;
	bool sent = false;
	size_t n;

	if (!port->name_len)
		return send_to_port(p, q, pair, port->number);
	named = ask_named(q->asker, &pair->to, port, &n);
	for (size_t i = 0; i < n; i++)
		sent |= send_to_port(p, q, pair, named[i].number);
	return sent;
}

/* The packets prove the verdict if they were to come to it. */
static void send_pair(struct prover *p, const struct inquiry *q, const struct pair *pair)
{
	bool sent;

	p->agree = true;
	sent = send_to_ports(p, q, pair);
	p->out->proven += sent && p->agree;
	p->out->unproven += !sent || !p->agree;
	if (!sent || p->agree || is_short(p, q, &pair->from) ||
	    is_short(p, q, &pair->to) || p->out->differing++ >= DIFFERENCES)
		return;
	diag_add(p->cx->diags, DIAG_KERNEL_DIFFERS, NULL,
		 "by its addresses, what '%s' may send to '%s' is decided otherwise: "
		 "that is a fault of netpolc; please report it, with the manifests",
		 ask_text(p->cx, q->asker, &pair->from),
		 ask_text(p->cx, q->asker, &pair->to));
}

static void send_inquiry(struct prover *p, const struct inquiry *q)
{
	for (size_t i = 0; i < q->from.len; i++) {
		for (size_t j = 0; !p->failed && j < q->to.len; j++) {
			struct pair pair;

			if (ask_member(q, i, j, &pair) == MEMBER_ANSWERED)
				send_pair(p, q, &pair);
		}
	}
}

bool prove_loaded(struct ctx *cx, struct testbed *tb, const struct decisions *lent,
		  const struct test_run *run, struct proof *out)
{
	struct prover *p = ARENA_NEW(cx->arena, struct prover);

	*out = (struct proof){ 0 };
	p->cx = cx;
	p->tb = tb;
	p->dc = lent;
	p->core = core_build(cx, lent);
	p->out = out;
	for (size_t i = 0; i < run->len; i++)
		for (size_t j = 0; j < run->results[i].assertion->nports; j++)
			send_inquiry(p, &run->results[i].inquiries[j]);
	flush(p);
	if (out->differing > DIFFERENCES)
		diag_add(cx->diags, DIAG_KERNEL_DIFFERS, NULL, "and so did %zu more",
			 out->differing - DIFFERENCES);
	return !p->failed;
}

struct testbed *proof_testbed(struct ctx *cx)
{
	const char *why_not;
	struct testbed *tb = testbed_open(cx, &why_not);

	if (!tb)
		diag_add(cx->diags, DIAG_KERNEL, NULL,
			 "--kernel needs root, or user namespaces that anybody may make: "
			 "%s",
			 why_not);
	return tb;
}

bool prove(struct ctx *cx, struct testbed *tb, const struct decisions *dc,
	   const struct test_run *run, struct proof *out)
{
	const struct lower_options options = lower_defaults();
	const struct cluster *lent = lend_addresses(cx, dc, run);
	const struct pod_sets *sets = resolve(cx, lent);
	const struct classes *classes = sets ? classify(cx, lent, sets) : NULL;
	const struct decisions *decided =
		classes ? decide(cx, lent, sets, classes) : NULL;
	const struct ruleset *rs = decided ? lower(cx, decided, &options) : NULL;

	return rs && testbed_load(tb, rs) && prove_loaded(cx, tb, decided, run, out);
}
