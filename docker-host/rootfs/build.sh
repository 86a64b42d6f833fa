#!/bin/bash
# Makes the read-only root that labs are laid over, in <state>/rootfs/<recipe hash>, whole or not at
# all. Knows nothing of labs, nor of who asks; prints "<percent> <what>" lines as it goes.
set -euo pipefail
export LC_ALL=C.UTF-8
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=${1:-}
work=
builder=
# The finished tree takes 150 MB; the package lists and archives come and go beside it.
need_mb=1200

fail() {
  echo "$*" >&2
  exit 1
}

remove_remains() {
  local code=$?
  trap '' INT TERM
  if [ -n "$builder" ]; then end_builder; fi
  if [ -n "$work" ]; then rm -rf "$work"; fi
  exit "$code"
}

# Told to end, mmdebstrap waits for the dpkg that it runs, so its whole group is told. It mounts in a
# namespace of its own, which goes with the last of them.
end_builder() {
  local tries
  kill -TERM -- "-$builder" 2>/dev/null || true
  for tries in {1..20}; do
    kill -0 -- "-$builder" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL -- "-$builder" 2>/dev/null || true
  wait "$builder" 2>/dev/null || true
}

check_preconditions() {
  [ -n "$state" ] || fail 'Say where labs are kept: build.sh <state directory>.'
  [ "$(id -u)" -eq 0 ] || fail "The lab's root directory can only be built by root: run this with sudo."
  command -v mmdebstrap >/dev/null ||
    fail "mmdebstrap is missing: install it with 'apt-get install mmdebstrap'."
  mkdir -p "$state/rootfs" 2>/dev/null || fail "Cannot write in $state: choose another place with COULISSE_STATE."
  # The tree has setuid programs that age: no ordinary user of this machine may reach them.
  chmod 700 "$state/rootfs"
}

free_mb() { df --output=avail -B1M "$state" | tail -1 | tr -d ' '; }

say_full() {
  fail "Not enough room to build the lab's root directory: $state has $(free_mb) MB free and $need_mb MB are needed. Free some space there, or set COULISSE_STATE to a directory on a larger disk, and start again."
}

# The machine's own sources, so that a mirror or a proxy chosen for it is used here too.
apt_sources() {
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)' 'Created-By: Packages' |
    while read -r uri release component origin; do
      case $release in bookworm | bookworm-updates | bookworm-security) ;; *) continue ;; esac
      [ "$component" = main ] || continue
      # Before the first apt-get update the origin is unknown and reads as its own name.
      case $origin in Debian | '$(ORIGIN)' | '') echo "deb $uri $release $component" ;; esac
    done | sort -u
}

packages() { sed 's/#.*//' "$here/packages-lab.txt" | paste -sd, - | tr -s ,; }

install_packages() {
  local sources keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  sources=$(apt_sources)
  grep -q ' bookworm main' <<<"$sources" ||
    fail "This machine's apt has no source for Debian 12 (bookworm), which labs are made of: add one to /etc/apt/sources.list and start again."
  local options=(
    --verbose --mode=root --variant=essential --include="$(packages)" --keyring="$keyring"
    --setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh
    --customize-hook="$here/pack-learner.sh" --customize-hook="$here/customise-lab.sh"
    --dpkgopt=force-unsafe-io
  )
  setsid mmdebstrap "${options[@]}" bookworm "$work/tree" "$sources" >"$work/log" 2>&1 9>&- &
  builder=$!
  follow_log &
  local follower=$! code=0
  wait "$builder" || code=$?
  builder=
  kill "$follower" 2>/dev/null || true
  wait "$follower" 2>/dev/null || true
  [ "$code" -eq 0 ] || explain_failure
}

# Weighs the parts of mmdebstrap by what they took when measured: it does not say beforehand how
# many packages follow, so "Setting up" lines are counted against the 125 of a whole build.
follow_log() {
  local line done=0 percent=0
  tail -n +1 -f --pid="$builder" "$work/log" 2>/dev/null | while read -r line; do
    case $line in
      'I: running apt-get update'*) percent=2 ;;
      'I: downloading packages'*) percent=10 ;;
      'I: extracting archives'*) percent=24 ;;
      'I: installing essential'*) percent=37 ;;
      'Setting up '*)
        done=$((done + 1))
        percent=$((37 + done * 55 / 125))
        if [ "$percent" -gt 92 ]; then percent=92; fi
        ;;
      *pack-learner.sh*) percent=93 && line="packing the learner's Debian" ;;
      'I: cleaning'*) percent=95 ;;
      *) continue ;;
    esac
    echo "$percent ${line#I: }"
  done
}

explain_failure() {
  if grep -qi 'no space left\|not enough free space\|Disk quota' "$work/log" || [ "$(free_mb)" -lt 5 ]; then say_full; fi
  if grep -q 'Failed to fetch\|Could not resolve\|Temporary failure\|Unable to connect' "$work/log"; then
    fail "The Debian packages for the lab could not be fetched: check the network and the sources in /etc/apt, then start again ($(grep -m1 'Failed to fetch\|Could not\|Temporary failure\|Unable to' "$work/log"))."
  fi
  # The line before mmdebstrap's own "E: …" is that of the program that failed.
  fail "mmdebstrap could not build the lab's root directory: $(grep -m1 -B1 '^E:' "$work/log" | paste -sd' ' -)"
}

empty_mount_points() {
  local name
  for name in proc sys dev run tmp; do
    rm -rf "${work:?}/tree/$name"
    mkdir "$work/tree/$name"
  done
  chmod 1777 "$work/tree/tmp"
}

put_in_place() {
  local final=$state/rootfs/$hash
  rm -f "$work/log"
  node "$here/manifest.mjs" write "$work" || say_why_not_written
  # Whatever stands there failed its verification; a lab that still uses it keeps its files open.
  if [ -e "$final" ]; then mv "$final" "$work.old"; fi
  mv "$work" "$final"
  work=
  rm -rf "$final".*.old "$state"/rootfs/.build-*.old
  node "$here/manifest.mjs" prune "$state"
}

say_why_not_written() {
  if [ "$(free_mb)" -lt 5 ]; then say_full; fi
  fail "The manifest of the lab's root directory could not be written in $state."
}

check_preconditions
exec 9>"$state/rootfs/.lock" || say_full
flock -n 9 || { echo '0 waiting for another build' && flock 9; }
if node "$here/manifest.mjs" verify "$state" >/dev/null; then exit 0; fi
trap remove_remains EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
hash=$(node "$here/manifest.mjs" hash)
rm -rf "$state"/rootfs/.build-*
if [ "$(free_mb)" -lt "$need_mb" ]; then say_full; fi
work=$state/rootfs/.build-$hash-$$
mkdir "$work" || say_full
install_packages
empty_mount_points
put_in_place
echo '100 done'
