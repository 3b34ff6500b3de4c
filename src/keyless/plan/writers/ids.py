"""How resource ids come apart for those who write them in a language of deployments."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.catalog.services import api_version
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject, SubjectKind


def same_subscription(one: str | None, other: str | None) -> bool:
    """Whether both name the same subscription; nothing is in no subscription's."""
    return one is not None and other is not None and one.casefold() == other.casefold()


@dataclass(frozen=True, slots=True)
class Parts:
    """A resource id taken apart: what it lies in, its provider and types, its names."""

    base: ResourceId
    resource_type: str
    names: tuple[str, ...]

    @property
    def is_child(self) -> bool:
        """Whether the resource is a child of another one."""
        return len(self.names) > 1


def parts_of(resource: ResourceId) -> Parts | None:
    """Take a resource id apart; none for a scope above resources."""
    resource_type = resource.resource_type
    if resource_type is None:
        return None
    length = 2 * resource_type.count("/") + 2
    segments = resource.segments
    return Parts(ResourceId(segments[:-length]), resource_type, segments[len(segments) - length + 3 :: 2])


def version_for(resource_type: str) -> str | None:
    """A stable API version for a type: its own, or the one of the type that it is a child of."""
    while resource_type.count("/"):
        found = api_version(resource_type)
        if found is not None:
            return found
        resource_type = resource_type.rsplit("/", 1)[0]
    return None


def principal_path(subject: Subject) -> str | None:
    """Where a resource's description has the principal id; none where it must be given as a parameter."""
    if not subject.resource_id:
        return None
    resource_type = ResourceId.parse(subject.resource_id).resource_type
    if resource_type is None or version_for(resource_type) is None:
        return None
    paths = {
        SubjectKind.SYSTEM_ASSIGNED: "identity.principalId",
        SubjectKind.USER_ASSIGNED: "properties.principalId",
    }
    return paths.get(subject.kind)
