"""What goes wrong in the management plane, with the codes and sentences that ARM's clients know.

Rules:
- a code stands here when more than one provider needs it; what only one can say stands beside it;
- the wording is Azure's own where people and scripts match it.

Source: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.model.resource_id import ResourceId
from keyless.wire.errors import Conflict, InvalidRequest, NotFound, PreconditionFailed


class ResourceNotFound(NotFound):
    """There is no such resource."""

    def __init__(self, resource: ResourceId) -> None:
        group = resource.resource_group or ""
        named = f"{resource.resource_type}/{resource.name}" if resource.resource_type else resource.text
        where = f" under resource group '{group}'" if group else ""
        super().__init__(
            f"The Resource '{named}'{where} was not found. For more details please go to "
            "https://aka.ms/ARMResourceNotFoundFix",
            code="ResourceNotFound",
        )


class ResourceGroupNotFound(NotFound):
    """There is no such resource group."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Resource group '{name}' could not be found.", code="ResourceGroupNotFound")


class SubscriptionNotFound(NotFound):
    """There is no such subscription."""

    def __init__(self, subscription_id: str) -> None:
        super().__init__(
            f"The subscription '{subscription_id}' could not be found.", code="SubscriptionNotFound"
        )


class InvalidResourceType(NotFound):
    """A provider has no resources of that type, or none that are served here."""

    def __init__(self, resource_type: str, namespace: str, api_version: str) -> None:
        super().__init__(
            f"The resource type '{resource_type}' could not be found in the namespace '{namespace}' for api "
            f"version '{api_version}'.",
            code="InvalidResourceType",
        )


class ResourceElsewhere(Conflict):
    """A resource of that name is in another region, and stays there."""

    def __init__(self, name: str, location: str, asked: str) -> None:
        super().__init__(
            f"The resource '{name}' already exists in location '{location}'. A resource with the same name "
            f"cannot be created in location '{asked[:64]}'.",
            code="InvalidResourceLocation",
        )


class InvalidContent(InvalidRequest):
    """The body can be read, and does not say what it must."""

    def __init__(self, message: str, *, field: str = "", code: str = "InvalidRequestContent") -> None:
        super().__init__(message, field=field, code=code)


class InvalidName(InvalidRequest):
    """A name that a resource of this type can't have; ``rule`` says what it can."""

    def __init__(self, what: str, name: str, rule: str, *, code: str = "InvalidResourceName") -> None:
        super().__init__(f"The {what} name '{name[:128]}' is not valid: {rule}.", code=code)


class InvalidFilter(InvalidRequest):
    """A `$filter` that says nothing that this list understands; ``position`` counts characters from 0."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        super().__init__(
            f"Invalid $filter '{text[:500]}' specified in the query string: {reason} at position {position}.",
            code="InvalidFilterInQueryString",
        )
        self.position = position


class ScopeLocked(Conflict):
    """A lock at the scope, or above it, forbids the change."""

    def __init__(self, scope: ResourceId, operation: str, locked: Iterable[str]) -> None:
        scopes = ", ".join(f"'{one}'" for one in locked)
        super().__init__(
            f"The scope '{scope}' cannot perform {operation} operation because following scope(s) are "
            f"locked: {scopes}. Please remove the lock and try again.",
            code="ScopeLocked",
        )


class NotMatching(PreconditionFailed):
    """An `If-Match` or `If-None-Match` that does not hold of the resource as it is."""

    def __init__(self, resource: ResourceId) -> None:
        super().__init__(
            f"The condition of the request does not hold for the resource '{resource}': read it again.",
            code="PreconditionFailed",
        )
