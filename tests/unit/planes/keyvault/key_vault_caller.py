"""Calling a vault past the dispatcher: through the plane's router, body types and error shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import msgspec

from keyless.model.resources import Vault
from keyless.wire.call import MINT, Authorized, Reply
from keyless.wire.errors import WireError
from keyless.wire.plane import Failure, Plane
from keyless.wire.request import HeaderMap, Request
from keyless.wire.routing import Router
from vault_schemas import DOCUMENTS

SUBSCRIPTION = "/subscriptions/5e1f0000-0000-4000-8000-000000000001"
GROUP = f"{SUBSCRIPTION}/resourceGroups/orders-rg/providers/Microsoft.KeyVault/vaults"


def make_vault(name: str = "contoso-orders", **settings: Any) -> Vault:
    """A vault in the tests' subscription."""
    return Vault(f"{GROUP}/{name}", name, "westeurope", **settings)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, decoded JSON (none for an empty body), and the operation's own headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def codes(self) -> tuple[int, str, str | None]:
        """The status, the error's code and its inner code."""
        error = self.body["error"]
        return self.status, error["code"], error.get("innererror", {}).get("code")


class Caller:
    """Calls a plane's operations as the dispatcher would, once it has let a caller through."""

    def __init__(self, plane: Plane, vault: Vault, now: int) -> None:
        self.plane = plane
        self.vault = vault
        self.now = now
        self._router = Router(plane.operations)

    def at(self, seconds: int) -> Caller:
        """The same caller, some seconds later."""
        return Caller(self.plane, self.vault, self.now + seconds)

    def of(self, vault: Vault) -> Caller:
        """The same caller, at another vault."""
        return Caller(self.plane, vault, self.now)

    async def call(
        self, method: str, path: str, body: object = None, *, query: str = "", api_version: str = "7.4"
    ) -> Answer:
        """Call an operation; errors come back in the plane's own form. Answers are held to the documents."""
        host = f"{self.vault.name}.vault.azure.net"
        query = f"api-version={api_version}&{query}".rstrip("&")
        request = Request(method, host, path, query, HeaderMap({}), self.now, "request-1")
        try:
            result = await self._handle(request, body, api_version)
        except WireError as error:
            rendered = self.plane.shape(Failure(error, request, self.vault, "tenant"))
            return _checked(request, rendered.status, rendered.body)
        reply = result if isinstance(result, Reply) else Reply(result)
        body = b"" if reply.body is None else msgspec.json.encode(reply.body)
        return _checked(request, reply.status, body, dict(reply.headers))

    async def _handle(self, request: Request, body: object, api_version: str) -> object:
        match = self._router.match(request.method, request.path)
        assert match is not None, f"no operation at {request.method} {request.path}"
        operation = match.operation
        named = {n: v for n in operation.query_params if (v := request.query.get(n)) is not None}
        params = {**match.params, **named}
        operation.access.scope(self.vault, params)
        call: Authorized[object] = Authorized(
            MINT,
            request=request,
            resource=self.vault,
            params=params,
            body=msgspec.convert(body, operation.body) if operation.body else None,
            api_version=api_version,
            caller=None,
            workload=None,
        )
        return await operation.handler(call, self.plane.service)


def _checked(
    request: Request, status: int, body: bytes, headers: Mapping[str, str] = MappingProxyType({})
) -> Answer:
    DOCUMENTS.check(request.method, request.path, request.query_string, status, body)
    return Answer(status, msgspec.json.decode(body) if body else None, headers)
