/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel logs to a group, a line for each packet: its prefix, a tab, its
 * source and its destination.
 *
 *   nflog GROUP      says "ready" first; until it is killed
 */
#include <arpa/inet.h>
#include <libnetfilter_log/libnetfilter_log.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void print_ends(int family, const void *from, const void *to)
{
	char text[2][INET6_ADDRSTRLEN];

	printf("%s %s\n", inet_ntop(family, from, text[0], sizeof(text[0])),
	       inet_ntop(family, to, text[1], sizeof(text[1])));
}

static int print(struct nflog_g_handle *group, struct nfgenmsg *message,
		 struct nflog_data *data, void *unused)
{
	char *payload;
	int len = nflog_get_payload(data, &payload);
	const struct ip *ip = (const void *)payload;
	const struct ip6_hdr *ip6 = (const void *)payload;

	(void)group;
	(void)message;
	(void)unused;
	printf("%s\t", nflog_get_prefix(data));
	if (len >= (int)sizeof(*ip) && ip->ip_v == 4)
		print_ends(AF_INET, &ip->ip_src, &ip->ip_dst);
	else if (len >= (int)sizeof(*ip6))
		print_ends(AF_INET6, &ip6->ip6_src, &ip6->ip6_dst);
	return fflush(stdout);
}

int main(int argc, char *argv[])
{
	struct nflog_handle *log = nflog_open();
	struct nflog_g_handle *group;
	char bytes[65536];

	if (argc != 2 || !log)
		return 2;
	group = nflog_bind_group(log, (uint16_t)atoi(argv[1]));
	if (!group || nflog_set_mode(group, NFULNL_COPY_PACKET, 64) < 0)
		return 2;
	nflog_callback_register(group, print, NULL);
	puts("ready");
	fflush(stdout);
	for (;;) {
		ssize_t n = recv(nflog_fd(log), bytes, sizeof(bytes), 0);

		if (n < 0)
			return 2;
		nflog_handle_packet(log, bytes, (int)n);
	}
}
