/* SPDX-License-Identifier: GPL-2.0-or-later */
/* flowtables: what a message of the kernel says; not every kernel has any. */
#include "helpers.h"

#include <netpolc/node/flowtables.h>

#include <libmnl/libmnl.h>
#include <string.h>

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

static struct nlmsghdr *message(char *bytes, int type, const char *table,
				const char *name)
{
	struct nlmsghdr *m = mnl_nlmsg_put_header(bytes);

	m->nlmsg_type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type);
	mnl_nlmsg_put_extra_header(m, sizeof(struct nfgenmsg));
	if (table)
		mnl_attr_put_strz(m, NFTA_FLOWTABLE_TABLE, table);
	if (name)
		mnl_attr_put_strz(m, NFTA_FLOWTABLE_NAME, name);
	mnl_attr_put_u32(m, NFTA_FLOWTABLE_USE, 1);
	return m;
}

static void a_flowtable_has_a_table_and_a_name(void **state)
{
	char bytes[1024];

	assert_string_equal(flowtables_name(*state, message(bytes, NFT_MSG_NEWFLOWTABLE,
							    "filter", "fast")),
			    "filter fast");
	assert_null(flowtables_name(
		*state, message(bytes, NFT_MSG_NEWFLOWTABLE, "filter", NULL)));
	assert_null(flowtables_name(*state,
				    message(bytes, NFT_MSG_NEWFLOWTABLE, NULL, "fast")));
	assert_null(flowtables_name(*state,
				    message(bytes, NFT_MSG_NEWOBJ, "filter", "fast")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flowtable_has_a_table_and_a_name),
	};

	return cmocka_run_group_tests_name("flowtables", tests, NULL, NULL);
}
