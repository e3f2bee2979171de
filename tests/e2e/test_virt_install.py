# SPDX-License-Identifier: Apache-2.0
"""Stock virt-install creates a guest on our daemon.

Disks are named as `source.file`: with `path` it asks for storage pools first, and without a storage driver it forgets
the path.
"""
import shutil
import subprocess

import libvirt
import pytest

from lab.system import await_boot

SCRATCH_DISK = 16 << 20


def virt_install(system, *arguments: str) -> subprocess.CompletedProcess:
    if not shutil.which("virt-install"):
        pytest.skip("virt-install (package virtinst) is not installed")
    command = ["virt-install", "--connect", system.uri, "--noautoconsole", "--virt-type", "qemu", "--osinfo",
               "detect=off,require=off", "--memory", "256", "--vcpus", "1", "--network", "none", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL)


def disk(system, format: str) -> str:
    path = system.root / f"disk.{format}"
    subprocess.run(["qemu-img", "create", "-q", "-f", format, str(path), str(SCRATCH_DISK)], check=True)
    return str(path)


@pytest.mark.patience(180)
@pytest.mark.parametrize("format", ["raw", "qcow2"])
def test_import_creates_a_guest_that_runs(system, format):
    path = disk(system, format)
    done = virt_install(system, "--import", "--name", "imported", "--disk", f"type=file,source.file={path},driver.type={format}",
                        "--graphics", "none")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{system.log_tail()}"
    domain = system.connect().lookupByName("imported")
    assert domain.isActive() and domain.isPersistent()
    assert path in domain.XMLDesc()
    assert "<on_reboot>restart</on_reboot>" in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)


@pytest.mark.patience(180)
def test_its_guest_boots_a_system(system):
    path = disk(system, "raw")
    kernel = f"kernel={system.guest / 'kernel'},initrd={system.guest / 'initramfs'}"
    done = virt_install(system, "--import", "--name", "booted", "--disk", f"type=file,source.file={path},driver.type=raw", "--graphics", "none",
                        "--boot", f"{kernel},kernel_args=console=ttyS0 quiet", "--noreboot")
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{system.log_tail()}"
    domain = system.connect().lookupByName("booted")
    if domain.isActive():
        domain.destroy()
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    console = system.console("booted")
    console.expect("Escape character")
    domain.resume()
    await_boot(console)
    console.close()
