/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranges and port sets come in, JSON goes out.
 */
#include <netpolc/cli/connection_json.h>

#include <netpolc/base/json_out.h>

void json_addresses(json_t *list, enum family f, const struct ranges *ranges)
{
	for (size_t i = 0; i < ranges->len; i++) {
		BUF_AUTO range = { 0 };

		range_print(&range, f, ranges->at[i]);
		json_array_append_new(list, json_string(range.at));
	}
}

json_t *json_ports(const struct portgap *gap)
{
	static const char *const names[PROTOCOLS] = { "tcp", "udp", "sctp" };
	json_t *json = json_object();

	for (int p = 0; p < PROTOCOLS; p++) {
		json_t *list = json_array();

		for (size_t i = 0; gap && i < gap->ports[p].len; i++)
			json_array_append_new(
				list,
				json_pack("[I,I]", (json_int_t)gap->ports[p].at[i].lo,
					  (json_int_t)gap->ports[p].at[i].hi));
		json_set(json, names[p], list);
	}
	json_set(json, "otherProtocols", json_boolean(gap && gap->others));
	return json;
}
