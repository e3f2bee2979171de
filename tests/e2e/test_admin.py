# SPDX-License-Identifier: Apache-2.0
"""virt-admin on the administrator's socket."""
import re
import subprocess
import time

import libvirt
import pytest

from lab.system import settle
from lab.wire import AUTH_LIST, RawClient, packet


@pytest.fixture
def admin(system):
    """Runs virt-admin. Returns what it printed, standard output or else standard error, and whether it succeeded."""
    uri = f"libvirtd:///system?socket={system.socket_path('libvirt-admin-sock')}"

    def run(*arguments: str) -> tuple[str, bool]:
        done = subprocess.run(["virt-admin", "-c", uri, *arguments], capture_output=True, text=True, timeout=60)
        return done.stdout.strip() or done.stderr.strip(), done.returncode == 0

    return run


def expect(what: bool) -> None:
    assert what


def values(text: str) -> dict[str, str]:
    return dict(re.split(r"\s*:\s*", line, maxsplit=1) for line in text.splitlines() if ":" in line)


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()[2:] if line.strip()]


def ask(admin, *arguments: str) -> str:
    text, succeeded = admin(*arguments)
    assert succeeded, text
    return text


def test_servers_are_listed(admin):
    servers = rows(ask(admin, "server-list"))
    assert [number for number, _ in servers] == ["0", "1"]
    assert {name for _, name in servers} == {"libvirtd", "admin"}
    assert "Running against daemon: 9.0.0" in ask(admin, "version")
    text, succeeded = admin("server-threadpool-info", "nobody")
    assert not succeeded and "Server not found" in text


def test_workers_are_counted_and_set(admin):
    before = values(ask(admin, "server-threadpool-info", "libvirtd"))
    assert before.keys() == {"minWorkers", "maxWorkers", "nWorkers", "freeWorkers", "prioWorkers", "jobQueueDepth"}
    assert int(before["freeWorkers"]) <= int(before["nWorkers"]) <= int(before["maxWorkers"])
    ask(admin, "server-threadpool-set", "libvirtd", "--min-workers", "3", "--max-workers", "30", "--priority-workers", "6")
    after = values(ask(admin, "server-threadpool-info", "libvirtd"))
    assert [after[name] for name in ("minWorkers", "maxWorkers", "prioWorkers")] == ["3", "30", "6"]
    assert int(after["nWorkers"]) >= 3
    text, succeeded = admin("server-threadpool-set", "libvirtd", "--min-workers", "60")
    assert not succeeded and "error:" in text
    assert values(ask(admin, "server-threadpool-info", "libvirtd"))["minWorkers"] == "3"


def test_clients_are_shown_and_disconnected(system, admin):
    reader, writer = system.connect(read_only=True), system.connect()
    assert reader.getLibVersion() == writer.getLibVersion()
    clients = rows(ask(admin, "client-list", "libvirtd"))
    assert [client[1] for client in clients] == ["unix", "unix"]
    numbers = [int(client[0]) for client in clients]
    assert numbers == sorted(numbers)
    infos = [values(ask(admin, "client-info", "libvirtd", str(number))) for number in numbers]
    assert [info["readonly"] for info in infos] == ["yes", "no"]
    for info in infos:
        assert info["transport"] == "unix"
        assert (info["unix_user_id"], info["unix_user_name"], info["unix_group_name"]) == ("0", "root", "root")
        assert int(info["unix_process_id"]) > 0
    assert "disconnected" in ask(admin, "client-disconnect", "libvirtd", str(numbers[0]))
    with pytest.raises(libvirt.libvirtError):
        reader.getLibVersion()
    assert writer.getLibVersion() > 0
    for command in ("client-info", "client-disconnect"):
        text, succeeded = admin(command, "libvirtd", str(numbers[0]))
        assert not succeeded and "Client not found" in text
    assert len(rows(ask(admin, "client-list", "libvirtd"))) == 1
    assert len(rows(ask(admin, "client-list", "admin"))) == 1  # virt-admin itself


def test_a_limit_of_clients_holds_at_once(system, admin):
    first = RawClient(system.socket_path("libvirt-sock"))
    first.send(packet(AUTH_LIST, serial=1))
    assert first.receive()
    ask(admin, "server-clients-set", "libvirtd", "--max-clients", "1", "--max-unauth-clients", "1")
    assert values(ask(admin, "server-clients-info", "libvirtd"))["nclients_max"] == "1"
    with RawClient(system.socket_path("libvirt-sock"), patience=60) as second:
        second.send(packet(AUTH_LIST, serial=2))
        assert values(ask(admin, "server-clients-info", "libvirtd"))["nclients"] == "1"
        first.socket.close()
        assert second.receive()[0][4] == 2  # its turn
    ask(admin, "server-clients-set", "libvirtd", "--max-clients", "5000", "--max-unauth-clients", "20")
    text, succeeded = admin("server-clients-set", "libvirtd", "--max-clients", "5")
    assert not succeeded and "error:" in text
    assert values(ask(admin, "server-clients-info", "libvirtd"))["nclients_max"] == "5000"


def test_a_crowd_does_not_keep_the_administrator_out(system, admin, many):
    count = 5000 if many else 400
    ask(admin, "server-clients-set", "libvirtd", "--max-clients", str(count // 2))
    crowd = [RawClient(system.socket_path(name)) for name in ("libvirt-sock", "libvirt-sock-ro") for _ in range(count // 2 + 20)]
    try:
        for client in crowd:
            client.send(packet(AUTH_LIST, serial=1))
        began = time.monotonic()
        info = values(ask(admin, "server-clients-info", "libvirtd"))
        assert time.monotonic() - began < 10
        assert int(info["nclients"]) <= 2 * int(info["nclients_max"])
    finally:
        for client in crowd:
            client.socket.close()


def test_the_log_is_set(system, admin):
    assert ask(admin, "daemon-log-filters") == "Logging filters:"
    ask(admin, "daemon-log-filters", "1:qemu 3:rpc")
    assert re.fullmatch(r"Logging filters: 1:\*?qemu\*? 3:\*?rpc\*?", ask(admin, "daemon-log-filters"))
    text, succeeded = admin("daemon-log-filters", "bogus")
    assert not succeeded and "error:" in text
    ask(admin, "daemon-log-filters", "")
    assert ask(admin, "daemon-log-filters") == "Logging filters:"
    place = system.root / "extra.log"
    ask(admin, "daemon-log-outputs", f"1:file:{place} 3:stderr")
    assert ask(admin, "daemon-log-outputs") == f"Logging outputs: 1:file:{place} 3:stderr"
    assert place.exists()
    text, succeeded = admin("daemon-log-outputs", "bogus")
    assert not succeeded and "error:" in text


def test_there_is_no_tls_to_update(admin):
    text, succeeded = admin("server-update-tls", "libvirtd")
    assert not succeeded and "Unable to update" in text


def test_the_daemon_ends_when_told_to(system, admin):
    ask(admin, "daemon-timeout", "--timeout", "3600")
    ask(admin, "daemon-timeout", "--timeout", "0")
    assert system.runs
    ask(admin, "daemon-timeout", "--timeout", "1")
    settle(lambda: expect(not system.runs), 30)
