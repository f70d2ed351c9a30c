#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Golden cases, in TAP.  A case is a folder with in.yaml, in.json or a folder in/,
# and whichever of these it has decide:
#
#	want.nft   standard output of compile
#	want.json  the same with -o json
#	want.dump  the same with --dump=objects
#	want.decisions  the same with --dump=decisions
#	want.text  standard output of another command
#	want.md    the same with -o markdown
#	want.tap   the same with -o tap
#	want.xml   the same with -o junit
#	want.diag  standard error
#	want.exit  the exit status
#
# A file `cmd` holds the command and its options, if not just "compile" (where only
# diagnostics are wanted, "compile --dump=objects").  --update rewrites what is
# there, for a person to review.
#
# usage: run.sh NETPOLC [--update]
netpolc=$(realpath "${1:?usage: run.sh NETPOLC [--update]}") || exit 2
update=$2
cd "$(dirname "$0")" || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
count=0

# run CASE OPTION...: leaves $out/stdout, $out/diag and $out/exit
run()
{
	command=compile
	[ ! -f "$1/cmd" ] || command=$(cat "$1/cmd")
	(
		cd "$1" || exit 2
		shift
		# shellcheck disable=SC2046,SC2086 # lists of words
		"$netpolc" $command "$@" $(ls -d in in.* 2>/dev/null) >"$out/stdout" 2>"$out/diag" </dev/null
	)
	echo $? >"$out/exit"
}

# compare CASE WANT GOT
compare()
{
	want=$1/want.$2
	[ "$update" != --update ] || cp "$3" "$want"
	count=$((count + 1))
	if cmp -s "$want" "$3"; then
		echo "ok $count - $1 $2"
	else
		echo "not ok $count - $1 $2"
		diff "$want" "$3" | head -n 20 | sed 's/^/# /'
	fi
}

for case in $(find . \( -name 'in.*' -o -name in \) -exec dirname {} + |
	grep -v '/in$' | sort -u); do
	case=${case#./}
	if ! ls "$case"/want.* >/dev/null 2>&1; then
		count=$((count + 1))
		echo "not ok $count - $case has no want.*, so it asks for nothing"
		continue
	fi
	how=
	[ -f "$case/cmd" ] || how=--dump=objects
	for want in nft json tap xml dump decisions text md; do
		[ -f "$case/want.$want" ] || continue
		case $want in
		nft | text) how= ;;
		md) how=-omarkdown ;;
		json) how=-ojson ;;
		tap) how=-otap ;;
		xml) how=-ojunit ;;
		dump) how=--dump=objects ;;
		decisions) how=--dump=decisions ;;
		esac
		run "$case" $how
		compare "$case" "$want" "$out/stdout"
	done
	run "$case" $how
	for want in diag exit; do
		[ ! -f "$case/want.$want" ] || compare "$case" "$want" "$out/$want"
	done
done
echo "1..$count"
