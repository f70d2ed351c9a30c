#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Objects that are written as manifests and read again make the same ruleset and the
# same decisions: those of all examples, cases and golden cases, in TAP.
#
# usage: written.sh NETPOLC
netpolc=$(realpath "${1:?usage: written.sh NETPOLC}") || exit 2
cd "$(dirname "$0")/.." || exit 2
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
count=0
went=0

# compile OPTION...
compile()
{
	"$netpolc" compile -q --on-invalid isolate "$@"
}

# same OPTION...: what is compiled with them, of the written objects
same()
{
	compile "$@" "$dir/written.json" >"$dir/got"
	diff "$dir/want" "$dir/got" >"$dir/difference"
}

# round_trip INPUT OPTION...: false where what is read again is something else
round_trip()
{
	input=$1
	shift
	compile "$@" "$input" >"$dir/want" 2>/dev/null || return 0
	went=$((went + 1))
	compile "$@" --dump=manifests "$input" >"$dir/written.json" || return 1
	# There may have been nothing but Services.
	[ "$(wc -l <"$dir/written.json")" -gt 2 ] || return 0
	same "$@" && compile "$@" --dump=decisions "$input" >"$dir/want" &&
		same "$@" --dump=decisions
}

# ok INPUT OPTION...
ok()
{
	count=$((count + 1))
	if round_trip "$@"; then
		echo "ok $count - $*"
	else
		echo "not ok $count - $*"
		head -n 20 "$dir/difference" | sed 's/^/# /'
	fi
}

for input in examples/*/ tests/cases/*/ $(find tests/golden -name 'in.*' -o -name in | sort); do
	ok "$input"
	ok "$input" --legacy
	! grep -qsr 'kind.*Node' "$input" || ok "$input" --unknown-pods deny
done
count=$((count + 1))
[ "$went" -gt 200 ] || printf 'not '
echo "ok $count - $went of them are rulesets"
echo "1..$count"
