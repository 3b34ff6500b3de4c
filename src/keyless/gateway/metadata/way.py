"""What becomes of one request to the metadata endpoint.

Rules:
- its target is a path, and its host one of the endpoint's own: a page in a browser, sent here by a name that
  someone has pointed at this machine, is told apart by that;
- without `Metadata: true` it is passed on as nobody's, and gets the answer that a probe gets;
- who may ask is decided by the process alone. What the request says of a workload is taken out, and the
  secret of the workload that the process is goes in, on the way to the plane;
- who is refused learns nothing about the rules.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

from keyless.gateway.attest.matching import NotAdmitted
from keyless.gateway.attest.peer import Unattested
from keyless.gateway.hosts import METADATA_HOST, is_loopback, normalized
from keyless.gateway.metadata.caller import Caller
from keyless.gateway.proxy import heads
from keyless.gateway.proxy.answers import Refusal, malformed
from keyless.gateway.proxy.bodies import body_of
from keyless.gateway.proxy.heads import Form, Headers, RequestHead
from keyless.gateway.proxy.leases import Fronts, Lease
from keyless.gateway.proxy.outside import Outside
from keyless.gateway.proxy.routes import Exchange, PlainTunnel
from keyless.model.workloads import ProcessFacts

_HTTP_PORT = 80


class Doorkeeper(Protocol):
    """Who knows which processes are workloads."""

    async def admit(self, processes: Sequence[ProcessFacts]) -> str:
        """The secret of the workload that these processes all are; raises NotAdmitted."""
        ...

    def unattested(self, address: str, why: str) -> None:
        """Hear that nobody could be named behind a connection from an address."""
        ...


class AccessDenied(Refusal):
    """A refusal in the form of the metadata service's own errors."""

    def __init__(self) -> None:
        super().__init__(
            403, "this process is no workload of the estate: whoever runs `keyless metadata` can see why"
        )

    def body(self) -> tuple[str, bytes]:
        """An error as the metadata service has it."""
        error = {"error": "access_denied", "error_description": self.text}
        return "application/json", json.dumps(error).encode()


class MetadataWay:
    """The way of one connection's request. ``port`` gives the endpoint's own port."""

    def __init__(
        self,
        caller: Caller,
        doorkeeper: Doorkeeper,
        fronts: Fronts,
        outside: Outside,
        address: str,
        port: Callable[[], int],
    ) -> None:
        self._caller = caller
        self._doorkeeper = doorkeeper
        self._fronts = fronts
        self._outside = outside
        self._address = address
        self._port = port

    def lease_of(self, head: RequestHead) -> Lease | None:
        """Nothing that a request says of a lease counts here."""
        return None

    async def route(self, head: RequestHead, lease: Lease | None) -> Exchange:
        """Pass a request on as its process's workload; raises Refusal."""
        if head.form is not Form.ORIGIN:
            raise malformed("the target must be a path: this is no proxy")
        self._check_host(head)
        headers = heads.without_workload(heads.passed_on(head, METADATA_HOST))
        if head.all("metadata") != ["true"]:
            return await self._pass_on(head, headers)
        return await self._pass_on(head, (*headers, (heads.WORKLOAD_HEADER, await self._secret())))

    async def route_inside(self, head: RequestHead, tunnel: PlainTunnel[Lease]) -> Exchange:
        """There are no tunnels here."""
        raise malformed("this is no proxy")

    def _check_host(self, head: RequestHead) -> None:
        hosts = head.all("host")
        if len(hosts) != 1:
            raise malformed("a request needs exactly one Host header")
        asked = heads.parse_authority(hosts[0], _HTTP_PORT)
        if (normalized(asked.host), asked.port) not in self._own_names():
            raise Refusal(400, "the request's host is not this endpoint: ask it by its own address")

    def _own_names(self) -> set[tuple[str, int]]:
        local = {"localhost"} if is_loopback(self._address) else set()
        return {(METADATA_HOST, _HTTP_PORT), *((name, self._port()) for name in {self._address, *local})}

    async def _secret(self) -> str:
        """The secret of the caller's workload; raises Refusal."""
        try:
            return await self._doorkeeper.admit(await self._caller.facts())
        except NotAdmitted as error:
            raise AccessDenied from error
        except Unattested as why:
            self._doorkeeper.unattested(self._caller.address, str(why))
            raise AccessDenied from why

    async def _pass_on(self, head: RequestHead, headers: Headers) -> Exchange:
        body = body_of(head)
        fronts = self._fronts
        opened = await self._outside.connect(fronts.address, fronts.plain_port, "the local plane")
        opened.transport.write(heads.render_head(head.method, head.path, headers))
        return Exchange(opened, body)
