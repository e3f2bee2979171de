# SPDX-License-Identifier: Apache-2.0
"""What graphical managers register for when they connect, and descriptors beside calls, through python3-libvirt."""
import os
import socket
import subprocess
import sys

import libvirt
import pytest

from lab import domains

# In a process of its own: the library's event loop, once chosen, is everybody's.
PROLOGUE = """
import sys
import libvirt
libvirt.registerErrorHandler(lambda *_: None, None)
libvirt.virEventRegisterDefaultImpl()
connection = libvirt.open(sys.argv[1])
ignore = lambda *_: None
"""

REGISTER_FOR_EVERYTHING = """
numbers = [connection.domainEventRegisterAny(None, kind, ignore, None) for kind in range(27)]
others = [(connection.networkEventDeregisterAny, connection.networkEventRegisterAny(None, 0, ignore, None))]
for name in ("storagePool", "nodeDevice", "secret"):
    register, deregister = (getattr(connection, f"{name}Event{verb}Any") for verb in ("Register", "Deregister"))
    others += [(deregister, register(None, kind, ignore, None)) for kind in (0, 1)]
for number in numbers:
    connection.domainEventDeregisterAny(number)
for deregister, number in others:
    deregister(number)
assert connection.getLibVersion() > 0
"""

HEAR_OF_A_DEFINITION = """
heard = []
note = lambda _, domain, event, detail, __: heard.append((domain.name(), event, detail))
connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE, note, None)
connection.defineXML(sys.argv[2]).undefine()
while len(heard) < 2:
    libvirt.virEventRunDefaultImpl()
assert heard == [("tiny", 0, 0), ("tiny", 1, 0)], heard
"""


def run_manager(system, script: str, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-c", PROLOGUE + script, system.uri, *arguments], capture_output=True, text=True,
                          timeout=60)
    assert done.returncode == 0, done.stderr


def test_a_manager_can_register_for_everything(system):
    run_manager(system, REGISTER_FOR_EVERYTHING)


def test_events_reach_python(system):
    run_manager(system, HEAR_OF_A_DEFINITION, domains.tiny("tiny"))


def test_descriptors_that_are_given_for_nothing_are_closed(system):
    """The guest has no display: the call fails, and the daemon keeps nothing."""
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    before = system.descriptors()
    for _ in range(50):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with pytest.raises(libvirt.libvirtError):
                domain.openGraphics(0, theirs.fileno(), 0)
        with pytest.raises(libvirt.libvirtError):
            domain.openGraphicsFD(0, 0)
    assert domain.isActive()
    assert system.descriptors() <= before + 2
    file = os.open("/dev/null", os.O_RDONLY)
    with pytest.raises(libvirt.libvirtError) as refused:
        system.connect().createXMLWithFiles(domains.tiny("other"), [file], 0)
    os.close(file)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT
