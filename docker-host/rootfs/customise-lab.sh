#!/bin/bash
# Turns a freshly installed Debian tree into the lab's root: user, names, shell, a small /var/lib.
# Knows nothing of how the tree was installed, nor of what keeper lays over it.
set -euo pipefail

root=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

put() { install -D -o "${4:-0}" -g "${4:-0}" -m "$2" "$here/files/$1" "$root/$3"; }

add_student() {
  echo 'student:x:1000:1000:Student:/home/student:/bin/bash' >>"$root/etc/passwd"
  echo 'student:x:1000:' >>"$root/etc/group"
  # Locked, not empty: nothing in a lab may ask the learner for a password and accept none.
  echo 'student:!:20000:0:99999:7:::' >>"$root/etc/shadow"
  echo 'student:!::' >>"$root/etc/gshadow"
  # Inside the 65,536 ids that a lab is given, above student, below nobody.
  echo 'student:2000:60000' | tee "$root/etc/subuid" >"$root/etc/subgid"
  install -d -o 1000 -g 1000 -m 755 "$root/home/student"
  put bashrc 644 home/student/.bashrc 1000
  put user-profile 644 home/student/.profile 1000
  install -o 1000 -g 1000 -m 644 /dev/null "$root/home/student/.hushlogin"
  put sudoers 440 etc/sudoers.d/student
}

name_the_lab() {
  echo lab >"$root/etc/hostname"
  chmod 644 "$root/etc/hostname"
  put hosts 644 etc/hosts
  # mmdebstrap copies the lab host's; a lab has no way out.
  rm -f "$root/etc/resolv.conf"
  install -m 644 /dev/null "$root/etc/resolv.conf"
}

set_up_shells() {
  put profile 644 etc/profile
  local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  sed -i "s#^\(ENV_PATH[[:space:]]*\).*#\1PATH=$path#" "$root/etc/login.defs"
  printf 'PATH=%s\nLANG=C.UTF-8\n' "$path" >"$root/etc/environment"
  echo 'LANG=C.UTF-8' >"$root/etc/default/locale"
  ln -sfn ../proc/self/mounts "$root/etc/mtab"
  rm -rf "$root/etc/motd" "$root/etc/update-motd.d"/*
  : >"$root/etc/motd"
}

# /var/lib is copied into the image of every lab, so what is bulky and never written moves under
# /usr, which labs share.
shrink_var_lib() {
  rm -rf "$root/usr/lib/dpkg-db"
  mv "$root/var/lib/dpkg" "$root/usr/lib/dpkg-db"
  ln -s /usr/lib/dpkg-db "$root/var/lib/dpkg"
  ln -s /usr/share/lab "$root/var/lib/lab"
  rm -rf "$root/var/lib/apt"/* "$root/var/cache"/* "$root/var/log"/* "$root/var/backups"/*
  rm -f "$root/usr/lib/dpkg-db"/*-old
}

# Deleted here rather than excluded while unpacking: dpkg's path filters make mmdebstrap pipe every
# archive through a slow filter, 23 s instead of 5.
drop_what_labs_never_read() {
  # The sources name the lab host's mirror, which is no business of the learner's.
  rm -rf "$root/etc/apt"/sources.list* "$root/usr/share/lintian" "$root/usr/share/bug"
  find "$root/usr/share/man" "$root/usr/share/info" "$root/usr/share/locale" -mindepth 1 -delete
  find "$root/usr/share/doc" ! -type d ! -name copyright -delete
  find "$root/usr/share/doc" -type d -empty -delete
  rmdir --ignore-fail-on-non-empty "$root/usr/lib32" "$root/usr/libx32"
  find "$root" -maxdepth 1 -xtype l -delete
}

add_student
name_the_lab
set_up_shells
shrink_var_lib
drop_what_labs_never_read
