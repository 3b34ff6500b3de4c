"""What certificates are imported from in the tests, and importing them by calls of the plane."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography import x509
from key_vault_caller import Answer, Caller
from x509_made import NOW, authority, other_key, profile

from keyless.planes.keyvault.certificates.x509.bundles import write_pem, write_pfx
from keyless.planes.keyvault.certificates.x509.keys import PrivateKey
from keyless.planes.keyvault.certificates.x509.making import period, signed_by

PEM_POLICY = {"secret_props": {"contentType": "application/x-pem-file"}}


@lru_cache
def leaf() -> x509.Certificate:
    """A certificate of ``other_key``, an EC key, that an authority signed for a year."""
    return signed_by(authority(), profile(), other_key().public_key(), period(NOW, 12))


def chain() -> tuple[x509.Certificate, ...]:
    """The certificate, and its authority's."""
    return (leaf(), authority().certificate)


def pfx(key: PrivateKey | None = None, certificates: Sequence[x509.Certificate] | None = None) -> str:
    """A PFX in base64, as clients send it; of ``leaf`` where nothing else is said."""
    return base64.b64encode(write_pfx(key or other_key(), certificates or chain())).decode()


def pem(key: PrivateKey | None = None, certificates: Sequence[x509.Certificate] | None = None) -> str:
    """The same in PEM, the key first."""
    return write_pem(key or other_key(), certificates or chain()).decode()


async def take(
    caller: Caller,
    value: str | None = None,
    name: str = "orders",
    *,
    api_version: str = "7.4",
    **members: Any,
) -> Answer:
    """Import a certificate; that of ``leaf`` as a PFX where nothing else is said."""
    body = {"value": pfx() if value is None else value, **members}
    return await caller.call("POST", f"/certificates/{name}/import", body, api_version=api_version)


async def taken(caller: Caller, value: str | None = None, name: str = "orders", **members: Any) -> Any:
    """Import a certificate, and give what is answered of it."""
    answer = await take(caller, value, name, **members)
    assert answer.status == 200, answer.body
    return answer.body


async def shown(caller: Caller, path: str, **options: Any) -> Any:
    """What is answered to reading something."""
    answer = await caller.call("GET", path, **options)
    assert answer.status == 200, answer.body
    return answer.body
