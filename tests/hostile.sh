#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What somebody who may write manifests can make netpolc cost: inputs of at most
# some megabytes, each aimed at one thing that could grow with the square of its
# size, or without bound.  All are answered within 100 MB and ten seconds of
# processor time, which is a hundred times what they take; in TAP.
#
# usage: hostile.sh NETPOLC
netpolc=$(realpath "${1:?usage: hostile.sh NETPOLC}") || exit 2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
count=0
policy='apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: a, name: web}\n'
pod='apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n'

# run STATUS WHAT COMMAND [OPTION...]: a command on the file `in` ends with STATUS
run()
{
	want=$1 what=$2
	shift 2
	(
		ulimit -v 100000
		ulimit -t 10
		exec "$netpolc" "$@" in >out 2>err
	)
	got=$?
	count=$((count + 1))
	[ $got = "$want" ] || printf 'not '
	echo "ok $count - $what"
	[ $got = "$want" ] || { echo "# exit $got"; head -c 300 err | sed 's/^/# /'; }
}

# attack STATUS WHAT [OPTION...]: compiling and checking the file ends with STATUS, and
# so does its report, unless report is set
report=
attack()
{
	status=$1 attack=$2
	shift 2
	run "$status" "$attack" compile "$@"
	run "${report:-$status}" "$attack, as a report" matrix -o html "$@"
	run "$status" "$attack, checked" check "$@"
}

# repeat N TEXT: TEXT N times, each @ in it replaced by a number from 1 on
repeat()
{
	awk -v n="$1" -v text="$2" 'BEGIN {
		parts = split(text, part, "@")
		for (i = 1; i <= n; i++) {
			for (j = 1; j < parts; j++)
				printf "%s%d", part[j], i
			printf "%s", part[parts]
		}
	}'
}

# addresses N FORMAT: N addresses
addresses()
{
	awk -v n="$1" -v format="$2" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf format, "10." int(i / 65536) "." int(i / 256) % 256 "." i % 256
	}'
}

# pods N LABELS [SPEC]: N pods of a namespace, with an address each; @ is the number
pods()
{
	awk -v n="$1" -v labels="$2" -v spec="$3" 'BEGIN {
		for (i = 1; i <= n; i++) {
			l = labels
			s = spec
			gsub("@", i, l)
			gsub("@", i, s)
			printf "---\n{apiVersion: v1, kind: Pod, metadata: {namespace: a, "
			printf "name: p%d, labels: {%s}}, spec: {%s}, ", i, l, s
			printf "status: {podIP: 10.%d.%d.%d}}\n", i / 65536, i / 256 % 256, i % 256
		}
	}'
}

# policies N SPEC: N policies of the namespace; @ is the number
policies()
{
	repeat "$1" "---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {namespace: a, name: p@}, spec: {$2}}
"
}

{
	printf '%bstatus:\n  podIPs:\n' "$pod"
	addresses 20000 '  - ip: %s\n'
} >in
attack 2 "a pod with many addresses"

for name in a b; do
	printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: %s}\n' $name
	printf 'status:\n  podIPs:\n'
	addresses 10000 '  - ip: %s\n'
done >in
attack 0 "pods that share many addresses" --on-invalid isolate

{
	printf '%bspec:\n  policyTypes: [' "$policy"
	repeat 60000 'x,'
	echo ']'
} >in
attack 2 "faults that differ by their column alone"

{
	printf '%bspec:\n  policyTypes:\n  - &x x\n' "$policy"
	repeat 60000 '  - *x\n'
} >in
attack 2 "faults that differ by their path alone"

{
	printf 'apiVersion: v1\nkind: List\nitems:\n'
	printf -- '- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, labels: &x {a: "!"}}\n'
	repeat 60000 '- {apiVersion: v1, kind: Pod, metadata: {name: a@, labels: *x}}\n'
} >in
attack 2 "faults that differ by their object alone"

repeat 200000 'k@: 1\n' >in
attack 2 "an object of many fields without a kind"

{
	printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "'
	repeat 300000 '@'
	printf '"\n  labels:\n'
	repeat 20000 '    k@: "!"\n'
} >in
attack 2 "a long name, and many faults of its object"

{
	printf 'apiVersion: v1\nkind: List\nitems:\n'
	printf -- '- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: a\n'
	printf '    labels:\n      ? &k "'
	repeat 300000 '@'
	printf '"\n      : a\n'
	repeat 30 '- {apiVersion: v1, kind: Pod, metadata: {name: a@, labels: {*k : a}}}\n'
} >in
attack 2 "a long key in many paths"

repeat 250000 '---\napiVersion: v1\nkind: K@\n' >in
attack 0 "very many kinds that are not used"

{
	printf '%bspec:\n  policyTypes:\n' "$policy"
	repeat 50000 '  - @\n'
} >in
attack 2 "a policy with a fault on each of very many lines"

{
	printf 'apiVersion: v1\nkind: List\nitems: [\n'
	for line in 1 2 3 4 5 6 7 8 9 10; do
		repeat 1000 '{},'
		echo
	done
	echo ']'
} >in
attack 2 "very many objects on one line"

{
	printf '%bspec:\n  ingress: [' "$policy"
	repeat 150000 '-,'
	echo ']'
} >in
attack 2 "very many faults of an object"

repeat 400000 '---\nkind: [1]\n' >in
attack 2 "very many objects with a fault each"

{
	printf 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  labels: '
	repeat 100 '{<<: '
	printf '{'
	repeat 40000 'k@: x, '
	printf '}'
	repeat 100 '}'
} >in
attack 0 "merges within merges"

{
	printf 'apiVersion: v1\nkind: List\nitems:\n'
	printf -- '- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: a\n    annotations:\n'
	printf '      net.beta.kubernetes.io/network-policy: &a "['
	repeat 800000 '0,'
	printf '0]"\n'
	repeat 20000 '- {apiVersion: v1, kind: Namespace, metadata: {name: a@,
		annotations: {net.beta.kubernetes.io/network-policy: *a}}}\n'
} >in
attack 2 "a long text and very many aliases of it"

{
	pods 10000 ''
	policies 8000 'podSelector: {}'
} >in
attack 0 "very many policies that select the same pods"

{
	pods 20000 'key: value@'
	printf '%bspec: {podSelector: {matchExpressions: [{key: key, operator: In, values: [' \
		"---\n$policy"
	repeat 20000 'value@, '
	echo ']}]}}'
} >in
attack 0 "a selector of very many values"

{
	pods 10000 ''
	printf '%bspec: {podSelector: {matchExpressions: [' "---\n$policy"
	repeat 10000 '{key: k@, operator: DoesNotExist}, '
	echo ']}}'
} >in
attack 0 "a selector of very many requirements"

{
	repeat 20000 '---\n{apiVersion: v1, kind: Namespace, metadata: {name: n@, labels: {l: x}}}\n'
	pods 1 ''
	policies 2500 "podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [
		{key: k@, operator: DoesNotExist}, {key: l, operator: NotIn, values: [
		$(repeat 500 'v@, ')]}]}}]}]"
} >in
attack 0 "very many namespaces, and selectors of them"

{
	awk 'BEGIN {
		for (i = 1; i <= 10000; i++) {
			printf "---\n{apiVersion: v1, kind: Namespace, metadata: {name: n%05d, ", i
			printf "labels: {odd: \"%d\"}}}\n", i % 2
			printf "---\n{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: "
			printf "n%05d, labels: {key: v%d}}}\n", i, i
		}
	}'
	printf '%bspec: {podSelector: {}, ingress: [{from: [{namespaceSelector: ' "---\n$policy"
	printf '{matchLabels: {odd: "1"}}, podSelector: {matchExpressions: ['
	printf '{key: key, operator: In, values: ['
	repeat 10000 'v@, '
	echo ']}]}}]}]}'
} >in
# More namespaces than a matrix has room for.
report=2
attack 0 "values without end in every other namespace"
report=

{
	pods 1 ''
	policies 4000 "podSelector: {}, ingress: [{from: [
		{ipBlock: {cidr: '::/0', except: ['fd00::@:0/128']}}]}]"
} >in
attack 0 "very many blocks that leave out one address each"
count=$((count + 1))
grep -q '\[unexamined\]$' out || printf 'not '
echo "ok $count - check says what it has not looked at"

{
	pods 5000 '' 'containers: [{ports: [{name: http, containerPort: 80}]}]'
	policies 5000 'podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 11.0.0.1/32}}], ports: [{port: http}]}]'
} >in
attack 0 "a named port in very many policies"

{
	pods 1 ''
	printf '%bspec: {podSelector: {}, ingress: [' "---\n$policy"
	repeat 6000 '{ports: [{port: @0}]}, {ports: [{port: @2}]}, '
	echo ']}'
} >in
attack 0 "very many rules with a port each"

{
	pods 1 ''
	policies 4000 'podSelector: {}, ingress: [{from: [{podSelector: {matchExpressions: [
		{key: k@, operator: DoesNotExist}]}}], ports: [{port: @0}]}]'
} >in
attack 0 "very many peers with a port each, one pod in all of them"

{
	pods 1000 'k@: x'
	repeat 1000 '---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: a,
 name: one-of-many-policies-that-select-whatever-there-is-in-the-namespace-@}, spec: {}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: a,
 name: q@}, spec: {podSelector: {matchLabels: {k@: x}}}}
'
} >in
attack 0 "every pod alone in a class, and very many policies that select all"

{
	pods 1 '' "containers: [{ports: [$(repeat 3000 '{name: a, containerPort: @0}, ')]}]"
	printf '%bspec: {podSelector: {}, ingress: [{ports: [' "---\n$policy"
	repeat 3000 '{port: a}, '
	echo ']}]}'
} >in
attack 0 "a port name that stands for very many numbers, asked for as often"

{
	pods 10 ''
	printf '%bspec: {podSelector: {}, ingress: [' "---\n$policy"
	repeat 6000 '{ports: [{port: @0}]}, '
	echo '{ports: [{port: 1, endPort: 65535}]}]}'
} >in
attack 0 "very many rules that another one shadows"

{
	pods 10 ''
	printf '%bspec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [' \
		"---\n$policy"
	addresses 30000 '%s/32, '
	echo ']}}]}]}'
} >in
attack 0 "very many entries of except"

{
	pods 3000 'app: web'
	policies 1 'podSelector: {}'
	repeat 8000 '---
{apiVersion: v1, kind: Service, metadata: {namespace: a, name: s@},
 spec: {selector: {app: web}, ports: [{port: 80}]}}
'
} >in
attack 0 "very many Services of the same pods"

echo "1..$count"
