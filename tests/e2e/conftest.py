# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the system tests. They run through ./dev test, which puts them into namespaces of their own."""
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import libvirt
import pytest

from lab.launcher import Launcher, person_with_account
from lab.namespace import SCRATCH
from lab.person import make_person
from lab.system import System, Watchdog

libvirt.registerErrorHandler(lambda *_: None, None)  # errors are exceptions already; not on stderr too

PATIENCE = 120  # seconds for one test, unless its mark `patience` says more
BUILTIN = Path(__file__).resolve().parent.parent.parent / "build"


def pytest_addoption(parser):
    parser.addoption("--daemon-program", default=str(BUILTIN / "asan/bin/vireod"), help="started with --root DIR")
    parser.addoption("--client-program", default=str(BUILTIN / "asan/bin/vireo"), help="empty: there is none")
    parser.addoption("--guest", type=Path, default=BUILTIN / "guest", help="made by tests/guest/build.py")
    parser.addoption("--logs", type=Path, default=BUILTIN / "e2e-logs", help="kept here when a test fails")
    parser.addoption("--many", action="store_true", help="the counts that the issues name, not those of the gate")


def pytest_configure(config):
    config.addinivalue_line("markers", "patience(seconds): how long the test may last")
    config.addinivalue_line("markers", "beyond_libvirtd: asks for more than libvirtd 9.0 does")


def pytest_collection_modifyitems(config, items):
    if Path(config.getoption("--daemon-program")).name == "libvirtd":
        for item in items:
            if item.get_closest_marker("beyond_libvirtd"):
                item.add_marker(pytest.mark.skip(reason="libvirtd does not reach this"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        item.failed_once = True


@pytest.fixture
def system(request, pytestconfig) -> Iterator[System]:
    """A started daemon of the test's own. Afterwards nothing of it or its guests may be left."""
    root = Path(os.environ[SCRATCH]) / "d"
    system = System([pytestconfig.getoption("--daemon-program")], root, pytestconfig.getoption("--guest"))
    mark = request.node.get_closest_marker("patience")
    watchdog = Watchdog(system, mark.args[0] if mark else PATIENCE)
    try:
        system.start()
        yield system
        if not getattr(request.node, "failed_once", False):
            leave_nothing(system)
    finally:
        watchdog.rest()
        if getattr(request.node, "failed_once", False) or sys.exc_info()[0]:
            keep_logs(system, pytestconfig.getoption("--logs") / request.node.name)
        system.close_connections()
        system.kill()
        for pid in system.emulators():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(root)
        system.log.unlink()
    assert not watchdog.bitten, "the test lasted too long"


def leave_nothing(system: System) -> None:
    if not system.runs:
        system.start()
    system.remove_all_domains()
    system.close_connections()
    assert system.emulators() == {}, "QEMU processes without a domain"
    assert system.stop() == 0, f"the daemon did not end well:\n{system.log_tail()}"
    assert system.sanitizer_reports() == ""
    assert system.sockets() == []


def keep_logs(system: System, place: Path) -> None:
    """The daemon's and the guests' logs, to be read after a failure."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for log in [system.log, *system.root.rglob("*.log")]:
        shutil.copy(log, place / log.name)
    print(f"logs: {place}\n{system.log_tail()}")


@pytest.fixture
def launcher(pytestconfig) -> Iterator[Launcher]:
    """Somebody without rights who launches the small cloud image."""
    place, image = Path(os.environ[SCRATCH]) / "u", pytestconfig.getoption("--guest").absolute() / "cloud.img"
    person = make_person(place)
    with person_with_account(person, pytestconfig.getoption("--client-program"), image, place / "passwd") as someone:
        yield someone
    shutil.rmtree(place)


@pytest.fixture
def many(pytestconfig) -> bool:
    return pytestconfig.getoption("--many")
