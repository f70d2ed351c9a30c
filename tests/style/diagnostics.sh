#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every diagnostic has a test, in TAP: a golden case that produces it, or, for what a
# small file cannot bring about, a script or a program that looks for it.  A finding of
# check has two golden cases, one of which nearly has it.
cd "$(dirname "$0")/../.." || exit 1
n=0

for pair in $(sed -n 's/^\tX(\(DIAG_[A-Z_]*\), "\([a-z-]*\)".*/\1:\2/p' \
	include/netpolc/base/diag.h); do
	symbol=${pair%:*} name=${pair#*:}
	n=$((n + 1))
	if grep -rqF "[$name]" --include=want.diag tests/golden; then
		echo "ok $n - $name has a golden case"
	elif grep -rqF "[$name\\]" --include='*.sh' tests; then
		echo "ok $n - $name has a script"
	elif grep -rqw "$symbol" --include='*.c' tests; then
		echo "ok $n - $name has a test program"
	else
		echo "not ok $n - no test produces $name"
	fi
done
for name in $(tr '\n' ' ' <include/netpolc/base/findings.h |
	grep -oE 'X\(DIAG_[A-Z_]+,[^"]*"[a-z-]+"' | sed 's/.*"\(.*\)"/\1/'); do
	n=$((n + 1))
	has=tests/golden/check/$name/want.text nearly=tests/golden/check/$name-nearly/want.text
	[ -f "$nearly" ] && grep -qF "[$name]" "$has" && ! grep -qF "[$name]" "$nearly" ||
		printf 'not '
	echo "ok $n - $name has a golden case, and one that nearly has it"
done
echo "1..$n"
