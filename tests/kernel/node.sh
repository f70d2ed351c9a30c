# SPDX-License-Identifier: GPL-2.0-or-later
# A node of a cluster as network namespaces: the one that the script is in forwards,
# and each pod has one of its own.  To be sourced behind tap.sh, with $connect set.
#
# Addresses: pod N of this node is 10.244.1.N and fd00:1::N; the node's gateway is .1.
processes=
trap 'kill $processes 2>/dev/null; rm -rf "$dir"' EXIT

skip()
{
	echo "1..0 # SKIP $1"
	[ "$NETPOLC_NO_SKIP" != 1 ]
	exit
}

# in_pod POD COMMAND...
in_pod()
{
	eval "pid=\$pid_$1"
	shift
	nsenter -t "$pid" -n "$@"
}

# space NAME: a network namespace, kept by a process, and a cable to it: NAME here,
# eth0 there
space()
{
	unshare -n sleep 600 >/dev/null &
	eval "pid_$1=$!"
	pid=$!
	processes="$processes $pid"
	while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.05
	done
	ip link add "$1" type veth peer name eth0 netns $pid &&
		in_pod "$1" ip link set eth0 up && in_pod "$1" ip link set lo up
}

# serve POD PORT: a server of both protocols and families
serve()
{
	eval "pid=\$pid_$1"
	# not by in_pod, whose process would be a shell that this outlives
	nsenter -t "$pid" -n "$connect" serve "$2" >/dev/null 2>&1 &
	processes="$processes $!"
}

# routed NAME ADDRESS4 ADDRESS6: a pod, or a host outside, at the end of a cable of its
# own, as routed network plugins do it
routed()
{
	space "$1" && ip link set "$1" up &&
		ip addr add 169.254.1.1/32 dev "$1" &&
		ip addr add fe80::1/64 dev "$1" nodad &&
		ip route add "$2/32" dev "$1" && ip -6 route add "$3/128" dev "$1" &&
		in_pod "$1" ip addr add "$2/32" dev eth0 &&
		in_pod "$1" ip -6 addr add "$3/128" dev eth0 nodad &&
		in_pod "$1" ip route add 169.254.1.1 dev eth0 &&
		in_pod "$1" ip route add default via 169.254.1.1 dev eth0 &&
		in_pod "$1" ip -6 route add default via fe80::1 dev eth0
}

# bridge NAME: one of this node's with the gateway's addresses
bridge()
{
	ip link add "$1" type bridge 2>/dev/null || skip "no bridge can be made"
	ip addr add 10.244.1.1/24 dev "$1" && ip addr add fd00:1::1/64 dev "$1" nodad &&
		ip link set "$1" up
}

# bridged NAME NUMBER BRIDGE: a pod on that bridge
bridged()
{
	space "$1" && ip link set "$1" master "$3" up &&
		in_pod "$1" ip addr add "10.244.1.$2/24" dev eth0 &&
		in_pod "$1" ip addr add "fd00:1::$2/64" dev eth0 nodad &&
		in_pod "$1" ip route add default via 10.244.1.1 &&
		in_pod "$1" ip -6 route add default via fd00:1::1
}

# shop NAME...: manifests of a namespace and of pods 2, 3, ... of this node, each with a
# label app that is its name
shop()
{
	printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'
	number=1
	for name; do
		number=$((number + 1))
		cat <<END
---
apiVersion: v1
kind: Pod
metadata: {name: $name, namespace: shop, labels: {app: $name}}
status: {podIPs: [{ip: 10.244.1.$number}, {ip: "fd00:1::$number"}]}
END
	done
}

# forwarding: this namespace is a router
forwarding()
{
	ip link set lo up
	echo 1 >/proc/sys/net/ipv4/ip_forward
	echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
}

# reaches POD PROTOCOL ADDRESS PORT
reaches()
{
	in_pod "$1" "$connect" "$2" "$3" "$4"
}

# watching: from now on datagrams to port 9999 that leave this namespace are counted
watching()
{
	nft -f - <<'END'
table inet seen {
	counter passed { }
	chain postrouting {
		type filter hook postrouting priority 0;
		udp dport 9999 counter name passed
	}
}
END
}

# seen: how many there were
seen()
{
	nft list counter inet seen passed | sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# passes POD SOURCE DESTINATION: a datagram from any address leaves for there
passes()
{
	before=$(seen)
	in_pod "$1" "$connect" udp "$3" 9999 "$2" 9999
	# it is forwarded while it is sent, or a moment later
	for _ in 1 2 3 4 5 6 7 8; do
		[ "$(seen)" = "$before" ] || return 0
		sleep 0.05
	done
	return 1
}

# answers POD ADDRESS PORT: as soon as it does, servers and links take a while
answers()
{
	until_true reaches "$1" tcp "$2" "$3"
}
