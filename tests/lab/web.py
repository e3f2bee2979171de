# SPDX-License-Identifier: Apache-2.0
"""A server of files on the loopback, as good or as bad as a test wants it."""
import hashlib
import http.server
import ssl
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Behaviour:
    ranges: bool = True
    break_after: int | None = None  # bytes of each answer
    pause: float = 0  # seconds between two pieces
    lie_about_ranges: bool = False  # another part is sent than was asked for


class Authority:
    """A certificate authority in a folder, and a certificate of its for 127.0.0.1."""

    def __init__(self, place: Path):
        self.certificate, self.place = place / "authority.crt", place
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self.openssl("req", "-x509", *key, "-keyout", place / "authority.key", "-out", self.certificate, "-subj", "/CN=Test authority",
                     "-days", "2")
        self.openssl("req", *key, "-keyout", place / "server.key", "-out", place / "server.csr", "-subj", "/CN=localhost")
        (place / "names").write_text("subjectAltName=IP:127.0.0.1\n")
        self.openssl("x509", "-req", "-in", place / "server.csr", "-CA", self.certificate, "-CAkey", place / "authority.key",
                     "-CAcreateserial", "-extfile", place / "names", "-days", "2", "-out", place / "server.crt")
        self.certificate.chmod(0o644)

    def openssl(self, *arguments) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.place / "server.crt", self.place / "server.key")
        return context


@dataclass
class Web:
    """Files by their names. `asked` has each request: method, name, the part that was asked for."""
    files: dict[str, bytes]
    authority: Authority | None = None  # then it speaks https
    behaviour: Behaviour = field(default_factory=Behaviour)
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def __enter__(self) -> "Web":
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                web.answer(self, True)

            def do_HEAD(self):
                web.answer(self, False)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if self.authority:
            self.server.socket = self.authority.context().wrap_socket(self.server.socket, server_side=True)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()

    def url(self, name: str) -> str:
        return f"{'https' if self.authority else 'http'}://127.0.0.1:{self.server.server_port}/{name}"

    def parts_of(self, name: str) -> list[str]:
        return [part for method, asked, part in self.asked if asked == name and method == "GET"]

    def answer(self, handler: http.server.BaseHTTPRequestHandler, with_body: bool) -> None:
        name, part = handler.path.lstrip("/"), handler.headers.get("Range", "")
        self.asked.append((handler.command, name, part))
        content = self.files.get(name)
        if content is None:
            handler.send_error(404)
            return
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        begin = 0
        if part and self.behaviour.ranges and handler.headers.get("If-Range", etag) == etag:
            begin = int(part.removeprefix("bytes=").removesuffix("-"))
        status = 206 if begin else 200
        if self.behaviour.lie_about_ranges:
            begin = 0
        body = content[begin:]
        handler.send_response(status)
        if status == 206:
            handler.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        handler.send_header("ETag", etag)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if with_body:
            self.send(handler, body)

    def send(self, handler: http.server.BaseHTTPRequestHandler, body: bytes) -> None:
        limit = self.behaviour.break_after if self.behaviour.break_after is not None else len(body)
        try:
            for at in range(0, min(limit, len(body)), 65536):
                handler.wfile.write(body[at:min(at + 65536, limit)])
                time.sleep(self.behaviour.pause)
        except OSError:  # the client went away
            handler.close_connection = True
        if limit < len(body):
            handler.close_connection = True
