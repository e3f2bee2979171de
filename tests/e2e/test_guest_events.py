# SPDX-License-Identifier: Apache-2.0
"""What clients are told of guests' devices."""
import socket
import xml.etree.ElementTree as ElementTree


from lab import domains
from lab.console import Console
from test_events import told  # noqa: F401  (a fixture)
from test_guest_agent import CHANNEL


def test_the_coming_and_going_of_the_agent(system, told):
    _, console, _ = system.boot("linux", devices=CHANNEL)
    with console:
        told.expect(r"event 'agent-lifecycle' for domain 'linux': state: 'disconnected' reason: 'domain started'")
        told.expect(r"event 'agent-lifecycle' for domain 'linux': state: 'connected' reason: 'channel event'")


def test_texts_and_clock_and_balloon(system, told):
    domain, console, _ = system.boot("linux", devices="<memballoon model='virtio'/>")
    with console:
        system.ask("desc", "linux", "--live", "new words")
        told.expect(r"event 'metadata-change' for domain 'linux': type description")
        system.ask("setmem", "linux", "220M", "--live")
        told.expect(r"event 'balloon-change' for domain 'linux': \d+KiB")
        console.send("hwclock -w -u\n")
        told.expect(r"event 'rtc-change' for domain 'linux': -?\d+")


def test_a_client_of_the_display(system, told):
    system.define(domains.tiny("tiny").replace(
        "</devices>", "<graphics type='vnc' autoport='yes'/><video><model type='vga'/></video></devices>")).create()
    port = int(ElementTree.fromstring(system.ask("dumpxml", "tiny")).find("devices/graphics").get("port"))
    with socket.create_connection(("127.0.0.1", port)) as viewer:
        assert viewer.recv(12).startswith(b"RFB")
        told.expect(rf"event 'graphics' for domain 'tiny': connect local\[IPv4 127.0.0.1 {port}\] remote\[IPv4 127.0.0.1 \d+\]")
    told.expect(r"event 'graphics' for domain 'tiny': disconnect local")


def test_the_monitor_itself(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    with Console(["virsh", "-c", system.uri, "qemu-monitor-event", "tiny", "--loop"]) as events:
        while "event STOP" not in events.text:
            domain.suspend()
            domain.resume()
            events.read(0.2)
        events.expect(r"event STOP at \d+\.\d+ for domain 'tiny': <null>")
