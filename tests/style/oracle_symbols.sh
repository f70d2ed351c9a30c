#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The oracle judges policy/ and nft/, so it must not use them; nor the selector,
# prefix and range code that they are built from.
#
#   oracle_symbols.sh ORACLE_LIBRARY SOURCE_ROOT
set -eu

wanted=$(nm -u "$1" | sed -n 's/^ *U //p' | sort -u)
refused='^(selector_|selectors_|prefix_|ranges_|range_|address_|labels_|cluster_)'

# Every function name that a header of the judged layers declares.
judged=$(sed -n 's/^[a-z].*[ *]\([a-z_0-9]*\)(.*/\1/p' \
	"$2"/include/netpolc/policy/*.h "$2"/include/netpolc/nft/*.h | sort -u)
[ -n "$judged" ] || { echo "no function found in the headers of policy/ and nft/"; exit 1; }

bad=$(printf '%s\n' "$wanted" | grep -E "$refused" || true)
for symbol in $wanted; do
	if printf '%s\n' "$judged" | grep -qxF -- "$symbol"; then
		bad="$bad $symbol"
	fi
done
if [ -n "$bad" ]; then
	echo "the oracle uses what it judges:" $bad
	exit 1
fi
echo "the oracle's undefined symbols:" $wanted
