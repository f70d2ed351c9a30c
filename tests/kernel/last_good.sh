#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What was applied last is in a file that nft loads, whole and nobody else's; and when
# it cannot be kept, policy is in force all the same; in TAP.
#
# usage: last_good.sh NETPOLC
. "$(dirname "$0")/tap.sh"
cd "$dir" || exit 1
kept=state/netpolc.nft

{ pods 3; policy 6379; } >first.yaml
{ pods 3; policy 6380; } >second.yaml
{ pods 3; policy 70000; } >bad.yaml
"$netpolc" compile first.yaml >first.nft
"$netpolc" compile second.yaml >second.nft

is_kept()
{
	cmp "$1" $kept 2>>err
}

# warned WHY: apply did its work, and warned of the one thing that it could not do
warned()
{
	[ "$(grep -c 'warning: ' err)" = 1 ] && grep -q "not kept .*$1.*\[last-good\]" err
}

run 0 apply first.yaml && [ ! -s err ] && is_kept first.nft
verdict "what was applied is kept, as compile prints it"
[ "$(stat -c %a state $kept | tr '\n' ' ')" = '700 600 ' ] && [ "$(ls -A state | tr '\n' ' ')" = 'netpolc.json netpolc.nft ' ]
verdict "for nobody else, and nothing beside it"
listing >loaded
unshare -n sh -c "nft -f $kept && nft -s list ruleset" 2>err | cmp -s - loaded
verdict "nft loads the same table from it"
"$netpolc" compile state/netpolc.json 2>err | cmp -s - first.nft &&
	[ "$(stat -c %a state/netpolc.json)" = 600 ]
verdict "the same ruleset is made of the objects beside it"
touch -d 2001-01-01 $kept
before=$(stat -c %i $kept)
run 0 apply first.yaml && [ ! -s err ] && [ "$(stat -c %i $kept)" = "$before" ] &&
	[ $kept -nt loaded ] && is_kept first.nft
verdict "a second apply changes its time alone"
touch -d 2001-01-01 $kept
run 0 apply --dry-run first.yaml && run 0 apply --dry-run second.yaml && run 2 apply bad.yaml &&
	[ ! $kept -nt loaded ] && is_kept first.nft
verdict "what is not applied leaves it alone"
run 0 apply second.yaml && [ ! -s err ] && is_kept second.nft
verdict "what is applied next takes its place"
rm $kept
run 0 apply second.yaml && is_kept second.nft
verdict "it is back when it was lost, though the table is the same"
cp first.nft $kept
run 0 apply second.yaml && is_kept second.nft
verdict "and when it was another one"
echo half >state/.netpolc.nft
run 0 apply first.yaml && [ ! -s err ] && is_kept first.nft && [ ! -e state/.netpolc.nft ]
verdict "what a killed run has left is no obstacle"
run 0 apply --table other second.yaml && is_kept first.nft && [ -s state/other.nft ]
verdict "each table has its file"
run 0 delete --table other && [ ! -e state/other.nft ] && is_kept first.nft
verdict "delete removes it, and no other"
run 0 delete && [ ! -e $kept ] && [ ! -s err ] && run 0 delete && [ ! -s err ] &&
	rm -r state && run 0 delete && [ ! -s err ] && [ ! -e state ]
verdict "delete wants neither table nor file nor directory"

echo precious >precious
mkdir state elsewhere
chmod 700 elsewhere
ln -s ../precious $kept
ln -s ../precious state/.netpolc.nft
run 0 apply first.yaml && [ ! -s err ] && is_kept first.nft && [ ! -L $kept ] &&
	[ "$(cat precious)" = precious ]
verdict "a symbolic link in its place is not followed"
ln -s elsewhere link
run 0 apply --state-dir link second.yaml && warned "'link'" && [ -z "$(ls -A elsewhere)" ]
verdict "a symbolic link for the directory is not followed"
run 0 apply --state-dir first.nft second.yaml && warned 'no directory'
verdict "a file is no directory"
mkdir $kept.d && run 0 apply --state-dir $kept.d first.yaml && mkfifo $kept.d/other.nft &&
	run 0 apply --table other --state-dir $kept.d first.yaml && [ -f $kept.d/other.nft ] &&
	run 0 delete --table other --state-dir $kept.d
verdict "a pipe in its place does not stop anything"
chmod 770 state
run 0 apply second.yaml && warned 'others may write'
verdict "others that may write to the directory are no company"
run 0 delete && grep -q 'warning: .*may bring it back.*others may write.*\[last-good\]' err
verdict "delete says that it cannot remove the file"
chmod 755 state
run 0 apply second.yaml && [ ! -s err ] && is_kept second.nft
verdict "others may read"
if [ "$(id -u)" = 0 ] && chown 65534 state 2>/dev/null; then
	run 0 apply first.yaml && warned 'another user'
	verdict "nor is a directory of another user"
	chown 0 state
fi
run 0 apply --state-dir missing/state first.yaml && warned 'No such file'
verdict "no directory above it"
run 0 apply --state-dir '' second.yaml && [ ! -s err ]
verdict "none is wanted"

run 0 apply first.yaml
cp state/netpolc.json first.json
mount -t tmpfs -o size=64k,mode=700 none state && cp first.nft $kept && cp first.json state/netpolc.json &&
	! cat /dev/zero >state/ballast 2>/dev/null && run 0 apply second.yaml && warned 'No space left' &&
	is_kept first.nft && [ ! -e state/.netpolc.nft ] && listing | grep -q 6380
verdict "a full file system keeps the old one whole, and policy is in force"
mount -o remount,ro state && run 0 apply first.yaml && [ ! -s err ] && run 0 apply second.yaml &&
	warned 'Read-only' && is_kept first.nft && listing | grep -q 6380
verdict "so does a read-only one"
umount state

rm -r state
run 0 apply first.yaml && mkdir state/.netpolc.json && run 0 apply second.yaml && is_kept second.nft &&
	[ "$(grep -c 'warning: ' err)" = 1 ] &&
	grep -q "what it was made of is not kept: '.*/state': .*\[last-good\]" err
verdict "where the objects cannot be kept, the ruleset is"
rmdir state/.netpolc.json
run 0 apply second.yaml && [ ! -s err ] && "$netpolc" compile state/netpolc.json 2>err | cmp -s - second.nft
verdict "they are, as soon as they can be, though nothing has changed"
touch -d 2001-01-01 state/netpolc.json
before=$(stat -c %i state/netpolc.json)
run 0 apply second.yaml && [ "$(stat -c %i state/netpolc.json)" = "$before" ] && [ state/netpolc.json -nt loaded ]
verdict "they are written only when they are others"
# replaced WHAT: the file is another one after apply, which changed nothing else
replaced()
{
	before=$(stat -c %i state/netpolc.json)
	run 0 apply -v third.yaml && grep -q 'table netpolc unchanged' err &&
		[ "$(stat -c %i state/netpolc.json)" != "$before" ] && is_kept second.nft
	verdict "such as $1, though the ruleset is the same"
}
cat second.yaml - >third.yaml <<'END'
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: later, namespace: default}
spec: {template: {metadata: {labels: {app: later}}, spec: {containers: []}}}
END
replaced "a workload that is new"
sed -i 's/app: later/app: other/' third.yaml
replaced "its labels"
sed -i 's/containers: \[\]/hostNetwork: true/' third.yaml
replaced "what it shares with the node"
cat second.yaml - >third.yaml <<'END'
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: default}
status: {phase: Pending}
END
replaced "a pod that has no address yet"
sed -i 's/namespace: default}$/&\nspec: {nodeName: n2, containers: [{ports: [{name: http, containerPort: 80}]}]}/; s/Pending/Failed/' third.yaml
replaced "what it is"
cat second.yaml - >third.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: idle, namespace: default}
spec: {podSelector: {matchLabels: {app: nobody}}}
END
replaced "a policy of no pod"
run 0 apply --other-protocols allow second.yaml && grep -q 'allow; ' state/netpolc.json &&
	run 0 apply second.yaml && ! grep -q 'allow; ' state/netpolc.json
verdict "or by other options"
run 0 delete && [ -z "$(ls -A state)" ] && [ ! -s err ]
verdict "delete forgets them, too"

done_testing
