# SPDX-License-Identifier: Apache-2.0
"""Devices attached to a definition, detached from it and replaced in it, by stock virsh and python3-libvirt."""
import xml.etree.ElementTree as ET

import libvirt
import pytest

from lab import domains
from test_events import next_event, told  # noqa: F401  (a fixture)

CONFIG, LIVE = libvirt.VIR_DOMAIN_AFFECT_CONFIG, libvirt.VIR_DOMAIN_AFFECT_LIVE
DISK = "<disk type='file'><source file='/images/data'/><target dev='vdb' bus='virtio'/></disk>"
DRIVE = "<disk type='file' device='cdrom'>{source}<target dev='sdc' bus='sata'/><readonly/></disk>"


def code_of(call) -> int:
    with pytest.raises(libvirt.libvirtError) as refused:
        call()
    return refused.value.get_error_code()


def devices_of(domain, kind: str) -> list[ET.Element]:
    return ET.fromstring(domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)).findall(f"devices/{kind}")


def test_a_disk_comes_with_an_address_and_goes(system):
    domain = system.define(domains.tiny("tiny"))
    domain.attachDeviceFlags(DISK, CONFIG)
    (disk,) = devices_of(domain, "disk")
    assert disk.find("source").get("file") == "/images/data"
    assert disk.find("address").get("type") == "pci"
    assert code_of(lambda: domain.attachDeviceFlags(DISK, CONFIG)) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.detachDeviceFlags(DISK, CONFIG)
    assert devices_of(domain, "disk") == []
    assert code_of(lambda: domain.detachDeviceFlags(DISK, CONFIG)) == libvirt.VIR_ERR_DEVICE_MISSING


@pytest.mark.beyond_libvirtd  # it tells nobody
def test_others_are_told_and_a_killed_daemon_remembers(system, told):  # noqa: F811
    domain = system.define(domains.tiny("tiny"))
    assert next_event(told) == ("tiny", "Defined", "Added")
    domain.attachDeviceFlags(DISK, CONFIG)
    assert next_event(told) == ("tiny", "Defined", "Updated")
    system.kill()
    system.start()
    assert len(devices_of(system.connect().lookupByName("tiny"), "disk")) == 1


def test_a_medium_is_changed(system):
    domain = system.define(domains.tiny("tiny"))
    domain.attachDeviceFlags(DRIVE.format(source=""), CONFIG)
    place = devices_of(domain, "disk")[0].find("address").attrib
    system.ask("change-media", "tiny", "sdc", "/images/first.iso", "--insert", "--config")
    (drive,) = devices_of(domain, "disk")
    assert (drive.find("source").get("file"), drive.find("address").attrib) == ("/images/first.iso", place)
    system.ask("change-media", "tiny", "sdc", "--eject", "--config")
    assert devices_of(domain, "disk")[0].find("source") is None
    other = "<disk device='cdrom'><target dev='sdd' bus='sata'/></disk>"
    assert code_of(lambda: domain.updateDeviceFlags(other, CONFIG)) == libvirt.VIR_ERR_INVALID_ARG
    sound = "<sound model='ich6'/>"
    assert code_of(lambda: domain.updateDeviceFlags(sound, CONFIG)) == libvirt.VIR_ERR_OPERATION_UNSUPPORTED


def test_virsh_attaches_what_its_options_say(system):
    domain = system.define(domains.tiny("tiny"))
    system.ask("attach-disk", "tiny", "/images/data", "vdc", "--alias", "ua-data", "--config")
    system.ask("attach-interface", "tiny", "bridge", "br7", "--mac", "52:54:00:00:00:77", "--config")
    assert devices_of(domain, "disk")[0].find("alias").get("name") == "ua-data"
    assert devices_of(domain, "interface")[0].find("source").get("bridge") == "br7"
    system.ask("detach-device-alias", "tiny", "ua-data", "--config")
    system.ask("detach-interface", "tiny", "bridge", "--mac", "52:54:00:00:00:77", "--config")
    assert devices_of(domain, "disk") == devices_of(domain, "interface") == []
    assert code_of(lambda: domain.detachDeviceAlias("ua-data", CONFIG)) == libvirt.VIR_ERR_INTERNAL_ERROR


def test_a_definition_that_would_be_wrong_stays_as_it_was(system):
    domain = system.define(domains.tiny("tiny"))
    before = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    ordered = DISK.replace("</disk>", "<boot order='1'/></disk>")
    assert code_of(lambda: domain.attachDeviceFlags(ordered, CONFIG)) == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
    assert code_of(lambda: domain.attachDeviceFlags("<graphics type='vnc'/>", CONFIG)) == libvirt.VIR_ERR_OPERATION_UNSUPPORTED
    assert code_of(lambda: domain.attachDeviceFlags("<nosuch/>", CONFIG)) == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
    assert code_of(lambda: domain.attachDevice(DISK)) == libvirt.VIR_ERR_OPERATION_INVALID
    assert code_of(lambda: domain.attachDeviceFlags(DISK, LIVE | CONFIG)) == libvirt.VIR_ERR_OPERATION_INVALID
    assert domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE) == before


def test_a_running_guest_keeps_its_devices_until_its_next_start(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    domain.attachDeviceFlags(DISK, CONFIG)
    assert len(devices_of(domain, "disk")) == 1
    assert "/images/data" not in domain.XMLDesc()


@pytest.mark.beyond_libvirtd  # its device has room on the root bus
def test_a_running_guest_without_room_says_so(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    with pytest.raises(libvirt.libvirtError, match="pcie-root-port"):
        domain.attachDeviceFlags(DISK, LIVE)
    assert "/images/data" not in domain.XMLDesc()
