# SPDX-License-Identifier: Apache-2.0
"""The names of the sockets, and sockets that somebody else made."""
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import libvirt
import pytest

from lab.system import settle
from lab.wire import RawClient

pytestmark = pytest.mark.beyond_libvirtd

DAEMONS = ["virtqemud", "virtlxcd", "virtnetworkd", "virtstoraged", "virtnodedevd", "virtsecretd", "virtnwfilterd", "virtinterfaced"]

# Passes what it made on to a program, as systemd would: descriptors 3 and up.
ACTIVATOR = """
import os, socket, sys
paths, names, program = sys.argv[1].split(","), sys.argv[2], sys.argv[3:]
for number, path in enumerate(paths, 3):
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(path)
    made.listen(16)
    os.dup2(made.detach(), 100 + number)
for number in range(3, 3 + len(paths)):
    os.dup2(100 + number, number)
    os.close(100 + number)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(paths)), LISTEN_FDNAMES=names)
os.execv(program[0], program)
"""


def names() -> list[str]:
    return [name for daemon in DAEMONS for name in (f"{daemon}-sock", f"{daemon}-sock-ro", f"{daemon}-admin-sock")]


def test_every_name_that_clients_look_for_leads_to_the_same_daemon(system):
    for name in names():
        path = system.socket_path(name)
        if "admin" in name:
            RawClient(path).socket.close()
            continue
        connection = libvirt.open(f"qemu+unix:///system?socket={path}")
        assert connection.getLibVersion() > 0
        if name.endswith("-ro"):
            with pytest.raises(libvirt.libvirtError, match="may only read"):
                connection.defineXML("<domain/>")
        connection.close()
    assert system.stop() == 0
    assert list((system.root / "run/libvirt").glob("*sock*")) == []
    system.start()


def test_the_units_for_systemd_have_the_same_names():
    units = Path(__file__).resolve().parent.parent.parent / "packaging/systemd"
    linked = {name for unit in units.glob("*.socket") for name in re.findall(r"^Symlinks=/run/libvirt/(.*)$", unit.read_text(), re.M)}
    assert linked == {*names(), "virtproxyd-admin-sock"}


def test_the_names_survive_a_crash(system):
    system.kill()
    system.start()
    uri = f"qemu+unix:///system?socket={system.socket_path('virtqemud-sock')}"
    assert libvirt.open(uri).getLibVersion() > 0


def test_stock_clients_find_the_system_daemon_by_themselves(system):
    """At its real place, in a mount namespace of its own; the stock client is told nothing."""
    script = 'mkdir -p /run/libvirt && mount --bind "$0" /run/libvirt && exec virsh -c qemu:///system hostname'
    real = system.root / "run/libvirt"
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script, str(real)], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == os.uname().nodename, done.stderr


@pytest.mark.parametrize("files, passed", [
    (["libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"], "a:b:c"),
    (["x", "y", "z"], "libvirtd.socket:libvirtd-ro.socket:libvirtd-admin.socket")], ids=["by path", "by name"])
def test_sockets_of_the_service_manager_are_served(system, files, passed):
    assert system.stop() == 0
    place = system.root / "activated"
    place.mkdir()
    paths = [place / name for name in files]
    command, system.command = system.command, [sys.executable, "-c", ACTIVATOR, ",".join(map(str, paths)), passed, *system.command]
    system.start()
    both = [libvirt.open(f"qemu+unix:///system?socket={path}") for path in paths[:2]]
    assert both[0].defineXML("<domain type='qemu'><name>a</name><memory>1024</memory><os><type>hvm</type></os></domain>")
    with pytest.raises(libvirt.libvirtError, match="may only read"):
        both[1].lookupByName("a").undefine()
    both[0].lookupByName("a").undefine()
    for connection in both:
        connection.close()
    assert not (system.root / "run/libvirt/libvirt-sock").exists(), "it made one of its own, too"
    assert system.stop() == 0
    assert all(path.is_socket() for path in paths), "they are not ours to remove"
    for path in paths:
        path.unlink()
    system.command = command
    system.start()


def test_a_call_that_came_before_the_daemon_is_answered(system):
    """What activation is for: the client connects first."""
    assert system.stop() == 0
    path = system.root / "libvirt-sock"
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.bind(str(path))
    made.listen(4)
    client = subprocess.Popen(["virsh", "-c", f"qemu+unix:///system?socket={path}", "hostname"], stdout=subprocess.PIPE, text=True)
    script = f"import os; os.dup2({made.fileno()}, 3); os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS='1'); " \
             "import sys; os.execv(sys.argv[1], sys.argv[1:])"
    os.set_inheritable(made.fileno(), True)
    with open(system.log, "ab") as log:
        system.process = subprocess.Popen([sys.executable, "-c", script, *system.command, "--root", str(system.root)],
                                          pass_fds=[made.fileno()], stdout=log, stderr=log)
    made.close()
    assert client.communicate(timeout=30)[0].strip() == os.uname().nodename
    assert system.stop() == 0
    path.unlink()
    system.start()


def test_a_socket_that_nobody_knows_is_refused(system):
    assert system.stop() == 0
    path = system.root / "strange"
    done = subprocess.run([sys.executable, "-c", ACTIVATOR, str(path), "sshd.socket", *system.command, "--root", str(system.root)],
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 1 and "strange" in done.stderr
    path.unlink()
    settle(system.start)
