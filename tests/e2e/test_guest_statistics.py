# SPDX-License-Identifier: Apache-2.0
"""Figures of running guests, through stock virsh and python3-libvirt."""
import os
import re
import signal

import libvirt
import pytest

from lab import domains
from lab.system import settle


def disk(path) -> str:
    return (f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{path}'/>"
            "<target dev='vda' bus='virtio'/></disk>")


def figures(text: str) -> dict[str, str]:
    """The lines `name=value` of domstats."""
    return dict(line.strip().split("=", 1) for line in text.splitlines() if "=" in line)


def test_domstats_tells_of_every_group(system, tmp_path):
    image = tmp_path / "disk.raw"
    image.write_bytes(bytes(1 << 20))
    _, console, _ = system.boot("linux", devices=disk(image))
    with console:
        console.send("dd if=/dev/zero of=/dev/vda bs=4096 count=8 conv=fsync 2>/dev/null; echo do''ne\n")
        console.expect("done")
    found = figures(system.ask("domstats", "linux"))
    assert found["state.state"] == "1"
    assert int(found["cpu.time"]) >= int(found["cpu.user"]) > 0
    assert found["balloon.current"] == found["balloon.maximum"] == "262144" and int(found["balloon.rss"]) > 0
    assert found["vcpu.0.state"] == "1" and int(found["vcpu.0.time"]) > 0
    assert found["net.count"] == "1"
    assert found["block.count"] == "1" and found["block.0.name"] == "vda" and found["block.0.path"] == str(image)
    assert int(found["block.0.wr.bytes"]) >= 32768 and found["block.0.capacity"] == str(1 << 20)
    assert int(found["block.0.physical"]) == image.stat().st_blocks * 512
    assert found["block.0.backingIndex"] == "1" and "vcpu.0.wait" in found and "iothread.count" not in found
    assert found["cpu.haltpoll.success.time"] == "0" and found["dirtyrate.calc_mode"] == "page-sampling"
    only = figures(system.ask("domstats", "linux", "--block"))
    assert all(name.startswith("block.") for name in only)


def test_the_older_calls_tell_the_same(system, tmp_path):
    image = tmp_path / "disk.raw"
    image.write_bytes(bytes(1 << 20))
    domain = system.define(domains.tiny("tiny").replace("</devices>", f"{disk(image)}</devices>"))
    domain.create()
    assert domain.blockInfo("vda")[0] == 1 << 20
    assert len(domain.blockStats("vda")) == 5 and domain.blockStats("vda")[0] >= 0
    assert domain.blockStatsFlags("")["rd_operations"] >= 0
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.blockStats("vdz")
    assert refused.value.get_error_code() == libvirt.VIR_ERR_INVALID_ARG
    assert domain.memoryStats()["actual"] == 65536 and domain.memoryStats()["rss"] > 0
    vcpu = dict(re.split(r":\s+", line) for line in system.ask("vcpuinfo", "tiny").splitlines())
    assert vcpu["VCPU"] == "0" and vcpu["State"] == "running" and "y" in vcpu["CPU Affinity"]
    (total,) = domain.getCPUStats(True)
    assert total["cpu_time"] == total["user_time"] + total["system_time"] > 0
    assert domain.jobInfo()[0] == libvirt.VIR_DOMAIN_JOB_NONE
    assert domain.controlInfo()[0] == libvirt.VIR_DOMAIN_CONTROL_OK
    assert system.ask("domblkerror", "tiny") == "No errors found"
    domain.destroy()
    for call in (domain.memoryStats, domain.jobInfo, domain.controlInfo):
        with pytest.raises(libvirt.libvirtError) as refused:
            call()
        assert refused.value.get_error_code() == libvirt.VIR_ERR_OPERATION_INVALID


@pytest.mark.beyond_libvirtd
def test_a_stuck_guest_hides_no_others_figures(system):
    names = ("stuck", "well")
    for name in names:
        system.define(domains.tiny(name)).create()
    (pid,) = [pid for pid, words in system.emulators().items() if any("guest=stuck" in word for word in words)]
    os.kill(pid, signal.SIGSTOP)
    try:
        records = {domain.name(): values for domain, values in system.connect().getAllDomainStats(
            0, libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)}
        assert "vcpu.0.time" in records["well"]
        assert "state.state" in records["stuck"] and "vcpu.0.time" not in records["stuck"]
    finally:
        os.kill(pid, signal.SIGCONT)
    settle(lambda: system.ask("domstats", "stuck", "--vcpu").index("vcpu.0.time"))
