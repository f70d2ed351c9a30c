#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# With --deny reject a sender is told that it is denied, but nobody answers a segment
# that is late: an answer could end a connection that lives; in TAP.
#
# usage: reject.sh NETPOLC TALK ENTRIES INJECT CONNECT
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/node.sh"
. "$(dirname "$0")/talks.sh"
usage='usage: reject.sh NETPOLC TALK ENTRIES INJECT CONNECT'
talk=$(realpath "${2:?$usage}")
entries=$(realpath "${3:?$usage}")
inject=$(realpath "${4:?$usage}")
connect=$(realpath "${5:?$usage}")
cd "$dir" || exit 1

# count TABLE COUNTER: its packets
count()
{
	nft list counter inet "$1" "$2" 2>>err | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# denials: packets that any counter of netpolc's but "stray" has
denials()
{
	nft list counters table inet netpolc |
		awk '/counter/ { name = $2 } /packets/ && name != "stray" { n += $2 } END { print n + 0 }'
}

counts()
{
	[ "$(count "$1" "$2")" = "$3" ]
}

# is_stray POD END FROM PORT TO PORT: such a segment is counted apart, no answer goes
# out, and the connection goes on
is_stray()
{
	pod=$1 end=$2
	shift 2
	told=$(grep -c '^at' live.$end.out)
	echo '?' >live.$end.in
	until_true told_again
	# shellcheck disable=SC2046 # two words
	set -- "$@" $(sed -n 's/^at //p' live.$end.out | tail -n 1)
	stray=$(count netpolc stray) denied=$(denials) answers=$(count witness answers)
	in_pod "$pod" "$inject" "$@" &&
		until_true counts netpolc stray $((stray + 1)) && [ "$(denials)" = "$denied" ] &&
		counts witness answers "$answers" && carries live client && carries live server
}

told_again()
{
	[ "$(grep -c '^at' "live.$end.out")" -gt "$told" ]
}

# lives FAMILY WEB DB
lives()
{
	run 0 apply --allow-loss --deny reject before.yaml && open live tcp web db "$3" 6371 &&
		carries live client && carries live server
	verdict "IPv$1: a connection stands"
	port=$("$entries" | sed -n "s/.*src=$2 dst=$3 sport=\([0-9]*\) dport=6371 .*/\1/p")
	for policy in before after; do
		run 0 apply --deny reject $policy.yaml
		is_stray web client "$2" "$port" "$3" 6371
		verdict "IPv$1, $policy: its client's segment beyond the window is dropped in silence"
		is_stray db server "$3" 6371 "$2" "$port"
		verdict "IPv$1, $policy: its server's segment beyond the window is dropped in silence"
	done
	answers=$(count witness answers)
	! in_pod web "$connect" tcp "$3" 6371 && counts witness answers $((answers + 1))
	verdict "IPv$1: a TCP connection that is denied is reset"
	! in_pod web "$connect" udp "$3" 6371 && counts witness answers $((answers + 2))
	verdict "IPv$1: a datagram that is denied is answered"
	hang_up live
}

add_two_pods
two_pods '{port: 6371}' >before.yaml
two_pods '{port: 6380}' >after.yaml
nft -f - <<'END'
table inet witness {
	counter answers { }
	chain out {
		type filter hook output priority 0
		tcp flags rst counter name answers
		icmp type destination-unreachable icmp code admin-prohibited counter name answers
		icmpv6 type destination-unreachable icmpv6 code admin-prohibited counter name answers
	}
}
END
lives 4 10.0.1.2 10.0.2.2
lives 6 fd00:1::2 fd00:2::2

done_testing
