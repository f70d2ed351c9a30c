/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: objects; out: a number that stands for them.
 *
 * The idea: it is asked for at each run, also when there is nothing to do.  Pods are
 * many, so their fields go in as they are; of everything else it is as good to take what
 * would be written.
 */
#include <netpolc/manifest/fingerprint.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/buf.h>
#include <netpolc/base/hashset.h>
#include <netpolc/manifest/write.h>

#include <string.h>

static uint64_t add_number(uint64_t hash, uint64_t n)
{
	return hash_bytes(&n, sizeof(n), hash);
}

static uint64_t add_text(uint64_t hash, const char *text)
{
	return text ? hash_bytes(text, strlen(text) + 1, hash) : add_number(hash, 0);
}

static uint64_t add_labels(uint64_t hash, const struct labels *labels)
{
	hash = add_number(hash, labels->len);
	for (size_t i = 0; i < labels->len; i++) {
		hash = add_text(hash, labels->at[i].key);
		hash = add_text(hash, labels->at[i].value);
	}
	return hash;
}

static uint64_t add_addresses(uint64_t hash, const struct pod *p)
{
	hash = add_number(hash, p->naddresses);
	for (size_t i = 0; i < p->naddresses; i++) {
		hash = add_number(hash, p->addresses[i].family);
		hash = hash_bytes(&p->addresses[i].number, sizeof(u128), hash);
	}
	return hash;
}

static uint64_t add_ports(uint64_t hash, const struct pod *p)
{
	hash = add_number(hash, p->nports);
	for (size_t i = 0; i < p->nports; i++) {
		hash = add_text(hash, p->ports[i].name);
		hash = add_number(hash, p->ports[i].protocol << 16 | p->ports[i].number);
	}
	return hash;
}

static uint64_t flags_of(const struct pod *p)
{
	return p->host_network | p->finished << 1 | p->deleting << 2 | p->workload << 3 |
	       p->invalid << 4;
}

static uint64_t add_pod(uint64_t hash, const struct pod *p, const char *space)
{
	const char *const texts[] = { p->kind, space,	      p->name,
				      p->node, p->owner_kind, p->owner };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		hash = add_text(hash, texts[i]);
	hash = add_labels(hash, &p->labels);
	hash = add_addresses(hash, p);
	hash = add_ports(hash, p);
	hash = add_number(hash, (uint64_t)p->started);
	return add_number(hash, flags_of(p));
}

uint64_t cluster_fingerprint(const struct cluster *cl)
{
	struct cluster rest = *cl;
	BUF_AUTO text = { 0 };
	uint64_t hash;

	rest.npods = 0;
	cluster_write(&text, &rest, NULL);
	hash = hash_bytes(text.at, text.len, 0);
	for (size_t i = 0; i < cl->npods; i++)
		hash = add_pod(hash, &cl->pods[i],
			       cl->namespaces[cl->pods[i].namespace].name);
	return hash;
}
