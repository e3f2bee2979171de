# SPDX-License-Identifier: Apache-2.0
"""The machine that a guest sees is the one that its definition describes."""
import json

import libvirt
import pytest

from lab import domains
from lab.system import await_boot, await_state

NODES = """<numatune><memory mode='preferred' nodeset='0'/></numatune>
  <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>
  <iothreads>2</iothreads><iothreadids><iothread id='2' thread_pool_max='4'/></iothreadids>
  <defaultiothread thread_pool_max='8'/>
  <sysinfo type='smbios'>
    <bios><entry name='vendor'>Vireo</entry></bios>
    <system><entry name='manufacturer'>Makers, Ltd</entry><entry name='product'>Bench</entry></system>
    <chassis><entry name='asset'>A-17</entry></chassis>
  </sysinfo>"""

CPU = """<cpu mode='maximum'><numa>
    <cell id='0' cpus='0' memory='160' unit='MiB'><distances><sibling id='1' value='21'/></distances></cell>
    <cell id='1' cpus='1' memory='96' unit='MiB'><distances><sibling id='0' value='21'/></distances></cell>
  </numa></cpu>"""


def boot(system, name: str, xml: str) -> tuple:
    """Defines and boots this Linux guest. Returns it with its console at the shell's prompt."""
    domain = system.define(xml)
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    console = system.console(name)
    console.expect("Escape character")
    domain.resume()
    await_boot(console)
    return domain, console


def test_linux_finds_the_nodes_threads_and_names_that_were_described(system, tmp_path):
    image = tmp_path / "disk.img"
    image.write_bytes(b"vireo" + b"\0" * ((1 << 20) - 5))
    disk = f"""<disk type='file'><driver name='qemu' type='raw' iothread='2'/><source file='{image}'/><target dev='vda'/></disk>"""

    xml = domains.linux("nodes", system.guest).replace("<vcpu>1</vcpu>", f"<vcpu>2</vcpu>{NODES}")
    xml = xml.replace("<cpu mode='maximum'/>", CPU).replace("<devices>", f"<devices>{disk}")
    domain, console = boot(system, "nodes", xml.replace("</os>", "<smbios mode='sysinfo'/></os>"))
    with console:
        assert console.run("cat /sys/class/dmi/id/product_name").strip().endswith("Bench")
        assert "Makers, Ltd" in console.run("cat /sys/class/dmi/id/sys_vendor")
        assert "A-17" in console.run("cat /sys/class/dmi/id/chassis_asset_tag")
        assert "Vireo" in console.run("cat /sys/class/dmi/id/bios_vendor")
        assert "0-1" in console.run("cat /sys/devices/system/node/online")
        assert "10 21" in console.run("cat /sys/devices/system/node/node0/distance")
        assert "1" in console.run("cat /sys/devices/system/node/node1/cpulist")
    threads = json.loads(system.ask("qemu-monitor-command", "nodes", '{"execute": "query-iothreads"}'))["return"]
    assert {thread["id"] for thread in threads} == {"iothread1", "iothread2"}
    (started,) = system.emulators().values()
    assert any('"memory-backend-memfd"' in argument and '"policy":"preferred"' in argument for argument in started)
    domain.destroy()


def test_properties_that_the_user_overrides_reach_the_device(system):
    override = """<qemu:override><qemu:device alias='ua-rng'><qemu:frontend>
        <qemu:property name='period' type='unsigned' value='1234'/></qemu:frontend></qemu:device></qemu:override>
        <qemu:deprecation behavior='omit'/></domain>"""
    xml = domains.tiny("override").replace("<domain ", "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
    xml = xml.replace("</devices>", "<rng model='virtio'><backend model='random'/><alias name='ua-rng'/></rng></devices>")
    domain = system.define(xml.replace("</domain>", override))
    domain.create()
    question = {"execute": "qom-get", "arguments": {"path": "/machine/peripheral/ua-rng", "property": "period"}}
    answer = json.loads(system.ask("qemu-monitor-command", "override", json.dumps(question)))
    assert answer["return"] == 1234
    domain.destroy()


@pytest.mark.parametrize("arch, machine", [("aarch64", "virt"), ("riscv64", "virt"), ("ppc64", "pseries"), ("s390x", "s390-ccw-virtio")])
def test_guests_of_other_architectures_run(system, arch, machine):
    emulator = f"/usr/bin/qemu-system-{arch}"
    xml = f"""<domain type='qemu'><name>other</name><memory unit='MiB'>256</memory><vcpu>2</vcpu>
        <os><type arch='{arch}' machine='{machine}'>hvm</type></os>
        <devices><emulator>{emulator}</emulator><console type='pty'/>
        <rng model='virtio'><backend model='random'/></rng></devices></domain>"""
    try:
        domain = system.define(xml)
    except libvirt.libvirtError as refusal:
        pytest.skip(f"{emulator}: {refusal}")
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    assert domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    status = json.loads(system.ask("qemu-monitor-command", "other", '{"execute": "query-status"}'))
    assert status["return"]["status"] == "prelaunch"
    domain.resume()
    if arch == "s390x":  # firmware that finds nothing to boot is a crash there
        await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
        assert domain.state()[1] == libvirt.VIR_DOMAIN_SHUTOFF_CRASHED
        return
    assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
    domain.suspend()
    assert domain.state()[0] == libvirt.VIR_DOMAIN_PAUSED
    domain.destroy()


def test_what_needs_a_control_group_is_refused_with_its_path(system):
    domain = system.define(domains.tiny("tuned").replace("<devices>", "<blkiotune><weight>500</weight></blkiotune><devices>"))
    with pytest.raises(libvirt.libvirtError, match="/domain/blkiotune") as refused:
        domain.create()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_CONFIG_UNSUPPORTED


def test_memory_of_a_node_that_the_host_lacks_is_refused(system):
    tuning = "<numatune><memory mode='strict' nodeset='999'/></numatune><devices>"
    domain = system.define(domains.tiny("far").replace("<devices>", tuning))
    with pytest.raises(libvirt.libvirtError, match="no NUMA node 999") as refused:
        domain.create()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
