#!/bin/bash
# PID 1 of the machine that the vm tests boot: makes it a lab host as systemd would, with cgroup v2 alone, runs
# the words of the file `command` of the checkout's disk, one a line, and powers off. Knows no test.
# The disks, in the order of docker-host/bootstrap/vm-machine.mjs: system, modules, rootfs, checkout, scratch.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root

mount_kernel() {
  mount --make-rshared /
  mount -t proc -o nosuid,nodev,noexec proc /proc
  mount -t sysfs -o nosuid,nodev,noexec sys /sys
  mount -t tracefs -o nosuid,nodev,noexec tracefs /sys/kernel/tracing
  mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
  mkdir /dev/pts /dev/shm /dev/mqueue
  mount -t devpts -o nosuid,noexec,gid=5,mode=620,ptmxmode=666 devpts /dev/pts
  mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
  mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs /run
  # Opening it loads the module; systemd makes it from modules.devname.
  mknod /dev/loop-control c 10 237
  ln -s /proc/self/fd /dev/fd
  ln -s fd/0 /dev/stdin
  ln -s fd/1 /dev/stdout
  ln -s fd/2 /dev/stderr
}

# node_modules and the checkout are two images that change at different times; the checkout is shown to link
# and web by a bind that takes no mounts below it along, so both are layers of one file system.
mount_disks() {
  local layers=/images/checkout:/images/modules scratch=/images/scratch
  mount -o ro /dev/vdb /images/modules
  mount -o noatime,noinit_itable /dev/vde "$scratch"
  mkdir -p "$scratch"/{tmp,upper,work,state/rootfs}
  chmod 1777 "$scratch/tmp"
  mount --bind "$scratch/tmp" /tmp
  mount --bind "$scratch/state" /var/lib/coulisse
  mount -o ro /dev/vdc /var/lib/coulisse/rootfs
  mount -t overlay -o "lowerdir=$layers,upperdir=$scratch/upper,workdir=$scratch/work" checkout /opt/coulisse
}

mount_kernel
mount_disks
hostname lab-host
ip link set lo up
mapfile -t words </images/checkout/command
cd /opt/coulisse || exit
"${words[@]}" </dev/null
echo "$?" >/images/scratch/code
sync
echo u >/proc/sysrq-trigger
echo o >/proc/sysrq-trigger
# Powering off is done by another thread of the kernel; the end of PID 1 would be a panic before it.
sleep 60
