"""Calling a configuration store past the dispatcher: through router, body types, error shape and JSON.

Every answer is held to the public documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

import msgspec

from configuration_schemas import DOCUMENTS
from keyless.model.resources import ConfigurationStore
from keyless.wire.call import MINT, Authorized, Reply
from keyless.wire.errors import WireError
from keyless.wire.operation import Requires
from keyless.wire.plane import Failure, Plane
from keyless.wire.request import HeaderMap, Request
from keyless.wire.routing import Router

GROUP = "/subscriptions/5e1f0000-0000-4000-8000-000000000001/resourceGroups/orders-rg"
API_VERSION = "2026-04-01"


def make_store(name: str = "contoso-orders") -> ConfigurationStore:
    """A configuration store in the tests' subscription."""
    resource_id = f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/{name}"
    return ConfigurationStore(resource_id, name, "westeurope")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: ``body`` is decoded JSON (none where it is empty), ``text`` as it was sent."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        """The decoded body."""
        return msgspec.json.decode(self.text) if self.text else None

    @property
    def etag(self) -> str:
        """The `ETag` header, quotes and all."""
        return self.headers["etag"]

    @property
    def keys(self) -> list[str]:
        """The keys of a list's items."""
        return [item["key"] for item in self.body["items"]]

    @property
    def names(self) -> list[str | None]:
        """The names of a list's items."""
        return [item["name"] for item in self.body["items"]]


class Caller:
    """Calls a plane's operations as the dispatcher would, once it has let a caller through."""

    def __init__(self, plane: Plane, store: ConfigurationStore, now: int, api_version: str = API_VERSION):
        self.plane = plane
        self.store = store
        self.now = now
        self.api_version = api_version
        self._router = Router(plane.operations)

    def later(self, seconds: int) -> Caller:
        """The same caller, some seconds later."""
        return Caller(self.plane, self.store, self.now + seconds, self.api_version)

    def speaking(self, api_version: str) -> Caller:
        """The same caller, with another api-version."""
        return Caller(self.plane, self.store, self.now, api_version)

    def of(self, store: ConfigurationStore) -> Caller:
        """The same caller, at another configuration store."""
        return Caller(self.plane, store, self.now, self.api_version)

    async def get(self, path: str, **query: Any) -> Answer:
        """GET; ``headers`` apart, keywords are query parameters (``select`` stands for `$Select`)."""
        return await self.call("GET", path, **query)

    async def put(self, path: str, body: object = None, **query: Any) -> Answer:
        """PUT, with a key-value's body where one is given."""
        return await self.call("PUT", path, body, **query)

    async def delete(self, path: str, **query: Any) -> Answer:
        """DELETE."""
        return await self.call("DELETE", path, **query)

    async def follow(self, answer: Answer, **query: Any) -> Answer:
        """GET the next page."""
        link = urlsplit(answer.body["@nextLink"])
        return await self.send("GET", unquote(link.path), link.query, None, query.get("headers") or {})

    async def pages(self, path: str, **query: Any) -> list[Answer]:
        """Every page of a list."""
        found = [await self.get(path, **query)]
        while "@nextLink" in found[-1].body:
            found.append(await self.follow(found[-1], headers=query.get("headers")))
        return found

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        """Call an operation; lists among the query parameters are repeated."""
        asked = {("$Select" if name == "select" else name): value for name, value in query.items()}
        text = urlencode({"api-version": self.api_version, **asked}, doseq=True)
        return await self.send(method, path, text, body, headers or {})

    async def send(
        self, method: str, path: str, query: str, body: object, headers: Mapping[str, str]
    ) -> Answer:
        """Call an operation with a query string as it is; errors come back in the plane's own form."""
        answer = await self._answer(method, path, query, body, headers)
        sent = answer.text.encode()
        DOCUMENTS.check(method, path, query, answer.status, sent, answer.headers)
        return answer

    async def _answer(
        self, method: str, path: str, query: str, body: object, headers: Mapping[str, str]
    ) -> Answer:
        request = Request(
            method, f"{self.store.name}.azconfig.io", path, query, HeaderMap(headers), self.now, "r-1"
        )
        try:
            result = await self._handle(request, body)
        except WireError as error:
            rendered = self.plane.shape(Failure(error, request, self.store, "tenant"))
            text = rendered.body.decode() if method != "HEAD" else ""
            return Answer(rendered.status, dict(rendered.headers), text)
        assert isinstance(result, Reply)
        always = dict(self.plane.headers(request, self.store))
        typed = {"content-type": result.content_type or ""} if result.body else {}
        sent = {**always, **dict(result.headers), **typed}
        text = msgspec.json.encode(result.body).decode() if result.body and method != "HEAD" else ""
        return Answer(result.status, sent, text)

    async def _handle(self, request: Request, body: object) -> object:
        match = self._router.match(request.method, request.path)
        assert match is not None, f"no operation at {request.method} {request.path}"
        match = match.asked_with(request.query)
        operation = match.operation
        named = {n: v for n in operation.query_params if (v := request.query.get(n)) is not None}
        params = {**match.params, **named}
        assert isinstance(operation.access, Requires)
        operation.access.scope(self.store, params)
        call: Authorized[object] = Authorized(
            MINT,
            request=request,
            resource=self.store,
            params=params,
            body=msgspec.convert(body or {}, operation.body) if operation.body else None,
            api_version=self.api_version,
            caller=None,
            workload=None,
        )
        return await operation.handler(call, self.plane.service)
