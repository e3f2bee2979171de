# SPDX-License-Identifier: Apache-2.0
"""libvirt's protocol by hand, to say what no client library would."""
import socket
import struct
from pathlib import Path

REMOTE, KEEPALIVE = 0x20008086, 0x6B656570
CALL, REPLY, MESSAGE, STREAM = 0, 1, 2, 3
OPEN, CLOSE, GET_LIB_VERSION, LOOKUP_BY_NAME, AUTH_LIST, LIST_ALL_DOMAINS = 1, 2, 157, 23, 66, 273
LAST_PROCEDURE = 443
MAXIMUM = 33_554_432  # bytes of a message, without the word that tells its length


def packet(procedure: int, body: bytes = b"", program: int = REMOTE, version: int = 1, kind: int = CALL, serial: int = 0,
           status: int = 0, length: int | None = None) -> bytes:
    header = struct.pack(">IIiiIi", program, version, procedure, kind, serial, status)
    return struct.pack(">I", 4 + len(header) + len(body) if length is None else length) + header + body


def string(text: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(text) if length is None else length) + text + b"\0" * (-len(text) % 4)


class RawClient:
    def __init__(self, path: Path, patience: float = 10):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(patience)
        self.socket.connect(str(path))

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False when the daemon has closed the connection."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _bytes(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            try:
                more = self.socket.recv(count - len(data))
            except ConnectionResetError:
                more = b""
            if not more:
                return b""
            data += more
        return data

    def receive(self) -> tuple[tuple, bytes] | None:
        """Header fields (program, version, procedure, type, serial, status) and body of a message; None when closed."""
        if not (word := self._bytes(4)):
            return None
        rest = self._bytes(struct.unpack(">I", word)[0] - 4)
        return (struct.unpack(">IIiiIi", rest[:24]), rest[24:]) if rest else None

    def call(self, procedure: int, body: bytes = b"", **header) -> tuple[tuple, bytes] | None:
        return self.receive() if self.send(packet(procedure, body, **header)) else None

    def open(self, read_only: bool = False) -> "RawClient":
        name_and_flags = struct.pack(">I", 1) + string(b"qemu:///system") + struct.pack(">I", int(read_only))
        for procedure, body in [(AUTH_LIST, b""), (OPEN, name_and_flags)]:
            answer = self.call(procedure, body)
            assert answer and answer[0][5] == 0, f"procedure {procedure}: {answer}"
        return self
