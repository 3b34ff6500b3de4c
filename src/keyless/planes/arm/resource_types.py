"""The resource types that are known, and how they are spelled: from the actions that providers have.

Rules:
- a type is what some known action reads, writes or deletes; the list is not complete, so that a type which is
  not in it may well exist: it is then spelled as its caller spells it;
- the types that a package of this plane serves are not generic: what it does not serve of them is not there.

Source: https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from keyless.catalog.operations import known_actions
from keyless.catalog.services import api_version
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.wire.operation import Operation

SERVED_NAMESPACES = frozenset(
    {
        "microsoft.appconfiguration",
        "microsoft.authorization",
        "microsoft.insights",
        "microsoft.keyvault",
        "microsoft.managedidentity",
        "microsoft.management",
        "microsoft.resources",
    }
)
"""Case-folded namespaces whose types have operations of their own."""
_SPELLED = {
    "microsoft.app": "Microsoft.App",
    "microsoft.monitor": "Microsoft.Monitor",
    "microsoft.web": "Microsoft.Web",
}
"""Namespaces that the list of actions has in lower case, and their resources' ids have not."""
_ANY_VERSION = "2024-01-01"
_OF_A_TYPE = frozenset({"read", "write", "delete"})


@lru_cache(maxsize=1)
def known_types() -> Mapping[str, tuple[str, ...]]:
    """The types of each provider, without its namespace, both as they are spelled."""
    found: dict[str, set[str]] = {}
    for action in known_actions(ActionPlane.CONTROL):
        parts = action.split("/")
        if len(parts) >= 3 and parts[-1].casefold() in _OF_A_TYPE:
            found.setdefault(_SPELLED.get(parts[0], parts[0]), set()).add("/".join(parts[1:-1]))
    return {namespace: tuple(sorted(types)) for namespace, types in sorted(found.items())}


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, str]:
    whole = (f"{namespace}/{one}" for namespace, types in known_types().items() for one in types)
    return {one.casefold(): one for one in whole}


@lru_cache(maxsize=1)
def _namespaces() -> Mapping[str, str]:
    return {one.casefold(): one for one in known_types()}


def spelled_type(resource_type: str) -> str:
    """A type as its provider spells it; unchanged where it is not known."""
    return _spellings().get(resource_type.casefold(), resource_type)


def spelled_namespace(namespace: str) -> str | None:
    """A provider's namespace as it is spelled; none where it is not known."""
    return _namespaces().get(namespace.casefold())


def spelled(resource: ResourceId) -> ResourceId:
    """A resource's id with its type spelled as its provider does; names are left as they are."""
    segments = list(resource.segments)
    at = max(n for n in range(0, len(segments), 2) if segments[n].casefold() == "providers")
    words = spelled_type(resource.resource_type or "").split("/")
    segments[at] = "providers"
    segments[at + 1] = words[0]
    segments[at + 2 :: 2] = words[1:]
    return ResourceId(tuple(segments))


def served_versions(operations: Iterable[Operation]) -> Mapping[str, tuple[str, ...]]:
    """The api-versions of the types that operations name in their routes, newest first, by type."""
    found: dict[str, set[str]] = {}
    for one in operations:
        if one.api_versions.open:
            continue
        for _, template in one.routes:
            for name in _types_in(template):
                found.setdefault(name, set()).update(one.api_versions.known)
    return {name: tuple(sorted(versions, reverse=True)) for name, versions in found.items()}


def _types_in(template: str) -> Iterator[str]:
    """The type that a route ends with, and the types that it lies in."""
    _, found, rest = template.rpartition("/providers/")
    words = rest.split("/")
    if not found or "{" in words[0]:
        return
    types = list(itertools.takewhile(lambda word: "{" not in word, words[1::2]))
    for end in range(1, len(types) + 1):
        yield "/".join((words[0], *types[:end])).casefold()


def versions_of(resource_type: str, served: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The api-versions of a type, newest first: those that are served, else the one that the catalog knows.

    Any stands in for those of other types: it is taken, as every other is, and clients look for one here.
    """
    own = served.get(resource_type.casefold())
    if own is not None:
        return own
    return (api_version(resource_type) or _ANY_VERSION,)
