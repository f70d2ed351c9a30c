#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Memory grows with what policies need, not with the input: 400 MB of ConfigMaps and
# one policy, as kubectl prints a List, compile in at most 10 MB.  And policies that
# need too much are refused before they have it.
#
# usage: big_input.sh NETPOLC PEAK
megabytes=400
newline='
'

# Ten lines of some configuration, at an indentation and with an ending each.
text()
{
	for i in 0 1 2 3 4 5 6 7 8 9; do
		printf '%slog_format.%s = "$remote_addr - $request"; # how lines look%s' \
			"$1" "$i" "$2"
	done
}

yaml_map()
{
	cat <<-END
	- apiVersion: v1
	  data:
	    server.conf: |
	$(text '      ' "$newline")
	    mode: "0644"
	  kind: ConfigMap
	  metadata:
	    creationTimestamp: "2024-05-01T10:00:00Z"
	    labels: {app: web, tier: front}
	    name: web
	    namespace: shop
	    uid: 0b0e5e0c-6a4c-4a3c-9d7a-0f4d9a1f2c11
	END
}

json_map()
{
	cat <<-END
	        {
	            "apiVersion": "v1",
	            "data": {
	                "server.conf": "$(text '' '\n' | sed 's/"/\\"/g')",
	                "mode": "0644"
	            },
	            "kind": "ConfigMap",
	            "metadata": {
	                "creationTimestamp": "2024-05-01T10:00:00Z",
	                "labels": {"app": "web", "tier": "front"},
	                "name": "web",
	                "namespace": "shop",
	                "uid": "0b0e5e0c-6a4c-4a3c-9d7a-0f4d9a1f2c11"
	            }
	        },
	END
}

# repeat TEXT: as often as it takes
repeat()
{
	lines=$(printf '%s\n' "$1" | wc -l)
	yes -- "$1" | head -n "$(((megabytes * 1000000 / ${#1} + 1) * lines))"
}

yaml_list()
{
	printf 'apiVersion: v1\nitems:\n'
	repeat "$(yaml_map)"
	cat <<-'END'
	- apiVersion: networking.k8s.io/v1
	  kind: NetworkPolicy
	  metadata: {name: last, namespace: shop}
	  spec: {podSelector: {}}
	kind: List
	END
}

json_list()
{
	printf '{\n    "apiVersion": "v1",\n    "items": [\n'
	repeat "$(json_map)"
	cat <<-'END'
	        {
	            "apiVersion": "networking.k8s.io/v1",
	            "kind": "NetworkPolicy",
	            "metadata": {"name": "last", "namespace": "shop"},
	            "spec": {"podSelector": {}}
	        }
	    ],
	    "kind": "List"
	}
	END
}

# check NUMBER FORMAT: the policy is there, millions of lines down
check()
{
	if "$2_list" | "$peak" 10 "$netpolc" compile --dump=objects - >"$out" 2>"$err" &&
		grep -q '^NetworkPolicy shop/last  # -:[0-9]\{7\}' "$out"; then
		echo "ok $1 - $megabytes MB of $2: $(tail -n 1 "$err")"
	else
		echo "not ok $1 - $megabytes MB of $2"
		tail -n 20 "$err" | sed 's/^/# /'
	fi
}

# Every policy leaves one pod alone and another out of its peers, so that hardly two
# pairs of pods have the same ports.
entangled()
{
	awk 'BEGIN {
		for (i = 0; i < 400; i++) {
			printf "---\n{apiVersion: v1, kind: Pod, metadata: {name: p%d, ", i
			printf "namespace: shop, labels: {id: p%d}}, ", i
			printf "status: {podIP: 10.0.%d.%d}}\n", i / 250, i % 250 + 1
			printf "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, "
			printf "metadata: {name: n%d, namespace: shop}, spec: {podSelector: ", i
			printf "{matchExpressions: [{key: id, operator: NotIn, values: [p%d]}]}, ", i
			printf "ingress: [{from: [{podSelector: {matchExpressions: [{key: id, "
			printf "operator: NotIn, values: [p%d]}]}}], ports: [{port: %d}]}]}}\n", \
				i + 1, 2 * i + 1
		}
	}'
}

# check_entangled NUMBER
check_entangled()
{
	# shellcheck disable=SC2016 # expanded by the inner shell
	if entangled | "$peak" 600 sh -c '"$1" compile -; [ $? = 2 ]' sh "$netpolc" \
		>"$out" 2>"$err" && [ ! -s "$out" ] && grep -q '\[too-large\]' "$err"; then
		echo "ok $1 - 400 entangled policies are refused: $(tail -n 1 "$err")"
	else
		echo "not ok $1 - 400 entangled policies are refused"
		tail -n 20 "$err" | sed 's/^/# /'
	fi
}

netpolc=$1
peak=$2
out=$(mktemp) && err=$(mktemp) || exit 1
trap 'rm -f "$out" "$err"' EXIT
echo 1..3
check 1 yaml
check 2 json
check_entangled 3
