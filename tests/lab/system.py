# SPDX-License-Identifier: Apache-2.0
"""The system under test: a daemon below a scratch root, with the stock clients that talk to it."""
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import libvirt

from lab import domains
from lab.console import PROMPT, Console
from lab.daemon import Daemon, processes_named

SANITIZER_WORDS = ["ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:"]


class System(Daemon):
    """A test runs in a pid namespace of its own: every QEMU process in it belongs to the daemon."""

    def __init__(self, command: list[str], root: Path, guest: Path):
        super().__init__(command, root)
        self.guest = guest
        self.connections: list[libvirt.virConnect] = []

    def virsh(self, *arguments: str, read_only: bool = False, patience: float = 60) -> subprocess.CompletedProcess:
        uri = self.read_only_uri if read_only else self.uri
        return subprocess.run(["virsh", "-c", uri, *arguments], capture_output=True, text=True, timeout=patience)

    def ask(self, *arguments: str, **options) -> str:
        """What virsh printed; it must have succeeded."""
        done = self.virsh(*arguments, **options)
        assert done.returncode == 0, f"virsh {' '.join(arguments)}: {done.stderr}\n{self.log_tail()}"
        return done.stdout.strip()

    def connect(self, read_only: bool = False) -> libvirt.virConnect:
        connection = libvirt.openReadOnly(self.read_only_uri) if read_only else libvirt.open(self.uri)
        self.connections.append(connection)
        return connection

    def define(self, xml: str) -> libvirt.virDomain:
        return self.connect().defineXML(xml)

    def console(self, name: str) -> Console:
        return Console(["virsh", "-c", self.uri, "console", name])

    def boot(self, name: str, **options) -> tuple[libvirt.virDomain, Console, str]:
        """Defines a Linux guest and boots it. Returns its console at the shell's prompt, and the mark of this boot."""
        domain = self.define(domains.linux(name, self.guest, **options))
        domain.createWithFlags(libvirt.VIR_DOMAIN_START_PAUSED)
        console = self.console(name)
        console.expect("Escape character")
        domain.resume()
        return domain, console, await_boot(console)

    def emulators(self) -> dict[int, list[str]]:
        return processes_named("qemu-system")

    def remove_all_domains(self) -> None:
        connection = self.connect()
        for domain in connection.listAllDomains():
            persistent = domain.isPersistent()
            if domain.isActive():
                domain.destroy()
            if persistent:
                domain.undefine()

    def close_connections(self) -> None:
        for connection in self.connections:
            try:
                connection.close()
            except libvirt.libvirtError:
                pass  # it died with the daemon, as the test wanted
        self.connections.clear()

    def sockets(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_socket()]

    def files_of(self, name: str) -> list[Path]:
        """The files below the root that carry the domain's name, but for the logs that people want to read later."""
        return [path for path in self.root.rglob(f"*{name}*") if "log" not in path.relative_to(self.root).parts]

    def sanitizer_reports(self) -> str:
        text = self.log.read_text(errors="replace")
        return text[-8000:] if any(word in text for word in SANITIZER_WORDS) else ""


def await_boot(console: Console, patience: float = 90) -> str:
    """Waits for the shell's prompt. Returns what tells this boot from any other."""
    mark = console.expect(r"guest: up (\S+)\r?\n", patience)[1]
    console.expect(PROMPT, patience)
    return mark


def await_state(domain: libvirt.virDomain, wanted: int, patience: float = 60) -> tuple[int, int]:
    """State and reason, once the state is as wanted."""
    deadline = time.monotonic() + patience
    while (found := domain.state())[0] != wanted:
        assert time.monotonic() < deadline, f"the state stays {found}"
        time.sleep(0.05)
    return tuple(found)


def settle(check: Callable[[], object], patience: float = 10, *failures: type[Exception]) -> None:
    """Repeats the check until it holds: a daemon may answer while it still looks after its guests. `failures`: what more than
    an assertion says that it does not."""
    deadline = time.monotonic() + patience
    while True:
        try:
            check()
            return
        except (AssertionError, libvirt.libvirtError, *failures):
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


class Watchdog:
    """Kills the daemon when a test lasts too long: a call of the client library that waits for it cannot be interrupted."""

    def __init__(self, system: System, seconds: float):
        self.system, self.bitten = system, False
        self.timer = threading.Timer(seconds, self._bite)
        self.timer.start()

    def _bite(self) -> None:
        self.bitten = True
        if self.system.process:
            self.system.process.kill()

    def rest(self) -> None:
        self.timer.cancel()
        self.timer.join()
