"""Makes certificates with the asynchronous client in every way that it can, and prints what came back."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Awaitable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.certificates import AdministratorContact, CertificateContact, CertificatePolicy
from azure.keyvault.certificates.aio import CertificateClient
from certificate_making import (
    EC,
    QUICK,
    STRANGER,
    key_of,
    own_policy,
    shown_certificate,
    shown_operation,
    shown_policy,
    signed_elsewhere,
)
from errors import shown_error


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def self_signed(client: CertificateClient) -> dict[str, Any]:
    """Create a certificate that its own key signs, wait for it, and change its policy."""
    made = await client.create_certificate("orders", own_policy(), tags={"of": "shop"}, enabled=True, **QUICK)
    policy = await client.get_certificate_policy("orders")
    policy._validity_in_months = 3
    changed = await client.update_certificate_policy("orders", policy)
    again = await client.create_certificate("orders", changed, **QUICK)
    keys = {key_of(bytes(each.cer)) for each in (made, again)}
    return {
        "certificate": shown_certificate(bytes(made.cer)),
        "policy": shown_policy(made.policy),
        "changed": changed.validity_in_months,
        "again": shown_certificate(bytes(again.cer))["days"],
        "one key": len(keys) == 1,
        "other version": made.properties.version != again.properties.version,
        "tags": made.properties.tags,
        "enabled": made.properties.enabled,
        "thumbprint": len(made.properties.x509_thumbprint),
        "ids": [
            made.key_id == made.id.replace("/certificates/", "/keys/"),
            made.secret_id == made.id.replace("/certificates/", "/secrets/"),
        ],
        "operation": shown_operation(await client.get_certificate_operation("orders")),
    }


async def by_issuer(client: CertificateClient) -> dict[str, Any]:
    """Configure the local authority as an issuer, and have it sign."""
    contact = AdministratorContact(first_name="Ada", last_name="Poole", email="ada@example.org", phone="1")
    created = await client.create_issuer(
        "local", "Test", account_id="user", password="hush", admin_contacts=[contact], organization_id="org"
    )
    updated = await client.update_issuer("local", account_id="other")
    policy = CertificatePolicy("local", subject="CN=signed", san_dns_names=["signed.example.org"], **EC)
    signed = await client.create_certificate("signed", policy, **QUICK)
    await client.create_issuer("far", "DigiCert")
    far = CertificatePolicy("far", subject="CN=far", **EC)
    failed = await client.create_certificate("far", far, **QUICK)
    listed = sorted([(one.name, one.provider) async for one in client.list_properties_of_issuers()])
    deleted = await client.delete_issuer("far")
    return {
        "created": [created.name, created.provider, created.account_id, created.password, created.enabled],
        "contacts": [one.email for one in created.admin_contacts],
        "organization": created.organization_id,
        "updated": [updated.account_id, updated.organization_id],
        "signed": shown_certificate(bytes(signed.cer)),
        "failed": shown_operation(failed),
        "listed": listed,
        "deleted": deleted.name,
        "gone": await error_of(client.get_issuer("far")),
        "unknown": await error_of(client.create_certificate("nothing", far)),
    }


async def merged(client: CertificateClient) -> dict[str, Any]:
    """Create a certificate that nobody here signs, and merge what an authority elsewhere has made of it."""
    policy = CertificatePolicy("Unknown", subject="CN=merged", san_dns_names=["merged.example.org"], **EC)
    waiting = await client.create_certificate("merged", policy, **QUICK)
    conflict = await error_of(client.create_certificate("merged", policy))
    wrong = await error_of(client.merge_certificate("merged", [base64.b64decode(STRANGER)]))
    chain = signed_elsewhere(bytes(waiting.csr))
    finished = await client.merge_certificate("merged", chain, tags={"by": "openssl"})
    return {
        "waiting": shown_operation(waiting),
        "conflict": conflict,
        "wrong": wrong,
        "merged": shown_certificate(bytes(finished.cer)),
        "tags": finished.properties.tags,
        "operation": (await client.get_certificate_operation("merged")).status,
        "twice": await error_of(client.merge_certificate("merged", chain)),
    }


async def cancelled(client: CertificateClient) -> dict[str, Any]:
    """Cancel a certificate right after it was begun, and delete its operation."""
    policy = CertificatePolicy("Self", subject="CN=c", **EC)
    making = asyncio.create_task(client.create_certificate("cancelled", policy, **QUICK))
    while (await error_of(client.get_certificate_operation("cancelled")))["type"] is not None:
        await asyncio.sleep(0.01)
    requested = await client.cancel_certificate_operation("cancelled")
    status = (await making).status
    deleted = await client.delete_certificate_operation("cancelled")
    return {
        "requested": [requested.status, requested.cancellation_requested],
        "status": status,
        "deleted": deleted.status,
        "gone": await error_of(client.get_certificate_operation("cancelled")),
    }


async def contacts(client: CertificateClient) -> dict[str, Any]:
    """Set, read and delete the vault's contacts."""
    missing = await error_of(client.get_contacts())
    await client.set_contacts([CertificateContact(email="a@example.org", name="a", phone="1")])
    read = [[one.email, one.name, one.phone] for one in await client.get_contacts()]
    deleted = [one.email for one in await client.delete_contacts()]
    return {"missing": missing, "read": read, "deleted": deleted}


async def main() -> None:
    """Print what was seen as a line of JSON."""
    async with (
        DefaultAzureCredential() as credential,
        CertificateClient(os.environ["VAULT_URL"], credential) as client,
    ):
        seen = {
            "self signed": await self_signed(client),
            "by issuer": await by_issuer(client),
            "merged": await merged(client),
            "cancelled": await cancelled(client),
            "contacts": await contacts(client),
        }
    print(json.dumps(seen))


if __name__ == "__main__":
    asyncio.run(main())
