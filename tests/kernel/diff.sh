#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# diff --live against the running kernel; in TAP.
#
# usage: diff.sh NETPOLC GENERATION
. "$(dirname "$0")/tap.sh"
generation=$(realpath "${2:?usage: diff.sh NETPOLC GENERATION}")
cd "$dir" || exit 1

# live STATUS OPTION...: diff --live, which knows of no apply unless that kept something
live()
{
	want=$1
	shift
	run "$want" diff --live "$@"
}

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
	"$netpolc" apply --state-dir '' good.yaml && live 0 good.yaml
}

live 1 good.yaml && grep -q 'closed; .*; table inet netpolc is not loaded: [0-9]* chains, ' out
verdict "no table"
"$netpolc" diff --live -o nft good.yaml >out 2>err
[ $? = 1 ] && nft -f out && live 0 good.yaml
verdict "-o nft loads where there was none"
same_tables live 0 good.yaml && lines 'table inet netpolc is what it should be'
verdict "what is loaded is what it should be, and nothing is changed"
live 0 -o nft good.yaml && [ ! -s out ]
verdict "-o nft is nothing where nothing differs"
live 0 -o json good.yaml && grep -q '"same": true' out
verdict "-o json where nothing differs"

same_tables live 1 more.yaml &&
	lines '  + shop/api (10.0.0.3) for ingress, by shop/deny' \
		'  + shop/web (fd00::1) for egress, by shop/deny' \
		'  ~ shop/db (10.0.0.2) for ingress, by shop/db, shop/deny' &&
	grep -q '^  + chain e-shop-[a-z0-9]*: egress of 3 pods: shop/deny$' out &&
	grep -q '^  - chain i-shop-[a-z0-9]*$' out &&
	grep -q '^  + 2 in isolated4 .*: shop/web (10.0.0.1), shop/api (10.0.0.3)$' out &&
	tail -n 1 out | grep -q '^table inet netpolc differs, [0-9]* operations: chain '
verdict "pods that become isolated, classes and sets"
"$netpolc" diff --live -o nft more.yaml >out 2>err
[ $? = 1 ] && nft -f out && live 0 more.yaml
verdict "-o nft makes it what it should be"
live 1 good.yaml && lines '  - every pod for egress in IPv4' \
	'  - shop/api (10.0.0.3) for ingress'
verdict "pods that are no longer isolated"
"$netpolc" diff --from more.yaml -o nft good.yaml >out 2>err
[ $? = 1 ] && nft -f out && live 0 good.yaml
verdict "-o nft between manifests makes the one ruleset of the other"
run 0 diff --from good.yaml -o nft good.yaml && [ ! -s out ]
verdict "-o nft between manifests that say the same"
live 1 ports.yaml &&
	grep -q '^  ~ chain i-shop-[a-z0-9]*: ingress of 1 pod: shop/db$' out && ! grep -q isolation out
verdict "a class with other rules"

nft delete element inet netpolc ingress4 '{ 10.0.0.2 }'
live 1 good.yaml && lines '  + shop/db (10.0.0.2) for ingress, by shop/db' && ! grep -q rules out
verdict "an element is gone"
heal && nft add element inet netpolc isolated4 '{ 10.9.9.9 }'
live 1 good.yaml && grep -q '^  - 1 in isolated4 .*: 10.9.9.9$' out
verdict "an element too many"
heal && nft flush chain inet netpolc denied
live 1 good.yaml && grep -q '^  ~ chain denied' out
verdict "a chain is empty"
heal && nft add rule inet netpolc denied accept
live 1 good.yaml && grep -q '^  ~ chain denied' out && grep -q '^table inet netpolc differs, 4 operations: chain denied has 2 rules instead of 1; ' out
verdict "a rule too many"
heal && nft add chain inet netpolc theirs
live 1 good.yaml && lines '  - chain theirs'
verdict "a chain too many"
heal && nft add set inet netpolc theirs '{ type mark; }'
live 1 good.yaml && lines '  - set theirs'
verdict "a set too many"
live 1 -o json good.yaml && grep -q '"operation": "delete set"' out && grep -q '"name": "theirs"' out
verdict "-o json"
heal && nft flush ruleset
live 1 good.yaml && grep -q 'closed; .*; table inet netpolc is not loaded: [0-9]* chains, ' out
verdict "everything is gone"
heal && live 1 --color always more.yaml && grep -q "$(printf '\033')" out
verdict "color"

# ---- what was applied is known ----

# applies FILE [OPTION...]: and what it was made of is kept
applies()
{
	netpolc apply --allow-loss "$@"
}

# summary LINE: the last line of out, before what it says of the table
summary()
{
	tail -n 1 out | grep -qF -- "$1; table inet netpolc "
}

applies good.yaml && live 1 more.yaml &&
	lines 'closed for egress: isolated by' '    NetworkPolicy shop/deny (more.yaml:29)' \
		'  - from shop/web to shop/db: tcp 6379' && ! grep -q 'isolation\|rules\|sets' out &&
	summary 'pairs of pods: 0 opened, 5 closed; pods and outside: 0 opened, 3 closed; by shop/deny'
verdict "connections that would be closed"
applies more.yaml && live 1 good.yaml && lines '  + from shop/web to shop/db: tcp 6379' &&
	grep -q '^    NetworkPolicy shop/deny (.*/state/netpolc.json:[0-9]*)$' out &&
	summary 'pairs of pods: 5 opened, 0 closed; pods and outside: 3 opened, 0 closed; by shop/deny'
verdict "and opened, by policies that are in force"
applies good.yaml && sed '/^kind: NetworkPolicy/,$s/name: db,/name: other,/' good.yaml >renamed.yaml &&
	live 1 renamed.yaml && summary 'no connection is opened or closed' && [ "$(wc -l <out)" = 1 ]
verdict "policies that are written otherwise change no connection"
live 1 -o json more.yaml &&
	python3 -c 'import json, sys
d = json.load(open("out"))
c = d["connections"]
sys.exit(d["drift"]["difference"] is not None or d["connectionsUnknown"] is not None or c["same"]
	or c["summary"]["podPairsClosed"] != 5 or c["changes"][0]["policies"][0]["name"] != "deny")'
verdict "-o json has them"
live 0 -o json good.yaml && grep -q '"connections": null' out &&
	python3 -c 'import json, sys; sys.exit(json.load(open("out"))["drift"]["difference"] is not None)'
verdict "but not where nothing differs"

nft delete element inet netpolc ingress4 '{ 10.0.0.2 }'
live 1 good.yaml && lines '  + shop/db (10.0.0.2) for ingress, by shop/db' \
	'table inet netpolc is not what was applied: set ingress4 has 0 elements instead of 1' &&
	summary 'against what was applied: no connection is opened or closed'
verdict "what others did to the table stands apart"
live 1 more.yaml && lines '  - from shop/web to shop/db: tcp 6379' \
	'  + shop/db (10.0.0.2) for ingress, by shop/db' && ! grep -q 'for egress, by' out
verdict "from what would be done to it"
live 1 -o json more.yaml && python3 -c 'import json, sys
d = json.load(open("out"))["drift"]
op = d["transactions"][0][0]
sys.exit(d["replace"] or not d["difference"].startswith("set ingress4 has 0") or len(d["transactions"]) != 1
	or op["operation"] != "add element" or op["pods"] != ["shop/db"])'
verdict "-o json tells both, too"
live 1 --deny reject good.yaml && lines '  + shop/db (10.0.0.2) for ingress, by shop/db' &&
	grep -q '^  ~ chain' out && summary 'no connection is opened or closed'
verdict "with other options for the ruleset everything is told that would be done"
live 1 --family 4 good.yaml &&
	tail -n 1 out | grep -q "is not known: '.*/state/netpolc.json': .* other options$"
verdict "with others for manifests nothing is known"
live 1 --mode audit good.yaml &&
	lines '  + from shop/web and outside (192.0.2.0/24) to shop/db: everything but tcp 6379' &&
	summary 'pairs of pods: 2 opened, 0 closed; pods and outside: 1 opened, 0 closed; by shop/db'
verdict "to audit is to let everything pass"
applies --mode audit good.yaml && live 1 good.yaml &&
	summary 'pairs of pods: 0 opened, 2 closed; pods and outside: 0 opened, 1 closed; by shop/db'
verdict "and what audits denies nothing"
live 1 --mode audit more.yaml && summary 'no connection is opened or closed' && live 0 --mode audit good.yaml
verdict "whatever it audits"
applies good.yaml
nft 'add table inet netpolc { flags dormant; }'
live 1 good.yaml && lines '  - from shop/web and outside (192.0.2.0/24) to shop/db: everything but tcp 6379' &&
	summary 'pairs of pods: 0 opened, 2 closed; pods and outside: 0 opened, 1 closed; by shop/db'
verdict "a dormant table denies nothing"
applies good.yaml && sed 's/digest [0-9a-f]/digest x/' state/netpolc.json >text && cat text >state/netpolc.json &&
	live 1 more.yaml && tail -n 1 out | grep -q "'.*/state/netpolc.json': it holds another ruleset$"
verdict "objects of another ruleset"
rm state/netpolc.json && applies good.yaml && head -n 3 state/netpolc.json >text &&
	cat text >state/netpolc.json && live 1 more.yaml && [ ! -s err ] &&
	tail -n 1 out | grep -q "'.*/state/netpolc.json': it cannot be read$"
verdict "objects that are cut off"
rm state/netpolc.json && applies good.yaml && chmod 666 state/netpolc.json && live 1 more.yaml &&
	tail -n 1 out | grep -q "is not known: '.*/state/netpolc.json': " && chmod 600 state/netpolc.json
verdict "objects that others may have written"
applies good.yaml && nft flush chain inet netpolc state && live 1 good.yaml &&
	tail -n 1 out | grep -q "'.*/state/netpolc.json': the table does not say what was applied$" && heal
verdict "a table that does not say what was applied"

applies more.yaml && live 1 pods.yaml &&
	grep -q '^netpolc: warning: no NetworkPolicy in the input, .* 5 pod addresses; apply refuses that without --allow-loss \[lost-policies\]$' err
verdict "what apply would refuse"
live 1 good.yaml && grep -q 'warning: 5 of 5 isolated pod addresses would be open at once; apply refuses that' err &&
	live 0 more.yaml && [ ! -s err ]
verdict "and only that"

applies good.yaml
sed '/name: db,/s/labels: {app: db}/labels: [db]/' good.yaml >broken.yaml
applies -q --on-invalid isolate broken.yaml && live 1 good.yaml && ! grep -q wrong-type err &&
	lines '  + from shop/web and outside (192.0.2.0/24) to shop/db: tcp 6379' \
		'opened for egress: no longer isolated as an invalid pod, or by an annotation of its namespace'
verdict "what was contained when it was applied is known as such"

nft add table inet theirs
live 3 --table theirs good.yaml && [ ! -s out ] && grep -q '\[foreign-table\]' err
verdict "a table that is not ours"
live 3 missing.yaml && [ ! -s out ]
verdict "a missing file"
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	setpriv --bounding-set -all --inh-caps -all "$netpolc" diff --live good.yaml >out 2>err
	[ $? = 3 ] && [ ! -s out ] && grep -q 'no privilege.*\[kernel\]' err
	verdict "no privilege"
fi

done_testing
