#!/bin/bash
# The real bluetoothd, killed and started again under a session: in a throw-away machine (qemu without KVM) with Debian's own kernel,
# its Bluetooth and /dev/vhci, and this machine's files, read-only, under a layer in memory. Root, Debian, about 150 MB of packages.
#   bash tests/system/strap/real_bluez_vm.sh [FOLDER-FOR-PACKAGES]
set -euo pipefail
cd "$(dirname "$0")/../../.."
packages=${1:-$(mktemp -d)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ ! -d "$packages/root" ]; then
    command -v qemu-system-x86_64 >/dev/null || apt-get install -y --no-install-recommends qemu-system-x86
    kernel_package=$(apt-cache depends linux-image-amd64 | awk '/Depends:/ {print $2; exit}')
    (cd "$packages" && apt-get download "$kernel_package" bluez busybox-static && for deb in *.deb; do dpkg-deb -x "$deb" root; done)
fi
root=$packages/root
busybox=$(find "$root" -type f -path '*bin/busybox' | head -1)
bluetoothd=$(find "$root" -type f -path '*bluetooth/bluetoothd' | head -1)
kernel=$(basename "$(find "$root" -maxdepth 3 -path '*/lib/modules/*' -prune | head -1)")
modules=$root/lib/modules/$kernel
[ -f "$modules/modules.dep" ] || "$busybox" depmod -b "$root" "$kernel"

in_order() { # the files of modules and of what each needs, in the order in which they must be loaded
    python3 - "$modules" "$@" <<'PYTHON'
import pathlib, sys

needs = {}
for line in pathlib.Path(sys.argv[1], "modules.dep").read_text().splitlines():
    file, _, before = line.partition(":")
    needs[file] = before.split()
names = {pathlib.Path(file).name.partition(".ko")[0].replace("-", "_"): file for file in needs}
done = []


def add(file):
    for other in reversed(needs[file]):
        add(other)
    if file not in done:
        done.append(file)


for name in sys.argv[2:]:
    if name in names:
        add(names[name])
print("\n".join(done))
PYTHON
}

boot=$work/boot
mkdir -p "$boot"/{bin,modules,proc,sys,dev,host,layer,new}
cp "$busybox" "$boot/bin/"
for file in $(in_order virtio_pci 9pnet_virtio 9p overlay); do
    cp "$modules/$file" "$boot/modules/"
    echo "/modules/$(basename "$file")" >> "$boot/modules/list"
done
# Bluetooth, and what it asks for while it runs: ciphers for pairing
in_order cmac ecb algif_hash algif_skcipher hmac sha256_generic aes_generic ecdh_generic hci_vhci | sed "s|^|$modules/|" > "$boot/bluetooth"

cat > "$boot/init" <<INIT
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for file in \$(cat /modules/list); do insmod \$file; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose host /host
mount -t tmpfs layer /layer; mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/host,upperdir=/layer/upper,workdir=/layer/work overlay /new || exec sh
for place in proc sys dev; do mount --move /\$place /new/\$place; done
cp /bluetooth /scene /new/; mount -t tmpfs run /new/run
exec switch_root /new /bin/bash /scene
INIT
chmod +x "$boot/init"

cat > "$boot/scene" <<SCENE
export PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME=/root
for file in \$(cat /bluetooth); do $busybox insmod \$file 2>/dev/null; done
$busybox ip link set lo up
mkdir -p /run/dbus /dev/shm /var/lib/bluetooth /etc/bluetooth
cp $root/etc/dbus-1/system.d/bluetooth.conf /etc/dbus-1/system.d/ 2>/dev/null || cp $root/usr/share/dbus-1/system.d/bluetooth.conf /etc/dbus-1/system.d/
cp $root/etc/bluetooth/main.conf /etc/bluetooth/
dbus-daemon --system --fork
$bluetoothd -n > /run/bluetoothd.log 2>&1 &
sleep 2
echo "kernel \$(uname -r), \$($bluetoothd --version)"
cd $PWD && .venv/bin/python -m tests.system.strap.real_bluez $bluetoothd
echo "scene ended with \$?"
$busybox poweroff -f
SCENE

(cd "$boot" && find . | "$busybox" cpio -o -H newc 2>/dev/null | gzip -1) > "$work/initrd"
timeout "${VM_TIMEOUT:-1200}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1536 -nographic -no-reboot -nodefaults \
    -serial stdio -kernel "$root/boot/vmlinuz-$kernel" -initrd "$work/initrd" \
    -append "console=ttyS0 quiet loglevel=3 panic=-1 random.trust_cpu=on" \
    -virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap < /dev/null | tee "$work/said"
grep -q "scene ended with 0" "$work/said"
