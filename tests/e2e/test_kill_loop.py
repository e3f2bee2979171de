# SPDX-License-Identifier: Apache-2.0
"""kill -9 of the daemon at random points while clients work: what was answered holds, what was not may be either way.

Each client owns some domains, so that for each of them the calls have an order. A call's effect is known before it is
made: while it runs, the domain may be as before or as after; once it is answered, only as after. The daemon's next life
must show one of the possible states, and exactly one QEMU process for each running domain.
"""
import random
import threading
import time
import uuid
from dataclasses import dataclass, replace

import libvirt
import pytest

from lab import domains
from lab.system import settle

CLIENTS, DOMAINS_EACH = 4, 3


@dataclass(frozen=True)
class State:
    """What a domain's clients know of it. Neither persistent nor active: there is none."""
    persistent: bool = False
    active: bool = False
    name: str = ""
    title: str = ""  # of its definition
    live_title: str = ""  # of the running guest
    autostart: bool = False


GONE = State()


class Slot:
    """One domain (by UUID) through its lives."""

    def __init__(self, number: int):
        self.uuid = str(uuid.UUID(int=0x1000 + number, version=4))
        self.name = f"kill-{number}"
        self.possible = {GONE}
        self.changes = 0

    def known(self) -> State:
        (state,) = self.possible
        return state

    def next_title(self) -> str:
        self.changes += 1
        return f"change {self.changes}"

    def xml(self, name: str, title: str) -> str:
        return domains.tiny(name, self.uuid, f"<title>{title}</title>")


def choose(slot: Slot, dice: random.Random):
    """A call that must succeed now, and the state after it."""
    now = slot.known()
    title, name = slot.next_title(), now.name or slot.name

    def domain(connection):
        return connection.lookupByUUIDString(slot.uuid)

    def define(connection):
        connection.defineXML(slot.xml(name, title))

    choices = [(define, replace(now, persistent=True, name=name, title=title))]
    if now == GONE:
        choices.append((lambda connection: connection.createXML(slot.xml(name, title)),
                        State(active=True, name=name, live_title=title)))
    if now.persistent:
        choices.append((lambda connection: domain(connection).undefine(),
                        replace(now, persistent=False, title="", autostart=False) if now.active else GONE))
        choices.append((lambda connection: domain(connection).setAutostart(not now.autostart),
                        replace(now, autostart=not now.autostart)))
    if now.persistent and not now.active:
        renamed = f"{slot.name}-{slot.changes}"
        choices.append((lambda connection: domain(connection).rename(renamed), replace(now, name=renamed)))
        choices += 2 * [(lambda connection: domain(connection).create(), replace(now, active=True, live_title=now.title))]
    if now.active:
        after = replace(now, active=False, live_title="") if now.persistent else GONE
        choices += 2 * [(lambda connection: domain(connection).destroy(), after)]
    return dice.choice(choices)


class Client(threading.Thread):
    """Makes calls until its connection is lost."""

    def __init__(self, connection: libvirt.virConnect, slots: list[Slot], dice: random.Random):
        super().__init__()
        self.connection, self.slots, self.dice = connection, slots, dice
        self.answered = 0
        self.failure: str | None = None

    def run(self) -> None:
        while True:
            slot = self.dice.choice(self.slots)
            before = slot.known()
            call, after = choose(slot, self.dice)
            slot.possible = {before, after}
            try:
                call(self.connection)
            except libvirt.libvirtError as error:
                if error.get_error_domain() != libvirt.VIR_FROM_RPC:
                    self.failure = f"{slot.uuid}: from {before} to {after}: {error}"
                return
            slot.possible = {after}
            self.answered += 1


def title_of(domain: libvirt.virDomain, flags: int) -> str:
    return domain.XMLDesc(flags).partition("<title>")[2].partition("</title>")[0]


def look(domain: libvirt.virDomain) -> State:
    persistent, active = bool(domain.isPersistent()), bool(domain.isActive())
    return State(persistent, active, domain.name(), title_of(domain, libvirt.VIR_DOMAIN_XML_INACTIVE) if persistent else "",
                 title_of(domain, 0) if active else "", bool(domain.autostart()) if persistent else False)


def emulators_by_uuid(system) -> dict[str, int]:
    """The pid of each guest's QEMU. Two for one guest would be the worst of all."""
    found = {}
    for pid, arguments in system.emulators().items():
        if "-uuid" not in arguments:
            continue  # the daemon asks the emulator what it can do
        identity = arguments[arguments.index("-uuid") + 1]
        assert identity not in found, f"two QEMU processes of one domain: {arguments}"
        found[identity] = pid
    return found


def compare(system, slots: list[Slot], pids_before: dict[str, int], where: str) -> None:
    actual = {domain.UUIDString(): look(domain) for domain in system.connect().listAllDomains()}
    pids = emulators_by_uuid(system)
    assert actual.keys() <= {slot.uuid for slot in slots}, f"{where}: domains that nobody made"
    for slot in slots:
        state = actual.get(slot.uuid, GONE)
        assert state in slot.possible, f"{where}: {slot.uuid} is {state}, answered was {slot.possible}"
        assert state.active == (slot.uuid in pids), f"{where}: {slot.uuid} {state} but QEMU processes {pids}"
        if all(possible.active for possible in slot.possible):
            assert pids[slot.uuid] == pids_before[slot.uuid], f"{where}: the guest {slot.uuid} was started anew"
    for slot in slots:
        slot.possible = {actual.get(slot.uuid, GONE)}


@pytest.mark.beyond_libvirtd
@pytest.mark.patience(3000)
def test_killed_at_random_points_nothing_is_lost(system, many, record_property):
    rounds, seed = 100 if many else 20, random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    own_sockets = set(system.sockets())
    slots = [Slot(number) for number in range(CLIENTS * DOMAINS_EACH)]
    answered, slowest = 0, 0.0
    for number in range(rounds):
        clients = [Client(system.connect(), slots[first::CLIENTS], random.Random(dice.random())) for first in range(CLIENTS)]
        for client in clients:
            client.start()
        time.sleep(dice.uniform(0.02, 1.5))  # the random point
        assert system.runs, f"round {number}: the daemon ended by itself:\n{system.log_tail()}"
        system.kill()
        for client in clients:
            client.join()
        system.close_connections()
        answered += sum(client.answered for client in clients)
        assert [client.failure for client in clients if client.failure] == [], f"round {number}"
        pids = emulators_by_uuid(system)
        slowest = max(slowest, system.start())
        settle(lambda: compare(system, slots, pids, f"round {number} of seed {seed}"))
    system.remove_all_domains()
    system.close_connections()
    assert system.emulators() == {}
    assert system.files_of("kill-") == []
    assert set(system.sockets()) == own_sockets
    record_property("counts", f"{rounds} kills, {answered} calls answered, slowest start {slowest:.2f} s")
    assert answered > rounds
