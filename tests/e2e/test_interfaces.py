# SPDX-License-Identifier: Apache-2.0
"""Packets of guests arrive at the host, through bridges and taps."""
import json
import os
import subprocess
from contextlib import ExitStack

import libvirt
import libvirt_qemu
import pytest


def ip(*arguments: str) -> str:
    return subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def bridge():
    """A bridge with an address, in the network namespace of this run."""
    if os.geteuid() != 0 or not os.path.exists("/dev/net/tun"):
        pytest.skip("taps and bridges need root and /dev/net/tun")
    ip("link", "add", "testbr0", "type", "bridge")
    ip("addr", "add", "10.9.0.1/24", "dev", "testbr0")
    ip("link", "set", "testbr0", "up")
    yield "testbr0"
    ip("link", "delete", "testbr0")


def test_packets_cross_a_bridge_and_outlive_the_daemon(system, bridge):
    card = "<interface type='bridge'><mac address='52:54:00:00:00:09'/><source bridge='testbr0'/><model type='virtio'/></interface>"
    domain, console, _ = system.boot("net", devices=card)
    with console:
        name = console.run("grep -l 52:54:00:00:00:09 /sys/class/net/*/address").split("/")[4]
        console.run(f"ifconfig {name} 10.9.0.2 netmask 255.255.255.0 up")
        assert "2 packets received" in console.run("ping -c 2 10.9.0.1")
    tap = "vnet0"
    assert f"<target dev='{tap}'/>" in domain.XMLDesc()
    assert "testbr0" in ip("link", "show", tap)
    del domain
    system.close_connections()
    system.kill()
    system.start()
    with system.console("net") as console:
        console.wake()
        assert "2 packets received" in console.run("ping -c 2 10.9.0.1")
    system.ask("destroy", "net")
    assert tap not in ip("link", "show")


def test_two_guests_are_joined_by_a_tunnel(system):
    """One listens, one connects; what they are joined by is a socket of their own."""
    ends = {"first": "<interface type='server'>", "second": "<interface type='client'>"}
    with ExitStack() as stack:
        consoles = []
        for number, (name, start) in enumerate(ends.items()):
            mac = f"52:54:00:00:01:0{number}"
            card = f"{start}<mac address='{mac}'/><source address='127.0.0.1' port='5558'/><model type='virtio'/></interface>"
            _, console, _ = system.boot(name, devices=card)
            consoles.append(stack.enter_context(console))
            link = console.run(f"grep -l {mac} /sys/class/net/*/address").split("/")[4]
            console.run(f"ifconfig {link} 10.8.0.{number + 1} netmask 255.255.255.0 up")
        assert "2 packets received" in consoles[1].run("ping -c 2 10.8.0.1")


def test_what_the_host_cannot_give_is_refused_by_name(system):
    """The command line shows it all the same."""
    wanted = ("<interface type='direct'><source dev='eth0'/></interface>"
              "<hostdev type='pci' managed='yes'><driver name='vfio'/><source><address bus='6' slot='2' function='1'/></source></hostdev>")
    domain = system.define(f"""<domain type='qemu'><name>wants</name><memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{wanted}</devices></domain>""")
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.create()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
    assert "/domain/devices/hostdev" in str(refused.value) and "type='direct'" in str(refused.value)
    shown = system.connect().domainXMLToNative("qemu-argv", domain.XMLDesc())
    assert '"driver":"vfio-pci","host":"0000:06:02.1"' in shown


def test_a_client_may_bring_a_usb_device(system):
    """QEMU listens for the device that a client brings, and knows which ones it may."""
    socket = system.root / "redirected.sock"
    redirected = (f"<redirdev bus='usb' type='unix'><source mode='bind' path='{socket}'/></redirdev>"
                  "<redirfilter><usbdev class='0x08' allow='yes'/><usbdev allow='no'/></redirfilter>")
    domain = system.define(f"""<domain type='qemu'><name>redirects</name><memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os><devices>{redirected}</devices></domain>""")
    domain.create()
    assert socket.exists()
    answer = json.loads(libvirt_qemu.qemuMonitorCommand(domain, '{"execute":"qom-get","arguments":'
                                                        '{"path":"/machine/peripheral/redir0","property":"filter"}}', 0))
    assert answer["return"] == "0x08:-1:-1:-1:1|-1:-1:-1:-1:0"
    domain.destroy()


def test_an_ethernet_interface_is_a_tap_of_its_own(system, bridge):
    card = "<interface type='ethernet'><target dev='mytap'/><model type='e1000'/></interface>"
    domain, console, _ = system.boot("tap", devices=card)
    with console:
        assert "mytap" in ip("link", "show", "mytap")
    system.ask("destroy", "tap")
    assert "mytap" not in ip("link", "show")


@pytest.mark.beyond_libvirtd
def test_passt_that_cannot_work_says_why(system):
    """Without a route to the world it does not. (Where it works: test_launch.py.)"""
    domain = system.define("""<domain type='qemu'><name>lonely</name><memory unit='MiB'>64</memory>
        <os><type arch='x86_64' machine='q35'>hvm</type></os><devices><interface type='user'><backend type='passt'/><portForward proto='tcp'>
        <range start='2022' to='22'/></portForward><model type='virtio'/></interface></devices></domain>""")
    with pytest.raises(libvirt.libvirtError, match="passt cannot serve it: .*not usable"):
        domain.create()
    assert not domain.isActive() and system.emulators() == {}
    elsewhere = domain.XMLDesc().replace("<interface type='user'>", "<interface type='bridge'><source bridge='testbr0'/>")
    with pytest.raises(libvirt.libvirtError, match="type 'bridge' has no <backend> of type 'passt'"):
        system.define(elsewhere.replace("<portForward", "<!--").replace("</portForward>", "-->"))
