#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# diff --live against the running kernel; in TAP.
#
# usage: diff.sh NETPOLC GENERATION
. "$(dirname "$0")/tap.sh"
generation=$(realpath "$2")
cd "$dir" || exit 1

cat >pods.yaml <<'END'
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
metadata: {name: api, namespace: shop, labels: {app: api}}
status: {podIPs: [{ip: 10.0.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
status: {podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}
END
cat >policy.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{ipBlock: {cidr: 192.0.2.0/24}}, {podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 6379}]
END
cat >deny.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
END
cat pods.yaml policy.yaml >good.yaml
cat good.yaml deny.yaml >more.yaml
sed 's/6379/6380/' good.yaml >ports.yaml

# lines LINE...: they stand in out
lines()
{
	for line; do
		grep -qxF -- "$line" out || return 1
	done
}

# heal: the loaded table becomes good.yaml again
heal()
{
	"$netpolc" apply --state-dir '' good.yaml && "$netpolc" diff --live good.yaml >out
}

run 1 diff --live good.yaml && lines 'table inet netpolc is not loaded'
verdict "no table"
"$netpolc" diff --live -o nft good.yaml >out 2>err
[ $? = 1 ] && nft -f out && run 0 diff --live good.yaml
verdict "-o nft loads where there was none"
same_tables run 0 diff --live good.yaml && lines 'table inet netpolc is what it should be'
verdict "what is loaded is what it should be, and nothing is changed"
run 0 diff --live -o nft good.yaml && [ ! -s out ]
verdict "-o nft is nothing where nothing differs"
run 0 diff --live -o json good.yaml && grep -q '"same": true' out
verdict "-o json where nothing differs"

same_tables run 1 diff --live more.yaml &&
	lines '  + shop/api (10.0.0.3) for ingress, by shop/deny' \
		'  + shop/web (fd00::1) for egress, by shop/deny' \
		'  ~ shop/db (10.0.0.2) for ingress, by shop/db, shop/deny' &&
	grep -q '^  + chain e-shop-[a-z0-9]*: egress of 3 pods: shop/deny$' out &&
	grep -q '^  - chain i-shop-[a-z0-9]*$' out &&
	grep -q '^  + 2 in isolated4 .*: shop/web (10.0.0.1), shop/api (10.0.0.3)$' out &&
	tail -n 1 out | grep -q '^table inet netpolc differs, [0-9]* operations: chain '
verdict "pods that become isolated, classes and sets"
"$netpolc" diff --live -o nft more.yaml >out 2>err
[ $? = 1 ] && nft -f out && run 0 diff --live more.yaml
verdict "-o nft makes it what it should be"
run 1 diff --live good.yaml && lines '  - every pod for egress in IPv4' \
	'  - shop/api (10.0.0.3) for ingress'
verdict "pods that are no longer isolated"
"$netpolc" diff --from more.yaml -o nft good.yaml >out 2>err
[ $? = 1 ] && nft -f out && run 0 diff --live good.yaml
verdict "-o nft between manifests makes the one ruleset of the other"
run 0 diff --from good.yaml -o nft good.yaml && [ ! -s out ]
verdict "-o nft between manifests that say the same"
run 1 diff --live ports.yaml &&
	grep -q '^  ~ chain i-shop-[a-z0-9]*: ingress of 1 pod: shop/db$' out && ! grep -q isolation out
verdict "a class with other rules"

nft delete element inet netpolc ingress4 '{ 10.0.0.2 }'
run 1 diff --live good.yaml && lines '  + shop/db (10.0.0.2) for ingress, by shop/db' && ! grep -q rules out
verdict "an element is gone"
heal && nft add element inet netpolc isolated4 '{ 10.9.9.9 }'
run 1 diff --live good.yaml && grep -q '^  - 1 in isolated4 .*: 10.9.9.9$' out
verdict "an element too many"
heal && nft flush chain inet netpolc denied
run 1 diff --live good.yaml && grep -q '^  ~ chain denied' out
verdict "a chain is empty"
heal && nft add rule inet netpolc denied accept
run 1 diff --live good.yaml && grep -q '^  ~ chain denied' out && lines 'table inet netpolc differs, 4 operations: chain denied has 2 rules instead of 1'
verdict "a rule too many"
heal && nft add chain inet netpolc theirs
run 1 diff --live good.yaml && lines '  - chain theirs'
verdict "a chain too many"
heal && nft add set inet netpolc theirs '{ type mark; }'
run 1 diff --live good.yaml && lines '  - set theirs'
verdict "a set too many"
run 1 diff --live -o json good.yaml && grep -q '"operation": "delete set"' out && grep -q '"name": "theirs"' out
verdict "-o json"
heal && nft flush ruleset
run 1 diff --live good.yaml && lines 'table inet netpolc is not loaded'
verdict "everything is gone"
heal && run 1 diff --live --color always more.yaml && grep -q "$(printf '\033')" out
verdict "color"

nft add table inet theirs
run 3 diff --live --table theirs good.yaml && [ ! -s out ] && grep -q '\[foreign-table\]' err
verdict "a table that is not ours"
run 3 diff --live missing.yaml && [ ! -s out ]
verdict "a missing file"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	setpriv --bounding-set -all --inh-caps -all "$netpolc" diff --live good.yaml >out 2>err
	[ $? = 3 ] && [ ! -s out ] && grep -q 'no privilege.*\[kernel\]' err
	verdict "no privilege"
fi

done_testing
