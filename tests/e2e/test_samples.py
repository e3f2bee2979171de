# SPDX-License-Identifier: Apache-2.0
"""Programs as beginners write them, which know nothing of us: only the environment names the daemon."""
import os
import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parent / "samples"


def run(system, *command: str | Path) -> str:
    environment = dict(os.environ, LIBVIRT_DEFAULT_URI=system.uri)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_c_program(system, tmp_path):
    program = tmp_path / "first"
    subprocess.run(["gcc", "-Wall", "-Werror", SAMPLES / "first.c", "-o", program, "-lvirt"], check=True)
    assert run(system, program) == "sample: state 1, 65536 KiB, 1 vcpu\n"


def test_the_python_program(system):
    assert run(system, sys.executable, SAMPLES / "first.py") == "before: 42\nsample: state 1, 65536 KiB, 1 vcpu\n"
