# SPDX-License-Identifier: Apache-2.0
"""Packets of guests arrive at the host, through bridges and taps."""
import os
import subprocess

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


def test_an_ethernet_interface_is_a_tap_of_its_own(system, bridge):
    card = "<interface type='ethernet'><target dev='mytap'/><model type='e1000'/></interface>"
    domain, console, _ = system.boot("tap", devices=card)
    with console:
        assert "mytap" in ip("link", "show", "mytap")
    system.ask("destroy", "tap")
    assert "mytap" not in ip("link", "show")
