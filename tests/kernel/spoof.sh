#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods that send with addresses which are not theirs, where pods have routes of their
# own and where they share a bridge; and hosts outside, which may come from anywhere;
# in TAP.
#
# usage: spoof.sh NETPOLC CONNECT
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
cd "$dir" || exit 1
. "$here/node.sh"

# pod NAME NODE ADDRESS ADDRESS6
pod()
{
	printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: shop, ' "$1"
	printf 'labels: {app: %s}}\nspec: {nodeName: %s}\n' "$1" "$2"
	echo "status: {podIPs: [{ip: $3}, {ip: '$4'}]}"
}

{
	printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'
	pod web n1 10.244.1.2 fd00:1::2
	pod db n1 10.244.1.3 fd00:1::3
	pod far n2 10.244.2.7 fd00:2::7
	cat <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
END
} >cluster.yaml

forwarding
for link in all default; do
	echo 0 >/proc/sys/net/ipv4/conf/$link/rp_filter
done
routed web 10.244.1.2 fd00:1::2 && routed db 10.244.1.3 fd00:1::3 &&
	routed out 192.0.2.9 2001:db8::9 && routed other 192.0.2.8 2001:db8::8
# Another node's pods are behind a gateway, and so are strangers.
ip route add 10.244.2.0/24 via 192.0.2.9 dev out && ip -6 route add fd00:2::/64 via 2001:db8::9 dev out
serve db 80
serve out 80
answers db 192.0.2.9 80 && answers db 2001:db8::9 80 && answers out 10.244.1.3 80 &&
	answers web 192.0.2.9 80 && answers web 2001:db8::9 80 && watching
verdict "a node whose pods have routes of their own"

# forges: what web's policy denies passes under one of these addresses, in each family
forges()
{
	passes web 10.244.1.3 192.0.2.9 && passes web fd00:1::3 2001:db8::9 &&
		passes web 198.51.100.1 192.0.2.9 && passes web 2001:db8:1::1 2001:db8::9
}

# forges_nothing: none of them
forges_nothing()
{
	! passes web 10.244.1.3 192.0.2.9 && ! passes web fd00:1::3 2001:db8::9 &&
		! passes web 198.51.100.1 192.0.2.9 && ! passes web 2001:db8:1::1 2001:db8::9 &&
		! passes web 192.0.2.9 10.244.1.3
}

run 0 apply --settle 0 cluster.yaml && ! reaches web tcp 192.0.2.9 80 && forges &&
	run 0 status && grep -q 'anti-spoof   off$' out
verdict "a pod walks around its policy with another address"
run 0 apply --anti-spoof cluster.yaml && forges_nothing
verdict "not where forged sources are dropped"
run 0 status && grep -q 'anti-spoof   on$' out && grep -qE '^ +5 .* spoofed ' out &&
	run 0 status -o json && grep -q '"antiSpoof": true' out && grep -q '"antiSpoofGap": null' out
verdict "status says so, and counts them"
passes db 10.244.1.3 192.0.2.9 && passes db fd00:1::3 2001:db8::9 && reaches db tcp 192.0.2.9 80 &&
	reaches out tcp fd00:1::3 80 && ! passes web 10.244.1.2 192.0.2.9
verdict "what pods send as themselves is judged as ever"
passes other 192.0.2.9 10.244.1.3 && passes other 2001:db8::9 fd00:1::3 &&
	passes out 192.0.2.8 10.244.1.3 && passes out 2001:db8::8 fd00:1::3 &&
	passes out 198.51.100.1 10.244.1.3
verdict "hosts outside may take another way than back"
run 0 apply --no-anti-spoof cluster.yaml && passes db 10.244.1.3 192.0.2.9 &&
	passes web 10.244.1.3 192.0.2.9 && run 0 apply --anti-spoof cluster.yaml &&
	! passes web 10.244.1.3 192.0.2.9
verdict "a forged packet does not ride on another pod's exchange"
run 0 apply --node n1 cluster.yaml && forges_nothing && run 0 status && grep -q 'anti-spoof   on$' out
verdict "with --node it is the default, as pods are routed"
run 0 diff --live --node n1 cluster.yaml && run 0 apply -v --node n1 cluster.yaml &&
	grep -q 'table netpolc unchanged' err && run 1 diff --live --node n1 --no-anti-spoof cluster.yaml
verdict "diff and another apply agree"
run 0 apply --node n1 --no-anti-spoof cluster.yaml && forges && run 0 status && grep -q 'anti-spoof   off$' out
verdict "unless it is refused"
run 0 apply --anti-spoof --pod-interface 'd*' cluster.yaml && forges &&
	run 0 apply --anti-spoof --pod-interface 'we*' cluster.yaml && forges_nothing
verdict "interfaces can be named"
run 0 delete && run 0 apply --settle 0 --anti-spoof --mode audit cluster.yaml && forges &&
	run 0 status && grep -qE '^ +4 .* spoofed ' out
verdict "an audit counts them, and lets them pass"

# The same pods on a bridge.
ip link del web && ip link del db && bridge cni0 && bridged web 2 cni0 && bridged db 3 cni0
serve db 80
run 0 delete
for pod in web db; do
	answers $pod 192.0.2.9 80 && answers $pod 2001:db8::9 80
done
run 0 apply --node n1 cluster.yaml && forges && run 0 status && grep -q 'anti-spoof   off$' out
verdict "on a bridge it is not the default"
run 0 apply --node n1 --anti-spoof cluster.yaml && ! passes web 198.51.100.1 192.0.2.9 &&
	! passes web 2001:db8:1::1 2001:db8::9 && passes web 10.244.1.3 192.0.2.9
verdict "there it drops what is of no pod, but neighbours can be forged"
run 0 status && grep -q 'anti-spoof   on, but pods on bridge cni0 can use each other' out &&
	run 0 status -o json && grep -q '"antiSpoofGap": "cni0"' out
verdict "and status says so"
done_testing
