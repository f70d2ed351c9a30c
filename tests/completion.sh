#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What shells are told to complete, in TAP.  bash is asked as it asks a completion
# function; fish, where there is one, by its own means; of zsh's the syntax is looked at.
#
# usage: completion.sh NETPOLC
netpolc=$(realpath "${1:?usage: completion.sh NETPOLC}") || exit 2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

# same WHAT WANT GOT: two lists of words are the same, in any order
same()
{
	n=$((n + 1))
	if [ "$(echo $2 | tr ' ' '\n' | sort)" = "$(echo $3 | tr ' ' '\n' | sort)" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# wanted: $2"
		echo "# got:    $3"
		failed=1
	fi
}

# offered WORD...: what bash offers for the last word
offered()
{
	COMP_WORDS=(netpolc "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_netpolc
	echo "${COMPREPLY[@]}"
}

for shell in bash zsh fish; do
	"$netpolc" --completion $shell >"$dir/$shell"
done
. "$dir/bash"

commands=$("$netpolc" --help | sed -n '/^commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
same "bash: commands" "$commands help --help --version --completion" "$(offered '')"
same "bash: commands to have help for" "$commands" "$(offered help '')"
for command in $commands; do
	same "bash: options of $command" "$("$netpolc" $command --help |
		sed -n '/^options:/,/^$/s/^  \(-[a-zA-Z]\), \(--[a-z-]*\).*/\1 \2/p; s/^      \(--[a-z-]*\).*/\1/p' | tr '\n' ' ')" \
		"$(offered $command -)"
done
same "bash: the beginning of a command" "check" "$(offered ch)"
same "bash: the beginning of an option" "--dry-run" "$(offered apply --dr)"
same "bash: words of a list" "error warning info" "$(offered check --fail-on '')"
same "bash: words of a list, briefly" "nft json" "$(offered compile -o '')"
same "bash: words of a list, some of them" "off syslog" "$(offered compile --log '')"
same "bash: one of them behind an equals sign" "warning" "$(offered check --fail-on = w)"
same "bash: all of them behind an equals sign" "error warning info" "$(offered check --fail-on =)"
same "bash: a finding" "selects-no-pod" "$(offered check -W sel)"
same "bash: a finding that is not wanted" "no-selects-no-pod" "$(offered check --warn no-sel)"
same "bash: a finding as an error" "selects-no-pod" "$(offered check -W error = sel)"
same "bash: files" "" "$(offered query --probes '')"
same "bash: no words for a number" "" "$(offered check --max-errors '')"
same "bash: inputs" "" "$(offered check '')"
same "bash: of which shell" "bash zsh fish" "$(offered --completion '')"
same "bash: how it is registered" "complete -o default -F _netpolc netpolc" "$(complete -p netpolc)"

for shell in zsh fish; do
	if command -v $shell >/dev/null; then
		same "$shell: syntax" "" "$($shell -n "$dir/$shell" 2>&1)"
	else
		n=$((n + 1))
		echo "ok $n - $shell: syntax # SKIP no $shell"
	fi
done
if command -v fish >/dev/null; then
	same "fish: words of a list" "error warning info" "$(HOME=$dir fish -c \
		"source $dir/fish; complete -C 'netpolc check --fail-on '" | cut -f 1)"
	same "fish: commands" "check" "$(HOME=$dir fish -c \
		"source $dir/fish; complete -C 'netpolc che'" | cut -f 1)"
fi
"$netpolc" --completion tcsh >"$dir/out" 2>"$dir/err"
same "another shell" "2 0" "$? $(wc -c <"$dir/out")"
same "another shell is told so" "'tcsh';" "$(grep -o "'tcsh';" "$dir/err")"

echo "1..$n"
exit $failed
