# SPDX-License-Identifier: Apache-2.0
"""`vireo` beside stock virsh: the same command, the same output, the same exit status."""
import subprocess
from pathlib import Path

import pytest

from lab import domains
from lab.console import Console
from lab.system import await_boot

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.fixture
def vireo(system, pytestconfig):
    """Runs the command line under test on the same daemon as virsh."""
    program = pytestconfig.getoption("--client-program")
    if not program:
        pytest.skip("there is no vireo beside this daemon")

    def run(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([program, "-c", system.uri, *arguments], capture_output=True, text=True, timeout=60)
    run.program = program
    return run


@pytest.fixture
def three(system):
    """An inactive, a running and a paused domain."""
    system.define(domains.tiny("inactive", UUID))
    system.define(domains.tiny("running")).create()
    system.define(domains.tiny("paused")).createWithFlags(1)


@pytest.mark.parametrize("command", [
    ["list"], ["list", "--all"], ["list", "--inactive"], ["list", "--all", "--name"], ["list", "--all", "--uuid"],
    ["domstate", "inactive"], ["domstate", "paused", "--reason"], ["domstate", UUID], ["dominfo", "inactive"],
    ["dumpxml", "inactive"], ["dumpxml", "running"], ["dumpxml", "running", "--inactive"]], ids=" ".join)
def test_it_prints_what_virsh_prints(system, three, vireo, command):
    theirs, ours = system.virsh(*command), vireo(*command)
    assert (ours.returncode, ours.stdout) == (theirs.returncode, theirs.stdout)


@pytest.mark.parametrize("command", [
    ["domstate", "nobody"], ["start", "nobody"], ["start", "running"], ["suspend", "inactive"], ["resume", "inactive"],
    ["shutdown", "inactive"], ["reboot", "inactive"], ["destroy", "inactive"], ["undefine", "nobody"], ["console", "inactive"],
    ["define", "/nonexistent/file.xml"], ["nonesuch"], ["domstate"], ["domstate", "running", "--nonesuch"]], ids=" ".join)
def test_it_fails_where_virsh_fails(system, three, vireo, command):
    theirs, ours = system.virsh(*command), vireo(*command)
    assert theirs.returncode == 1
    assert ours.returncode == 1
    assert ours.stdout == "" or theirs.stdout != ""
    assert ours.stderr.startswith("error: ")


def test_it_manages_a_domain(system, vireo, tmp_path):
    file = tmp_path / "tiny.xml"
    file.write_text(domains.tiny("tiny"))
    steps = [(["define", str(file)], f"Domain 'tiny' defined from {file}", "shut off"),
             (["start", "tiny"], "Domain 'tiny' started", "running"),
             (["suspend", "tiny"], "Domain 'tiny' suspended", "paused"),
             (["resume", "tiny"], "Domain 'tiny' resumed", "running"),
             (["destroy", "tiny"], "Domain 'tiny' destroyed", "shut off")]
    for command, says, state in steps:
        done = vireo(*command)
        assert (done.returncode, done.stdout.strip(), done.stderr) == (0, says, "")
        assert system.ask("domstate", "tiny") == state
    assert vireo("undefine", "tiny").stdout.strip() == "Domain 'tiny' has been undefined"
    assert system.ask("list", "--all", "--name") == ""


def test_its_console_reboot_and_shutdown(system, vireo):
    _, console, first = system.boot("linux")
    console.close()
    with Console([vireo.program, "-c", system.uri, "console", "linux"]) as ours:
        ours.wake()
        assert ours.run("uname -s") == "Linux"
        assert vireo("reboot", "linux").stdout.strip() == "Domain 'linux' is being rebooted"
        assert await_boot(ours) != first
        assert ours.leave() == 0
    with Console([vireo.program, "-c", system.uri, "console", "linux"]) as ours:
        ours.wake()
        assert vireo("shutdown", "linux").stdout.strip() == "Domain 'linux' is being shutdown"
        assert ours.wait(60) == 0


def test_its_console_ends_with_its_daemon(system, vireo):
    _, console, _ = system.boot("linux")
    console.close()
    with Console([vireo.program, "-c", system.uri, "console", "linux"]) as ours:
        ours.wake()
        system.close_connections()
        system.kill()
        assert ours.wait(20) == 1


def test_its_version(vireo):
    done = vireo("--version")
    assert done.returncode == 0
    assert Path(vireo.program).name in done.stdout or done.stdout[0].isdigit()
