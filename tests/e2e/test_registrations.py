# SPDX-License-Identifier: Apache-2.0
"""What graphical managers register for when they connect, and descriptors beside calls, through python3-libvirt."""
import os
import socket

import libvirt
import pytest

from lab import domains


@pytest.fixture(scope="module", autouse=True)
def event_loop():
    libvirt.virEventRegisterDefaultImpl()


def ignore(*_):
    pass


def test_a_manager_can_register_for_everything(system):
    connection = system.connect()
    numbers = [connection.domainEventRegisterAny(None, kind, ignore, None) for kind in range(27)]
    others = [(connection.networkEventDeregisterAny, connection.networkEventRegisterAny(None, 0, ignore, None))]
    others += [(connection.storagePoolEventDeregisterAny, connection.storagePoolEventRegisterAny(None, kind, ignore, None))
               for kind in (0, 1)]
    others += [(connection.nodeDeviceEventDeregisterAny, connection.nodeDeviceEventRegisterAny(None, kind, ignore, None))
               for kind in (0, 1)]
    others += [(connection.secretEventDeregisterAny, connection.secretEventRegisterAny(None, kind, ignore, None))
               for kind in (0, 1)]
    for number in numbers:
        connection.domainEventDeregisterAny(number)
    for deregister, number in others:
        deregister(number)
    assert connection.getLibVersion() > 0


def test_events_reach_python(system):
    connection, heard = system.connect(), []
    connection.domainEventRegisterAny(None, libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                      lambda _, domain, event, detail, __: heard.append((domain.name(), event, detail)), None)
    system.define(domains.tiny("tiny")).undefine()
    while len(heard) < 2:
        libvirt.virEventRunDefaultImpl()
    assert heard == [("tiny", 0, 0), ("tiny", 1, 0)]


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
    with pytest.raises(libvirt.libvirtError) as refused:
        system.connect().createXMLWithFiles(domains.tiny("other"), [os.open("/dev/null", os.O_RDONLY)], 0)
    assert refused.value.get_error_code() == libvirt.VIR_ERR_NO_SUPPORT
