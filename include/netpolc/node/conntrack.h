/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conntrack - the connections that this machine tracks
 *
 * The only user of libnetfilter_conntrack.  Entries are seen one at a time and never
 * kept, so their number does not matter.  Everything happens in the network namespace
 * that the calling thread is in.
 */
#ifndef NETPOLC_CONNTRACK_H
#define NETPOLC_CONNTRACK_H

#include <netpolc/base/prefix.h>

/*
 * The packet that opened a connection as the forward hook saw it: the destination, and
 * its port, behind destination translation, the source before its own.
 */
struct conntrack_opening {
	struct address from, to; /* of one family */
	unsigned protocol;	 /* IPPROTO_... */
	uint16_t port;		 /* 0 for a protocol that has none */
	uint16_t source_port;	 /* the same */
	/* TCP whose SYN was not seen: it may as well have been opened from the other end.
	 */
	bool midway;
};

/* Whether the connection is to end. */
typedef bool conntrack_judge(const struct conntrack_opening *opening, void *arg);

struct conntrack_count {
	size_t seen, cut;
};

struct conntrack;

struct conntrack_end {
	struct address address;
	uint16_t port;
};

/* 0 or a negative errno: it takes CAP_NET_ADMIN, and a kernel with ctnetlink. */
int conntrack_open(struct conntrack **out);
void conntrack_close(struct conntrack *ct);

/*
 * Asks about each connection of the family, and deletes the entries of those that are
 * to end; what belongs to another connection (is related to it) ends only if that one is
 * to end, too.  With check, only counts them.  Adds to *count.  0 or a negative errno,
 * which leaves the rest of the entries alone.
 */
int conntrack_cut(struct conntrack *ct, enum family family, bool check,
		  conntrack_judge *is_denied, void *arg, struct conntrack_count *count);

/* Deletes the entry that a datagram made.  0; -ENOENT when it has made none; or another
 * negative errno. */
int conntrack_forget_udp(struct conntrack *ct, const struct conntrack_end *from,
			 const struct conntrack_end *to);

#endif
