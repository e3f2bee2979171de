# SPDX-License-Identifier: Apache-2.0
"""`vireo` as people use it: its prompt, completion in shells, colours, hints; and as programs do: JSON."""
import json
import os
import shutil
import subprocess

import pytest

from lab import domains
from lab.console import Console

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.fixture
def program(pytestconfig):
    path = pytestconfig.getoption("--client-program")
    if not path:
        pytest.skip("there is no vireo beside this daemon")
    return os.path.abspath(path)


@pytest.fixture
def vireo(system, program):
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess:
        return subprocess.run([program, "-c", system.uri, *arguments], input=stdin, capture_output=True, text=True, timeout=60)
    return run


@pytest.fixture
def two(system):
    system.define(domains.tiny("idle", UUID))
    system.define(domains.tiny("busy")).create()


@pytest.fixture
def prompt(system, program, tmp_path, monkeypatch):
    """Opens the prompt on a terminal whose history is the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TERM", "xterm")

    def start(*options: str) -> Console:
        return Console([program, "-c", system.uri, *options])
    return start


def test_the_prompt_runs_commands_and_remembers_them(two, prompt, tmp_path):
    with prompt() as shell:
        shell.expect("vireo # ", 20)
        shell.send("domstate idle; domname " + UUID + "\r")
        shell.expect("shut off", 20)
        shell.expect("idle\r\n", 20)
        shell.send("nosuch\r")
        shell.expect("error:.*nosuch", 20)
        shell.send("cd /\r")
        shell.send("pwd\r")
        shell.expect(r"\n/\r\n", 20)
        shell.send("quit\r")
        assert shell.wait(20) == 0
    with prompt("-r") as shell:
        shell.expect_line("vireo > ", 20)
        shell.send("\x1b[A\x1b[A")  # two lines up
        shell.expect("pwd", 20)
        shell.send("\r\x04")
        assert shell.wait(20) == 0
    assert "domstate" in (tmp_path / "vireo/history").read_text()


def test_tab_completes_commands_options_and_domains(two, prompt):
    with prompt() as shell:
        shell.expect_line("vireo # ", 20)
        shell.send("domsta\te bu\t--re\t\r")  # domstat, busy, --reason
        shell.expect(r"running \(", 20)
        shell.expect_line("vireo # ", 20)
        shell.send("dumpx\tid\t--xp\t//uuid\r")
        shell.expect(f"<uuid>{UUID}", 20)
        shell.expect_line("vireo # ", 20)
        shell.send("domstat\t\x15quit\r")  # nothing to add: the candidates are shown
        shell.expect("domstate  domstats", 20)
        assert shell.wait(20) == 0


def test_the_connection_lives_at_the_prompt(two, prompt, system):
    """Stock virsh's keepalive is 5 s; ours is told to be short, and the prompt must not keep the loop from answering."""
    with prompt("-k", "1", "-K", "1") as shell:
        shell.expect("vireo # ", 20)
        shell.send("domstate idle\r")
        shell.expect("shut off", 20)
        with pytest.raises(Exception, match="in time"):
            shell.expect("error", 4)
        shell.send("domstate idle\r")
        shell.expect("shut off", 20)
        shell.send("quit\r")
        assert shell.wait(20) == 0


def test_commands_come_line_by_line_from_a_pipe(two, vireo):
    done = vireo("-q", stdin=f"domstate idle\n\n# nothing\nnosuch\ndomname {UUID}\nquit\ndomstate busy\n")
    assert done.stdout == "shut off\nidle\n"
    assert "nosuch" in done.stderr
    assert done.returncode == 0


def test_a_terminal_gets_colours(two, prompt, monkeypatch):
    with prompt("list", "--all") as shell:
        shell.expect("\x1b\\[32mrunning\x1b\\[0m", 20)
        shell.expect("\x1b\\[2mshut off\x1b\\[0m", 20)
    monkeypatch.setenv("NO_COLOR", "1")
    with prompt("list", "--all") as shell:
        shell.expect("running", 20)
        assert "\x1b[32m" not in shell.text


@pytest.mark.parametrize("command, said", [
    (["domstat", "idle"], "did you mean 'domstate'?"), (["domstate", "idl"], "did you mean 'idle'?"),
    (["domstate", "idle", "--reasons"], "did you mean 'reason'?"), (["--quite"], "did you mean 'quiet'?")])
def test_near_misses_are_named(two, vireo, command, said):
    done = vireo(*command)
    assert done.returncode == 1
    assert said in done.stderr


def rows(done: subprocess.CompletedProcess):
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_programs_get_json(two, vireo):
    listed = rows(vireo("--output", "json", "list", "--all"))
    assert [(row["name"], row["state"]) for row in listed] == [("busy", "running"), ("idle", "shut off")]
    assert isinstance(listed[0]["id"], int) and listed[1]["id"] is None
    assert rows(vireo("list", "--all", "--output=json")) == listed
    info = rows(vireo("dominfo", "idle", "--output", "json"))
    assert (info["uuid"], info["max_memory_kib"], info["persistent"]) == (UUID, 65536, True)
    assert rows(vireo("domid", "idle", "--output", "json")) == {"id": None}
    assert rows(vireo("domblklist", "idle", "--output", "json")) == []
    assert rows(vireo("dumpxml", "idle", "--output", "json"))["xml"].startswith("<domain")
    assert rows(vireo("nodeinfo", "--output", "json"))["cpus"] >= 1
    assert vireo("list", "--output", "yaml").returncode == 1
    started = vireo("start", "idle", "--output", "json")
    assert (started.returncode, started.stdout) == (0, "")


def test_an_editor_changes_the_definition(two, system, vireo, monkeypatch):
    monkeypatch.setenv("EDITOR", "sed -i s/65536/32768/")
    monkeypatch.delenv("VISUAL", raising=False)
    done = vireo("edit", "idle", "--skip-validate")
    assert (done.returncode, done.stdout.strip()) == (0, "Domain 'idle' XML configuration edited."), done.stderr
    assert "<memory unit='KiB'>32768</memory>" in system.ask("dumpxml", "idle")
    assert vireo("edit", "idle").stdout.strip() == "Domain 'idle' XML configuration not changed."
    monkeypatch.setenv("EDITOR", "false")
    assert "'false'" in vireo("edit", "idle").stderr


# Writes down what it is called with; makes a mistake the first time, and mends it the second time.
CLUMSY = """#!/bin/sh
echo "$@" >> "$0.log"
for file; do :; done
if grep -q 65536 "$file"; then sed -i "s/65536/plenty/" "$file"; else sed -i "s/plenty/32768/" "$file"; fi
"""


@pytest.fixture
def clumsy(tmp_path, monkeypatch):
    """The editor of somebody who errs once; it calls itself nano, which takes a line to begin at."""
    path = tmp_path / "nano"
    path.write_text(CLUMSY)
    path.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(path))
    monkeypatch.delenv("VISUAL", raising=False)
    return path


def test_a_mistake_is_mended_at_its_line(two, system, program, clumsy):
    before = system.ask("dumpxml", "idle", "--inactive").splitlines()
    line = 1 + next(number for number, text in enumerate(before) if "<memory " in text)
    with Console([program, "-c", system.uri, "edit", "idle", "--skip-validate"]) as terminal:
        terminal.expect("(?s)error:.*plenty.*Go on editing", 30)
        terminal.send("y\r")
        terminal.expect("XML configuration edited", 30)
    first, second = clumsy.with_name("nano.log").read_text().splitlines()
    assert not first.startswith("+") and second.startswith(f"+{line} ")
    assert "<memory unit='KiB'>32768</memory>" in system.ask("dumpxml", "idle")


def test_a_mistake_is_given_up(two, system, program, clumsy, vireo):
    before = system.ask("dumpxml", "idle", "--inactive")
    with Console([program, "-c", system.uri, "edit", "idle", "--skip-validate"]) as terminal:
        terminal.expect("Go on editing", 30)
        terminal.send("n\r")
        terminal.expect("stays as it was", 30)
    assert system.ask("dumpxml", "idle", "--inactive") == before
    clumsy.with_name("nano.log").unlink()
    done = vireo("edit", "idle", "--skip-validate")  # nobody is there to be asked
    assert done.returncode == 1 and "plenty" in done.stderr
    assert system.ask("dumpxml", "idle", "--inactive") == before


def test_the_format_is_explained(program):
    def explain(*words: str):
        done = subprocess.run([program, "explain", *words, "--output", "json"], capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 else done.stderr
    cache = explain("domain.devices.disk.driver.cache")
    assert "writeback" in cache["values"] and (cache["default"], cache["default_from"]) == ("writeback", "hypervisor")
    assert cache["documentation"] and not cache["guest_sees"]
    assert "queues" in explain("domain.devices.interface.driver")["attributes"]
    assert explain("domain.on_reboot")["default_from"] == "format"
    assert "domain.memoryBacking.hugepages" in [found["path"] for found in explain("--search", "large pages")]
    assert "did you mean 'driver'" in explain("domain.devices.disk.drivr")
    assert "--search" in explain()


def test_every_command_explains_itself(program):
    """The pages come from the table of commands: one that says nothing has an entry that says nothing."""
    page = subprocess.run([program, "help"], capture_output=True, text=True, timeout=60).stdout
    names = [line.split()[0] for line in page.splitlines() if line.startswith("    ")]
    assert len(names) > 100
    for name in names:
        done = subprocess.run([program, name, "--help"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0
        assert f"    {name} - " in done.stdout and f"  SYNOPSIS\n    {name}" in done.stdout


# What is typed, and what the shell must offer for it.
TYPED = [("domstat", ["domstate", "domstats"]), ("-c {uri} start id", ["idle"]), ("-c {uri} destroy ", ["busy"]),
         ("-c {uri} domstate idle --re", ["--reason"]), ("-c {uri} event --event lif", ["lifecycle"]), ("--reado", ["--readonly"])]
ASK = {
    "bash": """source <({program} completion bash)
        COMP_LINE=$1 COMP_POINT=${{#1}}; read -ra COMP_WORDS <<<"$1"; [[ $1 == *' ' ]] && COMP_WORDS+=("")
        COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _vireo {program}; printf '%s\\n' "${{COMPREPLY[@]}}" """,
    "zsh": """compdef() {{ :; }}; compadd() {{ print -l -- ${{(P)2}}; }}; _files() {{ :; }}
        source <({program} completion zsh)
        words=(${{(s: :)1}}); [[ $1 == *' ' ]] && words+=(''); words[1]={program}; CURRENT=$#words; _vireo""",
    "fish": """{program} completion fish | source; complete -C "$argv[1]" """,
}


@pytest.mark.parametrize("shell", ASK)
def test_shells_complete(two, system, program, tmp_path, monkeypatch, shell):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{os.path.dirname(program)}:{os.environ['PATH']}")
    script = ASK[shell].format(program="vireo")
    for typed, wanted in TYPED:
        line = "vireo " + typed.format(uri=f"'{system.uri}'" if shell == "fish" else system.uri)
        arguments = [shell, "-c", script, line] if shell == "fish" else [shell, "-c", script, shell, line]
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
        assert sorted(filter(None, done.stdout.split())) == wanted, (line, done.stderr)
