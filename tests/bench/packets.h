/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packets - the parts of the benchmark of the kernel's cost for a packet
 *
 * A cluster of many pods: pod 0 is the target, that any number of policies select;
 * policy j lets the clients of group j in.  The last pods are strangers, that no
 * policy names.  In a busy cluster half of the clients are isolated themselves, in
 * both directions, by policies of their own.
 */
#ifndef BENCH_PACKETS_H
#define BENCH_PACKETS_H

#include <netinet/in.h>
#include <netpolc/base/buf.h>
#include <netpolc/lab/packet.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define CLIENT_GROUPS 1000 /* as many policies as there can be on the target */
#define STRANGERS     100
#define SERVICE_PORT  8080

struct scene {
	bool busy;  /* half of the clients are isolated */
	bool ports; /* the target's policies allow one TCP port, not everything */
	bool dual;  /* pods have IPv6 addresses too */
	unsigned pods, policies;
};

/* Who sends to whom: clients that nothing isolates and clients that are isolated
 * (of a busy cluster) to the target, strangers to clients, strangers to the target. */
enum path { PATH_DESTINATION, PATH_BOTH, PATH_NEITHER, PATH_DENIED };

/* The manifests. */
void cluster_text(struct buf *out, const struct scene *s);

/* The usual ruleset for the same policies, as nft syntax: a chain and a set of
 * addresses for each, asked one after the other. */
void usual_text(struct buf *out, const struct scene *s);

/* A pod's IPv4 address. */
struct address scene_address(unsigned pod);

/* The i-th of n packets that take the path; they are spread over the policies. */
struct packet_probe scene_probe(const struct scene *s, enum path path, size_t i,
				size_t n);

#define WIRE_PACKETS 64

/* A network namespace with a ruleset, and packets to send in it. */
struct wire {
	int fd; /* of a raw socket */
	bool denied;
	uint8_t frames[WIRE_PACKETS][PACKET_MAX];
	struct sockaddr_in to[WIRE_PACKETS];
	struct iovec parts[WIRE_PACKETS];
	struct mmsghdr messages[WIRE_PACKETS];
};

/* Puts the process where it may make network namespaces.  NULL, or why it cannot. */
const char *wire_prepare(void);

/* Makes the i-th packet; all must be there before wire_open(). */
void wire_put(struct wire *w, size_t i, const struct packet_probe *p);

/*
 * Fills in fd: sends every packet once, then loads the ruleset.  Leaves the thread
 * in the new namespace.  NULL, or why it failed.
 */
const char *wire_open(struct wire *w, const char *ruleset);

/* Loads a ruleset where the thread is, laid out as text_print() does it.  NULL, or why
 * it failed. */
const char *wire_load(const char *ruleset);

/* Sends every packet; false when what became of one is not what w->denied says. */
bool wire_pass(struct wire *w);

#define COPIES 20 /* of the base chain, for packets that are allowed */

/* A ruleset under test; its packets point into itself. */
struct trial {
	struct wire wire;
	double best; /* nanoseconds for one packet */
};

/* Says why nothing can be timed, and exits. */
void trial_fail(const char *what, const char *why) __attribute__((noreturn));

/* The ruleset that netpolc makes of the manifests. */
void netpolc_text(struct buf *out, const struct buf *manifests);

/* A ruleset with a set of IPv4 addresses, @peers, and behind the ct rule only the rules:
 * lines of elements go in between. */
void plain_open(struct buf *out, bool intervals);
void plain_close(struct buf *out, const char *rules);

/* Makes the namespace and loads the ruleset there; packets and wire.denied are set. */
void trial_open(struct trial *t, const char *what, const char *text);

/* Sends the packets for a while. */
void trial_turn(struct trial *t);

/* What a copy of the base chain costs more than one of base's. */
double trial_cost(const struct trial *t, const struct trial *base);

#endif
