"""Making certificates by calls of the plane, with keys that are quick to make."""

from __future__ import annotations

import base64
from typing import Any

from cryptography import x509
from key_vault_caller import Answer, Caller

EC = {"kty": "EC", "crv": "P-256"}
SETTLED_S = 2


def policy(issuer: str = "Self", subject: str = "CN=orders.example.org", **members: Any) -> dict[str, Any]:
    """A policy with an EC key, as a request gives it."""
    return {"issuer": {"name": issuer}, "key_props": EC, "x509_props": {"subject": subject}, **members}


async def create(caller: Caller, name: str = "orders", body: object = None, **members: Any) -> Answer:
    """Begin to make a certificate."""
    given = {"policy": policy(**members)} if body is None else body
    return await caller.call("POST", f"/certificates/{name}/create", given)


async def pending(caller: Caller, name: str = "orders", **options: Any) -> Answer:
    """How the making of a certificate stands."""
    return await caller.call("GET", f"/certificates/{name}/pending", **options)


async def created(caller: Caller, name: str = "orders", **members: Any) -> Any:
    """Make a certificate, and give its finished operation."""
    begun = await create(caller, name, **members)
    assert begun.status == 202, begun.body
    settled = await pending(caller.at(SETTLED_S), name)
    assert settled.body["status"] == "completed", settled.body
    return settled.body


async def newest(caller: Caller, name: str = "orders") -> Any:
    """The newest version behind the wire, as the service finds it."""
    return (await caller.plane.service.certificates.find(caller.vault, name, now=caller.now)).version


def request_of(answer: Answer) -> x509.CertificateSigningRequest:
    """The request that an operation shows."""
    return x509.load_der_x509_csr(base64.b64decode(answer.body["csr"]))
