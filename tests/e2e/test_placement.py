# SPDX-License-Identifier: Apache-2.0
"""On which of the host's processors a guest's threads run: what the kernel says of them."""
import os
from pathlib import Path

import libvirt
import pytest

from lab import domains

TUNED = """<vcpu cpuset='0-1' current='1'>2</vcpu><iothreads>1</iothreads>
  <cputune>
    <vcpupin vcpu='1' cpuset='0'/><emulatorpin cpuset='1'/><iothreadpin iothread='1' cpuset='0'/>
    <emulatorsched scheduler='batch'/><vcpusched vcpus='0-1' scheduler='idle'/>
  </cputune>"""

pytestmark = pytest.mark.skipif(os.cpu_count() < 2, reason="the host has one processor")


def threads(pid: int) -> dict[str, list[int]]:
    """Of each kind the threads of QEMU, by the names that it gives them."""
    found = {"vcpu": [], "iothread": [], "other": []}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text()
        kind = "vcpu" if name.startswith("CPU") else "iothread" if name.startswith("IO iothread") else "other"
        found[kind].append(int(task.name))
    return {kind: sorted(tasks) for kind, tasks in found.items()}


def start_tuned(system):
    domain = system.define(domains.tiny("pinned").replace("<vcpu>1</vcpu>", TUNED))
    domain.create()
    (pid,) = system.emulators()
    return domain, pid


def test_threads_start_where_the_definition_says(system):
    domain, pid = start_tuned(system)
    tasks = threads(pid)
    assert [os.sched_getaffinity(task) for task in tasks["iothread"]] == [{0}]
    assert [os.sched_getscheduler(task) for task in tasks["vcpu"]] == [os.SCHED_IDLE] * len(tasks["vcpu"]) != []
    assert {frozenset(os.sched_getaffinity(task)) for task in tasks["other"]} == {frozenset({1})}
    assert os.sched_getscheduler(pid) == os.SCHED_BATCH
    assert domain.emulatorPinInfo()[:2] == (False, True)
    assert domain.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)[0][:2] == (True, True)


def test_pins_change_while_it_runs(system):
    domain, pid = start_tuned(system)
    system.ask("vcpupin", "pinned", "0", "1", "--live")
    system.ask("emulatorpin", "pinned", "0", "--live", "--config")
    system.ask("iothreadpin", "pinned", "1", "0-1", "--config")
    system.kill()
    system.start()
    domain = system.connect().lookupByName("pinned")
    tasks = threads(pid)
    assert {frozenset(os.sched_getaffinity(task)) for task in tasks["other"]} == {frozenset({0})}
    assert domain.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)[0][:2] == (False, True)
    assert "<vcpupin vcpu='0' cpuset='1'/>" in domain.XMLDesc()
    persistent = domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    assert "<vcpupin vcpu='0'" not in persistent and "<emulatorpin cpuset='0'/>" in persistent
    assert "<iothreadpin iothread='1' cpuset='0-1'/>" in persistent
    assert [os.sched_getaffinity(task) for task in tasks["iothread"]] == [{0}]


def test_an_added_vcpu_runs_where_it_is_pinned(system):
    domain, pid = start_tuned(system)
    before = set(threads(pid)["other"] + threads(pid)["vcpu"])
    domain.setVcpusFlags(2, libvirt.VIR_DOMAIN_AFFECT_LIVE)
    assert domain.vcpuPinInfo(libvirt.VIR_DOMAIN_AFFECT_LIVE)[1][:2] == (True, False)
    assert set(threads(pid)["other"] + threads(pid)["vcpu"]) >= before


@pytest.mark.parametrize("pin", [
    lambda domain: domain.pinVcpuFlags(0, (False, False), libvirt.VIR_DOMAIN_AFFECT_CONFIG),
    lambda domain: domain.pinVcpuFlags(2, (True, False), libvirt.VIR_DOMAIN_AFFECT_CONFIG),
    lambda domain: domain.pinVcpuFlags(1, (True, False), libvirt.VIR_DOMAIN_AFFECT_LIVE),
    lambda domain: domain.pinEmulator((False, False), libvirt.VIR_DOMAIN_AFFECT_LIVE),
    lambda domain: domain.pinIOThread(2, (True, False), libvirt.VIR_DOMAIN_AFFECT_CONFIG),
])
def test_pins_that_cannot_be(system, pin):
    domain, _ = start_tuned(system)
    before = domain.XMLDesc(), domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)
    with pytest.raises(libvirt.libvirtError) as refused:
        pin(domain)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_INVALID_ARG
    assert before == (domain.XMLDesc(), domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE))


def test_processors_that_the_host_has_not(system):
    domain = system.define(domains.tiny("far").replace("<vcpu>1</vcpu>", "<vcpu cpuset='4000'>1</vcpu>"))
    with pytest.raises(libvirt.libvirtError, match="processors"):
        domain.create()
    assert system.emulators() == {}
