#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply is killed between two transactions: the table is the old or the new one all the
# same, and nobody else changes it meanwhile; in TAP.
#
# usage: killed.sh NETPOLC BETWEEN	BETWEEN is a library to be loaded in front
. "$(dirname "$0")/tap.sh"
between=$(realpath "${2:?usage: killed.sh NETPOLC BETWEEN}")
cd "$dir" || exit 1

# The second has chains of its own that a map leads to which both have.
{ pods 20; policy 6379; } >first.yaml
{ pods 20; policy 6379; policy 80 | sed 's/db/web/'; } >second.yaml
{ pods 20; policy 6380; } >third.yaml

# Chains are listed in the order in which they were added.
sorted()
{
	listing | sort
}

is_loaded()
{
	sorted | cmp -s - "$1" && run 0 diff --live "$1.yaml"
}

for which in third second first; do
	run 0 apply $which.yaml
	sorted >$which
done
"$netpolc" compile first.yaml >first.nft

# befalls WHAT: while first is loaded and second is applied; waits for all that have
# standard output.  Its status is that of apply.
befalls()
{
	netpolc apply first.yaml
	{
		NETPOLC_BETWEEN=$1 LD_PRELOAD=$between setsid -w "$netpolc" apply -v \
			--state-dir "$dir/state" second.yaml 2>err
		echo $? >status
	} | cat >said
	return "$(cat status)"
}

befalls nothing
[ $? = 0 ] && [ "$(grep -c 'ms  commit$' err)" = 2 ] && grep -q 'table netpolc changed$' err &&
	is_loaded second
verdict "two transactions make one of the other, and that is told"
befalls apply
[ $? = 137 ] && is_loaded second
verdict "killed between the two, apply leaves the new table"
befalls group
[ $? = 137 ] && is_loaded second
verdict "also when all of its process group are"
befalls sender
[ $? = 0 ] && grep -q 'table netpolc changed$' err && ! grep -q 'not heard' err &&
	is_loaded second
verdict "whoever sends for it is killed: apply goes on"
befalls late
[ $? = 0 ] && grep -q 'table netpolc changed$' err && is_loaded second
verdict "also behind the second: it says that the table was changed"
befalls senders
[ $? = 0 ] && grep -q 'table netpolc replaced: the process that sent .* was killed$' err &&
	is_loaded second
verdict "time and again: it replaces the table"
befalls fails
[ $? = 0 ] && grep -q 'table netpolc replaced: the process that sent .* failed$' err && is_loaded second
verdict "what is sent for it the last time is refused: it replaces the table, and says why"
befalls no-fork
[ $? = 0 ] && grep -q 'table netpolc changed$' err && is_loaded second
verdict "nobody sends for it: it does so itself"
befalls refuse
[ $? = 3 ] && [ "$(grep -c 'error: ' err)" = 1 ] && grep -q 'the kernel refused' err &&
	is_loaded first && cmp -s state/netpolc.nft first.nft &&
	[ "$(ls -A state | tr '\n' ' ')" = 'netpolc.json netpolc.nft ' ]
verdict "nothing is taken: one line says so, and what is kept stays"

# ---- what others see meanwhile ----

: >said
{ befalls stop; echo $? >end; } &
until_true [ -s said ]
sender=$(cat said)
run 3 apply --lock-timeout 0 third.yaml && grep -q '\[locked\]' err && ! sorted | cmp -s - first &&
	! sorted | cmp -s - second
verdict "the lock outlives a killed apply until all is sent"
[ ! -e end ]
verdict "and so does its standard output"
netpolc apply -v third.yaml >waited 2>&1 &
waiter=$!
until_true grep -q 'waiting for' waited
kill -CONT "$sender"
wait $waiter && is_loaded third
verdict "who waited for it comes after it"
until_true [ -s end ]
[ "$(cat end)" = 137 ]
verdict "which was killed indeed"

# ---- what is kept ----

: >said
rm end
{ befalls disk; echo $? >end; } &
until_true [ -s said ]
until_true is_loaded second
verdict "policy is in force while the disk does not answer"
[ ! -e end ] && cmp -s state/netpolc.nft first.nft
verdict "and what is kept is that of before"
kill -CONT "$(head -n 1 said)"
until_true [ -s end ]
[ "$(cat end)" = 0 ] && ! grep -q warning err &&
	"$netpolc" compile second.yaml | cmp -s - state/netpolc.nft
verdict "and when it does, that of afterwards"

: >said
rm end
{ befalls disk; echo $? >end; } &
until_true [ -s said ]
copy=$(cat said)
kill -KILL "$(ps -o ppid= -p "$copy")"
kill -CONT "$copy"
until_true [ -s end ]
[ "$(cat end)" = 137 ] && cmp -s state/netpolc.nft first.nft &&
	[ "$(ls -A state | tr '\n' ' ')" = 'netpolc.json netpolc.nft ' ]
verdict "nothing stays beside it when nobody waits for that any more"

done_testing
