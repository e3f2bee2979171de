# SPDX-License-Identifier: Apache-2.0
"""The main job, `./dev run`, as a script and as a person on a terminal meet it."""
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab.console import Console
from lab.daemon import processes_named
from lab.namespace import SCRATCH

PROGRAM = Path(__file__).resolve().parent.parent / "first_light.py"


@pytest.fixture
def command(pytestconfig) -> list[str]:
    """It brings its own daemon. However it ends, nothing may run on."""
    daemon, client = Path(pytestconfig.getoption("--daemon-program")), pytestconfig.getoption("--client-program")
    if not client:
        pytest.skip("there is no vireo beside this daemon")
    yield [sys.executable, str(PROGRAM), "--built", "--daemon", str(daemon), "--client", client,
           "--root", str(Path(os.environ[SCRATCH]) / "r")]
    assert {name: processes_named(name) for name in ["qemu-system", daemon.name]} == {"qemu-system": {}, daemon.name: {}}


def test_without_a_terminal_it_shuts_the_guest_down(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Linux guest 6." in done.stdout
    for phase in ["start the daemon", "boot to the shell", "run a command in the guest", "shut the guest down"]:
        assert f"    {phase}: " in done.stdout
    assert "All done in" in done.stdout


def test_on_a_terminal_the_console_is_the_persons(command):
    with Console(command) as person:
        person.expect("the console is yours", 110)
        person.wake()
        assert person.run("echo here I am") == "here I am"
        second = subprocess.run(command, capture_output=True, text=True, timeout=20)
        assert (second.returncode, "already running" in second.stdout) == (1, True)
        assert person.leave(30) == 0
        assert "All done in" in person.text


def test_a_guest_that_powers_off_ends_it(command):
    with Console(command) as person:
        person.expect("the console is yours", 110)
        person.wake()
        person.send("poweroff\n")
        assert person.wait(30) == 0


@pytest.mark.parametrize("how, status", [("^C", 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_it_leaves_nothing(command, how, status):
    with Console(command) as person:
        person.expect("Linux version", 110)
        if how == "^C":
            person.send("\x03")
        else:
            person.process.send_signal(how)
        assert person.wait(30) == status


def test_the_leftovers_of_a_killed_run_are_ended_by_the_next(command):
    with Console(command) as person:
        person.expect("Linux version", 110)
        person.process.kill()
        person.process.wait()
    assert processes_named("qemu-system")
    test_without_a_terminal_it_shuts_the_guest_down(command)
