#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs what the tests need (through apt, only what is missing), builds and runs
# every test; the last line is the sum over all of them.
#
#	sh tests/run.sh [--full]
#
# --full adds the long ones: a build with sanitizers, a build with clang, fuzzing,
# valgrind and the quick start.  With NETPOLC_NO_SKIP=1 in the environment a
# skipped test counts as failed.
cd "$(dirname "$0")/.." || exit 3
. tests/packages.sh

# A report of a sanitizer ends the program, and looks like no other end of it.
export ASAN_OPTIONS=abort_on_error=1
export UBSAN_OPTIONS=halt_on_error=1:abort_on_error=1:print_stacktrace=1

passed=0 failed=0 skipped=0
log=$(mktemp) || exit 3
trap 'rm -f "$log" "$log.fuzzers" "$log.quickstart"' EXIT

say()
{
	printf '\n== %s (%s)\n' "$*" "$(date +%T)"
}

# add PASSED FAILED SKIPPED
add()
{
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# one COMMAND...: a single test; what it prints is shown if it fails
one()
{
	if "$@" >"$log" 2>&1; then
		add 1 0 0
	else
		echo "FAILED ($?): $*"
		cat "$log"
		add 0 1 0
		return 1
	fi
}

# tap COMMAND...: a program that speaks TAP, each point a test
tap()
{
	"$@" >"$log" 2>&1
	status=$?
	good=$(grep -c '^ok' "$log") bad=$(grep -c '^not ok' "$log")
	passes_over=$(grep -ci '^ok.*# skip' "$log")
	grep -v '^ok' "$log"
	[ "$status" = 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$good" != 0 ] || [ "$bad" != 0 ] || bad=1
	add $((good - passes_over)) "$bad" "$passes_over"
}

# build DIR OPTION...: a build of everything, warnings being errors
build()
{
	dir=$1
	shift
	if [ -f "$dir/build.ninja" ]; then
		set -- meson configure "$dir" "$@"
	else
		set -- meson setup "$dir" "$@"
	fi
	one "$@" -Dwerror=true && one ninja -C "$dir"
}

# junit FILE: "passed failed skipped" of meson's report
junit()
{
	awk 'BEGIN { RS = "<" }
		/^testcase/ { all++ }
		/^(failure|error)/ { bad++ }
		/^skipped/ { skip++ }
		END { print all - bad - skip, bad + 0, skip + 0 }' "$1"
}

# suite DIR: every test of a build
suite()
{
	report=$1/meson-logs/testlog.junit.xml
	rm -f "$report"
	meson test -C "$1" --no-rebuild --print-errorlogs --timeout-multiplier 3 >"$log" 2>&1
	status=$?
	grep -vE '^ *[0-9]+/[0-9]+ .* OK +[0-9.]+s' "$log" | grep -v '^$'
	# shellcheck disable=SC2046 # three numbers
	set -- $(junit "$report")
	[ "$status" = 0 ] || [ "${2:-0}" != 0 ] || set -- "${1:-0}" 1 "${3:-0}"
	add "$@"
}

# fuzz DIR SECONDS: each fuzzer of a build, two at a time
fuzz()
{
	for fuzzer in "$1"/tests/fuzz/fuzz_*; do
		if [ -f "$fuzzer" ] && [ -x "$fuzzer" ]; then
			echo "$fuzzer"
		fi
	done >"$log.fuzzers"
	tap sh -c 'xargs -P 2 -n 1 sh tests/fuzz.sh "$1" <"$2"' sh "$2" "$log.fuzzers"
}

full=
case "$*" in
'') ;;
--full) full=yes ;;
*) echo "usage: sh tests/run.sh [--full]" >&2; exit 2 ;;
esac

# shellcheck disable=SC2086 # lists of words
packages_need $PACKAGES_BROWSER || echo "no browser: nobody looks at the report" >&2
# shellcheck disable=SC2086 # lists of words
packages_need $PACKAGES_BUILD $PACKAGES_RUN $PACKAGES_TEST ${full:+$PACKAGES_FULL} || exit 3
kernel=auto
[ -z "$NETPOLC_NO_SKIP" ] || kernel=enabled

say "the tests"
build build-test -Dkernel_tests=$kernel && suite build-test

if [ -n "$full" ]; then
	say "the tests under AddressSanitizer and UndefinedBehaviorSanitizer"
	build build-sanitize -Dkernel_tests=$kernel -Darena_debug=true \
		-Db_sanitize=address,undefined && suite build-sanitize
	say "a build with clang, and 20 s of each fuzzer"
	CC=clang build build-clang -Dfuzz=enabled -Db_sanitize=address,undefined \
		-Db_lundef=false && fuzz build-clang 20
	say "twenty cases under valgrind"
	tap sh tests/valgrind.sh build-test/netpolc 20
	say "the quick start"
	one sh examples/quickstart.sh && cp "$log" "$log.quickstart" &&
		tap sh tests/style/readme.sh build-test/netpolc "$log.quickstart"
	# cases from elsewhere, where they lie beside this tree
	if [ -x ../shared/conformance/run ]; then
		say "the cases beside this tree"
		../shared/conformance/run "$PWD/build-test/netpolc" >"$log" 2>&1
		tail -n 5 "$log"
		# shellcheck disable=SC2046 # "N passed, N failed"
		add $(awk '/ passed, / { p = $1; f = $3 } END { print p + 0, p + f ? f : 1, 0 }' \
			"$log")
	fi
fi

say "done"
[ "$skipped" = 0 ] || echo "$skipped skipped"
[ -z "$NETPOLC_NO_SKIP" ] || failed=$((failed + skipped))
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
