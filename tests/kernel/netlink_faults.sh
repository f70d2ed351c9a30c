#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# apply and status while the kernel or other programs fail them: an honest exit status,
# a line that says why, nothing half done, and the next run heals.  In TAP.
#
# usage: netlink_faults.sh NETPOLC FAULT	FAULT is a library to be loaded in front
if [ -z "$NETPOLC_INSIDE" ]; then
	[ "$(id -u)" = 0 ] && map= || map=-r
	if ! unshare $map -n true 2>/dev/null; then
		echo "1..0 # SKIP network namespaces are not permitted"
		[ "$NETPOLC_NO_SKIP" != 1 ]
		exit
	fi
	NETPOLC_INSIDE=1 exec unshare $map -n "$0" "$@"
fi

netpolc=$(realpath "${1:?usage: netlink_faults.sh NETPOLC FAULT}")
fault=$(realpath "${2:?usage: netlink_faults.sh NETPOLC FAULT}")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
cd "$dir" || exit 1
PATH=$PATH:/usr/sbin:/sbin
n=0
failed=0

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] && ok=ok || { ok='not ok'; failed=1; }
	n=$((n + 1))
	echo "$ok $n - $1"
	[ "$ok" = ok ] || sed 's/^/# /' err
}

# cluster PORT: a pod that may be reached on it, and its policy
cluster()
{
	cat <<END
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}},
  status: {podIP: 10.0.0.$1}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
  metadata: {name: db-$1, namespace: shop},
  spec: {podSelector: {}, ingress: [{ports: [{port: $1}]}]}}
END
}

apply()
{
	"$netpolc" apply --state-dir '' "$@" >out 2>err
}

# broken FAULT FILE: applies the file while that fails
broken()
{
	NETPOLC_FAULT=$1 LD_PRELOAD=$fault "$netpolc" apply -v --state-dir '' "$2" >out 2>err
}

# Chains and sets are listed in the order in which they were added.
listing()
{
	nft -s list table inet netpolc 2>/dev/null | sort
}

# is_loaded FILE: the table is what the file makes of it
is_loaded()
{
	listing | cmp -s - "$1.listing"
}

for file in 1 2; do
	cluster $file >$file.yaml
	apply $file.yaml
	listing >$file.listing
done

broken unsupported 1.yaml
[ $? = 3 ] && [ "$(grep -c 'error: ' err)" = 1 ] && grep -q 'no nftables' err && is_loaded 2
verdict "without nftables one line says so, and nothing is changed"

# Answers are lost at every place where one is read.
good=0
bad=0
for at in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 25 30 35 40 45 50 55 60; do
	apply 2.yaml && is_loaded 2 || bad="at $at: not healed"
	nft 'table inet other {}
delete table inet other'
	broken $at 1.yaml
	case $? in
	0) is_loaded 1 && good=$((good + 1)) || bad="at $at: not loaded" ;;
	3) grep -q 'error: ' err && { is_loaded 2 || is_loaded 1; } || bad="at $at" ;;
	*) bad="at $at: status" ;;
	esac
done
echo "$bad" >>err
[ "$bad" = 0 ] && [ $good -gt 0 ]
verdict "lost answers lose nothing else"

for what in 'flush ruleset' 'delete table inet netpolc' \
	'flush chain inet netpolc forward' 'add rule inet netpolc forward drop' \
	'flush map inet netpolc ingress4'; do
	apply 1.yaml && is_loaded 1 && nft "$what" && apply 1.yaml && is_loaded 1
	verdict "$what by another program: the next run heals"
done

# alone COMMAND...: while no descriptor is left to ask other processes
alone()
{
	NETPOLC_FAULT=local LD_PRELOAD=$fault "$netpolc" "$@" >out 2>err
}

alone status --state-dir '' && grep -q '^  on trial     unknown: Too many open files$' out
verdict "status does not tell of a trial that nobody could be asked about"
alone status --state-dir '' -o prometheus && ! grep -q trial out && grep -q '^netpolc_loaded.* 1$' out
verdict "nor in a metric"
alone apply --confirm
[ $? = 3 ] && grep -q 'cannot ask whether a ruleset is on trial .*: Too many open files .trial.$' err &&
	[ "$(grep -c 'error: ' err)" = 1 ]
verdict "nor does --confirm find that there is none"

echo "1..$n"
exit $failed
