#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Pods that are not in the input, on a node as flannel makes it: a bridge of pods, a
# tunnel to another node, masquerading to both sides; in TAP.
#
# usage: unknown.sh NETPOLC CONNECT
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
cd "$dir" || exit 1
. "$here/node.sh"

# node NAME N: the Node object of a node whose pods are 10.244.N.0/24
node()
{
	printf -- '---\napiVersion: v1\nkind: Node\nmetadata: {name: %s}\n' "$1"
	echo "spec: {podCIDRs: [10.244.$2.0/24, 'fd00:$2::/64']}"
	echo "status: {addresses: [{type: InternalIP, address: 172.16.0.$2}]}"
}

# pod NAME NODE N I: the I-th of the node whose pods are 10.244.N.0/24
pod()
{
	printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: shop, ' "$1"
	echo "labels: {app: $1}}"
	echo "spec: {nodeName: $2}"
	echo "status: {podIPs: [{ip: 10.244.$3.$4}, {ip: 'fd00:$3::$4'}]}"
}

{
	printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'
	node n1 1
	node n2 2
	pod web n1 1 2
	pod db n1 1 3
	pod far n2 2 7
	cat <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{namespaceSelector: {}}]}]
END
} >cluster.yaml
{ cat cluster.yaml; pod new n1 1 9; } >later.yaml

forwarding
bridge cni0
bridged web 2 cni0 && bridged db 3 cni0 && bridged new 9 cni0 &&
	routed out 192.0.2.9 2001:db8::9
# The tunnel ends in the other node, which has its pods' addresses itself.
space far && ip link set far name flannel.1 up && ip addr add 10.244.1.0/32 dev flannel.1 &&
	ip addr add 172.16.0.1/24 dev flannel.1 && ip addr add fd16::1/64 dev flannel.1 nodad &&
	in_pod far ip addr add 172.16.0.2/24 dev eth0 &&
	in_pod far ip addr add fd16::2/64 dev eth0 nodad &&
	for i in 0 7 8; do
		in_pod far ip addr add 10.244.2.$i/32 dev eth0 &&
			in_pod far ip addr add fd00:2::$i/128 dev eth0 nodad
	done && ip route add 10.244.2.0/24 via 172.16.0.2 &&
	ip -6 route add fd00:2::/64 via fd16::2 &&
	in_pod far ip route add default via 172.16.0.1 &&
	in_pod far ip -6 route add default via fd16::1
nft -f - <<'END'
table ip flannel {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		ip saddr 10.244.0.0/16 ip daddr 10.244.0.0/16 return
		ip saddr 10.244.0.0/16 ip daddr != 224.0.0.0/4 masquerade
		ip saddr != 10.244.0.0/16 ip daddr 10.244.1.0/24 return
		ip saddr != 10.244.0.0/16 ip daddr 10.244.0.0/16 masquerade
	}
}
END
for pod in web db new far out; do
	serve $pod 80
done

# both POD NODE I: over IPv4 and IPv6
both()
{
	reaches "$1" tcp "10.244.$2.$3" 80 && reaches "$1" tcp "fd00:$2::$3" 80
}

# neither POD NODE I
neither()
{
	! reaches "$1" tcp "10.244.$2.$3" 80 && ! reaches "$1" tcp "fd00:$2::$3" 80
}

answers web 10.244.1.9 80 && answers web fd00:1::9 80 && answers new 10.244.2.7 80 &&
	answers new fd00:2::7 80 && answers new 192.0.2.9 80 && answers far fd00:1::9 80 &&
	answers out 10.244.1.9 80
verdict "a node without a ruleset"
run 0 apply --settle 0 --node n1 cluster.yaml && both new 1 2 && both out 1 9 && both web 1 9
verdict "a pod that is not known is open"
run 0 apply --node n1 --unknown-pods deny cluster.yaml
verdict "apply with unknown pods denied"
neither out 1 9 && neither far 1 9 && neither web 1 9
verdict "then nobody reaches it"
neither new 1 2 && neither new 1 3 && neither new 2 7 && ! reaches new tcp 192.0.2.9 80 &&
	! reaches new udp 192.0.2.9 80
verdict "and it reaches nobody"
"$connect" serve 81 >/dev/null 2>&1 &
processes="$processes $!"
until_true "$connect" tcp 127.0.0.1 81 &&
	reaches new tcp 10.244.1.1 81 && reaches new tcp fd00:1::1 81 &&
	"$connect" tcp 10.244.1.9 80 && "$connect" tcp fd00:1::9 80
verdict "but the node itself: its gateway is none of the unknown"
both web 2 7 && both web 2 8 && reaches web tcp 192.0.2.9 80 && both out 1 2 && both far 1 2
verdict "a known pod that nothing selects stays open"
both web 1 3 && neither out 1 3
verdict "and an isolated one is isolated by its policies"
in_pod far ip route add 10.244.1.2/32 via 172.16.0.1 src 10.244.2.0 && both far 1 2 &&
	in_pod far ip route replace 10.244.1.2/32 via 172.16.0.1 src 10.244.2.8 && both far 1 2 &&
	in_pod far ip route del 10.244.1.2/32
verdict "addresses of another node's range are not unknown: its tunnel, and any pod"
watching
passes out 10.244.1.77 10.244.1.2
verdict "a source in the range that comes from outside is not taken for a pod"
! passes new 10.244.1.77 10.244.1.2 && ! passes new fd00:1::77 fd00:1::2
verdict "one that comes from a pod is"
run 0 status && grep -q ' e-unknown .*--unknown-pods deny' out && grep -q ' i-unknown ' out &&
	run 0 status --prefix 'netpolc i-unknown ingress: ' && grep -q -- '--unknown-pods deny' out
verdict "status says what denied"
run 0 apply --node n1 --unknown-pods deny --mode audit cluster.yaml && both new 1 3 && both out 1 9
verdict "an audit lets them pass"
run 0 apply --node n1 --unknown-pods deny cluster.yaml && neither web 1 9 &&
	run 0 apply -v --node n1 --unknown-pods deny later.yaml && both new 1 2 && both out 1 9 &&
	grep -q 'netpolc changed' err
verdict "once it is known it is open, and the table is not replaced for it"
done_testing
