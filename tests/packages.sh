# SPDX-License-Identifier: GPL-2.0-or-later
# To be read with `.`: installs what is missing, through apt and nothing else.
# The names are those of Debian 12 and Ubuntu 24.04; a|b means that either will
# do, and that b is the one to install.

PACKAGES_BUILD='gcc libc6-dev meson ninja-build pkg-config libyaml-dev libjansson-dev
	libmd-dev libxxhash-dev libnftables-dev libmnl-dev libnftnl-dev
	libnetfilter-conntrack-dev'
# meson brings python3, which sends the packets of the quick start
PACKAGES_RUN='iproute2 nftables'
PACKAGES_TEST='libcmocka-dev libnetfilter-log-dev mandoc clang-format procps git
	graphviz shellcheck systemd yamllint'
# Of Debian; Ubuntu has it as a snap alone.  Without it, one test is skipped.
PACKAGES_BROWSER='chromium chromium-driver fonts-dejavu-core'
PACKAGES_FULL='clang libclang-rt-14-dev|libclang-rt-dev valgrind'

package_installed()
{
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Prints which of the packages are missing.
packages_missing()
{
	for one in "$@"; do
		package_installed "${one%%|*}" || package_installed "${one##*|}" ||
			echo "${one##*|}"
	done
}

packages_apt()
{
	DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# Installs what is missing of the packages; returns 1 if that cannot be done.  The
# lists are fetched only if what they say is not enough.
packages_need()
{
	# shellcheck disable=SC2046 # one word per package
	set -- $(packages_missing "$@")
	[ $# != 0 ] || return 0
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "please install (as root, through apt): $*" >&2
		return 1
	fi
	echo "installing $*" >&2
	packages_apt install -y --no-install-recommends "$@" >/dev/null 2>&1 ||
		{ packages_apt update >&2 &&
			packages_apt install -y --no-install-recommends "$@" >&2; }
}
