# SPDX-License-Identifier: Apache-2.0
"""Debian's qemu-guest-agent in the test guest: what stock virsh and python3-libvirt get to know of it."""
import re
import time

import libvirt
import pytest

from lab.system import await_state, settle

CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
DISK = """<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{}'/>
<target dev='vda' bus='virtio'/><serial>first</serial></disk>"""
MOUNT = "mke2fs /dev/vda >/dev/null && mkdir /data && mount -t ext4 /dev/vda /data"


@pytest.fixture
def linux(system, tmp_path):
    """A guest of two vcpus whose agent is there: (domain, console)."""
    image = tmp_path / "disk.raw"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    domain, console, _ = system.boot("linux", devices=CHANNEL + DISK.format(image), initramfs="initramfs-agent",
                                     vcpus="<vcpu>2</vcpu>")
    with console:
        settle(lambda: connected(system), 60)
        yield domain, console


def connected(system) -> None:
    assert "state='connected'" in system.ask("dumpxml", "linux")


def table(text: str) -> dict[str, str]:
    """The lines `name : value` of guestinfo and guestvcpus."""
    return {key.strip(): value.strip() for key, value in (line.split(":", 1) for line in text.splitlines())}


def test_the_guest_tells_of_itself(system, linux):
    domain, console = linux
    console.run(MOUNT)
    facts = table(system.ask("guestinfo", "linux"))
    assert facts["hostname"] == system.ask("domhostname", "linux", "--source", "agent") == "guest"
    assert facts["os.id"] == "testguest" and facts["os.pretty-name"] == "The test guest" and "os.kernel-release" in facts
    assert facts["timezone.offset"] == "0" and facts["user.count"] == "0"
    assert facts["fs.count"] == "1" and facts["fs.0.mountpoint"] == "/data" and facts["fs.0.fstype"] == "ext4"
    assert facts["fs.0.name"] == facts["fs.0.disk.0.device"].removeprefix("/dev/") == facts["fs.0.disk.0.alias"] == "vda"
    assert int(facts["fs.0.total-bytes"]) > int(facts["fs.0.used-bytes"]) >= 0
    assert facts["disk.0.name"] == "/dev/vda" and facts["disk.0.partition"] == "no" and facts["disk.0.alias"] == "vda"
    cards = {facts[f"if.{number}.name"]: number for number in range(int(facts["if.count"]))}
    assert set(cards) == {"lo", "eth0"} and facts[f"if.{cards['eth0']}.hwaddr"].startswith("52:54:00:")
    assert set(domain.guestInfo(libvirt.VIR_DOMAIN_GUEST_INFO_OS)) == {name for name in facts if name.startswith("os.")}
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.guestInfo(1 << 20)
    assert refused.value.get_error_code() in (libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED)


def test_file_systems_are_held_still(system, linux):
    _, console = linux
    console.run(MOUNT)
    assert re.search(r"/data\s+vda\s+ext4\s+vda", system.ask("domfsinfo", "linux"))
    assert system.ask("domfsfreeze", "linux") == "Froze 1 filesystem(s)"
    console.send("touch /data/x; echo wri''tten\n")
    assert system.virsh("domtime", "linux").returncode != 0  # a frozen guest's agent does little else
    assert "written" not in console.text
    assert system.ask("domfsthaw", "linux") == "Thawed 1 filesystem(s)"
    console.expect("written")
    assert system.ask("domfsfreeze", "linux", "/data") == "Froze 1 filesystem(s)"
    assert system.ask("domfsthaw", "linux") == "Thawed 1 filesystem(s)"
    assert system.virsh("domfsthaw", "linux", "/data").returncode != 0  # an agent thaws all at once
    system.ask("domfstrim", "linux")


def test_vcpus_are_switched_inside_the_guest(system, linux):
    domain, console = linux
    assert table(system.ask("guestvcpus", "linux")) == {"vcpus": "0-1", "online": "0-1", "offlinable": "1"}
    system.ask("guestvcpus", "linux", "1", "--disable")
    assert console.run("cat /sys/devices/system/cpu/online") == "0"
    assert system.ask("vcpucount", "linux", "--guest") == "1"
    system.ask("setvcpus", "linux", "2", "--guest")
    assert console.run("cat /sys/devices/system/cpu/online") == "0-1"
    for refused in [("7", "--enable"), ("0", "--disable"), ("x", "--enable")]:
        assert system.virsh("guestvcpus", "linux", *refused).returncode != 0
    assert domain.guestVcpus()["online"] == "0-1"


def test_users_get_passwords_and_keys(system, linux, tmp_path):
    domain, console = linux
    assert "Password set successfully for root in linux" in system.ask("set-user-password", "linux", "root", "secret")
    console.run("grep -q '^root:\\$' /etc/shadow")
    assert system.virsh("set-user-password", "linux", "nobody-here", "x").returncode != 0
    keys = tmp_path / "keys"
    keys.write_text("ssh-ed25519 AAAA one\n")
    system.ask("set-user-sshkeys", "linux", "root", "--file", str(keys))
    keys.write_text("ssh-ed25519 BBBB two\n")
    system.ask("set-user-sshkeys", "linux", "root", "--file", str(keys))
    assert sorted(domain.authorizedSSHKeysGet("root")) == ["ssh-ed25519 AAAA one", "ssh-ed25519 BBBB two"]
    system.ask("set-user-sshkeys", "linux", "root", "--file", str(keys), "--remove")
    assert system.ask("get-user-sshkeys", "linux", "root") == "ssh-ed25519 AAAA one"
    system.ask("set-user-sshkeys", "linux", "root", "--file", str(keys), "--reset")
    assert console.run("cat /root/.ssh/authorized_keys") == "ssh-ed25519 BBBB two"


def test_the_guests_clock_is_read_and_set(system, linux):
    assert abs(int(system.ask("domtime", "linux").split()[1]) - time.time()) < 3600
    system.ask("domtime", "linux", "--time", "1000000000")
    assert 0 <= int(system.ask("domtime", "linux").split()[1]) - 1000000000 < 600


def test_the_guest_shuts_down_by_its_agent(system, linux):
    domain, console = linux
    assert "52:54:00" in system.ask("domifaddr", "linux", "--source", "agent")
    system.ask("shutdown", "linux", "--mode", "agent")
    await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
    assert "guest: power button" not in console.text
