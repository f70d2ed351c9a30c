#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The man pages are sound, and netpolc(1) says what the program says: its commands,
# its options with their letters, and the names of its diagnostics; in TAP.
#
# usage: man.sh NETPOLC
netpolc=$(realpath "${1:?usage: man.sh NETPOLC}") || exit 1
cd "$(dirname "$0")/../.." || exit 1
page=man/netpolc.1
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
n=0

# same WHAT: the two sorted lists $out/man and $out/program are equal and not empty
same()
{
	n=$((n + 1))
	[ -s "$out/man" ] && cmp -s "$out/man" "$out/program" || printf 'not '
	echo "ok $n - $1"
	diff "$out/man" "$out/program" |
		sed -n 's/^</# in the man page only:/p; s/^>/# in the program only:/p'
}

echo 1..4
commands=$("$netpolc" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
echo "$commands" | sort >"$out/program"
sed -n '/^The commands are:/,/^\.El/s/^\.It Cm //p' $page | sort >"$out/man"
same "the man page has every command"

# "-n --namespace" or "--node"
for command in $commands; do
	"$netpolc" "$command" --help
done | sed -nE 's/^  (-[a-zA-Z], |    )(--[a-z-]+).*/\1\2/p' | tr -d ', ' | sort -u >"$out/program"
sed -nE 's/^\.It Fl ([a-zA-Z]) , -([a-z-]+).*/-\1--\2/p; s/^\.It Fl -([a-z-]+).*/--\1/p' $page |
	sort -u >"$out/man"
same "the man page has every option"

cat include/netpolc/base/diag.h include/netpolc/base/findings.h | tr '\n' ' ' | grep -oE 'X\(DIAG_[A-Z_]+,[^"]*"[a-z-]+"' |
	sed 's/.*"\(.*\)"/\1/' | sort >"$out/program"
sed -n '/^\.Sh DIAGNOSTICS/,/^\.El/s/^\.It Li //p' $page | sort >"$out/man"
same "the man page has every diagnostic"

if ! command -v mandoc >/dev/null; then
	[ -z "$NETPOLC_NO_SKIP" ] || printf 'not '
	echo "ok 4 - mandoc # SKIP no mandoc"
else
	lint=$(mandoc -T lint -W warning man/*.[1-9] 2>/dev/null)
	[ -z "$lint" ] || printf 'not '
	echo "ok 4 - mandoc finds nothing to warn about"
	[ -z "$lint" ] || echo "$lint" | sed 's/^/# /'
fi
