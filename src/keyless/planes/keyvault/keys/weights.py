"""What operations on keys weigh towards a vault's limits: by the key's type and size.

Source: https://learn.microsoft.com/azure/key-vault/general/service-limits
"""

from __future__ import annotations

from typing import Protocol

from keyless.planes.keyvault.keys.errors import KeyNotFound
from keyless.planes.keyvault.keys.material.make import key_spec
from keyless.planes.keyvault.keys.material.types import Family
from keyless.planes.keyvault.keys.records import KeyVersion
from keyless.planes.keyvault.keys.service import Key
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import create_weight, key_creates, key_uses, use_weight
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Asked


class Weight(Protocol):
    """Weighs a transaction by the type and size of the key, or its curve."""

    def __call__(self, kind: str, *, hsm: bool) -> int:
        """The units."""
        ...


async def _of_new(asked: Asked, vaults: KeyVault) -> int:
    """Of a key that is to be made; one that cannot be made weighs as the lightest."""
    body = asked.body
    try:
        spec = key_spec(body.kty, body.key_size, body.crv, body.public_exponent)
    except InvalidRequest:
        return create_weight("", hsm=False)
    return create_weight(spec.curve or _sized(spec.family, spec.bits), hsm=spec.key_type.in_hardware)


async def _of_another(asked: Asked, vaults: KeyVault) -> int:
    """Of a version that is to be like the newest."""
    key = await _current(asked, vaults)
    return create_weight("", hsm=False) if key is None else _weighed(create_weight, key.version)


async def _of_use(asked: Asked, vaults: KeyVault) -> int:
    """Of using or reading the version of a key that the route names."""
    params = asked.params
    try:
        found = await vaults.keys_in_use.find(
            asked.resource, params["key_name"], params.get("key_version"), now=int(asked.now)
        )
    except KeyNotFound:
        return use_weight("", hsm=False)
    return _weighed(use_weight, found.version)


async def _current(asked: Asked, vaults: KeyVault) -> Key | None:
    return await vaults.keys.current(asked.resource, asked.params["key_name"])


def _sized(family: Family, bits: int) -> str:
    return f"{family}-{bits}"


def _weighed(weight: Weight, version: KeyVersion) -> int:
    material = version.material
    kind = material.curve or _sized(material.family, material.bits)
    return weight(kind, hsm=version.key_type.in_hardware)


NEW_KEYS = key_creates(_of_new)
"""Of making a key that the body asks for."""
MORE_VERSIONS = key_creates(_of_another)
"""Of making a version like the newest."""
KEY_USES = key_uses(_of_use)
"""Of whatever else is done with one key."""
