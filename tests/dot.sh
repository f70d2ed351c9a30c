#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# dot(1) of graphviz draws what matrix -o dot prints, in TAP.
#
# usage: dot.sh NETPOLC
netpolc=$(realpath "${1:?usage: dot.sh NETPOLC}") || exit 2
cd "$(dirname "$0")/.." || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
n=0

if ! command -v dot >/dev/null; then
	[ -z "$NETPOLC_NO_SKIP" ] || printf 'not '
	echo "ok 1 - graphs # SKIP no dot"
	echo "1..1"
	exit 0
fi

# drawn INPUT TEXT...: the picture of the input has the texts
drawn()
{
	input=$1
	shift
	"$netpolc" matrix -q --on-invalid isolate -o dot "$input" >"$out/graph.dot" &&
		dot -Tsvg "$out/graph.dot" >"$out/graph.svg" 2>"$out/err" && [ ! -s "$out/err" ] || return 1
	for text in "$@"; do
		grep -qF ">$text<" "$out/graph.svg" || return 1
	done
}

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] || printf 'not '
	n=$((n + 1))
	echo "ok $n - $1"
}

for recipe in examples/[0-9]*; do
	drawn "$recipe" && grep -q '>outside' "$out/graph.svg"
	verdict "$recipe"
done
drawn tests/golden/matrix/workloads/in.yaml 'Deployment/web' 'tcp 5432'
verdict "workloads and ports"
drawn tests/golden/matrix/dot/in.yaml 'a&quot;b\N&lt;i&gt;' web
verdict "a name that is full of signs"
echo "1..$n"
