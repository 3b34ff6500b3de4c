"""Requests as they are written, from a workload's place: nothing is added that a client library would add."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

METADATA_HOST = "169.254.169.254"
TOKEN_PATH = "/metadata/identity/oauth2/token"
_LIMIT_S = 20


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are lower case."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Wire:
    """What a workload can send: through the proxy, or to its identity endpoint."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        proxy = urlsplit(environment["HTTPS_PROXY"])
        self._proxy = (proxy.hostname or "", proxy.port or 0)
        proof = base64.b64encode(f"{proxy.username}:{proxy.password}".encode()).decode()
        self._proof = {"Proxy-Authorization": f"Basic {proof}"}
        self._trust = ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        host_header: str | None = None,
    ) -> Answer:
        """Send a request over TLS, through a tunnel; the path and query go out exactly as they are given."""
        host, _, target = url.removeprefix("https://").partition("/")
        connection = http.client.HTTPSConnection(*self._proxy, context=self._trust, timeout=_LIMIT_S)
        connection.set_tunnel(host, 443, self._proof)
        return _exchange(
            connection, method, f"/{target}", {"Host": host_header or host, **(headers or {})}, body
        )

    def metadata(
        self, target: str, headers: Mapping[str, str] | None = None, *, tunnel: bool = False
    ) -> Answer:
        """Ask the metadata service through the proxy: in absolute form or, as some clients do, a tunnel."""
        connection = http.client.HTTPConnection(*self._proxy, timeout=_LIMIT_S)
        if tunnel:
            connection.set_tunnel(METADATA_HOST, 80, self._proof)
            return _exchange(connection, "GET", target, {"Host": METADATA_HOST, **(headers or {})}, None)
        return _exchange(
            connection, "GET", f"http://{METADATA_HOST}{target}", {**self._proof, **(headers or {})}, None
        )

    def plain(self, port: int, target: str, headers: Mapping[str, str]) -> Answer:
        """Ask a plain port of this machine through the proxy, as clients do that heed no `NO_PROXY`."""
        connection = http.client.HTTPConnection(*self._proxy, timeout=_LIMIT_S)
        url = f"http://127.0.0.1:{port}{target}"
        return _exchange(connection, "GET", url, {**self._proof, **headers}, None)

    def identity(self, query: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask the identity endpoint of App Service, with the workload's own header."""
        place = urlsplit(self._environment["IDENTITY_ENDPOINT"])
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=_LIMIT_S)
        proof = {"X-IDENTITY-HEADER": self._environment["IDENTITY_HEADER"]}
        return _exchange(connection, "GET", f"{place.path}?{query}", headers or proof, None)

    def bearer(self, resource: str) -> dict[str, str]:
        """The header with the workload's own token for a resource."""
        answer = self.identity(urlencode({"api-version": "2019-08-01", "resource": resource}))
        assert answer.status == 200, answer.body
        return {"Authorization": f"Bearer {answer.json['access_token']}"}


def claims_of(token: str) -> dict[str, Any]:
    """What a token says."""
    encoded = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    return claims


def _exchange(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> Answer:
    try:
        connection.request(method, target, body, dict(headers))
        response = connection.getresponse()
        told = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, response.reason, told, response.read())
    finally:
        connection.close()
