# SPDX-License-Identifier: Apache-2.0
"""A user without rights, with a home and a runtime folder: programs run as this user."""
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

USER = 61234  # nobody's
BECOME = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]


@dataclass
class Person:
    home: Path
    runtime: Path
    environment: dict[str, str]
    program: Path | None = None  # of a daemon

    def run(self, *command: str, patience: float = 60, **options) -> subprocess.CompletedProcess:
        return subprocess.run([*BECOME, *command], env=self.environment, capture_output=True, text=True, timeout=patience, cwd="/",
                              **options)

    def start(self, *command: str) -> subprocess.Popen:
        return subprocess.Popen([*BECOME, *command], env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                cwd="/")

    def virsh(self, *arguments: str) -> str:
        done = self.run("virsh", "-c", "qemu:///session", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


def make_person(place: Path, **environment: str) -> Person:
    """Skips the test where another user's rights cannot be taken."""
    if subprocess.run([*BECOME, "true"]).returncode:
        pytest.skip("needs root: another user's rights are taken")
    home, runtime = place / "home", place / "run"
    for folder in [home, runtime]:
        folder.mkdir(parents=True)
        os.chown(folder, USER, USER)
        folder.chmod(0o700)
    sanitizers = {name: os.environ[name] for name in ["ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"] if name in os.environ}
    return Person(home, runtime, {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                  **sanitizers, **environment})
