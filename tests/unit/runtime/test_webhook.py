"""Webhooks: asked before they are told, told as Event Grid tells, and only where they may be."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from keyless.gateway.authority import Authority
from keyless.model.events import Destination, EventSubscription, EventType, Subject, VaultEvent, Waiting
from keyless.model.webhooks import problem_with_webhook, without_query
from keyless.planes.keyvault.events.deliver import Answer
from keyless.runtime.webhook import ORIGIN, Webhook

EVENT = VaultEvent(
    "id-1",
    EventType.SECRET_EXPIRED,
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
    "v",
    1_800_000_000,
    Subject("https://v.vault.azure.net/secrets/db/1", "Secret", "db", "1"),
)
WAITING = Waiting(EVENT, Destination.WEBHOOK, 0, 0, attempts=2)


class Heard:
    """What a server was asked, and how it answers."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.options: tuple[int, dict[str, str]] = (200, {"WebHook-Allowed-Origin": ORIGIN})
        self.post: tuple[int, dict[str, str]] = (200, {})


@contextmanager
def serving(heard: Heard, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A webhook's address, while it is served."""

    class Handler(BaseHTTPRequestHandler):
        def do_OPTIONS(self) -> None:
            self._answer(*heard.options)

        def do_POST(self) -> None:
            self._answer(*heard.post)

        def _answer(self, status: int, headers: Mapping[str, str]) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            seen = {name.lower(): value for name, value in self.headers.items()}
            heard.requests.append((self.command, self.path, seen, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    scheme = "http" if context is None else "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://localhost:{server.server_port}/events?functionName=k"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def url(heard: Heard) -> Iterator[str]:
    with serving(heard) as address:
        yield address


async def tell(webhook: Webhook, url: str) -> Answer:
    return await webhook(WAITING, EventSubscription("v", webhook=url))


async def test_it_is_asked_once_and_told_each_event(heard: Heard, url: str) -> None:
    webhook = Webhook()
    assert [await tell(webhook, url), await tell(webhook, url)] == [Answer(), Answer()]
    assert [(method, path) for method, path, _, _ in heard.requests] == [
        ("OPTIONS", "/events?functionName=k"),
        ("POST", "/events?functionName=k"),
        ("POST", "/events?functionName=k"),
    ]
    _, _, asked, _ = heard.requests[0]
    assert asked["webhook-request-origin"] == "eventgrid.azure.net"
    _, _, told, body = heard.requests[1]
    assert told["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert (told["aeg-event-type"], told["aeg-delivery-count"]) == ("Notification", "1")
    assert json.loads(body)["type"] == "Microsoft.KeyVault.SecretExpired"


@pytest.mark.parametrize(
    "options",
    [
        (200, {}),
        (404, {"WebHook-Allowed-Origin": "*"}),
        (200, {"WebHook-Allowed-Origin": "eventgrid.example"}),
    ],
)
async def test_one_that_does_not_agree_is_told_nothing(
    heard: Heard, url: str, options: tuple[int, dict[str, str]]
) -> None:
    heard.options = options
    answer = await tell(Webhook(), url)
    assert (answer.final, "WebHook-Allowed-Origin" in answer.problem) == (False, True)
    assert [method for method, _, _, _ in heard.requests] == ["OPTIONS"]


async def test_any_origin_is_an_agreement_too(heard: Heard, url: str) -> None:
    heard.options = (204, {"WebHook-Allowed-Origin": "*"})
    assert await tell(Webhook(), url) == Answer()


@pytest.mark.parametrize(
    ("status", "taken", "final"),
    [
        (200, True, False),
        (204, True, False),
        (205, False, False),
        (302, False, False),
        (400, False, True),
        (401, False, True),
        (403, False, True),
        (404, False, False),
        (413, False, True),
        (429, False, False),
        (503, False, False),
    ],
)
async def test_what_an_answer_means_is_as_event_grid_has_it(
    heard: Heard, url: str, status: int, taken: bool, final: bool
) -> None:
    heard.post = (status, {"Location": "http://localhost:1/elsewhere"})
    answer = await tell(Webhook(), url)
    assert (not answer.problem, answer.final) == (taken, final)
    assert len(heard.requests) == 2  # no redirect was followed


async def test_one_that_is_not_there_is_worth_another_attempt() -> None:
    with serving(Heard()) as url:
        pass
    answer = await tell(Webhook(), url)
    assert answer == Answer("it cannot be reached (ConnectionRefusedError)")


async def test_one_that_keeps_silent_holds_nothing_up(
    heard: Heard, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = threading.Event()
    monkeypatch.setattr("keyless.runtime.webhook.WITHIN_S", 0.05)
    monkeypatch.setattr("keyless.runtime.webhook._agrees", lambda url: silent.wait(5))
    try:
        assert (await tell(Webhook(), url)).problem.startswith("it did not answer within")
    finally:
        silent.set()


async def test_one_that_never_ends_its_answer_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.runtime.webhook.WITHIN_S", 0.1)
    hung_up = threading.Event()

    def go_on(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(10)
            try:
                while not hung_up.wait(0.01):
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            except OSError:
                hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=go_on, args=(server,), daemon=True).start()
        answer = await tell(Webhook(), f"http://127.0.0.1:{server.getsockname()[1]}/events")
        assert not answer.final
        assert await asyncio.to_thread(hung_up.wait, 2)


async def test_plain_http_goes_to_this_machine_by_its_address_whatever_the_name_means(
    heard: Heard, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ipaddress.IPv4Address.is_loopback", False)
    assert (await tell(Webhook(), url)).problem == "it cannot be reached (OSError)"
    assert heard.requests == []


async def test_a_certificate_that_nobody_vouches_for_is_told_nothing(
    heard: Heard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority.open(tmp_path, dt.datetime.now(dt.UTC))
    leaf = authority.issue_leaf(["localhost"], (), dt.datetime.now(dt.UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.chain, leaf.key)
    with serving(heard, context) as url:
        answer = await tell(Webhook(), url)
        assert answer == Answer("it cannot be reached (SSLCertVerificationError)")
        assert heard.requests == []
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert await tell(Webhook(), url) == Answer()


async def test_an_address_that_no_webhook_may_have_is_not_asked() -> None:
    answer = await tell(Webhook(), "http://10.0.0.1/events")
    assert (answer.final, "https" in answer.problem) == (True, True)


@pytest.mark.parametrize(
    "url",
    [
        "https://func.azurewebsites.net/api/rotate?functionName=abc",
        "http://localhost:7071/runtime",
        "http://127.0.0.1/",
        "http://127.8.9.1:80/x",
        "http://[::1]:7071/x",
    ],
)
def test_addresses_that_may_be(url: str) -> None:
    assert problem_with_webhook(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "http://169.254.169.254/metadata",
        "http://localhost.example.org/",
        "http://2130706433/",
        "http://0.0.0.0/",
        "http://[::ffff:10.0.0.1]/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "https:///events",
        "https://user:password@example.org/",
        "https://example.org/#part",
        "https://example.org/rotate?Code=abc",
        "https://example.org/rotate?a=1&sig=abc",
        "https://example.org:99999/",
        "https://example.org/a b",
        "https://example.org/\r\nHost: x",
        "https://exämple.org/",
        "localhost:7071",
        "",
    ],
)
def test_addresses_that_may_not_be(url: str) -> None:
    assert problem_with_webhook(url) is not None


def test_the_query_of_an_address_is_not_shown() -> None:
    assert without_query("https://example.org/events?code=abc") == "https://example.org/events?…"
    assert without_query("https://example.org/events") == "https://example.org/events"
