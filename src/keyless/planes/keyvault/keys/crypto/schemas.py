"""Cryptographic operations on the wire: what they take and answer, bytes in base64url.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane/Keys
"""

from __future__ import annotations

import msgspec

from keyless.planes.keyvault.objects.schemas import Unshown


class KeyOperationsParameters(Unshown):
    """`KeyOperationsParameters`: of encrypting, wrapping and their reverse."""

    alg: str
    value: str
    iv: str | None = None
    aad: str | None = None
    tag: str | None = None


class KeySignParameters(Unshown):
    """`KeySignParameters`: the digest is in ``value``."""

    alg: str
    value: str


class KeyVerifyParameters(Unshown):
    """`KeyVerifyParameters`: the signature is in ``value``."""

    alg: str
    digest: str
    value: str


class KeyOperationResult(Unshown, omit_defaults=True):
    """`KeyOperationResult`."""

    kid: str
    value: str
    iv: str | None = None
    tag: str | None = None
    aad: str | None = None


class KeyVerifyResult(msgspec.Struct):
    """`KeyVerifyResult`: whether the signature is one of the key's."""

    value: bool


class GetRandomBytesRequest(msgspec.Struct):
    """`GetRandomBytesRequest`."""

    count: int


class RandomBytes(Unshown):
    """`RandomBytes`."""

    value: str
