# SPDX-License-Identifier: Apache-2.0
"""The guest's agent: a small one in the test guest (tests/guest/agent), asked through stock virsh."""
import json
import re
import time

import libvirt
import pytest

from lab import domains
from lab.console import Console
from lab.system import await_state, settle

CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"


@pytest.fixture
def linux(system):
    """A guest whose agent is there: (domain, console)."""
    domain, console, _ = system.boot("linux", devices=CHANNEL)
    with console:
        settle(lambda: domain_is_connected(system), 60)
        yield domain, console


def domain_is_connected(system) -> None:
    assert "state='connected'" in system.ask("dumpxml", "linux")


def agent(system, command: str, *options: str) -> dict:
    return json.loads(system.ask("qemu-agent-command", "linux", json.dumps({"execute": command}), *options))


def test_a_guest_answers_by_its_agent(system, linux):
    _, console = linux
    assert agent(system, "guest-ping") == {"return": {}}
    assert system.ask("domhostname", "linux", "--source", "agent") == "guest"
    refused = system.virsh("qemu-agent-command", "linux", '{"execute": "guest-dance"}')
    assert refused.returncode != 0 and "there is no such command" in refused.stderr
    console.send("net_up\n")
    address = console.expect(r"guest: address (\S+)\r?\n")[1]
    addresses = system.ask("domifaddr", "linux", "--source", "agent")
    assert re.search(rf"eth0\s+52:54:00:\S+\s+ipv4\s+{re.escape(address)}/\d+", addresses), addresses
    assert re.search(r"lo\s+00:00:00:00:00:00\s+N/A", system.ask("domifaddr", "linux", "--source", "agent", "--full"))


def test_the_guests_clock_is_read_and_set(system, linux):
    assert abs(int(system.ask("domtime", "linux").split()[1]) - time.time()) < 3600
    system.ask("domtime", "linux", "--time", "1000000000")
    assert 0 <= int(system.ask("domtime", "linux").split()[1]) - 1000000000 < 600


def test_vcpus_inside_the_guest_are_counted(system, linux):
    assert system.ask("vcpucount", "linux", "--guest") == "1"


@pytest.mark.parametrize("arguments", [["--mode", "agent"], []])
def test_a_guest_shuts_down_by_its_agent(system, linux, arguments):
    domain, console = linux
    system.ask("shutdown", "linux", *arguments)
    await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)
    assert "guest: power button" not in console.text


def test_a_guest_reboots_by_its_agent(system, linux):
    _, console = linux
    system.ask("reboot", "linux", "--mode", "agent")
    console.expect(r"guest: up \S+", 90)


def test_a_silent_agent_is_in_nobodys_way(system, linux):
    domain, _ = linux
    silence = Console(["virsh", "-c", system.uri, "qemu-agent-command", "linux", '{"execute": "guest-silence"}', "--block"])
    with silence:
        timed_out = system.virsh("qemu-agent-command", "linux", '{"execute": "guest-silence"}', "--timeout", "1")
        assert timed_out.returncode != 0
        system.ask("suspend", "linux")
        system.ask("resume", "linux")
        domain.destroy()
        assert silence.process.wait(30) != 0


def test_an_agent_that_leaves_is_unresponsive(system, linux):
    domain, console = linux
    console.send("for p in /proc/[0-9]*; do grep -q /bin/agent $p/cmdline 2>/dev/null && kill -9 ${p#/proc/}; done; echo do''ne\n")
    console.expect("done")
    settle(lambda: domain_is_disconnected(system))
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.getTime()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_AGENT_UNRESPONSIVE
    system.ask("shutdown", "linux")  # by the power button then
    await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)


def domain_is_disconnected(system) -> None:
    assert "state='disconnected'" in system.ask("dumpxml", "linux")


@pytest.mark.beyond_libvirtd
def test_the_next_daemon_finds_the_agent(system, linux):
    system.kill()
    system.start()
    settle(lambda: agent(system, "guest-ping"))


def test_without_a_channel_there_is_no_agent(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    with pytest.raises(libvirt.libvirtError) as refused:
        domain.hostname()
    assert refused.value.get_error_code() == libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED
