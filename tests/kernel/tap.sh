# SPDX-License-Identifier: GPL-2.0-or-later
# For scripts that run netpolc against the kernel: a network and a /run of their own, so
# that several can run at once; TAP; and manifests.  A script sources this with its own
# arguments, NETPOLC first.
if [ -z "$NETPOLC_INSIDE" ]; then
	[ "$(id -u)" = 0 ] && map= || map=-r
	if ! unshare $map -nm true 2>/dev/null; then
		echo "1..0 # SKIP namespaces are not permitted"
		[ "$NETPOLC_NO_SKIP" != 1 ]
		exit
	fi
	NETPOLC_INSIDE=1 exec unshare $map -nm "$0" "$@"
fi
mount -t tmpfs none /run || exit 1

netpolc=$(realpath "${1:?usage: $0 NETPOLC [HELPER...]}")
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
chmod 755 "$dir"
PATH=$PATH:/usr/sbin:/sbin
n=0
failed=0

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] && ok=ok || { ok='not ok'; failed=1; }
	n=$((n + 1))
	echo "$ok $n - $1"
	[ "$ok" = ok ] || sed 's/^/# /' out err
}

# netpolc COMMAND ARGUMENT...: whoever writes to the kernel keeps files here, unless the
# arguments say where
netpolc()
{
	command=$1
	shift
	case "$command $*" in
	*--state-dir*) ;;
	apply* | diff*--live* | delete* | status*) set -- --state-dir "$dir/state" "$@" ;;
	esac
	"$netpolc" "$command" "$@"
}

# run STATUS COMMAND ARGUMENT...: netpolc exits with STATUS; out and err hold what it
# said
run()
{
	want=$1
	shift
	netpolc "$@" >out 2>err
	got=$?
	[ $got = "$want" ] || { echo "status $got instead of $want" >>err; return 1; }
}

# same_tables COMMAND...: it succeeds and no transaction is committed, as $generation says
same_tables()
{
	before=$("$generation")
	"$@" && [ "$("$generation")" = "$before" ] || {
		echo "generation $before became $("$generation")" >>err
		return 1
	}
}

# without counters, whose values are none of our business
listing()
{
	nft -s list ruleset
}

# until COMMAND...: waits, up to a minute, for it to succeed
until_true()
{
	tries=1200
	while ! "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || { echo "never: $*" >>err; return 1; }
		sleep 0.05
	done
}

# pods N: the manifests of pods 1 to N; web, the first, and db, the others
pods()
{
	printf 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n'
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			app = i == 1 ? "web" : "db"
			print "---\napiVersion: v1\nkind: Pod"
			print "metadata: {name: " app i ", namespace: shop, labels: {app: " app "}}"
			print "status: {podIP: 10." int(i / 62500) "." int(i / 250) % 250 "." i % 250 + 1 "}"
		} }'
}

# policy PORT: lets web reach db on that port
policy()
{
	cat <<END
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: $1}]
END
}

done_testing()
{
	echo "1..$n"
	exit $failed
}
