#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Compiles manifests under valgrind, in TAP: no error, no leak.  The first N of the
# examples and golden cases, taken in turns.
#
# usage: valgrind.sh NETPOLC N
netpolc=$(realpath "$1") || exit 1
here=$(dirname "$0")
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
n=0

for input in $({ ls -d "$here"/../examples/*/manifests.yaml | awk '{ print NR, $0 }'
	find "$here/golden" -name in.yaml | sort | awk '{ print NR, $0 }'; } |
	sort -n | awk -v n="$2" 'NR <= n { print $2 }'); do
	n=$((n + 1))
	valgrind -q --leak-check=full --error-exitcode=99 --log-file="$log" \
		"$netpolc" compile "$input" >/dev/null 2>&1
	case $? in
	0 | 2) ;;
	*) printf 'not ' ;;
	esac
	echo "ok $n - ${input#"$here/"}"
	sed 's/^/# /' "$log"
done
echo "1..$n"
