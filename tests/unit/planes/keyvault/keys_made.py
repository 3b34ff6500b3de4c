"""Keys for tests, made once for each process: RSA takes its time."""

from __future__ import annotations

from functools import cache
from typing import Any

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.material.base64url import encode_number
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.make import key_spec, make_key_here
from keyless.planes.keyvault.keys.material.types import POSSIBLE_OPERATIONS, KeyType
from keyless.planes.keyvault.keys.records import KEY, KeyVersion
from keyless.planes.keyvault.objects.vault_records import ObjectWriter
from keyless.store.ports import Store

KID = "https://contoso.vault.azure.net/keys/a/0123456789abcdef0123456789abcdef"


@cache
def rsa_material(bits: int = 2048) -> KeyMaterial:
    """An RSA key."""
    return make_key_here(key_spec("RSA", bits))


@cache
def ec_material(curve: str = "P-256") -> KeyMaterial:
    """A key on a curve."""
    return make_key_here(key_spec("EC", curve=curve))


@cache
def oct_material(bits: int = 256) -> KeyMaterial:
    """A symmetric key."""
    return make_key_here(key_spec("oct-HSM", bits))


def private_jwk(material: KeyMaterial) -> dict[str, str]:
    """The members of a key's JWK, the private ones included."""
    public = {name: value for name, value in _members(material.public_jwk()).items() if value is not None}
    numbers = material.open().private_numbers()  # type: ignore[union-attr]
    if material.curve is not None:
        return {"kty": "EC", **public, "d": encode_number(numbers.private_value)}
    private = {
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    return {"kty": "RSA", **public, **{name: encode_number(number) for name, number in private.items()}}


def _members(jwk: JsonWebKey) -> dict[str, str | None]:
    return {name: getattr(jwk, name) for name in ("n", "e", "crv", "x", "y")}


async def put_key(
    store: Store, vault: Vault, name: str, material: KeyMaterial, version_id: str = "a" * 32, **settings: Any
) -> str:
    """Put a key's version into a store, as the current one; gives its id."""
    family = material.family
    version = KeyVersion(
        **{
            "id": version_id,
            "created": 1,
            "updated": 1,
            "key_type": KeyType(family),
            "key_ops": tuple(POSSIBLE_OPERATIONS[family]),
            "material": material,
            **settings,
        }
    )
    async with store.transaction() as transaction:
        await ObjectWriter(transaction, KEY, vault).put_current(name, version)
    return version_id
