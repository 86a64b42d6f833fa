#!/bin/bash
# Makes the machine that the vm tests boot, in the new directory $1, with packages from the sources $2:
# kernel, initramfs and an ext4 image of a small Debian. Knows no test.
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$1 sources=$2
tree=$out/tree

packages() { sed 's/#.*//' "$here/packages-vm.txt" | paste -sd, - | tr -s ,; }

install_system() {
  mmdebstrap --mode=root --variant=essential --include="$(packages)" \
    --keyring=/usr/share/keyrings/debian-archive-keyring.gpg \
    --setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh \
    --customize-hook="$here/unpack-kernel.sh" --dpkgopt=force-unsafe-io \
    bookworm "$tree" "$sources"
}

# ext4 is in the kernel; the disks' drivers are modules.
make_initramfs() {
  local root=$out/initramfs release path
  release=$(ls "$tree/lib/modules")
  mkdir -p "$root"/{bin,dev,modules,system}
  cp "$tree/bin/busybox" "$root/bin/busybox"
  install -m 755 "$here/first-root.sh" "$root/init"
  for path in $(list_drivers "$release"); do
    cp "$path" "$root/modules/"
    basename "$path" >>"$root/modules/order"
  done
  (cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null | gzip -1) >"$out/initrd"
  rm -r "$root"
}

# In the order in which they must be loaded, each once.
list_drivers() {
  local driver
  for driver in virtio_pci virtio_blk; do
    modprobe -d "$tree" -S "$1" --show-depends "$driver"
  done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

install_system
cp "$tree"/boot/vmlinuz-* "$out/kernel"
make_initramfs
rm -r "$tree"/boot/*
"$here/pack.sh" "$tree" "$out/system.img"
rm -r "$tree"
