"""What a configuration store answers in a second, over TLS, authorised and recorded.

One key-value; a list of a thousand, page after page; a list that has not changed, which is what providers ask
for to see whether something has; a key-value written, on the disk before it is answered. Each beside a bare
server that answers the same requests with the same bytes, and keeps nothing.
"""

from __future__ import annotations

import ssl
import time
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.ready import Ready
from bench.servers import ROUNDS, Asked, bare_server, rate_for_processor, report
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.store.ports import Store

STORE = "contoso-config"
HOST = f"{STORE}.azconfig.io"
VERSION = "api-version=2026-04-01"
ONE = f"/kv/orders%3A0007?{VERSION}"
LIST = f"/kv?{VERSION}&key=%2A"
WRITTEN = f"/kv/written?{VERSION}"
COUNT = 1000
AIM = "aim: at least 60 %"


class Measured(NamedTuple):
    """A request, with what the plane answers: the yardstick returns the same."""

    what: str
    asked: Asked
    answer: bytes
    status: int = 200
    aim: str = ""


class _Answer(NamedTuple):
    body: bytes
    etag: str


async def make_settings(store: Store) -> None:
    """Give the store its key-values."""
    key_values, now = KeyValues(store), int(time.time())
    for number in range(COUNT):
        content = Content(f"a value of usual length, {number}", "text/plain", {"team": "orders"})
        await key_values.set(STORE, Name(f"orders:{number:04d}"), content, now)


def use_settings(folder: Path, ready: Ready) -> None:
    """Measure each against its yardstick, in alternating rounds, by the processor's time."""
    if not Path("/proc/self/stat").exists():
        print("there is no /proc here: configuration stores are NOT measured")
        return
    for measured in _measured(ready):
        _use(folder, ready, measured)


def _measured(ready: Ready) -> list[Measured]:
    headers = (f"Host: {HOST}", f"Authorization: Bearer {ready.store_token}")
    base = f"https://127.0.0.1:{ready.tls_port}"
    one, first = Asked(base + ONE, headers), Asked(base + LIST, headers)
    targets, page = _pages(first, ready.certificate)
    unchanged = replace(first, headers=(*headers, f"If-None-Match: {page.etag}"))
    body = '{"value": "correct horse battery %d"}'
    written = Asked(base + WRITTEN, (*headers, "Content-Type: application/json"), body, "PUT")
    return [
        Measured("get one", one, _ask(one, ready.certificate).body, aim=AIM),
        Measured(f"list {COUNT:,}: one page of {len(targets)}", replace(first, targets=targets), page.body),
        Measured("list, not modified", unchanged, b"", 304, AIM),
        Measured("set, durable", written, _ask(one, ready.certificate).body),
    ]


def _pages(first: Asked, certificate: str) -> tuple[tuple[str, ...], _Answer]:
    """What is asked for to read a whole list, and the first page of it."""
    answer = page = _ask(first, certificate)
    base = first.url.removesuffix(LIST)
    targets = [LIST]
    while link := msgspec.json.decode(answer.body).get("@nextLink"):
        targets.append(link)
        answer = _ask(replace(first, url=base + link), certificate)
    return tuple(targets), page


def _use(folder: Path, ready: Ready, measured: Measured) -> None:
    asked, pid_file = measured.asked, folder / "bare.pid"
    app = "posted" if asked.body else "unchanged" if measured.status == 304 else "app"
    ours, bare = [], []
    with bare_server(measured.answer, certificate=ready.certificate, app=app, pid_file=pid_file) as port:
        yardstick = replace(asked, url=asked.url.replace(f":{ready.tls_port}/", f":{port}/"))
        for _ in range(ROUNDS):
            bare.append(rate_for_processor(yardstick, folder, int(pid_file.read_text())))
            ours.append(rate_for_processor(asked, folder, ready.pid))
    print(f"configuration store, {measured.what}, over TLS, by seconds of the processor:")
    report("requests/s", ours, "bare granian, requests/s", bare, measured.aim)


def _ask(asked: Asked, certificate: str) -> _Answer:
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False  # the connection goes to an address; the certificate is still verified
    headers = dict(header.split(": ", 1) for header in asked.headers)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(urllib.request.Request(asked.url, headers=headers)) as answer:
        return _Answer(answer.read(), answer.headers["etag"])
