# SPDX-License-Identifier: Apache-2.0
"""What people set: configuration files, options, several daemons on a host, what SIGHUP changes, and the log."""
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import libvirt
import pytest

from lab import domains
from lab.daemon import Daemon, DaemonFailed
from lab.namespace import SCRATCH
from lab.system import settle

pytestmark = pytest.mark.beyond_libvirtd

# What of a stock file nobody has to touch: every key of libvirt 9.0, as Debian's files name them.
STOCK = [Path("/etc/libvirt/libvirtd.conf"), Path("/etc/libvirt/qemu.conf")]


def configure(system: Daemon, daemon: str = "", qemu: str = "") -> None:
    place = system.root / "etc/libvirt"
    place.mkdir(parents=True, exist_ok=True)
    (place / "libvirtd.conf").write_text(daemon)
    (place / "qemu.conf").write_text(qemu)


@pytest.fixture(autouse=True)
def as_it_was(system) -> Iterator[None]:
    """What looks after the daemon in the end knows it without options and files."""
    command = system.command
    yield
    system.command = command
    if (system.root / "etc/libvirt").exists():
        system.close_connections()
        system.stop()
        shutil.rmtree(system.root / "etc/libvirt")


def restart(system: Daemon, daemon: str = "", qemu: str = "") -> None:
    system.close_connections()
    assert system.stop() == 0
    configure(system, daemon, qemu)
    system.start()


def mode(path: Path) -> int:
    return os.stat(path).st_mode & 0o777


def logged(system: Daemon, text: str) -> None:
    assert text in system.log.read_text(), system.log_tail()


def reload(system: Daemon, daemon: str, qemu: str = "") -> None:
    """Waits until the daemon says what came of it."""
    before = len(system.log.read_text())
    configure(system, daemon, qemu)
    os.kill(system.pid, signal.SIGHUP)

    def said():
        assert "configuration" in system.log.read_text()[before:]
    settle(said)


def test_the_files_say_who_may_connect_and_where(system):
    group = "daemon"
    (system.root / "sockets").mkdir()
    restart(system, f'''
        unix_sock_group = "{group}"
        unix_sock_rw_perms = "0770"  # for the group
        unix_sock_ro_perms = "0750"
        unix_sock_admin_perms = "0600"
        unix_sock_dir = "{system.root}/sockets"
    ''')
    place = system.root / "sockets"
    assert {name: mode(place / name) for name in ["libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"]} == {
        "libvirt-sock": 0o770, "libvirt-sock-ro": 0o750, "libvirt-admin-sock": 0o600}
    assert [(place / name).group() for name in ["libvirt-sock", "libvirt-admin-sock"]] == [group, "root"]
    assert not (system.root / "run/libvirt/libvirt-sock").exists()
    assert libvirt.open(f"qemu+unix:///system?socket={place}/virtqemud-sock").getLibVersion() > 0


def test_everybody_is_let_in_only_where_polkit_is_not_asked(system):
    restart(system, 'unix_sock_rw_perms = "0777"')
    assert mode(system.socket_path()) == 0o770
    logged(system, "polkit")
    restart(system, 'unix_sock_rw_perms = "0777"\nauth_unix_rw = "none"')
    assert mode(system.socket_path()) == 0o777


def test_stock_files_are_accepted_with_every_key_set(system):
    """Their examples are comments; each is one that an administrator may have taken out of its comment."""
    if not all(path.exists() for path in STOCK):
        pytest.skip("libvirt-daemon-system is not installed: its files are needed")
    texts = []
    for path in STOCK:
        # an example begins right behind the #, and so do the further lines of a list
        text = re.sub(r"^#([a-z_]+ = \[\n(?:#.*\n)*?#\])", lambda found: found[1].replace("\n#", "\n"), path.read_text(), flags=re.M)
        text = re.sub(r"^#(?=[a-z_0-9]+ *= *(\d+|\".*\"|\[.*\])$)", "", text, flags=re.M)
        texts.append(text)
    # what this host, or this version on purpose, does not have
    daemon = re.sub(r'^(unix_sock_group|unix_sock_dir|host_uuid|log_outputs|access_drivers|auth_unix_r[ow]) *=.*$', "", texts[0], flags=re.M)
    names = set(re.findall(r"^([a-z_0-9]+) *=", daemon + texts[1], flags=re.M))
    assert len(names) > 130
    restart(system, daemon, texts[1])
    logged(system, "keys without effect in this version: ")


@pytest.mark.parametrize("daemon, qemu, complaint", [
    ("\nmax_clents = 5\n", "", "libvirtd.conf:2: there is no key 'max_clents'"),
    ("max_clients = \"5\"\n", "", "libvirtd.conf:1: 'max_clients' takes a number"),
    ("", "user = [\n\n", "qemu.conf:3: "),
    ("log_outputs = \"1:nowhere\"\n", "", "'1:nowhere' is none of"),
    ("unix_sock_group = \"no-such-group\"\n", "", "no group 'no-such-group'")])
def test_a_mistake_keeps_the_daemon_from_starting_and_is_named(system, daemon, qemu, complaint):
    with pytest.raises(DaemonFailed) as failed:
        restart(system, daemon, qemu)
    assert complaint in str(failed.value)


def test_sighup_changes_what_can_change(system):
    guest = system.define(domains.tiny("stays"))
    guest.create()
    pid = system.pid
    log = system.root / "extra.log"
    reload(system, f'unix_sock_rw_perms = "0770"\nlog_outputs = "1:stderr 1:file:{log}"\nlog_filters = "1:rpc"\nhost_name = "n"\n'
                   'max_clients = 2\n')
    logged(system, "changed: log_filters, log_outputs, max_clients, unix_sock_rw_perms; "
                   "changes when the daemon starts again: host_name")
    assert mode(system.socket_path()) == 0o770
    assert "configuration read again" in log.read_text()
    assert guest.connect().getHostname() != "n"

    moved = log.rename(log.with_suffix(".1"))
    reload(system, f'log_outputs = "1:stderr 1:file:{log}"')
    assert "configuration read again" in log.read_text(), "the file was not opened again"
    assert moved.exists() and mode(system.socket_path()) == 0o700

    reload(system, 'max_clients = "many"')
    logged(system, "the configuration stays as it was: ")
    reload(system, 'unix_sock_group = "no-such-group"\nunix_sock_rw_perms = "0777"\nauth_unix_rw = "none"')
    logged(system, "no group 'no-such-group'")
    assert mode(system.socket_path()) == 0o700
    assert system.pid == pid and guest.isActive()


def test_limits_hold_for_those_who_come_later(system):
    """A third client of two waits until there is room; more room is made by SIGHUP."""
    restart(system, "max_clients = 2\n")
    first, second = system.connect(), system.connect()
    third = subprocess.Popen(["virsh", "-c", system.uri, "hostname"], stdout=subprocess.PIPE, text=True)
    assert first.getLibVersion() == second.getLibVersion()
    with pytest.raises(subprocess.TimeoutExpired):
        third.wait(0.5)
    reload(system, "max_clients = 3\n")
    assert third.communicate(timeout=10)[0].strip() == os.uname().nodename


def test_the_log_goes_where_it_is_asked_to(system):
    everything, bad = system.root / "all.log", system.root / "bad.log"
    restart(system, f'log_level = 3\nlog_filters = "2:qemu"\nlog_outputs = "1:file:{everything} 4:file:{bad} 3:stderr"\n')
    guest = system.define(domains.tiny("told"))
    guest.create()
    guest.destroy()
    assert "info: qemu: told: started" in everything.read_text()
    assert "info: daemon:" not in everything.read_text()
    assert bad.read_text() == ""


def test_several_daemons_on_one_host_are_strangers(system, pytestconfig):
    """Each with its own guests, name, uuid and ports: what two hosts would have."""
    other = Daemon(system.command, Path(os.environ[SCRATCH]) / "e")
    uuids = ["11111111-2222-3333-4444-55555555555" + digit for digit in "12"]
    vnc = domains.tiny("same").replace("</devices>", "<graphics type='vnc' autoport='yes'/></devices>")
    try:
        configure(other, f'host_name = "other"\nhost_uuid = "{uuids[1]}"\n',
                  "remote_display_port_min = 6100\nremote_display_port_max = 6100\nvnc_listen = \"127.0.0.2\"\n")
        restart(system, f'host_name = "one"\nhost_uuid = "{uuids[0]}"\n',
                "remote_display_port_min = 6000\nremote_display_port_max = 6000\n")
        other.start()
        connections = [system.connect(), libvirt.open(other.uri)]
        assert [connection.getHostname() for connection in connections] == ["one", "other"]
        for connection, uuid in zip(connections, uuids):
            assert f"<uuid>{uuid}</uuid>" in connection.getCapabilities()
        guests = [connection.createXML(vnc) for connection in connections]
        for guest, port, address in zip(guests, ["6000", "6100"], ["127.0.0.1", "127.0.0.2"]):
            assert f"port='{port}'" in guest.XMLDesc()
            assert f"listen='{address}'" in guest.XMLDesc()
        assert "0200007F:17D4" in Path("/proc/net/tcp").read_text(), "nobody listens at 127.0.0.2:6100"
        with pytest.raises(libvirt.libvirtError, match="6000 to 6000"):
            connections[0].createXML(vnc.replace("same", "second"))
        assert len(connections[1].listAllDomains()) == 1
        guests[1].destroy()
        connections[1].close()
        assert guests[0].isActive()
        assert other.stop() == 0
        guests[0].destroy()
    finally:
        other.kill()
        shutil.rmtree(other.root)
        other.log.unlink()


def test_a_second_daemon_at_the_same_place_is_refused(system):
    with pytest.raises(DaemonFailed, match=f"another daemon \\(process {system.pid}\\)"):
        Daemon(system.command, system.root).start()


def test_options(system):
    program = system.command[0]

    def run(*options):
        return subprocess.run([program, *options], capture_output=True, text=True, timeout=20)
    assert run("-V").stdout.startswith("vireod ")
    assert "--timeout SECONDS" in run("--help").stdout
    for option in ["-l", "--listen"]:
        refused = run(option)
        assert refused.returncode == 1 and "TCP and TLS are not available" in refused.stderr
    missing = run("--root", str(system.root.parent / "x"), "--config", "/no/such/file")
    assert missing.returncode == 1 and "/no/such/file" in missing.stderr
    shutil.rmtree(system.root.parent / "x")


def test_config_and_pid_file_and_host_name_as_options(system):
    configuration, pid_file = system.root / "my.conf", system.root / "my.pid"
    configuration.write_text('host_name = "from-file"\nunix_sock_rw_perms = "0770"')
    assert system.stop() == 0
    system.command = [*system.command, "-f", str(configuration), "-p", str(pid_file)]
    system.start()
    assert int(pid_file.read_text()) == system.pid
    assert mode(system.socket_path()) == 0o770
    assert system.ask("hostname") == "from-file"
    assert system.stop() == 0
    assert not pid_file.exists()
    system.command = [*system.command, "--host-name", "from-option"]
    system.start()
    assert system.ask("hostname") == "from-option"


def test_a_daemon_without_work_ends_by_its_timeout(system):
    """Clients and running guests keep it."""
    assert system.stop() == 0
    system.command = [*system.command, "--timeout", "1"]
    system.start()
    connection = system.connect()
    guest = connection.createXML(domains.tiny("keeps"))
    with pytest.raises(subprocess.TimeoutExpired):
        system.process.wait(2)
    del guest  # it has a part in the connection
    connection.close()
    with pytest.raises(subprocess.TimeoutExpired):
        system.process.wait(2)
    assert system.ask("destroy", "keeps")
    assert system.process.wait(20) == 0
    logged(system, "after 1 s without clients and running guests")
    assert system.sockets() == []


def test_guests_get_what_qemu_conf_says(system):
    """Where displays listen, the ports of websockets, and how large a core file may be."""
    restart(system, qemu='spice_listen = "127.0.0.2"\nremote_websocket_port_min = 5711\nmax_core = 8192\n')
    domain = system.define(domains.tiny("shown").replace(
        "</devices>", "<graphics type='vnc' autoport='yes' websocket='-1'/><graphics type='spice' autoport='yes'/></devices>"))
    domain.create()
    shown = system.ask("dumpxml", "shown")
    assert re.search(r"websocket='571\d'", shown) and re.search(r"type='spice' port='\d+' autoport='yes' listen='127.0.0.2'", shown), shown
    (pid,) = system.emulators()
    assert re.search(r"Max core file size\s+8192\s+8192", Path(f"/proc/{pid}/limits").read_text())


def test_a_display_on_a_socket_shows_its_path(system):
    domain = system.define(domains.tiny("shown").replace(
        "</devices>", "<graphics type='vnc'><listen type='socket'/></graphics></devices>"))
    domain.create()
    found = re.search(r"<listen type='socket' socket='(\S+)'/>", system.ask("dumpxml", "shown"))
    assert found and Path(found[1]).is_socket()


def test_workers_are_as_many_as_configured(system):
    restart(system, daemon="min_workers = 3\nmax_workers = 9\nprio_workers = 2\nmax_anonymous_clients = 7\n")
    uri = f"libvirtd:///system?socket={system.socket_path('libvirt-admin-sock')}"

    def told(command: str) -> str:
        return subprocess.run(["virt-admin", "-c", uri, command, "libvirtd"], capture_output=True, text=True, check=True).stdout
    workers = told("server-threadpool-info")
    for name, count in (("minWorkers", 3), ("maxWorkers", 9), ("prioWorkers", 2)):
        assert re.search(rf"{name}\s*: {count}\n", workers), workers
    assert int(re.search(r"nWorkers\s*: (\d+)", workers)[1]) >= 3
    assert re.search(r"nclients_unauth_max\s*: 7\n", told("server-clients-info"))
