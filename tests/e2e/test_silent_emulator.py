# SPDX-License-Identifier: Apache-2.0
"""A QEMU that does not answer (SIGSTOP) delays nobody else, and no answer that needs no QEMU."""
import os
import signal
import threading
import time

import libvirt
import pytest

from lab import domains

AT_ONCE = 1.0  # seconds; generous: a virsh process and a busy machine are in it


@pytest.fixture
def stuck(system):
    """A running domain whose QEMU is stopped until the test ends."""
    domain = system.define(domains.tiny("stuck"))
    domain.create()
    (pid,) = system.emulators()
    os.kill(pid, signal.SIGSTOP)
    yield domain
    if pid in system.emulators():
        os.kill(pid, signal.SIGCONT)


def seconds(action) -> float:
    began = time.monotonic()
    action()
    return time.monotonic() - began


@pytest.mark.parametrize("question", [["list", "--all"], ["domstate", "stuck", "--reason"], ["dumpxml", "stuck"],
                                      ["domid", "stuck"], ["dominfo", "stuck"], ["version"], ["nodeinfo"]], ids=lambda question: question[0])
def test_answers_come_at_once(system, stuck, question):
    assert seconds(lambda: system.ask(*question)) < AT_ONCE


def test_other_guests_live_on(system, stuck):
    other = system.define(domains.tiny("other"))
    assert seconds(other.create) < 10
    assert seconds(other.suspend) < AT_ONCE
    assert seconds(other.resume) < AT_ONCE
    assert seconds(other.destroy) < 10
    assert other.state()[0] == libvirt.VIR_DOMAIN_SHUTOFF


def test_a_job_that_waits_for_it_keeps_nobody_waiting(system, stuck):
    waiting = threading.Thread(target=lambda: system.virsh("suspend", "stuck"))
    waiting.start()
    time.sleep(0.5)  # nothing tells from outside that the job has begun
    for question in [["list", "--all"], ["domstate", "stuck"], ["dumpxml", "stuck"]]:
        assert seconds(lambda: system.ask(*question)) < AT_ONCE
    assert seconds(stuck.destroy) < 15
    waiting.join()
    assert system.emulators() == {}
