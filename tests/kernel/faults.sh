#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Whatever is refused to netpolc or befalls it: an honest exit status, a reason, nothing
# half done, and the next run heals; in TAP.
#
# usage: faults.sh NETPOLC HOLDER
. "$(dirname "$0")/tap.sh"
holder=$(realpath "${2:?usage: faults.sh NETPOLC HOLDER}")
cd "$dir" || exit 1

{ pods 1000; policy 6379; } >first.yaml
{ pods 1000; policy 6380; } >second.yaml
run 0 apply second.yaml
listing >second
run 0 apply first.yaml
listing >first

is_first()
{
	listing | cmp -s - first
}

is_second()
{
	listing | cmp -s - second
}

one_line()
{
	[ "$(wc -l <err)" = 1 ]
}

# heals: the next run makes everything right
heals()
{
	run 0 apply first.yaml && [ ! -s err ] && is_first
}

# ---- no privilege ----

if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	chmod 644 ./*.yaml
	cp "$netpolc" unprivileged && chmod 755 unprivileged
	bad=
	for command in "apply first.yaml" delete status; do
		# shellcheck disable=SC2086 # words
		setpriv --reuid 65534 --regid 65534 --clear-groups ./unprivileged $command \
			>out 2>err
		[ $? = 3 ] && [ "$(grep -c 'error: ' err)" = 1 ] && grep -q 'no privilege' err ||
			bad=$command
	done
	[ -z "$bad" ] && is_first
	verdict "without privilege every command says so"
fi

# ---- files ----

"$netpolc" status >/dev/full 2>err
[ $? = 3 ] && grep -q 'No space left.*\[output\]$' err
verdict "status to a full file"
"$netpolc" status >&- 2>err
[ $? = 3 ] && grep -q '\[output\]$' err
verdict "status to a closed one"
(sleep 0.2; "$netpolc" status 2>err; echo $? >rc) | true
until_true [ -s rc ]
[ "$(cat rc)" = 3 ] && grep -q '\[output\]$' err
verdict "status to a pipe that nobody reads"
netpolc apply second.yaml >&- 2>&- && is_second && netpolc apply -v first.yaml >/dev/full 2>/dev/full &&
	is_first
verdict "apply needs no file to write to"
rm rc
(sleep 0.2; netpolc apply -v second.yaml 2>&1; echo $? >rc) | true
until_true [ -s rc ]
[ "$(cat rc)" = 0 ] && is_second
verdict "nor anybody who reads what it says"
# forgets MANIFESTS WHY: they are applied, and one line says that nothing is kept
forgets()
{
	run 0 apply "$1" && [ "$(cat err)" = "netpolc: nothing is kept in /run/netpolc: $2" ]
}

mount -t tmpfs -o size=4k none /run && ! cat /dev/zero >/run/ballast 2>/dev/null &&
	forgets first.yaml 'No space left on device' && is_first
verdict "a full /run is no obstacle"
mount -o remount,ro /run && forgets second.yaml 'Read-only file system' && is_second &&
	run 0 apply -q first.yaml && [ ! -s err ] && is_first
verdict "nor is a read-only one"
umount /run

# ---- limits ----

# starved ARGUMENT...: with each number of open files that is too few for it, the reason
# is that, and the table is still that of first.yaml
starved()
{
	few=4
	until prlimit --nofile=$few "$netpolc" "$@" --state-dir "" >out 2>err; do
		[ $few -lt 64 ] && is_first || return 1
		few=$((few + 1))
		grep -q 'error while loading shared libraries' err && continue
		grep -q 'Too many open files.*\[[a-z]*\]$' err || return 1
	done
	[ $few -gt 4 ]
}

starved apply second.yaml && is_second
verdict "apply with few open files says so"
heals && starved delete && [ -z "$(listing)" ]
verdict "and delete"
{ pods 8000; policy 6379; } >many.yaml
if unshare -rn true 2>/dev/null; then
	rm -f rc
	unshare -rn sh -c "'$netpolc' apply --state-dir '' first.yaml && nft -s list ruleset >little || exit
		'$netpolc' apply --state-dir '' many.yaml 2>err
		echo \$? >rc
		nft -s list ruleset >large
		'$netpolc' diff --live --state-dir '' many.yaml" >out 2>&1
	case $?,$(cat rc) in
	0,0) ;; # nft 1.0.8 and later may do it
	1,3)
		cmp -s little large && [ "$(grep -c 'error: ' err)" = 1 ] &&
			grep -q 'raise net\.core\.wmem_max .*\[kernel\]$' err
		;;
	*) false ;;
	esac
	verdict "what may not be sent at once in anybody's namespace is refused with a reason"
fi

# ---- a table that does not say whose it is ----

# nobodys: apply refuses the table
nobodys()
{
	run 3 apply first.yaml && grep -q 'foreign-table' err
}

mount -t tmpfs none /run && heals && nft flush table inet netpolc && run 0 apply first.yaml &&
	grep -q '^netpolc: table netpolc replaced: it says no more whose it is$' err && is_first
verdict "what was applied and lost its rules is filled again, and that is said"
nft 'add table inet netpolc { flags dormant; }' && run 0 apply --dry-run first.yaml &&
	grep -q 'would be replaced: the table is dormant$' err && run 0 apply -q first.yaml &&
	[ ! -s err ] && is_first
verdict "as for any table that has to be replaced, unless nobody wants to know"
nft flush table inet netpolc && run 0 delete && [ -z "$(listing)" ] && heals
verdict "or deleted"
for change in "flush chain inet netpolc state" "insert rule inet netpolc state drop" \
	"insert rule inet netpolc state drop comment mine"; do
	nft "$change" && run 0 apply first.yaml && grep -q 'says no more whose it is$' err && is_first
	verdict "what was applied and lost its state is known: $change"
done
rm /run/netpolc/* && nft flush chain inet netpolc state && run 0 apply first.yaml &&
	grep -q 'says no more whose it is$' err && is_first
verdict "also where nothing remembers it: its rules bear their marks"
for comment in 0123456789abcde 0123456789abcdefg '0123456789abcdef-'; do
	rm -f /run/netpolc/* && nft delete table inet netpolc &&
		nft "table inet netpolc { chain state { }; chain mine { accept comment \"$comment\"; }; }" &&
		nobodys && nft delete table inet netpolc && heals
	verdict "but not by marks like '$comment'"
done
rm /run/netpolc/* && nft flush chain inet netpolc state && nft add rule inet netpolc forward drop && nobodys &&
	nft delete table inet netpolc && heals
verdict "nor with a rule more that has none"
nft flush chain inet netpolc state && nft add rule inet netpolc forward drop && nobodys &&
	nft delete table inet netpolc && heals
verdict "but not with a rule more"
nft delete table inet netpolc && nft 'table inet netpolc { chain state { }; chain mine { accept; }; }' &&
	nobodys && nft delete table inet netpolc && heals
verdict "but not where somebody's rules are"
nft delete table inet netpolc && nft 'table inet netpolc { chain mine { }; }' && nobodys &&
	nft delete table inet netpolc && heals
verdict "nor where there never was a state chain"
if unshare -n true 2>/dev/null; then
	unshare -n sh -c "nft 'table inet netpolc { chain state { }; }'
		'$netpolc' apply --state-dir '$dir/other' first.yaml" >out 2>err
	[ $? = 3 ] && grep -q 'foreign-table' err
	verdict "nor in another network"
fi
rm /run/netpolc/* && nft flush table inet netpolc && nobodys && run 0 apply --adopt first.yaml && is_first
verdict "and what nobody knows has to be adopted"
umount /run

# ---- a table that is another process's ----

# owned FLAG...: nft, for as long as fd 3 is open, owns the table of first.yaml
owned()
{
	nft delete table inet netpolc 2>/dev/null
	"$netpolc" compile first.yaml | sed 's/^table inet netpolc {/& flags owner;/' >owned.nft
	rm -f commands
	mkfifo commands
	nft -i <commands >/dev/null 2>&1 &
	owner=$!
	exec 3>commands
	echo "include \"$dir/owned.nft\"" >&3
	until_true nft list chain inet netpolc state >/dev/null 2>&1
}

if nft 'add table inet mine { flags owner; }' 2>/dev/null; then
	bad=
	for command in "apply second.yaml" "apply --dry-run second.yaml" delete; do
		owned
		# shellcheck disable=SC2086 # words
		run 3 $command && [ "$(grep -c 'error: ' err)" = 1 ] && [ "$(wc -l <err)" = 2 ] &&
			grep -q 'the table belongs to a process .*.kernel.$' err || bad=$command
		exec 3>&-
		wait $owner
	done
	[ -z "$bad" ] && heals
	verdict "a table that has an owner: one line says why it stays"
fi

# ---- memory ----

# limited KB COMMAND...: the command's status, with so much address space
limited()
{
	(ulimit -v "$1" && shift && netpolc "$@") >out 2>err
}

# A sanitizer's shadow is larger than any limit.
if limited 200000 compile first.yaml; then
	"$netpolc" compile second.yaml >whole
	bad= zeros=0 threes=0
	for kb in $(seq 5000 250 11000); do
		limited "$kb" compile second.yaml
		case $? in
		0) zeros=$((zeros + 1)) && cmp -s out whole || bad="$bad $kb" ;;
		3) threes=$((threes + 1)) && [ ! -s out ] && grep -q 'out of memory' err ||
			bad="$bad $kb" ;;
		127) ;; # not even loaded
		*) bad="$bad $kb" ;;
		esac
	done
	echo "odd at$bad" >err
	[ -z "$bad" ] && [ $zeros -gt 0 ] && [ $threes -gt 0 ]
	verdict "compile says everything, or that there is no memory ($threes, $zeros)"

	bad= zeros=0 threes=0
	for kb in $(seq 6000 500 20000); do
		limited "$kb" apply second.yaml
		case $? in
		0) zeros=$((zeros + 1)) && is_second || bad="$bad $kb" ;;
		3) threes=$((threes + 1)) && [ "$(cat err)" = 'netpolc: error: out of memory' ] &&
			is_first || bad="$bad $kb" ;;
		127) ;;
		*) bad="$bad $kb" ;;
		esac
		netpolc apply first.yaml
	done
	echo "odd at$bad" >err
	[ -z "$bad" ] && [ $zeros -gt 0 ] && [ $threes -gt 0 ] && heals
	verdict "apply does everything, or says that there is no memory ($threes, $zeros)"
fi

# ---- signals ----

"$holder" >held &
holds=$!
until_true [ -s held ]
for pair in HUP:129 INT:130 TERM:143; do
	signal=${pair%:*}
	: >err
	# What a shell starts in the background ignores SIGINT, and who runs the tests may
	# ignore SIGHUP.
	(
		trap - INT
		exec env --default-signal=INT,HUP "$netpolc" apply -v --state-dir "$dir/state" second.yaml
	) >out 2>err &
	waiter=$!
	until_true grep -q 'waiting for' err
	kill -s $signal $waiter
	wait $waiter 2>/dev/null
	[ $? = "${pair#*:}" ] && tail -n 1 err | grep -qx "netpolc: ended by SIG$signal; nothing was changed" && is_first
	verdict "SIG$signal ends who waits, and is told"
done
(trap '' HUP; exec "$netpolc" apply -v --state-dir "$dir/state" second.yaml) >out 2>err &
waiter=$!
until_true grep -q 'waiting for' err
kill -s HUP $waiter
kill -s KILL $holds
wait $waiter && is_second
verdict "what is ignored goes on being ignored"
heals
verdict "the next run heals"

begin=$(date +%s%N)
netpolc apply second.yaml
took=$(($(date +%s%N) - begin))
bad= ended=0 done=0
for delay in $(awk -v took=$took 'BEGIN {
	srand(7); for (i = 0; i < 40; i++) print rand() * 1.1 * took / 1e9 }'); do
	netpolc apply first.yaml
	"$netpolc" apply --state-dir "$dir/state" second.yaml >out 2>err &
	pid=$!
	sleep "$delay"
	kill $pid 2>/dev/null
	wait $pid 2>/dev/null
	case $? in
	0) done=$((done + 1)) && is_second || bad="$bad $delay" ;;
	143) ended=$((ended + 1)) && is_first || bad="$bad $delay" ;;
	*) bad="$bad $delay" ;;
	esac
done
echo "odd after$bad" >err
[ -z "$bad" ] && heals
verdict "SIGTERM at any moment leaves the old or the new table, as the status says ($ended, $done)"

done_testing
