#!/bin/bash
# Packs the small Debian that a learner unpacks, out of the files of the lab's tree. Knows nothing
# of the lab that will hold it.
set -euo pipefail

root=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stage=$root/tmp/learner
mkdir -p "$stage" "$root/usr/share/lab"

packages() { sed 's/#.*//' "$here/packages-learner.txt"; }

# Debian's lists still name /bin/x where the file is /usr/bin/x.
owned_paths() {
  # shellcheck disable=SC2046  # one word a package is what is meant
  dpkg-query --admindir="$root/var/lib/dpkg" --listfiles $(packages) |
    sed -E 's#^/(bin|sbin|lib|lib64)(/|$)#/usr/\1\2#; s#^/##' |
    grep -Ev '^(\.?|usr/lib/systemd/.*|etc/(cron|init|logrotate|rc|systemd|update-motd).*)$' |
    grep -Ev '^usr/(share/(doc|man|info|locale|lintian|bug|bash-completion|zsh|pixmaps|menu|icons|applications|initramfs-tools|polkit-1|debianutils|gdb|perl5|file|X11)|lib/(gconv|mime|valgrind|debug))(/|$)' |
    sort -u
}

copy() { tar -C "$root" --no-recursion --ignore-failed-read -cf - -T - 2>/dev/null | tar -C "$stage" -xpf -; }

# The libraries and the loader, found by asking the loader itself rather than by following Depends,
# which would bring perl and three databases; and not by ldd, which starts bash and the loader three
# times a program, 60 ms each. (The loader says no to scripts: that is no failure.)
libraries() {
  (cd "$stage" && find usr/bin usr/sbin -type f -perm -100) | sed 's#^#/#' >"$root/tmp/programs"
  chroot "$root" /bin/sh -c '
    loader=$(ls /lib64/ld-linux-*.so.? /lib/ld-linux-*.so.? 2>/dev/null | head -1)
    echo "$loader"
    xargs -n1 "$loader" --list </tmp/programs 2>/dev/null; true' |
    grep -oE '/[^ ]+\.so[^ ]*' | sort -u |
    sed -E 's#^/(lib|lib64)/#/usr/\1/#; s#^/##' |
    while read -r library; do
      echo "$library"
      # The loader's own name is an absolute link, a library's version is a relative one.
      target=$(readlink "$root/$library") || continue
      case $target in
        /*) sed -E 's#^/lib/#usr/lib/#; s#^/##' <<<"$target" ;;
        *) echo "$(dirname "$library")/$target" ;;
      esac
    done | sort -u
}

write_etc() {
  printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n' >"$stage/etc/passwd"
  printf 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n' >"$stage/etc/group"
  (umask 077 && echo 'root:*:20000:0:99999:7:::' >"$stage/etc/shadow")
  echo '127.0.0.1 localhost' >"$stage/etc/hosts"
  printf 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\n' >"$stage/etc/nsswitch.conf"
  echo 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH' >"$stage/etc/profile"
  ln -sf mawk "$stage/usr/bin/awk"
  ln -sf which.debianutils "$stage/usr/bin/which"
}

lay_out_directories() {
  for name in bin sbin lib lib64; do
    mkdir -p "$stage/usr/$name"
    ln -sfn "usr/$name" "$stage/$name"
  done
  # Empty on purpose: the lesson is to see what is missing, and a lab's root cannot make devices.
  mkdir -p "$stage"/{dev,proc,sys,run,etc,home,mnt,opt,root,srv,tmp,var/tmp,var/log}
  chmod 700 "$stage/root"
  chmod 1777 "$stage/tmp" "$stage/var/tmp"
  ln -sfn /run "$stage/var/run"
}

lay_out_directories
owned_paths | copy
libraries | copy
echo usr/lib/locale/C.utf8 | tar -C "$root" -cf - -T - | tar -C "$stage" -xpf -
rm -rf "$stage"/usr/lib/*/gconv "$stage"/usr/lib/*/perl* "$stage"/usr/share/perl*
write_etc
ldconfig -r "$stage"
rm -rf "$stage/var/cache/ldconfig"
tar -C "$stage" --sort=name --numeric-owner --owner=0 --group=0 -cf "$root/usr/share/lab/debian-rootfs.tar" .
rm -rf "$stage" "$root/tmp/programs"
