#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every statement A1 to A100 has a line that tests it, or a reason in README.md; and
# no line has a tag that is not of the form #A12,A34.
set -u

here=$(cd "$(dirname "$0")" && pwd)
status=0

tags=$({ grep -hv '^#' "$here"/*/expect.tsv | cut -f 6; cut -f 2 "$here"/*/expect.diag-names; })
bad=$(printf '%s\n' "$tags" | grep -vE '^#A[0-9]+(,A[0-9]+)*$')
if [ -n "$bad" ]; then
	echo "not a tag: $bad"
	status=1
fi
used=$(printf '%s\n' "$tags" | tr -d '#' | tr ',' '\n' | sort -u)
for n in $(seq 1 100); do
	printf '%s\n' "$used" | grep -qx "A$n" && continue
	grep -q "^| A$n " "$here/README.md" && continue
	echo "A$n has neither a line nor a reason"
	status=1
done
exit $status
