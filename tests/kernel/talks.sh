# SPDX-License-Identifier: GPL-2.0-or-later
# Connections that stay open, between two pods of node.sh.  To be sourced after it, with
# $talk the helper of that name.

# two_pods PORTS [SIDE]: web, number 1, may reach db, number 2, on these; what says so
# isolates the destination, or as SIDE says the source
two_pods()
{
	cat <<END
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
status: {podIPs: [{ip: 10.0.1.2}, {ip: "fd00:1::2"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
status: {podIPs: [{ip: 10.0.2.2}, {ip: "fd00:2::2"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: one-side, namespace: shop}
spec:
END
	if [ "$2" = source ]; then
		cat <<END
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: db}}}], ports: [$1]}]
END
	else
		cat <<END
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [$1]}]
END
	fi
}

add_two_pods()
{
	forwarding
	routed web 10.0.1.2 fd00:1::2 && routed db 10.0.2.2 fd00:2::2
}

# open NAME PROTOCOL CLIENT SERVER ADDRESS PORT: waits until it stands
open()
{
	mkfifo "$1.client.in" "$1.server.in"
	for end in server client; do
		[ $end = server ] && { verb=listen pod=$4; } || { verb=connect pod=$3; }
		eval "pid=\$pid_$pod"
		: >"$1.$end.out"
		# both ways: it neither waits for a writer, nor ends with one
		nsenter -t "$pid" -n "$talk" $verb "$2" "$5" "$6" <>"$1.$end.in" >"$1.$end.out" 2>&1 &
		eval "talk_$1_$end=$!"
		processes="$processes $!"
	done
	until_true grep -q ready "$1.client.out" && until_true grep -q ready "$1.server.out"
}

# say NAME END: that end sends a byte
say()
{
	echo >"$1.$2.in"
}

bytes()
{
	grep -c byte "$1.$2.out"
}

more()
{
	[ "$(bytes "$1" "$2")" -gt "$3" ]
}

# carries NAME END: a byte of that end arrives
carries()
{
	[ "$2" = client ] && other=server || other=client
	had=$(bytes "$1" $other)
	say "$1" "$2" && until_true more "$1" $other "$had"
}

# hang_up NAME: both ends are gone
hang_up()
{
	for end in client server; do
		eval "kill \$talk_$1_$end" 2>/dev/null
		rm -f "$1.$end.in"
	done
}
