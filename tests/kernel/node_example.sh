#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What runs netpolc on a node, under examples/node, does what it says with a kubectl
# that answers, fails and is cut off; units, manifests and scripts are what those who
# read them accept; in TAP.
#
# usage: node_example.sh NETPOLC
. "$(dirname "$0")/tap.sh"
example=$(realpath "$(dirname "$0")/../../examples/node")
units="$example/systemd/netpolc.service $example/systemd/netpolc.timer
	$example/systemd/netpolc-boot.service"
cd "$dir" || exit 1

# What netpolc is linked with is what the image installs.
for library in $(readelf -d "$netpolc" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
	file=$(ldd "$netpolc" | awk -v name="$library" '$1 == name { print $3 }')
	package=$(dpkg -S "$file" 2>>err || dpkg -S "$(realpath "$file")" 2>>err) || continue
	echo "${package%%:*}"
done | grep -vxE 'libc6|lib(a|ub|l)san[0-9]*|libgcc-s1' >linked
tr -s '\t ' '\n' <"$example/Containerfile" >words
[ -s linked ] && ! grep -vxFf words linked >err
verdict "the image has the libraries"

# The places that are written down there, but for this test alone.
mkdir sbin bin lib && cp "$example/netpolc-apply" sbin && ln -s "$netpolc" bin/netpolc &&
	mkdir -p /var/lib && mount --bind lib /var/lib &&
	mount --bind sbin /usr/local/sbin || exit 1
NODE_NAME=n1 KUBECONFIG=/etc/netpolc/kubeconfig PATH=$dir/bin:/usr/local/sbin:$PATH
export NODE_NAME KUBECONFIG PATH
cat >bin/kubectl <<END
#!/bin/sh
echo "\$*" >$dir/asked
cat $dir/cluster
exit \$(cat $dir/status)
END
chmod 755 bin/kubectl

# cluster PORT: what kubectl prints of a cluster in which that port is open
cluster()
{
	cat <<END
{"apiVersion": "v1", "items": [
{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}},
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "db", "namespace": "shop"},
 "spec": {"nodeName": "n1"}, "status": {"podIP": "10.0.0.1"}},
{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
 "metadata": {"name": "db", "namespace": "shop"},
 "spec": {"podSelector": {}, "ingress": [{"ports": [{"port": $1}]}],
  "policyTypes": ["Ingress"]}}], "kind": "List"}
END
}

is_loaded()
{
	nft list table inet netpolc 2>err | grep -q "dport $1 accept"
}

# text COMMAND: the script of the container
text()
{
	awk '/^        - \|$/ { inside = 1; next }
		inside && !/^          / { exit }
		inside { print substr($0, 11) }' "$example/daemonset.yaml"
}

# ---- the script ----

echo 0 >status
cluster 6379 >cluster
netpolc-apply >out 2>err && is_loaded 6379
verdict "the script applies what kubectl prints"
[ "$(cat asked)" = "get networkpolicies,pods,namespaces,nodes --all-namespaces -o json" ]
verdict "and asks for all that matters"
cluster 6380 >cluster && echo 1 >status
! netpolc-apply >out 2>err
verdict "a kubectl that fails is a failure"
cluster 6381 | head -c 500 >cluster
! netpolc-apply >out 2>err && grep -q '\[truncated\]\|syntax' err && is_loaded 6380
verdict "what is cut off changes nothing"
: >cluster
! netpolc-apply >out 2>err && grep -q '\[no-input\]' err && is_loaded 6380
verdict "neither does nothing at all"
cluster 6382 >cluster && echo 0 >status
sed -n 's/^\* \* \* \* \* root \(.*\) 2>&1 | logger .*/\1/p' "$example/netpolc.cron" >line &&
	[ -s line ] && bash line >out 2>err && is_loaded 6382
verdict "the line for cron does the same"

# ---- booting ----

sed -n 's/^ExecStart=//p' "$example/systemd/netpolc-boot.service" >line
unshare -n sh -c "sh line && exec \"$netpolc\" status" >out 2>err && grep -q 'drift *none' out
verdict "the unit for booting loads what was applied last"
# shellcheck disable=SC2086 # a list of files
systemd-analyze verify --man=no $units >out 2>&1 && [ ! -s out ]
verdict "systemd accepts the units"

# ---- the DaemonSet ----

cluster 6383 >cluster
text >script && [ -s script ] && bash script >out 2>err &
until_true is_loaded 6383
verdict "the container applies what kubectl prints"
child=$!
echo 1 >status && : >cluster && pkill -P $child sleep
until_true grep -q 'stays$' err && is_loaded 6383 && cluster 6384 >cluster && echo 0 >status &&
	pkill -P $child sleep
until_true is_loaded 6384
verdict "and goes on when it fails"
kill $child && wait $child
verdict "and ends when it is told to"
cat >look.py <<'END'
import sys, yaml
found = {d["kind"]: d for d in yaml.safe_load_all(open(sys.argv[1]))}
rules = found["ClusterRole"]["rules"]
assert {(g, r) for rule in rules for g in rule["apiGroups"] for r in rule["resources"]} == {
    ("", "pods"), ("", "namespaces"), ("", "nodes"),
    ("networking.k8s.io", "networkpolicies")}, rules
assert all(set(rule) == {"apiGroups", "resources", "verbs"} and rule["verbs"] == ["list"]
           for rule in rules), rules
pod = found["DaemonSet"]["spec"]["template"]["spec"]
box, = pod["containers"]
may = box["securityContext"]
assert may["capabilities"] == {"drop": ["ALL"], "add": ["NET_ADMIN"]}, may
assert may["readOnlyRootFilesystem"] and not may["allowPrivilegeEscalation"], may
assert "privileged" not in may and pod["hostNetwork"], pod
assert not {"hostPID", "hostIPC"} & set(pod), pod
assert {m["name"] for m in box["volumeMounts"]} == {v["name"] for v in pod["volumes"]}, pod
assert pod["serviceAccountName"] == found["ServiceAccount"]["metadata"]["name"], pod
assert found["ClusterRoleBinding"]["subjects"][0]["name"] == pod["serviceAccountName"]
END
python3 look.py "$example/daemonset.yaml" >out 2>err
verdict "it may list what it needs, has NET_ADMIN and nothing else"
run 0 compile --dump=objects "$example/daemonset.yaml" && grep -q DaemonSet out
verdict "netpolc reads it, too"
yamllint -d '{extends: default, rules: {document-start: disable,
    line-length: {max: 100}, indentation: {indent-sequences: consistent}}}' "$example/daemonset.yaml" >out 2>&1
verdict "yamllint has nothing to say"
shellcheck sbin/netpolc-apply >out 2>&1 && shellcheck -s bash script >>out 2>&1
verdict "nor has shellcheck"

done_testing
