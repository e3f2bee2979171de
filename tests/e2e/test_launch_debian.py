# SPDX-License-Identifier: Apache-2.0
"""What the small image only plays: a real Debian with systemd, cloud-init and openssh, launched by somebody without rights."""
import hashlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from lab.launcher import Launcher
from lab.person import USER
from lab.web import Web

pytestmark = pytest.mark.beyond_libvirtd

BOOT, STEP = 1500, 600  # seconds of patience; a minute or two is usual without KVM


@pytest.fixture
def debian(many, pytestconfig) -> Path:
    """Made before the tests, which have no network (./dev guest --debian)."""
    if not many:
        pytest.skip("takes minutes: ./dev test --all makes and boots a real Debian")
    image = pytestconfig.getoption("--guest").absolute() / "debian.img"
    reason = image.with_suffix(".missing")
    if not image.exists():
        pytest.skip(reason.read_text().strip() if reason.exists() else "there is no debian.img: ./dev guest --debian makes it")
    return image


def make_package(place: Path) -> bytes:
    tree = place / "probe"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text("Package: vireo-probe\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@localhost>\n"
                                         "Description: Says that it is there\n")
    program = tree / "usr/bin/vireo-probe"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho probe is here\n")
    program.chmod(0o755)
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", tree, place / "probe.deb"], check=True, capture_output=True)
    return (place / "probe.deb").read_bytes()


def archive_of(package: bytes) -> dict[str, bytes]:
    """A flat archive for apt, which asks for its files with "./" before them or without."""
    index = (f"Package: vireo-probe\nVersion: 1\nArchitecture: all\nMaintainer: Test <test@localhost>\nFilename: ./probe.deb\n"
             f"Size: {len(package)}\nSHA256: {hashlib.sha256(package).hexdigest()}\nDescription: Says that it is there\n\n").encode()
    return {f"{prefix}{name}": content for prefix in ["", "./"] for name, content in [("Packages", index), ("probe.deb", package)]}


def shared_folder(launcher: Launcher) -> Path:
    folder = launcher.person.home / "shared"
    folder.mkdir()
    (folder / "greeting").write_text("hello guest\n")
    for path in [folder, folder / "greeting"]:
        os.chown(path, USER, USER)
    return folder


def test_a_real_debian_gets_its_user_package_and_folder(launcher, debian, tmp_path, record_property):
    folder = shared_folder(launcher)
    with Web(archive_of(make_package(tmp_path))) as web:
        sources = launcher.person.home / "sources"
        # 10.0.2.2 is this host, as guests of user networking see it.
        url = web.url("").replace("127.0.0.1", "10.0.2.2")
        sources.write_text(f"#cloud-config\napt:\n  preserve_sources_list: false\n  sources_list: |\n    deb [trusted=yes] {url} ./\n")
        sources.chmod(0o644)
        told = launcher.ask("launch", str(debian), "--name", "real", "--user", "ann", "--memory", "1G", "--cpus", "2", "--timeout", str(BOOT),
                            "--package", "vireo-probe", "--cloud-init", str(sources), "--mount", f"{folder}:/home/ann/shared",
                            patience=BOOT + 60)
        record_property("counts", f"Debian up after {re.search(r'is up after ([0-9.]+ s)', told).group(1)}")

        def inside(command: str) -> str:
            return launcher.ask("ssh", "real", command, patience=STEP)
        assert inside("uname -a").startswith("Linux real ")
        assert "status: done" in inside("cloud-init status --wait")
        assert inside("vireo-probe") == "probe is here"
    assert inside("id -un; id -u; sudo id -u") == f"ann\n{USER}\n0"
    assert inside("stat -c %U ~ ~/.bashrc ~/.ssh") == "ann\nann\nann"

    assert inside("cat shared/greeting") == "hello guest"
    inside("echo hello host > shared/answer")
    assert (folder / "answer").read_text() == "hello host\n" and (folder / "answer").stat().st_uid == USER
    launcher.ask("cp", str(folder / "greeting"), "real:copy", patience=STEP)
    launcher.ask("cp", "--recursive", "real:/etc/cloud", str(launcher.person.home / "back"), patience=STEP)
    assert inside("cat copy") == "hello guest" and (launcher.person.home / "back/cloud.cfg").exists()

    launcher.ask("stop", "real", "--timeout", str(STEP), patience=STEP + 60)
    launcher.ask("rm", "real", "--yes")
    launcher.assert_nothing_left()
