#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Two pods on one Linux bridge with br_netfilter, in namespaces made for it: what is
# allowed works from a cold neighbour cache, what is denied is denied though it never
# leaves the bridge, and connections that are live are answered; in TAP.
#
# usage: bridge.sh NETPOLC CONNECT
skip()
{
	echo "1..0 # SKIP $1"
	[ "$NETPOLC_NO_SKIP" != 1 ]
	exit
}

if [ -z "$NETPOLC_INSIDE" ]; then
	[ "$(id -u)" = 0 ] && map= || map=-r
	unshare $map -n true 2>/dev/null || skip "network namespaces are not permitted"
	NETPOLC_INSIDE=1 exec unshare $map -n "$0" "$@"
fi

netpolc=$(realpath "${1:?usage: bridge.sh NETPOLC CONNECT}")
connect=$(realpath "${2:?usage: bridge.sh NETPOLC CONNECT}")
dir=$(mktemp -d) || exit 1
cd "$dir" || exit 1
PATH=$PATH:/usr/sbin:/sbin
processes=
trap 'kill $processes 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
n=0
failed=0

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] && ok=ok || { ok='not ok'; failed=1; }
	n=$((n + 1))
	echo "$ok $n - $1"
}

# in_pod POD COMMAND...
in_pod()
{
	eval "pid=\$$1"
	shift
	nsenter -t "$pid" -n "$@"
}

# add_pod NAME NUMBER: a namespace on the bridge with two addresses and a server
add_pod()
{
	unshare -n sleep 600 >/dev/null &
	pid=$!
	eval "$1=$pid"
	processes="$processes $pid"
	while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.1
	done
	ip link add "$1" type veth peer name eth0 netns $pid &&
		ip link set "$1" master br0 up || return 1
	in_pod "$1" ip link set eth0 up
	in_pod "$1" ip link set lo up
	in_pod "$1" ip addr add "10.0.0.$2/24" dev eth0
	in_pod "$1" ip addr add "fd00::$2/64" dev eth0 nodad
	for port in 6379 6380; do
		# not by in_pod, whose process would be a shell that this outlives
		nsenter -t "$pid" -n "$connect" serve $port >/dev/null 2>&1 &
		processes="$processes $!"
	done
}

# both POD PROTOCOL HOST PORT: over IPv4 and IPv6
both()
{
	in_pod "$1" "$connect" "$2" "10.0.0.$3" "$4" &&
		in_pod "$1" "$connect" "$2" "fd00::$3" "$4"
}

# neither POD PROTOCOL HOST PORT
neither()
{
	! in_pod "$1" "$connect" "$2" "10.0.0.$3" "$4" &&
		! in_pod "$1" "$connect" "$2" "fd00::$3" "$4"
}

# forgets where the pods are, on both sides
chill()
{
	for pod in web db; do
		in_pod $pod ip -6 neigh flush all
		in_pod $pod ip -4 neigh flush all
	done
}

ip link set lo up
ip link add br0 type bridge 2>/dev/null || skip "no bridge can be made"
echo 1 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-iptables &&
	echo 1 2>/dev/null >/proc/sys/net/bridge/bridge-nf-call-ip6tables ||
	skip "br_netfilter is not there"
ip link set br0 up
add_pod web 1 && add_pod db 2
verdict "two pods on a bridge"

for _ in 1 2 3 4 5 6 7 8 9 10; do
	both web tcp 2 6379 && break
	sleep 0.5
done
both web tcp 2 6379 && both web tcp 2 6380 && both db tcp 1 6379 && both web udp 2 6379
verdict "everything is allowed where there is no ruleset"

cat >cluster.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
status: {podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
status: {podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: nothing, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 6379}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 6379}]}]
END
"$netpolc" apply --state-dir '' cluster.yaml
verdict "apply"
chill
in_pod web "$connect" tcp fd00::2 6379
verdict "allowed IPv6 works from a cold neighbour cache"
in_pod web "$connect" tcp 10.0.0.2 6379
verdict "allowed IPv4 works"
neither web tcp 2 6380
verdict "another port of the same pod is denied"
neither web udp 2 6379
verdict "another protocol is denied"
neither db tcp 1 6379
verdict "the other direction is denied"
chill
neither db tcp 1 6379
verdict "and from a cold neighbour cache too"

both web tcp 1 6379 && in_pod web "$connect" tcp 127.0.0.1 6379 && in_pod web "$connect" tcp ::1 6379
verdict "a pod talks to itself whatever isolates it"

# Proof that neighbour discovery crosses the ruleset: without its rule nothing works.
handle=$(nft -a list chain inet netpolc discovery | sed -n 's/.*icmpv6.*# handle //p')
nft delete rule inet netpolc discovery handle "$handle"
chill
! in_pod web "$connect" tcp fd00::2 6379
verdict "without its rule neighbour discovery is lost"
"$netpolc" apply --state-dir '' cluster.yaml
restored=$?
chill
# a neighbour that was just given up may be unreachable for a moment longer
for _ in 1 2 3 4 5 6 7 8 9 10; do
	in_pod web "$connect" tcp fd00::2 6379 && break
	sleep 0.5
done
[ $restored = 0 ] && in_pod web "$connect" tcp fd00::2 6379
verdict "apply brings it back"
"$netpolc" delete --state-dir '' && both web tcp 2 6380 && both db tcp 1 6379
verdict "delete opens everything again"

echo "1..$n"
exit $failed
