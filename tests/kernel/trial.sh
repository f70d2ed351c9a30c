#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply --try puts the previous ruleset back, whatever becomes of who said it, unless a
# key or apply --confirm keeps the new one; in TAP.
#
# usage: trial.sh NETPOLC SQUATTER
. "$(dirname "$0")/tap.sh"
squatter=$(realpath "${2:?usage: trial.sh NETPOLC SQUATTER}")
cd "$dir" || exit 1

{ pods 3; policy 6379; } >first.yaml
{ pods 3; policy 6380; } >second.yaml
"$netpolc" compile first.yaml >first.nft
"$netpolc" compile second.yaml >second.nft

# begin SECONDS [OPTION...]: second.yaml is on trial, in a process called $trial
begin()
{
	seconds=$1
	shift
	: >said
	setsid "$netpolc" apply --state-dir "$dir/state" --try "$seconds" "$@" second.yaml \
		>said 2>&1 </dev/null &
	trial=$!
	until_true grep -q 'is on trial' said
}

# ends STATUS: $trial does, with that status
ends()
{
	wait $trial
	status=$?
	[ $status = "$1" ] || { echo "the trial ended with $status"; cat said; } >>err
	[ $status = "$1" ]
}

is_first()
{
	listing | cmp -s - first
}

is_second()
{
	listing | grep -q 6380
}

on_trial()
{
	grep -q '@netpolc/netpolc/try$' /proc/net/unix
}

not_on_trial()
{
	! on_trial
}

kept()
{
	cmp "$1.nft" state/netpolc.nft 2>>err &&
		"$netpolc" compile -q state/netpolc.json 2>>err | cmp -s "$1.nft" -
}

begin 1 && ends 1 && ! nft list table inet netpolc 2>/dev/null && [ ! -e state/netpolc.nft ]
verdict "where there was no table, there is none afterwards"
run 0 apply first.yaml && listing >first && begin 1 && ends 1 && is_first && kept first &&
	grep -q 'the previous ruleset is back' said
verdict "when the time is up, the previous ruleset is back"
begin 60 && is_second && kept first && ! grep -q 'any key' said
verdict "on trial, the new one is in force, but not kept"
[ "$(for fd in 0 1 2; do readlink "/proc/$(pgrep -P $trial)/fd/$fd"; done | uniq)" = /dev/null ]
verdict "and no end of a file is waited for in vain"
run 0 status && grep -q '^  on trial     until 20..-..-..T..:..:..Z (process' out
verdict "and status tells until when"
run 3 apply --lock-timeout 0 first.yaml && grep -q '\[trial\]$' err && is_second &&
	grep -q 'on trial in table inet netpolc until 20..-..-..T..:..:..Z (process' err
verdict "a second apply is refused, and told until when"
run 3 apply --lock-timeout 0 --try 9 first.yaml && grep -q '\[trial\]$' err && is_second
verdict "and so is a second trial"
run 3 delete --lock-timeout 0 && grep -q '\[trial\]$' err && is_second
verdict "and delete"
run 0 apply --lock-timeout 0 --dry-run first.yaml && run 0 status && is_second
verdict "but not what changes nothing"
run 0 apply --table other first.yaml && run 0 delete --table other
verdict "nor what changes another table"
if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	cp "$netpolc" unprivileged && chmod 755 unprivileged
	setpriv --reuid 65534 --regid 65534 --clear-groups ./unprivileged apply --confirm >out 2>err
	[ $? = 3 ] && grep -q 'only root.*\[trial\]$' err && on_trial
	verdict "another user cannot confirm it"
fi
run 0 apply --confirm && [ ! -s err ] && ends 0 && is_second && kept second &&
	until_true not_on_trial
verdict "--confirm keeps it, in force and for the next start"
run 3 apply --confirm && grep -q 'no ruleset is on trial.*\[trial\]$' err
verdict "there is nothing to confirm then"
run 0 apply --try 60 second.yaml && not_on_trial && [ ! -s err ]
verdict "what is in force needs no trial"

run 0 apply first.yaml
begin 60 && kill $trial && ends 1 && is_first
verdict "SIGTERM puts the previous one back at once"
begin 2 && env kill -s KILL -- -$trial && on_trial && is_second && until_true is_first && until_true not_on_trial
verdict "it is back in time when who began the trial was killed"
begin 60 && kill -9 $trial && run 0 apply --confirm && is_second && kept second &&
	until_true not_on_trial
verdict "it can be confirmed then, too"
run 0 apply first.yaml && begin 60 && pkill -P $trial && ends 1 && is_first
verdict "SIGTERM to the guardian puts it back at once"
begin 60 && pkill -9 -P $trial && ends 1 && is_first && kept first &&
	grep -q 'put the previous ruleset back is gone' said && grep -q 'the previous ruleset is back' said
verdict "when the guardian is killed, who began the trial puts it back"
begin 2 && kill -HUP $trial && on_trial && ends 1 && is_first
verdict "SIGHUP does not end the trial"

# The guardian is stopped, and cannot answer.
begin 60 && pkill -STOP -P $trial && run 3 apply --confirm --lock-timeout 0 && is_second && kept first &&
	grep -q 'goes on: process .* does not answer; waited 2 s .trial.$' err
verdict "--confirm does not wait for ever"
run 3 apply --lock-timeout 0 first.yaml && grep -q 'seems to be on trial.*process .* does not say until when' err
verdict "and who does not say until when is named"
pkill -CONT -P $trial && kill $trial && ends 1 && is_first && kept first
verdict "what was given up is not kept later"

begin 60 && nft add rule inet netpolc denied accept && run 3 apply --confirm && on_trial && kept first &&
	grep -q 'not what is on trial, so it is not kept: chain denied.*the trial goes on .trial.$' err
verdict "what was changed by hand since cannot be confirmed"
nft delete table inet netpolc && run 3 apply --confirm && on_trial &&
	grep -q 'so it is not kept: there is no such table' err && kill $trial && ends 1 && is_first
verdict "nor what is not there any more, and the previous one comes back"
begin 60 && nft add rule inet netpolc denied accept && pkill -9 -P $trial && ends 3 && kept first &&
	grep -q "is not back: chain denied .*until you run 'nft -f $dir/state/netpolc.nft' .trial.$" said &&
	nft -f "$dir/state/netpolc.nft" && is_first
verdict "who stands in for the guardian leaves that alone, and says how to go back"
run 0 delete && begin 60 && nft add rule inet netpolc denied accept && pkill -9 -P $trial && ends 3 &&
	grep -q "until you run 'netpolc delete --table netpolc'" said && run 0 delete
verdict "also to where there was no table"

# usurped COMMAND...: in the place of the table on trial is one of somebody else's, and
# stays when the command ends the trial
usurped()
{
	nft delete table inet netpolc && nft 'table inet netpolc { chain mine { accept; }; }' && listing >mine &&
		"$@" && ends 3 && listing | cmp -s - mine && nft delete table inet netpolc &&
		grep -q "is not back: table inet netpolc is not netpolc's any more; that table is left alone .trial.$" said
}
run 0 apply first.yaml && begin 60 && usurped kill $trial
verdict "a table that is somebody else's meanwhile is left alone"
begin 60 && usurped kill $trial
verdict "also where there was none"
begin 60 && usurped pkill -9 -P $trial
verdict "and by who stands in for the guardian"
begin 60 && nft flush table inet netpolc && kill $trial && ends 1 && [ -z "$(listing)" ]
verdict "but not one that was flushed"
pods 3 >pods.yaml
run 0 apply pods.yaml && ! grep -q 'lost-policies' err
verdict "and what was there for a trial is not missed"

run 0 apply first.yaml && begin 60 --lock-timeout 0
"$squatter" stream netpolc/netpolc listen >held &
pid=$!
until_true [ -s held ] && pkill -9 -P $trial && ends 3 && is_second && grep -q "process $pid, .*locked" said &&
	grep -q 'is not back: the table is locked; what is in table inet netpolc stays in force' said
verdict "nor does it touch a table that another process changes"
kill -9 $pid
wait $pid 2>/dev/null

# squat ARGUMENT...: another user has the name of a trial; the process is called $pid
squat()
{
	: >held
	setpriv --reuid 65534 --regid 65534 --clear-groups ./squatter "$@" >held &
	pid=$!
	until_true [ -s held ]
}

if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	cp "$squatter" squatter && chmod 755 squatter
	for how in "seqpacket listen" "seqpacket hang-up" "seqpacket full" "seqpacket bind" \
		"seqpacket U9999999999" "seqpacket K" "dgram U1 9999999999" "dgram K"; do
		squat "${how%% *}" netpolc/netpolc/try "${how#* }"
		run 0 apply --lock-timeout 0 first.yaml && run 3 apply --confirm && grep -q 'no ruleset is on trial' err &&
			run 0 delete --lock-timeout 0
		verdict "a stranger is no guardian: $how"
		kill -9 $pid
		wait $pid 2>/dev/null
	done
	squat seqpacket netpolc/netpolc/try U9999999999
	run 0 apply first.yaml && is_first &&
		grep -q "warning: process $pid of user 65534, './squatter.*is not netpolc: nothing is on trial .trial.$" err
	verdict "and is warned about"
	run 3 apply --try 9 second.yaml && is_first && grep -q "process $pid of user 65534.*no trial can begin .trial.$" err
	verdict "where a stranger is, no trial begins"
	kill -9 $pid
	wait $pid 2>/dev/null
	squat seqpacket netpolc/netpolc/try bind
	run 3 apply --try 9 second.yaml && is_first && grep -q 'no trial: .*does not say who it is' err
	verdict "nor where nobody says who it is"
	kill -9 $pid
	wait $pid 2>/dev/null
fi

run 0 apply first.yaml && listing >before
mv state/netpolc.nft aside
run 3 apply --try 9 second.yaml && grep -q 'could not be put back: No such file.*\[trial\]$' err &&
	not_on_trial && listing | cmp -s - before
verdict "no trial without a ruleset that was kept"
cp second.nft state/netpolc.nft
run 3 apply --try 9 second.yaml && grep -q 'holds another ruleset.*\[trial\]$' err
verdict "nor with another one"
cp first.nft state/netpolc.nft
sed -i 's/^	chain denied {/	chain denied { bogus/' state/netpolc.nft
run 3 apply --try 9 second.yaml && listing | cmp -s - before && not_on_trial
verdict "nor with one that does not load"
mv aside state/netpolc.nft
nft add rule inet netpolc denied accept
run 3 apply --try 9 second.yaml && grep -q 'not what was applied.*\[trial\]$' err
verdict "nor where the table is not what was applied"
run 0 delete && nft add table inet netpolc && run 3 apply --adopt --try 9 second.yaml &&
	grep -q "not netpolc's.*\[trial\]$" err && nft delete table inet netpolc
verdict "nor of a table that is not netpolc's"
run 2 apply --confirm first.yaml && grep -q 'surplus argument' err && run 2 apply --confirm --try 9 &&
	run 2 apply --try 9 --dry-run first.yaml && run 2 apply --try 0 first.yaml
verdict "what makes no sense is refused"

# on_terminal SECONDS: the same as begin, on a terminal whose keys come from fd 3
on_terminal()
{
	rm -f keys status modes
	mkfifo keys
	: >said
	script -qec "trap : INT; '$netpolc' apply --state-dir '$dir/state' --try $1 second.yaml; echo \$? >status; stty -a >modes" \
		/dev/null <keys >said 2>&1 &
	trial=$!
	exec 3>keys
	until_true grep -q 'any key' said
}

if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
	run 0 apply first.yaml
	on_terminal 60 && printf x >&3 && until_true [ -s modes ] && [ "$(cat status)" = 0 ] &&
		is_second && kept second && grep -q ' icanon' modes && grep -q ' echo ' modes
	verdict "a key keeps it, and the terminal is as before"
	exec 3>&-
	wait $trial
	run 0 apply first.yaml
	on_terminal 60 && printf '\003' >&3 && until_true [ -s modes ] && [ "$(cat status)" = 1 ] && is_first
	verdict "an interrupt puts the previous one back at once"
	exec 3>&-
	wait $trial
	on_terminal 3 && kill -9 $trial && on_trial && until_true is_first && until_true not_on_trial
	verdict "it is back in time when the terminal is gone"
	exec 3>&-
	wait $trial 2>/dev/null
fi

done_testing
