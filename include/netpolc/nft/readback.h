/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readback - what is loaded, beside what should be
 *
 * Compares our table, as loaded.h reads it, with a ruleset in normal form: elements
 * one by one, chains by the content hash in the comment of their first rule and by
 * their rule count; rule bodies are never parsed back.
 */
#ifndef NETPOLC_READBACK_H
#define NETPOLC_READBACK_H

#include <netpolc/base/prefix.h>
#include <netpolc/nft/ruleset.h>

struct ctx;

enum loaded {
	LOADED_ABSENT,	/* no table of that name */
	LOADED_FOREIGN, /* a table without our state chain */
	LOADED_OURS,
	LOADED_UNKNOWN, /* the kernel would not say; reported */
};

/* What kind of table is loaded under that name, family inet. */
enum loaded readback_owner(struct ctx *cx, const char *table);

/* Whether the loaded table is exactly rs.  why (may be NULL) gets one line that
 * names the first difference. */
bool readback_equal(struct ctx *cx, const struct ruleset *rs, struct buf *why);

/* The addresses that the loaded table isolates in either direction, in the
 * context's arena; none where there is no table.  False after reporting. */
bool readback_isolated(struct ctx *cx, const char *table, struct ranges out[FAMILIES]);

#endif
