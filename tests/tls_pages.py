"""Pages on this machine, over real TLS, for tests that fetch."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from assertions_made import ec_key

LONG = 256 * 1024 + 1


class _Handler(BaseHTTPRequestHandler):
    """Answers by path."""

    server: Pages

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        if self.path == "/silent":
            self.server.silent.set()
            self.rfile.read()  # until the client hangs up
            return
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "https://localhost/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        published = self.server.published
        body = b"x" * LONG if self.path == "/long" else published.get(self.path, b'{"keys": []}')
        self.send_response(404 if self.path == "/missing" else 200)
        if self.path != "/endless":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
            while self.path == "/endless":
                self.wfile.write(b"x" * 65536)
        except OSError:  # the client has had enough
            return

    def log_request(self, *args: object) -> None:
        """Say nothing."""


class Pages(HTTPServer):
    """The server. ``asked`` are the paths and headers of what was asked."""

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.silent = threading.Event()
        self.published: dict[str, bytes] = {}

    def publish(self, path: str, page: object) -> None:
        """Put JSON at a path."""
        self.published[path] = json.dumps(page).encode()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what some tests are about."""


def certified(directory: Path, name: str) -> Path:
    """A file with a key and a certificate for a name and for 127.0.0.1."""
    key = ec_key("server")
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = directory / f"{name}.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@contextmanager
def serving(certificate: Path) -> Iterator[Pages]:
    """A server with a certificate, for a while."""
    running = Pages(certificate)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
