"""Where a request goes, and the connection that it goes over.

| request | goes to |
|---|---|
| CONNECT to a host of the cloud's own, port 443 | the plane's TLS front, if it admits the workload there |
| CONNECT to the metadata address, port 80 | a tunnel whose request is read like an absolute one |
| CONNECT to anything else | out |
| `http://169.254.169.254/…` | the plane's plain front, with the workload's secret added |
| the URL of a plain port of ours | the same |
| `http://localhost:50342/…`, of a workload in Cloud Shell | the same |
| any other `http://` URL | out |
| a path alone | the plain front: it brings its own proof |

All but the last need the secret of a lease. What speaks for a workload is put in here alone: a client's own
`x-keyless-workload` is dropped. What goes out is refused for an offline workload, unless it stays on this
machine; a host of the cloud's own never goes out, whatever the port.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from keyless.gateway.hosts import CLOUD_SHELL_PORT, Service, is_loopback, normalized, service_of
from keyless.gateway.proxy import heads
from keyless.gateway.proxy.answers import Refusal, malformed, unauthenticated
from keyless.gateway.proxy.bodies import Body, body_of
from keyless.gateway.proxy.heads import Authority, Form, Headers, RequestHead
from keyless.gateway.proxy.leases import Admit, Fronts, L, Lease, Leases
from keyless.gateway.proxy.outside import Opened, Outside
from keyless.model.hosts import HostKind


@dataclass(frozen=True, slots=True)
class Tunnel:
    """Carry bytes to and from here."""

    opened: Opened


@dataclass(frozen=True, slots=True)
class Exchange:
    """Carry the request's body there (its head has been sent), and the response back."""

    opened: Opened
    body: Body


@dataclass(frozen=True, slots=True)
class PlainTunnel(Generic[L]):
    """A tunnel to a plain HTTP service of ours: what is asked inside it is asked of ``authority``."""

    authority: Authority
    lease: L


class Router(Generic[L]):
    """Decides where requests go. ``own_port`` gives the proxy's own port."""

    def __init__(
        self,
        leases: Leases[L],
        fronts: Fronts,
        admit: Admit[L],
        outside: Outside,
        own_port: Callable[[], int],
    ) -> None:
        self._leases = leases
        self._fronts = fronts
        self._admit = admit
        self._outside = outside
        self._own_port = own_port

    def lease_of(self, head: RequestHead) -> L | None:
        """The lease that a request speaks for; none for a direct one, which needs no lease here.

        Raises:
            Refusal: 407, it holds no secret of a lease.
        """
        if head.authority is None:
            return None
        secret = heads.proxy_secret(head)
        lease = self._leases.by_secret(secret) if secret else None
        if lease is None:
            raise unauthenticated()
        lease.reached(normalized(head.authority.host))
        return lease

    async def route(self, head: RequestHead, lease: L | None) -> Tunnel | Exchange | PlainTunnel[L]:
        """Open the way for a request; raises Refusal where there is none."""
        if head.authority is None or lease is None:
            unsigned = heads.without_workload(heads.passed_on(head, _one_host(head)))
            return await self._to_plain_front(head, unsigned)
        if head.form is Form.CONNECT:
            return await self._connect(head.authority, lease)
        return await self._request(head, head.authority, lease)

    async def route_inside(self, head: RequestHead, tunnel: PlainTunnel[L]) -> Exchange:
        """Open the way for a request inside a tunnel to a plain service; raises Refusal."""
        if head.form is not Form.ORIGIN:
            raise malformed("inside a tunnel the target is a path")
        return await self._request(head, tunnel.authority, tunnel.lease)

    async def _connect(self, authority: Authority, lease: L) -> Tunnel | PlainTunnel[L]:
        service = service_of(authority.host, authority.port)
        if service is Service.TLS:
            return await self._to_tls_front(authority, lease)
        if service is Service.METADATA or self._is_plain_front(authority, lease):
            return PlainTunnel(authority, lease)
        _check_way_out(service, authority, lease)
        return Tunnel(await self._outside.tunnel(authority))

    async def _to_tls_front(self, authority: Authority, lease: L) -> Tunnel:
        refused = await self._admit(normalized(authority.host), lease)
        if refused is not None:
            raise Refusal(502, refused)
        fronts = self._fronts
        return Tunnel(await self._outside.connect(fronts.address, fronts.tls_port, "the local plane"))

    async def _request(self, head: RequestHead, authority: Authority, lease: L) -> Exchange:
        """A plain HTTP request for a host."""
        headers = heads.passed_on(head, authority.host_header)
        service = service_of(authority.host, authority.port)
        unsigned = heads.without_workload(headers)
        if service is Service.METADATA or self._is_plain_front(authority, lease):
            return await self._to_plain_front(head, (*unsigned, (heads.WORKLOAD_HEADER, lease.secret)))
        _check_way_out(service, authority, lease)
        return await self._out(head, authority, unsigned)

    def _is_plain_front(self, authority: Authority, lease: Lease) -> bool:
        """Whether this is where direct requests go too: a client that heeds no NO_PROXY asks for it here.

        In Cloud Shell that is one port more, at which the endpoint is always found there.
        """
        ours = {self._fronts.plain_port, self._own_port()}
        if lease.host_kind is HostKind.CLOUD_SHELL:
            ours.add(CLOUD_SHELL_PORT)
        return authority.port in ours and is_loopback(authority.host)

    async def _to_plain_front(self, head: RequestHead, headers: Headers) -> Exchange:
        body = body_of(head)
        fronts = self._fronts
        opened = await self._outside.connect(fronts.address, fronts.plain_port, "the local plane")
        opened.transport.write(heads.render_head(head.method, head.path, headers))
        return Exchange(opened, body)

    async def _out(self, head: RequestHead, authority: Authority, headers: Headers) -> Exchange:
        body = body_of(head)
        parent = self._outside.parent_of("http", authority)
        if parent is None:
            opened = await self._outside.direct(authority)
            sent = heads.render_head(head.method, head.path, headers)
        else:
            opened = await self._outside.to_parent(parent)
            url = f"http://{authority.host_header}{head.path}"
            sent = heads.render_head(head.method, url, (*headers, *parent.headers))
        opened.transport.write(sent)
        return Exchange(opened, body)


def _one_host(head: RequestHead) -> str:
    hosts = head.all("host")
    if len(hosts) != 1:
        raise malformed("a request needs exactly one Host header")
    return hosts[0]


def _check_way_out(service: Service, authority: Authority, lease: Lease) -> None:
    """Raises Refusal where a destination that we do not answer must not be reached either."""
    if service is not Service.OUTSIDE:
        raise Refusal(
            502,
            f"`{authority}` is refused: the local plane answers that host over https on port 443 (the "
            "metadata address in plain http on port 80), and it must not be reached elsewhere",
        )
    if lease.offline and not is_loopback(authority.host):
        raise Refusal(
            403,
            f"`{authority}` is refused: `{lease.name}` runs with `--offline`, and may reach the local plane "
            "and this machine only",
        )
