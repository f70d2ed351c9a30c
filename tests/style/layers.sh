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

echo 1..7
below=
for layer in base manifest policy nft lab cli; do
	below="$below${below:+|}$layer"
	ok "$layer includes ${below} only" "$(grep -rnE '^#include <netpolc/' \
		"src/$layer" "include/netpolc/$layer" 2>/dev/null |
		grep -vE "<netpolc/($below)/")"
done
ok "each library has one home" "$(
	users 'yaml\.h' src/manifest/yaml.c
	users 'nftables/' src/nft/kernel.c
	users 'lib(mnl|nftnl)/' src/nft/loaded.c src/nft/loaded_elements.c src/lab/links.c
)"
