#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What README.md shows is what there is to see, in TAP.  Its indented blocks count.
#
# usage: readme.sh NETPOLC [OUTPUT_OF_THE_QUICK_START]
netpolc=$(realpath "${1:?usage: readme.sh NETPOLC [OUTPUT_OF_THE_QUICK_START]}") || exit 1
quickstart=${2:+$(cat "$2")}
cd "$(dirname "$0")/../.." || exit 1
recipe=examples/15-frontend-to-db
n=0

# block N: the N-th block, without its indentation
block()
{
	awk -v want="$1" '
		/^    / { if (!inside) number++; inside = 1; sub(/^    /, "")
			if (number == want) print blank $0
			blank = ""; next }
		/^$/ && inside { blank = blank "\n"; next }
		{ inside = 0; blank = "" }' README.md
}

# shows WHAT BLOCK TEXT: the block stands in the text
shows()
{
	n=$((n + 1))
	case $3 in
	*"$(block "$2")"*) [ -n "$(block "$2")" ] || printf 'not ' ;;
	*) printf 'not ' ;;
	esac
	echo "ok $n - $1"
}

shows "the policy" 4 "$(cat $recipe/manifests.yaml)"
shows "the ruleset" 5 "$("$netpolc" compile $recipe/manifests.yaml | sed 's/^	//' | expand)"
question=$(block 6 | sed -n 's/^\$ netpolc //p')
# shellcheck disable=SC2086 # words
shows "the explanation" 6 "\$ netpolc $question
$("$netpolc" $question)"
question=$(block 7 | sed -n 's/^\$ netpolc //p')
# shellcheck disable=SC2086 # words
shows "the differences" 7 "\$ netpolc $question
$("$netpolc" $question)"
question=$(block 8 | sed -n 's/^\$ netpolc //p')
# shellcheck disable=SC2086 # words
shows "the findings" 8 "\$ netpolc $question
$("$netpolc" $question)"
question=$(block 9 | sed -n 's/^\$ netpolc //p')
# shellcheck disable=SC2086 # words
shows "the assertions" 9 "\$ netpolc $question
$("$netpolc" $question)"
question=$(block 10 | sed -n 's/^\$ netpolc //p')
# shellcheck disable=SC2086 # words
shows "the matrix" 10 "\$ netpolc $question
$("$netpolc" $question)"
[ -z "$quickstart" ] || shows "the quick start" 2 "$quickstart"
echo "1..$n"
