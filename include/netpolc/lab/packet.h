/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet - the first packet of a connection, made by hand
 *
 * Frames for the testbed: Ethernet, IPv4 or IPv6, and what opens a connection of
 * the protocol (TCP SYN, SCTP INIT), with right checksums.  Each carries a number
 * in its last bytes, by which it is known again where it arrives.
 */
#ifndef NETPOLC_PACKET_H
#define NETPOLC_PACKET_H

#include <netpolc/base/prefix.h>

#include <stdint.h>

#define PACKET_MAX 128 /* bytes, more than any of them has */

#define PACKET_SYN 0x02
#define PACKET_RST 0x04
#define PACKET_ACK 0x10

struct packet_probe {
	struct address from, to; /* of one family */
	unsigned protocol;    /* IPPROTO_...; ICMP is an echo request, ICMPv6 in IPv6 */
	uint16_t port;	      /* destination, of TCP, UDP and SCTP */
	uint16_t source_port; /* 0: the testbed takes one above 1023 that no other has */
	unsigned tcp_flags;   /* 0: PACKET_SYN */
};

/* Returns the length of the frame. */
size_t packet_build(uint8_t frame[PACKET_MAX], const struct packet_probe *p,
		    uint32_t number, const uint8_t to_mac[6]);

/* False when the frame is none of packet_build(). */
bool packet_number(const uint8_t *frame, size_t len, uint32_t *number);

#endif
