#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# statements.md numbers 1 to 100 once each, in order, and whoever refers to a statement
# names one of these.  Each has a line that tests it, or a reason in README.md; and no
# line has a tag that is not of the form #A12,A34.
set -u

here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.." || exit 1
status=0

# fail WHAT
fail()
{
	echo "$1"
	status=1
}

numbers=$(sed -nE 's/^([0-9]+)\..*/\1/p' "$here/statements.md")
[ "$numbers" = "$(seq 1 100)" ] ||
	fail "statements.md: not each of 1 to 100 once and in order"
text=$(grep -cE '^[0-9]+\. [^ ].*\.$' "$here/statements.md")
[ "$text" = 100 ] || fail "statements.md: a statement is not a sentence on one line"

# "A 82", "A 30-38" and "A 66, 70", but not "A 16-bit number"
references=$(grep -rnoE '\bA [0-9]+((-|, )[0-9]+)*(-?[A-Za-z])?' src include tests |
	grep -v '[A-Za-z]$')
[ -n "$references" ] || fail "nobody refers to a statement"
bad=$(printf '%s\n' "$references" | awk -F : '{
	n = split($NF, number, /[^0-9]+/)
	for (i = 2; i <= n; i++)
		if (number[i] < 1 || number[i] > 100)
			print $1 ":" $2 ": no statement " number[i]
}')
[ -z "$bad" ] || fail "$bad"

tags=$({ grep -hv '^#' "$here"/*/expect.tsv | cut -f 6; cut -f 2 "$here"/*/expect.diag-names; })
bad=$(printf '%s\n' "$tags" | grep -vE '^#A[0-9]+(,A[0-9]+)*$')
[ -z "$bad" ] || fail "not a tag: $bad"
used=$({ printf '%s\n' "$tags" | tr -d '#' | tr ',' '\n'
	sed -nE 's/^\| (A[0-9]+) .*/\1/p' "$here/README.md"; } | sort -u)
for n in $(seq 1 100); do
	printf '%s\n' "$used" | grep -qx "A$n" || fail "A$n has neither a line nor a reason"
done
bad=$(printf '%s\n' "$used" | grep -vxE 'A([1-9][0-9]?|100)')
[ -z "$bad" ] || fail "no statement: $bad"
exit $status
