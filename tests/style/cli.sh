#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The command line keeps its contract: exit statuses, what goes to which stream,
# and what happens when a stream cannot be written; in TAP.
#
# usage: cli.sh NETPOLC
netpolc=$(realpath "${1:?usage: cli.sh NETPOLC}")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
unset NO_COLOR
n=0
failed=0

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] && ok=ok || { ok='not ok'; failed=1; }
	n=$((n + 1))
	echo "$ok $n - $1"
	[ "$ok" = ok ] || sed 's/^/# /' out err
}

# run STATUS OPTION...: netpolc exits with STATUS; out and err hold what it said
run()
{
	want=$1
	shift
	"$netpolc" "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || { echo "status $got instead of $want" >>err; return 1; }
}

one_line()
{
	[ "$(wc -l <"$1")" = 1 ]
}

cat >pods.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
status: {podIP: 10.0.0.1}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
status: {podIP: 10.0.0.2}
END
cat >policy.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 6379}]
END
cat pods.yaml policy.yaml >good.yaml
sed 's/port: 6379/port: 70000/; s/podSelector: {matchLabels: {app: db}}/podselector: {}/' \
	good.yaml >bad.yaml
printf 'shop/web\tshop/db\tTCP\t6379\nshop/web\tshop/db\tTCP\t80\n' >probes.tsv
printf 'shop/web\tnobody\tTCP\t6379\nshop/web\tshop/db\tTCP\t80\n' >bad.tsv

for command in $("$netpolc" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	run 0 $command --help && [ -s out ] && [ ! -s err ] && grep -q "^usage: netpolc $command " out
	verdict "$command --help is written to stdout"
	grep -A 1 '^example:$' out | grep -q "netpolc $command" &&
		! sed '/^example:$/,$d' out | grep -q '.\{81\}'
	verdict "$command --help has an example, and is not wider than a screen"
	"$netpolc" $command --help >/dev/full 2>err
	[ $? = 3 ] && one_line err
	verdict "$command --help that cannot be written is the system's fault"
	run 2 $command --bogus && [ ! -s out ] && one_line err &&
		grep -q "unknown option '--bogus'.*netpolc $command --help" err
	verdict "$command names an unknown option"
	run 2 $command --max-errors && [ ! -s out ] && one_line err &&
		grep -q "'--max-errors' needs an argument" err
	verdict "$command names a missing argument"
	run 2 $command --diagnostics xml && [ ! -s out ] && one_line err && grep -q "'xml'" err
	verdict "$command names a value that is refused"
done
for command in query test matrix; do
	run 0 $command --help && tr -s ' \n' ' ' <out |
		grep -q 'NAMESPACE/POD, NAMESPACE/KIND/NAME, NAMESPACE/svc/NAME'
	verdict "$command --help says how ends are named"
done

run 0 --help && [ ! -s err ]
verdict "--help"
run 0 --version && grep -qx 'netpolc [0-9.]*' out
verdict "--version"
run 2 && one_line err && [ ! -s out ]
verdict "no command"

run 0 compile good.yaml && [ -s out ] && [ ! -s err ]
verdict "compile: good input"
run 0 compile <good.yaml && [ -s out ]
verdict "compile: standard input when nothing is named"
"$netpolc" compile good.yaml >named 2>err
cmp -s named out
verdict "compile: the same text wherever it comes from"
run 2 compile bad.yaml && [ ! -s out ] && grep -q '^bad.yaml:[0-9]*:[0-9]*: error: .*\[bad-port\]$' err &&
	grep -q '\[unknown-field\]$' err && tail -n 1 err | grep -q '^[0-9]* errors.*; nothing was written$'
verdict "compile: bad input, all errors, nothing written"
run 2 compile good.yaml bad.yaml && [ ! -s out ]
verdict "compile: good input beside bad"
run 2 compile </dev/null && grep -q '\[no-input\]' err
verdict "compile: no object at all"
"$netpolc" compile <&- >out 2>err
[ $? = 2 ] && grep -q '\[no-input\]' err
verdict "compile: a closed standard input is an empty one"
run 3 compile missing.yaml && [ ! -s out ] && grep -q "missing.yaml.*\[unreadable\]" err
verdict "compile: a missing file"
run 0 compile policy.yaml && grep -q 'warning: .*\[no-pods\]' err
verdict "compile: policies without pods are a warning"
run 2 compile --node nowhere good.yaml && grep -q '\[unknown-node\]' err
verdict "compile: a node that nothing knows"
"$netpolc" compile good.yaml >&- 2>err
[ $? = 3 ] && grep -q '\[output\]' err
verdict "compile: a closed stdout"
"$netpolc" compile good.yaml >/dev/full 2>err
[ $? = 3 ] && grep -q 'No space left.*\[output\]' err
verdict "compile: a full stdout"
(sleep 0.2; "$netpolc" compile good.yaml 2>err; echo $? >status) | true
sleep 0.1
[ "$(cat status)" = 3 ] && grep -q '\[output\]' err
verdict "compile: a pipe that nobody reads"
missing=0
for option in '-o json' --dump=objects --dump=decisions --dump=ruleset; do
	run 0 compile $option good.yaml && [ -s out ] || missing=1
done
[ $missing = 0 ]
verdict "compile: every form of output"
escape=$(printf '\033')
cp good.yaml "$escape[2J.yaml"
run 0 compile --dump=objects "$escape[2J.yaml" && grep -qF '\x1b[2J.yaml:' out &&
	! grep -q "$escape" out
verdict "compile: the name of a file is shown, not obeyed"

if command -v script >/dev/null; then
	script -qec "'$netpolc' compile" /dev/null >out 2>err </dev/null
	[ $? = 2 ] && grep -q 'no INPUT' out
	verdict "compile: a terminal is not read"
	script -qec "stty cols 60; '$netpolc' check --help" /dev/null >out 2>err </dev/null
	tr -d '\r' <out | grep -q '^          form of the findings (default: text)$' &&
		! tr -d '\r' <out | grep -q '.\{61\}'
	verdict "help fits a narrow terminal"
	slowly="(cat pods.yaml; sleep 2; cat policy.yaml)"
	TERM=xterm script -qec "$slowly | '$netpolc' check" /dev/null >out 2>err </dev/null
	grep -q "$(printf '\rnetpolc: reading manifests, 1 s\033\[K')" out &&
		grep -q "$(printf '\r\033\[K')[^n]" out
	verdict "who waits at a terminal is told for what"
	TERM=xterm script -qec "$slowly | '$netpolc' check 2>err" /dev/null >out </dev/null
	! grep -q 'reading' out && [ ! -s err ]
	verdict "nobody waits at a file"
	script -qec "'$netpolc' compile bad.yaml" /dev/null >out 2>err </dev/null
	grep -q "$(printf '\033')" out
	verdict "diagnostics have color on a terminal"
	NO_COLOR=1 script -qec "'$netpolc' compile bad.yaml" /dev/null >out 2>err </dev/null
	! grep -q "$(printf '\033')" out
	verdict "NO_COLOR is honoured"
else
	n=$((n + 1))
	[ -z "$NETPOLC_NO_SKIP" ] || { failed=1; printf 'not '; }
	echo "ok $n - a terminal # SKIP no script(1)"
fi
run 2 compile --color always bad.yaml && grep -q "$(printf '\033')" err
verdict "--color always"

run 2 compile -q --diagnostics json bad.yaml && grep -q '^{.*"bad-port".*}$' err
verdict "--diagnostics json"
run 0 compile --diagnostics sarif good.yaml && grep -q '"version": *"2.1.0"' err
verdict "--diagnostics sarif prints its log when there is nothing to say"
run 2 compile --diagnostics github bad.yaml && grep -q '^::error file=bad.yaml,line=' err
verdict "--diagnostics github"
run 0 compile -q policy.yaml && [ ! -s err ]
verdict "-q leaves out warnings"
run 0 compile -v good.yaml && grep -q 'ms  read: ' err && grep -q 'ms  lower: ' err
verdict "-v tells timings and counts"
cat >workload.yaml <<'END'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {template: {metadata: {labels: {app: api}}}}
END
run 0 compile -v good.yaml workload.yaml &&
	grep -q 'read: 2 files, 1 namespace, 2 pods, 1 workload, 0 nodes, 1 policy$' err
verdict "-v counts a workload once, and not as pods"
run 2 compile --max-errors 1 bad.yaml && [ "$(grep -c ': error: ' err)" = 1 ]
verdict "--max-errors"

run 0 query --from shop/web --to shop/db --port tcp/6379 good.yaml && grep -q '^allow: ' out
verdict "query: allowed"
run 1 query --from shop/web --to shop/db --port tcp/80 good.yaml && grep -q '^deny: ' out && [ ! -s err ]
verdict "query: denied"
run 0 query good.yaml --explain --from shop/web --to shop/db --port tcp/6379 &&
	grep -q 'spec.ingress\[0\] (good.yaml:[0-9]*): allows' out
verdict "query: what allows"
run 1 query good.yaml --explain --from 192.0.2.1 --to shop/db --port tcp/6379 &&
	grep -q 'no rule allows it' out && grep -q ': 192.0.2.1 is no pod$' out
verdict "query: what came into question"
cat >blocks.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: blocks, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{ipBlock: {cidr: 10.0.0.1/32}}]
  - from: [{ipBlock: {cidr: "fd00::1/128"}}]
  - from: [{podSelector: {}}]
    ports: [{port: 81}]
END
sed 's/podIP: \(10.0.0.\(.\)\)/podIPs: [{ip: \1}, {ip: "fd00::\2"}]/' pods.yaml |
	cat - blocks.yaml >dual.yaml
sed '/10.0.0.1/d' pods.yaml | cat - blocks.yaml >bare.yaml
run 0 query --explain --from shop/web --to shop/db --port tcp/80 dual.yaml &&
	sed -n '/allowed in IPv4 by/,/allowed in IPv6 by/p' out | grep -q 'spec.ingress\[0\]' &&
	sed -n '/allowed in IPv6 by/,$p' out | grep -q 'spec.ingress\[1\]'
verdict "query: what allows in each family, where it differs"
run 0 query --explain --from shop/web --to shop/db --port tcp/80 --family 4 dual.yaml &&
	grep -q 'allowed by' out && grep -q 'spec.ingress\[0\]' out
verdict "query: what allows in one family"
run 1 query --explain --from shop/web --to shop/db --port tcp/80 bare.yaml &&
	grep -q 'note: shop/web has no address' out
verdict "query: a pod without an address, where there are ipBlocks"
sed '/10.0.0.1/d' good.yaml >bare-web.yaml
run 1 query --explain --from shop/web --to shop/db --port tcp/80 bare-web.yaml &&
	grep -q 'port 80 is not in 6379' out
verdict "query: what a peer without an address lacks"
cat >tests.yaml <<'END'
tests:
- {name: holds, from: shop/web, to: shop/db, port: tcp/6379, expect: allow}
END
sed 's/6379/80/; s/holds/fails/' tests.yaml >failing.yaml
run 0 test --tests tests.yaml good.yaml && grep -q '^ok    holds$' out && [ ! -s err ]
verdict "test: holds"
run 1 test --tests tests.yaml --tests failing.yaml good.yaml && grep -q '^FAIL  fails (failing.yaml:2)$' out
verdict "test: fails"
run 0 test --tests - good.yaml <tests.yaml && run 0 test --tests tests.yaml <good.yaml
verdict "test: either on standard input"
mkdir together && cp good.yaml tests.yaml together/
run 0 test --tests together/tests.yaml together && [ ! -s err ]
verdict "test: assertions among manifests"
cp failing.yaml together/ && mkdir together/node_modules && echo '{' >together/node_modules/x.json
run 0 test --tests together/tests.yaml --exclude node_modules together &&
	grep -q '^together/failing.yaml:1:1: note: .*\[not-a-manifest\]$' err
verdict "test: other assertions among manifests"
run 0 compile -v --exclude '**/*.json' together && grep -q 'excluded: 1$' err &&
	run 2 compile together && run 0 check -q --exclude node_modules together
verdict "what is excluded is passed over"
for pattern in '' /; do
	run 2 compile --exclude "$pattern" together && one_line err || break
done && [ "$pattern" = / ]
verdict "what is no pattern"
run 2 test --tests /dev/null good.yaml && [ ! -s out ] && grep -q 'no-tests' err
verdict "test: nothing is asserted"
run 3 test --tests missing.yaml good.yaml && [ ! -s out ] && grep -q 'missing.yaml' err
verdict "test: no such file"
run 2 query --from shop/web --to shop/nobody --port tcp/80 good.yaml && [ ! -s out ] &&
	grep -q '\[bad-endpoint\]' err
verdict "query: an endpoint that is not there"
run 2 query --from shop/web --to shop/db --port tcp/none good.yaml && [ ! -s out ]
verdict "query: a port name that is not there"
run 2 query --from shop/web --to shop/db --port tcp/80 bad.yaml && [ ! -s out ]
verdict "query: bad input"
"$netpolc" query --from shop/web --to shop/db --port tcp/80 good.yaml >/dev/full 2>err
[ $? = 3 ]
verdict "query: a full stdout beats a denial"
run 0 query --probes probes.tsv good.yaml && [ "$(cut -f 5 out | tr '\n' ' ')" = 'allow deny ' ]
verdict "query: probes, some denied"
run 0 query --probes - good.yaml <probes.tsv && [ "$(wc -l <out)" = 2 ]
verdict "query: probes on standard input"
run 2 query --probes bad.tsv good.yaml && [ "$(cut -f 5 out | tr '\n' ' ')" = 'error deny ' ] &&
	grep -q '^bad.tsv:1: error: .*\[bad-probe\]$' err
verdict "query: a bad probe"
printf 'shop/wbe\tshop/db\tTCP\t6379\nshop/web\tshop/bd\tTCP\t80\n' >typos.tsv
run 2 query --probes typos.tsv good.yaml && grep -q "source 'shop/wbe' .*; did you mean 'shop/web'?" err &&
	grep -q "destination 'shop/bd' .*; did you mean 'shop/db'?" err
verdict "query: what a bad probe may have meant"
"$netpolc" query --probes probes.tsv good.yaml >/dev/full 2>err
[ $? = 3 ]
verdict "query: probes to a full stdout"
run 3 query --probes missing.tsv good.yaml
verdict "query: missing probes"

cat pods.yaml >open.yaml
run 0 diff --from good.yaml good.yaml && [ "$(cat out)" = 'no connection is opened or closed' ] && [ ! -s err ]
verdict "diff: nothing differs"
run 0 diff --from pods.yaml --from policy.yaml good.yaml
verdict "diff: several inputs on one side"
run 0 diff --from - good.yaml <good.yaml
verdict "diff: standard input as the one side"
run 0 diff --from good.yaml <good.yaml
verdict "diff: standard input as the other side"
run 1 diff --from open.yaml good.yaml && grep -q '^closed for ingress: isolated by$' out && [ ! -s err ]
verdict "diff: something differs"
run 2 diff --from good.yaml bad.yaml && [ ! -s out ] && grep -q '^bad.yaml:.*\[bad-port\]$' err
verdict "diff: bad input after"
run 2 diff --from bad.yaml good.yaml && [ ! -s out ] && grep -q '^bad.yaml:.*\[bad-port\]$' err
verdict "diff: bad input before"
cp bad.yaml worse.yaml
run 2 diff --from bad.yaml worse.yaml && grep -q '^bad.yaml:.*\[bad-port\]$' err &&
	grep -q '^worse.yaml:.*\[bad-port\]$' err
verdict "diff: bad input on both sides, all errors"
run 3 diff --from missing.yaml good.yaml && [ ! -s out ]
verdict "diff: a missing file"
"$netpolc" diff --from open.yaml good.yaml >/dev/full 2>err
[ $? = 3 ]
verdict "diff: a full stdout beats a difference"
run 1 diff --from open.yaml -o json good.yaml && grep -q '"same": false' out
verdict "diff: json"
run 1 diff --from open.yaml --color always good.yaml && grep -q "$(printf '\033')" out
verdict "diff: --color always"
if command -v script >/dev/null; then
	script -qec "'$netpolc' diff --from open.yaml good.yaml" /dev/null >out 2>err </dev/null
	grep -q "$(printf '\033')" out
	verdict "diff: color on a terminal"
	NO_COLOR=1 script -qec "'$netpolc' diff --from open.yaml good.yaml" /dev/null >out 2>err </dev/null
	grep -q 'closed for ingress' out && ! grep -q "$(printf '\033')" out
	verdict "diff: NO_COLOR is honoured"
else
	n=$((n + 1))
	[ -z "$NETPOLC_NO_SKIP" ] || { failed=1; printf 'not '; }
	echo "ok $n - diff: a terminal # SKIP no script(1)"
fi

run 0 matrix good.yaml && [ ! -s err ] && grep -q '^ 2 shop/web *tcp 6379' out
verdict "matrix: a table"
for form in csv json; do
	run 0 matrix -o $form good.yaml && grep -q 6379 out || break
done
[ $form = json ] && [ $? = 0 ] && grep -q '"by":"workload"' out
verdict "matrix: the other forms"
run 0 matrix --by namespace good.yaml && grep -q '^ 1 shop/\*' out
verdict "matrix: by namespace"
run 0 matrix --from shop/web --to 10.0.0.2 good.yaml && grep -q '^shop/web *tcp 6379$' out
verdict "matrix: from a pod to what has an address"
run 0 matrix --from shop/* --to outside good.yaml && grep -q '^shop/db *all$' out
verdict "matrix: from a namespace to outside"
cat >block.yaml <<'END'
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/25}}]}]
END
run 0 matrix -o csv --from 203.0.113.0/25 block.yaml && [ "$(wc -l <out)" = 2 ] &&
	grep -q '^203\.0\.113\.0/25,shop/web,allow,everything' out
verdict "matrix: a group of addresses is named as it is shown"
run 2 matrix --from shop/wbe good.yaml && [ ! -s out ] && grep -q "'shop/wbe'.*\[bad-endpoint\]" err &&
	run 2 matrix --to web good.yaml && grep -q "did you mean 'shop/web'" err
verdict "matrix: what is not there"
run 2 matrix bad.yaml && [ ! -s out ]
verdict "matrix: bad input"
"$netpolc" matrix good.yaml >/dev/full 2>err
[ $? = 3 ]
verdict "matrix: a full stdout"
run 0 matrix --color always good.yaml && grep -q "$(printf '\033')" out && run 0 matrix good.yaml &&
	! grep -q "$(printf '\033')" out
verdict "matrix: color for who wants it"

run 0 check good.yaml && [ ! -s err ] && grep -q ': info: .*\[missing-default-deny\]$' out
verdict "check: findings below the level that fails"
run 1 check --fail-on info good.yaml && [ ! -s err ] && grep -q '\[missing-default-deny\]' out
verdict "check: findings at the level that fails"
run 1 check -q --fail-on info good.yaml && grep -q '\[missing-default-deny\]' out &&
	run 0 check -q good.yaml && [ ! -s out ]
verdict "check -q tells what makes it fail, and nothing else"
run 0 check --fail-on warning good.yaml
verdict "check: none at the level that fails"
run 0 check --fail-on info -W no-missing-default-deny -W no-uncovered-pod good.yaml && [ "$(cat out)" = 'no findings' ]
verdict "check: a finding that is not looked for"
run 1 check --warn=error=missing-default-deny good.yaml && grep -q ': error: .*\[missing-default-deny\]$' out
verdict "check: a finding as an error"
run 1 check -W no-missing-default-deny -W missing-default-deny --fail-on info good.yaml
verdict "check: the last word counts"
run 0 check -W unknown-kind --fail-on warning workload.yaml good.yaml
verdict "check: a hidden finding that does not occur"
for name in bad-cidr nothing no-bad-cidr error= ''; do
	run 2 check -W "$name" good.yaml && one_line err && grep -q "\-\-warn takes" err || break
done
[ -z "$name" ]
verdict "check: what is no finding"
run 2 check bad.yaml && [ ! -s err ] && grep -q '^bad.yaml:.*\[bad-port\]$' out &&
	grep -q '\[unknown-field\]$' out
verdict "check: bad input is told of where findings are, and refused"
run 3 check good.yaml missing.yaml && [ ! -s out ] && grep -q '\[unreadable\]' err
verdict "check: a missing file"
run 0 check --list && grep -q '^missing-default-deny *info ' out && grep -q '^odd-cidr *warning ' out &&
	! grep -vE '^[a-z-]+ +(hidden|note|info|warning|error) +[a-z]' out
verdict "check: the list"
run 2 check --list good.yaml
verdict "check: the list is of no input"
"$netpolc" check good.yaml >/dev/full 2>err
[ $? = 3 ] && grep -q '\[output\]' err
verdict "check: a full stdout"
run 0 check -o sarif good.yaml && grep -q '"ruleId": "missing-default-deny"' out &&
	grep -q '"text": "add a policy with an empty podSelector' out
verdict "check: sarif has what to do about it"
run 0 check -q good.yaml && [ ! -s out ] && run 0 check -o json good.yaml && grep -q '^{"level":"info"' out
verdict "check: quiet"
if command -v script >/dev/null; then
	script -qec "'$netpolc' check good.yaml" /dev/null >out 2>err </dev/null
	grep -q "$(printf '\033')" out
	verdict "check: color on a terminal"
	NO_COLOR=1 script -qec "'$netpolc' check good.yaml" /dev/null >out 2>err </dev/null
	grep -q 'missing-default-deny' out && ! grep -q "$(printf '\033')" out
	verdict "check: NO_COLOR is honoured"
else
	n=$((n + 1))
	[ -z "$NETPOLC_NO_SKIP" ] || { failed=1; printf 'not '; }
	echo "ok $n - check: a terminal # SKIP no script(1)"
fi

echo "1..$n"
exit $failed
