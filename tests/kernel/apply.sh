#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply and delete against the running kernel; in TAP.
#
# usage: apply.sh NETPOLC GENERATION
. "$(dirname "$0")/tap.sh"
generation=$(realpath "${2:?usage: apply.sh NETPOLC GENERATION}")
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
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    - ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}
    ports: [{port: 6379}, {port: 8000, endPort: 8010, protocol: UDP}]
END
cat pods.yaml policy.yaml >good.yaml
sed 's/6379/6380/' good.yaml >other.yaml
sed 's/port: 6379/port: 70000/' good.yaml >bad.yaml

run 0 apply good.yaml && [ ! -s out ] && [ ! -s err ] && nft list table inet netpolc >/dev/null
verdict "apply loads the table and says nothing"
listing >first
run 0 apply - <good.yaml
same_tables run 0 apply good.yaml
verdict "a second apply sends nothing"
same_tables run 0 apply -v good.yaml && grep -q 'table netpolc unchanged' err
verdict "and says so when asked"
# timed STAGE...: err has these of the table's, in this order
timed()
{
	[ "$(sed -n '1,/ ms  lower: /d; s/.* ms  \([^:]*\).*/\1/p' err | uniq | xargs)" = "$*" ]
}
run 0 apply -v other.yaml && timed look copy compare commit cache keep &&
	run 0 apply -v --dry-run good.yaml && timed look compare check
verdict "and what takes how long"
run 1 diff --live -v good.yaml && timed look compare connections drift && run 0 apply good.yaml
verdict "as diff --live does"
"$netpolc" compile good.yaml >good.nft && nft -f good.nft && listing >by_nft && cmp -s first by_nft
verdict "nft -f of what compile prints makes the same table"
same_tables run 0 apply good.yaml
verdict "and there is nothing left to apply then"

set=$(sed -n 's/^\tmap \(.*\) {/\1/p' first | head -n 1)
key=$(sed -n "/map $set {/,/}/s/.*elements = { \([^ ]*\).*/\1/p" first | head -n 1)
nft "delete element inet netpolc $set { $key }" 2>err && listing >damaged &&
	! cmp -s first damaged && run 0 apply -v good.yaml && grep -q "differs: set $set" err &&
	listing >restored && cmp -s first restored
verdict "an element deleted by hand is restored"
nft flush chain inet netpolc denied && run 0 apply good.yaml && listing >restored &&
	cmp -s first restored
verdict "a chain flushed by hand is restored"
nft add rule inet netpolc forward accept && run 0 apply good.yaml && listing >restored &&
	cmp -s first restored
verdict "a rule added by hand is removed"

same_tables run 0 apply --dry-run other.yaml && [ ! -s out ] && [ ! -s err ]
verdict "--dry-run changes nothing"
same_tables run 2 apply bad.yaml && grep -q '\[bad-port\]' err &&
	grep -q 'nothing was changed$' err
verdict "bad input changes nothing"
same_tables run 2 apply /dev/null && grep -q '\[no-input\]' err
verdict "no input changes nothing"
same_tables run 2 apply policy.yaml && grep -q '\[no-pods\]' err
verdict "policies without pods change nothing"
same_tables run 2 apply pods.yaml && grep -q '\[lost-policies\]' err
verdict "pods without policies change nothing"
same_tables run 2 apply --node nowhere good.yaml && grep -q '\[unknown-node\]' err
verdict "a node that nothing knows changes nothing"
same_tables run 2 apply --on-invalid isolate pods.yaml && grep -q '\[lost-policies\]' err
verdict "a run that isolates what is invalid refuses a lost input, too"
same_tables run 3 apply missing.yaml
verdict "a file that is missing changes nothing"
run 0 apply --on-invalid isolate bad.yaml && grep -q 'warning: .*\[bad-port\]' err &&
	nft list set inet netpolc isolated4 | grep -q 10.0.0.2 && ! nft list ruleset | grep -q 70000
verdict "--on-invalid isolate: what is invalid allows nothing, and isolates"
run 0 apply good.yaml
run 0 apply other.yaml && listing >second && ! cmp -s first second && grep -q 6380 second
verdict "other input replaces the table"
run 0 apply --allow-loss pods.yaml && listing >open && ! grep -q 10.0.0.2 open
verdict "--allow-loss lets policies go"
run 0 apply pods.yaml
verdict "nothing is lost where nothing was isolated"
# isolating NAME...: the pods $pods, a policy for each that is named
isolating()
{
	for pod in $pods; do
		printf '%s\n' --- 'apiVersion: v1' 'kind: Pod' \
			"metadata: {name: $pod, labels: {app: $pod}}" \
			"status: {podIP: $(printf '10.0.1.%d' "'$pod")}"
	done
	for pod; do
		printf '%s\n' --- 'apiVersion: networking.k8s.io/v1' 'kind: NetworkPolicy' \
			"metadata: {name: $pod}" \
			"spec: {podSelector: {matchLabels: {app: $pod}}}"
	done
}
pods='a b c'
isolating a b c >three.yaml
isolating a b >two.yaml
isolating a >one.yaml
pods=a
isolating a >gone.yaml
run 0 apply three.yaml && same_tables run 2 apply one.yaml && grep -q '\[lost-policies\]' err &&
	grep -q '2 of 3 ' err
verdict "opening more than half of the isolated pods is refused"
run 0 apply two.yaml && run 0 apply one.yaml
verdict "opening up to half of the isolated pods is not"
run 0 apply three.yaml && run 0 apply --allow-loss one.yaml
verdict "--allow-loss lets most of them open"
run 0 apply three.yaml && run 0 apply gone.yaml
verdict "pods that are gone do not count as open"
# kept STATUS INPUT: with addresses that cannot be read, the pod's own stay isolated
kept()
{
	same_tables run "$1" apply --on-invalid isolate "$2" &&
		grep -q 'pod shop/db is taken to have 2 isolated addresses ' err &&
		nft list map inet netpolc ingress4 | grep -q '10\.0\.0\.2 : goto i-contained-' &&
		nft list map inet netpolc egress6 | grep -q 'fd00::2 : goto e-contained-' &&
		nft list set inet netpolc isolated4 >isolated && ! grep -q '10\.0\.0\.1\b' isolated
}
sed 's/10\.0\.0\.2}/10.0.0.x}/; s/"fd00::2"/nonsense/' good.yaml >unread.yaml
cat good.yaml three.yaml >both.yaml
cat unread.yaml gone.yaml >half.yaml
run 0 apply --allow-loss both.yaml && run 0 apply --on-invalid isolate half.yaml && kept 0 half.yaml
verdict "--on-invalid isolate: addresses that may be those of a pod that cannot be read stay isolated"
grep -q '10\.0\.1\.97' isolated && ! grep -q '10\.0\.1\.9[89]' isolated
verdict "but not those of other namespaces"
run 0 diff --live --on-invalid isolate half.yaml && kept 0 half.yaml
verdict "diff --live knows that"
run 0 apply both.yaml && ! nft list ruleset | grep -q contained
verdict "until it can be read again"
sed 's/10\.0\.0\.[12]}/10.0.0.x}/; s/"fd00::[12]"/nonsense/' good.yaml >none.yaml
run 0 apply --allow-loss good.yaml && run 0 apply --on-invalid isolate none.yaml &&
	[ "$(grep -c ' is taken to have ' err)" = 1 ] && grep -q 'pod shop/db is taken to have 2 ' err
verdict "what one pod is taken to have, no other one is"
cat none.yaml - >node.yaml <<'END'
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.0.2}]}
END
run 0 apply --allow-loss good.yaml && run 0 apply --on-invalid isolate node.yaml &&
	! nft list map inet netpolc ingress4 | grep -q '10\.0\.0\.2\b' && nft list map inet netpolc ingress6 | grep -q 'fd00::2 : '
verdict "what is a Node's now, no pod is"

sed 's/10\.0\.1\./10.0.2./' three.yaml >elsewhere.yaml
{ printf '%s\n' 'apiVersion: v1' 'kind: Namespace' 'metadata: {name: elsewhere}'; cat elsewhere.yaml; } >moved.yaml
# lost: the namespace of three.yaml is not in elsewhere.yaml
lost()
{
	same_tables run 2 apply -n elsewhere elsewhere.yaml && grep -q '\[lost-policies\]' err &&
		grep -q "3 of 3 .* 'default' for one, have neither pods nor policies " err
}
run 0 apply --allow-loss three.yaml && lost
verdict "pods that are gone with all of their namespace are lost"
nft add table inet netpolc2 && lost && nft delete table inet netpolc2
verdict "also where the table has to be read"
nft delete chain inet netpolc state && same_tables run 2 apply --adopt -n elsewhere elsewhere.yaml &&
	grep -q '3 of 3 ' err && run 0 apply --adopt three.yaml
verdict "and where it is taken over"
run 0 apply -n elsewhere moved.yaml
verdict "but not with a namespace that is gone from those of the input"
# missed OPTION...: it is warned that the table which was applied is gone
missed()
{
	run 0 apply "$@" && grep -q 'warning: the table that isolated .* \[lost-policies\]$' err
}
unmissed()
{
	run 0 apply "$@" && ! grep -q 'lost-policies' err
}
run 0 apply --allow-loss three.yaml && nft flush ruleset && missed one.yaml &&
	grep -q ' 3 pod addresses is gone, and 1 will be isolated now; 2 of them are left open ' err
verdict "what another program removed is missed when policies follow that isolate less"
unmissed one.yaml
verdict "but once only"
run 0 apply three.yaml && nft flush ruleset && unmissed three.yaml
verdict "not when they isolate as much"
nft flush ruleset && unmissed --allow-loss one.yaml
verdict "nor with --allow-loss"
run 0 apply three.yaml && run 0 delete && unmissed one.yaml
verdict "nor what delete removed"
run 0 apply three.yaml && nft flush ruleset && run 0 delete && unmissed one.yaml
verdict "which forgets what was gone already, too"
run 0 apply --allow-loss pods.yaml
run 0 apply --allow-loss policy.yaml && grep -q 'warning: .*\[no-pods\]' err
verdict "--allow-loss makes a warning of missing pods"

run 0 apply good.yaml
nft 'table inet netpolc2 { chain c { }
}
table ip netpolc { chain forward { type filter hook forward priority 0; drop; }
}'
nft -s list table ip netpolc >neighbour
same_tables run 3 delete --table netpolc2 && grep -q '\[foreign-table\]' err
verdict "delete refuses a table that is not ours"
same_tables run 3 apply --table netpolc2 good.yaml && grep -q '\[foreign-table\]' err
verdict "apply refuses a table that is not ours"
same_tables run 3 apply --dry-run --table netpolc2 good.yaml
verdict "so does --dry-run"
run 0 apply --adopt --table netpolc2 good.yaml && ! nft list chain inet netpolc2 c 2>/dev/null
verdict "--adopt takes it over"
run 0 delete --table netpolc2 && ! nft list table inet netpolc2 2>/dev/null
verdict "delete removes it then"
nft list table inet netpolc >/dev/null && nft -s list table ip netpolc | cmp -s - neighbour
verdict "and nothing else"
run 0 delete && run 0 delete && [ ! -s out ] && [ ! -s err ]
verdict "deleting what is absent is done already"
nft delete table ip netpolc

# A table that a running program owns cannot be changed by another.
mkfifo commands
nft -i <commands >owner.log 2>&1 &
owner=$!
exec 3>commands
cat >&3 <<'END'
add table inet netpolc { flags owner; }
add chain inet netpolc state
add chain inet netpolc forward { type filter hook forward priority 0; policy drop; }
add rule inet netpolc state return comment "netpolc 0"
END
for _ in 1 2 3 4 5 6 7 8 9 10; do
	nft list chain inet netpolc state 2>/dev/null | grep -q return && break
	sleep 0.2
done
listing >owned
same_tables run 3 apply good.yaml && grep -q 'the table belongs to a process' err && listing | cmp -s - owned
verdict "a refusal by the kernel leaves the old table in force"
same_tables run 3 delete && listing | cmp -s - owned
verdict "and so does a refused delete"
echo quit >&3
exec 3>&-
wait $owner

if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	chmod 644 ./*.yaml
	cp "$netpolc" unprivileged && chmod 755 unprivileged
	setpriv --reuid 65534 --regid 65534 --clear-groups ./unprivileged apply --state-dir "" good.yaml >out 2>err
	[ $? = 3 ] && [ "$(grep -c ': *error:\|^error:\|error: ' err)" = 1 ] && grep -q 'no privilege' err
	verdict "without privilege one line says so"
fi

done_testing
