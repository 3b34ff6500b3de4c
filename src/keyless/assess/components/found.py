"""The components of a repository, with what each uses.

Rules:
- code belongs to the innermost component that it lies in; what lies in none is of the repository as a whole,
  which is a component if it uses any service;
- a compute resource is of a component where its tags name the service of `azure.yaml`, or where there is but
  one of each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from keyless.assess.components.component import (
    Authentication,
    CalledOperation,
    Component,
    Compute,
    UsedService,
)
from keyless.assess.components.roots import Root, languages_below, root_of, roots
from keyless.assess.components.signing_in import SignsIn, signing_in
from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.compute import is_compute
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.operations import SeenOperation, seen_operations
from keyless.assess.repository import Repository
from keyless.assess.syntax.span import Place

_SERVICE_TAG = "tags.azd-service-name"
_WHOLE = "repository"
Found = TypeVar("Found", SeenOperation, SignsIn)


def components(repository: Repository) -> tuple[Component, ...]:
    """Every component: `repository.view(components)`."""
    known = roots(repository)
    operations = _sorted_out(repository.view(seen_operations), known)
    signs = _sorted_out(repository.view(signing_in), known)
    if not any(one.path == "" for one in known) and ("" in operations or "" in signs):
        known = [Root("", [_WHOLE]), *known]
    languages = languages_below(repository, known)
    computes = _computes(repository, known)
    return tuple(
        Component(
            name=root.name or root.path.rpartition("/")[2] or _WHOLE,
            root=root.path,
            known_by=tuple(dict.fromkeys(root.known_by)),
            languages=languages.get(root.path, ()),
            host=root.host,
            compute=computes.get(root.path, ()),
            services=_services(operations.get(root.path, []), signs.get(root.path, [])),
            operations=_called(operations.get(root.path, [])),
        )
        for root in known
    )


def _sorted_out(found: Iterable[Found], known: list[Root]) -> dict[str, list[Found]]:
    """What was found, by the folder of the component that it is in."""
    result: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        root = root_of(one.place.path, known)
        result["" if root is None else root.path].append(one)
    return result


def _services(operations: list[SeenOperation], signs: list[SignsIn]) -> tuple[UsedService, ...]:
    places: dict[str, Place] = {}
    ways: dict[str, set[bool]] = defaultdict(set)
    for service, place in (
        *((one.service, one.place) for one in operations),
        *((one.service, one.place) for one in signs),
    ):
        places[service] = min(places.get(service, place), place)
    for one in signs:
        ways[one.service].add(one.by_identity)
    return tuple(UsedService(service, _way(ways[service]), places[service]) for service in sorted(places))


def _way(by_identity: set[bool]) -> Authentication:
    if len(by_identity) > 1:
        return Authentication.BOTH
    if not by_identity:
        return Authentication.UNKNOWN
    return Authentication.IDENTITY if True in by_identity else Authentication.CREDENTIAL


def _called(operations: list[SeenOperation]) -> tuple[CalledOperation, ...]:
    first: dict[tuple[str, str, str], SeenOperation] = {}
    for one in operations:
        first.setdefault((one.place.path, one.service, one.operation.operation), one)
    return tuple(
        CalledOperation(
            service=one.service,
            operation=one.operation.operation,
            plane=one.operation.plane,
            actions=one.operation.actions,
            method=one.method,
            place=one.place,
        )
        for one in first.values()
    )


def _computes(repository: Repository, known: list[Root]) -> dict[str, tuple[Compute, ...]]:
    found = [one for one in repository.view(deployed) if is_compute(one.arm_type) and not one.existing]
    result: dict[str, list[Compute]] = defaultdict(list)
    for one in found:
        root = _tagged(one, known) or (known[0] if len(known) == len(found) == 1 else None)
        if root is not None:
            result[root.path].append(Compute(one.arm_type, one.symbol, one.head))
    return {path: tuple(sorted(several)) for path, several in result.items()}


def _tagged(one: Deployed, known: list[Root]) -> Root | None:
    tag = one.value(_SERVICE_TAG)
    return next((root for root in known if root.name and tag.is_(root.name)), None)
