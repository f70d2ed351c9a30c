#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Objects that are written as manifests and read again are the same objects and make the
# same ruleset: those of all examples, cases and golden cases, in TAP.  What is contained
# reads as what became of it, so there it is decisions that are the same.  Options that
# act on objects alone (--family, --pod-cidr) have nothing to add.
#
# usage: written.sh NETPOLC
netpolc=$(realpath "${1:?usage: written.sh NETPOLC}") || exit 2
cd "$(dirname "$0")/.." || exit 2
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
count=0
whole=0
contained=0

# compile OPTION...
compile()
{
	"$netpolc" compile -q --on-invalid isolate "$@"
}

# objects OPTION...: false where there is anything to contain
objects()
{
	"$netpolc" compile -q --dump=objects "$@"
}

# bare FILE: without places, and without Services, which are not written
bare()
{
	awk '/^[A-Z]/ { skip = /^Service / }
		!skip { sub(/  # .*/, ""); print }' "$1"
}

# same: whether $dir/got is $dir/want
same()
{
	diff "$dir/want" "$dir/got" >"$dir/difference"
}

# same_objects OPTION...: those of $input are in $dir/objects
same_objects()
{
	bare "$dir/objects" >"$dir/want"
	objects "$@" "$dir/written.json" >"$dir/objects" &&
		bare "$dir/objects" >"$dir/got" && same
}

# same_output OPTION...
same_output()
{
	compile "$@" "$input" >"$dir/want" && compile "$@" "$dir/written.json" >"$dir/got" &&
		same
}

# round_trip OPTION...: of $input; false where what is read again is something else
round_trip()
{
	: >"$dir/difference"
	compile "$@" --dump=manifests "$input" >"$dir/written.json" 2>/dev/null || return 0
	# There may have been nothing but Services.
	[ "$(wc -l <"$dir/written.json")" -gt 2 ] || return 0
	same_output "$@" || return 1
	if objects "$@" "$input" >"$dir/objects" 2>/dev/null; then
		whole=$((whole + 1))
		same_objects "$@"
	else
		contained=$((contained + 1))
		same_output "$@" --dump=decisions
	fi
}

# ok OPTION...
ok()
{
	count=$((count + 1))
	if round_trip "$@"; then
		echo "ok $count - $input $*"
	else
		echo "not ok $count - $input $*"
		head -n 20 "$dir/difference" | sed 's/^/# /'
	fi
}

for input in examples/*/ tests/cases/*/ $(find tests/golden -name 'in.*' -o -name in | sort); do
	ok
	case $input in
	*/reject/*/legacy-*) ok --legacy ;;
	*/reject/*) ;;
	*) ok --legacy ;;
	esac
	! grep -qsr 'nodeName: n1' "$input" || ok --node n1
done

# at_least N GOT WHAT
at_least()
{
	count=$((count + 1))
	[ "$2" -ge "$1" ] || printf 'not '
	echo "ok $count - $2 $3"
}

at_least 200 "$whole" "are written as they are"
at_least 100 "$contained" "are contained"
echo "1..$count"
