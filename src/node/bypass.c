/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links and settings of the network namespace come in, what escapes goes out.
 */
#include <netpolc/node/bypass.h>

#include <ctype.h>
#include <stdio.h>

#define IPVS_HEADER 3 /* lines of /proc/net/ip_vs that are no server */

bool bypass_is_filtered(enum family f)
{
	FILE *file =
		fopen(f == FAMILY_IPV4 ? "/proc/sys/net/bridge/bridge-nf-call-iptables"
				       : "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
		      "re");
	int digit = file ? getc(file) : EOF;

	if (file)
		fclose(file);
	return isdigit(digit) && digit != '0';
}

const char *bypass_bridge(const struct pod_links *links, enum family f)
{
	for (size_t i = 0; i < links->len; i++)
		if (links->at[i].link->bridge && links->at[i].families[f])
			return bypass_is_filtered(f) ? NULL : links->at[i].link->name;
	return NULL;
}

bool bypass_ipvs(const struct routes *r)
{
	FILE *file = fopen("/proc/net/ip_vs", "re");
	size_t lines = 0;

	for (int c; file && (c = getc(file)) != EOF;)
		lines += c == '\n';
	if (file)
		fclose(file);
	return lines > IPVS_HEADER || routes_link(r, "kube-ipvs0");
}
