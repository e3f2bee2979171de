# SPDX-License-Identifier: Apache-2.0
"""What is done to a running guest from outside, through stock virsh and python3-libvirt."""
import json
import os
import re
import socket
import subprocess
from pathlib import Path

import libvirt
import pytest

from lab import domains

KEYBOARD = "<input type='keyboard' bus='virtio'/>"


def screen(name: str) -> str:
    """A guest that shows its firmware on a screen."""
    return domains.tiny(name).replace("</devices>", "<graphics type='vnc' autoport='yes'/><video><model type='vga'/></video></devices>")


def test_the_monitor_takes_commands(system):
    system.define(domains.tiny("tiny")).create()
    answer = json.loads(system.ask("qemu-monitor-command", "tiny", '{"execute": "query-status"}'))
    assert answer["return"]["status"] == "running"
    assert "VM status: running" in system.ask("qemu-monitor-command", "tiny", "--hmp", "info status")
    refused = json.loads(system.ask("qemu-monitor-command", "tiny", '{"execute": "no-such-thing"}'))
    assert refused["error"]["class"] == "CommandNotFound"
    assert "commands by hand" in system.log_tail() or "libvirtd" in str(system.command)


@pytest.mark.parametrize("program", ["virsh", "vireo"])
def test_the_monitor_takes_files(system, pytestconfig, program):
    """QEMU reads what is in a file that it has no name of: a descriptor of the client's came along."""
    if program == "vireo":
        program = pytestconfig.getoption("--client-program") or pytest.skip("there is no vireo beside this daemon")
    system.define(domains.tiny("tiny")).create()
    file = os.memfd_create("passed")
    try:
        done = subprocess.run([program, "-c", system.uri, "qemu-monitor-command", "tiny", "--pass-fds", str(file),
                               json.dumps({"execute": "add-fd", "arguments": {"fdset-id": 7}})],
                              pass_fds=[file], capture_output=True, text=True, timeout=60)
    finally:
        os.close(file)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["return"]["fdset-id"] == 7
    (pid,) = system.emulators()
    assert any("memfd:passed" in os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir())


def test_keys_reach_the_guest(system):
    """Linux tells of each key under the number that was sent: evdev's events are 24 bytes, type 1 is a key."""
    _, console, _ = system.boot("linux", devices=KEYBOARD)
    with console:
        console.send("for e in /sys/class/input/event*; do grep -q 'Virtio Keyboard' $e/device/name && echo key''board=${e##*/}; done\n")
        event = console.expect(r"keyboard=(event\d+)")[1]
        console.send(f"(echo rea''dy; dd bs=24 count=15 2>/dev/null | hexdump -v -e '24/1 \"%02x\" \"\\n\"'; echo no''more) </dev/input/{event}\n")
        console.expect("ready")
        system.ask("send-key", "linux", "KEY_LEFTCTRL", "KEY_DELETE")
        system.ask("send-key", "linux", "--codeset", "win32", "VK_A")
        system.ask("send-key", "linux", "--codeset", "usb", "40")
        system.ask("send-key", "linux", "--codeset", "usb", "41")
        text = console.expect(r"(?s)(.*)nomore")[1]
        assert keys_of(text)[:3] == [29, 111, 30]


def keys_of(text: str) -> list[int]:
    """The codes of keys that went down, in order."""
    found = []
    for line in re.findall(r"[0-9a-f]{48}", text):
        event = bytes.fromhex(line)
        kind, code, value = event[16] | event[17] << 8, event[18] | event[19] << 8, event[20]
        if kind == 1 and value == 1:
            found.append(code)
    return found


def test_a_display_tells_where_it_listens(system):
    """What the host chose is in the live definition, which clients read it from, and not in that of the next start."""
    domain = system.define(screen("tiny"))
    domain.create()
    assert re.fullmatch(r"127\.0\.0\.1:\d+", system.ask("vncdisplay", "tiny"))
    assert "127.0.0.1" not in domain.XMLDesc(libvirt.VIR_DOMAIN_XML_INACTIVE)


def test_a_screenshot_is_a_picture(system, tmp_path):
    system.define(screen("tiny")).create()
    picture = tmp_path / "picture"
    assert re.search(r"Screenshot saved to \S+, with type of image/png", system.ask("screenshot", "tiny", str(picture)))
    assert picture.read_bytes().startswith(b"\x89PNG") and b"IEND" in picture.read_bytes()[-16:]
    refused = system.virsh("screenshot", "tiny", str(tmp_path / "other"), "--screen", "1")
    assert refused.returncode != 0
    assert not [path for path in system.root.rglob("screen-*")]


def test_an_nmi_is_injected(system):
    system.define(domains.tiny("tiny")).create()
    system.ask("inject-nmi", "tiny")


def test_bytes_go_through_a_channel(system):
    channel = "<channel type='unix'><target type='virtio' name='org.example.echo'/></channel>"
    domain, console, _ = system.boot("linux", devices=channel)
    with console:
        console.send("for p in /sys/class/virtio-ports/*; do grep -q example $p/name && port=/dev/${p##*/}; done; exec 5<>$port\n")
        console.expect("guest# ")
        console.send("while :; do cat <&5 >&5; sleep 0.1; done & echo rea''dy\n")  # the end while the host is not there
        console.expect("ready")
        connection = domain.connect()
        stream = connection.newStream()
        domain.openChannel("org.example.echo", stream)
        stream.send(b"hello\n")
        echo = b""
        while not echo.endswith(b"\n"):
            echo += stream.recv(100)
        assert echo == b"hello\n"
        second = connection.newStream()
        with pytest.raises(libvirt.libvirtError):
            domain.openChannel("org.example.echo", second)
        stream.finish()


def test_a_guest_that_does_not_sleep_is_not_woken(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    for call in (domain.pMWakeup, lambda: domain.pMSuspendForDuration(0, 5)):
        with pytest.raises(libvirt.libvirtError):
            call()


def test_a_display_is_opened_without_the_network(system):
    domain = system.define(screen("tiny"))
    domain.create()
    with socket.socket(fileno=domain.openGraphicsFD(0)) as viewer:
        assert viewer.recv(12).startswith(b"RFB")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        domain.openGraphics(0, theirs.fileno(), libvirt.VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH)
        assert ours.recv(12).startswith(b"RFB")
    with pytest.raises(libvirt.libvirtError):
        domain.openGraphicsFD(1)


@pytest.mark.beyond_libvirtd
def test_logs_go_when_they_are_not_wanted(system):
    domain = system.define(domains.tiny("tiny"))
    domain.create()
    assert [path for path in system.root.rglob("tiny.log")]
    domain.destroyFlags(libvirt.VIR_DOMAIN_DESTROY_REMOVE_LOGS)
    assert not [path for path in system.root.rglob("tiny.log*")]
