# SPDX-License-Identifier: Apache-2.0
"""Guests' states go into files and back, to stock libvirtd too; dumps of memory; what is told of such long jobs."""
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import libvirt
import pytest

from lab import domains
from lab.system import System, await_state, settle
from test_events import told  # noqa: F401  (a fixture)

RUNNING, PAUSED, SHUTOFF = libvirt.VIR_DOMAIN_RUNNING, libvirt.VIR_DOMAIN_PAUSED, libvirt.VIR_DOMAIN_SHUTOFF
HERE = Path(__file__).resolve().parent


def code_of(call) -> int:
    with pytest.raises(libvirt.libvirtError) as refused:
        call()
    return refused.value.get_error_code()


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if ".part-" in path.name]


def test_a_guest_goes_on_where_it_was(system):
    domain, console, mark = system.boot("linux")
    file = system.root / "linux.save"
    console.run("count=41")
    domain.save(str(file))
    assert domain.state() == [SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_SAVED]
    console.close()
    system.connect().restore(str(file))
    assert domain.state() == [RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED]
    with system.console("linux") as again:
        again.wake()
        assert again.run("echo $((count + 1))") == "42"
    assert file.exists() and parts(system.root) == []


def pack_with(system, format: str) -> None:
    system.stop()
    configuration = system.root / "etc/libvirt/qemu.conf"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    configuration.write_text(f'save_image_format = "{format}"\ndump_image_format = "{format}"\n')
    system.start()


@pytest.mark.parametrize("format", ["gzip", "bzip2", "xz", "zstd"])
@pytest.mark.beyond_libvirtd
def test_states_are_packed(system, format):
    pack_with(system, format)
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    file, core = system.root / "tiny.save", system.root / "tiny.core"
    domain.coreDump(str(core), 0)
    domain.save(str(file))
    assert subprocess.run([format, "-dc"], stdin=core.open("rb"), capture_output=True).stdout[:4] == b"QEVM"
    system.connect().restore(str(file))
    assert domain.isActive()


def test_events_and_figures_of_a_save(system, told):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    told.expect("Started Booted")
    file = str(system.root / "tiny.save")
    assert code_of(domain.abortJob) == libvirt.VIR_ERR_OPERATION_INVALID
    assert domain.jobStats()["type"] == libvirt.VIR_DOMAIN_JOB_NONE
    domain.save(file)
    told.expect("event 'lifecycle' for domain 'tiny': Suspended Paused")
    told.expect("event 'job-completed' for domain 'tiny':")
    told.expect("operation: 2")
    told.expect("event 'lifecycle' for domain 'tiny': Stopped Saved")
    assert re.search(r"Operation: +Save", system.ask("domjobinfo", "tiny", "--completed", "--keep-completed"))
    figures = domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)
    assert figures["type"] == libvirt.VIR_DOMAIN_JOB_COMPLETED
    assert figures["operation"] == libvirt.VIR_DOMAIN_JOB_OPERATION_SAVE
    assert figures["memory_total"] >= 64 << 20 and figures["memory_remaining"] == 0
    assert domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)["type"] == libvirt.VIR_DOMAIN_JOB_NONE
    connection = system.connect()
    connection.restore(file)
    told.expect("event 'lifecycle' for domain 'tiny': Started Restored")
    told.expect("event 'lifecycle' for domain 'tiny': Resumed Unpaused")
    assert code_of(lambda: connection.restore(file)) == libvirt.VIR_ERR_OPERATION_INVALID


def test_a_state_waits_for_the_next_start(system):
    domain = system.define(domains.tiny("tiny"))
    assert code_of(domain.managedSave) == libvirt.VIR_ERR_OPERATION_INVALID
    domain.create()
    domain.managedSave()
    assert "Managed save:   yes" in system.ask("dominfo", "tiny")
    assert "saved" in system.ask("list", "--all", "--managed-save")
    assert "tiny" in system.ask("list", "--all", "--with-managed-save")
    assert "tiny" not in system.ask("list", "--all", "--without-managed-save")
    assert code_of(domain.undefine) == libvirt.VIR_ERR_OPERATION_INVALID
    assert code_of(lambda: domain.rename("other")) == libvirt.VIR_ERR_OPERATION_INVALID
    assert "<name>tiny</name>" in system.ask("managedsave-dumpxml", "tiny")
    system.kill()
    system.start()
    domain = system.connect().lookupByName("tiny")
    assert domain.hasManagedSaveImage()
    domain.create()
    assert domain.state() == [RUNNING, libvirt.VIR_DOMAIN_RUNNING_RESTORED]
    assert not domain.hasManagedSaveImage()
    domain.managedSave(libvirt.VIR_DOMAIN_SAVE_PAUSED)
    domain.create()
    assert domain.state()[0] == PAUSED
    domain.resume()
    domain.managedSave()
    domain.createWithFlags(libvirt.VIR_DOMAIN_START_FORCE_BOOT)
    assert domain.state() == [RUNNING, libvirt.VIR_DOMAIN_RUNNING_BOOTED]
    assert not domain.hasManagedSaveImage()
    domain.managedSave()
    system.ask("managedsave-remove", "tiny")
    assert not domain.hasManagedSaveImage()
    domain.create()
    domain.managedSave()
    domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_MANAGED_SAVE)
    assert list(system.root.rglob("tiny.save")) == []


def test_a_paused_guest_stays_paused_unless_told(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    domain.suspend()
    file = str(system.root / "tiny.save")
    connection = system.connect()
    domain.save(file)
    connection.restore(file)
    assert domain.state()[0] == PAUSED
    domain.save(file)
    connection.restoreFlags(file, None, libvirt.VIR_DOMAIN_SAVE_RUNNING)
    assert domain.state()[0] == RUNNING
    assert code_of(lambda: domain.saveFlags(file, None, libvirt.VIR_DOMAIN_SAVE_RUNNING | libvirt.VIR_DOMAIN_SAVE_PAUSED)) \
        == libvirt.VIR_ERR_INVALID_ARG


def test_the_description_of_a_state(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    file = str(system.root / "tiny.save")
    domain.save(file)
    connection = system.connect()
    xml = system.ask("save-image-dumpxml", file)
    connection.saveImageDefineXML(file, xml.replace("<vcpu", "<title>Another</title>\n<vcpu"), libvirt.VIR_DOMAIN_SAVE_PAUSED)
    assert "<title>Another</title>" in system.ask("save-image-dumpxml", file)
    other = xml.replace("65536", "131072")
    assert code_of(lambda: connection.saveImageDefineXML(file, other)) == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
    assert code_of(lambda: connection.restoreFlags(file, other, 0)) == libvirt.VIR_ERR_CONFIG_UNSUPPORTED
    connection.restore(file)
    assert domain.state()[0] == PAUSED and "<title>Another</title>" in system.ask("dumpxml", "tiny")


@pytest.mark.beyond_libvirtd
def test_what_is_no_state_is_refused_and_kept(system):
    domain = system.define(domains.tiny("tiny"))
    connection = system.connect()
    other = system.root / "other"
    other.write_bytes(b"something else" * 100)
    assert code_of(lambda: connection.restore(str(other))) == libvirt.VIR_ERR_OPERATION_FAILED
    assert code_of(lambda: connection.restore(str(system.root / "none"))) == libvirt.VIR_ERR_SYSTEM_ERROR
    domain.create()
    domain.managedSave()
    file = next(system.root.rglob("tiny.save"))
    whole = file.read_bytes()
    for damaged in (b"LibvirtQemudPart" + whole[16:], whole[:len(whole) // 2], whole[:50], b"\0" * 4096):
        file.write_bytes(damaged)
        with pytest.raises(libvirt.libvirtError, match="--force-boot"):
            domain.create()
        assert file.read_bytes() == damaged and domain.hasManagedSaveImage() and not domain.isActive()
    file.write_bytes(whole)
    domain.create()
    assert domain.isActive()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.beyond_libvirtd
def test_the_page_cache_is_bypassed(system, packed):
    if packed:
        pack_with(system, "gzip")
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:  # the scratch folder is in memory
        file = f"{folder}/tiny.save"
        domain.saveFlags(file, None, libvirt.VIR_DOMAIN_SAVE_BYPASS_CACHE)
        system.connect().restoreFlags(file, None, libvirt.VIR_DOMAIN_SAVE_BYPASS_CACHE)
        assert domain.isActive() and os.listdir(folder) == ["tiny.save"]


@pytest.fixture
def small_disk(system):
    place = system.root / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.beyond_libvirtd
def test_a_full_disk_costs_nothing(system, small_disk):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    for call in (domain.save, lambda file: domain.coreDump(file, libvirt.VIR_DUMP_MEMORY_ONLY)):
        with pytest.raises(libvirt.libvirtError, match="no space is left"):
            call(str(small_disk / "file"))
        assert domain.state()[0] == RUNNING
        assert list(small_disk.iterdir()) == []
    assert domain.jobStats(libvirt.VIR_DOMAIN_JOB_STATS_COMPLETED)["type"] == libvirt.VIR_DOMAIN_JOB_NONE


def test_a_dump_for_debuggers(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    core = system.root / "core"
    domain.coreDump(str(core), libvirt.VIR_DUMP_MEMORY_ONLY)
    assert core.read_bytes()[:4] == b"\x7fELF" and domain.state()[0] == RUNNING
    domain.coreDumpWithFormat(str(core), libvirt.VIR_DOMAIN_CORE_DUMP_FORMAT_KDUMP_ZLIB, libvirt.VIR_DUMP_MEMORY_ONLY)
    assert core.read_bytes()[:12] == b"makedumpfile"
    domain.suspend()
    domain.coreDump(str(core), 0)
    assert core.read_bytes()[:4] == b"QEVM" and domain.state()[0] == PAUSED
    domain.resume()
    system.ask("dump", "tiny", str(core), "--memory-only", "--live")
    system.ask("dump", "tiny", str(core), "--memory-only", "--reset")
    assert domain.state()[0] == RUNNING
    assert code_of(lambda: domain.coreDump(str(core), libvirt.VIR_DUMP_CRASH | libvirt.VIR_DUMP_LIVE)) \
        == libvirt.VIR_ERR_INVALID_ARG
    domain.coreDump(str(core), libvirt.VIR_DUMP_CRASH)
    assert domain.state() == [SHUTOFF, libvirt.VIR_DOMAIN_SHUTOFF_CRASHED]


def in_background(call) -> tuple[threading.Thread, list]:
    """The call in a thread; the list gets the error that it ends with, or None."""
    outcome = []

    def work():
        try:
            call()
            outcome.append(None)
        except libvirt.libvirtError as error:
            outcome.append(error)
    thread = threading.Thread(target=work)
    thread.start()
    return thread, outcome


def await_job(domain) -> None:
    settle(lambda: is_busy(domain))


def is_busy(domain) -> None:
    assert domain.jobInfo()[0] != libvirt.VIR_DOMAIN_JOB_NONE


@pytest.mark.beyond_libvirtd
def test_a_stopped_emulator_holds_nobody(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    emulator = next(iter(system.emulators()))
    os.kill(emulator, signal.SIGSTOP)
    caller = system.connect().lookupByName("tiny")
    thread, outcome = in_background(lambda: caller.save(str(system.root / "tiny.save")))
    await_job(domain)
    domain.abortJob()
    thread.join()
    assert outcome[0].get_error_code() == libvirt.VIR_ERR_OPERATION_ABORTED
    assert parts(system.root) == []
    os.kill(emulator, signal.SIGCONT)
    await_state(domain, RUNNING)
    core = str(system.root / "core")
    settle(lambda: domain.coreDump(core, libvirt.VIR_DUMP_MEMORY_ONLY), 30)  # the first save is undone when QEMU answers again
    os.kill(emulator, signal.SIGSTOP)
    thread, outcome = in_background(lambda: caller.save(str(system.root / "tiny.save")))
    await_job(domain)
    domain.destroy()
    thread.join()
    assert outcome[0] and domain.state()[0] == SHUTOFF
    assert parts(system.root) == [] and not (system.root / "tiny.save").exists()


@pytest.mark.beyond_libvirtd
def test_the_daemon_ends_in_the_middle_of_a_save(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    emulator = next(iter(system.emulators()))
    os.kill(emulator, signal.SIGSTOP)
    caller = system.connect().lookupByName("tiny")
    thread, _ = in_background(lambda: caller.save(str(system.root / "tiny.save")))
    await_job(domain)
    assert system.stop() == 0
    thread.join()
    system.close_connections()
    os.kill(emulator, signal.SIGCONT)
    system.start()
    domain = system.connect().lookupByName("tiny")
    await_state(domain, RUNNING)
    assert parts(system.root) == [] and emulator in system.emulators()


@pytest.mark.beyond_libvirtd
@pytest.mark.patience(900)
def test_the_daemon_dies_at_any_moment_of_a_save(system, many):
    """The guest runs on, or it is saved whole; never both, never neither, and nothing lies around."""
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    for attempt in range(20 if many else 3):
        caller = system.connect().lookupByName("tiny")
        thread, _ = in_background(caller.managedSave)
        time.sleep(0.03 * (attempt % 7))  # another moment each time; nothing depends on which
        system.kill()
        thread.join()
        system.close_connections()
        system.start()
        domain = system.connect().lookupByName("tiny")
        settle(lambda: one_of_both(system, domain), 30)
        if not domain.isActive():
            domain.create()
        await_state(domain, RUNNING)
        assert not domain.hasManagedSaveImage()


def one_of_both(system, domain) -> None:
    saved, runs = domain.hasManagedSaveImage(), domain.state()[0] == RUNNING
    assert bool(saved) != runs and parts(system.root) == [] and bool(system.emulators()) == runs


@pytest.fixture
def libvirtd(system, tmp_path_factory):
    """Stock libvirtd beside the daemon under test."""
    stock = System([str(HERE.parent / "lab/libvirtd")], system.root.parent / "l", system.guest)
    stock.start()
    yield stock
    stock.remove_all_domains()
    stock.close_connections()
    stock.stop()


@pytest.mark.beyond_libvirtd
def test_states_are_exchanged_with_libvirtd(system, libvirtd):
    for source, target in ((libvirtd, system), (system, libvirtd)):
        domain, console, _ = source.boot("linux")
        console.run("count=41")
        file = str(source.root / "linux.save")
        domain.save(file)
        console.close()
        target.connect().restore(file)
        with target.console("linux") as again:
            again.wake()
            assert again.run("echo $((count + 1))") == "42"
        target.connect().lookupByName("linux").destroy()
        domain.undefine()
