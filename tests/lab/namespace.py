# SPDX-License-Identifier: Apache-2.0
"""Runs a command in mount, network and pid namespaces of its own, with a scratch folder in memory.

All that the command starts, daemons and orphaned guests too, ends with it, and orphans are reaped at once: process 1 of
a container often does that late or never. Without root the namespaces come from a user namespace.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

SCRATCH = "VIREO_TEST_SCRATCH"  # where the command finds the path of the folder; short, since socket paths must be


def run_isolated(command: list[str], output: IO | None = None) -> int:
    """Returns the command's exit status. `output`: where it prints; else where we do."""
    with tempfile.TemporaryDirectory(prefix="vireo-", dir="/tmp") as scratch:
        unshare = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child=SIGKILL"]
        if os.geteuid():
            unshare.append("--map-root-user")
        inside = [sys.executable, str(Path(__file__).resolve()), scratch]
        return subprocess.run([*unshare, *inside, *command], stdout=output, stderr=output).returncode


def inside(scratch: str, command: list[str]) -> int:
    """What process 1 of the namespace does."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", scratch], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    child = os.spawnvpe(os.P_NOWAIT, command[0], command, dict(os.environ, **{SCRATCH: scratch}))
    while True:
        try:
            pid, status = os.wait()
        except KeyboardInterrupt:  # the child got it too, and decides
            continue
        if pid == child:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(inside(sys.argv[1], sys.argv[2:]))
