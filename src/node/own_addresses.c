/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The links of a network namespace come in, their addresses go out as ranges.
 */
#include <netpolc/node/own_addresses.h>

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

static u128 number_of(const uint8_t *bytes, size_t len)
{
	u128 n = 0;

	for (size_t i = 0; i < len; i++)
		n = n << 8 | bytes[i];
	return n;
}

static void add(struct arena *a, const struct sockaddr *at, struct ranges out[FAMILIES])
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	u128 n;

	if (at->sa_family == AF_INET) {
		memcpy(&four, at, sizeof(four));
		n = number_of((const uint8_t *)&four.sin_addr, sizeof(four.sin_addr));
		ranges_add(a, &out[FAMILY_IPV4], (struct range){ n, n });
	} else if (at->sa_family == AF_INET6) {
		memcpy(&six, at, sizeof(six));
		n = number_of(six.sin6_addr.s6_addr, sizeof(six.sin6_addr));
		ranges_add(a, &out[FAMILY_IPV6], (struct range){ n, n });
	}
}

int own_addresses(struct arena *a, struct ranges out[FAMILIES])
{
	const struct range loopback = { (u128)127 << 24, ((u128)128 << 24) - 1 };
	struct ifaddrs *all;

	memset(out, 0, FAMILIES * sizeof(*out));
	ranges_add(a, &out[FAMILY_IPV4], loopback);
	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *one = all; one; one = one->ifa_next)
		if (one->ifa_addr)
			add(a, one->ifa_addr, out);
	freeifaddrs(all);
	return 0;
}
