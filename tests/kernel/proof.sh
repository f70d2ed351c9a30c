#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# test --kernel proves assertions with packets, as root and as anybody, and says so
# where the system does not let it; in TAP.
#
# usage: proof.sh NETPOLC
. "$(dirname "$0")/tap.sh"
cases=$(realpath "$(dirname "$0")/../golden/test")
cd "$dir" || exit 1
cp "$netpolc" unprivileged && chmod 755 unprivileged

# proves TEXT: the summary has it
proves()
{
	grep -q -- "$1" out || { cat out >>err; return 1; }
}

# nobody COMMAND...: as a user without any privilege
nobody()
{
	if [ "$(id -u)" = 0 ] && setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	else
		"$@"
	fi
}

listing >before
ip -brief link >links
for case in holds mixed coverage; do
	cp "$cases/$case/tests.yaml" "$case-tests.yaml"
	cp "$cases/$case/in.yaml" "$case.yaml"
done
run 0 test --kernel --tests holds-tests.yaml holds.yaml &&
	proves '7 connections, 5 of them proven by the kernel with 5 packets; no packet can tell of the other 2$'
verdict "assertions that hold"
run 1 test --kernel --tests mixed-tests.yaml mixed.yaml &&
	proves '16 connections, 16 of them proven by the kernel with 16 packets$'
verdict "assertions that fail are proven too, with workloads that have no address"
run 1 test --kernel -o tap --tests mixed-tests.yaml mixed.yaml && proves '^# .* proven by the kernel' &&
	run 1 test --kernel -o junit --tests mixed-tests.yaml mixed.yaml &&
	proves '<property name="kernel.proven" value="16"/>' &&
	run 1 test --kernel -o json --tests mixed-tests.yaml mixed.yaml && proves '"proven": 16,'
verdict "every form tells of it"
listing | cmp -s - before && ip -brief link | cmp -s - links
verdict "nothing is left in the namespace that it was started in"

nobody ./unprivileged test --kernel --tests mixed-tests.yaml mixed.yaml >out 2>err
[ $? = 1 ] && proves '16 connections, 16 of them proven by the kernel with 16 packets$'
verdict "an ordinary user proves the same"

# More than the buffer of an ordinary user's netlink socket takes at once.
{
	pods 6000
	policy 6379
} >many.yaml
cat >many-tests.yaml <<'END'
tests:
- {from: {namespace: shop}, to: shop/db2, port: tcp/6379, expect: allow}
- {from: 192.0.2.0/24, to: {namespace: shop}, port: tcp/6379, expect: deny}
END
nobody ./unprivileged test --kernel --tests many-tests.yaml many.yaml >out 2>err
[ $? = 1 ] && proves '11999 connections, 11999 of them proven'
verdict "a large ruleset, and thousands of packets"

cat >families.yaml <<'END'
tests:
- {from: default/Deployment/out4, to: default/Deployment/in4, port: tcp/1, expect: allow}
- {from: default/out46, to: default/in6, port: tcp/1, expect: allow}
- {from: default/Deployment/out4, to: default/in6, port: tcp/1, expect: deny}
- {from: default/out46, to: default/both, port: tcp/1, expect: deny}
- {from: default/Deployment/out4, to: default/six, port: tcp/1, expect: deny}
- {from: default/Deployment/out4, to: 10.9.9.9, port: tcp/1, expect: allow}
END
run 0 test --kernel --tests families.yaml "$cases/../../cases/no-address/manifests.yaml" &&
	proves '6 connections, 6 of them proven by the kernel with 8 packets$'
verdict "all of one family, for pods that have no address"

cat >ends.yaml <<'END'
tests:
- {name: itself, from: shop/web1, to: shop/web1, port: tcp/1, expect: allow}
- {name: loopback, from: 127.0.0.1, to: shop/web1, port: tcp/1, expect: allow}
- {name: families, from: 2001:db8::1, to: shop/web1, port: tcp/1, expect: deny}
END
pods 2 >few.yaml
run 0 test --kernel --tests ends.yaml few.yaml &&
	proves '3 connections, 0 of them proven by the kernel with 0 packets; no packet can tell of the other 3$'
verdict "what no packet can tell"

# refused LIMIT COMMAND...: inside a user namespace with this limit at 0
refused()
{
	limit=$1
	shift
	# shellcheck disable=SC2016 # for the inner shell
	nobody unshare -Ur sh -c 'echo 0 >/proc/sys/user/$0 && exec "$@"' "$limit" "$@" >out 2>err
	[ $? = 3 ] && [ ! -s out ] &&
		grep -q "error: --kernel needs root, or user namespaces .*$limit.*\[kernel\]\$" err
}

refused max_net_namespaces ./unprivileged test --kernel --tests mixed-tests.yaml mixed.yaml
verdict "no network namespaces"
refused max_user_namespaces setpriv --bounding-set=-all --inh-caps=-all \
	./unprivileged test --kernel --tests mixed-tests.yaml mixed.yaml
verdict "no user namespaces"
run 2 test --kernel --tests mixed-tests.yaml /dev/null && [ ! -s out ]
verdict "no input"

done_testing
