/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In: what a packet is about; out: its bytes, and from bytes its number back.
 *
 * The idea: the number is in the last eight bytes of every packet (in SCTP as a
 * parameter of the INIT chunk, which must be alone), so that one look finds it
 * whatever the protocol.
 */
#include <netpolc/lab/packet.h>

#include <netinet/in.h>
#include <string.h>

#define ETHERNET    14
#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define PSEUDO_MAX  40 /* of IPv6 */

#define ICMP_ECHO_REQUEST   8
#define ICMPV6_ECHO_REQUEST 128

static const uint8_t mark[4] = { 'n', 'p', 'o', 'l' };
#define MARK_BYTES 8 /* mark and number */

/* Bytes in network order, one after the other. */
struct writer {
	uint8_t *at;
	size_t len;
};

static void put(struct writer *w, const void *bytes, size_t len)
{
	memcpy(w->at + w->len, bytes, len);
	w->len += len;
}

static void put8(struct writer *w, unsigned n)
{
	w->at[w->len++] = (uint8_t)n;
}

static void put16(struct writer *w, unsigned n)
{
	put8(w, n >> 8);
	put8(w, n);
}

static void put32(struct writer *w, uint32_t n)
{
	put16(w, n >> 16);
	put16(w, n & 0xffff);
}

static void put_address(struct writer *w, struct address a)
{
	int bytes = a.family == FAMILY_IPV4 ? 4 : 16;

	while (bytes--)
		put8(w, (unsigned)(a.number >> (8 * bytes)) & 0xff);
}

static void put_mark(struct writer *w, uint32_t number)
{
	put(w, mark, sizeof(mark));
	put32(w, number);
}

/* ---- checksums ---- */

static uint32_t sum16(uint32_t sum, const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? at[i] : (uint32_t)at[i] << 8;
	return sum;
}

static void set_checksum(uint8_t *at, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	at[0] = (uint8_t)(~sum >> 8);
	at[1] = (uint8_t)~sum;
}

/* The sum over what TCP, UDP and ICMPv6 add of the header below them. */
static uint32_t pseudo_sum(const struct packet_probe *p, unsigned protocol, size_t len)
{
	uint8_t bytes[PSEUDO_MAX];
	struct writer w = { .at = bytes };

	put_address(&w, p->from);
	put_address(&w, p->to);
	put32(&w, (uint32_t)len);
	put32(&w, protocol);
	return sum16(0, bytes, w.len);
}

/* CRC32c, reflected, as RFC 9260 appendix A has it. */
static uint32_t crc32c(const uint8_t *at, size_t len)
{
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= at[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* ---- protocols ---- */

static void put_tcp(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	unsigned flags = p->tcp_flags ? p->tcp_flags : PACKET_SYN;
	uint8_t *start = w->at + w->len;

	put16(w, p->source_port);
	put16(w, p->port);
	put32(w, number);
	put32(w, flags & PACKET_ACK ? 1 : 0);
	put16(w, 5u << 12 | flags);
	put16(w, 65535); /* window */
	put32(w, 0);	 /* checksum, urgent pointer */
	put_mark(w, number);
	set_checksum(start + 16, sum16(pseudo_sum(p, IPPROTO_TCP, 20 + MARK_BYTES), start,
				       20 + MARK_BYTES));
}

static void put_udp(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	uint8_t *start = w->at + w->len;

	put16(w, p->source_port);
	put16(w, p->port);
	put16(w, 8 + MARK_BYTES);
	put16(w, 0);
	put_mark(w, number);
	set_checksum(start + 6, sum16(pseudo_sum(p, IPPROTO_UDP, 8 + MARK_BYTES), start,
				      8 + MARK_BYTES));
	if (!start[6] && !start[7]) /* zero would mean: none */
		start[6] = start[7] = 0xff;
}

static void put_sctp(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	uint8_t *start = w->at + w->len;
	uint32_t crc;

	put16(w, p->source_port);
	put16(w, p->port);
	put32(w, 0);	  /* verification tag */
	put32(w, 0);	  /* checksum */
	put16(w, 1 << 8); /* INIT */
	put16(w, 20 + 4 + MARK_BYTES);
	put32(w, number ? number : 1); /* initiate tag */
	put32(w, 65535);	       /* window */
	put16(w, 1);		       /* streams out */
	put16(w, 1);		       /* streams in */
	put32(w, number);	       /* first TSN */
	put16(w, 0xbfff);	       /* a parameter that a receiver skips */
	put16(w, 4 + MARK_BYTES);
	put_mark(w, number);
	crc = crc32c(start, 32 + 4 + MARK_BYTES);
	for (int i = 0; i < 4; i++) /* the one little-endian field */
		start[8 + i] = (uint8_t)(crc >> (8 * i));
}

static void put_echo(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	bool v6 = p->to.family == FAMILY_IPV6;
	size_t len = 8 + MARK_BYTES;
	uint8_t *start = w->at + w->len;

	put16(w, (v6 ? ICMPV6_ECHO_REQUEST : ICMP_ECHO_REQUEST) << 8);
	put16(w, 0);
	put32(w, number); /* identifier and sequence */
	put_mark(w, number);
	set_checksum(start + 2,
		     sum16(v6 ? pseudo_sum(p, IPPROTO_ICMPV6, len) : 0, start, len));
}

static void put_payload(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	switch (p->protocol) {
	case IPPROTO_TCP:
		put_tcp(w, p, number);
		return;
	case IPPROTO_UDP:
		put_udp(w, p, number);
		return;
	case IPPROTO_SCTP:
		put_sctp(w, p, number);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		put_echo(w, p, number);
		return;
	default:
		put_mark(w, number);
	}
}

/* ---- headers ---- */

static unsigned number_of_protocol(const struct packet_probe *p)
{
	if (p->protocol == IPPROTO_ICMP || p->protocol == IPPROTO_ICMPV6)
		return p->to.family == FAMILY_IPV6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	return p->protocol;
}

static void put_ipv4(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	uint8_t *start = w->at + w->len;

	put16(w, 0x4500);
	put16(w, 0); /* length */
	put16(w, number & 0xffff);
	put16(w, 0x4000); /* do not fragment */
	put8(w, 64);
	put8(w, number_of_protocol(p));
	put16(w, 0); /* checksum */
	put_address(w, p->from);
	put_address(w, p->to);
	put_payload(w, p, number);
	start[3] = (uint8_t)(w->at + w->len - start);
	set_checksum(start + 10, sum16(0, start, IPV4_HEADER));
}

static void put_ipv6(struct writer *w, const struct packet_probe *p, uint32_t number)
{
	uint8_t *start = w->at + w->len;

	put32(w, 0x60000000);
	put16(w, 0); /* length */
	put8(w, number_of_protocol(p));
	put8(w, 64);
	put_address(w, p->from);
	put_address(w, p->to);
	put_payload(w, p, number);
	start[5] = (uint8_t)(w->at + w->len - start - IPV6_HEADER);
}

/* Where the IP payload begins and what protocol it has; the end of the packet goes
 * to *end.  0 when the frame is no whole IP packet. */
static size_t payload_start(const uint8_t *frame, size_t len, unsigned *protocol,
			    size_t *end)
{
	const uint8_t *ip = frame + ETHERNET;

	if (len >= ETHERNET + IPV4_HEADER && frame[12] == 0x08 && frame[13] == 0x00) {
		*protocol = ip[9];
		*end = ETHERNET + ((size_t)ip[2] << 8 | ip[3]);
		return *end <= len ? ETHERNET + IPV4_HEADER : 0;
	}
	if (len >= ETHERNET + IPV6_HEADER && frame[12] == 0x86 && frame[13] == 0xdd) {
		*protocol = ip[6];
		*end = ETHERNET + IPV6_HEADER + ((size_t)ip[4] << 8 | ip[5]);
		return *end <= len ? ETHERNET + IPV6_HEADER : 0;
	}
	return 0;
}

bool packet_number(const uint8_t *frame, size_t len, uint32_t *number)
{
	unsigned protocol;
	size_t end, start = payload_start(frame, len, &protocol, &end);
	const uint8_t *tail;

	if (!start || end < start + MARK_BYTES)
		return false;
	/* An ICMP error that answers a packet ends as the packet does. */
	if (protocol == IPPROTO_ICMP && frame[start] != ICMP_ECHO_REQUEST)
		return false;
	if (protocol == IPPROTO_ICMPV6 && frame[start] != ICMPV6_ECHO_REQUEST)
		return false;
	tail = frame + end - MARK_BYTES;
	*number = (uint32_t)tail[4] << 24 | (uint32_t)tail[5] << 16 |
		  (uint32_t)tail[6] << 8 | tail[7];
	return memcmp(tail, mark, sizeof(mark)) == 0;
}

size_t packet_build(uint8_t frame[PACKET_MAX], const struct packet_probe *p,
		    uint32_t number, const uint8_t to_mac[6])
{
	static const uint8_t from_mac[6] = { 2, 0, 0, 0, 0, 0xff };
	bool v6 = p->to.family == FAMILY_IPV6;
	struct writer w = { .at = frame };

	put(&w, to_mac, 6);
	put(&w, from_mac, 6);
	put16(&w, v6 ? 0x86dd : 0x0800);
	if (v6)
		put_ipv6(&w, p, number);
	else
		put_ipv4(&w, p, number);
	return w.len;
}
