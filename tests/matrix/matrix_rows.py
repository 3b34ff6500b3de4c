"""What the routes' parameters are in the matrix, and where a principal's role must be to be of use."""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId, group_scope, resource_scope, subscription_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE
from keyless.wire.operation import Operation, Requires

TENANT_ID = "11111111-2222-3333-4444-555555555555"
SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000001"
GROUP = group_scope(SUBSCRIPTION_ID, "g")
ELSEWHERE_SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000002"
TARGET, ELSEWHERE = "matrix", "matrix-prod"

PARAMETERS = {
    "path": "compute",
    "key_version": "0123456789abcdef0123456789abcdef",
    "secret_version": "0123456789abcdef0123456789abcdef",
    "tenant": TENANT_ID,
    "subscription_id": SUBSCRIPTION_ID,
    "resource_group": "g",
    "namespace": "Microsoft.Web",
    "resource": "thing",
    "type": "sites",
    "group_id": "thing",
    "scope": GROUP.text.removeprefix("/"),
}
"""Route parameters that are not just a name."""

PLANES_OF_DATA = {"key-vault": VAULT_TYPE, "app-configuration": STORE_TYPE}
PLANES_OF_THE_DIRECTORY = ("graph",)

_PARAMETER = re.compile(r"\{(\w+)\*?\}")


def path_of(template: str) -> str:
    """A route's path, with its parameters filled in."""
    return _PARAMETER.sub(lambda found: PARAMETERS.get(found[1], "thing"), template.partition("?")[0])


def asking_of(template: str) -> tuple[str, ...]:
    """The query parameter that a route names besides, with a value, where it names one."""
    _, asks, name = template.partition("?")
    return (f"{name}=thing",) if asks else ()


def parameters_of(operation: Operation, template: str | None = None) -> Mapping[str, str]:
    """The parameters of an operation's route, as they are filled in: of its first, where none is given."""
    names = _PARAMETER.findall(template or operation.routes[0][1])
    return {name: PARAMETERS.get(name, "thing") for name in (*names, *operation.query_params)}


def target_of(plane: str, operation: Operation, access: Requires, template: str | None = None) -> ResourceId:
    """The scope that a principal with the right role here has it at."""
    if plane in PLANES_OF_DATA:
        return resource_scope(GROUP, PLANES_OF_DATA[plane], TARGET)
    return access.scope(None, parameters_of(operation, template))


def places_of(plane: str, operation: Operation, access: Requires) -> dict[str, ResourceId]:
    """By place, as principals are called after it: the scope of each route of an operation."""
    return {
        place_of(operation, template): target_of(plane, operation, access, template)
        for _, template in operation.routes
    }


def place_of(operation: Operation, template: str) -> str:
    """What the scope of a route is called: routes beside the first may have one of their own."""
    return TARGET if template == operation.routes[0][1] else f"{TARGET} by {template}"


def elsewhere_of(plane: str) -> ResourceId:
    """A scope of the same kind which is of no use."""
    if plane in PLANES_OF_DATA:
        return resource_scope(GROUP, PLANES_OF_DATA[plane], ELSEWHERE)
    return subscription_scope(ELSEWHERE_SUBSCRIPTION_ID)


def actions_of(operation: Operation, access: Requires) -> tuple[str, ...]:
    """The actions that the request of the matrix needs."""
    return access.actions_for(parameters_of(operation))


def plane_of(plane: str) -> ActionPlane:
    """The plane of actions that a surface decides on."""
    if plane in PLANES_OF_THE_DIRECTORY:
        return ActionPlane.DIRECTORY
    return ActionPlane.DATA if plane in PLANES_OF_DATA else ActionPlane.CONTROL
