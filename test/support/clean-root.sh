#!/usr/bin/env bash
# Boots systemd, with cloud-init, on an equivalent of a fresh machine: this one's programs, empty homes, nothing of OpenClaw or Clawback.
# Run it with: unshare --mount --pid --fork --kill-child --uts --ipc --cgroup --mount-proc [--net] clean-root.sh PLACE BASE SEED HERE=THERE...
# PLACE is an empty directory, BASE a root file system, SEED is laid over it, the directory HERE is seen as THERE.
set -euo pipefail
place=$1 base=$2 seed=$3
shift 3
mount -t tmpfs -o mode=755 tmpfs "$place"
mkdir "$place"/{upper,work,root}
cp -a "$seed"/. "$place/upper"
mount -t overlay overlay -o "lowerdir=$base,upperdir=$place/upper,workdir=$place/work" "$place/root"
root=$place/root
for directory in home root run mnt; do mount -t tmpfs -o mode=755 tmpfs "$root/$directory"; done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
# No state of ours may be left to go by.
for directory in /var/lib/clawback /var/cache/clawback /data; do
  if [ -e "$root$directory" ]; then mount -t tmpfs tmpfs "$root$directory"; fi
done
for shared in "$@"; do
  mkdir -p "$root${shared#*=}"
  mount --bind "${shared%%=*}" "$root${shared#*=}"
done
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
# Read-only, systemd leaves the devices and the kernel's settings alone.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
mkdir "$root/sys/fs/cgroup/systemd"
mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd" || mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
# As a machine's are: services get their credentials by a mount.
mount --make-rshared "$root"
exec env -i container=other PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  chroot "$root" /lib/systemd/systemd --system --show-status=no --log-target=console --log-level=notice --unit=fresh-machine.target
