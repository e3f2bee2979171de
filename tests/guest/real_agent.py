# SPDX-License-Identifier: Apache-2.0
"""Debian's qemu-guest-agent for the test guest: an archive that is laid over its initramfs (Linux takes several in a row)."""
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

PACKAGE = "qemu-guest-agent"
# In the place of the test guest's own small agent.
START = """#!/bin/sh
for port in /sys/class/virtio-ports/*; do
    [ "$(cat "$port/name" 2>/dev/null)" = org.qemu.guest_agent.0 ] || continue
    exec qemu-ga -m virtio-serial -p "/dev/${port##*/}" -t /tmp
done
"""
# The agent calls it as init's: shutdown -P|-H|-r now WORDS.
SHUTDOWN = """#!/bin/sh
sync
case " $* " in *" -r "*) reboot -f ;; *) poweroff -f ;; esac
"""
# busybox has no such program: passwords come as lines USER:PASSWORD, with -e encrypted.
CHPASSWD = """#!/bin/sh
while IFS=: read -r user password; do
    grep -q "^$user:" /etc/shadow || exit 1
    [ "$1" = -e ] || password=$(mkpasswd -m sha512 "$password")
    sed -i "s|^$user:[^:]*:|$user:$password:|" /etc/shadow
done
"""
FILES = {"bin/agent": START, "sbin/shutdown": SHUTDOWN, "bin/chpasswd": CHPASSWD,
         "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n", "etc/shadow": "root:*:19000:0:99999:7:::\n", "etc/group": "root:x:0:\n",
         "etc/os-release": 'ID=testguest\nNAME="Test guest"\nPRETTY_NAME="The test guest"\nVERSION_ID="1"\n'}
FOLDERS = ["root", "run", "var"]


def libraries_of(program: Path) -> list[Path]:
    """What the dynamic linker would load for it, and the linker itself."""
    told = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    if "not found" in told:
        raise RuntimeError(f"libraries of {program.name} are missing:\n{told}")
    return [Path(path) for path in re.findall(r"(/\S+) \(0x", told)]


def make_tree(package: Path, root: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["dpkg-deb", "-x", package, name], check=True)
        program = Path(name) / "usr/sbin/qemu-ga"
        (root / "bin").mkdir()
        shutil.copy2(program, root / "bin")
        for library in libraries_of(program):
            target = root / library.relative_to("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library.resolve(), target)
    for path, text in FILES.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
        (root / path).chmod(0o755 if text.startswith("#!") else 0o644)
    for folder in FOLDERS:
        (root / folder).mkdir()
    (root / "sbin/hwclock").symlink_to("/bin/busybox")
    (root / "var/run").symlink_to("/run")
