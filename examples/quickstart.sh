#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# From manifests to packets: installs what is missing (through apt), builds netpolc
# into build/, compiles the recipe below, loads it into a network namespace of its
# own, connects from every client to the database and shows what happened beside
# what the policy says.  Nothing outside the three namespaces is touched, and they
# are gone at the end.  To be run as root:
#
#	sh examples/quickstart.sh
set -eu
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "network namespaces take root: sudo sh $0" >&2; exit 1; }
. tests/packages.sh

recipe=examples/15-frontend-to-db
# who holds which address: clients on one side of the router, the database on the other
clients='default/frontend 10.1.0.2
default/batch 10.1.0.3
myproject/report 10.2.0.1
other/frontend 10.3.0.1
203.0.113.7 203.0.113.7'
database='default/db 10.1.0.1'

client=npc-$$-client router=npc-$$-router server=npc-$$-server
scratch=$(mktemp -d)

cleanup()
{
	for space in "$client" "$router" "$server"; do
		ip netns delete "$space" 2>/dev/null || true
	done
	rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

say()
{
	printf '\n== %s\n' "$*"
}

# link SPACE DEVICE: SPACE's only way out is the router's end of a cable, DEVICE
link()
{
	ip netns add "$1"
	ip link add eth0 netns "$1" type veth peer name "$2" netns "$router"
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	ip -n "$router" link set "$2" up
	ip -n "$router" address add 192.0.2.1/32 dev "$2"
	ip -n "$1" route add 192.0.2.1 dev eth0
	# the route's source address comes with the first address of eth0
	ip -n "$1" route add default via 192.0.2.1 dev eth0
}

# address SPACE DEVICE ADDRESS: SPACE answers to ADDRESS, and the router knows it
address()
{
	ip -n "$1" address add "$3/32" dev eth0
	ip -n "$router" route add "$3/32" dev "$2"
}

network()
{
	ip netns add "$router"
	ip -n "$router" link set lo up
	ip netns exec "$router" sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	link "$client" to-client
	link "$server" to-server
	echo "$clients" | while read -r _ where; do
		address "$client" to-client "$where"
	done
	address "$server" to-server "${database#* }"
}

# connect: for every line "name address port verdict" on stdin, whether a connection from
# the address to the database's port comes through.  An answer of any kind means
# that the packet arrived; silence means that it was dropped.
connect()
{
	ip netns exec "$client" python3 -c '
import socket, sys
from concurrent.futures import ThreadPoolExecutor

def probe(line):
    _, address, port, _ = line.split()
    s = socket.socket()
    s.settimeout(1.5)
    s.bind((address, 0))
    try:
        s.connect((sys.argv[1], int(port)))
    except ConnectionRefusedError:
        pass
    except OSError:
        return "deny"
    return "allow"

with ThreadPoolExecutor(64) as pool:
    print("\n".join(pool.map(probe, sys.stdin.read().splitlines())))
' "${database#* }"
}

# The TCP probes of the recipe whose ends are in the cast: "name address port verdict"
probes()
{
	echo "$clients" | awk -F '[ \t]' -v to="${database% *}" '
		NR == FNR { where[$1] = $2; next }
		/^[^#]/ && $1 in where && $2 == to && $3 == "TCP" {
			print $1, where[$1], $4, $5
		}' - "$recipe/expect.tsv"
}

echo "installing what is missing"
# shellcheck disable=SC2086 # lists of words
packages_need $PACKAGES_BUILD $PACKAGES_RUN

say "building netpolc into build/"
[ -f build/build.ninja ] || meson setup build --buildtype=release -Dtests=false >"$scratch/log" ||
	{ cat "$scratch/log"; exit 1; }
ninja -C build netpolc >"$scratch/log" || { cat "$scratch/log"; exit 1; }

say "the policy, from $recipe/manifests.yaml"
awk 'BEGIN { RS = "---\n" } /kind: NetworkPolicy/ { printf "%s", $0 }' "$recipe/manifests.yaml"

say "the ruleset: build/netpolc compile $recipe/manifests.yaml"
build/netpolc compile "$recipe/manifests.yaml" >"$scratch/ruleset"
cat "$scratch/ruleset"

say "connections through a router, without the ruleset and with it"
network
probes >"$scratch/probes"
connect <"$scratch/probes" >"$scratch/before"
ip netns exec "$router" nft -f "$scratch/ruleset"
connect <"$scratch/probes" >"$scratch/after"
paste -d ' ' "$scratch/probes" "$scratch/before" "$scratch/after" | awk -v to="${database% *}" '
	BEGIN {
		form = "%-18s %-12s %-10s %-10s %-10s %-10s %s\n"
		printf form, "from", "to", "port", "without", "with", "expected", "result"
	}
	{
		bad += $5 != "allow" || $6 != $4
		printf form, $1, to, "tcp/" $3, $5, $6, $4,
			$5 == "allow" && $6 == $4 ? "as expected" : "WRONG"
	}
	END {
		printf "\n%d connections, %d not as expected\n", NR, bad
		exit bad != 0 || NR == 0
	}'
