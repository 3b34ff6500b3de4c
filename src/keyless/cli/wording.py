"""How scopes and actions are said in one line."""

from __future__ import annotations

from keyless.model.resource_id import ResourceId

_KINDS = {
    "microsoft.keyvault/vaults": "vault",
    "microsoft.keyvault/vaults/secrets": "secret",
    "microsoft.keyvault/vaults/keys": "key",
    "microsoft.keyvault/vaults/certificates": "certificate",
    "microsoft.appconfiguration/configurationstores": "store",
    "microsoft.appconfiguration/configurationstores/keyvalues": "key-value",
}


def scope_in_words(scope: ResourceId) -> str:
    """A scope as a person names it: `secret db-password of vault contoso-orders`."""
    kind = _KINDS.get((scope.resource_type or "").casefold())
    if kind is None:
        return f"`{scope}`"
    own = f"{kind} `{scope.name}`"
    parent_kind = (
        _KINDS.get((scope.parent.resource_type or "").casefold()) if len(scope.segments) > 8 else None
    )
    return f"{own} of {parent_kind} `{scope.parent.name}`" if parent_kind else own


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"
