# SPDX-License-Identifier: Apache-2.0
"""Stock virsh: the commands that need no guest's system."""
import re
import subprocess

import pytest

from lab import domains

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


def fields(text: str) -> dict[str, str]:
    """Lines `Key:   value` as virsh prints them."""
    return {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}


def rows(text: str) -> list[list[str]]:
    """The rows of a table of virsh: two lines of heading, then columns apart by two spaces or more."""
    return [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()[2:] if line.strip()]


def test_version_names_the_hypervisor_that_runs_guests(system):
    answer = fields(system.ask("version"))
    installed = subprocess.run(["qemu-system-x86_64", "--version"], capture_output=True, text=True).stdout
    assert answer["Running hypervisor"] == "QEMU " + re.search(r"version (\S+)", installed)[1]
    assert answer["Using API"].startswith("QEMU ")


def test_nodeinfo_tells_what_proc_tells(system):
    answer = fields(system.ask("nodeinfo"))
    with open("/proc/meminfo") as meminfo:
        total = int(fields(meminfo.read())["MemTotal"].split()[0])
    # libvirt counts the memory of the NUMA nodes, which is less on a host that has lent some of it away.
    assert total // 4 < int(answer["Memory size"].split()[0]) <= total
    cpus = subprocess.run(["nproc", "--all"], capture_output=True, text=True).stdout.strip()
    assert answer["CPU(s)"] == cpus
    assert answer["CPU model"] == "x86_64"


def test_hostname_and_uri(system):
    assert system.ask("hostname") == subprocess.run(["hostname"], capture_output=True, text=True).stdout.strip()
    assert system.ask("uri") == system.uri


def test_capabilities_name_the_emulator(system):
    capabilities = system.ask("capabilities")
    assert "<arch name='x86_64'>" in capabilities
    assert "<domain type='qemu'" in capabilities
    assert re.search(r"<machine[^>]*>pc-q35-7\.2</machine>", capabilities)


def test_a_definition_is_listed_and_told(system, tmp_path):
    file = tmp_path / "tiny.xml"
    file.write_text(domains.tiny("tiny", UUID))
    assert system.ask("define", str(file)) == f"Domain 'tiny' defined from {file}"
    assert rows(system.ask("list", "--all")) == [["-", "tiny", "shut off"]]
    assert rows(system.ask("list")) == []
    assert system.ask("list", "--all", "--name") == "tiny"
    assert system.ask("domuuid", "tiny") == UUID
    assert system.ask("domname", UUID) == "tiny"
    assert system.ask("domstate", "tiny", "--reason") == "shut off (unknown)"
    told = fields(system.ask("dominfo", "tiny"))
    assert {key: told[key] for key in ["Id", "Name", "UUID", "OS Type", "State", "CPU(s)", "Max memory", "Persistent"]} == {
        "Id": "-", "Name": "tiny", "UUID": UUID, "OS Type": "hvm", "State": "shut off", "CPU(s)": "1",
        "Max memory": "65536 KiB", "Persistent": "yes"}
    assert system.ask("undefine", "tiny") == "Domain 'tiny' has been undefined"
    assert rows(system.ask("list", "--all")) == []


def test_a_dump_is_valid_and_defines_the_same_again(system, tmp_path):
    system.define(domains.linux("whole", system.guest))
    first = system.ask("dumpxml", "whole")
    file = tmp_path / "whole.xml"
    file.write_text(first)
    checked = subprocess.run(["virt-xml-validate", str(file), "domain"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr + first
    system.ask("undefine", "whole")
    system.ask("define", str(file))
    assert system.ask("dumpxml", "whole") == first


def test_defining_again_replaces_the_definition(system):
    system.define(domains.tiny("tiny", UUID, "<title>one</title>"))
    system.define(domains.tiny("tiny", UUID, "<title>two</title>"))
    assert "<title>two</title>" in system.ask("dumpxml", "tiny")
    assert system.ask("list", "--all", "--name") == "tiny"


def test_metadata_and_unknown_elements(system):
    kept = "<metadata><app:note xmlns:app='http://example.org/app'>kept &amp; shown</app:note></metadata>"
    system.define(domains.tiny("tiny", UUID, f"{kept}<nonsense/>"))
    dump = system.ask("dumpxml", "tiny")
    assert "kept &amp; shown" in dump
    assert "nonsense" not in dump


@pytest.mark.parametrize("command", [
    ["domstate", "nobody"], ["dominfo", "nobody"], ["dumpxml", "nobody"], ["start", "nobody"], ["destroy", "nobody"],
    ["undefine", "nobody"], ["shutdown", "nobody"], ["reboot", "nobody"], ["suspend", "nobody"], ["resume", "nobody"],
    ["console", "nobody"], ["autostart", "nobody"], ["domrename", "nobody", "somebody"], ["domstate", "00000000-0000-0000-0000-000000000001"],
    ["domstate", "77"]], ids=lambda command: " ".join(command))
def test_an_unknown_domain_is_an_error(system, command):
    done = system.virsh(*command)
    assert done.returncode == 1
    assert "error: failed to get domain" in done.stderr
    assert command[1] in done.stderr


@pytest.mark.parametrize("command, state", [
    (["destroy"], "shut off"), (["shutdown"], "shut off"), (["reboot"], "shut off"), (["reset"], "shut off"),
    (["suspend"], "shut off"), (["resume"], "shut off"), (["console"], "shut off"), (["start"], "running")],
    ids=lambda value: value if isinstance(value, str) else value[0])
def test_a_command_in_the_wrong_state_is_an_error_and_changes_nothing(system, command, state):
    domain = system.define(domains.tiny("tiny"))
    if state == "running":
        domain.create()
    done = system.virsh(command[0], "tiny", *command[1:])
    assert done.returncode == 1
    assert "error:" in done.stderr
    assert system.ask("domstate", "tiny") == state


@pytest.mark.parametrize("xml", ["", "<domain>", "<network/>", "<domain type='qemu'/>", "<domain type='nonesuch'><name>x</name></domain>",
                                 "<domain type='qemu'><name>x</name><memory>65536</memory><os><type>nonesuch</type></os></domain>"],
                         ids=range(6))
def test_bad_xml_is_refused(system, tmp_path, xml):
    file = tmp_path / "bad.xml"
    file.write_text(xml)
    done = system.virsh("define", str(file))
    assert done.returncode == 1
    assert "error: Failed to define domain from" in done.stderr
    assert system.ask("list", "--all", "--name") == ""


def test_the_read_only_socket_reads(system):
    system.define(domains.tiny("tiny"))
    assert system.ask("list", "--all", "--name", read_only=True) == "tiny"
    assert system.ask("domstate", "tiny", read_only=True) == "shut off"
    assert "<name>tiny</name>" in system.ask("dumpxml", "tiny", read_only=True)


@pytest.mark.parametrize("command", [
    ["start", "tiny"], ["undefine", "tiny"], ["destroy", "running"], ["suspend", "running"], ["shutdown", "running"],
    ["reboot", "running"], ["reset", "running"], ["autostart", "tiny"], ["domrename", "tiny", "other"],
    ["dumpxml", "tiny", "--security-info"], ["console", "running"]], ids=lambda command: " ".join(command))
def test_the_read_only_socket_refuses_to_change(system, command):
    system.define(domains.tiny("tiny"))
    system.define(domains.tiny("running")).create()
    before = rows(system.ask("list", "--all"))
    done = system.virsh(*command, read_only=True)
    assert done.returncode == 1
    assert "error:" in done.stderr
    assert rows(system.ask("list", "--all")) == before


def test_the_read_only_socket_refuses_definitions(system, tmp_path):
    file = tmp_path / "tiny.xml"
    file.write_text(domains.tiny("tiny"))
    assert system.virsh("define", str(file), read_only=True).returncode == 1
    assert system.virsh("create", str(file), read_only=True).returncode == 1
    assert system.ask("list", "--all", "--name") == ""
    assert system.emulators() == {}
