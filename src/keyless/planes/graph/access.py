"""What operations on the directory require: actions of Entra, on one object or in the whole directory.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/custom-available-permissions
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.authz.directory import GROUPS, SERVICE_PRINCIPALS, USERS, object_scope
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ROOT, ResourceId
from keyless.wire.operation import ApiVersions, Requires

NO_VERSIONS = ApiVersions()
"""Graph has its version in the path."""
V1 = "/v1.0"
SPEC = "https://learn.microsoft.com/graph/api/"
READ_ALL = tuple(f"{kind}/standard/read" for kind in (USERS, GROUPS, SERVICE_PRINCIPALS))
"""What it takes to read any object, whichever its kind."""


def action(text: str) -> str:
    """The whole name of an action of the directory."""
    return f"microsoft.directory/{text}"


def needs(*actions: str) -> Requires:
    """Actions in the whole directory."""
    return Requires(tuple(map(action, actions)), _whole, ActionPlane.DIRECTORY)


def needs_at(kind: str, *actions: str) -> Requires:
    """Actions on the object of a kind that the route names as ``id``."""

    def scope(site: object, params: Mapping[str, str]) -> ResourceId:
        return object_scope(kind, params["id"])

    return Requires(tuple(map(action, actions)), scope, ActionPlane.DIRECTORY)


def _whole(site: object, params: Mapping[str, str]) -> ResourceId:
    return ROOT
