"""The plane of Microsoft Graph: its host, whose tokens it takes, and every operation that it answers.

Source: https://learn.microsoft.com/graph/use-the-api
"""

from __future__ import annotations

from keyless.planes.graph import (
    app_roles,
    applications,
    federated,
    groups,
    memberships,
    references,
    service_principals,
    tenant,
    users,
)
from keyless.planes.graph.hosts import HOST
from keyless.planes.graph.service import Graph
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority
from keyless.wire.audiences import GRAPH_CLIENT_ID
from keyless.wire.operation import Operation
from keyless.wire.plane import Plane
from keyless.wire.request import Request
from keyless.wire.shapes import correlation_id, graph

AUDIENCES = frozenset({f"https://{HOST}", f"https://{HOST}/", GRAPH_CLIENT_ID})
"""What a token may be for."""

OPERATIONS: tuple[Operation, ...] = (
    *applications.OPERATIONS,
    *federated.OPERATIONS,
    *service_principals.OPERATIONS,
    *app_roles.OPERATIONS,
    *users.OPERATIONS,
    *groups.OPERATIONS,
    *references.OPERATIONS,
    *memberships.OPERATIONS,
    *tenant.OPERATIONS,
)


def graph_plane(store: Store, authority: TokenAuthority) -> Plane:
    """The plane over a store."""
    return Plane(
        name="graph",
        operations=OPERATIONS,
        service=Graph(store, authority),
        locate=_locate,
        shape=graph,
        audiences=lambda site: AUDIENCES,
        headers=_headers,
        content_type="application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8",
    )


async def _locate(host: str) -> str | None:
    return host if host == HOST else None


def _headers(request: Request, site: object) -> list[tuple[str, str]]:
    """What every answer carries; a client's own id for the request is told back to it."""
    return [
        ("cache-control", "no-cache"),
        ("request-id", request.request_id),
        ("client-request-id", correlation_id(request)),
        ("odata-version", "4.0"),
        ("strict-transport-security", "max-age=31536000"),
    ]
