#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The first policies end no connection that is older than they, and wait only where
# there may be one that nobody knows; in TAP.
#
# usage: settle.sh NETPOLC TALK
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/node.sh"
. "$(dirname "$0")/talks.sh"
talk=$(realpath "${2:?usage: settle.sh NETPOLC TALK}")
cd "$dir" || exit 1

# Longer than a test may take: who waits for that never comes back.
forever=86400

# pushing NAME ADDRESS: a server that does not stop speaking
pushing()
{
	PUSH_MS=20 open "$1" tcp web db "$2" 6371 && goes_on "$1"
}

# goes_on NAME: what the server says arrives
goes_on()
{
	had=$(bytes "$1" client)
	until_true more "$1" client "$had"
}

# stops NAME: nothing arrives, while the server's segments come to the chain
stops()
{
	denied=$(midstream) && until_true denied_more $((denied + 3)) &&
		had=$(bytes "$1" client) && denied=$(midstream) &&
		until_true denied_more $((denied + 3)) && [ "$(bytes "$1" client)" = "$had" ]
}

midstream()
{
	nft list counter inet netpolc midstream | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

denied_more()
{
	[ "$(midstream)" -gt "$1" ]
}

# begin OPTION...: apply in the background, until connections are being tracked
begin()
{
	"$netpolc" apply --state-dir "$dir/state" "$@" >out 2>err &
	applying=$!
	until_true loaded
}

loaded()
{
	nft list table inet netpolc >/dev/null 2>&1
}

# settling: the table says that it has no policy, and denies nothing
settling()
{
	run 1 status && grep -q 'has no policy' out && run 1 status -o json &&
		grep -q '"loaded": false' out && grep -q '"settling": true' out &&
		run 1 status -o prometheus && grep -q '^netpolc_settling{table="netpolc"} 1$' out &&
		! nft list table inet netpolc | grep -q 'drop\|isolated'
}

# both_go_on WHAT: in IPv4 and IPv6
both_go_on()
{
	goes_on four && goes_on six
	verdict "$1: connections in both families go on"
}

two_pods '{port: 6371}' >policy.yaml

run 0 apply --settle $forever policy.yaml && [ ! -s err ] && run 0 delete
verdict "a fresh namespace does not wait"

add_two_pods
pushing old4 10.0.2.2 && pushing old6 fd00:2::2 &&
	run 0 apply --settle 0 policy.yaml && [ ! -s err ] && stops old4 && stops old6
verdict "without a wait connections end that nothing has tracked"
hang_up old4
hang_up old6
run 0 delete

pushing four 10.0.2.2 && pushing six fd00:2::2
verdict "servers push where nothing tracks connections"
run 0 apply --dry-run --settle $forever policy.yaml && ! loaded
verdict "--dry-run does not wait"
run 0 apply --settle 2 policy.yaml && grep -q 'in IPv4 and IPv6.* in 2 s' err
verdict "the first apply waits, and says so"
both_go_on "after the first apply"
run 0 apply --settle $forever policy.yaml && [ ! -s err ] && run 0 apply --settle $forever --deny reject policy.yaml &&
	[ ! -s err ] && run 0 apply policy.yaml
verdict "no other does"

run 0 delete && run 0 apply --settle 2 policy.yaml && grep -q 'in IPv4 and IPv6' err
verdict "after delete it waits again"
both_go_on "after delete"

run 0 delete && nft 'table ip nat { chain out { type nat hook postrouting priority srcnat; ip saddr 192.0.2.1 masquerade; }; }' &&
	goes_on four && run 0 apply --settle 2 policy.yaml && grep -q 'in IPv6:' err
verdict "where IPv4 has a nat table it waits for IPv6 alone"
both_go_on "with an IPv4 nat table"
run 0 delete && nft 'table ip6 nat { chain out { type nat hook postrouting priority srcnat; ip6 saddr 2001:db8::1 masquerade; }; }' &&
	goes_on six && run 0 apply --settle $forever policy.yaml && [ ! -s err ]
verdict "where both have one it does not"
both_go_on "with nat tables of both families"
run 0 delete && nft delete table ip nat && run 0 apply --settle $forever --family 6 policy.yaml && [ ! -s err ]
verdict "nor for a family that is not decided"
run 0 delete && nft delete table ip6 nat

# A server that may begin nothing itself, and is the one that is heard first.
{
	cat policy.yaml
	cat <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: mute, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Egress]
END
} >both.yaml
PUSH_MS=20 open denied tcp web db 10.0.2.2 6372 && goes_on denied &&
	run 0 apply -v --settle 2 --recheck-connections both.yaml && grep -q ' 1 ended' err && stops denied
verdict "of connections whose beginning nobody saw, recheck ends those that are denied either way"
both_go_on "and where rules allow one way"
hang_up denied
run 0 delete

begin --settle $forever policy.yaml && settling
verdict "meanwhile status says that there is no policy"
kill -TERM $applying
wait $applying
[ $? = 143 ] && grep -q 'ended by SIGTERM; nothing was changed' err && ! loaded
verdict "a signal ends the wait, and nothing is left"

(trap '' HUP; exec "$netpolc" apply --state-dir "$dir/state" --settle 2 policy.yaml) >out 2>err &
applying=$!
until_true loaded && kill -HUP $applying && wait $applying && run 0 status && run 0 delete
verdict "one that is ignored does not"

begin --settle $forever policy.yaml
kill -KILL $applying
wait $applying 2>/dev/null
settling
verdict "what is left by a run that was killed is no policy"
run 0 apply --settle 2 policy.yaml && grep -q 'in IPv4 and IPv6' err && run 0 status &&
	nft list table inet netpolc | grep -q isolated
verdict "and the next run waits, and loads the policies"
both_go_on "after that"
run 0 delete && begin --settle $forever policy.yaml && kill -KILL $applying
wait $applying 2>/dev/null
run 0 delete && ! loaded
verdict "delete removes it, too"

begin --settle $forever --try 60 policy.yaml && kill -TERM $applying
wait $applying
[ $? = 143 ] && ! loaded && run 0 apply --settle 2 policy.yaml
verdict "a signal ends a trial that has not begun"
run 0 delete && run 1 apply --settle 2 --try 1 policy.yaml && ! loaded
verdict "what a trial puts back is what was there before the wait"

done_testing
