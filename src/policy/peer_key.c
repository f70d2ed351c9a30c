/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A peer comes in, text goes out: selectors are canonical already, and addresses
 * are ranges that do not touch.
 */
#include <netpolc/policy/peer_key.h>

#include <netpolc/base/ranges.h>
#include <netpolc/manifest/cluster.h>

#include <string.h>

enum extent { EXTENT_PEER, EXTENT_POOL };

static bool excludes(const struct requirement *req)
{
	return req->op == SELECTOR_NOT_IN || req->op == SELECTOR_NOT_EXISTS;
}

/* Values carry their length: under --on-invalid isolate they may hold anything. */
static void put_requirement(struct buf *out, const struct requirement *req)
{
	static const char *const ops[] = {
		[SELECTOR_IN] = " in",
		[SELECTOR_NOT_IN] = " notin",
		[SELECTOR_EXISTS] = " exists",
		[SELECTOR_NOT_EXISTS] = " !exists",
	};

	buf_printf(out, "%s%s", req->key, ops[req->op]);
	for (size_t v = 0; v < req->nvalues; v++)
		buf_printf(out, " %zu:%s", strlen(req->values[v]), req->values[v]);
}

static void put_selector(struct buf *out, const struct selector *sel, enum extent extent)
{
	const char *before = "";

	for (size_t i = 0; i < sel->len; i++) {
		if (extent == EXTENT_POOL && excludes(&sel->at[i]))
			continue;
		buf_puts(out, before);
		put_requirement(out, &sel->at[i]);
		before = " & ";
	}
}

static void put_pods(struct buf *out, const struct policy_peer *peer, const char *home,
		     enum extent extent)
{
	if (peer->namespaces) {
		buf_puts(out, "namespaces{");
		put_selector(out, peer->namespaces, extent);
		buf_puts(out, "}");
	} else {
		buf_printf(out, "namespace %s", home);
	}
	buf_puts(out, " pods{");
	if (peer->pods)
		put_selector(out, peer->pods, extent);
	buf_puts(out, "}");
}

void peer_key_pods(struct buf *out, const struct policy_peer *peer, const char *home)
{
	put_pods(out, peer, home, EXTENT_PEER);
}

void peer_key_pool(struct buf *out, const struct policy_peer *peer, const char *home)
{
	put_pods(out, peer, home, EXTENT_POOL);
}

void peer_key_addresses(struct buf *out, enum family family,
			const struct ranges *addresses)
{
	buf_puts(out, "addresses");
	for (size_t i = 0; i < addresses->len; i++) {
		buf_puts(out, i ? "," : " ");
		address_print(out, (struct address){ family, addresses->at[i].lo });
		buf_puts(out, "-");
		address_print(out, (struct address){ family, addresses->at[i].hi });
	}
	if (addresses->len == 0)
		buf_puts(out, family == FAMILY_IPV4 ? " none" : " none6");
}
