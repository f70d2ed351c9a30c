#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Text and JSON are one ruleset, in TAP: each is loaded into a network namespace of
# its own, twice, and the tables that nft lists must be the same.  The rulesets are
# the hand-made samples, and what the recipes under examples/ compile to.
#
# usage: text_json_equal.sh PRINT_SAMPLE NETPOLC
print_sample=${1:?usage: text_json_equal.sh PRINT_SAMPLE NETPOLC}
netpolc=${2:?usage: text_json_equal.sh PRINT_SAMPLE NETPOLC}
examples=$(cd "$(dirname "$0")/../../examples" && pwd) || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
cases=0

skip_all()
{
	if [ -n "$NETPOLC_NO_SKIP" ]; then
		echo "1..1"
		echo "not ok 1 - $1, and skipping is not allowed"
		exit 1
	fi
	echo "1..0 # SKIP $1"
	exit 0
}

# load NAME FLAG...: what nft lists after loading $out/NAME twice.  Rules keep their
# order; elements of some sets come in the order in which they were hashed.
load()
{
	file=$out/$1
	shift
	unshare -n sh -c 'nft "$@" && nft "$@" && nft -t list ruleset && nft list ruleset' \
		sh "$@" -f "$file" >"$file.all" 2>"$file.errors" || return 1
	sed -n '1,/^}/p' "$file.all"
	sed -e 's/elements = {//' -e 's/^[ \t]*//' -e 's/ *[,}]*$//' "$file.all" | sort
}

# compare NAME: $out/nft and $out/json must load as the same table
compare()
{
	cases=$((cases + 1))
	if load nft >"$out/from-nft" && load json -j >"$out/from-json" &&
		cmp -s "$out/from-nft" "$out/from-json"; then
		echo "ok $cases - $1"
	else
		echo "not ok $cases - $1"
		cat "$out/nft.errors" "$out/json.errors" 2>&1 | head -n 20 | sed 's/^/# /'
		diff "$out/from-nft" "$out/from-json" 2>&1 | head -n 20 | sed 's/^/# /'
	fi
	rm -f "$out"/*
}

unshare -n true 2>"$out/why" || skip_all "no network namespace: $(cat "$out/why")"
unshare -n nft list ruleset >"$out/why" 2>&1 || skip_all "no nft: $(cat "$out/why")"

for sample in $("$print_sample"); do
	"$print_sample" "$sample" nft >"$out/nft"
	"$print_sample" "$sample" json >"$out/json"
	compare "sample $sample"
done
for dir in "$examples"/[0-9]*/; do
	args=
	[ ! -f "$dir/args" ] || args=$(cat "$dir/args")
	for form in nft json; do
		# shellcheck disable=SC2086 # args is a list of words
		"$netpolc" compile $args -o "$form" "$dir/manifests.yaml" \
			>"$out/$form" 2>"$out/errors"
	done
	compare "$(basename "$dir")"
done
echo "1..$cases"
