#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the guests that tests and `./dev run` boot, of Debian's cloud kernel and busybox.

OUT/kernel and OUT/initramfs are started directly, or OUT/initramfs-agent, which has Debian's own guest agent; OUT/cloud.img is a
raw disk image that boots by itself, reads a NoCloud seed and serves ssh (cloud/init), for `vireo launch`. OUT/cloud-9p.img is the
same with Debian's usual kernel, which has the file system 9p that the one for clouds lacks. Needs apt-get,
dpkg-deb, lz4, busybox-static, dropbear-bin, openssh-sftp-server, syslinux, mtools and the libraries of qemu-guest-agent;
installs nothing. All is made again when this folder or a package changes; the packages are fetched once. Exit status 3: apt
could not give one.
"""
import argparse
import hashlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import real_agent

HERE = Path(__file__).resolve().parent
CLOUD_KERNEL, USUAL_KERNEL = "linux-image-cloud-amd64", "linux-image-amd64"  # meta packages
# In the order in which they can be loaded.
MODULES = """
    drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_pci_legacy_dev
    drivers/virtio/virtio_pci_modern_dev drivers/virtio/virtio_pci drivers/block/virtio_blk net/core/failover
    drivers/net/net_failover drivers/net/virtio_net drivers/char/hw_random/virtio-rng drivers/virtio/virtio_balloon
    drivers/char/virtio_console drivers/input/evdev drivers/virtio/virtio_input drivers/acpi/button""".split()
CLOUD_MODULES = [*MODULES, "drivers/cdrom/cdrom", "fs/isofs/isofs"]
MODULES_9P = [*CLOUD_MODULES, "fs/netfs/netfs", "fs/fscache/fscache", "net/9p/9pnet",
              "net/9p/9pnet_virtio", "fs/9p/9p"]
# What serves ssh, and where the programs look for it.
CLOUD_PROGRAMS = {"/usr/sbin/dropbear": "bin/dropbear", "/usr/lib/openssh/sftp-server": "usr/lib/sftp-server"}
CLOUD_SECTORS = 48 << 11  # of the disk image: 48 MiB
FOLDERS = "bin dev etc lib/modules proc root sys tmp".split()


def fetch(cache: Path, package: str) -> Path:
    """The package's file."""
    if found := sorted(cache.glob(f"{package}_*.deb")):
        return found[-1]
    print(f"fetching {package}", flush=True)
    try:
        subprocess.run(["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", package],
                       cwd=cache, check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError:
        give_up(package)
    return next(cache.glob(f"{package}_*.deb"))


def give_up(package: str) -> None:
    print(f"apt has no package {package} for us", file=sys.stderr)
    sys.exit(3)


def fetch_kernel(cache: Path, meta_package: str) -> Path:
    """The meta package only names the kernel's, with its version, as a dependency. What was fetched before stays in use."""
    kind = "-cloud" if "-cloud" in meta_package else ""
    if found := [path for path in sorted(cache.glob("linux-image-*.deb")) if re.match(rf"linux-image-[0-9.-]+{kind}-amd64_", path.name)]:
        return found[-1]
    try:
        depends = subprocess.run(["apt-cache", "--no-all-versions", "show", meta_package],
                                 check=True, capture_output=True, text=True).stdout
        package = re.search(r"^Depends: (linux-image-\S+)", depends, re.M).group(1)
    except (subprocess.CalledProcessError, AttributeError):
        give_up(meta_package)
    return fetch(cache, package)


def extract_elf(bzimage: bytes) -> bytes:
    """The kernel proper, which QEMU starts by PVH: spares the guest its own, slow decompressor.

    The place and size of the payload stand in the boot header (Documentation/x86/boot.rst of Linux); its last four
    bytes are the size of the result. Returns the image as it is when it is not LZ4, as in Debian 12.
    """
    setup_sectors = bzimage[0x1F1]
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = bzimage[start:start + length]
    if not payload.startswith(b"\x02\x21\x4c\x18"):
        return bzimage
    return subprocess.run(["lz4", "-dc"], input=payload[:-4], check=True, stdout=subprocess.PIPE).stdout


def populate(root: Path, modules: Path, names: list[str], files: list[tuple[str, str, int]]) -> None:
    """Busybox, the modules in the order in which they can be loaded, and files of this folder with their modes."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True)
    shutil.copy2("/bin/busybox", root / "bin")
    for applet in subprocess.run(["/bin/busybox", "--list"], check=True, capture_output=True, text=True).stdout.split():
        if applet != "busybox":
            (root / "bin" / applet).symlink_to("busybox")
    for module in names:
        shutil.copy(modules / f"{module}.ko", root / "lib/modules")
    (root / "lib/modules/order").write_text("".join(f"{Path(module).name}.ko\n" for module in names))
    for source, target, mode in files:
        shutil.copy(HERE / source, root / target)
        (root / target).chmod(mode)


def archive(root: Path) -> bytes:
    names = sorted(str(path.relative_to(root)) for path in root.rglob("*"))
    return subprocess.run(["/bin/busybox", "cpio", "-o", "-H", "newc", "-R", "0:0"], cwd=root, check=True,
                          input="".join(f"{name}\n" for name in names).encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def make_initramfs(modules: Path) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        populate(root, modules, MODULES, [("init", "init", 0o755), ("profile", "etc/profile", 0o644),
                                          ("udhcpc", "etc/udhcpc", 0o755), ("agent", "bin/agent", 0o755)])
        return archive(root)


def make_cloud_initramfs(modules: Path, names: list[str]) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        populate(root, modules, names, [("cloud/init", "init", 0o755), ("udhcpc", "etc/udhcpc", 0o755)])
        for folder in ["etc/dropbear", "home", "seed"]:
            (root / folder).mkdir()
        for program, place in CLOUD_PROGRAMS.items():
            for source, target in [(Path(program), root / place), *((path, root / str(path)[1:]) for path in real_agent.libraries_of(Path(program)))]:
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\n")
        (root / "etc/shadow").write_text("root:*:19000:0:99999:7:::\n")
        return archive(root)


def make_cloud_image(image: Path, kernel: Path, initramfs: Path) -> None:
    """A FAT file system from the first sector on, which SYSLINUX boots."""
    with tempfile.TemporaryDirectory() as name:
        configuration = Path(name) / "syslinux.cfg"
        configuration.write_text("DEFAULT linux\nLABEL linux\nLINUX kernel\nINITRD initramfs\n"
                                 "APPEND console=ttyS0 nokaslr mitigations=off no_timer_check quiet\n")
        image.unlink(missing_ok=True)
        subprocess.run(["mformat", "-C", "-i", image, "-T", str(CLOUD_SECTORS), "-h", "255", "-s", "63", "::"], check=True)
        for file, inside in [(kernel, "kernel"), (initramfs, "initramfs"), (configuration, "syslinux.cfg")]:
            subprocess.run(["mcopy", "-i", image, file, f"::{inside}"], check=True)
        subprocess.run(["syslinux", "--install", image], check=True)


def make_agent_overlay(package: Path) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        real_agent.make_tree(package, Path(name))
        return archive(Path(name))


def fingerprint(*packages: Path) -> str:
    digest = hashlib.sha256(" ".join(package.name for package in packages).encode())
    for source in sorted(set(HERE.rglob("*")) - set(HERE.rglob("*.pyc"))):
        if source.is_file():
            digest.update(source.read_bytes())
    return digest.hexdigest()


def unpack(package: Path, tree: Path) -> tuple[Path, Path]:
    """A kernel and the folder of its modules."""
    subprocess.run(["dpkg-deb", "-x", package, tree], check=True)
    (bzimage,) = tree.glob("boot/vmlinuz-*")
    (modules,) = tree.glob("lib/modules/*/kernel")
    return bzimage, modules


def build(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    package, usual, agent = fetch_kernel(out, CLOUD_KERNEL), fetch_kernel(out, USUAL_KERNEL), fetch(out, real_agent.PACKAGE)
    stamp, wanted = out / "stamp", fingerprint(package, usual, agent)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with tempfile.TemporaryDirectory(dir=out) as name:
        tree = Path(name)
        bzimage, modules = unpack(package, tree / "cloud")
        (out / "kernel").write_bytes(extract_elf(bzimage.read_bytes()))
        initramfs = make_initramfs(modules)
        (out / "initramfs").write_bytes(initramfs)
        (out / "initramfs-agent").write_bytes(initramfs + make_agent_overlay(agent))
        usual_bzimage, usual_modules = unpack(usual, tree / "usual")
        for image, kernel, files in [("cloud.img", bzimage, make_cloud_initramfs(modules, CLOUD_MODULES)),
                                     ("cloud-9p.img", usual_bzimage, make_cloud_initramfs(usual_modules, MODULES_9P))]:
            (tree / "initramfs").write_bytes(files)
            make_cloud_image(out / image, kernel, tree / "initramfs")
    stamp.write_text(wanted)
    print(f"made {out / 'kernel'}, {out / 'initramfs'} and {out / 'cloud.img'} from {package.name}, {out / 'cloud-9p.img'} from {usual.name}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/guest"))
    os.umask(0o022)
    build(parser.parse_args().out)


if __name__ == "__main__":
    main()
