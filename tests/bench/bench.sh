#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Makes a cluster and times its compilation; what compile -v says of the ruleset
# comes first.
#
# usage: bench.sh NETPOLC GEN BENCH [SEED PODS POLICIES [RATIO MEGABYTES]]
set -eu
netpolc=$1 gen=$2 bench=$3
shift 3
[ $# != 0 ] || set -- 1 10000 1000
cluster=$(mktemp)
trap 'rm -f "$cluster"' EXIT

"$gen" "$1" "$2" "$3" >"$cluster"
echo "seed $1: $2 pods, $3 policies, $(wc -c <"$cluster") bytes" >&2
shift 3
"$bench" "$netpolc" "$cluster" "$@"
