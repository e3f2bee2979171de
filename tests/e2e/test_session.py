# SPDX-License-Identifier: Apache-2.0
"""A user without rights: the stock client starts the daemon, which serves that user alone and ends by itself."""
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import domains
from lab.daemon import processes_named
from lab.namespace import SCRATCH
from lab.person import USER, Person, make_person
from lab.system import settle

pytestmark = pytest.mark.beyond_libvirtd


def daemons() -> list[int]:
    return [pid for pid, arguments in processes_named("libvirtd").items() if "--timeout=120" in arguments]


@pytest.fixture
def person(pytestconfig) -> Iterator[Person]:
    place = Path(os.environ[SCRATCH]) / "u"
    program = place / "bin/libvirtd"  # the client finds it by this name
    someone = make_person(place, LIBVIRTD_PATH=str(program.parent))
    program.parent.mkdir()
    program.symlink_to(Path(pytestconfig.getoption("--daemon-program")).absolute())
    someone.program = program
    yield someone
    for pid in [*daemons(), *processes_named("qemu-system")]:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(place)


def test_the_stock_client_starts_it_and_runs_a_guest(person, pytestconfig):
    assert person.virsh("list", "--all", "--name") == ""
    [daemon] = daemons()
    assert os.stat(f"/proc/{daemon}").st_uid == USER
    assert person.virsh("uri") == "qemu:///session"
    assert (person.runtime / "libvirt").stat().st_mode & 0o777 == 0o700
    assert (person.runtime / "libvirt/libvirt-sock").stat().st_mode & 0o777 == 0o700
    assert not (person.runtime / "libvirt/libvirt-sock-ro").exists()
    xml = person.home / "guest.xml"
    xml.write_text(domains.linux("mine", pytestconfig.getoption("--guest").absolute()))
    xml.chmod(0o644)
    person.virsh("define", str(xml))
    person.virsh("start", "mine")
    assert person.virsh("domstate", "mine") == "running"
    [guest] = processes_named("qemu-system")
    assert os.stat(f"/proc/{guest}").st_uid == USER
    assert (person.home / ".cache/libvirt/qemu/mine.log").exists()
    assert daemons() == [daemon]
    person.virsh("destroy", "mine")


def test_it_ends_by_its_timeout_and_remembers(person):
    """The client asks for 120 seconds; here they are one."""
    daemon = person.program.readlink()
    person.program.unlink()
    person.program.write_text(f'#!/bin/bash\n[ "$*" = --timeout=120 ] && exec -a libvirtd {daemon} --timeout=1\n')
    person.program.chmod(0o755)
    xml = person.home / "guest.xml"
    xml.write_text(domains.tiny("mine"))
    xml.chmod(0o644)
    person.virsh("define", str(xml))
    before = processes_named("libvirtd")
    assert before

    def ended():
        assert not any(pid in processes_named("libvirtd") for pid in before)
    settle(ended, 20)
    assert not (person.runtime / "libvirt/libvirt-sock").exists()
    assert person.virsh("list", "--all", "--name") == "mine"
    person.virsh("undefine", "mine")
    settle(lambda: ended() or None, 20)


def test_a_user_cannot_have_the_systems_places(person):
    done = person.run(str(person.program), "--root", "/")
    assert done.returncode == 1 and "denied" in done.stderr
