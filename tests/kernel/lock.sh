#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who changes a table keeps others from doing so, for as long as it lives; in TAP.
#
# usage: lock.sh NETPOLC HOLDER SQUATTER
. "$(dirname "$0")/tap.sh"
holder=$(realpath "${2:?usage: lock.sh NETPOLC HOLDER SQUATTER}")
squatter=$(realpath "${3:?usage: lock.sh NETPOLC HOLDER SQUATTER}")
cd "$dir" || exit 1

{ pods 3; policy 6379; } >first.yaml
{ pods 3; policy 6380; } >second.yaml
{ pods 6000; policy 6379; } >many.yaml

# hold [ARGUMENT...]: the process, which does not look at them, is called $pid
hold()
{
	: >held
	"$holder" "$@" >held &
	pid=$!
	until_true [ -s held ]
}

# squat ARGUMENT...: another user has the name; the process is called $pid
squat()
{
	: >held
	setpriv --reuid 65534 --regid 65534 --clear-groups ./squatter "$@" >held &
	pid=$!
	until_true [ -s held ]
}

release()
{
	kill -9 $pid
	wait $pid 2>/dev/null
}

run 0 apply first.yaml
listing >before
hold
run 3 apply --lock-timeout 0 second.yaml && [ ! -s out ] && grep -q '\[locked\]$' err &&
	grep -q "being changed by process $pid, 'holder'; waited 0 s" err &&
	grep -q 'nothing was changed' err
verdict "a lock that another process has is named with its holder"
run 3 apply --lock-timeout 1 second.yaml && grep -q 'waited 1 s' err
verdict "waiting ends"
if unshare -pf true 2>/dev/null; then
	unshare -pf "$netpolc" apply --state-dir '' --lock-timeout 0 second.yaml >out 2>err
	[ $? = 3 ] && grep -q 'being changed by a process of another PID namespace; waited 0 s' err
	verdict "also a holder that has no number here"
fi
run 3 delete --lock-timeout 0 && grep -q "process $pid," err
verdict "delete asks for the lock too"
listing | cmp -s - before
verdict "and all that changed nothing"
run 0 apply --lock-timeout 0 --table other second.yaml && run 0 delete --table other
verdict "another table has another lock"
run 0 compile second.yaml && run 1 query --from shop/web1 --to shop/db2 --port tcp/1 first.yaml
verdict "who changes nothing needs no lock"
unshare -n "$netpolc" apply --state-dir '' --lock-timeout 0 second.yaml 2>err
verdict "another network namespace has another lock"

"$netpolc" apply -v --state-dir "" --lock-timeout 60 second.yaml >out 2>err &
waiter=$!
until_true grep -q "waiting for process $pid," err
verdict "who waits says for whom, when asked"
listing | cmp -s - before
verdict "and changes nothing meanwhile"
release
wait $waiter && listing >after && grep -q 6380 after
verdict "a lock is gone with its holder"

words=$(seq -s ' ' 1 27)
hold "$words" ää
run 3 apply --lock-timeout 0 second.yaml && grep -q "process $pid, 'holder $words …'; waited" err
verdict "of a long command line there is no more than anybody reads"
release

if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	cp "$squatter" squatter && chmod 755 squatter
	for mode in listen hang-up full bind; do
		run 0 apply --allow-loss first.yaml
		squat stream netpolc/netpolc $mode
		who="process $pid of user 65534, './squatter stream netpolc/netpolc $mode'"
		says="$who has the lock of table inet netpolc and is not netpolc"
		[ $mode = full ] && says='a process of user 65534 has the lock of table inet netpolc and is not netpolc'
		[ $mode = bind ] && says='nobody can ask who has the lock of table inet netpolc'
		run 0 apply --lock-timeout 0 second.yaml && listing | cmp -s - after &&
			grep -q "warning: $says.*\[locked\]$" err
		verdict "a stranger who has the name does not keep others from changing the table: $mode"
		release
	done
	: >held
	"$squatter" stream netpolc/netpolc full >held &
	pid=$!
	until_true [ -s held ]
	run 3 apply --lock-timeout 0 second.yaml && grep -q 'is being changed by a process; waited 0 s \[locked\]$' err
	verdict "however many wait for it, root has the lock"
	release
	squat stream netpolc/netpolc hang-up
	run 0 apply -v --lock-timeout 1 second.yaml && [ "$(grep -c "waiting for process $pid of user 65534" err)" = 1 ] &&
		grep -q 'waited 1 s' err
	verdict "but is waited for, and that is told once"
	run 0 delete --lock-timeout 0 && [ -z "$(listing)" ]
	verdict "delete goes on, too"
	release
fi

# An apply of many pods is stopped while it has the lock.
run 0 apply first.yaml
tries=20
while [ $tries -gt 0 ]; do
	tries=$((tries - 1))
	"$netpolc" apply --state-dir "" --allow-loss many.yaml >out 2>err &
	pid=$!
	until grep -q '@netpolc/netpolc$' /proc/net/unix || ! kill -0 $pid 2>/dev/null; do :; done
	kill -STOP $pid 2>/dev/null && grep -q '@netpolc/netpolc$' /proc/net/unix && break
	kill -CONT $pid 2>/dev/null
	wait $pid
	netpolc apply --allow-loss first.yaml
done
[ $tries -gt 0 ] && run 3 apply --lock-timeout 0 second.yaml &&
	grep -q "process $pid, '.*netpolc apply .*--allow-loss many.yaml'" err
verdict "a second apply sees the first"
"$netpolc" apply --state-dir "" -v --allow-loss second.yaml >out 2>err &
second=$!
until_true grep -q "waiting for process $pid," err
kill -CONT $pid
wait $pid && wait $second && listing >after && grep -q 6380 after && ! grep -q 10.0.9.9 after
verdict "and comes after it"

done_testing
