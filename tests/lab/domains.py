# SPDX-License-Identifier: Apache-2.0
"""The domains that tests and the main job define."""
from pathlib import Path
from xml.sax.saxutils import escape

COMMAND_LINE = "console=ttyS0 nokaslr mitigations=off"


def linux(name: str, guest: Path, kind: str = "qemu", command_line: str = f"{COMMAND_LINE} quiet", devices: str = "",
          initramfs: str = "initramfs", vcpus: str = "<vcpu>1</vcpu>") -> str:
    """The test guest (tests/guest): a Linux that shows a shell on its serial port and obeys the power button."""
    return f"""
<domain type='{kind}'>
  <name>{name}</name>
  <memory unit='MiB'>256</memory>
  {vcpus}
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{escape(str(guest / 'kernel'))}</kernel>
    <initrd>{escape(str(guest / initramfs))}</initrd>
    <cmdline>{escape(command_line)}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'/>
  <devices>
    <serial type='pty'/>
    <console type='pty'/>
    <interface type='user'><model type='virtio'/></interface>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    {devices}
  </devices>
</domain>"""


def tiny(name: str, uuid: str = "", extra: str = "") -> str:
    """A guest without anything to boot: it stays in its firmware. Starts in a moment and needs little memory."""
    return f"""
<domain type='qemu'>
  <name>{name}</name>
  {f'<uuid>{uuid}</uuid>' if uuid else ''}
  {extra}
  <memory unit='MiB'>64</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices><controller type='usb' model='none'/><memballoon model='none'/></devices>
</domain>"""
