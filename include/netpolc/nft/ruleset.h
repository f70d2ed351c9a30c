/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ruleset - an nftables table as structs
 *
 * What lower builds and the printers, the simulator and apply read: no strings of
 * nft syntax, so that nothing has to parse them.  Every item has the origin that
 * it stands for and a name made of what it is (never of a running number), so
 * equal input gives an equal ruleset.
 *
 * Build with ruleset_new(), add_*(); ruleset_finish() brings counters, sets and
 * elements into canonical order, computes digests and checks invariants.  All of
 * it lives in the arena and is constant afterwards.
 */
#ifndef NETPOLC_RULESET_H
#define NETPOLC_RULESET_H

#include <netpolc/base/diag.h>
#include <netpolc/base/digest.h>
#include <netpolc/base/prefix.h>

#include <stdint.h>

struct arena;
struct chain;
struct ruleset_names;

/* Changes whenever the meaning or the shape of the emitted table does. */
#define RULESET_LAYOUT 4

enum verdict_kind {
	VERDICT_NONE,
	VERDICT_ACCEPT,
	VERDICT_DROP,
	VERDICT_GOTO,
	VERDICT_JUMP
};

struct verdict {
	enum verdict_kind kind;
	const struct chain *chain; /* of goto and jump */
};

/* "accept", "goto NAME"; nothing for VERDICT_NONE. */
void verdict_print(struct buf *out, struct verdict v);

/* A packet field, as look-up key or match. */
enum field {
	FIELD_IP_SADDR,
	FIELD_IP_DADDR,
	FIELD_IP6_SADDR,
	FIELD_IP6_DADDR,
	FIELD_TCP_DPORT,
	FIELD_UDP_DPORT,
	FIELD_SCTP_DPORT
};

/* nft data types of set keys. */
enum key_type { KEY_IPV4, KEY_IPV6, KEY_PORT };

/* What nft calls a field, "ip" and "saddr", and the type of its values. */
struct field_info {
	const char *protocol, *name;
	enum key_type type;
};
const struct field_info *field_info(enum field f) __attribute__((returns_nonnull));
const char *key_name(enum key_type k) __attribute__((returns_nonnull)); /* "ipv4_addr" */
const char *key_family(enum key_type k) __attribute__((returns_nonnull)); /* "ipv4" */
u128 key_max(enum key_type k);
size_t key_bytes(enum key_type k);

/* The value whose first length bits are set. */
u128 key_mask(enum key_type k, unsigned length);

/* A value of that type as nft writes it. */
void key_print(struct buf *out, enum key_type k, u128 value);

/* The length of the prefix that lo-hi is, if it is one of more than one address;
 * else -1. */
int key_prefix(enum key_type k, u128 lo, u128 hi);

/*
 * An element: lo-hi of the last (or only) key part, both inclusive, in a set
 * without intervals lo == hi; with two key parts, first is the exact value of
 * the first one.
 */
struct element {
	u128 lo, hi, first;
	struct verdict verdict; /* VERDICT_NONE in plain sets */
};

struct set {
	const char *name; /* at most 63 bytes */
	size_t id;	  /* its place in ruleset.sets */
	enum key_type key[2];
	unsigned nkeys; /* 1 or 2 */
	bool intervals; /* elements may be ranges */
	/* Ranges of addresses (nkeys 1) that pipapo keeps, not an rbtree: nftables takes
	 * it for concatenations alone, so one is made with what the key type says
	 * anyway, the family. */
	bool pipapo;
	bool map; /* a verdict map */
	struct element *at;
	size_t len, cap;
	const char *about; /* one line for the reader of the text, or NULL */
	struct origin origin;
};

/* A named counter. */
struct counter {
	const char *name; /* at most 63 bytes */
};

#define CT_INVALID     0x1
#define CT_ESTABLISHED 0x2
#define CT_RELATED     0x4
#define CT_NEW	       0x8

/* nft's words for them, the i-th for the bit 1 << i. */
#define CT_STATES 4
extern const char *const ct_state_names[CT_STATES];

enum expr_kind {
	EXPR_CT_STATE, /* ct state: any of states */
	EXPR_L4PROTO,  /* meta l4proto is number */
	EXPR_NOT_SYN, /* tcp flags & (fin|syn|rst|ack) != syn; follows EXPR_L4PROTO tcp */
	EXPR_ND,      /* icmpv6 neighbour and router discovery, MLD */
	EXPR_RANGE,   /* field is in lo-hi */
	EXPR_LOOKUP,  /* fields in set; a verdict map decides, a plain set matches */
	EXPR_COUNTER, /* counts in the named counter */
	EXPR_REJECT_TCP,  /* reject with tcp reset; ends */
	EXPR_REJECT,	  /* reject with icmpx admin-prohibited; ends */
	EXPR_VERDICT,	  /* ends */
	EXPR_LIMIT,	  /* at most rate packets a second, or LIMIT_BURST at once */
	EXPR_LOG,	  /* with prefix, to the log group or the kernel's log */
	EXPR_ROUTED_BACK, /* the source is routed to where the packet came from */
	EXPR_LOCAL,	  /* the address in fields[0] is the machine's own */
	EXPR_IIFNAME,	  /* the packet came from an interface called name */
	EXPR_MADE_HERE,	  /* it came from no interface: the machine made it */
};

#define LIMIT_BURST 20
#define LOG_SYSLOG  (-1) /* instead of a group */

struct expr {
	enum expr_kind kind;
	unsigned states;       /* EXPR_CT_STATE */
	unsigned number;       /* EXPR_L4PROTO; EXPR_LIMIT: a second */
	unsigned length;       /* EXPR_LOOKUP of one key: in its first bits; 0: in all */
	bool negate;	       /* EXPR_L4PROTO, EXPR_RANGE, EXPR_ROUTED_BACK, EXPR_LOCAL,
				* EXPR_LOOKUP	   in a plain set: is not */
	enum field fields[2];  /* EXPR_RANGE, EXPR_LOCAL: [0]; EXPR_LOOKUP: as many as
				  set->nkeys */
	u128 lo, hi;	       /* EXPR_RANGE */
	const struct set *set; /* EXPR_LOOKUP */
	const struct counter *counter; /* EXPR_COUNTER */
	struct verdict verdict;	       /* EXPR_VERDICT */
	const char *prefix; /* EXPR_LOG: at most RULESET_PREFIX bytes, as comments */
	const char *name;   /* EXPR_IIFNAME: * at its end is anything */
	int group;	    /* EXPR_LOG: 0-65535, or LOG_SYSLOG */
};

/* The ICMPv6 types of EXPR_ND, in ascending order. */
#define ND_TYPES 8
extern const uint8_t nd_types[ND_TYPES]; /* 130-136 and 143 */

struct rule {
	struct expr *at;
	size_t len, cap;
	const char *comment; /* by ruleset_finish(): [A-Za-z0-9 ./,:_+-] only */
	struct origin origin;
};

struct chain {
	const char *name; /* at most 31 bytes */
	size_t id;	  /* its place in ruleset.chains */
	bool base;	  /* hooks, with policy accept: see chain_hook() */
	struct rule *at;
	size_t len, cap;
	const char *about;    /* one line for the reader of the text, or NULL */
	const char *policies; /* for its first rule's comment, ", " between; or NULL */
	struct origin origin;
};

/* The hook of a base chain is what its name says: "postrouting", else "forward". */
#define HOOK_FORWARD	 "forward"
#define HOOK_POSTROUTING "postrouting"
const char *chain_hook(const char *chain) __attribute__((returns_nonnull));

struct ruleset {
	struct arena *arena;
	const char *table;
	int priority; /* of the base chain, as a number: filter is 0 */
	const char *version;
	bool settling; /* it has no policy yet: another one is to follow */
	struct counter **counters;
	size_t ncounters, ccap;
	struct set **sets;
	size_t nsets, scap;
	struct chain **chains; /* in packet order */
	size_t nchains, hcap;
	struct digest_hex digest;    /* of all that can be read back, but version */
	struct ruleset_names *names; /* ruleset.c's own */
};

struct ruleset *ruleset_new(struct arena *a, const char *table, int priority)
	__attribute__((returns_nonnull));

/* Adding an item whose name is taken yields NULL: the caller decides what that is. */
struct chain *ruleset_add_chain(struct ruleset *rs, const char *name,
				const struct origin *origin);
struct set *ruleset_add_set(struct ruleset *rs, const char *name,
			    const struct origin *origin);
struct counter *ruleset_add_counter(struct ruleset *rs, const char *name);
const struct chain *ruleset_chain(const struct ruleset *rs, const char *name);
const struct set *ruleset_set(const struct ruleset *rs, const char *name);
const struct counter *ruleset_counter(const struct ruleset *rs, const char *name);

/* Whether nft is given the range of an element before the exact part, although it is
 * the last here: pipapo carries what a part matches into the next one, so the part
 * that tells elements apart has to lead. */
bool set_range_leads(const struct set *s);

/* Chains stand in packet order: puts one that was needed early behind the others. */
void ruleset_move_last(struct ruleset *rs, struct chain *c);

/* The rule may move when the next one is added to its chain. */
struct rule *chain_add_rule(struct ruleset *rs, struct chain *c,
			    const struct origin *origin);

/* Each appends one expression to the rule and returns the rule, so they nest. */
struct rule *rule_ct_state(struct ruleset *rs, struct rule *r, unsigned states);
struct rule *rule_l4proto(struct ruleset *rs, struct rule *r, unsigned number);
struct rule *rule_not_syn(struct ruleset *rs, struct rule *r);
struct rule *rule_nd(struct ruleset *rs, struct rule *r);
struct rule *rule_range(struct ruleset *rs, struct rule *r, enum field f, u128 lo,
			u128 hi);
struct rule *rule_lookup(struct ruleset *rs, struct rule *r, const struct set *set,
			 enum field first, enum field second);
/* Lets the look-up that the rule ends with see the first length bits of the field
 * alone, the others being 0. */
struct rule *rule_cut(struct rule *r, unsigned length);

/* Turns the match that the rule ends with around; a packet without the field still
 * does not match. */
struct rule *rule_negate(struct rule *r);

struct rule *rule_counter(struct ruleset *rs, struct rule *r, const struct counter *c);
struct rule *rule_reject(struct ruleset *rs, struct rule *r, bool tcp);
struct rule *rule_verdict(struct ruleset *rs, struct rule *r, struct verdict v);
struct rule *rule_routed_back(struct ruleset *rs, struct rule *r);
struct rule *rule_local(struct ruleset *rs, struct rule *r, enum field f);

struct rule *rule_made_here(struct ruleset *rs, struct rule *r);

/* Whether an interface's name may stand in a rule: [A-Za-z0-9._-] only. */
bool ifname_is_plain(const char *name);
struct rule *rule_iifname(struct ruleset *rs, struct rule *r, const char *name);
struct rule *rule_limit(struct ruleset *rs, struct rule *r, unsigned rate);
struct rule *rule_log(struct ruleset *rs, struct rule *r, const char *prefix, int group);

void set_add(struct ruleset *rs, struct set *s, struct element e);

/*
 * Sorts sets, counters and elements, merges touching interval elements of equal
 * verdict, gives every rule the comment "HASH" and a chain's first one "HASH policies"
 * (HASH: 16 characters of the digest of the chain's rules), computes the digest, adds
 * the chain that names it (ruleset_state.h), and verifies.  What a comment or about may
 * not hold becomes '_', and the end of a list that is too long for it becomes a number.
 */
void ruleset_finish(struct ruleset *rs);

/*
 * Names, lengths, no dangling reference, no loop, no overlapping elements, jump
 * depth, comments.  A violation is a bug: says which and aborts, in any build.
 */
void ruleset_verify(const struct ruleset *rs);

#define RULESET_JUMPS	   5   /* jumps on one path, at most */
#define RULESET_HASH	   16  /* characters of a chain's hash */
#define RULESET_COMMENT	   120 /* bytes of a rule's comment, at most */
#define RULESET_PREFIX	   120 /* of a log prefix; the kernel keeps 127 */
#define RULESET_ABOUT	   400 /* of a line about a set or chain */
#define RULESET_CHAIN_NAME 31  /* bytes of a chain's name, at most */
#define RULESET_NAME	   63  /* of a set's or counter's */

/* All elements of all sets. */
size_t ruleset_elements(const struct ruleset *rs);

/* Sets and maps, named and anonymous (EXPR_ND prints as one). */
size_t ruleset_count_sets(const struct ruleset *rs);

/* --dump=ruleset: the structs in a stable text form. */
void ruleset_dump(struct buf *out, const struct ruleset *rs);

#endif
