# SPDX-License-Identifier: Apache-2.0
"""What clients are told, in order, while others act."""
import os
import re
import signal

import pytest

from lab import domains
from lab.console import Console

LIFECYCLE = r"event 'lifecycle' for domain '(\S+)': (\w+) (\S[^\r\n]*)"


@pytest.fixture
def told(system):
    """`virsh event --all --loop` on a terminal of its own, so that it prints each event at once."""
    with Console(["virsh", "-c", system.uri, "event", "--all", "--loop"]) as events:
        # It says nothing when it is ready. A definition that it told of, made again until it did, is the sign.
        connection = system.connect()
        while "probe" not in events.text:
            connection.defineXML(domains.tiny("probe")).undefine()
            events.read(0.2)
        connection.defineXML(domains.tiny("last-probe")).undefine()
        events.expect(r"'last-probe': Undefined Removed\r?\n")
        yield events


def next_event(events: Console) -> tuple[str, str, str]:
    found = events.expect(LIFECYCLE)
    return found[1], found[2], found[3]


def test_the_life_of_a_domain_in_order(system, told):
    domain = system.define(domains.tiny("tiny"))
    assert next_event(told) == ("tiny", "Defined", "Added")
    domain.create()
    assert next_event(told) == ("tiny", "Resumed", "Unpaused")
    assert next_event(told) == ("tiny", "Started", "Booted")
    domain.suspend()
    assert next_event(told) == ("tiny", "Suspended", "Paused")
    domain.resume()
    assert next_event(told) == ("tiny", "Resumed", "Unpaused")
    domain.destroy()
    ended = next_event(told)
    if ended[1] == "Shutdown":  # QEMU may still tell that it was asked to end
        ended = next_event(told)
    assert ended == ("tiny", "Stopped", "Destroyed")
    system.define(domains.tiny("tiny", domain.UUIDString()))
    assert next_event(told) == ("tiny", "Defined", "Updated")
    domain.rename("other")
    assert next_event(told) == ("tiny", "Undefined", "Renamed")
    assert next_event(told) == ("other", "Defined", "Renamed")
    system.connect().lookupByName("other").undefine()
    assert next_event(told) == ("other", "Undefined", "Removed")


def test_a_guest_that_reboots_and_powers_off(system, told):
    _, console, _ = system.boot("linux")
    with console:
        told.expect("'linux': Started Booted")
        console.send("reboot\n")
        assert told.expect(r"event '(reboot)' for domain 'linux'")
        console.expect("guest# ", 90)
        console.send("poweroff\n")
        assert next_event(told)[1:] == ("Shutdown", "Finished after guest request")
        assert next_event(told)[1:] == ("Stopped", "Shutdown")


def test_an_emulator_that_dies_is_an_event(system, told):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    told.expect("'tiny': Started Booted")
    (pid,) = system.emulators()
    os.kill(pid, signal.SIGKILL)
    assert re.fullmatch("Failed|Crashed", next_event(told)[2])


def test_a_client_that_asks_about_one_domain_hears_of_no_other(system, told):
    one = system.define(domains.tiny("one"))
    system.define(domains.tiny("two"))
    with Console(["virsh", "-c", system.uri, "event", "--domain", "one", "--event", "lifecycle", "--loop"]) as events:
        while "one" not in events.text:
            one.create()
            system.connect().lookupByName("two").create()
            system.connect().lookupByName("two").destroy()
            one.destroy()
            events.read(0.2)
        assert "'two'" not in events.text


def test_events_also_reach_a_read_only_client(system):
    with Console(["virsh", "-r", "-c", system.read_only_uri, "event", "--event", "lifecycle", "--loop"]) as events:
        connection = system.connect()
        for _ in range(50):
            connection.defineXML(domains.tiny("tiny")).undefine()
            if events.read(0.2):
                break
        assert events.expect(LIFECYCLE)[1] == "tiny"
