#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs the hand-written cases through the tool and speaks TAP: a test point for
# each line that was thought out by hand.  Nothing here writes an expectation.
#
#   run.sh NETPOLC
#
# A case is a directory with manifests.yaml (or .json), perhaps args with further
# options, and either
#   expect.tsv         probes with verdict, tags and reason
#   expect.exit        the exit status of `compile`, with
#   expect.diag-names  its errors (its warnings, if it exits with 0) in the order of
#                      lines, with tags and reason
set -u

netpolc=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tab=$(printf '\t')
count=0

point() {
	count=$((count + 1))
	if [ "$1" = "$2" ]; then
		echo "ok $count - $3"
	else
		echo "not ok $count - $3"
		echo "# got '$1', want '$2'"
	fi
}

# Other protocols cannot be asked for here: case_oracle asks them.
run_probes() {
	grep -v -e '^#' -e "^[^$tab]*$tab[^$tab]*${tab}none$tab" "$1/expect.tsv" > "$work/probes"
	"$netpolc" query --probes "$work/probes" $2 "$3" > "$work/out" 2> "$work/err"
	status=$?
	point "$status" 0 "$4: exit status"
	[ "$status" = 0 ] || sed 's/^/# /' "$work/err"
	cut -f 5 "$work/out" > "$work/verdicts"
	exec 3< "$work/verdicts"
	while IFS="$tab" read -r from to protocol port want tags why; do
		verdict=missing
		read -r verdict <&3 || :
		point "$verdict" "$want" "$4: $from $to $protocol/$port $tags $why"
	done < "$work/probes"
	exec 3<&-
}

run_refusal() {
	"$netpolc" compile $2 "$3" > "$work/out" 2> "$work/err"
	point $? "$(cat "$1/expect.exit")" "$4: exit status"
	level=error
	[ "$(cat "$1/expect.exit")" = 0 ] && level=warning
	sed -n "s/^[^ ].*$level: .*\[\([a-z-]*\)\]\$/\1/p" "$work/err" |
		grep -v unknown-namespace > "$work/names"
	exec 3< "$work/names"
	while IFS="$tab" read -r want tags why; do
		name=missing
		read -r name <&3 || :
		point "$name" "$want" "$4: $want $tags $why"
	done < "$1/expect.diag-names"
	point "$(wc -l < "$work/names")" "$(wc -l < "$1/expect.diag-names")" "$4: nothing else"
	[ "$(cat "$1/expect.exit")" = 0 ] || point "$(wc -c < "$work/out")" 0 "$4: nothing on stdout"
	exec 3<&-
}

for dir in "$here"/*/; do
	dir=${dir%/}
	options=
	[ -f "$dir/args" ] && options=$(cat "$dir/args")
	input=$dir/manifests.yaml
	[ -f "$input" ] || input=$dir/manifests.json
	[ -f "$dir/expect.tsv" ] && run_probes "$dir" "$options" "$input" "${dir##*/}"
	[ -f "$dir/expect.exit" ] && run_refusal "$dir" "$options" "$input" "${dir##*/}"
done
echo "1..$count"
