#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The repository under examples/ci guards itself: its hook and the jobs of its two
# pipelines are run as they stand there, on a good change and on bad ones; in TAP.
#
# usage: ci_example.sh NETPOLC
netpolc=$(realpath "${1:?usage: ci_example.sh NETPOLC}") || exit 2
example=$(realpath "$(dirname "$0")/../examples/ci") || exit 2
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
n=0
failed=0

if ! command -v git >/dev/null; then
	[ -z "$NETPOLC_NO_SKIP" ] || printf 'not '
	echo "ok 1 - a repository # SKIP no git"
	echo 1..1
	exit 0
fi

# verdict WHAT: the last command says whether it holds
verdict()
{
	[ $? = 0 ] && ok=ok || { ok='not ok'; failed=1; }
	n=$((n + 1))
	echo "$ok $n - $1"
	[ "$ok" = ok ] || sed 's/^/# /' "$dir/out"
}

# github N: the N-th step of the workflow that runs something
github()
{
	awk -v want="$1" '
		/^ *run: \|$/ { inside = 1; step++; next }
		inside && !/^        / { inside = 0 }
		inside && step == want { print substr($0, 9) }' .github/workflows/netpolc.yaml
}

# gitlab JOB: the script of a job
gitlab()
{
	awk -v job="$1:" '
		/^[a-z]/ { here = $1 == job; inside = 0 }
		here && /^  [a-z]/ { inside = $1 == "script:"; next }
		here && inside && /^  - / { print substr($0, 5) }' .gitlab-ci.yml
}

# run TEXT: the script TEXT, as a runner does
run()
{
	[ -n "$1" ] && printf '%s\n' "$1" >"$dir/script" && sh -e "$dir/script" >"$dir/out" 2>&1
}

commit()
{
	git add -A && git commit -qm "$1" >"$dir/out" 2>&1
}

# A world of its own: no configuration of the user, and netpolc in the PATH.
mkdir "$dir/bin" "$dir/home" && ln -s "$netpolc" "$dir/bin/netpolc" || exit 1
PATH=$dir/bin:$PATH HOME=$dir/home GIT_CONFIG_NOSYSTEM=1
export PATH HOME GIT_CONFIG_NOSYSTEM
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE XDG_CONFIG_HOME
cp -r "$example" "$dir/repository" && cd "$dir/repository" || exit 1
{
	git init -q . && git config user.name somebody && git config user.email a@b &&
		git config core.hooksPath hooks && git checkout -q -b main
} >"$dir/out" 2>&1
verdict "a repository"

commit "the example"
verdict "the hook lets the example pass"
git update-ref refs/remotes/origin/main main
base=$(git rev-parse main)

sed -i 's/app: web}/app: wbe}/' manifests/orders.yaml
! commit "a mistake" && grep -q 'none has app=wbe.*\[peer-matches-nothing\]$' "$dir/out"
verdict "the hook refuses a mistake"
git reset -q && echo >>README.md && git add README.md && git commit -qm "a line" >"$dir/out" 2>&1
verdict "the hook looks at what is staged"
git checkout -q manifests
printf '  - from:\n    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}\n' \
	>>manifests/orders.yaml
! commit "a database for everybody" && grep -q '^FAIL .*monitoring does not, either' "$dir/out"
verdict "the hook refuses what an assertion does not allow"
git reset -q --hard

git checkout -q -b change && sed -i 's/- port: http$/&\n    - port: 8443/
	s/- {name: http, .*/&\n        - {containerPort: 8443}/' manifests/web.yaml &&
	commit "another port of the web"
verdict "a good change"
GITHUB_BASE_REF=main GITHUB_WORKSPACE=$PWD GITHUB_STEP_SUMMARY=$dir/summary
CI_MERGE_REQUEST_DIFF_BASE_SHA=$base
export GITHUB_BASE_REF GITHUB_WORKSPACE GITHUB_STEP_SUMMARY CI_MERGE_REQUEST_DIFF_BASE_SHA

run "$(github 1)" && [ ! -s "$dir/out" ]
verdict "GitHub: no annotation"
run "$(github 2)" && grep -q '"results": \[\]' netpolc.sarif
verdict "GitHub: a log for code scanning"
run "$(github 3)" && grep -q ' 0 failed' "$dir/out"
verdict "GitHub: assertions"
run "$(github 4)" && grep -q 'tcp 8443' "$dir/summary"
verdict "GitHub: what the change opens"
run "$(gitlab policies)" && grep -q 'no findings' check.xml && grep -q 'failures="0"' test.xml
verdict "GitLab: policies"
run "$(gitlab changes)" && grep -q 'tcp 8443' "$dir/out" && cmp -s changes.md "$dir/summary"
verdict "GitLab: changes"

first=$(git commit-tree -m "nothing yet" "$(git hash-object -t tree /dev/null)")
git update-ref refs/remotes/origin/empty "$first" && rm -rf base "$dir/summary"
GITHUB_BASE_REF=empty CI_MERGE_REQUEST_DIFF_BASE_SHA=$first
run "$(github 4)" && [ ! -e "$dir/summary" ]
verdict "GitHub: the first change of all"
run "$(gitlab changes)" && [ ! -e base ]
verdict "GitLab: the first change of all"

sed -i 's/app: web}/app: wbe}/' manifests/orders.yaml
! run "$(github 1)" && grep -q '^::warning file=manifests/orders.yaml,line=' "$dir/out"
verdict "GitHub: a mistake is an annotation"
! run "$(github 3)" && grep -q '^FAIL .*the web reaches its orders' "$dir/out"
verdict "GitHub: an assertion that does not hold"
! run "$(gitlab policies)" && grep -q '<failure type="warning"' check.xml &&
	grep -q '\[peer-matches-nothing\]$' "$dir/out"
verdict "GitLab: a mistake is a failed test"

echo "1..$n"
exit $failed
