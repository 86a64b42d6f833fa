#!/bin/bash
# Puts Debian's cloud kernel with its modules into the tree $1, for mmdebstrap, and lays out what the
# images are mounted on. Unpacks instead of installing: nobody boots by the boot loader or initramfs that
# the package would bring. Knows no test.
set -euo pipefail
tree=$1
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG

cd "$tree/var/cache"
# The package of that name is empty and depends on the newest kernel.
kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p')
apt-get download "$kernel"
# /lib is a link in the tree and a directory in the package.
dpkg-deb --fsys-tarfile "$kernel"*.deb | tar -x --keep-directory-symlink -C "$tree"
rm "$kernel"*.deb
depmod -b "$tree" "$(ls "$tree/lib/modules")"

mkdir -p "$tree"/images/{modules,checkout,scratch} "$tree"/opt/coulisse "$tree"/var/lib/coulisse
# Debian's installer writes it; mmdebstrap does not.
echo '127.0.0.1 localhost' >"$tree/etc/hosts"
