/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text of an option comes in, its value goes out, or false.
 */
#include <netpolc/cli/values.h>

#include <netpolc/base/arena.h>
#include <netpolc/base/literal.h>

#include <ctype.h>
#include <limits.h>
#include <string.h>

#define TABLE_NAME_MAX 31

/* The words that nft's scanner knows wherever they stand, up to nftables 1.1. */
/* clang-format off */
static const char *const keywords[] = {
	"accept", "add", "ah", "all", "and", "arp", "auto-merge", "bridge", "cgroup",
	"chain", "comment", "comp", "constant", "continue", "counter", "cpu", "create",
	"ct", "day", "dccp", "define", "delete", "describe", "destroy", "device",
	"devices", "dnat", "drop", "dst", "dup", "dynamic", "ecn", "element",
	"elements", "eq", "esp", "ether", "exists", "expires", "export", "exthdr",
	"fib", "flags", "flow", "flowtable", "flush", "frag", "fwd", "gc-interval",
	"ge", "geneve", "get", "goto", "gre", "gretap", "gt", "handle", "hbh", "hook",
	"hour", "ibriport", "ibrname", "icmp", "icmpv6", "igmp", "iif", "iifgroup",
	"iifname", "iiftype", "import", "include", "index", "inet", "insert",
	"interval", "ip", "ip6", "ipsec", "jhash", "jump", "last", "le", "limit",
	"list", "log", "lshift", "lt", "map", "mark", "masquerade", "meta", "meter",
	"mh", "missing", "monitor", "ne", "netdev", "nftrace", "not", "notrack",
	"numgen", "obriport", "obrname", "offload", "oif", "oifgroup", "oifname",
	"oiftype", "or", "osf", "pkttype", "policy", "position", "priority", "queue",
	"quota", "random", "redefine", "redirect", "reject", "rename", "replace",
	"reset", "return", "rshift", "rt", "rt0", "rt2", "rtclassid", "rule",
	"ruleset", "sctp", "secmark", "set", "size", "skgid", "skuid", "snat",
	"socket", "srh", "symhash", "synproxy", "table", "tcp", "th", "time",
	"timeout", "tproxy", "tunnel", "type", "typeof", "udp", "udplite", "undefine",
	"update", "vlan", "vmap", "vni", "vxlan", "xor", "xt",
};
/* clang-format on */

/* The priorities that nft has names for at these hooks. */
static const struct {
	const char *name;
	int value;
} priorities[] = {
	{ "raw", -300 },    { "mangle", -150 }, { "filter", 0 },
	{ "security", 50 }, { "srcnat", 100 },
};

static bool is_keyword(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++)
		if (!strcmp(name, keywords[i]))
			return true;
	return false;
}

bool table_name_is_good(const char *name)
{
	size_t len = strlen(name);

	if (len > TABLE_NAME_MAX || !isalpha((unsigned char)name[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '-' && name[i] != '_')
			return false;
	return !is_keyword(name);
}

/* The length of the name that text begins with, 0 if it begins with none. */
static size_t priority_name(const char *text, int *value)
{
	for (size_t i = 0; i < ARRAY_SIZE(priorities); i++) {
		size_t len = strlen(priorities[i].name);

		if (!strncmp(text, priorities[i].name, len)) {
			*value = priorities[i].value;
			return len;
		}
	}
	return 0;
}

bool priority_parse(int *out, const char *text)
{
	int base = 0;
	size_t named = priority_name(text, &base);
	unsigned long number = 0;
	long sum;
	char sign;

	text += named;
	if (named)
		text += strspn(text, " ");
	sign = *text;
	if (named && sign && sign != '+' && sign != '-')
		return false;
	if (sign == '-' || (named && sign == '+'))
		text++;
	if (named)
		text += strspn(text, " ");
	if (!(named && !sign) &&
	    !number_parse(&number, text, 0, (unsigned long)INT_MAX + 1))
		return false;
	sum = sign == '-' ? base - (long)number : base + (long)number;
	if (sum < INT_MIN || sum > INT_MAX)
		return false;
	*out = (int)sum;
	return true;
}

static bool set_warning(enum warning warnings[DIAG_COUNT], const char *name,
			enum warning to)
{
	for (enum diag_id id = 0; id < DIAG_COUNT; id++) {
		if (!diag_is_finding(id) || strcmp(diag_name(id), name))
			continue;
		warnings[id] = to;
		return true;
	}
	return false;
}

bool warning_parse(enum warning warnings[DIAG_COUNT], const char *text)
{
	if (!strncmp(text, "error=", 6))
		return set_warning(warnings, text + 6, WARNING_ERROR);
	return set_warning(warnings, text, WARNING_ON) ||
	       (!strncmp(text, "no-", 3) && set_warning(warnings, text + 3, WARNING_OFF));
}
