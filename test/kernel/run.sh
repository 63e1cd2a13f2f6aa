#!/usr/bin/env bash
# Boots kernels of Debian in qemu and runs a program in each, with the fgraph that is built.
# run.sh PROGRAM [VERSION..], such as checks.mjs 6.1; by default the oldest and the newest kernel that apt offers.
set -euo pipefail
cd "$(dirname "$0")"
program=$1
shift
arch=$(dpkg --print-architecture)
case $arch in
  amd64) qemu=qemu-system-x86_64 console=ttyS0 machine='-M q35 -cpu max' ;;
  arm64) qemu=qemu-system-aarch64 console=ttyAMA0 machine='-M virt -cpu max' ;;
  *) echo "test:kernel runs on amd64 and arm64, and this is $arch" >&2; exit 2 ;;
esac
for name in "$qemu" busybox cpio node; do
  command -v "$name" > /dev/null ||
    { echo "$name is missing; install it: apt-get install qemu-system busybox cpio" >&2; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The packages of kernels for virtual machines, oldest first.
kernels() {
  apt-cache pkgnames linux-image- | grep -E "^linux-image-[0-9.]+[^ ]*-cloud-$arch$" | sort -V
}

# kernel_of VERSION: the newest package of a version.
kernel_of() {
  kernels | grep -E "^linux-image-${1//./\\.}([.+-]|$)" | tail -n 1
}

# image_of PACKAGE: the file of the kernel. Its package may depend on another one that has it.
image_of() {
  local folder=$work/$1 package
  mkdir -p "$folder"
  for package in "$1" "${1/linux-image/linux-binary}"; do
    (cd "$folder" && apt-get download -qq "$package" > /dev/null 2>&1) || continue
    dpkg-deb --fsys-tarfile "$folder"/"$package"_*.deb |
      tar -x -C "$folder" --wildcards './boot/vmlinuz*' './usr/lib/modules/*/vmlinuz' 2> /dev/null || true
  done
  find "$folder" -name 'vmlinuz*' -type f | head -n 1
}

# The first program of the guest, busybox, Node, fgraph and the program: all in memory.
initrd() {
  local root=$work/root name file
  mkdir -p "$root"/{bin,proc,sys,dev,tmp,etc}
  for name in busybox node; do
    name=$(readlink -f "$(command -v "$name")")
    cp "$name" "$root/bin/"
    for file in $(ldd "$name" 2> /dev/null | grep -o '/[^ ]*'); do
      mkdir -p "$root$(dirname "$file")"
      cp -L "$file" "$root$file"
    done
  done
  cp ../../dist/fgraph.mjs "$root/"
  cp "$1" "$root/program.mjs"
  cp init "$root/init"
  chmod 755 "$root/init"
  (cd "$root" && find . | cpio --quiet -o -H newc) > "$work/initrd"
}

# One thread for all cpus: with more, qemu loses a race when the kernel rewrites its code for the tracer.
boot() {
  timeout "${LIMIT:-600}" "$qemu" $machine -accel tcg,thread=single -smp 2 -m 1536 \
    -nodefaults -no-reboot -display none -monitor none -serial stdio \
    -kernel "$1" -initrd "$work/initrd" \
    -append "console=$console panic=-1 quiet loglevel=3 no_timer_check" < /dev/null |
    tee "$work/console" || true
  grep -q '^exit 0' "$work/console"
}

kernels > /dev/null || apt-get update -qq
if [ $# = 0 ]; then
  mapfile -t packages < <(kernels | sed -n '1p;$p')
else
  mapfile -t packages < <(for version; do kernel_of "$version"; done)
fi
[ ${#packages[@]} -gt 0 ] || { echo 'apt offers no such kernel; run apt-get update' >&2; exit 2; }
initrd "$program"
for package in "${packages[@]}"; do
  image=$(image_of "$package")
  [ -n "$image" ] || { echo "$package: has no kernel in it" >&2; exit 2; }
  echo "== $package"
  boot "$image" || { echo "$package: $program failed" >&2; exit 1; }
done
