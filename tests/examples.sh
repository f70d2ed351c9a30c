#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The recipes under examples/ as tests, in TAP.  Of each, `query --probes` has to
# answer expect.tsv and `compile` has to print expect.nft; a file `args` holds
# options for both.  --update writes expect.nft anew, for a person to review;
# expect.tsv is written by hand and never touched.
#
# usage: examples.sh NETPOLC [--update]
netpolc=${1:?usage: examples.sh NETPOLC [--update]}
examples=$(cd "$(dirname "$0")/../examples" && pwd) || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
cases=0

# ok NAME WANT GOT STATUS: one test point; the diff goes into the log
ok()
{
	cases=$((cases + 1))
	if [ "$4" = 0 ] && cmp -s "$2" "$3"; then
		echo "ok $cases - $1"
	else
		echo "not ok $cases - $1"
		echo "# exit status $4"
		sed 's/^/# /' "$out/errors"
		diff "$2" "$3" | head -n 20 | sed 's/^/# /'
	fi
}

for dir in "$examples"/[0-9]*/; do
	name=$(basename "$dir")
	args=
	[ ! -f "$dir/args" ] || args=$(cat "$dir/args")
	grep -v -e '^#' -e '^$' "$dir/expect.tsv" >"$out/verdicts"

	# shellcheck disable=SC2086 # args is a list of words
	"$netpolc" query $args --probes "$dir/expect.tsv" "$dir/manifests.yaml" \
		>"$out/got" 2>"$out/errors"
	ok "$name: verdicts" "$out/verdicts" "$out/got" $?

	# shellcheck disable=SC2086
	"$netpolc" compile $args --strict "$dir/manifests.yaml" >"$out/got" 2>"$out/errors"
	status=$?
	if [ "$2" = --update ] && [ "$status" = 0 ]; then
		cp "$out/got" "$dir/expect.nft"
	fi
	ok "$name: ruleset" "$dir/expect.nft" "$out/got" "$status"
done
echo "1..$cases"
