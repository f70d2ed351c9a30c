/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which of the hooks that nfnetlink_hook tells of is connection tracking's.
 */
#include "helpers.h"

#include <netpolc/node/tracking.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>

#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_hook.h>

static const struct {
	const char *what, *function;
	int priority;
	bool chain, is_tracking;
} hooks[] = {
	{ "IPv4's", "ipv4_conntrack_in", -200, false, true },
	{ "IPv6's", "ipv6_conntrack_in", -200, false, true },
	{ "its other hook", "ipv4_conntrack_local", -200, false, false },
	{ "a chain at the same place", "nft_do_chain_inet", -200, true, false },
	{ "defragmentation", "ipv4_conntrack_defrag", -400, false, false },
	{ "IPVS", "ip_vs_in_hook", 98, false, false },
	{ "no name, its place", NULL, -200, false, true },
	{ "no name, its place, a chain", NULL, -200, true, false },
	{ "no name, another place", NULL, -100, false, false },
};

static void tracking_is_known_by_its_name_or_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++) {
		char bytes[512] = { 0 };
		struct nlmsghdr *m = mnl_nlmsg_put_header(bytes);
		struct nlattr *nest;

		mnl_nlmsg_put_extra_header(m, sizeof(struct nfgenmsg));
		if (hooks[i].function)
			mnl_attr_put_strz(m, NFNLA_HOOK_FUNCTION_NAME, hooks[i].function);
		if (hooks[i].chain) {
			nest = mnl_attr_nest_start(m, NFNLA_HOOK_CHAIN_INFO);
			mnl_attr_nest_end(m, nest);
		}
		mnl_attr_put_u32(m, NFNLA_HOOK_PRIORITY,
				 htonl((uint32_t)hooks[i].priority));
		if (tracking_is_hook(m) != hooks[i].is_tracking)
			fail_msg("%s", hooks[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracking_is_known_by_its_name_or_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
