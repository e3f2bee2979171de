# SPDX-License-Identifier: Apache-2.0
"""A domain's life through virsh and python3-libvirt, with a real Linux inside where that matters."""
import os
import signal
import time

import libvirt
import pytest

from lab import domains
from lab.system import await_boot, await_state


def test_a_linux_guest_from_boot_to_shutdown(system):
    domain, console, first_boot = system.boot("linux")
    with console:
        assert console.run("uname -s") == "Linux"
        assert console.run("grep -c ^processor /proc/cpuinfo") == "1"
        identity = domain.ID()
        assert system.ask("domstate", "linux", "--reason") == "running (unpaused)"
        assert "<type arch='x86_64' machine='pc-q35-7.2'>hvm</type>" in system.ask("dumpxml", "linux")

        assert system.ask("suspend", "linux") == "Domain 'linux' suspended"
        assert system.ask("domstate", "linux", "--reason") == "paused (user)"
        assert system.ask("resume", "linux") == "Domain 'linux' resumed"
        assert system.ask("domstate", "linux", "--reason") == "running (unpaused)"
        assert console.run("echo alive") == "alive"

        assert system.ask("reboot", "linux") == "Domain 'linux' is being rebooted"
        second_boot = await_boot(console)
        assert second_boot != first_boot
        assert domain.ID() == identity
        assert system.ask("domstate", "linux") == "running"

        assert system.ask("reset", "linux") == "Domain 'linux' was reset"
        third_boot = await_boot(console)
        assert third_boot not in (first_boot, second_boot)
        assert domain.ID() == identity

        assert system.ask("shutdown", "linux") == "Domain 'linux' is being shutdown"
        console.expect("guest: power button")
        assert await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)[1] == libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN
        assert console.wait() == 0
    assert system.emulators() == {}
    assert system.ask("domstate", "linux", "--reason") == "shut off (shutdown)"


def test_a_guest_that_powers_itself_off_is_shut_off(system):
    domain, console, _ = system.boot("linux")
    with console:
        console.send("poweroff\n")
        assert await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)[1] == libvirt.VIR_DOMAIN_SHUTOFF_SHUTDOWN
    assert system.emulators() == {}


def test_a_guest_that_reboots_itself_stays_the_same_domain(system):
    domain, console, first_boot = system.boot("linux")
    with console:
        identity = domain.ID()
        console.send("reboot\n")
        assert await_boot(console) != first_boot
        assert domain.ID() == identity


def test_a_disk_keeps_what_the_guest_wrote(system):
    image = system.root / "disk.raw"
    image.touch()
    os.truncate(image, 1 << 20)
    disk = f"<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='vda' bus='virtio'/></disk>"
    domain, console, _ = system.boot("linux", devices=disk)
    with console:
        assert console.run("cat /sys/block/vda/size") == "2048"
        console.run("echo written by the guest | dd of=/dev/vda bs=512 conv=sync 2>/dev/null; sync")
    domain.destroy()
    assert image.read_bytes().startswith(b"written by the guest\n")


def test_user_networking_gives_the_guest_an_address(system):
    _, console, _ = system.boot("linux")
    with console:
        assert "guest: address 10.0.2.15" in console.run("net_up")


def test_the_console_is_left_and_entered_again(system):
    _, console, _ = system.boot("linux")
    with console:
        assert console.leave() == 0
    with system.console("linux") as again:
        again.wake()
        assert again.run("echo here") == "here"


def test_a_second_console_is_refused_unless_forced(system):
    _, console, _ = system.boot("linux")
    with console:
        refused = system.virsh("console", "linux")
        assert refused.returncode == 1
        assert "error:" in refused.stderr
        assert console.run("echo undisturbed") == "undisturbed"


def test_started_paused_it_waits_for_resume(system):
    system.define(domains.tiny("tiny"))
    assert system.ask("start", "tiny", "--paused") == "Domain 'tiny' started"
    assert system.ask("domstate", "tiny", "--reason") == "paused (user)"
    system.ask("resume", "tiny")
    assert system.ask("domstate", "tiny", "--reason") == "running (unpaused)"


def test_destroy_ends_the_emulator(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    assert len(system.emulators()) == 1
    assert system.ask("domstate", "tiny", "--reason") == "running (booted)"
    assert system.ask("destroy", "tiny") == "Domain 'tiny' destroyed"
    assert system.emulators() == {}
    assert system.ask("domstate", "tiny", "--reason") == "shut off (destroyed)"


def test_destroy_works_on_a_stopped_emulator(system):
    """SIGKILL reaches it; asking it would not."""
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    (pid,) = system.emulators()
    os.kill(pid, signal.SIGSTOP)
    began = time.monotonic()
    domain.destroy()
    assert time.monotonic() - began < 30
    assert system.emulators() == {}


def test_an_emulator_that_dies_is_told_as_crashed(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    (pid,) = system.emulators()
    os.kill(pid, signal.SIGKILL)
    assert await_state(domain, libvirt.VIR_DOMAIN_SHUTOFF)[1] == libvirt.VIR_DOMAIN_SHUTOFF_CRASHED


def test_a_transient_domain_is_gone_when_it_ends(system, tmp_path):
    file = tmp_path / "tiny.xml"
    file.write_text(domains.tiny("tiny"))
    assert system.ask("create", str(file)) == f"Domain 'tiny' created from {file}"
    assert "Persistent:     no" in system.ask("dominfo", "tiny")
    assert system.virsh("autostart", "tiny").returncode == 1
    system.ask("destroy", "tiny")
    assert system.ask("list", "--all", "--name") == ""
    assert system.emulators() == {}


def test_undefining_a_running_domain_makes_it_transient(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    domain.undefine()
    assert domain.isPersistent() == 0
    assert domain.isActive() == 1
    domain.destroy()
    assert system.connect().listAllDomains() == []


def test_defining_a_running_domain_changes_its_next_boot(system):
    domain = system.define(domains.tiny("tiny", extra="<title>now</title>"))
    domain.create()
    system.define(domains.tiny("tiny", domain.UUIDString(), "<title>next</title>"))
    assert "<title>now</title>" in domain.XMLDesc()
    assert "<title>next</title>" in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    domain.destroy()
    assert "<title>next</title>" in domain.XMLDesc()


def test_autostart_is_kept_and_obeyed(system):
    domain = system.define(domains.tiny("tiny"))
    assert system.ask("autostart", "tiny") == "Domain 'tiny' marked as autostarted"
    assert domain.autostart() == 1
    assert system.ask("autostart", "tiny", "--disable") == "Domain 'tiny' unmarked as autostarted"
    assert domain.autostart() == 0


def test_rename_keeps_identity_and_definition(system):
    domain = system.define(domains.tiny("before", extra="<title>kept</title>"))
    uuid = domain.UUIDString()
    assert system.ask("domrename", "before", "after") == "Domain successfully renamed"
    assert system.ask("list", "--all", "--name") == "after"
    assert system.ask("domuuid", "after") == uuid
    assert "<title>kept</title>" in system.ask("dumpxml", "after")
    assert system.files_of("before") == []
    system.ask("start", "after")
    assert system.virsh("domrename", "after", "again").returncode == 1


def test_a_name_or_uuid_is_taken_only_once(system):
    one = system.define(domains.tiny("one"))
    system.define(domains.tiny("two"))
    for xml in [domains.tiny("other", one.UUIDString()), domains.tiny("two", one.UUIDString())]:
        with pytest.raises(libvirt.libvirtError) as refused:
            system.define(xml)
        assert refused.value.get_error_code() == libvirt.VIR_ERR_OPERATION_FAILED
    with pytest.raises(libvirt.libvirtError):
        one.rename("two")
    assert sorted(system.ask("list", "--all", "--name").split()) == ["one", "two"]


def test_a_guest_that_cannot_start_leaves_nothing(system):
    missing = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/nonexistent/image'/><target dev='vda' bus='virtio'/></disk>"
    domain = system.define(domains.linux("broken", system.guest, devices=missing))
    before = {path for path in system.root.rglob("*")}
    with pytest.raises(libvirt.libvirtError) as failure:
        domain.create()
    assert "/nonexistent/image" in str(failure.value)
    assert domain.state()[0] == libvirt.VIR_DOMAIN_SHUTOFF
    assert system.emulators() == {}
    new = {path for path in system.root.rglob("*") if path.is_socket() or "run" in path.parts} - before
    assert [path for path in new if "log" not in path.parts] == []


def test_lists_obey_their_filters(system):
    connection = system.connect()
    system.define(domains.tiny("inactive"))
    running = system.define(domains.tiny("running"))
    running.create()
    paused = system.define(domains.tiny("paused"))
    paused.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
    connection.createXML(domains.tiny("transient"))
    running.setAutostart(True)

    def names(flags: int) -> list[str]:
        return sorted(domain.name() for domain in connection.listAllDomains(flags))

    assert names(0) == ["inactive", "paused", "running", "transient"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE) == ["paused", "running", "transient"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_INACTIVE) == ["inactive"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT) == ["transient"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_PAUSED) == ["paused"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_RUNNING) == ["running", "transient"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_SHUTOFF) == ["inactive"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_AUTOSTART) == ["running"]
    assert names(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE | libvirt.VIR_CONNECT_LIST_DOMAINS_PERSISTENT) == ["paused", "running"]
    assert sorted(connection.listDefinedDomains()) == ["inactive"]
    assert len(connection.listDomainsID()) == connection.numOfDomains() == 3
    assert connection.lookupByID(running.ID()).name() == "running"


def test_ids_are_never_given_twice(system):
    domain = system.define(domains.tiny("tiny"))
    seen = []
    for _ in range(3):
        domain.create()
        seen.append(domain.ID())
        domain.destroy()
    assert seen == sorted(set(seen))
    assert domain.ID() == -1


def test_flags_that_nobody_knows_are_refused(system):
    domain = system.define(domains.tiny("tiny"))
    calls = [lambda: domain.createWithFlags(1 << 20), lambda: domain.destroyFlags(1 << 20), lambda: domain.XMLDesc(1 << 20),
             lambda: domain.undefineFlags(1 << 20), lambda: domain.shutdownFlags(1 << 20)]
    for call in calls:
        with pytest.raises(libvirt.libvirtError) as refused:
            call()
        assert refused.value.get_error_code() in (libvirt.VIR_ERR_INVALID_ARG, libvirt.VIR_ERR_ARGUMENT_UNSUPPORTED)
