"""Fetching over real TLS, from a server on this machine."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from assertions_made import ec_key
from keyless.planes.entra import issuer_fetch
from keyless.planes.entra.issuer_fetch import LONGEST_BYTES, FetchFailed, fetch


class _Pages(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "https://localhost/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = b"x" * (LONGEST_BYTES + 1) if self.path == "/long" else b'{"keys": []}'
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


class _Server(HTTPServer):
    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.asked: list[tuple[str, dict[str, str]]] = []

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
def serving(certificate: Path) -> Iterator[_Server]:
    """A server with a certificate, for a while."""
    running = _Server(certificate)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield running
    finally:
        running.shutdown()
        thread.join()
        running.server_close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_Server]:
    """A server whose certificate this machine trusts."""
    certificate = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as running:
        yield running


def url(server: _Server, path: str, host: str = "localhost") -> str:
    return f"https://{host}:{server.server_port}{path}"


async def test_what_is_published_is_fetched(server: _Server) -> None:
    assert await fetch(url(server, "/keys"), loopback=True) == b'{"keys": []}'
    assert await fetch(url(server, "/keys", "127.0.0.1"), loopback=True) == b'{"keys": []}'
    path, headers = server.asked[0]
    assert path == "/keys"
    assert headers["Host"] == f"localhost:{server.server_port}"
    assert "Authorization" not in headers
    assert "Cookie" not in headers


async def test_this_machine_is_not_asked_unless_allowed(server: _Server) -> None:
    with pytest.raises(FetchFailed, match="is this machine"):
        await fetch(url(server, "/keys"), loopback=False)
    assert server.asked == []


async def test_a_redirect_is_not_followed(server: _Server) -> None:
    with pytest.raises(FetchFailed, match="status 302"):
        await fetch(url(server, "/moved"), loopback=True)
    assert [path for path, _ in server.asked] == ["/moved"]


@pytest.mark.parametrize(
    ("path", "why"), [("/missing", "status 404"), ("/long", "longer than"), ("/endless", "longer than")]
)
async def test_an_answer_that_is_no_use_is_told_as_such(server: _Server, path: str, why: str) -> None:
    with pytest.raises(FetchFailed, match=why):
        await fetch(url(server, path), loopback=True)


async def test_a_slow_answer_ends_in_time(server: _Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_fetch, "WITHIN_S", -1.0)
    with pytest.raises(FetchFailed, match="did not answer within"):
        await fetch(url(server, "/endless"), loopback=True)


async def test_a_certificate_that_is_not_trusted_ends_it(
    server: _Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(FetchFailed, match="does not verify"):
        await fetch(url(server, "/keys"), loopback=True)
    assert server.asked == []


async def test_a_certificate_of_another_name_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = certified(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(certificate) as server:
        assert await fetch(url(server, "/keys", "127.0.0.1"), loopback=True)
        with pytest.raises(FetchFailed, match="does not verify"):
            await fetch(url(server, "/keys"), loopback=True)
        assert len(server.asked) == 1


async def test_where_nobody_listens_nothing_is_fetched(server: _Server) -> None:
    with pytest.raises(FetchFailed, match="cannot be fetched"):
        await fetch("https://localhost:1/keys", loopback=True)
