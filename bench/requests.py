"""What is asked of the servers: a secret over TLS, a token that is kept, a token that is new each time."""

from __future__ import annotations

import ssl
import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from bench.keys import use_keys
from bench.ready import Ready
from bench.servers import (
    ROUNDS,
    SECONDS,
    SERVER,
    Asked,
    bare_server,
    keyless_server,
    on_core,
    rate_of,
    report,
)
from bench.settings import use_settings

HOST = "contoso-orders.vault.azure.net"
SECRET = "/secrets/db-password/?api-version=7.6"
KEPT = "/msi/token?api-version=2019-08-01&resource=https://vault.azure.net"
EXCHANGED = "/msi/token?api-version=2019-08-01&resource=api://AzureADTokenExchange"


def throughput(folder: Path) -> None:
    """Measure each against its yardstick, in alternating rounds."""
    with keyless_server(folder) as ready:
        _secrets(folder, ready)
        _written_secrets(folder, ready)
        use_keys(folder, ready)
        use_settings(folder, ready)
        _kept_tokens(folder, ready)
        _exchanged_tokens(folder, ready)
        _fresh_tokens(folder, ready)


def _secrets(folder: Path, ready: Ready) -> None:
    headers = (f"Host: {HOST}", f"Authorization: Bearer {ready.token}")
    asked = Asked(f"https://127.0.0.1:{ready.tls_port}{SECRET}", headers)
    ours, bare = _against_bare(folder, asked, ready.certificate, SECRET)
    report("GET secret, requests/s", ours, "bare granian, requests/s", bare, "aim: at least 60 %")


def _written_secrets(folder: Path, ready: Ready) -> None:
    """Each makes a version, sealed and on the disk before it is answered; wrk posts what stands for a PUT."""
    path, body = "/secrets/written?api-version=7.6", '{"value": "correct horse battery staple"}'
    headers = (
        f"Host: {HOST}",
        f"Authorization: Bearer {ready.token}",
        "Content-Type: application/json",
        "X-HTTP-Method: PUT",
    )
    asked = Asked(f"https://127.0.0.1:{ready.tls_port}{path}", headers, body)
    answer = (b'{"value": "correct horse battery staple", "id": "https://%s"}' % HOST.encode()).ljust(320)
    ours, bare = [], []
    with bare_server(answer, certificate=ready.certificate, app="posted") as port:
        yardstick = replace(asked, url=f"https://127.0.0.1:{port}{path}")
        for _ in range(ROUNDS):
            bare.append(rate_of(yardstick, folder))
            ours.append(rate_of(asked, folder))
    report("PUT secret, durable, requests/s", ours, "bare granian, nothing kept", bare, "")


def _kept_tokens(folder: Path, ready: Ready) -> None:
    asked = Asked(
        f"http://127.0.0.1:{ready.plain_port}{KEPT}", (f"X-IDENTITY-HEADER: {ready.workload_secret}",)
    )
    ours, bare = _against_bare(folder, asked, None, KEPT)
    report("kept tokens/s", ours, "bare granian, plain, requests/s", bare, "aim: at least 60 %")


def _exchanged_tokens(folder: Path, ready: Ready) -> None:
    """Tokens of a managed identity that are new for each request, as those of the site's own issuer are."""
    asked = Asked(
        f"http://127.0.0.1:{ready.plain_port}{EXCHANGED}", (f"X-IDENTITY-HEADER: {ready.workload_secret}",)
    )
    ours, raw = [], []
    for _ in range(ROUNDS):
        raw.append(_signing_rate())
        ours.append(rate_of(asked, folder))
    report("fresh tokens/s, plain", ours, "RS256 signatures/s", raw, "aim: at least 80 %")


def _fresh_tokens(folder: Path, ready: Ready) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": ready.client_id,
        "client_secret": ready.client_secret,
        "scope": "https://vault.azure.net/.default",
    }
    headers = ("Host: login.microsoftonline.com", "Content-Type: application/x-www-form-urlencoded")
    url = f"https://127.0.0.1:{ready.tls_port}/{ready.tenant_id}/oauth2/v2.0/token"
    asked = Asked(url, headers, urlencode(form))
    rate_of(asked, folder)  # the first proves the secret, which is slow on purpose
    ours, raw, bare = [], [], []
    with bare_server(b"", certificate=ready.certificate, app="signing") as port:
        signing = replace(asked, url=f"https://127.0.0.1:{port}/")
        for _ in range(ROUNDS):
            raw.append(_signing_rate())
            bare.append(rate_of(signing, folder))
            ours.append(rate_of(asked, folder))
    report("fresh tokens/s, over TLS", ours, "RS256 signatures/s", raw, "aim: at least 80 %")
    report("fresh tokens/s, over TLS", ours, "bare granian that signs, TLS", bare, "")


def _against_bare(
    folder: Path, asked: Asked, certificate: str | None, target: str
) -> tuple[list[float], list[float]]:
    """The rates of a request, and those of the same request to a bare server with the same answer."""
    scheme = "https" if certificate else "http"
    ours, bare = [], []
    with bare_server(_answer(asked, certificate), certificate=certificate) as port:
        yardstick = Asked(f"{scheme}://127.0.0.1:{port}{target}", asked.headers)
        for _ in range(ROUNDS):
            bare.append(rate_of(yardstick, folder))
            ours.append(rate_of(asked, folder))
    return ours, bare


def _answer(asked: Asked, certificate: str | None) -> bytes:
    """The bytes that the plane answers: the yardstick returns the same."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False  # the connection goes to an address; the certificate is still verified
    headers = dict(header.split(": ", 1) for header in asked.headers)
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )
    with opener.open(urllib.request.Request(asked.url, headers=headers)) as answer:
        content: bytes = answer.read()
    return content


def _signing_rate() -> float:
    command = on_core(SERVER, [sys.executable, "-m", "bench.signing", str(SECONDS)])
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
