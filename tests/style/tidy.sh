#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The tree is tidy, in TAP: nothing left to do, files and functions that fit the
# reader, a licence line in every file of code.
cd "$(dirname "$0")/../.." || exit 1
code=$(find src include tests -name '*.[ch]' | sort)
scripts=$(find examples tests .ci -name '*.sh' -o -path .ci/run | sort)
builds=$(find meson* src tests -name 'meson*' -type f | sort)
n=0

# ok WHAT FOUND: FOUND names the offenders and should be empty
ok()
{
	n=$((n + 1))
	[ -z "$2" ] || printf 'not '
	echo "ok $n - $1"
	[ -z "$2" ] || echo "$2" | sed 's/^/# /'
}

echo 1..4
ok "nothing is left to do" "$(grep -rnwE 'TOD[O]|FIXM[E]|XX[X]' \
	src include tests examples man README.md meson.build)"
# shellcheck disable=SC2086 # lists of files
ok "no file is longer than 600 lines" "$(wc -l $code $scripts |
	awk '$2 != "total" && $1 > 600 { print $2 ": " $1 }')"
# shellcheck disable=SC2086
ok "no function is longer than 60 lines" "$(awk '
	FNR == 1 { inside = 0 }
	/^[a-z].*[(]/ { name = $0 }
	/^[{]/ { inside = 1; begin = FNR }
	/^[}]/ && inside {
		inside = 0
		if (FNR - begin + 1 > 60)
			print FILENAME ":" begin ": " FNR - begin + 1 ": " name
	}' $code)"
# shellcheck disable=SC2086
ok "every file of code names its licence" "$(
	grep -L 'SPDX-License-Identifier: GPL-2.0-or-later' $code $scripts $builds)"
