"""The actions of resource providers, as far as the catalog knows them: what custom roles are made of.

Rules:
- whoever may read them at any scope may: they are facts about Azure, and nothing of the tenant's;
- they are told by name alone; the catalog has no descriptions. `$expand=resourceTypes` tells those of
  resource types beside those of the provider itself.

Source: https://learn.microsoft.com/rest/api/authorization/provider-operations-metadata
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from keyless.catalog.operations import known_actions
from keyless.model.actions import ActionPlane
from keyless.planes.arm.authorization.api_versions import OF_OPERATIONS, tells_data_actions
from keyless.planes.arm.authorization.ids import NAMESPACE
from keyless.planes.arm.authorization.schemas import (
    OperationShown,
    ProviderOperationsShown,
    ResourceTypeShown,
)
from keyless.planes.arm.paging import Page
from keyless.planes.arm.scopes import needs, of_tenant
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

READ = f"{NAMESPACE}/providerOperations/read"
_TYPE = f"{NAMESPACE}/providerOperations"
_SPEC = "https://learn.microsoft.com/rest/api/authorization/provider-operations-metadata/"

Actions = tuple[tuple[str, bool], ...]
"""Names of actions, and whether each is one on data."""


@operation(
    id="ProviderOperationsMetadata.List",
    route=f"GET /providers/{_TYPE}",
    api_versions=OF_OPERATIONS,
    access=needs(READ, of_tenant, below=True),
    response=Page[ProviderOperationsShown],
    spec=_SPEC + "list",
)
async def list_provider_operations(call: Authorized[None], arm: Arm) -> Page[ProviderOperationsShown]:
    """List the actions of every resource provider that is known."""
    return Page([_shown(call, provider) for provider in _providers()])


@operation(
    id="ProviderOperationsMetadata.Get",
    route=f"GET /providers/{_TYPE}/{{namespace}}",
    api_versions=OF_OPERATIONS,
    access=needs(READ, of_tenant, below=True),
    response=ProviderOperationsShown,
    errors=(NotFound,),
    spec=_SPEC + "get",
)
async def get_provider_operations(call: Authorized[None], arm: Arm) -> ProviderOperationsShown:
    """Return the actions of a resource provider."""
    wanted = call.params["namespace"].casefold()
    found = next((provider for provider in _providers() if provider.casefold() == wanted), None)
    if found is None:
        raise NotFound(f"Provider '{call.params['namespace'][:128]}' not found.", code="ProviderNotFound")
    return _shown(call, found)


@lru_cache(maxsize=1)
def _providers() -> dict[str, dict[str, Actions]]:
    """By provider and resource type (empty for the provider's own) the actions that are known."""
    found: dict[str, dict[str, list[tuple[str, bool]]]] = {}
    for plane in ActionPlane:
        for action in known_actions(plane):
            provider, _, rest = action.partition("/")
            types = found.setdefault(provider, {})
            types.setdefault(_type_of(rest), []).append((action, plane is ActionPlane.DATA))
    return {
        provider: {name: tuple(actions) for name, actions in sorted(types.items())}
        for provider, types in sorted(found.items(), key=lambda one: one[0].casefold())
    }


def _type_of(rest: str) -> str:
    """The resource type that an action is on: what stands before its verb; an `action` has a name too."""
    parts = rest.split("/")
    return "/".join(parts[: -2 if parts[-1].casefold() == "action" else -1])


def _shown(call: Authorized[None], provider: str) -> ProviderOperationsShown:
    types = _providers()[provider]
    expanded = (call.request.query.get("$expand") or "").casefold() == "resourcetypes"
    own = types.get("", ())
    others = [
        ResourceTypeShown(name, name, _operations(call.api_version, actions))
        for name, actions in types.items()
        if name
    ]
    return ProviderOperationsShown(
        f"/providers/{_TYPE}/{provider}",
        provider,
        _TYPE,
        provider,
        _operations(call.api_version, own),
        others if expanded else None,
    )


def _operations(version: str, actions: Iterable[tuple[str, bool]]) -> list[OperationShown]:
    with_data = tells_data_actions(version)
    return [
        OperationShown(name, name, is_data if with_data else None)
        for name, is_data in actions
        if with_data or not is_data
    ]


OPERATIONS: tuple[Operation, ...] = (list_provider_operations, get_provider_operations)
