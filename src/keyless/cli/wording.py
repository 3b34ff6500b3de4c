"""How scopes and actions are said in one line."""

from __future__ import annotations

import time

from keyless.model.evidence import SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.model.resources import key_and_label
from keyless.model.visible import visible

_KINDS = {
    "microsoft.keyvault/vaults": "vault",
    "microsoft.keyvault/vaults/secrets": "secret",
    "microsoft.keyvault/vaults/keys": "key",
    "microsoft.keyvault/vaults/certificates": "certificate",
    "microsoft.appconfiguration/configurationstores": "store",
    "microsoft.appconfiguration/configurationstores/keyvalues": "key-value",
    "microsoft.appconfiguration/configurationstores/snapshots": "snapshot",
}
_CONTAINERS = {"vault", "store"}


def scope_in_words(scope: ResourceId) -> str:
    """A scope as a person names it: `secret db-password of vault contoso-orders`."""
    kind = _KINDS.get((scope.resource_type or "").casefold())
    if kind is None:
        return f"`{visible(scope.text)}`"
    own = f"{kind} `{visible(scope.name)}`" if kind != "key-value" else _key_value(scope)
    if kind in _CONTAINERS:
        return own
    parent = scope.parent
    return f"{own} of {_KINDS[(parent.resource_type or '').casefold()]} `{visible(parent.name)}`"


def _key_value(scope: ResourceId) -> str:
    key, label = key_and_label(scope)
    labelled = "" if label is None else f" with the label `{visible(label)}`"
    return f"key-value `{visible(key)}`{labelled}"


_CREDENTIALS = {
    SignInMethod.CLIENT_SECRET: "a client secret",
    SignInMethod.CERTIFICATE: "a certificate",
    SignInMethod.ACCESS_KEY: "an access key",
    SignInMethod.FEDERATED_CREDENTIAL: "a federated credential",
    SignInMethod.MANAGED_IDENTITY: "a managed identity",
    SignInMethod.LOCAL_ACCOUNT: "the account at this machine",
}


def with_what(method: SignInMethod) -> str:
    """What somebody signed in with."""
    return _CREDENTIALS[method]


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many}"


def moment(seconds: int) -> str:
    """A time (epoch seconds) as this machine's clock has it."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds))


def utc(seconds: int) -> str:
    """A time (epoch seconds) of the estate: ``2027-01-31T12:00:00Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
