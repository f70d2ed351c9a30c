#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Are the tests any good?  Makes N random one-token mutations, one at a time, in
# src/policy, src/analysis and src/nft of a copy of the tree, builds it, runs the static
# tests and lists the mutants that none of them noticed.  Mutants that do not compile do
# not count.  The same seed makes the same mutants.  What talks to the kernel is judged
# by the kernel tests, too, in a network namespace that even a mutant cannot leave.  A
# busy machine kills no mutant: only processor time ends the tests.
#
# usage: mutate.sh N SEED [FILE...]
set -eu
n=${1:?usage: mutate.sh N SEED [FILE...]}
seed=${2:?usage: mutate.sh N SEED [FILE...]}
shift 2
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
trap 'exit 130' HUP INT TERM
tar -c --exclude='./build*' --exclude=./.git . | tar -x -C "$copy"
cd "$copy"

export UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1 ASAN_OPTIONS=abort_on_error=1
confine='unshare -n'
$confine true 2>/dev/null || confine=
# a mutant that breaks the testbed must not pass by being skipped
[ -z "$confine" ] || export NETPOLC_NO_SKIP=1

# Whether the tests pass with FILE mutated; a mutant may loop, or eat memory.
tests_pass()
{
	leave_out='--no-suite kernel'
	case $1,$confine in
	*/kernel.c,?* | */readback.c,?* | */loaded.c,?*) leave_out= ;;
	src/lab/*,?*) leave_out= ;;
	esac
	# shellcheck disable=SC2086 # lists of words
	(ulimit -t 120 && timeout 1200 $confine meson test -C build --no-rebuild --quiet \
		--timeout-multiplier 10 --maxfail 1 --no-suite style --no-suite big \
		$leave_out) >log 2>&1
}

# mutate FILE LINE COLUMN LENGTH WITH: changes that line of the file
mutate()
{
	cp "$1" original
	awk -v line="$2" -v column="$3" -v len="$4" -v with="$5" 'NR == line {
		$0 = substr($0, 1, column - 1) with substr($0, column + len) } { print }' \
		original >"$1"
}

# Candidates in random order, by the generator of Park and Miller.
shuffled()
{
	awk -f tests/mutations.awk "$@" | awk -v seed="$seed" '
		BEGIN { state = (seed * 7919 + 1) % 2147483647 }
		{ state = state * 16807 % 2147483647; print state "\t" $0 }' |
		sort -n | cut -f 2-
}

# reads beyond an array are noticed, and memory that is not given back
meson setup build -Dbuildtype=debugoptimized -Ddebug=false -Darena_debug=true \
	-Db_sanitize=address,undefined >log ||
	{ cat log; exit 3; }
ninja -C build >log || { cat log; exit 3; }
tests_pass any/kernel.c || { cat log; echo "the tests fail without any mutation"; exit 3; }

[ $# != 0 ] || set -- src/policy/*.c src/analysis/*.c src/nft/*.c
shuffled "$@" >candidates
made=0 killed=0
while [ $made -lt "$n" ] && IFS='	' read -r file line column length with kind; do
	mutate "$file" "$line" "$column" "$length" "$with"
	if ninja -C build >log 2>&1; then
		made=$((made + 1))
		if tests_pass "$file"; then
			echo "SURVIVED $file:$line: $kind"
			diff original "$file" | grep '^[<>]' || true
		else
			killed=$((killed + 1))
		fi
	fi
	cp original "$file"
done <candidates
echo "$made mutants, $killed killed, $((made - killed)) survived"
