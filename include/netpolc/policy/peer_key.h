/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer_key - peers as canonical text
 *
 * Peers that mean the same have the same text, whoever names them, and peers that do
 * not never have: it identifies a peer, and names in the ruleset are made of it.
 * Each function appends to out.
 */
#ifndef NETPOLC_PEER_KEY_H
#define NETPOLC_PEER_KEY_H

#include <netpolc/base/buf.h>
#include <netpolc/base/prefix.h>

struct policy_peer;
struct ranges;

/* A peer that is no block; home is the namespace of its policy. */
void peer_key_pods(struct buf *out, const struct policy_peer *peer, const char *home);

/* The same without what it excludes: NotIn and DoesNotExist. */
void peer_key_pool(struct buf *out, const struct policy_peer *peer, const char *home);

/* A block: its addresses. */
void peer_key_addresses(struct buf *out, enum family family,
			const struct ranges *addresses);

#endif
