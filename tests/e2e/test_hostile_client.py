# SPDX-License-Identifier: Apache-2.0
"""Garbage, lies and sloth on the sockets: an error reply or a closed connection, others answered, memory bounded."""
import contextlib
import os
import random
import socket
import struct
import time

import pytest

from lab.wire import (AUTH_LIST, CLOSE, GET_LIB_VERSION, KEEPALIVE, LAST_PROCEDURE, LIST_ALL_DOMAINS, LOOKUP_BY_NAME, MAXIMUM,
                      MESSAGE, OPEN, REPLY, STREAM, RawClient, packet, string)

ERROR = 1  # a reply's status


@pytest.fixture(autouse=True)
def others_are_answered(system):
    """Throughout: by the same process, soon, and at the end with the descriptors that it had."""
    witness = system.connect()
    witness.getLibVersion()
    pid, descriptors = system.pid, system.descriptors()
    yield
    began = time.monotonic()
    assert witness.getLibVersion() > 0
    assert time.monotonic() - began < 2
    assert system.runs and system.pid == pid
    deadline = time.monotonic() + 10
    while system.descriptors() > descriptors + 2:  # it may have opened something of its own meanwhile
        assert time.monotonic() < deadline, "connections that are gone keep their descriptors"
        time.sleep(0.05)


def raw(system, name: str = "libvirt-sock") -> RawClient:
    return RawClient(system.socket_path(name))


@pytest.mark.parametrize("length", [0, 1, 4, 27, MAXIMUM + 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])
def test_a_length_that_cannot_be_closes_the_connection(system, length):
    with raw(system) as client:
        client.send(packet(AUTH_LIST, length=length))
        assert client.receive() is None


@pytest.mark.parametrize("header", [
    {"program": 0}, {"program": 0xFFFFFFFF}, {"version": 0}, {"version": 2}, {"procedure": 0}, {"procedure": -1},
    {"procedure": LAST_PROCEDURE + 1}, {"procedure": 0x7FFFFFFF}, {"procedure": 107}, {"kind": REPLY}, {"kind": 77}, {"kind": -1},
    {"status": 1}, {"status": 77}, {"kind": STREAM}, {"kind": MESSAGE}, {"program": KEEPALIVE, "procedure": 9, "kind": MESSAGE}],
    ids=str)
def test_a_header_that_lies_gets_an_error_or_is_ignored(system, header):
    with raw(system).open() as client:
        sent = dict({"procedure": GET_LIB_VERSION, "serial": 5}, **header)
        client.send(packet(sent.pop("procedure"), **sent))
        answer = client.call(GET_LIB_VERSION, serial=6)
        while answer and answer[0][4] != 6:  # what came first was about the lie
            assert answer[0][3:] == (REPLY, 5, ERROR) or header.keys() <= {"status"}, answer
            answer = client.receive()


@pytest.mark.parametrize("procedure", [GET_LIB_VERSION, LIST_ALL_DOMAINS, LOOKUP_BY_NAME])
def test_calls_before_opening_are_errors(system, procedure):
    with raw(system) as client:
        answer = client.call(procedure, string(b"x"))
        assert answer is None or answer[0][5] == ERROR


@pytest.mark.parametrize("body", [
    b"", b"\0", string(b"", 0xFFFFFFFF), string(b"", 0x80000000), string(b"abc", 4), string(b"x" * 16, 4_194_305),
    string(b"x" * 4_194_308), string(b"\xff\xfe\0bad")], ids=lambda body: f"{len(body)}-{body[:4].hex()}")
def test_a_string_that_lies_is_an_error_and_the_connection_lives(system, body):
    with raw(system).open() as client:
        answer = client.call(LOOKUP_BY_NAME, body)
        assert answer and answer[0][5] == ERROR
        assert client.call(GET_LIB_VERSION)[0][5] == 0


@pytest.mark.parametrize("sent", [1, 3, 4, 27, 28, 500])
def test_a_message_cut_short(system, sent):
    with raw(system).open() as client:
        client.send(packet(LOOKUP_BY_NAME, string(b"x" * 1000))[:sent])


def test_every_procedure_with_an_empty_body(system):
    """Those that take arguments must say so; the others only read."""
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(raw(system).open())
        for procedure in range(1, LAST_PROCEDURE + 1):
            if procedure in (OPEN, CLOSE):
                continue
            if client.call(procedure) is None:
                client = stack.enter_context(raw(system).open())


def test_every_procedure_with_noise_on_the_read_only_socket(system, many, record_property):
    dice = random.Random(2)
    rounds = 200 if many else 5
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(raw(system, "libvirt-sock-ro").open(read_only=True))
        for procedure in list(range(1, LAST_PROCEDURE + 1)) * rounds:
            if procedure in (OPEN, CLOSE):
                continue
            noise = dice.randbytes(4 * dice.randrange(40))
            if dice.random() < 0.5:  # small numbers go further into a decoder than random words do
                noise = b"".join(struct.pack(">I", dice.choice([0, 1, 2, 4, 0xFFFFFFFF])) for _ in range(dice.randrange(60)))
            if client.call(procedure, noise) is None:
                client = stack.enter_context(raw(system, "libvirt-sock-ro").open(read_only=True))
    record_property("counts", f"{rounds * LAST_PROCEDURE} calls")


def test_noise_instead_of_a_protocol(system, many, record_property):
    dice = random.Random(1)
    rounds = 5000 if many else 200
    for _ in range(rounds):
        with raw(system, dice.choice(["libvirt-sock", "libvirt-sock-ro"])) as client:
            client.send(dice.randbytes(dice.randrange(1, 2000)))
    record_property("counts", f"{rounds} connections")


def test_one_byte_at_a_time_is_still_a_call(system):
    with raw(system) as client:
        for byte in packet(AUTH_LIST):
            client.send(bytes([byte]))
        assert client.receive()[0][5] == 0


def test_many_that_say_half_a_header_keep_nobody_waiting(system):
    with contextlib.ExitStack() as stack:
        for _ in range(15):  # libvirt takes 20 that have not said who they are
            stack.enter_context(raw(system)).send(packet(AUTH_LIST)[:10])
        began = time.monotonic()
        with raw(system).open() as client:
            assert client.call(GET_LIB_VERSION)[0][5] == 0
        assert time.monotonic() - began < 2


def test_announced_giants_take_no_memory(system):
    before = system.resident_kib()
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(raw(system).open()) for _ in range(32)]
        for client in clients:
            client.send(packet(LOOKUP_BY_NAME, string(b"x" * 65536, 4_000_000), length=MAXIMUM))
        assert system.connect().getLibVersion() > 0
        assert system.resident_kib() - before < 96 * 1024


def test_a_client_that_never_reads_is_read_no_more(system):
    before = system.resident_kib()
    with raw(system).open() as client:
        client.socket.settimeout(1)
        call = packet(LIST_ALL_DOMAINS, struct.pack(">iI", 1, 0)) * 1000
        sent = 0
        with contextlib.suppress(socket.timeout, TimeoutError, BrokenPipeError, ConnectionResetError):
            while sent < 256 << 20:
                sent += client.socket.send(call)
        assert sent < 256 << 20, "all of it was taken"
        assert system.resident_kib() - before < 96 * 1024


def test_clients_that_vanish_amid_calls(system):
    call = packet(LIST_ALL_DOMAINS, struct.pack(">iI", 1, 0))
    for _ in range(100):
        with raw(system).open() as client:
            client.send(call * 20)


def test_thousand_connects(system):
    for _ in range(1000):
        raw(system).socket.close()


def test_the_sockets_say_who_may_connect(system):
    modes = {name: os.stat(system.socket_path(name)).st_mode & 0o777
             for name in ["libvirt-sock", "libvirt-sock-ro", "libvirt-admin-sock"]}
    assert modes["libvirt-sock-ro"] == 0o777
    assert modes["libvirt-admin-sock"] == 0o700
    assert modes["libvirt-sock"] in (0o700, 0o777)  # 0777 only where polkit asks
