/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * test_run - assertions come in, what became of each goes out
 *
 * First all ends and ports are found, so that one run shows every mistake; then the
 * questions are asked.
 */
#include <netpolc/analysis/test_run.h>

#include <netpolc/analysis/mismatch.h>
#include <netpolc/base/arena.h>
#include <netpolc/base/nearest.h>
#include <netpolc/manifest/ctx.h>

#include <stdint.h>
#include <string.h>

struct tester {
	struct ctx *cx;
	struct asker *asker;
	const struct decisions *dc;
	size_t mistakes;
};

/* ---- ends ---- */

static void no_such_end(struct tester *t, const struct origin *where, const char *text,
			const char *why, const char *near)
{
	t->mistakes++;
	diag_add(t->cx->diags, DIAG_BAD_ENDPOINT, where, "'%s' %s%s", text, why,
		 nearest_hint(t->cx->arena, near));
}

static const char *nearest_namespace(const struct cluster *cl, const char *name)
{
	struct nearest n = nearest_to(name, strlen(name));

	for (size_t i = 0; i < cl->nnamespaces; i++)
		nearest_offer(&n, cl->namespaces[i].name);
	return n.best;
}

/* A pod with the labels that selectors pass over, or NULL. */
static const struct pod *pod_of_host(const struct cluster *cl, const struct namespace *ns,
				     const struct selector *sel)
{
	for (uint32_t id = ns->first_pod; id < ns->first_pod + ns->pods; id++) {
		const struct pod *pod = &cl->pods[id];

		if (pod->host_network && !pod->finished &&
		    selector_matches(sel, &pod->labels))
			return pod;
	}
	return NULL;
}

static void no_such_pods(struct tester *t, const struct assertion_end *end,
			 const struct namespace *ns)
{
	const struct cluster *cl = t->dc->cluster;
	const struct pod *host = pod_of_host(cl, ns, end->pods);
	struct label_sets labels = { 0 };
	BUF_AUTO why = { 0 };

	buf_puts(&why, "has no pod that the podSelector matches");
	labels_of_pods(t->cx->arena, cl, (uint32_t)(ns - cl->namespaces), &labels);
	if (host)
		buf_printf(&why,
			   ": %s/%s is on the host's network, where selectors match "
			   "nobody; it can be named",
			   ns->name, host->name);
	else if (labels.len > 0)
		mismatch_print(&why, end->pods, &labels);
	no_such_end(t, &end->origin, end->space, why.at, NULL);
}

static void find_pods(struct tester *t, const struct assertion_end *end,
		      struct party *out)
{
	const struct cluster *cl = t->dc->cluster;
	const struct namespace *ns = cluster_namespace(cl, end->space);

	if (!ns) {
		no_such_end(t, &end->origin, end->space, "is no namespace of the input",
			    nearest_namespace(cl, end->space));
		return;
	}
	*out = party_of_pods(t->cx->arena, cl, ns, end->pods);
	if (!out->len)
		no_such_pods(t, end, ns);
}

static bool find_block(struct tester *t, const struct assertion_end *end,
		       struct party *out)
{
	struct prefix block;
	unsigned odd;

	if (!prefix_parse(&block, end->text, &odd))
		return false;
	if (odd)
		diag_add(t->cx->diags, DIAG_ODD_CIDR, &end->origin,
			 "'%s' is not written as a CIDR is", end->text);
	*out = party_of_block(t->cx->arena, t->dc, block);
	return true;
}

static void bad_block(struct tester *t, const struct assertion_end *end)
{
	t->mistakes++;
	diag_add(t->cx->diags, DIAG_BAD_CIDR, &end->origin,
		 "'%s' is not an IPv4 or IPv6 prefix", end->text);
}

/* An address and a slash: no namespace has such a name. */
static bool is_meant_as_block(const char *text)
{
	size_t len = strcspn(text, "/");

	return text[len] && (memchr(text, ':', len) || memchr(text, '.', len));
}

/* What is not found leaves a party of nobody. */
static void find_end(struct tester *t, const struct assertion_end *end, struct party *out)
{
	const char *why;

	*out = (struct party){ 0 };
	if (!end->text) {
		find_pods(t, end, out);
		return;
	}
	if (find_block(t, end, out))
		return;
	why = ask_party(t->asker, out, end->text, strlen(end->text));
	if (!why)
		return;
	out->len = 0;
	if (is_meant_as_block(end->text))
		bad_block(t, end);
	else
		no_such_end(t, &end->origin, end->text, why,
			    ask_nearest(t->cx, t->asker, end->text));
}

/* ---- asking ---- */

static const char *end_text(struct tester *t, const struct assertion_end *end)
{
	return end->text ? end->text
			 : arena_printf(t->cx->arena, "pods of %s", end->space);
}

static void no_such_port(struct tester *t, const struct assertion_port *port,
			 const struct inquiry *q, const char *who)
{
	BUF_AUTO why = { 0 };

	t->mistakes++;
	ask_no_such_port(&why, q, who);
	diag_add(t->cx->diags, DIAG_BAD_ENDPOINT, &port->origin, "%s", why.at);
}

static void inquire(struct tester *t, const struct assertion_port *port,
		    struct inquiry *q)
{
	q->port = port->port;
	if (!ask_port(&q->to, &q->port, &q->target))
		no_such_port(t, port, q, q->to_text);
	else if (!ask_parties(q))
		no_such_port(t, port, q, ask_text(t->cx, t->asker, &q->tally.kept[0].to));
	else if (!q->tally.pairs)
		no_such_port(t, port, q, q->to_text);
}

static void test_one(struct tester *t, const struct assertion *a, struct test_result *out)
{
	struct inquiry *at = ARENA_ARRAY(t->cx->arena, a->nports, struct inquiry);
	struct inquiry q = { .asker = t->asker,
			     .expected = a->allow,
			     .from_text = end_text(t, &a->from),
			     .to_text = end_text(t, &a->to) };

	*out = (struct test_result){ .assertion = a, .inquiries = at };
	find_end(t, &a->from, &q.from);
	find_end(t, &a->to, &q.to);
	if (!q.from.len || !q.to.len)
		return;
	for (size_t i = 0; i < a->nports; i++) {
		at[i] = q;
		inquire(t, &a->ports[i], &at[i]);
		out->pairs += at[i].tally.pairs;
		out->contrary += at[i].tally.contrary;
	}
}

const struct test_run *test_run(struct ctx *cx, struct asker *asker,
				const struct assertions *assertions)
{
	struct tester t = { .cx = cx, .asker = asker, .dc = asker_decisions(asker) };
	struct test_run *run = ARENA_NEW(cx->arena, struct test_run);

	run->results = ARENA_ARRAY(cx->arena, assertions->len, struct test_result);
	run->len = assertions->len;
	for (size_t i = 0; i < assertions->len; i++) {
		struct test_result *r = &run->results[i];

		test_one(&t, &assertions->at[i], r);
		run->failed += r->contrary > 0;
		run->pairs += r->pairs;
	}
	return t.mistakes ? NULL : run;
}
