# SPDX-License-Identifier: Apache-2.0
"""Many clients, and a million messages that lie: the daemon answers on, and keeps nothing of it."""
import resource
import subprocess
import threading
import time
from pathlib import Path

import pytest

from lab import domains

pytestmark = pytest.mark.beyond_libvirtd

MIB = 1024  # in KiB
# Of descriptors: a quarter of them is for the clients of one socket.
NEEDED = 4 * 5000


@pytest.fixture
def storm(pytestconfig) -> Path:
    """The folder of the programs of tests/storm: beside the daemon."""
    place = Path(pytestconfig.getoption("--daemon-program")).resolve().parent
    if not (place / "mutants").exists():
        pytest.skip("this build has no tests/storm")
    return place


def run(program: Path, *arguments, patience: float) -> str:
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=patience)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.patience(1500)
def test_messages_that_lie_leave_nothing_behind(system, storm, many, record_property):
    """Memory after the first tenth is what it is at the end: nothing is kept of a message."""
    count = 1_000_000 if many else 50_000
    witness = system.connect()
    victim = "11111111-1111-1111-1111-111111111111"
    witness.defineXML(domains.tiny("victim", victim))
    witness.getCapabilities()  # of all emulators, which are kept
    run(storm / "mutants", system.socket_path(), count // 10, 1, patience=300)
    before, descriptors = system.resident_kib(), system.descriptors()
    told = run(storm / "mutants", system.socket_path(), count, 2, patience=1200)
    assert system.resident_kib() - before < 24 * MIB
    assert system.descriptors() <= descriptors + 2
    began = time.monotonic()
    assert witness.getLibVersion() > 0
    assert time.monotonic() - began < 2
    assert system.emulators() == {}
    record_property("counts", told.strip())


@pytest.mark.patience(300)
def test_a_crowd_keeps_nobody_waiting(system, storm, many, record_property):
    """5,000 idle clients on one socket and 1,000 that call on the other. The time of a call is told, not asserted: it is
    the machine's; the memory that a client costs is ours."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[1] < NEEDED:
        pytest.skip(f"a process may open fewer than {NEEDED} files here")
    idle, active = 5000, 1000
    before = system.resident_kib()
    most = 0
    over = threading.Event()

    def look() -> None:
        nonlocal most
        while not over.wait(0.2):
            most = max(most, system.resident_kib())
    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        told = run(storm / "crowd", system.socket_path("libvirt-sock-ro"), idle, system.socket_path(), active, 20 if many else 5,
                   patience=200)
    finally:
        over.set()
        watcher.join()
    calls, median, late, latest = map(int, told.split())
    assert calls > active
    assert most - before < (idle + active) * 32, "a client costs more than 32 KiB"
    record_property("counts", f"{idle} idle and {active} active clients, {calls} calls: median {median / 1000:.2f} ms, "
                              f"99 of 100 within {late / 1000:.2f} ms, all within {latest / 1000:.2f} ms")
