#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What policy sees of services: nat rules as kube-proxy writes them, for addresses of
# the cluster, ports of the node and load balancers, and masquerading; in TAP.
#
# usage: services.sh NETPOLC CONNECT
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
cd "$dir" || exit 1
. "$here/node.sh"

# db may be reached by web and one network outside, and web may reach db alone: always
# on the port of the pod, which no service has.
shop web db job >cluster.yaml
cat >>cluster.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    - ipBlock: {cidr: 192.0.2.0/24}
    - ipBlock: {cidr: "2001:db8::/64"}
    ports: [{port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 8080}]}]
END

# Services 10.96.0.10 (db) and 10.96.0.11 (web), node port 30080 and load balancer
# 198.51.100.10 (both db); what comes by the node port, or from the pod itself, leaves
# with the node's address.  Then the same in IPv6.
cat >kube.nft <<'END'
table ip kube-proxy {
	chain services {
		ip daddr 10.96.0.10 tcp dport 80 dnat to 10.244.1.3:8080
		ip daddr 10.96.0.11 tcp dport 80 ip saddr 10.244.1.2 meta mark set 0x4000
		ip daddr 10.96.0.11 tcp dport 80 dnat to 10.244.1.2:8080
		ip daddr 198.51.100.10 tcp dport 80 dnat to 10.244.1.3:8080
		ip daddr 172.16.0.1 tcp dport 30080 meta mark set 0x4000
		ip daddr 172.16.0.1 tcp dport 30080 dnat to 10.244.1.3:8080
	}
	chain prerouting {
		type nat hook prerouting priority dstnat;
		jump services
	}
	chain output {
		type nat hook output priority -100;
		jump services
	}
	chain postrouting {
		type nat hook postrouting priority srcnat;
		meta mark 0x4000 masquerade
	}
}
END
sed 's/^table ip /table ip6 /; s/ip daddr/ip6 daddr/; s/ip saddr/ip6 saddr/
	s/10\.96\.0\.1\([01]\)/fd96::1\1/; s/198\.51\.100\.10/2001:db8:ff::10/; s/172\.16\.0\.1/fd16::1/
	s/dnat to 10\.244\.1\.\(.\):8080/dnat to [fd00:1::\1]:8080/; s/10\.244\.1\.2/fd00:1::2/' \
	kube.nft >kube6.nft

# both POD ADDRESS4 ADDRESS6 PORT
both()
{
	reaches "$1" tcp "$2" "$4" && reaches "$1" tcp "$3" "$4"
}

# neither POD ADDRESS4 ADDRESS6 PORT
neither()
{
	! reaches "$1" tcp "$2" "$4" && ! reaches "$1" tcp "$3" "$4"
}

forwarding
routed web 10.244.1.2 fd00:1::2 && routed db 10.244.1.3 fd00:1::3 && routed job 10.244.1.4 fd00:1::4 &&
	routed out 192.0.2.9 2001:db8::9 && routed stranger 203.0.113.5 2001:db8:5::5 &&
	routed node2 172.16.0.2 fd16::2 && ip addr add 172.16.0.1/32 dev lo && ip addr add fd16::1/128 dev lo &&
	ip route add default via 192.0.2.9 dev out && ip -6 route add default via 2001:db8::9 dev out &&
	nft -f kube.nft && nft -f kube6.nft
serve db 8080
serve web 8080
for client in web job out stranger node2; do
	answers $client 10.244.1.3 8080 && answers $client fd00:1::3 8080
done
answers web 10.96.0.11 80 && answers web fd96::11 80 && both job 10.96.0.10 fd96::10 80 &&
	both stranger 172.16.0.1 fd16::1 30080 && both stranger 198.51.100.10 2001:db8:ff::10 80
verdict "a node with services"
listing >before
run 0 apply --settle 0 cluster.yaml
verdict "apply"
both web 10.96.0.10 fd96::10 80
verdict "by a service: the port is the pod's, the peer the pod, at either end"
neither job 10.96.0.10 fd96::10 80
verdict "by a service: another pod is denied"
neither web 10.96.0.10 fd96::10 8080
verdict "by a service: its address is no way around its port"
both out 198.51.100.10 2001:db8:ff::10 80
verdict "by a load balancer: an ipBlock matches the client"
neither stranger 198.51.100.10 2001:db8:ff::10 80
verdict "by a load balancer: another client is denied"
both out 172.16.0.1 fd16::1 30080
verdict "by a node port: the client is seen, masquerading comes later"
neither stranger 172.16.0.1 fd16::1 30080
verdict "by a node port: another client is denied"
both web 10.96.0.11 fd96::11 80
verdict "hairpin: a pod reaches itself through a service, whatever isolates it"
neither job 10.96.0.11 fd96::11 80
verdict "and nobody else reaches it so"
neither node2 10.244.1.3 fd00:1::3 8080
verdict "what another node has masqueraded has that node's address"
"$connect" tcp 10.96.0.10 80 && "$connect" tcp fd96::10 80 && "$connect" tcp 10.244.1.3 8080
verdict "the node itself reaches its pods, and by services"
run 0 apply --hook postrouting cluster.yaml && both web 10.96.0.10 fd96::10 80 &&
	neither job 10.96.0.10 fd96::10 80 && both out 172.16.0.1 fd16::1 30080 &&
	neither stranger 172.16.0.1 fd16::1 30080 && both web 10.96.0.11 fd96::11 80 &&
	both out 198.51.100.10 2001:db8:ff::10 80 && neither node2 10.244.1.3 fd00:1::3 8080
verdict "all of it at the other hook"
run 0 delete && listing >after && cmp -s before after
verdict "other tables are as they were"
done_testing
