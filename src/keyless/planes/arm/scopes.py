"""The scopes that the routes of the management plane speak of, and what operations on them require.

A route's parameters are as the caller spelled them; ids compare without case, so what is decided on is the
same for every spelling.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/overview#understand-scope
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.actions import ActionPlane
from keyless.model.resource_id import (
    ROOT,
    InvalidResourceId,
    ResourceId,
    group_scope,
    resource_scope,
    subscription_scope,
)
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import AttributesOf, Requires, ScopeOf

GROUP = "/subscriptions/{subscription_id}/resourceGroups/{resource_group}"
"""The beginning of the routes of a resource group's resources."""


def of_tenant(site: object, params: Mapping[str, str]) -> ResourceId:
    """The tenant's root."""
    return ROOT


def of_subscription(site: object, params: Mapping[str, str]) -> ResourceId:
    """The subscription that the route names."""
    return subscription_scope(params["subscription_id"])


def of_group(site: object, params: Mapping[str, str]) -> ResourceId:
    """The resource group that the route names."""
    return group_scope(params["subscription_id"], params["resource_group"])


def of_scope(site: object, params: Mapping[str, str]) -> ResourceId:
    """The scope of any kind that an extension resource's route begins with; the root where it has none.

    Raises:
        InvalidRequest: it is no scope.
    """
    try:
        return ResourceId.parse("/" + params.get("scope", ""))
    except InvalidResourceId as error:
        raise InvalidRequest(str(error), field="scope", code="InvalidResourceId") from error


def of_resource(resource_type: str, *names: str) -> ScopeOf:
    """The resource of that type in a group; ``names`` are the parameters that name it, outermost first."""

    def scope(site: object, params: Mapping[str, str]) -> ResourceId:
        return resource_scope(of_group(site, params), resource_type, *(params[name] for name in names))

    return scope


def needs(
    action: str, scope: ScopeOf, *, attributes: AttributesOf | None = None, below: bool = False
) -> Requires:
    """A control action at a scope; with ``below``, at that scope or anywhere within it."""
    return Requires((action,), scope, ActionPlane.CONTROL, attributes=attributes, below=below)


def anybody(scope: ScopeOf, *, reason: str) -> Requires:
    """Whoever holds a valid token; ``reason`` says why no action is asked for."""
    return Requires((), scope, ActionPlane.CONTROL, reason=reason)
