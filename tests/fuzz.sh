#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs one libFuzzer entry for so many seconds, from the corpus in the tree, and says
# in TAP whether it found anything.
#
# usage: fuzz.sh SECONDS FUZZER
name=$(basename "$2")
found=$(mktemp -d) || exit 1
trap 'rm -rf "$found"' EXIT
mkdir "$found/corpus"
set -- "$1" "$2" "$(dirname "$0")/fuzz/corpus/${name#fuzz_}"

if "$2" -max_total_time="$1" -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$found/" \
	"$found/corpus" "$3" >"$found/log" 2>&1; then
	echo "ok - $name, $(awk '/^Done/ { print $2 }' "$found/log") runs"
else
	echo "not ok - $name"
	tail -n 40 "$found/log" | sed 's/^/# /'
	for input in "$found"/crash-* "$found"/timeout-* "$found"/oom-*; do
		[ ! -f "$input" ] || { echo "# input, base64:"; base64 "$input" | sed 's/^/# /'; }
	done
fi
