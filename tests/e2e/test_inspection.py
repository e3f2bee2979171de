# SPDX-License-Identifier: Apache-2.0
"""Bytes of a guest's memory and disks, and the threads of its disks."""
import libvirt
import pytest

from lab import domains

RAW = """<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{}'/><target dev='vda' bus='virtio'/></disk>"""


def code_of(call) -> int:
    with pytest.raises(libvirt.libvirtError) as refused:
        call()
    return refused.value.get_error_code()


def test_bytes_of_memory_and_disks(system, tmp_path):
    image = tmp_path / "disk.raw"
    image.write_bytes(bytes(4096) + b"found" + bytes(4091))
    domain = system.define(domains.tiny("tiny").replace("</devices>", f"{RAW.format(image)}</devices>"))
    assert code_of(lambda: domain.memoryPeek(0, 16, libvirt.VIR_MEMORY_PHYSICAL)) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.create()
    assert domain.blockPeek("vda", 4096, 5) == domain.blockPeek(str(image), 4096, 5) == b"found"
    assert code_of(lambda: domain.blockPeek("vdz", 0, 5)) == libvirt.VIR_ERR_INVALID_ARG
    assert domain.memoryPeek(0xFFFFFFF0, 16, libvirt.VIR_MEMORY_PHYSICAL)[0] == 0xEA  # where a processor begins: a far jump
    assert len(domain.memoryPeek(0, 4096, libvirt.VIR_MEMORY_PHYSICAL)) == 4096
    assert [path.name for path in system.root.rglob("memory-*")] == []


def test_threads_of_disks(system):
    domain = system.define(domains.tiny("tiny").replace("<vcpu>1</vcpu>", "<vcpu>1</vcpu><iothreads>2</iothreads>"))
    assert [thread[0] for thread in domain.ioThreadInfo(libvirt.VIR_DOMAIN_AFFECT_CONFIG)] == [1, 2]
    assert code_of(lambda: domain.ioThreadInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.create()
    threads = domain.ioThreadInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)
    assert sorted(thread[0] for thread in threads) == [1, 2] and any(threads[0][1])
    assert system.ask("domstats", "tiny", "--iothread").count("poll-max-ns") == 2


def test_where_vcpus_and_the_emulator_may_run(system):
    domain = system.define(domains.tiny("tiny").replace("<vcpu>1</vcpu>", "<vcpu current='1'>2</vcpu>"))
    count = system.connect().getInfo()[2]
    everywhere = (True,) * count
    assert domain.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_CONFIG) == [everywhere]  # the client asks for those that there are
    domain.create()
    assert domain.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE) == [everywhere]
    assert domain.emulatorPinInfo() == everywhere
    pinned = system.define(domains.tiny("pinned").replace(
        "<vcpu>1</vcpu>", "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='0'/><emulatorpin cpuset='0'/></cputune>"))
    only_first = (True,) + (False,) * (count - 1)
    assert pinned.vcpuPinInfo() == [everywhere, only_first] and pinned.emulatorPinInfo() == only_first
    assert code_of(lambda: pinned.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)) == libvirt.VIR_ERR_OPERATION_INVALID
    assert system.ask("vcpupin", "pinned").split("\n")[-1].split() == ["1", "0"]
