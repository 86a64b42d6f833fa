#!/bin/busybox sh
# PID 1 of the initramfs: loads the drivers of the disks and goes over to the system on the first of them.
# Does nothing else; what it runs is busybox alone.
busybox=/bin/busybox
$busybox mount -t devtmpfs dev /dev
for module in $($busybox cat /modules/order); do $busybox insmod "/modules/$module"; done
until [ -b /dev/vde ]; do $busybox sleep 0.1; done
$busybox mount -t ext4 -o ro /dev/vda /system
$busybox mount -t ext4 -o ro /dev/vdd /system/images/checkout
$busybox mount -o move /dev /system/dev
exec $busybox switch_root /system /images/checkout/docker-host/vm/init.sh
