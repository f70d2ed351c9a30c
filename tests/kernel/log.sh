#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What is denied is logged, with a prefix that leads to the policies, and in audit mode
# everything passes and is counted all the same; in TAP.
#
# usage: log.sh NETPOLC CONNECT NFLOG
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
nflog=$(realpath "$3")
cd "$dir" || exit 1
. "$here/node.sh"

shop web db >cluster.yaml
cat >>cluster.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-out, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 6379}, {port: 6380}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-in, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 6379}]}]
END

forwarding
routed web 10.244.1.2 fd00:1::2 && routed db 10.244.1.3 fd00:1::3 &&
	routed out 192.0.2.9 2001:db8::9
for port in 6379 6380 80; do
	serve db $port
done
serve out 80
answers web 10.244.1.3 6379 && answers web fd00:1::3 80 && answers web 192.0.2.9 80 2>err
verdict "a node with two pods and a host outside"

"$nflog" 7 >>log 2>/dev/null &
processes="$processes $!"
until_true grep -q ready log

# logged PREFIX-PATTERN FROM TO: such a packet comes to the log
logged()
{
	until_true grep -qE "^netpolc $1: 	$2 $3\$" log
}

# policies_of FROM TO: what status finds for the last packet logged between them
policies_of()
{
	run 0 status --prefix "$(grep "	$1 $2\$" log | tail -n 1 | cut -f 1)" &&
		sed -n 's/^policies *//p' out
}

run 0 apply --settle 0 --log nflog:7 cluster.yaml
verdict "apply with a log"
reaches web tcp 10.244.1.3 6379 && reaches web tcp fd00:1::3 6379 &&
	! reaches web udp 10.244.1.3 80 && logged 'e-shop-[^ ]* egress' 10.244.1.2 10.244.1.3
verdict "a denial by egress is logged"
# What comes late comes in order.
[ "$(grep -c netpolc log)" = 1 ]
verdict "what is allowed is not logged"
[ "$(policies_of 10.244.1.2 10.244.1.3)" = shop/web-out ]
verdict "and its prefix leads to the policy"
! reaches web tcp fd00:1::3 80 && logged 'e-shop-[^ ]* egress' fd00:1::2 fd00:1::3
verdict "in IPv6 too"
! reaches out tcp 10.244.1.3 6379 && logged 'i-shop-[^ ]* ingress' 192.0.2.9 10.244.1.3
verdict "a denial by ingress is logged"
[ "$(policies_of 192.0.2.9 10.244.1.3)" = shop/db-in ]
verdict "and its prefix leads to the policy"
! reaches out udp fd00:1::3 80 && logged 'i-shop-[^ ]* ingress' 2001:db8::9 fd00:1::3
verdict "in IPv6 too"
: >log
! reaches web tcp 10.244.1.3 6380 && logged 'i-shop-[^ ]* ingress' 10.244.1.2 10.244.1.3 &&
	[ "$(policies_of 10.244.1.2 10.244.1.3)" = shop/db-in ] && ! grep e-shop log
verdict "what egress allows and ingress denies is ingress's"
run 0 status --prefix "Jan 1 00:00:00 n kernel: $(head -n 1 log | cut -f 1)IN=web" &&
	grep -q '^policies *shop/db-in$' out
verdict "a whole line of the log will do"
run 0 status -o json --prefix "$(head -n 1 log | cut -f 1)" &&
	grep -q '"direction": "ingress"' out && grep -q '"shop/db-in"' out
verdict "programs can ask, too"
run 1 status --prefix "netpolc e-none egress: " && [ -s out ] && [ ! -s err ]
verdict "a prefix that leads nowhere"
run 0 apply --log off cluster.yaml && ! reaches web tcp 192.0.2.9 80 &&
	run 0 apply --log nflog:7 cluster.yaml && ! reaches out tcp 10.244.1.3 80 &&
	logged 'i-shop-[^ ]* ingress' 192.0.2.9 10.244.1.3 && ! grep 10.244.1.2.192.0.2.9 log
verdict "no log, unless asked for"

# denied: packets that were counted as denied
denied()
{
	run 0 status && sed -n '/ denied /,$p' out | awk 'NR > 1 { n += $1 } END { print n + 0 }'
}

# audits PROTOCOL POD ADDRESS PORT N: passes, and N more packets are counted
audits()
{
	before=$(denied)
	reaches "$2" "$1" "$3" "$4" && [ "$(denied)" = $((before + $5)) ]
}

for deny in drop reject; do
	run 0 apply --mode audit --log nflog:7 --deny $deny cluster.yaml &&
		run 0 status && grep -q 'mode  *audit' out &&
		! nft list table inet netpolc | grep -qE 'drop|reject'
	verdict "audit with --deny $deny has nothing that would drop"
	audits tcp web 10.244.1.3 80 2 && audits tcp web fd00:1::3 80 2
	verdict "what both ends would deny passes and is counted at both"
	audits udp web 10.244.1.3 6379 2 && audits tcp out 10.244.1.3 6379 1 &&
		audits tcp web 192.0.2.9 80 1
	verdict "what one end would deny is counted there"
	audits tcp web 10.244.1.3 6379 0
	verdict "what is allowed is not counted"
done
: >log
reaches web tcp fd00:1::3 80 && logged 'e-shop-[^ ]* egress' fd00:1::2 fd00:1::3 &&
	logged 'i-shop-[^ ]* ingress' fd00:1::2 fd00:1::3
verdict "an audited packet is logged by either end"
run 0 apply cluster.yaml && run 0 status && grep -q 'mode  *enforce' out &&
	! reaches web tcp 10.244.1.3 80
verdict "enforced again"
done_testing
