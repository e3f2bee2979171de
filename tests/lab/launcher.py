# SPDX-License-Identifier: Apache-2.0
"""A person who launches guests."""
import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lab.daemon import processes_named
from lab.person import USER, Person
from lab.system import SANITIZER_WORDS


class Launcher:
    """The person at the command line."""

    def __init__(self, person: Person, client: str, image: Path):
        self.person, self.client, self.image = person, str(Path(client).absolute()), image
        self.folders = person.home / ".local/share/vireo/launch"

    def vireo(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        return self.person.run(self.client, *arguments, **options)

    def ask(self, *arguments: str, **options) -> str:
        done = self.vireo(*arguments, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def fail(self, *arguments: str, **options) -> str:
        """What it said on standard error."""
        done = self.vireo(*arguments, **options)
        assert done.returncode == 1, done.stdout + done.stderr
        return done.stderr

    def assert_nothing_left(self) -> None:
        assert not self.folders.exists() or list(self.folders.iterdir()) == []
        assert processes_named("qemu-system") == {}
        assert self.ask("--quiet", "list", "--all", "--name") == ""
        log = self.person.home / ".cache/vireo/session.log"
        assert not any(word in log.read_text() for word in SANITIZER_WORDS), log.read_text()

    def convert(self, form: str, *options: str) -> Path:
        """The image in another format."""
        path = self.person.home / f"image.{form}"
        subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", form, *options, self.image, path], check=True)
        path.chmod(0o644)
        return path


@contextlib.contextmanager
def account(person: Person, file: Path) -> Iterator[None]:
    """ssh wants its user to have one. The tests' namespace has a list of accounts of its own meanwhile."""
    accounts = Path("/etc/passwd")
    file.write_text(f"{accounts.read_text()}someone:x:{USER}:{USER}::{person.home}:/bin/sh\n")
    subprocess.run(["mount", "--bind", file, accounts], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", accounts], check=True)


@contextlib.contextmanager
def person_with_account(person: Person, client: str, image: Path, file: Path) -> Iterator[Launcher]:
    """Ends what the person started and did not end."""
    with account(person, file):
        try:
            yield Launcher(person, client, image)
        finally:
            for pid in [*processes_named("vireo"), *processes_named("qemu-system")]:
                os.kill(pid, signal.SIGKILL)
