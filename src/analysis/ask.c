/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of ends and a port come in, the core's answer goes out.
 *
 * The table holds every pod, workload and Service by the text that names it, which has
 * a '/'; what has none is an address.
 */
#include <netpolc/analysis/ask.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

/* What is behind a Service, found when it is first asked for. */
struct backing {
	const struct service *service;
	bool asked;
	struct party party;
};

/* Small, and made together with its text: a question touches few lines of memory. */
struct known {
	const char *text;
	size_t len;
	struct backing *backing; /* NULL: it is the pod */
	uint32_t pod;
	bool finished;
};

struct asker {
	struct arena *arena;
	const struct decisions *dc;
	const struct core *core;
	struct hashset *known;
};

static uint64_t hash_known(const void *item, uint64_t seed)
{
	const struct known *k = item;

	return hash_bytes(k->text, k->len, seed);
}

static bool equal_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return x->len == y->len && !memcmp(x->text, y->text, x->len);
}

/* ---- what there is ---- */

static void learn(struct asker *asker, const char *text, const struct known *what)
{
	struct known *k = ARENA_NEW(asker->arena, struct known);

	*k = *what;
	k->text = text;
	k->len = strlen(text);
	hashset_add(asker->known, k);
}

static const char *pod_text(struct arena *a, const struct cluster *cl,
			    const struct pod *pod)
{
	const char *space = cl->namespaces[pod->namespace].name;

	if (pod->workload)
		return arena_printf(a, "%s/%s/%s", space, pod->kind, pod->name);
	return arena_printf(a, "%s/%s", space, pod->name);
}

static void learn_service(struct asker *asker, const struct service *service)
{
	struct backing *backing = ARENA_NEW(asker->arena, struct backing);

	backing->service = service;
	learn(asker,
	      arena_printf(asker->arena, "%s/svc/%s", service->space, service->name),
	      &(const struct known){ .backing = backing });
}

static void learn_pod(struct asker *asker, uint32_t id)
{
	const struct pod *pod = &asker->dc->cluster->pods[id];

	if (!pod->replica)
		learn(asker, pod_text(asker->arena, asker->dc->cluster, pod),
		      &(const struct known){ .pod = id, .finished = pod->finished });
}

struct asker *asker_new(struct ctx *cx, const struct decisions *dc)
{
	static const struct hashset_type type = { hash_known, equal_known };
	struct asker *asker = ARENA_NEW(cx->arena, struct asker);
	const struct cluster *cl = dc->cluster;

	asker->arena = cx->arena;
	asker->dc = dc;
	asker->core = core_build(cx, dc);
	asker->known = hashset_new(cx->arena, &type);
	for (uint32_t id = 0; id < cl->npods; id++)
		learn_pod(asker, id);
	for (size_t i = 0; i < cl->nservices; i++)
		learn_service(asker, &cl->services[i]);
	return asker;
}

const struct decisions *asker_decisions(const struct asker *asker)
{
	return asker->dc;
}

/* ---- what a text means ---- */

static const char *ask_service(const struct asker *asker, struct backing *b,
			       struct party *out)
{
	if (b->service->invalid)
		return "is a Service with a fault, so that its pods are not known";
	if (b->service->external)
		return "is an ExternalName Service: it stands for a host name, not for "
		       "pods";
	if (!b->service->selector)
		return "is a Service without a selector: what is behind it is not known";
	if (!b->asked)
		b->party = party_of_service(asker->arena, asker->dc->cluster, b->service);
	b->asked = true;
	*out = b->party;
	return out->len ? NULL : "is a Service that selects no pod";
}

static bool parse_address(struct address *out, const char *text, size_t len)
{
	char copy[ADDRESS_TEXT + 1];

	if (len >= sizeof(copy) || memchr(text, '/', len) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return address_parse(out, copy, NULL);
}

const char *ask_party(struct asker *asker, struct party *out, const char *text,
		      size_t len)
{
	const struct known key = { .text = text, .len = len };
	const struct known *k;

	out->at = NULL;
	out->len = 1;
	out->service = NULL;
	if (parse_address(&out->one.address, text, len)) {
		out->one.is_pod = false;
		return NULL;
	}
	k = hashset_find(asker->known, &key);
	if (!k)
		return "is no pod, no workload, no Service and no address";
	if (k->backing)
		return ask_service(asker, k->backing, out);
	core_expect(asker->core, k->pod);
	out->one.is_pod = true;
	out->one.pod = k->pod;
	return k->finished ? "is a pod that has finished: it has no network" : NULL;
}

void ask_expect(const struct asker *asker, const char *text, size_t len, bool item)
{
	const struct known key = { .text = text, .len = len };

	hashset_expect(asker->known, &key, item);
}

const char *ask_text(struct ctx *cx, const struct asker *asker, const struct endpoint *e)
{
	const struct cluster *cl = asker->dc->cluster;
	char text[ADDRESS_TEXT];

	if (e->is_pod)
		return pod_text(cx->arena, cl, &cl->pods[e->pod]);
	address_text(text, e->address);
	return arena_strndup(cx->arena, text, strlen(text));
}

/* ---- what to ask about ---- */

static bool is_service_port(const struct service_port *p, const struct probe_port *port)
{
	if (p->protocol != port->protocol)
		return false;
	if (!port->name_len)
		return p->number == port->number;
	return p->name && !strncmp(p->name, port->name, port->name_len) &&
	       !p->name[port->name_len];
}

bool ask_port(const struct party *to, const struct probe_port *port,
	      struct probe_port *out)
{
	const struct service *s = to->service;

	*out = *port;
	if (!s || (s->headless && !port->name_len))
		return true;
	for (size_t i = 0; i < s->nports; i++) {
		const struct service_port *p = &s->ports[i];

		if (!is_service_port(p, port))
			continue;
		out->number = p->target;
		out->name = p->target_name;
		out->name_len = p->target_name ? strlen(p->target_name) : 0;
		return true;
	}
	return false;
}

/* The pod that an endpoint is, for its port names. */
static const struct pod *pod_of(const struct asker *asker, const struct endpoint *e)
{
	const struct pod_address *held;
	const struct pod *pod;

	if (!e->is_pod) {
		held = classes_find_address(asker->dc->classes, e->address);
		return held ? &asker->dc->cluster->pods[held->pod] : NULL;
	}
	pod = &asker->dc->cluster->pods[e->pod];
	return pod_is_live(pod) ? pod : NULL;
}

static bool has_name(const struct named_port *p, const struct probe_port *port)
{
	return p->protocol == port->protocol &&
	       !strncmp(p->name, port->name, port->name_len) && !p->name[port->name_len];
}

/* They stand together. */
const struct named_port *ask_named(const struct asker *asker, const struct endpoint *to,
				   const struct probe_port *port, size_t *n)
{
	const struct pod *pod = pod_of(asker, to);
	size_t i = 0;

	*n = 0;
	while (pod && i < pod->nports && !has_name(&pod->ports[i], port))
		i++;
	while (pod && i + *n < pod->nports && has_name(&pod->ports[i + *n], port))
		++*n;
	return *n ? &pod->ports[i] : NULL;
}

bool ask(const struct asker *asker, const struct endpoint *from,
	 const struct endpoint *to, const struct probe_port *port, struct answer *out)
{
	const struct named_port *named;
	size_t n;

	out->port = port->number;
	if (!port->name_len) {
		out->verdict =
			core_decide(asker->core, from, to, port->protocol, port->number);
		return true;
	}
	named = ask_named(asker, to, port, &n);
	for (size_t i = 0; i < n; i++) {
		out->port = named[i].number;
		out->verdict =
			core_decide(asker->core, from, to, port->protocol, out->port);
		if (!out->verdict.allow)
			break;
	}
	return n;
}

enum reason ask_reason_in(const struct asker *asker, const struct pair *pair,
			  unsigned protocol, enum family family)
{
	return core_reason_in(asker->core, &pair->from, &pair->to, protocol,
			      pair->answer.port, family);
}

/* A workload as both ends is the pair of its two replicas. */
static void make_pair(const struct asker *asker, struct pair *p)
{
	if (p->from.is_pod && p->to.is_pod && p->from.pod == p->to.pod &&
	    asker->dc->cluster->pods[p->to.pod].workload)
		p->to.pod++;
}

static void keep(struct tally *t, const struct pair *p, bool contrary)
{
	if (contrary && !t->contrary++)
		t->nkept = 0;
	if (contrary == (t->contrary > 0) && t->nkept < TALLY_KEPT)
		t->kept[t->nkept++] = *p;
	t->pairs++;
}

bool inquiry_is_one(const struct inquiry *q)
{
	return q->from.len == 1 && q->to.len == 1 && !q->to.service;
}

enum member_answer ask_member(const struct inquiry *q, size_t from, size_t to,
			      struct pair *out)
{
	bool alone = q->from.len == 1 && q->to.len == 1;

	out->from = *party_at(&q->from, from);
	out->to = *party_at(&q->to, to);
	make_pair(q->asker, out);
	if (!ask(q->asker, &out->from, &out->to, &q->target, &out->answer))
		return q->to.service ? MEMBER_SKIPPED : MEMBER_NAMELESS;
	return !alone && out->answer.verdict.reason == REASON_SELF ? MEMBER_SKIPPED
								   : MEMBER_ANSWERED;
}

bool ask_parties(struct inquiry *q)
{
	struct tally *t = &q->tally;

	t->pairs = t->contrary = t->nkept = 0;
	for (size_t i = 0; i < q->from.len; i++) {
		for (size_t j = 0; j < q->to.len; j++) {
			struct pair p;
			enum member_answer answer = ask_member(q, i, j, &p);

			if (answer == MEMBER_NAMELESS) {
				t->kept[0] = p;
				return false;
			}
			if (answer == MEMBER_ANSWERED)
				keep(t, &p, p.answer.verdict.allow != q->expected);
		}
	}
	return true;
}

static void print_port(struct buf *out, bool first, const struct probe_port *port,
		       const char *beside)
{
	buf_puts(out, first ? "; it has " : ", ");
	probe_port_print(out, port);
	if (beside)
		buf_printf(out, " (%s)", beside);
}

static void print_service_ports(struct buf *out, const struct service *s)
{
	for (size_t i = 0; i < s->nports; i++) {
		const struct service_port *p = &s->ports[i];
		const struct probe_port port = { .protocol = p->protocol,
						 .number = p->number };

		print_port(out, i == 0, &port, p->name);
	}
}

static void print_pod_ports(struct buf *out, const struct inquiry *q)
{
	const struct endpoint *to = &q->tally.kept[0].to;
	const struct pod *pod = pod_of(q->asker, to);

	if (to->is_pod && q->asker->dc->cluster->pods[to->pod].host_network)
		buf_puts(out, "; it is on the host's network, where the names of ports "
			      "do not count");
	for (size_t i = 0; pod && i < pod->nports; i++) {
		const struct named_port *p = &pod->ports[i];
		const struct probe_port port = { .protocol = p->protocol,
						 .name = p->name,
						 .name_len = strlen(p->name) };

		print_port(out, i == 0, &port, NULL);
	}
}

void ask_no_such_port(struct buf *out, const struct inquiry *q, const char *who)
{
	struct probe_port target;

	if (q->to.service && ask_port(&q->to, &q->port, &target)) {
		buf_printf(out, "'%s' of '%s' leads to ", q->port.text, who);
		probe_port_print(out, &target);
		buf_puts(out, ", which no pod behind it has");
		return;
	}
	buf_printf(out, "'%s' is no port that '%s' has", q->port.text, who);
	if (q->to.service)
		print_service_ports(out, q->to.service);
	else
		print_pod_ports(out, q);
}
