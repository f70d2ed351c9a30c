/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry - connections that nobody has made, for tests of what tracks them
 *
 * Entries are put into the connection tracking of the network namespace that the
 * handle was opened in, as packets would have left them.
 */
#ifndef NETPOLC_TEST_ENTRY_H
#define NETPOLC_TEST_ENTRY_H

#include <arpa/inet.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <libnetfilter_conntrack/libnetfilter_conntrack_tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define ENTRY_SECONDS 600

struct entry {
	const char *from, *to;	  /* of the opening packet, as it was sent */
	const char *answers;	  /* who answers: to behind its translation; NULL: to */
	const char *answered;	  /* who gets that: from behind its own; NULL: from */
	uint8_t protocol;	  /* IPPROTO_... */
	uint16_t source_port;	  /* of ICMP, what it calls identifier */
	uint16_t port, real_port; /* behind translation; 0: port */
	uint16_t zone;
	const struct entry *master; /* that this one belongs to, or NULL */
};

static inline void entry_address(struct nf_conntrack *ct, const char *text,
				 enum nf_conntrack_attr four, enum nf_conntrack_attr six)
{
	uint8_t bytes[16];
	bool old = !strchr(text, ':');

	inet_pton(old ? AF_INET : AF_INET6, text, bytes);
	nfct_set_attr(ct, old ? four : six, bytes);
}

static inline void entry_ports(struct nf_conntrack *ct, const struct entry *e)
{
	nfct_set_attr_u16(ct, ATTR_ORIG_PORT_SRC, htons(e->source_port));
	nfct_set_attr_u16(ct, ATTR_ORIG_PORT_DST, htons(e->port));
	nfct_set_attr_u16(ct, ATTR_REPL_PORT_SRC,
			  htons(e->real_port ? e->real_port : e->port));
	nfct_set_attr_u16(ct, ATTR_REPL_PORT_DST, htons(e->source_port));
	if (e->protocol == IPPROTO_TCP)
		nfct_set_attr_u8(ct, ATTR_TCP_STATE, TCP_CONNTRACK_ESTABLISHED);
}

/* An echo request; the kernel knows what answers it. */
static inline void entry_echo(struct nf_conntrack *ct, const struct entry *e)
{
	nfct_set_attr_u8(ct, ATTR_ICMP_TYPE, e->protocol == IPPROTO_ICMP ? 8 : 128);
	nfct_set_attr_u8(ct, ATTR_ICMP_CODE, 0);
	nfct_set_attr_u16(ct, ATTR_ICMP_ID, htons(e->source_port));
}

static inline void entry_master(struct nf_conntrack *ct, const struct entry *e,
				uint8_t family)
{
	nfct_set_attr_u8(ct, ATTR_MASTER_L3PROTO, family);
	nfct_set_attr_u8(ct, ATTR_MASTER_L4PROTO, e->protocol);
	entry_address(ct, e->from, ATTR_MASTER_IPV4_SRC, ATTR_MASTER_IPV6_SRC);
	entry_address(ct, e->to, ATTR_MASTER_IPV4_DST, ATTR_MASTER_IPV6_DST);
	nfct_set_attr_u16(ct, ATTR_MASTER_PORT_SRC, htons(e->source_port));
	nfct_set_attr_u16(ct, ATTR_MASTER_PORT_DST, htons(e->port));
}

/* 0, or -1 with errno. */
static inline int entry_create(struct nfct_handle *h, const struct entry *e)
{
	struct nf_conntrack *ct = nfct_new();
	uint8_t family = strchr(e->from, ':') ? AF_INET6 : AF_INET;
	int done;

	nfct_set_attr_u8(ct, ATTR_ORIG_L3PROTO, family);
	nfct_set_attr_u8(ct, ATTR_REPL_L3PROTO, family);
	nfct_set_attr_u8(ct, ATTR_ORIG_L4PROTO, e->protocol);
	nfct_set_attr_u8(ct, ATTR_REPL_L4PROTO, e->protocol);
	entry_address(ct, e->from, ATTR_ORIG_IPV4_SRC, ATTR_ORIG_IPV6_SRC);
	entry_address(ct, e->to, ATTR_ORIG_IPV4_DST, ATTR_ORIG_IPV6_DST);
	entry_address(ct, e->answers ? e->answers : e->to, ATTR_REPL_IPV4_SRC,
		      ATTR_REPL_IPV6_SRC);
	entry_address(ct, e->answered ? e->answered : e->from, ATTR_REPL_IPV4_DST,
		      ATTR_REPL_IPV6_DST);
	if (e->protocol == IPPROTO_ICMP || e->protocol == IPPROTO_ICMPV6)
		entry_echo(ct, e);
	else
		entry_ports(ct, e);
	nfct_set_attr_u32(ct, ATTR_TIMEOUT, ENTRY_SECONDS);
	nfct_set_attr_u32(ct, ATTR_STATUS, IPS_SEEN_REPLY | IPS_ASSURED);
	if (e->master)
		entry_master(ct, e->master, family);
	if (e->zone)
		nfct_set_attr_u16(ct, ATTR_ZONE, e->zone);
	done = nfct_query(h, NFCT_Q_CREATE, ct);
	nfct_destroy(ct);
	return done;
}

#endif
