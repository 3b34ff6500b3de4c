"""Making keys: what may be asked for, and the key.

Rules:
- without a size RSA keys get 2048 bits and symmetric ones 256; without a curve EC keys are on P-256;
- the public exponent of RSA is 65537, or 3 where that is asked for;
- RSA keys of 4096 bits take seconds, so keys are made in a thread, which leaves the interpreter to others.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/create-key/create-key
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keyless.planes.keyvault.keys.material.kept import KeyMaterial, keep_bytes, keep_private_key
from keyless.planes.keyvault.keys.material.threads import MAKING
from keyless.planes.keyvault.keys.material.types import (
    CURVES,
    LEGACY_CURVE,
    OCT_BITS,
    RENAMED_CURVE,
    RSA_BITS,
    Family,
    KeyType,
)
from keyless.wire.errors import InvalidProperty

USUAL_EXPONENT = 65537
_EXPONENTS = (3, USUAL_EXPONENT)
_DEFAULT_BITS = {Family.RSA: 2048, Family.OCT: 256}
_BITS = {Family.RSA: RSA_BITS, Family.OCT: OCT_BITS}


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A key to be made: ``bits`` of RSA and symmetric ones, ``exponent`` of RSA, ``curve`` of EC."""

    key_type: KeyType
    bits: int = 0
    curve: str = ""
    exponent: int = USUAL_EXPONENT

    @property
    def family(self) -> Family:
        """The family of the key's type."""
        return self.key_type.family


def key_spec(
    kty: str, bits: int | None = None, curve: str | None = None, exponent: int | None = None
) -> KeySpec:
    """What a request asks for, with what goes without saying.

    Raises:
        InvalidRequest: there is no such type, or it has no such size, curve or exponent.
    """
    key_type = read_key_type(kty)
    family = key_type.family
    if family is Family.EC:
        return KeySpec(key_type, curve=read_curve(curve or "P-256"))
    wanted = _DEFAULT_BITS[family] if bits is None else bits
    if wanted not in _BITS[family]:
        raise InvalidProperty("key_size", f"keys of type {key_type} have {_either(_BITS[family])} bits")
    if exponent is not None and (family is not Family.RSA or exponent not in _EXPONENTS):
        raise InvalidProperty("public_exponent", f"only RSA keys have one, and it is {_either(_EXPONENTS)}")
    return KeySpec(key_type, wanted, exponent=exponent or USUAL_EXPONENT)


def read_key_type(kty: str | None) -> KeyType:
    """A key's type by its name.

    Raises:
        InvalidRequest: there is no such type.
    """
    try:
        return KeyType(kty or "")
    except ValueError:
        raise InvalidProperty("kty", f"it must be {_either(tuple(KeyType))}") from None


def read_curve(name: str | None) -> str:
    """A curve's name, by whichever of its names.

    Raises:
        InvalidRequest: there is no such curve.
    """
    known = RENAMED_CURVE if name == LEGACY_CURVE else name
    if known not in CURVES:
        raise InvalidProperty("crv", f"it must be {_either(tuple(CURVES))}")
    return known


async def make_key(spec: KeySpec, entropy: Callable[[int], bytes] = os.urandom) -> KeyMaterial:
    """A new key, made in a thread. ``entropy`` gives the bytes of symmetric keys."""
    return await MAKING.run(lambda: make_key_here(spec, entropy))


def make_key_here(spec: KeySpec, entropy: Callable[[int], bytes] = os.urandom) -> KeyMaterial:
    """A new key, made in this thread, which can take seconds."""
    if spec.family is Family.OCT:
        return keep_bytes(entropy(spec.bits // 8))
    if spec.family is Family.EC:
        return keep_private_key(ec.generate_private_key(CURVES[spec.curve].curve))
    return keep_private_key(rsa.generate_private_key(spec.exponent, spec.bits))


def _either(known: tuple[object, ...]) -> str:
    *first, last = (str(one) for one in known)
    return f"{', '.join(first)} or {last}"
