# SPDX-License-Identifier: Apache-2.0
"""The daemon goes away, by kill -9 or by request, and comes back: guests run on, and what happened meanwhile is told."""
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import libvirt
import pytest

from lab import domains
from lab.system import await_boot, await_state, settle


def leave(system, how: str) -> None:
    """Without our connections: they would only see it die."""
    system.close_connections()
    if how == "kill -9":
        system.kill()
    else:
        assert system.stop() == 0


@pytest.mark.parametrize("how", ["kill -9", "stop"])
def test_a_linux_guest_runs_on(system, how):
    domain, console, boot = system.boot("linux")
    with console:
        console.run("echo 17 > /tmp/note")
    before = system.ask("dominfo", "linux").splitlines()[:5], system.ask("dumpxml", "linux")
    (pid,) = system.emulators()
    leave(system, how)
    assert list(system.emulators()) == [pid]
    system.start()
    assert (system.ask("dominfo", "linux").splitlines()[:5], system.ask("dumpxml", "linux")) == before
    assert list(system.emulators()) == [pid]
    with system.console("linux") as console:
        console.wake()
        assert console.run("cat /tmp/note") == "17"
        assert console.run("cat /proc/sys/kernel/random/boot_id") == boot
        system.ask("reboot", "linux")
        assert await_boot(console) != boot
        system.ask("shutdown", "linux")
        await_state(system.connect().lookupByName("linux"), libvirt.VIR_DOMAIN_SHUTOFF)


def test_each_state_is_kept(system):
    for name in ["running", "paused", "inactive"]:
        system.define(domains.tiny(name))
    system.ask("start", "running")
    system.ask("start", "paused", "--paused")
    system.connect().createXML(domains.tiny("transient"))
    system.ask("autostart", "inactive")
    before = system.ask("list", "--all"), {name: system.ask("dominfo", name).replace("CPU time", "") for name in ["paused", "inactive"]}
    leave(system, "kill -9")
    system.start()
    assert system.ask("list", "--all") == before[0]
    assert {name: system.ask("dominfo", name).replace("CPU time", "") for name in ["paused", "inactive"]} == before[1]
    assert system.ask("domstate", "paused", "--reason") == "paused (user)"
    assert "Persistent:     no" in system.ask("dominfo", "transient")


@pytest.mark.skipif(not Path("/usr/share/OVMF/OVMF_CODE_4M.fd").exists(), reason="no UEFI firmware is installed")
def test_a_guest_whose_firmware_was_chosen(system):
    """Its live definition shows what was chosen beside the wish, and is read again, before a restart and after it."""
    xml = domains.tiny("uefi").replace("<os>", "<os firmware='efi'>")
    system.define(xml.replace("</devices>", "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices>")).create()
    assert "<loader " in system.ask("dumpxml", "uefi")
    for _ in range(2):
        assert "block.count=0" in system.ask("domstats", "uefi", "--block")
        assert "is not connected" in system.virsh("domtime", "uefi").stderr or "libvirtd" in str(system.command)
        system.kill()
        system.start()
    assert "damaged" not in system.log_tail()
    system.ask("destroy", "uefi")
    system.ask("undefine", "uefi", "--nvram")


def test_a_guest_that_powered_off_meanwhile(system):
    _, console, _ = system.boot("linux")
    with console:
        console.send("echo on my w''ay; sleep 2; poweroff\n")
        console.expect("on my way")  # the guest has the line, not only the daemon
        leave(system, "kill -9")
    (pid,) = system.emulators()
    time.sleep(4)  # the guest's own two seconds and its way down; nobody is there who could be told
    system.start()
    domain = system.connect().lookupByName("linux")
    assert await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)[1] == libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN
    assert pid not in system.emulators()


def test_an_emulator_that_died_meanwhile(system):
    system.define(domains.tiny("kept")).create()
    system.connect().createXML(domains.tiny("transient"))
    leave(system, "kill -9")
    for pid in system.emulators():
        os.kill(pid, signal.SIGKILL)
    system.start()
    domain = system.connect().lookupByName("kept")
    assert await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)[1] == libvirt.VIR_DOMAIN_SHUTOFF_CRASHED
    assert system.ask("list", "--all", "--name") == "kept"
    domain.create()
    assert len(system.emulators()) == 1


@pytest.fixture
def boot_host(tmp_path):
    """Makes the host look freshly booted: another boot id, and no guest of before. In our mount namespace only."""
    shown = Path("/proc/sys/kernel/random/boot_id")
    file = tmp_path / "boot_id"
    mounted = False

    def boot(system) -> None:
        nonlocal mounted
        leave(system, "kill -9")
        for pid in system.emulators():
            os.kill(pid, signal.SIGKILL)
        file.write_text(f"{uuid.uuid4()}\n")
        if not mounted:
            subprocess.run(["mount", "--bind", file, shown], check=True)
            mounted = True
        system.start()
    yield boot
    if mounted:
        subprocess.run(["umount", shown], check=True)


def same(found, wanted) -> None:
    assert found == wanted


def running(system) -> list[str]:
    return sorted(system.ask("list", "--name").split())


def nothing_started(system, besides: Sequence[str] = ()) -> None:
    """A start of ours takes as long as one that the daemon would have begun before it."""
    system.ask("start", "unmarked")
    assert running(system) == sorted(["unmarked", *besides])
    system.ask("destroy", "unmarked")


@pytest.mark.beyond_libvirtd  # it tells boots apart by the files below /run, which nothing clears here
def test_autostart_once_per_boot_of_the_host(system, boot_host):
    """It belongs to the boot of the host, not to each start of the daemon: that would undo a destroy."""
    for name in ["marked", "unmarked", "was-running"]:
        system.define(domains.tiny(name))
    system.ask("start", "was-running")
    system.ask("autostart", "marked")
    leave(system, "kill -9")
    system.start()
    nothing_started(system, besides=["was-running"])

    boot_host(system)
    settle(lambda: same(running(system), ["marked"]))
    assert len(system.emulators()) == 1
    assert system.ask("domstate", "was-running", "--reason").startswith("shut off")

    system.ask("destroy", "marked")
    for how in ["kill -9", "stop"]:
        leave(system, how)
        system.start()
        nothing_started(system)

    boot_host(system)
    settle(lambda: same(running(system), ["marked"]))
    system.ask("autostart", "marked", "--disable")
    boot_host(system)
    nothing_started(system)


@pytest.mark.beyond_libvirtd
def test_a_guest_that_cannot_start_with_the_host_keeps_no_other_from_it(system, boot_host):
    missing = "<disk type='file' device='disk'><source file='/nonexistent/image'/><target dev='vda' bus='virtio'/></disk>"
    for name, xml in [("broken", domains.linux("broken", system.guest, devices=missing)), ("whole", domains.tiny("whole"))]:
        system.define(xml)
        system.ask("autostart", name)
    boot_host(system)
    settle(lambda: same(running(system), ["whole"]))
    assert len(system.emulators()) == 1


def agree(system) -> None:
    """The daemon's word and the processes say the same."""
    assert len(system.emulators()) == int(system.ask("domstate", "tiny") == "running")


@pytest.mark.beyond_libvirtd
@pytest.mark.parametrize("delay", [0.0, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3])
def test_a_guest_half_started_is_finished_or_gone(system, delay):
    domain = system.define(domains.tiny("tiny"))
    starting = threading.Thread(target=subprocess.run, args=[["virsh", "-q", "-c", system.uri, "start", "tiny"]],
                                kwargs={"capture_output": True})
    system.ask("version")  # the emulator's capabilities are known: the start itself is what dies
    starting.start()
    deadline = time.monotonic() + 20
    while not system.emulators() and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(delay)  # the random point
    leave(system, "kill -9")
    starting.join()
    system.start()
    settle(lambda: agree(system))
    if system.ask("domstate", "tiny") != "running":
        system.ask("start", "tiny")
    system.ask("destroy", "tiny")
    assert system.emulators() == {}


def test_a_second_daemon_on_the_same_root_is_refused(system, pytestconfig):
    system.define(domains.tiny("tiny")).create()
    second = subprocess.run([*system.command, "--root", str(system.root)], capture_output=True, text=True, timeout=20)
    assert second.returncode != 0
    assert system.ask("domstate", "tiny") == "running"
