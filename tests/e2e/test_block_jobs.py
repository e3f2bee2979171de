# SPDX-License-Identifier: Apache-2.0
"""Work on the disks of running guests: pulled, resized, watched."""
import json
import os
import signal
import subprocess
from pathlib import Path

import libvirt
import pytest

from lab import domains
from lab.system import settle
from test_events import told  # noqa: F401  (a fixture)
from test_save import await_job, code_of, in_background

MIB = 1 << 20


def image(path: Path, size: int, below: Path | None = None) -> Path:
    backing = ["-b", str(below), "-F", "qcow2"] if below else []
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", *backing, str(path), str(size)], check=True)
    return path


def filled(path: Path, size: int) -> Path:
    """A qcow2 with random content, which is kept beside it as a raw image."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(os.urandom(size))
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(raw), str(path)], check=True)
    return path


def below(path: Path) -> str | None:
    told = subprocess.run(["qemu-img", "info", "-U", "--output=json", str(path)], check=True, capture_output=True)
    return json.loads(told.stdout).get("backing-filename")


def start_with(system, disk: Path) -> libvirt.virDomain:
    device = f"<disk type='file'><driver name='qemu' type='qcow2'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>"
    domain = system.define(domains.tiny("tiny").replace("</devices>", device + "</devices>"))
    domain.create()
    return domain


def no_job(domain) -> None:
    assert domain.blockJobInfo("vda") == {}


def test_what_is_below_a_disk_is_pulled_into_it(system, told):
    base = filled(system.root / "base.qcow2", 8 * MIB)
    top = image(system.root / "top.qcow2", 8 * MIB, base)
    domain = start_with(system, top)
    told.expect("Started Booted")
    assert code_of(lambda: domain.blockJobAbort("vda")) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.blockPull("vda", 1)
    assert domain.blockJobInfo("vda")["type"] == libvirt.VIR_DOMAIN_BLOCK_JOB_TYPE_PULL
    assert domain.blockJobInfo("vda")["bandwidth"] == 1
    assert code_of(lambda: domain.blockPull("vda")) == libvirt.VIR_ERR_BLOCK_COPY_ACTIVE
    domain.blockJobAbort("vda")
    told.expect(f"event 'block-job' for domain 'tiny': Block Pull for {top} canceled")
    no_job(domain)
    assert below(top) == str(base)
    system.ask("blockpull", "tiny", "vda", "--wait")
    told.expect(f"event 'block-job' for domain 'tiny': Block Pull for {top} completed")
    told.expect("event 'block-job-2' for domain 'tiny': Block Pull for vda completed")
    assert below(top) is None
    assert "<backingStore/>" in system.ask("dumpxml", "tiny", "--inactive")
    domain.destroy()
    same = ["qemu-img", "compare", "-q", "-f", "raw", "-F", "qcow2", str(base.with_suffix(".raw")), str(top)]
    assert subprocess.run(same).returncode == 0


def test_a_pull_leaves_what_is_below_its_base(system):
    lowest = filled(system.root / "lowest.qcow2", 4 * MIB)
    middle = image(system.root / "middle.qcow2", 4 * MIB, lowest)
    top = image(system.root / "top.qcow2", 4 * MIB, middle)
    domain = start_with(system, top)
    for nonsense in ("/none", "vda[3]", "vda[0]"):
        assert code_of(lambda: domain.blockRebase("vda", nonsense)) == libvirt.VIR_ERR_INVALID_ARG
    domain.blockRebase("vda", str(lowest))
    settle(lambda: no_job(domain))
    assert below(top) == str(lowest)


@pytest.mark.beyond_libvirtd
def test_a_pull_outlives_the_daemon(system):
    base = filled(system.root / "base.qcow2", 8 * MIB)
    top = image(system.root / "top.qcow2", 8 * MIB, base)
    domain = start_with(system, top)
    domain.blockPull("vda", 1)
    system.kill()
    system.start()
    domain = system.connect().lookupByName("tiny")
    settle(lambda: domain.blockJobInfo("vda")["type"])
    domain.blockJobSetSpeed("vda", 0)
    settle(lambda: no_job(domain), 60)
    assert below(top) is None
    settle(lambda: system.ask("dumpxml", "tiny").index("<backingStore/>"), 10, ValueError)


def test_a_disk_grows(system):
    domain = start_with(system, image(system.root / "top.qcow2", 8 * MIB))
    system.ask("blockresize", "tiny", "vda", "16M")
    assert domain.blockInfo("vda")[0] == 16 * MIB
    assert code_of(lambda: domain.blockResize("vdz", 1024)) == libvirt.VIR_ERR_INVALID_ARG


def test_a_disk_that_is_written_far_is_told_of(system, told):
    disk = image(system.root / "disk.qcow2", 64 * MIB)
    device = f"<disk type='file'><driver name='qemu' type='qcow2'/><source file='{disk}'/><target dev='vda' bus='virtio'/></disk>"
    _, console, _ = system.boot("linux", devices=device)
    with console:
        system.ask("domblkthreshold", "linux", "vda", str(8 * MIB))
        console.run("dd if=/dev/zero of=/dev/vda bs=1M count=16 conv=fsync")
        told.expect(rf"event 'block-threshold' for domain 'linux': dev: vda\({disk}\) {8 * MIB} \d+")


@pytest.mark.beyond_libvirtd
def test_who_waits_for_whom(system, pytestconfig):
    client = pytestconfig.getoption("--client-program")
    if not client:
        pytest.skip("there is no vireo beside this daemon")
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    shown = subprocess.run([client, "-c", system.uri, "debug", "jobs"], capture_output=True, text=True)
    assert shown.returncode == 0 and "tiny" not in shown.stdout
    emulator = next(iter(system.emulators()))
    os.kill(emulator, signal.SIGSTOP)
    caller, other = (system.connect().lookupByName("tiny") for _ in range(2))
    saving, _ = in_background(lambda: caller.save(str(system.root / "tiny.save")))
    await_job(domain)
    waiting, _ = in_background(other.reset)
    queue = [client, "-c", system.uri, "debug", "jobs"]

    def both_are_shown() -> None:
        shown = subprocess.run(queue, capture_output=True, text=True).stdout
        rows = [line.split()[:4] for line in shown.splitlines() if "tiny" in line]
        assert rows == [["tiny", "save", "async", "runs"], ["tiny", "reset", "modify", "waits"]]
    settle(both_are_shown)
    domain.destroy()
    saving.join()
    waiting.join()
