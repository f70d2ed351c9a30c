/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sends one TCP segment of a connection that lives, with data that lies beyond the
 * window of who gets it.
 *
 *   inject FROM PORT TO PORT NEXT EXPECTED
 *
 * FROM is an address of this network namespace; NEXT is the sequence number of what
 * would be sent next, EXPECTED that of what it expects.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BEYOND 0x40000000 /* no window is as wide */

struct segment {
	struct tcphdr tcp;
	char data[8];
};

static void resolve(struct sockaddr_storage *out, socklen_t *len, const char *address)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST };
	struct addrinfo *found;

	if (getaddrinfo(address, NULL, &hints, &found)) {
		fprintf(stderr, "no address: %s\n", address);
		exit(2);
	}
	memcpy(out, found->ai_addr, found->ai_addrlen);
	*len = found->ai_addrlen;
	freeaddrinfo(found);
}

static uint32_t sum(const void *at, size_t len)
{
	const uint8_t *bytes = at;
	uint32_t total = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		total += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	return total;
}

/* The sum over an address, and over the segment with the rest of a pseudo header. */
static uint32_t sum_of_address(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	return a->ss_family == AF_INET ? sum(&four->sin_addr, 4)
				       : sum(&six->sin6_addr, 16);
}

static uint16_t checksum(const struct segment *s, const struct sockaddr_storage *from,
			 const struct sockaddr_storage *to)
{
	uint32_t total = sum_of_address(from) + sum_of_address(to) + IPPROTO_TCP +
			 sizeof(*s) + sum(s, sizeof(*s));

	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return htons((uint16_t)~total);
}

int main(int argc, char *argv[])
{
	struct segment s = { .tcp = { .th_off = sizeof(struct tcphdr) / 4,
				      .th_flags = TH_ACK | TH_PUSH,
				      .th_win = htons(1000) } };
	struct sockaddr_storage from, to;
	socklen_t from_len, to_len;
	int fd;

	if (argc != 7) {
		fputs("usage: inject FROM PORT TO PORT NEXT EXPECTED\n", stderr);
		return 2;
	}
	resolve(&from, &from_len, argv[1]);
	resolve(&to, &to_len, argv[3]);
	s.tcp.th_sport = htons((uint16_t)atoi(argv[2]));
	s.tcp.th_dport = htons((uint16_t)atoi(argv[4]));
	s.tcp.th_seq = htonl((uint32_t)strtoul(argv[5], NULL, 10) + BEYOND);
	s.tcp.th_ack = htonl((uint32_t)strtoul(argv[6], NULL, 10));
	s.tcp.th_sum = checksum(&s, &from, &to);
	fd = socket(from.ss_family, SOCK_RAW, IPPROTO_TCP);
	if (fd < 0 || bind(fd, (struct sockaddr *)&from, from_len) < 0 ||
	    sendto(fd, &s, sizeof(s), 0, (struct sockaddr *)&to, to_len) < 0) {
		perror("inject");
		return 1;
	}
	return 0;
}
