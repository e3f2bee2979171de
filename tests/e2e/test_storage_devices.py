# SPDX-License-Identifier: Apache-2.0
"""Disks of several images, and devices for storage and memory, as a guest's Linux finds them."""
import json
import subprocess

import libvirt
import pytest

from lab import domains
from lab.system import await_boot

BLOCK = 512


def qmp(system, name: str, command: str) -> object:
    answer = system.ask("qemu-monitor-command", name, json.dumps({"execute": command}))
    return json.loads(answer)["return"]


def image(path, backing, backing_format: str) -> None:
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-b", backing, "-F", backing_format, path], check=True)


def test_a_guest_reads_through_a_chain_of_images(system):
    base, middle, top = (system.root / name for name in ("base.raw", "middle.qcow2", "top.qcow2"))
    base.write_bytes(b"from below\n".ljust(1 << 20, b"\0"))
    image(middle, base, "raw")
    image(top, middle, "qcow2")
    disk = f"""<disk type='file'><driver name='qemu' type='qcow2'/><source file='{top}'/>
        <backingStore type='file'><format type='qcow2'/><source file='{middle}'/>
          <backingStore type='file'><format type='raw'/><source file='{base}'/><backingStore/></backingStore>
        </backingStore><target dev='vda' bus='virtio'/></disk>"""
    _, console, _ = system.boot("linux", devices=disk)
    with console:
        console.send("head -c 10 /dev/vda; echo written | dd of=/dev/vda conv=notrunc,fsync 2>/dev/null; echo :\n")
        console.expect("from below:")
    assert base.read_bytes().startswith(b"from below"), "what the guest writes stays in the topmost image"
    nodes = {node["node-name"] for node in qmp(system, "linux", "query-named-block-nodes")}
    assert {f"libvirt-{number}-format" for number in (1, 2, 3)} <= nodes


def test_a_part_of_a_file_is_a_disk(system):
    whole = system.root / "whole"
    whole.write_bytes(b"\0" * 4096 + b"the slice\n".ljust(1 << 20, b"\0"))
    disk = f"""<disk type='file'><driver name='qemu' type='raw'/>
        <source file='{whole}'><slices><slice type='storage' offset='4096' size='{1 << 20}'/></slices></source>
        <target dev='vda' bus='virtio'/></disk>"""
    _, console, _ = system.boot("linux", devices=disk)
    with console:
        console.send("head -c 9 /dev/vda; cat /sys/block/vda/size\n")
        console.expect(f"the slice{(1 << 20) // BLOCK}")


def test_a_guest_finds_the_devices_of_its_platform(system):
    """Modules of memory, folders of the host, an IOMMU, a crypto card: on the buses where Linux looks for them."""
    folder = system.root / "folder"
    folder.mkdir()
    devices = f"""<filesystem><source dir='{folder}'/><target dir='shared'/></filesystem>
        <crypto model='virtio' type='qemu'><backend model='builtin'/></crypto>
        <iommu model='intel'/>
        <memory model='dimm'><target><size unit='MiB'>128</size><node>0</node></target></memory>"""
    nodes = """<maxMemory slots='2' unit='MiB'>1024</maxMemory>
        <cpu mode='maximum'><numa><cell id='0' cpus='0' memory='256' unit='MiB'/></numa></cpu>"""
    text = domains.linux("linux", system.guest, devices=devices).replace("<cpu mode='maximum'/>", nodes)
    domain = system.define(text)
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    with system.console("linux") as console:
        console.expect("Escape character")
        domain.resume()
        await_boot(console)
        console.send("cat /sys/bus/virtio/devices/*/device | tr '\\n' ' '; ls -d /sys/bus/acpi/devices/PNP0C80:*; "
                     "ls /sys/firmware/acpi/tables/DMAR; echo ov''er\n")
        seen = console.expect("(?s).*over").group()
    assert "0x0009" in seen, "9p"
    assert "0x0014" in seen, "crypto"
    assert "PNP0C80:00" in seen and "DMAR" in seen
    (module,) = qmp(system, "linux", "query-memory-devices")
    assert module["type"] == "dimm" and module["data"]["size"] == 128 << 20


@pytest.mark.parametrize("devices, told", [
    ("<filesystem><driver type='virtiofs'/><source dir='/tmp'/><target dir='t'/></filesystem>", "filesystem/binary"),
    ("<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>", "tpm/backend"),
    ("<disk><source file='/a'/><target dev='vda'/><transient/></disk>", "disk/transient"),
    ("<lease><lockspace>a</lockspace><key>k</key><target path='/l'/></lease>", "lease"),
    ("<disk type='nvme'><source type='pci' managed='no' namespace='1'><address bus='1'/></source><target dev='vda'/></disk>",
     "disk/source"),
    ("<disk><source file='/a'><encryption format='luks'><secret type='passphrase' usage='u'/></encryption></source>"
     "<target dev='vda'/></disk>", "disk/source/encryption"),
])
@pytest.mark.beyond_libvirtd
def test_what_cannot_run_yet_is_refused_by_name(system, devices, told):
    shared = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>"
    domain = system.define(domains.tiny("tiny", extra=shared).replace("<devices>", f"<devices>{devices}"))
    with pytest.raises(libvirt.libvirtError, match=told) as refused:
        domain.create()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
