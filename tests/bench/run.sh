#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs the benchmarks, all of them or those that are named, and prints one table.
# Figures are processor time, or elapsed time where it says so, the best of some
# rounds; a reference was measured in the same run.  Nothing is asserted.  Use a build
# with -Dbuildtype=release.
#
# usage: run.sh BUILD_DIR [compile|scale|load|apply|change|core|probes|packets|blocks|connections]...
set -eu
build=$(realpath "${1:?usage: run.sh BUILD_DIR [BENCHMARK]...}")
shift
[ $# != 0 ] || set -- compile scale load apply change core probes packets blocks connections
netpolc=$build/netpolc
bench=$build/tests/bench
node=node-003
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# cluster PODS POLICIES: sets $file, which is made when it is missing
cluster()
{
	file=$dir/$1.yaml
	[ -s "$file" ] || "$bench/gen" 1 "$1" "$2" >"$file"
}

bench_compile()
{
	cluster 10000 1000
	"$bench/bench_compile" "$netpolc" "$file" --node $node
	"$bench/bench_compile" "$netpolc" "$file"
	"$bench/gen" --json 1 10000 1000 >"$dir/cluster.json"
	"$bench/bench_compile" "$netpolc" "$dir/cluster.json" --node $node
}

bench_scale()
{
	cluster 1000 100 && small=$file
	cluster 10000 1000 && middle=$file
	cluster 100000 10000
	"$bench/bench_scale" "$netpolc" $node "$small" "$middle" "$file"
	rm "$file"
}

bench_load()
{
	cluster 10000 1000
	"$netpolc" compile -q "$file" >"$dir/ruleset"
	"$bench/bench_load" "$dir/ruleset" || [ $? = 77 ]
}

bench_apply()
{
	"$bench/bench_apply" "$dir/cache" || [ $? = 77 ]
}

# As manifests that are quick to read, with the address of one pod changed.
bench_change()
{
	cluster 8400 840
	"$netpolc" compile -q --dump=manifests "$file" >"$dir/before"
	sed 's/"10\.0\.16\.159"/"10.250.1.1"/' "$dir/before" >"$dir/after"
	if cmp -s "$dir/before" "$dir/after"; then
		echo "change: there is no such pod" >&2
		exit 1
	fi
	mkdir "$dir/change"
	"$bench/bench_change" "$netpolc" "$dir/before" "$dir/after" "$dir/change" || [ $? = 77 ]
}

bench_core()
{
	cluster 10000 1000
	"$bench/bench_core" "$file"
}

# Few of the probes that gen makes are allowed: every second one becomes one of these.
bench_probes()
{
	cluster 10000 1000
	"$bench/gen" --probes 3000000 1 10000 1000 >"$dir/any"
	"$netpolc" query -q "$file" --probes "$dir/any" |
		sed -n 's/	allow$//p' >"$dir/allowed"
	awk 'NR == FNR { allowed[n++] = $0; next }
		n && FNR % 2 { $0 = allowed[int(rand() * n)] }
		{ print }' "$dir/allowed" "$dir/any" >"$dir/probes"
	"$bench/bench_probes" "$netpolc" "$file" "$dir/probes"
	rm "$dir/any" "$dir/probes"
}

bench_connections()
{
	cluster 10000 1000
	"$bench/bench_connections" "$file" || [ $? = 77 ]
}

bench_packets()
{
	"$bench/bench_packets"
}

bench_blocks()
{
	"$bench/bench_blocks" || [ $? = 77 ]
}

printf '%-58s %11s %-9s %11s %8s\n' figure value unit reference ratio
for name; do
	"bench_$name"
done
