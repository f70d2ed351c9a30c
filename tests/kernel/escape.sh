#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Traffic of pods that would not be seen: apply refuses, and status says so; and the
# hook that sees what IPVS sends; in TAP.
#
# usage: escape.sh NETPOLC CONNECT
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
cd "$dir" || exit 1
. "$here/node.sh"

cat >cluster.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 172.16.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {nodeName: n1}
status: {podIPs: [{ip: 10.244.1.2}, {ip: "fd00:1::2"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {nodeName: n1}
status: {podIPs: [{ip: 10.244.1.3}, {ip: "fd00:1::3"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]
END

# filters VALUE [FAMILY]: whether bridges hand packets over
filters()
{
	for table in ${2:-iptables ip6tables}; do
		echo "$1" >/proc/sys/net/bridge/bridge-nf-call-$table
	done
}

forwarding
ip link add br9 type bridge 2>/dev/null && ip link set br9 up && filters 0 2>/dev/null ||
	skip "no bridge can be made, or there is no br_netfilter"
routed web 10.244.1.2 fd00:1::2 && routed db 10.244.1.3 fd00:1::3 && routed out 192.0.2.9 2001:db8::9
serve db 80
serve db 81
serve out 80
answers web 10.244.1.3 80 && answers out fd00:1::3 81 && answers db 192.0.2.9 80
run 0 apply --settle 0 cluster.yaml && [ ! -s err ] && run 0 status && ! grep -q escapes out
verdict "a bridge that no pod is behind is nobody's business"

# ---- several nodes ----

sed '0,/nodeName: n1/s//nodeName: n2/' cluster.yaml >two.yaml
run 0 apply two.yaml && [ ! -s err ]
verdict "pods of several nodes, on a machine that is none of them"
ip addr add 172.16.0.1/32 dev lo
run 0 apply two.yaml && grep -q "'n[12]' and 'n[12]'.*\[several-nodes\]" err
verdict "on a node of the cluster that is a warning"
run 0 apply --node n1 --allow-loss two.yaml && ! grep -q several-nodes err
verdict "unless --node says which"
run 0 apply cluster.yaml && [ ! -s err ]
verdict "pods of one node"

# ---- IPVS ----

ip link add kube-ipvs0 type veth peer name spare
run 2 apply cluster.yaml && grep -q 'IPVS.*--hook postrouting.*\[bypass\]' err
verdict "where kube-proxy uses IPVS apply refuses"
run 0 status && grep -q 'escapes .*IPVS' out && run 0 status -o json && grep -q '"ipvs": true' out
verdict "status says so"
run 0 apply --settle 0 --allow-unenforced cluster.yaml && grep -q 'warning: .*IPVS.*\[bypass\]' err
verdict "unless told to go on"
run 0 apply --hook postrouting cluster.yaml && [ ! -s err ] && run 0 status && ! grep -q escapes out &&
	grep -q 'drift        none' out && run 0 diff --live --hook postrouting cluster.yaml &&
	nft list chain inet netpolc postrouting | grep -q 'hook postrouting priority srcnat - 5'
verdict "or at the hook that sees it"
reaches web tcp 10.244.1.3 80 && reaches web tcp fd00:1::3 80 && ! reaches out tcp 10.244.1.3 80 &&
	! reaches web tcp fd00:1::3 81 && reaches db tcp 192.0.2.9 80
verdict "there policies hold for what is forwarded"
"$connect" tcp 10.244.1.3 81 && "$connect" tcp fd00:1::3 81
verdict "and the node reaches its pods"
run 0 apply --hook postrouting --unknown-pods deny --pod-cidr 10.244.1.0/24 --pod-cidr fd00:1::/64 \
	cluster.yaml && reaches web tcp 10.244.1.3 80 && run 0 apply --hook postrouting \
	--mode audit --log syslog cluster.yaml && reaches out tcp 10.244.1.3 80
verdict "with other options too"
run 0 apply --node n1 --hook postrouting cluster.yaml && run 0 status && grep -q 'anti-spoof   off' out
verdict "but without a look at the way back"
ip link del kube-ipvs0
run 0 apply -v cluster.yaml && grep -q 'netpolc changed\|netpolc replaced' err &&
	! reaches out tcp 10.244.1.3 80 && reaches web tcp 10.244.1.3 80 &&
	! nft list table inet netpolc | grep -q 'hook postrouting'
verdict "and back again"

# ---- bridges ----

run 0 delete
ip link del web && ip link del db && bridge cni0 && bridged web 2 cni0 && bridged db 3 cni0
serve db 80
serve db 81
answers web 10.244.1.3 81 && answers web fd00:1::3 81
run 2 apply cluster.yaml && grep -q 'IPv4 between pods on bridge cni0.*iptables is not 1.*\[bypass\]' err &&
	grep -q 'IPv6 between pods on bridge cni0.*ip6tables' err && run 1 status
verdict "where a bridge hands nothing over apply refuses"
run 0 apply --settle 0 --allow-unenforced cluster.yaml && grep -q 'warning: .*cni0.*\[bypass\]' err &&
	reaches web tcp 10.244.1.3 81 && ! reaches out tcp 10.244.1.3 80
verdict "unless told to go on, and then only what is routed is seen"
run 0 status && grep -q 'escapes .*IPv4.*cni0' out && grep -q 'escapes .*IPv6.*cni0' out &&
	run 0 status -o json && grep -q '"bridgeIPv4": "cni0"' out
verdict "status says so"
filters 1 iptables
run 2 apply cluster.yaml && ! grep -q 'IPv4 between' err && grep -q 'IPv6 between' err &&
	run 0 apply --family 4 --allow-loss cluster.yaml
verdict "one family is handed over"
filters 1
run 0 apply cluster.yaml && [ ! -s err ] && ! reaches web tcp 10.244.1.3 81 &&
	! reaches web tcp fd00:1::3 81 && reaches web tcp 10.244.1.3 80 && run 0 status &&
	! grep -q escapes out
verdict "both are, and everything is seen"
run 0 diff --live cluster.yaml
verdict "diff agrees"
done_testing
