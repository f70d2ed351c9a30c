#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every C file is laid out as .clang-format says and no line is wider than 90
# columns, in TAP.
cd "$(dirname "$0")/../.." || exit 1
files=$(find src include tests -name '*.[ch]' | sort)

echo 1..2
if ! command -v clang-format >/dev/null; then
	[ -z "$NETPOLC_NO_SKIP" ] || printf 'not '
	echo "ok 1 - layout # SKIP no clang-format"
else
	# shellcheck disable=SC2086 # a list of files
	bad=$(clang-format --dry-run -Werror $files 2>&1 |
		sed -n 's/:[0-9]*: error: .*//p' | uniq | head -n 50)
	[ -z "$bad" ] || printf 'not '
	echo "ok 1 - clang-format has nothing to change"
	[ -z "$bad" ] || echo "$bad" | sed 's/^/# /'
fi
wide=$(for file in $files; do
	expand "$file" | awk -v file="$file" 'length > 90 { print "# " file ":" NR }'
done | head -n 50)
[ -z "$wide" ] || printf 'not '
echo "ok 2 - no line is wider than 90 columns"
[ -z "$wide" ] || echo "$wide"
