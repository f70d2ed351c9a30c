#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# netpolc beside others that filter and translate: what one denies nobody else lets
# pass, and their tables are theirs; in TAP.
#
# usage: interplay.sh NETPOLC CONNECT
here=$(realpath "$(dirname "$0")")
. "$here/tap.sh"
connect=$(realpath "$2")
cd "$dir" || exit 1
. "$here/node.sh"

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
    ports: [{port: 8080}]
END

# A service as kube-proxy writes it, and a filter that lets only pods connect.
cat >others.nft <<'END'
table ip kube-proxy {
	chain prerouting {
		type nat hook prerouting priority dstnat;
		ip daddr 10.96.0.10 tcp dport 80 dnat to 10.244.1.3:8080
	}
	chain postrouting {
		type nat hook postrouting priority srcnat;
		meta mark 0x4000 masquerade
	}
}
table inet filter {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		ip saddr 10.244.1.0/24 accept
		ip6 saddr fd00:1::/64 accept
		icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
	}
}
END

# What is written at each reload: the table goes, and comes again, all at once.
cat >firewalld.nft <<'END'
add table inet firewalld
delete table inet firewalld
table inet firewalld {
	set trusted {
		type ipv4_addr; flags interval
		elements = { 10.244.0.0/16 }
	}
	chain prerouting {
		type filter hook prerouting priority mangle + 10; policy accept;
		icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
	}
	chain forward {
		type filter hook forward priority filter + 10; policy accept;
		ct state { established, related } accept
		ip saddr @trusted accept
	}
}
END

# others: their tables, without counts
others()
{
	nft -s list table ip kube-proxy && nft -s list table inet filter &&
		nft -s list table inet firewalld
}

# hold: what policy says is so
hold()
{
	reaches web tcp 10.244.1.3 8080 && reaches web tcp fd00:1::3 8080 &&
		reaches web tcp 10.96.0.10 80 && ! reaches job tcp 10.244.1.3 8080 &&
		! reaches job tcp fd00:1::3 8080 && ! reaches job tcp 10.96.0.10 80
}

forwarding
routed web 10.244.1.2 fd00:1::2 && routed db 10.244.1.3 fd00:1::3 && routed job 10.244.1.4 fd00:1::4 &&
	routed out 192.0.2.9 2001:db8::9 && ip route add default via 192.0.2.9 dev out
serve db 8080
serve job 8080
answers web 10.244.1.3 8080 && answers web fd00:1::3 8080 && answers out 10.244.1.3 8080 &&
	answers job 10.244.1.3 8080 && answers job fd00:1::3 8080 &&
	nft -f others.nft && nft -f firewalld.nft && reaches job tcp 10.96.0.10 80
verdict "a node with a service, a filter and a firewall"
others >before
! reaches out tcp 10.244.1.3 8080
verdict "the filter denies before there is policy"

run 0 apply --settle 0 cluster.yaml && hold
verdict "policies hold beside them"
! reaches out tcp 10.244.1.3 8080
verdict "what policy allows and the filter denies is denied"
! reaches out tcp 10.244.1.4 8080
verdict "what no policy is about, too"
others >after && cmp -s before after
verdict "the others' tables are as they were"

nft -f firewalld.nft && hold && run 0 status && grep -q 'drift *none' out &&
	run 0 apply -v cluster.yaml && hold
verdict "a firewall that is loaded anew is no drift"
nft -f firewalld.nft && run 0 diff --live cluster.yaml
verdict "and no difference"

# While it is loaded over and over, policy goes back and forth.
(for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do nft -f firewalld.nft; done) &
reloads=$!
sed 's/port: 8080/port: 9090/' cluster.yaml >moved.yaml
for _ in 1 2 3 4 5; do
	run 0 apply moved.yaml && run 0 apply cluster.yaml || break
done && wait $reloads && hold
verdict "applying while a firewall is loaded"
others >after && cmp -s before after && run 0 status && grep -q 'drift *none' out
verdict "leaves both as they should be"

run 0 delete && others >after && cmp -s before after && ! nft list table inet netpolc >out 2>&1 &&
	reaches job tcp 10.96.0.10 80 && ! reaches out tcp 10.244.1.3 8080
verdict "without netpolc, all is as before"
done_testing
