# SPDX-License-Identifier: Apache-2.0
"""Definitions beyond the smallest: what they mean to QEMU, what is refused, and a guest with many kinds of devices."""
import json

import libvirt
import pytest

from lab import domains
from lab.system import await_state

MANY = """<domain type='qemu'>
  <name>many</name>
  <memory unit='MiB'>128</memory>
  <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>
  <vcpu>2</vcpu>
  <iothreads>1</iothreads>
  <sysinfo type='smbios'><system><entry name='product'>Bench</entry></system></sysinfo>
  <os><type machine='q35'>hvm</type><smbios mode='sysinfo'/></os>
  <features><acpi/><smm state='on'><tseg unit='MiB'>16</tseg></smm></features>
  <cpu mode='maximum'>
    <topology sockets='2' cores='1' threads='1'/>
    <numa><cell cpus='0' memory='64' unit='MiB'/><cell cpus='1' memory='64' unit='MiB'/></numa>
  </cpu>
  <devices>
    <disk type='file'>
      <driver name='qemu' type='raw' iothread='1' discard='unmap' event_idx='on' copy_on_read='on'/>
      <source file='{image}'/><target dev='vda'/>
      <iotune><total_bytes_sec>1000000</total_bytes_sec></iotune>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/></disk>
    <controller type='scsi' model='virtio-scsi'><driver queues='2' iothread='1'/></controller>
    <interface type='user'><model type='virtio'/><driver><host csum='off'/></driver></interface>
    <serial type='tcp'><source mode='bind' host='127.0.0.1' service='0'/></serial>
    <serial type='file'><source path='{log}'/></serial>
    <parallel type='null'/>
    <channel type='unix'><target type='virtio' name='org.example.one'/></channel>
    <input type='tablet' bus='usb'/>
    <graphics type='vnc' autoport='yes'/>
    <sound model='ich9'/>
    <video><model type='virtio'/></video>
    <hub type='usb'/>
    <watchdog model='i6300esb' action='poweroff'/>
    <rng model='virtio'><backend model='builtin'/></rng>
    <panic model='isa'/>
  </devices>
</domain>"""


def arguments_of(native: str) -> list[str]:
    """The lines of a command line, an option each."""
    return [line.removesuffix(" \\") for line in native.splitlines()]


def test_a_guest_with_many_devices_runs_as_it_is_told(system, tmp_path):
    image = tmp_path / "disk.img"
    image.write_bytes(b"\0" * (1 << 20))
    domain = system.define(MANY.format(image=image, log=tmp_path / "serial.log"))
    shown = arguments_of(domain.connect().domainXMLToNative("qemu-argv", domain.XMLDesc(), 0))
    assert "-global mch.extended-tseg-mbytes=16" in shown
    assert "-smbios type=1,product=Bench" in shown
    domain.create()
    assert domain.state()[0] == libvirt.VIR_DOMAIN_RUNNING
    (started,) = system.emulators().values()
    for option in ("iothread", "i6300esb", "pvpanic", "usb-hub", "hda-duplex", "isa-parallel", "copy-on-read"):
        assert any(option in argument for argument in started), option
        assert any(option in line for line in shown), option
    domain.destroy()
    await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)


def test_a_uefi_guest_gets_variables_of_its_own(system):
    domain = system.define("""<domain type='qemu'><name>uefi</name><memory unit='MiB'>128</memory>
        <os firmware='efi'><type machine='q35'>hvm</type>
          <firmware><feature enabled='no' name='enrolled-keys'/><feature enabled='no' name='secure-boot'/></firmware></os>
        <features><acpi/></features></domain>""")
    domain.create()
    live = domain.XMLDesc()
    assert "<nvram template='/usr/share/" in live
    (variables,) = system.files_of("uefi_VARS.fd")
    assert variables.stat().st_size > 0
    (started,) = system.emulators().values()
    flash = [json.loads(text) for text in started if '"libvirt-pflash1-storage"' in text and text.startswith("{")]
    assert flash[0]["filename"] == str(variables)
    domain.destroy()
    assert variables.exists()
    variables.unlink()


def test_formats_that_nobody_knows_are_refused(system):
    connection = system.connect()
    with pytest.raises(libvirt.libvirtError) as refused:
        connection.domainXMLToNative("vmx", domains.tiny("tiny"), 0)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_INVALID_ARG
    with pytest.raises(libvirt.libvirtError) as refused:
        connection.domainXMLFromNative("qemu-argv", "qemu", 0)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT


def test_validation_names_what_the_format_does_not_have(system, tmp_path):
    file = tmp_path / "domain.xml"
    file.write_text(domains.tiny("tiny").replace("<devices>", "<wheels/><devices>"))
    refused = system.virsh("define", "--validate", str(file))
    assert refused.returncode == 1
    assert "/domain/wheels" in refused.stderr
    file.write_text(domains.tiny("tiny"))
    assert system.ask("define", "--validate", str(file)) == f"Domain 'tiny' defined from {file}"


def test_a_start_names_what_it_cannot_run(system):
    domain = system.define(domains.tiny("tiny").replace("<devices>", "<cputune><shares>10</shares></cputune><devices>"))
    with pytest.raises(libvirt.libvirtError, match="/domain/cputune") as refused:
        domain.create()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
