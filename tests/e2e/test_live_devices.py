# SPDX-License-Identifier: Apache-2.0
"""Devices that come to running guests, go and change: seen by stock clients, by QEMU, and from inside of a Linux."""
import json
import xml.etree.ElementTree as ET

import libvirt
import pytest

from lab import domains
from lab.console import NotSeen
from lab.system import await_boot, settle

LIVE, CONFIG = libvirt.VIR_DOMAIN_AFFECT_LIVE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
PORTS = "<controller type='pci' model='pcie-root'/>" + "<controller type='pci' model='pcie-root-port'/>" * 16
PORTS += "<controller type='pci' model='pcie-to-pci-bridge'/>"
MEMORY = "<maxMemory slots='4' unit='MiB'>1024</maxMemory>"
NUMA = "<cpu mode='maximum'><numa><cell id='0' cpus='0' memory='256' unit='MiB'/></numa></cpu>"


def qmp(system, name: str, command: str, **arguments) -> object:
    text = json.dumps({"execute": command, "arguments": arguments})
    return json.loads(system.ask("qemu-monitor-command", name, text))["return"]


def node_files(system, name: str) -> set[str]:
    return {node["file"] for node in qmp(system, name, "query-named-block-nodes")}


def code_of(call) -> int:
    with pytest.raises(libvirt.libvirtError) as refused:
        call()
    return refused.value.get_error_code()


def devices_of(domain, kind: str, flags: int = 0) -> list[ET.Element]:
    return ET.fromstring(domain.XMLDesc(flags)).findall(f"devices/{kind}")


def disk_xml(path, target: str = "vdb", bus: str = "virtio") -> str:
    return f"""<disk type='file'><driver name='qemu' type='raw'/><source file='{path}'/>
        <target dev='{target}' bus='{bus}'/></disk>"""


def drive_xml(path=None) -> str:
    source = f"<source file='{path}'/>" if path else ""
    return f"<disk type='file' device='cdrom'>{source}<target dev='sda' bus='sata'/><readonly/></disk>"


def roomy(name: str, devices: str = "") -> str:
    """A guest without a system, with free PCI slots: it never lets a device go."""
    return domains.tiny(name).replace("<devices>", f"<devices>{PORTS}{devices}")


def image(system, name: str, content: bytes):
    path = system.root / name
    path.write_bytes(content.ljust(1 << 20, b"\0"))
    return path


def medium_of(domain) -> str | None:
    source = devices_of(domain, "disk")[0].find("source")
    return source.get("file") if source is not None else None


def inside(console, command: str) -> None:
    """Until the command succeeds in the guest."""
    settle(lambda: console.run(command), 10, NotSeen)


def restart(system, name: str) -> libvirt.virDomain:
    system.kill()
    system.start()
    return system.connect().lookupByName(name)


def test_a_disk_comes_with_its_bytes_and_goes(system):
    path = image(system, "data.raw", b"hello from the host\n")
    domain, console, _ = system.boot("linux", devices=PORTS)
    with console:
        system.ask("attach-disk", "linux", str(path), "vdb", "--live", "--config")
        inside(console, "test -b /dev/vda")
        assert "hello from the host" in console.run("head -n 1 /dev/vda")
        console.run("echo from the guest | dd of=/dev/vda conv=notrunc,fsync")
        assert path.read_bytes().startswith(b"from the guest")
    assert len(devices_of(domain, "disk")) == len(devices_of(domain, "disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 1
    domain = restart(system, "linux")
    domain.detachDeviceFlags(disk_xml(path), LIVE)
    assert devices_of(domain, "disk") == [], "the guest lets it go before the call ends"
    assert len(devices_of(domain, "disk", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 1
    assert str(path) not in node_files(system, "linux")
    with system.console("linux") as console:
        console.wake()
        console.run("test ! -b /dev/vda")


def test_a_network_card_comes_and_its_cable_is_pulled(system):
    mac = "52:54:00:00:00:77"
    domain, console, _ = system.boot("linux", devices=PORTS)
    carrier = "/sys/class/net/eth1/carrier"
    with console:
        domain.attachDeviceFlags(
            f"<interface type='user'><mac address='{mac}'/><model type='virtio'/></interface>", LIVE)
        inside(console, f"grep {mac} /sys/class/net/eth1/address")
        console.run("ip link set eth1 up")
        inside(console, f"grep 1 {carrier}")
        assert "updated successfully" in system.ask("domif-setlink", "linux", mac, "down")
        inside(console, f"grep 0 {carrier}")
    assert system.ask("domif-getlink", "linux", mac).endswith("down")
    domain = restart(system, "linux")
    system.ask("domif-setlink", "linux", mac, "up")
    with system.console("linux") as console:
        console.wake()
        inside(console, f"grep 1 {carrier}")
        system.ask("detach-interface", "linux", "user", "--mac", mac, "--live")
        console.run("test ! -e /sys/class/net/eth1")
    assert len(devices_of(domain, "interface")) == 1


def test_memory_is_plugged_in(system):
    xml = domains.linux("linux", system.guest, devices=PORTS)
    xml = xml.replace("<memory unit", f"{MEMORY}<memory unit").replace("<cpu mode='maximum'/>", NUMA)
    domain = system.define(xml)
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    with system.console("linux") as console:
        console.expect("Escape character")
        domain.resume()
        await_boot(console)
        console.run("cd /sys/devices/system/memory; ls -d memory*")
        domain.attachDeviceFlags(
            "<memory model='dimm'><target><size unit='MiB'>256</size><node>0</node></target></memory>", LIVE | CONFIG)
        inside(console, "test $(ls -d memory* | wc -l) = 4")  # blocks of 128 MiB
    assert domain.maxMemory() == 512 << 10
    assert devices_of(domain, "memory")[0].find("address").get("type") == "dimm"
    assert len(devices_of(domain, "memory", libvirt.VIR_DOMAIN_XML_INACTIVE)) == 1


def test_a_guest_that_never_answers_keeps_its_device(system):
    path = image(system, "data.raw", b"")
    domain = system.define(roomy("tiny"))
    domain.create()
    domain.attachDeviceFlags(disk_xml(path), LIVE)
    domain.detachDeviceFlags(disk_xml(path), LIVE)  # asked for; nobody there lets it go
    assert len(devices_of(domain, "disk")) == 1
    assert str(path) in node_files(system, "tiny")
    domain = restart(system, "tiny")
    assert len(devices_of(domain, "disk")) == 1


def test_what_a_refused_step_has_made_is_taken_back(system):
    domain = system.define(roomy("tiny"))
    domain.create()
    before = domain.XMLDesc()
    files = node_files(system, "tiny")
    code_of(lambda: domain.attachDeviceFlags(disk_xml(system.root / "missing"), LIVE | CONFIG))
    qcow = disk_xml(image(system, "no-qcow2", b"nothing")).replace("'raw'", "'qcow2'")
    code_of(lambda: domain.attachDeviceFlags(qcow, LIVE | CONFIG))
    assert domain.XMLDesc() == before
    assert node_files(system, "tiny") == files
    assert devices_of(domain, "disk", libvirt.VIR_DOMAIN_XML_INACTIVE) == []


def test_media_are_changed(system):
    first, second = image(system, "first.iso", b"1"), image(system, "second.iso", b"2")
    domain = system.define(roomy("tiny", drive_xml(first)))
    domain.create()
    assert "updated" in system.ask("change-media", "tiny", "sda", str(second), "--live")
    assert str(second) in node_files(system, "tiny") and str(first) not in node_files(system, "tiny")
    assert medium_of(domain) == str(second)
    domain = restart(system, "tiny")
    system.ask("change-media", "tiny", "sda", "--eject", "--live", "--force")
    assert medium_of(domain) is None and str(second) not in node_files(system, "tiny")
    system.ask("change-media", "tiny", "sda", str(first), "--insert", "--live")
    assert str(first) in node_files(system, "tiny")
    code_of(lambda: domain.updateDeviceFlags(drive_xml(system.root / "missing"), LIVE))
    assert medium_of(domain) == str(first)


def test_what_cannot_change_live_is_refused(system):
    path = image(system, "data.raw", b"")
    domain = system.define(roomy("tiny", disk_xml(path, "vda") + "<input type='tablet' bus='virtio'/>"))
    domain.create()
    unsupported = libvirt.VIR_ERR_OPERATION_UNSUPPORTED
    for xml in ("<controller type='usb' index='3' model='qemu-xhci'/>",
                "<sound model='ich6'/>"):
        assert code_of(lambda: domain.attachDeviceFlags(xml, LIVE)) == unsupported, xml  # noqa: B023
    cached = disk_xml(path, "vda").replace("type='raw'", "type='raw' cache='none'")
    assert code_of(lambda: domain.updateDeviceFlags(cached, LIVE)) == unsupported
    assert code_of(lambda: domain.attachDeviceFlags(disk_xml(path, "vda"), LIVE)) == libvirt.VIR_ERR_XML_ERROR
    assert code_of(lambda: domain.detachDeviceFlags(disk_xml(path, "vdx"), LIVE)) == libvirt.VIR_ERR_DEVICE_MISSING
    assert len(devices_of(domain, "disk")) == 1


@pytest.mark.beyond_libvirtd  # it lets QEMU refuse the disk, and plugs in no such controllers
def test_a_bus_says_what_it_can(system):
    path = image(system, "data.raw", b"")
    domain = system.define(roomy("tiny"))
    domain.create()
    on_sata = disk_xml(path, "sdb", "sata")
    assert code_of(lambda: domain.attachDeviceFlags(on_sata, LIVE)) == libvirt.VIR_ERR_OPERATION_UNSUPPORTED
    domain.attachDeviceFlags("<controller type='virtio-serial' index='0'/>", LIVE)
    assert len(devices_of(domain, "controller[@type='virtio-serial']")) == 1


def test_each_kind_comes_to_a_running_guest(system):
    domain = system.define(roomy("tiny", "<controller type='virtio-serial' index='0'/>"))
    domain.create()
    data = image(system, "data.raw", b"")
    kinds = {
        "rng": "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
        "input": "<input type='tablet' bus='virtio'/>",
        "watchdog": "<watchdog model='i6300esb' action='reset'/>",
        "channel": "<channel type='unix'><target type='virtio' name='org.example.0'/></channel>",
        "shmem": "<shmem name='vireo-test'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
        "disk": disk_xml(data, "sda", "scsi"),
    }
    peripherals = len(qmp(system, "tiny", "qom-list", path="/machine/peripheral"))
    domain.attachDeviceFlags("<controller type='scsi' index='0' model='virtio-scsi'/>", LIVE)
    for kind, xml in kinds.items():
        before = len(devices_of(domain, kind))
        domain.attachDeviceFlags(xml, LIVE)
        assert len(devices_of(domain, kind)) == before + 1, kind
    now = len(qmp(system, "tiny", "qom-list", path="/machine/peripheral"))
    assert now == peripherals + len(kinds) + 1
    names = [device.find("alias").get("name") for kind in kinds for device in devices_of(domain, kind)]
    assert len(names) == len(set(names))
    domain = restart(system, "tiny")
    assert all(devices_of(domain, kind) for kind in kinds)


def test_threads_for_disks_come_and_go(system):
    path = image(system, "data.raw", b"")
    domain = system.define(roomy("tiny"))
    domain.create()
    system.ask("iothreadadd", "tiny", "3", "--live", "--config")
    assert [thread["id"] for thread in qmp(system, "tiny", "query-iothreads")] == ["iothread3"]
    system.ask("iothreadset", "tiny", "3", "--poll-max-ns", "1000", "--live")
    assert qmp(system, "tiny", "query-iothreads")[0]["poll-max-ns"] == 1000
    threaded = disk_xml(path).replace("type='raw'", "type='raw' iothread='3'")
    domain.attachDeviceFlags(threaded, LIVE)
    assert code_of(lambda: domain.delIOThread(3, LIVE)) == libvirt.VIR_ERR_INVALID_ARG
    assert code_of(lambda: domain.addIOThread(3, LIVE)) == libvirt.VIR_ERR_INVALID_ARG
    system.ask("iothreaddel", "tiny", "3", "--config")
    system.ask("iothreadadd", "tiny", "4")
    system.ask("iothreaddel", "tiny", "4")
    assert [thread["id"] for thread in qmp(system, "tiny", "query-iothreads")] == ["iothread3"]
    assert ET.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)).find("iothreadids") is None


def test_a_display_gets_another_password(system):
    display = "<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='first'/>"
    domain = system.define(roomy("tiny", display))
    domain.create()
    domain.updateDeviceFlags(display.replace("first", "second"), LIVE)
    shown = devices_of(domain, "graphics", libvirt.VIR_DOMAIN_XML_SECURE)[0]
    assert shown.get("passwd") == "second"
    other = display.replace("autoport='yes'", "port='5999'")
    assert code_of(lambda: domain.updateDeviceFlags(other, LIVE)) == libvirt.VIR_ERR_OPERATION_UNSUPPORTED
