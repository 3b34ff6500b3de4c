"""The ids of Microsoft.Authorization's resources, as they are told and as they are asked for.

Rules:
- a role definition's id begins with the subscription that it is looked at from; at scopes that lie in none,
  with `/providers`. It is the same role under either;
- an assignment's id begins with its scope;
- GUIDs are read in any casing, with hyphens, and kept in lower case.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list#rest-api
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from keyless.model.resource_id import ROOT, InvalidResourceId, ResourceId, subscription_scope
from keyless.planes.arm.scopes import of_scope
from keyless.wire.operation import ScopeOf

NAMESPACE = "Microsoft.Authorization"
ASSIGNMENTS_TYPE = f"{NAMESPACE}/roleAssignments"
DEFINITIONS_TYPE = f"{NAMESPACE}/roleDefinitions"
DENIES_TYPE = f"{NAMESPACE}/denyAssignments"
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PARTS = 4
"""`providers`, the namespace, the type and the name."""


class RoleReference(NamedTuple):
    """A role definition as it is referred to: by its GUID, and from where."""

    scope: ResourceId
    guid: str


def read_guid(text: str) -> str | None:
    """A GUID as it is kept; none where the text is none."""
    folded = text.casefold()
    return folded if _GUID.fullmatch(folded) else None


def told(guid: str) -> str:
    """A GUID as Azure's messages have it: its digits alone."""
    return guid.replace("-", "")


def below(scope: ResourceId, resource_type: str, name: str) -> ResourceId:
    """The id of an extension resource at a scope."""
    return ResourceId((*scope.segments, "providers", *resource_type.split("/"), name))


def extension(resource_type: str, name: str) -> ScopeOf:
    """The extension resource that a route names, at the scope of any kind that it begins with."""

    def scope(site: object, params: Mapping[str, str]) -> ResourceId:
        return below(of_scope(site, params), resource_type, params[name])

    return scope


def definition_id(guid: str, seen_from: ResourceId) -> str:
    """The full id of a role definition."""
    subscription_id = seen_from.subscription_id
    start = ROOT if subscription_id is None else subscription_scope(subscription_id)
    return below(start, DEFINITIONS_TYPE, guid).text


def read_definition_id(text: str) -> RoleReference | None:
    """What a full role definition id refers to; none where the text is none."""
    try:
        found = ResourceId.parse(text)
    except InvalidResourceId:
        return None
    guid = read_guid(found.segments[-1]) if len(found.segments) >= _PARTS else None
    own = ("providers", *(part.casefold() for part in DEFINITIONS_TYPE.split("/")))
    if guid is None or found.key[-_PARTS:-1] != own:
        return None
    return RoleReference(ResourceId(found.segments[:-_PARTS]), guid)
