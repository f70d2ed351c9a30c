#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# status tells what the kernel has, without any manifest: counts, denials, and
# whether it is still what was applied; in TAP.
#
# usage: status.sh NETPOLC GENERATION
. "$(dirname "$0")/tap.sh"
generation=$(realpath "${2:?usage: status.sh NETPOLC GENERATION}")
examples=$(realpath "$(dirname "$0")/../../examples")
cd "$dir" || exit 1

cat >zoo.yaml <<'END'
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
  - to: [{ipBlock: {cidr: 192.0.2.0/24, except: [192.0.2.128/25]}}]
    ports: [{port: 53, protocol: UDP}, {port: 8000, endPort: 8010}]
END
{ pods 4; policy 6379; cat zoo.yaml; } >good.yaml

# says FORM TEXT...: status prints a line that has the text
says()
{
	form=$1
	shift
	run 0 status -o "$form" && for text; do
		grep -qF -- "$text" out || { echo "nothing says: $text" >>err; return 1; }
	done
}

run 1 status && [ ! -s err ] && [ "$(cat out)" = "table inet netpolc is not loaded" ]
verdict "nothing is loaded"
run 1 status -o json && grep -q '"loaded": false' out && run 1 status -o prometheus &&
	grep -q '^netpolc_loaded{table="netpolc"} 0$' out
verdict "in every form"
nft add table inet netpolc
run 1 status && [ "$(cat out)" = "table inet netpolc is not netpolc's" ]
verdict "what is loaded is not netpolc's"
nft delete table inet netpolc
run 2 status good.yaml && grep -q "surplus argument" err
verdict "manifests are not asked for"

run 0 apply good.yaml
touch -d '2001-09-09 01:46:40 UTC' state/netpolc.nft
digest=$("$netpolc" compile good.yaml | sed -n '1s/.* digest //p')
says text "$digest" "last apply   2001-09-09T01:46:40Z" "isolated     4 IPv4 and 0 IPv6" \
	"classes      1 ingress, 1 egress" "drift        none"
verdict "what is loaded is told"
sets=$(nft list table inet netpolc | grep -cE '^	(set|map) ')
elements=$(grep -c '^			' state/netpolc.nft)
says text "sets         $sets, with $elements elements"
verdict "sets and elements are those of the kernel"
says json '"lastApply": "2001-09-09T01:46:40Z"' '"drift": false' '"shop/db"' &&
	says prometheus 'netpolc_last_apply_timestamp_seconds{table="netpolc"} 1000000000'
verdict "and to programs"
rm state/netpolc.nft
says text 'last apply   unknown: No such file' && says json '"lastApply": null' &&
	says prometheus netpolc_info && ! grep -q last_apply out
verdict "without a ruleset that was kept there is no time"
run 0 apply good.yaml && sed 's/6379/6380/' good.yaml >other.yaml &&
	"$netpolc" apply --state-dir '' other.yaml &&
	says text 'last apply   unknown: it holds another ruleset'
verdict "nor with another one"

run 0 delete && "$netpolc" compile -o json good.yaml | nft -j -f - && says text 'drift        none'
verdict "what nft has loaded is what it was made of"

# counters that have counted: as if packets had been denied
"$netpolc" compile good.yaml | sed -n 's/^	counter \(.*\) {/\1/p' >counters
"$netpolc" compile good.yaml | awk '/^\tcounter / { print; print "\t\tpackets " ++n * 1000 " bytes " n * 60000; next } 1' |
	nft -f - 2>err
{ read -r out; read -r in; read -r middle; read -r strays; } <counters
says text "        1000          60000  $out " "        2000         120000  $in " \
	"        3000         180000  $middle " "        4000         240000  $strays " \
	"drift        none" && grep -q "  $out  *shop/out$" out && grep -q "  $in  *shop/db$" out
verdict "what was denied is told by class, with its policies"
[ "$(grep -n "  $in " out | cut -d: -f1)" -lt "$(grep -n "  $out " out | cut -d: -f1)" ]
verdict "the most first"
says prometheus "netpolc_denied_packets_total{table=\"netpolc\",class=\"$in\",direction=\"ingress\",policies=\"shop/db\"} 2000" \
	"netpolc_denied_bytes_total{table=\"netpolc\",class=\"$out\",direction=\"egress\",policies=\"shop/out\"} 60000" \
	'netpolc_midstream_packets_total{table="netpolc"} 3000' \
	'netpolc_stray_packets_total{table="netpolc"} 4000'
verdict "in metrics too"

# What promtool wants: HELP and TYPE before the samples of a metric, all of them
# together, quoted labels, and _total for counters and nothing else.
awk '
	function bad(why) { print FILENAME ": " FNR ": " why >"/dev/stderr"; failed = 1 }
	/^# HELP [a-z_]+ [A-Z][^\\]*$/ { help = $3; next }
	/^# TYPE [a-z_]+ (gauge|counter)$/ {
		name = $3
		if (name != help || seen[name]++) bad("TYPE without HELP, or twice")
		if (($4 == "counter") != (name ~ /_total$/)) bad("a name that is not of its type")
		next }
	/^[a-z_]+\{([a-z]+="([^"\\]|\\["\\n])*",?)+\} [0-9]+$/ {
		if ($0 !~ "^" name "\\{") bad("a sample of another metric")
		if (sample[$0 = substr($0, 1, match($0, /\} [0-9]+$/))]++) bad("twice")
		n++
		next }
	{ bad($0) }
	END { exit failed || n < 15 }' out 2>>err
verdict "in the form that Prometheus reads"

# drifts WHAT COMMAND: after the command, status and diff say that it is another table,
# and apply makes it what it was
drifts()
{
	what=$1
	shift
	says text 'drift        none' && "$@" 2>>err &&
		says text 'drift        found' && says json '"drift": true' &&
		says prometheus 'netpolc_drift{table="netpolc"} 1' &&
		run 1 diff --live good.yaml
	verdict "$what is noticed"
	run 0 apply good.yaml && listing >now && diff good.list now >>err
	verdict "and healed"
}

run 0 apply good.yaml
listing >good.list

map=$(sed -n 's/^	map \([^ ]*\) {/\1/p' state/netpolc.nft | head -n 1)
pair=$(sed -n "/map $map /,/}/s/^			\([^,]*\),*/\1/p" state/netpolc.nft | head -n 1)
drifts "an element taken away" nft "delete element inet netpolc $map { ${pair%% :*} }"
drifts "an element added" nft "add element inet netpolc isolated4 { 192.0.2.1 }"
drifts "an element with another verdict" nft \
	"delete element inet netpolc $map { ${pair%% :*} }; add element inet netpolc $map { ${pair%% :*} : drop }"
drifts "an element for all others" nft "add element inet netpolc ingress4 { * : drop }"
drifts "another policy of the hook" nft "add chain inet netpolc forward { policy drop; }"
drifts "a rule added" nft add rule inet netpolc denied accept
drifts "a rule before the first" nft insert rule inet netpolc forward accept
# rule_of CHAIN N: its N-th rule
rule_of()
{
	nft -a list chain inet netpolc "$1" | grep '^		.*# handle' | sed -n "$2p"
}

# comment_of CHAIN N: what nft takes for its comment
comment_of()
{
	rule_of "$1" "$2" | sed 's/.* \(comment ".*"\) # handle.*/\1/'
}

# replaced CHAIN N [COMMENT]: the chain's N-th rule accepts everything instead
replaced()
{
	rule=$(rule_of "$1" "$2")
	nft "replace rule inet netpolc $1 handle ${rule##* } accept $3"
}

# copied CHAIN N: the same, and keeps the comment
copied()
{
	replaced "$1" "$2" "$(comment_of "$1" "$2")"
}

# forgotten COMMAND...: nothing but the table tells what it was
forgotten()
{
	rm /run/netpolc/* && "$@"
}

# filled_anew CHAIN: another program puts the same rules there
filled_anew()
{
	nft -s list chain inet netpolc "$1" >rules && nft flush chain inet netpolc "$1" &&
		nft -f rules
}

drifts "the only rule of a chain replaced" copied denied 1
drifts "the last rule of a class replaced" copied "$in" '$'
drifts "the first rule of the hook replaced" copied forward 1
for cache in '' forgotten; do
	without=${cache:+, without a cache}
	drifts "a first rule with no comment$without" $cache replaced "$in" 1
	drifts "a rule in the middle with none$without" $cache replaced "$in" 2
	drifts "a last rule with none$without" $cache replaced "$in" '$'
	drifts "a rule in the middle with another$without" $cache replaced "$in" 2 'comment "mine"'
	drifts "a last rule with that of another chain$without" $cache replaced "$in" '$' \
		"$(comment_of denied 1)"
done
forgotten same_tables run 0 apply -v good.yaml && grep -q 'table netpolc unchanged' err
verdict "without a cache an unchanged table is unchanged"
drifts "a chain that another filled anew" filled_anew "$in"
drifts "a chain emptied" nft flush chain inet netpolc denied
drifts "a chain added" nft add chain inet netpolc guest
drifts "a chain that hooks too" nft "add chain inet netpolc guest { type filter hook input priority 0; }"
drifts "a set added" nft "add set inet netpolc guest { type ipv4_addr; }"
drifts "a set of another kind" nft "add set inet netpolc guest { type inet_service; flags timeout; }"
drifts "a counter added" nft add counter inet netpolc guest
drifts "a quota added" nft "add quota inet netpolc guest { over 1 mbytes }"
drifts "a table that sleeps" nft "add table inet netpolc { flags dormant; }"
drifts "a rule in the state chain" nft add rule inet netpolc state accept
# It is known by what was applied that it is netpolc's.
for change in "flush chain inet netpolc state" "insert rule inet netpolc state drop comment mine"; do
	nft "$change" && says text 'drift        found: its state chain says no more' "  $in " \
		'isolated     4 IPv4' && says json '"loaded": true' '"drift": true' '"digest": null' &&
		says prometheus 'netpolc_loaded{table="netpolc"} 1' 'netpolc_drift{table="netpolc"} 1' &&
		! grep -q netpolc_info out && run 0 apply good.yaml && says text 'drift        none'
	verdict "a state chain that was changed is noticed: $change"
done
nft flush table inet netpolc && says text 'drift        found: its state' \
	'the table does not say what was applied' && says json '"lastApply": null' && run 0 apply good.yaml
verdict "a table that was emptied is noticed"
nft flush chain inet netpolc state && nft add rule inet netpolc forward drop &&
	run 1 status && [ "$(cat out)" = "table inet netpolc is not netpolc's" ]
verdict "but not with a rule of somebody else's"
sed 's/chain state {/& type filter hook input priority 0;/' state/netpolc.nft | nft -f - &&
	says text 'drift        found'
verdict "a state chain that hooks is noticed"
sed 's/priority filter - 1/priority filter - 2/' state/netpolc.nft | nft -f - &&
	says text 'drift        found'
verdict "another priority is noticed"
# whose rules have no hashes
sed 's/ layout [0-9]*/ layout 3/; s/ comment "[0-9a-f]*"$//' state/netpolc.nft | nft -f - && says text 'layout       3' \
	'drift        unknown' && says json '"drift": null' && says prometheus netpolc_info &&
	! grep -q netpolc_drift out
verdict "of another layout nothing is claimed"
run 0 apply -v good.yaml && grep -q 'replaced: it has another layout' err && listing >now &&
	diff good.list now >>err
verdict "and it is replaced"
sed 's/\(comment "[0-9a-f]* \)shop.db/\1\\a\\z\xc3\xa4/' state/netpolc.nft | nft -f - &&
	says json '_' && ! LC_ALL=C grep -q "$(printf '[\200-\377]')" out
verdict "what others wrote into comments comes out harmless"

# Every form of table has the digest that is computed from what the kernel has.
run 0 delete
inline=inline-hosts=0,inline-nets=0,inline-ports=0
for limits in sets=512 $inline,share=1000,pipapo=1 $inline,share=1,pipapo=1000 $inline,sets=16; do
	bad=
	for file in "$examples"/*/manifests.yaml; do
		run 0 apply --limits "$limits" --allow-loss "$file" &&
			says text 'drift        none' || { bad=$file; break; }
	done
	[ -z "$bad" ]
	verdict "all recipes are what was applied, with $limits"
done

done_testing
