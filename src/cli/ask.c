/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of endpoints and a port come in, the core's answer goes out.
 *
 * The table holds every pod and workload by the text that names it, and every
 * address of a live pod as it is usually written; other addresses are parsed.
 */
#include <netpolc/cli/ask.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/ctx.h>

#include <string.h>

struct known {
	const char *text;
	size_t len;
	struct endpoint endpoint;
	bool finished;
};

struct asker {
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

static void learn(struct ctx *cx, struct asker *asker, const char *text,
		  struct endpoint endpoint, bool finished)
{
	struct known *k = ARENA_NEW(cx->arena, struct known);

	*k = (struct known){ text, strlen(text), endpoint, finished };
	hashset_add(asker->known, k);
}

static const char *pod_text(struct ctx *cx, const struct cluster *cl,
			    const struct pod *pod)
{
	const char *space = cl->namespaces[pod->namespace].name;

	if (pod->workload)
		return arena_printf(cx->arena, "%s/%s/%s", space, pod->kind, pod->name);
	return arena_printf(cx->arena, "%s/%s", space, pod->name);
}

static void learn_pod(struct ctx *cx, struct asker *asker, uint32_t id)
{
	const struct pod *pod = &asker->dc->cluster->pods[id];
	char text[ADDRESS_TEXT];

	if (pod->replica)
		return;
	learn(cx, asker, pod_text(cx, asker->dc->cluster, pod),
	      (struct endpoint){ .is_pod = true, .pod = id }, pod->finished);
	for (size_t i = 0; pod_is_live(pod) && i < pod->naddresses; i++) {
		address_text(text, pod->addresses[i]);
		learn(cx, asker, arena_strndup(cx->arena, text, strlen(text)),
		      (struct endpoint){ .address = pod->addresses[i] }, false);
	}
}

struct asker *asker_new(struct ctx *cx, const struct decisions *dc)
{
	static const struct hashset_type type = { hash_known, equal_known };
	struct asker *asker = ARENA_NEW(cx->arena, struct asker);

	asker->dc = dc;
	asker->core = core_build(cx, dc);
	asker->known = hashset_new(cx->arena, &type);
	for (uint32_t id = 0; id < dc->cluster->npods; id++)
		learn_pod(cx, asker, id);
	return asker;
}

static bool parse_address(struct address *out, const char *text, size_t len)
{
	char copy[ADDRESS_TEXT + 1];

	if (len >= sizeof(copy) || memchr(text, '\0', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return address_parse(out, copy, NULL);
}

const char *ask_endpoint(const struct asker *asker, struct endpoint *out,
			 const char *text, size_t len)
{
	const struct known key = { .text = text, .len = len };
	const struct known *k = hashset_find(asker->known, &key);

	if (k) {
		*out = k->endpoint;
		return k->finished ? "is a pod that has finished: it has no network"
				   : NULL;
	}
	*out = (struct endpoint){ 0 };
	if (parse_address(&out->address, text, len))
		return NULL;
	return "is no pod, no workload and no address";
}

/* The part of text behind its last slash. */
static const char *last_part(const char *text)
{
	const char *slash = strrchr(text, '/');

	return slash ? slash + 1 : text;
}

const char *ask_nearest(struct ctx *cx, const struct asker *asker, const char *text)
{
	const struct cluster *cl = asker->dc->cluster;
	const char *name = last_part(text);
	const struct pod *best = NULL;
	size_t space_len = strcspn(text, "/"), most = 0;

	for (size_t i = 0; i < cl->npods && *name; i++) {
		const struct pod *pod = &cl->pods[i];
		const char *space = cl->namespaces[pod->namespace].name;
		bool home =
			strlen(space) == space_len && !strncmp(space, text, space_len);
		bool begins = !strncmp(pod->name, name, strlen(name));
		/* A pod's controller adds to its own name; what is near is at home. */
		size_t points =
			2 * !strcmp(pod->name, name) + begins + 2 * (home && begins);

		if (points > most && !pod->finished) {
			most = points;
			best = pod;
		}
	}
	return best ? pod_text(cx, cl, best) : NULL;
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

bool ask(const struct asker *asker, const struct endpoint *from,
	 const struct endpoint *to, const struct probe_port *port, struct answer *out)
{
	const struct pod *pod;
	bool found = false;

	out->port = port->number;
	if (!port->name_len) {
		out->verdict =
			core_decide(asker->core, from, to, port->protocol, port->number);
		return true;
	}
	pod = pod_of(asker, to);
	for (size_t i = 0; pod && i < pod->nports; i++) {
		if (!has_name(&pod->ports[i], port))
			continue;
		found = true;
		out->port = pod->ports[i].number;
		out->verdict =
			core_decide(asker->core, from, to, port->protocol, out->port);
		if (!out->verdict.allow)
			break;
	}
	return found;
}

void ask_pair(const struct asker *asker, const struct endpoint *from, struct endpoint *to)
{
	if (from->is_pod && to->is_pod && from->pod == to->pod &&
	    asker->dc->cluster->pods[to->pod].workload)
		to->pod++;
}
