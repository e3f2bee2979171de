#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The main job, `./dev run`: build, start the daemon below a private root, boot a real Linux guest, use its console.

On a terminal the console is then the person's, until ^]; without one the guest is shut down cleanly. Whatever happens,
nothing stays running; after a failure the end of each log is shown. Exit status: 0, 1 after a failure, 130 after ^C.
"""
import argparse
import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from lab import domains
from lab.console import PROMPT, Console, NotSeen, hand_over
from lab.daemon import Daemon, DaemonFailed, emulators, processes_named

TOP = Path(__file__).resolve().parent.parent
NAME = "first-light"


class Failed(Exception):
    pass


def say(text: str) -> None:
    print(text, flush=True)


@contextlib.contextmanager
def phase(title: str) -> Iterator[None]:
    began = time.monotonic()
    say(f"==> {title}")
    yield
    say(f"    {title}: {time.monotonic() - began:.1f} s")


def run(*command: str | Path) -> None:
    if code := subprocess.run(command).returncode:
        raise Failed(f"{' '.join(map(str, command))} ended with {code}")


class FirstLight:
    def __init__(self, options: argparse.Namespace):
        self.options = options
        self.root = options.root.resolve()
        self.daemon = Daemon([str(options.daemon)], self.root)

    def client(self, *arguments: str) -> str:
        """One command of the client; returns what it printed. Throws Failed with its error."""
        done = subprocess.run([self.options.client, "-c", self.daemon.uri, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"{self.options.client.name} {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def start_daemon(self) -> None:
        self.end_leftovers()
        shutil.rmtree(self.root, ignore_errors=True)
        self.daemon.log.unlink(missing_ok=True)
        self.daemon.start()
        say(f"    virsh -c '{self.daemon.uri}' works too")

    def define_and_start(self) -> None:
        """With KVM where the daemon finds that it can run such a kernel: only the attempt tells."""
        kinds = [self.options.type] if self.options.type else ["kvm", "qemu"]
        for kind in kinds:
            file = self.root / f"{NAME}.xml"
            file.write_text(domains.linux(NAME, TOP / "build/guest", kind, domains.COMMAND_LINE))
            say(f"    {self.client('define', str(file))}")
            try:
                say(f"    {self.client('start', NAME, '--paused')}")
                return
            except Failed as failure:
                if kind == kinds[-1]:
                    raise
                say(f"    without KVM, since: {failure}")
                self.client("undefine", NAME)

    def watch_boot(self, console: Console) -> None:
        """The guest waits for us, so that not a line is lost."""
        console.expect("Escape character")
        self.client("resume", NAME)
        console.expect(r"guest: up \S+", 120)
        console.expect(PROMPT)

    def console_command(self) -> list[str]:
        return [str(self.options.client), "-c", self.daemon.uri, "console", NAME]

    def shut_down(self) -> None:
        """The guest may have ended by itself: its user may have typed `poweroff`."""
        if self.client("domstate", NAME) == "running":
            self.client("shutdown", NAME)
        deadline = time.monotonic() + 60
        while self.client("domstate", NAME) != "shut off":
            if time.monotonic() > deadline:
                raise Failed("the guest did not shut down within 60 s")
            time.sleep(0.1)
        self.client("undefine", NAME)

    def job(self) -> None:
        if not self.options.built:
            with phase("build the release binaries"):
                run(TOP / "dev", "build", "release")
            with phase("make the guest"):
                run(TOP / "dev", "guest")
        with phase("start the daemon"):
            self.start_daemon()
        with phase("define and start the domain"):
            self.define_and_start()
        with Console(self.console_command(), show_console) as console:
            with phase("boot to the shell"):
                self.watch_boot(console)
                say("")
            with phase("run a command in the guest"):
                console.send("uname -a\n")
                console.expect(f"Linux guest .*(?s:.*?){PROMPT}")
                say("")
        if sys.stdin.isatty() and sys.stdout.isatty():
            say("==> the console is yours; leave with ^]")
            hand_over(self.console_command())
        with phase("shut the guest down"):
            self.shut_down()
        with phase("stop the daemon"):
            if code := self.daemon.stop():
                raise Failed(f"the daemon ended with {code}")

    def clean_up(self) -> None:
        """Leaves nothing running, however far the job came."""
        if self.daemon.runs:
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([self.options.client, "-c", self.daemon.uri, "destroy", NAME], timeout=10,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.daemon.stop()
        self.end_leftovers()

    def end_leftovers(self) -> None:
        """Ends what still runs below our root, found by its arguments: by pid, and nothing else."""
        daemons = {pid for pid, arguments in processes_named("vireod").items() if str(self.root) in arguments}
        for pid in daemons | set(emulators(self.root)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def show_logs(self) -> None:
        logs = [self.daemon.log, *self.root.rglob(f"{NAME}.log")]
        for log in logs:
            if log.exists():
                say(f"--- the end of {log}:")
                say("\n".join(log.read_text(errors="replace").splitlines()[-20:]))


def show_console(data: bytes) -> None:
    """Not the shell's question for the cursor's place: the person's terminal would answer it into nowhere."""
    sys.stdout.buffer.write(data.replace(b"\x1b[6n", b""))
    sys.stdout.flush()


def options() -> argparse.Namespace:
    binaries = TOP / "build/release/bin"
    parser = argparse.ArgumentParser(prog="./dev run", description=__doc__.splitlines()[0])
    parser.add_argument("--daemon", type=Path, default=binaries / "vireod", help="started with --root (default: %(default)s)")
    parser.add_argument("--client", type=Path, default=binaries / "vireo", help="default: %(default)s")
    parser.add_argument("--root", type=Path, default=TOP / "build/run", help="where all of it is (default: %(default)s)")
    parser.add_argument("--type", choices=["kvm", "qemu"], help="type of the domain (default: kvm where it works)")
    parser.add_argument("--built", action="store_true", help="take the binaries and the guest as they are")
    return parser.parse_args()


def main() -> int:
    first_light = FirstLight(options())
    (TOP / "build").mkdir(exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with first_light.root.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"./dev run is already running in {first_light.root}")
            return 1
        began = time.monotonic()
        try:
            first_light.job()
        except (Failed, NotSeen, DaemonFailed) as failure:
            first_light.show_logs()
            say(f"FAILED: {failure}")
            return 1
        except KeyboardInterrupt:
            say("\nstopped by ^C")
            return 130
        finally:
            first_light.clean_up()
        say(f"All done in {time.monotonic() - began:.1f} s")
        return 0


if __name__ == "__main__":
    sys.exit(main())
