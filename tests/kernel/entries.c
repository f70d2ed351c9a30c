/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints every connection that this network namespace tracks, a line each, as
 * conntrack(8) does: "tcp 6 ... src=10.0.0.1 dst=10.0.0.2 sport=1024 dport=80 ...".
 */
#include <libnetfilter_conntrack/libnetfilter_conntrack.h>
#include <stdio.h>
#include <sys/socket.h>

static int print(enum nf_conntrack_msg_type type, struct nf_conntrack *entry, void *arg)
{
	char line[1024];

	(void)arg;
	nfct_snprintf(line, sizeof(line), entry, type, NFCT_O_DEFAULT, 0);
	puts(line);
	return NFCT_CB_CONTINUE;
}

int main(void)
{
	struct nfct_handle *h = nfct_open(CONNTRACK, 0);
	const uint32_t families[] = { AF_INET, AF_INET6 };
	int failed = !h;

	for (int i = 0; i < 2 && !failed; i++) {
		nfct_callback_register(h, NFCT_T_ALL, print, NULL);
		failed = nfct_query(h, NFCT_Q_DUMP, &families[i]) < 0;
		nfct_callback_unregister(h);
	}
	if (failed)
		perror("conntrack");
	if (h)
		nfct_close(h);
	return failed;
}
