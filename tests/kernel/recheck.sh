#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply --recheck-connections ends connections that are denied now, for good and
# whoever speaks next, and no other; with ordinary sockets, in TAP.
#
# usage: recheck.sh NETPOLC TALK ENTRIES
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/node.sh"
. "$(dirname "$0")/talks.sh"
talk=$(realpath "${2:?usage: recheck.sh NETPOLC TALK ENTRIES}")
entries=$(realpath "${3:?usage: recheck.sh NETPOLC TALK ENTRIES}")
cd "$dir" || exit 1

# What comes to netpolc's chain, and what leaves it, by the port of the server.
witness()
{
	echo 'table inet witness {'
	for port in 6371 6372 6373 6374 6375 6380; do
		echo "counter came$port { }; counter left$port { }"
	done
	for where in 'came -100' 'left 100'; do
		set -- $where
		echo "chain $1 { type filter hook forward priority $2;"
		for port in 6371 6372 6373 6374 6375 6380; do
			echo "meta l4proto { tcp, udp } th dport $port counter name $1$port"
			echo "meta l4proto { tcp, udp } th sport $port counter name $1$port"
		done
		echo '}'
	done
	echo '}'
}

# packets NAME
packets()
{
	nft list counter inet witness "$1" | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

came_more()
{
	[ "$(packets "came$1")" -gt "$2" ]
}

# nothing_passes NAME PORT COMMAND...: it makes packets of that connection, but none of
# them gets through, and they make no entry
nothing_passes()
{
	port=$2
	heard=$(cat "$1".*.out | grep -c byte)
	came=$(packets "came$port") left=$(packets "left$port")
	shift 2
	"$@" && until_true came_more "$port" "$came" && [ "$(packets "left$port")" = "$left" ] &&
		! "$entries" | grep "port=$port "
}

heard_nothing()
{
	[ "$(cat "$1".*.out | grep -c byte)" = "$2" ]
}

# ended SIDE FAMILY ADDRESS: all of it for an isolated side and a family
ended()
{
	what="$1 isolated, IPv$2:"
	run 0 apply --allow-loss "before-$1.yaml"
	open send tcp web db "$3" 6371 && open push tcp web db "$3" 6372 &&
		open idle tcp web db "$3" 6373 && open udp udp web db "$3" 6374 &&
		open shut tcp web db "$3" 6375 && open kept tcp web db "$3" 6380
	for name in send push idle shut kept; do
		carries $name client && carries $name server
	done
	carries udp client
	verdict "$what connections stand"

	run 0 apply -v --dry-run --recheck-connections "after-$1.yaml" &&
		grep -q '[0-9] connections, 5 would be ended' err && carries send client
	verdict "$what --dry-run only counts what is denied"
	run 0 apply "after-$1.yaml" && carries send client && carries push server
	verdict "$what without --recheck-connections they go on"
	run 0 apply -v --recheck-connections "after-$1.yaml" &&
		grep -q '[0-9] connections, 5 ended' err && "$entries" >out &&
		! grep 'port=637[1-5] ' out >>err && grep -q 'port=6380 ' out
	verdict "$what apply ends those that are denied, though it changes no policy"

	nothing_passes send 6371 say send client
	verdict "$what nothing passes where the client sends"
	nothing_passes push 6372 say push server
	verdict "$what nothing passes where the server pushes"
	nothing_passes udp 6374 say udp client
	verdict "$what nothing passes over UDP"
	nothing_passes idle 6373 say idle client && nothing_passes idle 6373 say idle server
	verdict "$what nothing passes where either end wakes up"
	# shellcheck disable=SC2154 # set by open
	nothing_passes shut 6375 kill "$talk_shut_server" &&
		nothing_passes shut 6375 kill "$talk_shut_client"
	verdict "$what nothing passes where either end hangs up"
	carries kept client && carries kept server
	verdict "$what another connection of the same pods goes on"
	run 0 apply -v --recheck-connections "after-$1.yaml" && grep -q ' 0 ended' err
	verdict "$what nothing is left to end"
	for name in send push idle udp shut kept; do
		hang_up $name
	done
}

add_two_pods
before='{port: 6371}, {port: 6372}, {port: 6373}, {port: 6374, protocol: UDP}, {port: 6375}, {port: 6380}'
for side in destination source; do
	two_pods "$before" $side >before-$side.yaml
	two_pods '{port: 6380}' $side >after-$side.yaml
done
witness | nft -f -
for side in destination source; do
	ended $side 4 10.0.2.2
	ended $side 6 fd00:2::2
done

done_testing
