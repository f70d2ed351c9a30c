#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What a file may include, in TAP: a layer only itself and those below it, and each
# library only where it has its home.
cd "$(dirname "$0")/../.." || exit 1
n=0

# ok WHAT FOUND: FOUND names the offenders and should be empty
ok()
{
	n=$((n + 1))
	[ -z "$2" ] || printf 'not '
	echo "ok $n - $1"
	[ -z "$2" ] || echo "$2" | sed 's/^/# /'
}

# users PATTERN HOME...: files of the program that include PATTERN outside of HOME
users()
{
	pattern=$1
	shift
	grep -rlE "^#include [<\"]$pattern" src include | grep -vxF "$(printf '%s\n' "$@")"
}

# layer LAYER LOWER...: LAYER may include these alone, beside itself
layer()
{
	may=$(echo "$@" | tr ' ' '|')
	ok "$1 includes $* only" "$(grep -rnE '^#include <netpolc/' "src/$1" \
		"include/netpolc/$1" | grep -vE "<netpolc/($may)/")"
}

echo 1..12
layer base
layer manifest base
layer policy base manifest
layer analysis base manifest policy
layer nft base manifest policy
layer node base manifest policy nft
layer lab base manifest policy analysis nft node
layer run base manifest policy analysis nft
layer enforce base manifest policy nft node run
layer cli base manifest policy analysis nft node lab run enforce
ok "every layer is listed" "$(ls src | grep -vxE \
	'base|manifest|policy|analysis|nft|node|lab|run|enforce|cli|meson.build')"
ok "each library has one home" "$(
	users 'yaml\.h' src/manifest/yaml.c
	users 'nftables/' src/nft/kernel.c
	users 'lib(mnl|nftnl)/' src/nft/loaded.c src/nft/loaded_asked.c \
		src/nft/loaded_elements.c src/lab/links.c src/node/flowtables.c \
		src/node/routes.c src/node/tracking.c src/node/unix_owner.c
	users 'libnetfilter_conntrack/' src/node/conntrack.c
)"
