#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes OUT/debian.img, a real Debian for `vireo launch`: systemd, cloud-init, openssh and the kernel with all its drivers.

Made of the packages of this host's Debian archive by mmdebstrap; a FAT partition with SYSLINUX starts the kernel from an ext4 one. It
needs root (file owners), but no loop device and no mount that outlives it. Kept until this file, and with it the list of packages,
changes. Exit status 3: the packages cannot be had; the reason is on standard error, and in OUT/debian.missing for the test.
"""
import argparse
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = """linux-image-amd64 systemd-sysv cloud-init openssh-server openssh-sftp-server sudo ifupdown isc-dhcp-client iproute2
    netbase dbus ca-certificates""".split()
# Nothing that a test reads.
LEFT_OUT = ["/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*"]
NEEDED = ["mmdebstrap", "mke2fs", "mformat", "mcopy", "syslinux"]
BOOT_RECORD = Path("/usr/lib/SYSLINUX/mbr.bin")
MIB = 1 << 20
BOOT_BEGIN, BOOT_SIZE, ROOT_SIZE = 1, 128, 1600  # MiB
KERNEL_OPTIONS = "root=LABEL=root ro console=ttyS0 nokaslr mitigations=off no_timer_check quiet"


class Unavailable(Exception):
    """The image cannot be made here; the text says why."""


def archive_sources() -> list[str]:
    """Where this host has Debian's own packages from; other archives that it may use are none of the image's."""
    found = [path for path in [Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d/debian.sources")]
             if path.exists() and path.read_text().strip()]
    if not found:
        raise Unavailable("this host names no Debian archive in /etc/apt")
    return [str(path) for path in found]


def make_tree(root: Path) -> None:
    """The files of the system, as packages leave them."""
    command = ["mmdebstrap", "--mode=root", "--variant=required", "--quiet", f"--include={','.join(['apt', *PACKAGES])}",
               *[f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT],
               "--customize-hook=echo LABEL=root / ext4 errors=remount-ro 0 1 >$1/etc/fstab",
               # As Debian's own images have it: the host's name is known, and no locale is generated at the first boot.
               "--customize-hook=printf 'locale: false\\nmanage_etc_hosts: true\\n' >$1/etc/cloud/cloud.cfg.d/90_image.cfg",
               "--customize-hook=: >$1/etc/machine-id",
               "--customize-hook=rm -f $1/etc/ssh/ssh_host_*_key*",
               "bookworm", str(root), *archive_sources()]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise Unavailable(f"mmdebstrap: {done.stderr.strip()[-2000:]}")


def make_root_partition(image: Path, tree: Path) -> None:
    offset = (BOOT_BEGIN + BOOT_SIZE) * MIB
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "root", "-d", tree, "-E", f"offset={offset}", image, f"{ROOT_SIZE}M"],
                   check=True)


def make_boot_partition(image: Path, tree: Path, scratch: Path) -> None:
    (kernel,), (initrd,) = (tree / "boot").glob("vmlinuz-*"), (tree / "boot").glob("initrd.img-*")
    configuration = scratch / "syslinux.cfg"
    configuration.write_text(f"DEFAULT linux\nLABEL linux\nLINUX kernel\nINITRD initrd\nAPPEND {KERNEL_OPTIONS}\n")
    place = f"{image}@@{BOOT_BEGIN * MIB}"
    subprocess.run(["mformat", "-i", place, "-T", str(BOOT_SIZE * MIB // 512), "-h", "255", "-s", "63", "-H", str(BOOT_BEGIN * MIB // 512),
                    "::"], check=True)
    for file, inside in [(kernel, "kernel"), (initrd, "initrd"), (configuration, "syslinux.cfg")]:
        subprocess.run(["mcopy", "-i", place, file, f"::{inside}"], check=True)
    subprocess.run(["syslinux", "--offset", str(BOOT_BEGIN * MIB), "--install", image], check=True)


def partition(kind: int, begin: int, size: int, active: bool) -> bytes:
    """An entry of the table in the first sector, without cylinders (all ones: they are too many to count). `begin`, `size`: MiB."""
    return struct.pack("<B3sB3sII", 0x80 if active else 0, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", begin * MIB // 512, size * MIB // 512)


def make_image(image: Path, tree: Path, scratch: Path) -> None:
    fat, linux, table = 0x0C, 0x83, 446
    with image.open("wb") as file:
        file.truncate((BOOT_BEGIN + BOOT_SIZE + ROOT_SIZE + 1) * MIB)
        file.write(BOOT_RECORD.read_bytes().ljust(table, b"\0"))
        file.write(partition(fat, BOOT_BEGIN, BOOT_SIZE, True) + partition(linux, BOOT_BEGIN + BOOT_SIZE, ROOT_SIZE, False))
        file.write(bytes(32) + b"\x55\xaa")
    make_boot_partition(image, tree, scratch)
    make_root_partition(image, tree)


def require_tools() -> None:
    missing = [tool for tool in NEEDED if shutil.which(tool) is None]
    if missing or not BOOT_RECORD.exists():
        raise Unavailable(f"missing here: {', '.join(missing or [str(BOOT_RECORD)])} (./dev guest --debian installs all)")
    if os.geteuid():
        raise Unavailable("the owners of the image's files need root")


def build(out: Path) -> Path:
    """The image. Throws Unavailable."""
    image, stamp = out / "debian.img", out / "debian.stamp"
    wanted = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    if image.exists() and stamp.exists() and stamp.read_text() == wanted:
        return image
    image.unlink(missing_ok=True)  # an older one is another system
    require_tools()
    with tempfile.TemporaryDirectory(dir=out) as name:
        scratch = Path(name)
        make_tree(scratch / "tree")
        make_image(scratch / "debian.img", scratch / "tree", scratch)
        (scratch / "debian.img").replace(image)
    stamp.write_text(wanted)
    return image


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/guest"))
    os.umask(0o022)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    note = out / "debian.missing"
    note.unlink(missing_ok=True)
    try:
        print(build(out))
    except Unavailable as reason:
        note.write_text(f"{reason}\n")
        print(reason, file=sys.stderr)
        sys.exit(3)


if __name__ == "__main__":
    main()
