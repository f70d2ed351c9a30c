/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sim - what the kernel would do with a packet, from a ruleset's structs
 *
 * Walks chains and looks into sets as nf_tables does, knowing nothing of how the
 * ruleset was made or will be printed.  It also measures the walk, so that tests
 * can hold the ruleset to its bounds.
 */
#ifndef NETPOLC_TEST_SIM_H
#define NETPOLC_TEST_SIM_H

#include <netpolc/manifest/cluster.h>
#include <netpolc/nft/ruleset.h>

/* Look-ups for one packet and direction; sets and maps in all. */
#define SIM_LOOKUPS 8
#define SIM_SETS    512

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

struct packet {
	enum family family;
	u128 saddr, daddr;
	unsigned protocol; /* IPPROTO_... */
	uint16_t dport;	   /* TCP, UDP and SCTP */
	uint8_t tcp_flags;
	uint8_t icmp_type;
	unsigned state; /* one of CT_... */
	const char
		*iifname; /* the interface it came from; NULL: one that no rule names */
	bool made_here;	  /* it came from no interface */
	bool misrouted; /* the source is not routed back to where the packet came from */
	bool from_here, to_here; /* the address is the machine's own */
};

enum sim_verdict { SIM_ACCEPT, SIM_DROP, SIM_REJECT };

struct sim_result {
	enum sim_verdict verdict;
	unsigned lookups[DIRECTIONS]; /* egress: until the chain "ingress" is entered */
	unsigned jumps;		      /* the deepest stack of them */
	const struct counter *counters[4]; /* that counted the packet, in order */
	size_t ncounters;
	const char *logs[4]; /* prefixes that it was logged with; limits let it */
	size_t nlogs;
};

/* Sends the packet through the base chain. */
struct sim_result sim_run(const struct ruleset *rs, const struct packet *packet);

/* NULL, or what of the bounds of the ruleset's shape the result breaks. */
const char *sim_check_bounds(const struct ruleset *rs, const struct sim_result *result);

/* A pod, by index or through one of its addresses, or an address of no live pod. */
struct sim_end {
	const struct pod *pod; /* NULL: an address that no live pod has */
	bool by_address;       /* the address fixes the family */
	struct address address;
};

/* A protocol that is neither TCP, UDP nor SCTP. */
#define SIM_OTHER PROTOCOLS

enum sim_answer {
	SIM_DENY,
	SIM_ALLOW,
	SIM_SILENT, /* no packet of that kind crosses the hook, so the ruleset says
		       nothing */
};

/*
 * Whether a connection can begin; of a ruleset that audits, whether nothing counted it
 * as denied.  Ends that are pods stand for all their
 * addresses; every pair in a family that both have must be allowed, and no
 * common family is a denial.  families: those that the ruleset decides.  broken
 * (may be NULL) is set to what sim_check_bounds() says, if it says anything.
 */
enum sim_answer sim_probe(const struct ruleset *rs, const struct cluster *cl,
			  const struct sim_end *from, const struct sim_end *to,
			  unsigned protocol, uint16_t port, const bool families[FAMILIES],
			  const char **broken);

#endif
