# SPDX-License-Identifier: Apache-2.0
"""A daemon below a private root: started, killed, stopped, and looked at from outside."""
import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path


class DaemonFailed(Exception):
    pass


class Daemon:
    """Runs `command --root ROOT`. The same root may be started again after `kill` or `stop`."""

    def __init__(self, command: list[str], root: Path, environment: dict[str, str] | None = None):
        self.command = command
        self.root = root
        self.environment = environment or {}
        self.log = root.parent / f"{root.name}.log"
        self.process: subprocess.Popen | None = None

    def socket_path(self, name: str = "libvirt-sock") -> Path:
        return self.root / "run/libvirt" / name

    @property
    def uri(self) -> str:
        return f"qemu+unix:///system?socket={self.socket_path()}"

    @property
    def read_only_uri(self) -> str:
        return f"qemu+unix:///system?socket={self.socket_path('libvirt-sock-ro')}"

    @property
    def pid(self) -> int:
        assert self.process, "the daemon does not run"
        return self.process.pid

    def start(self, patience: float = 20) -> float:
        """Returns the seconds until it told readiness (sd_notify). Throws DaemonFailed with its last words."""
        self.root.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        address = self.root / "notify"
        address.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify, self.log.open("ab") as log:
            notify.bind(str(address))
            environment = dict(os.environ, NOTIFY_SOCKET=str(address), **self.environment)
            self.process = subprocess.Popen([*self.command, "--root", str(self.root)], env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
            try:
                self._await_ready(notify, began + patience)
            except DaemonFailed:
                self.kill()
                raise
            finally:
                address.unlink()
        return time.monotonic() - began

    def _await_ready(self, notify: socket.socket, deadline: float) -> None:
        ended = os.pidfd_open(self.pid)
        try:
            while (left := deadline - time.monotonic()) > 0:
                readable = select.select([notify, ended], [], [], left)[0]
                if notify in readable and b"READY=1" in notify.recv(4096).split(b"\n"):
                    return
                if ended in readable:
                    raise DaemonFailed(f"{self.command[0]} ended before it was ready:\n{self.log_tail()}")
        finally:
            os.close(ended)
        raise DaemonFailed(f"{self.command[0]} did not become ready:\n{self.log_tail()}")

    def kill(self) -> None:
        """As a crash or the kernel would: no last instruction of its own."""
        self._end(signal.SIGKILL, 10)

    def stop(self, patience: float = 20) -> int:
        """Asks it to end. Returns its exit status; one that stays past `patience` is killed, which tells -9."""
        return self._end(signal.SIGTERM, patience)

    def _end(self, how: signal.Signals, patience: float) -> int:
        if not self.process:
            return 0
        process, self.process = self.process, None
        process.send_signal(how)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def log_tail(self, lines: int = 30) -> str:
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def resident_kib(self) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.pid}/fd"))


def processes_named(prefix: str) -> dict[int, list[str]]:
    """The command lines of the living processes whose program's name starts so, by pid."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it ended meanwhile
            continue
        if os.path.basename(arguments[0]).startswith(prefix):
            found[int(entry.name)] = arguments
    return found


def emulators(root: Path) -> dict[int, list[str]]:
    """The QEMU processes of the guests of the daemon below `root`: its paths stand in their environment or arguments."""
    def belongs(pid: int, arguments: list[str]) -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_text(errors="replace")
        except OSError:
            return False
        return str(root) in environment or any(str(root) in argument for argument in arguments)
    return {pid: arguments for pid, arguments in processes_named("qemu-system").items() if belongs(pid, arguments)}
