# SPDX-License-Identifier: Apache-2.0
"""A command on a terminal of its own, talked to as a person would: `console` of virsh or vireo."""
import fcntl
import os
import pty
import re
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable

ESCAPE = "\x1d"  # ^]
PROMPT = r"guest# "


class NotSeen(Exception):
    """What was waited for did not come; the text tells what came instead."""


class Console:
    def __init__(self, command: list[str], show: Callable[[bytes], None] | None = None):
        """`show` gets everything that the terminal prints, as it comes."""
        self.terminal, theirs = pty.openpty()
        self.show = show
        self.text = ""
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))  # ^C becomes a signal
        os.close(theirs)

    def __enter__(self) -> "Console":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def read(self, patience: float) -> bool:
        """Takes what comes next into `text`; False when nothing came in time or the command is gone."""
        if not select.select([self.terminal], [], [], max(patience, 0))[0]:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:  # the other side of a terminal is gone: EIO
            data = b""
        if data and self.show:
            self.show(data)
        self.text += data.decode(errors="replace")
        return bool(data)

    def expect(self, pattern: str, patience: float = 60) -> re.Match:
        """Waits for the pattern, and forgets the text up to its end. Throws NotSeen."""
        deadline = time.monotonic() + patience
        while not (found := re.search(pattern, self.text)):
            if not self.read(deadline - time.monotonic()):
                why = "in time" if time.monotonic() >= deadline else f"before exit {self.process.wait(10)}"
                raise NotSeen(f"no {pattern!r} {why}; the last was:\n{self.text[-2000:]}")
        self.text = self.text[found.end():]
        return found

    def send(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def expect_line(self, prompt: str, patience: float = 60) -> None:
        """Waits for a prompt at which the program itself edits the line: libedit prints it shortly before it takes the keys from the
        terminal, which knows ^U but no Tab."""
        self.expect(prompt, patience)
        deadline = time.monotonic() + patience
        while termios.tcgetattr(self.terminal)[3] & termios.ICANON:
            if time.monotonic() > deadline:
                raise NotSeen(f"the terminal keeps the keys after {prompt!r}; the last was:\n{self.text[-2000:]}")
            time.sleep(0.01)

    def wake(self, patience: float = 60) -> None:
        """Types Enter until the shell shows its prompt: a client may drop what is typed while it sets the terminal up."""
        self.expect("Escape character", patience)
        deadline = time.monotonic() + patience
        while not re.search(PROMPT, self.text):
            if time.monotonic() > deadline:
                raise NotSeen(f"no prompt in time; the last was:\n{self.text[-2000:]}")
            self.send("\n")
            self.read(1)
        while self.read(0.2):  # the answers to any Enter too many
            pass
        self.text = ""

    def run(self, command: str, patience: float = 60) -> str:
        """Runs a command at the guest's shell prompt and returns what it printed."""
        self.send(f"{command}; echo status=$?\n")
        printed = self.expect(r"echo status=\$\?\r?\n((?s:.*?))status=(\d+)\r?\n", patience)
        self.expect(PROMPT, patience)
        if printed[2] != "0":
            raise NotSeen(f"'{command}' ended with {printed[2]}: {printed[1]}")
        return printed[1].replace("\r\n", "\n").strip()

    def leave(self, patience: float = 10) -> int:
        """Types ^] and returns the exit status of the command."""
        self.send(ESCAPE)
        return self.wait(patience)

    def wait(self, patience: float = 10) -> int:
        """Reads on until the command ends, and returns its exit status."""
        deadline = time.monotonic() + patience
        while self.process.poll() is None and (left := deadline - time.monotonic()) > 0:
            self.read(min(left, 0.1))
        return self.process.wait(0.1)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def hand_over(command: list[str]) -> int:
    """The command on the person's own terminal."""
    sys.stdout.flush()
    return subprocess.run(command).returncode
