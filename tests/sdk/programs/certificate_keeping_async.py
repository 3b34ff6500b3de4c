"""Does with the asynchronous clients what `certificate_keeping` does, and prints what came back."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.certificates import CertificatePolicy, WellKnownIssuerNames
from azure.keyvault.certificates.aio import CertificateClient
from azure.keyvault.keys.aio import KeyClient
from azure.keyvault.keys.crypto import SignatureAlgorithm
from azure.keyvault.keys.crypto.aio import CryptographyClient
from azure.keyvault.secrets import ContentType
from azure.keyvault.secrets.aio import SecretClient
from certificate_keeping import FILES, PASSWORD, QUICK, digest, of_pfx, pem_policy, served, shown, verified
from errors import shown_error
from held import HeldToDocuments


async def error_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        await call
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


async def imported_pfx(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import a PFX that `openssl` made, and serve TLS with the key from the secret behind it."""
    pfx = (FILES / "orders.pfx").read_bytes()
    wrong = await error_of(certificates.import_certificate("orders", pfx, password="wrong"))
    made = await certificates.import_certificate("orders", pfx, password=PASSWORD, tags={"of": "shop"})
    secret = await secrets.get_secret("orders")
    key, chain = of_pfx(secret.value)
    handshake = served(key, chain)
    return {
        "wrong": wrong,
        "made": shown(made),
        "read": shown(await certificates.get_certificate("orders")),
        "managed": [secret.properties.managed, secret.properties.key_id == made.key_id],
        "content type": secret.properties.content_type,
        "chain": chain.count(b"BEGIN CERTIFICATE"),
        "tls": [handshake["version"], handshake["certificate"] == bytes(made.cer)],
    }


async def imported_pem(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import the same as PEM, as another version; the secret then is PEM."""
    pem = (FILES / "orders.pem").read_bytes()
    made = await certificates.import_certificate("orders", pem, policy=pem_policy(), enabled=True)
    secret = await secrets.get_secret("orders", made.properties.version)
    value = secret.value.encode()
    handshake = served(value, b"")
    versions = [one async for one in certificates.list_properties_of_certificate_versions("orders")]
    before = next(one for one in versions if one.version != made.properties.version)
    old = await certificates.get_certificate_version("orders", before.version)
    asked = await secrets.get_secret("orders", before.version, out_content_type=ContentType.PEM)
    return {
        "made": shown(made),
        "content type": secret.properties.content_type,
        "tls": [handshake["version"], handshake["certificate"] == bytes(made.cer)],
        "versions": len(versions),
        "same": bytes(old.cer) == bytes(made.cer),
        "converted": [asked.properties.content_type, asked.value.encode() == value],
    }


async def signed(certificates: CertificateClient, keys: KeyClient, credential: Any) -> dict[str, Any]:
    """Sign with the key behind a certificate, and check the signature with the certificate alone."""
    certificate, key = await certificates.get_certificate("orders"), await keys.get_key("orders")
    held = [HeldToDocuments()]
    async with CryptographyClient(certificate.key_id, credential, per_call_policies=held) as client:
        signature = (await client.sign(SignatureAlgorithm.rs256, digest())).signature
    return {
        "verified": verified(bytes(certificate.cer), signature),
        "managed": key.properties.managed,
        "exportable": key.properties.exportable,
        "operations": sorted(map(str, key.key_operations)),
    }


async def not_exportable(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import with a policy that lets the key not out."""
    pem = (FILES / "orders.pem").read_bytes()
    await certificates.import_certificate("inner", pem, policy=pem_policy(exportable=False))
    value = (await secrets.get_secret("inner")).value
    return {"key": "PRIVATE KEY" in value, "certificates": value.count("BEGIN CERTIFICATE")}


async def updated(certificates: CertificateClient, keys: KeyClient, secrets: SecretClient) -> dict[str, Any]:
    """Disable a certificate, which disables what stands behind it; and enable it again."""
    disabled = await certificates.update_certificate_properties("orders", enabled=False, tags={"of": "us"})
    secret, key = await error_of(secrets.get_secret("orders")), await keys.get_key("orders")
    enabled = await certificates.update_certificate_properties("orders", enabled=True)
    return {
        "disabled": [disabled.properties.enabled, disabled.properties.tags],
        "secret": secret,
        "key": [key.properties.enabled, key.properties.tags],
        "enabled": enabled.properties.enabled,
        "readable": (await secrets.get_secret("orders")).properties.enabled,
    }


async def alone(keys: KeyClient, secrets: SecretClient) -> dict[str, Any]:
    """What is said to whoever changes a key or a secret without its certificate."""
    return {
        "set": await error_of(secrets.set_secret("orders", "horse")),
        "update": await error_of(secrets.update_secret_properties("orders", tags={"a": "b"})),
        "delete": await error_of(secrets.delete_secret("orders")),
        "create": await error_of(keys.create_rsa_key("orders")),
        "delete key": await error_of(keys.delete_key("orders")),
        "backup": await error_of(keys.backup_key("orders")),
    }


async def removed(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Delete, recover, back up, purge and restore."""
    value, pem = (await secrets.get_secret("orders")).value, (FILES / "orders.pem").read_bytes()
    deleted = await certificates.delete_certificate("orders", **QUICK)
    listed = [one.name async for one in certificates.list_deleted_certificates()]
    shown_deleted = await certificates.get_deleted_certificate("orders")
    gone = await error_of(secrets.get_secret("orders"))
    conflict = await error_of(certificates.import_certificate("orders", pem, policy=pem_policy()))
    recovered = await certificates.recover_deleted_certificate("orders", **QUICK)
    backup = await certificates.backup_certificate("orders")
    there = await error_of(certificates.restore_certificate_backup(backup))
    await certificates.delete_certificate("orders", **QUICK)
    await certificates.purge_deleted_certificate("orders")
    purged = await error_of(certificates.get_deleted_certificate("orders"))
    restored = await certificates.restore_certificate_backup(backup)
    versions = [one async for one in certificates.list_properties_of_certificate_versions("orders")]
    return {
        "deleted": [deleted.name, deleted.recovery_id, deleted.deleted_on < deleted.scheduled_purge_date],
        "listed": listed,
        "shown": shown_deleted.id == deleted.id,
        "gone": gone,
        "conflict": conflict,
        "recovered": recovered.id == deleted.id,
        "there": there,
        "purged": purged,
        "restored": [restored.id == deleted.id, (await secrets.get_secret("orders")).value == value],
        "versions": len(versions),
    }


async def listed(certificates: CertificateClient) -> dict[str, Any]:
    """List what is there; a certificate that nobody has signed yet only when that is asked for."""
    policy = CertificatePolicy(
        WellKnownIssuerNames.unknown, subject="CN=waiting", key_type="EC", key_curve_name="P-256"
    )
    await certificates.create_certificate("waiting", policy, **QUICK)
    finished = [one.name async for one in certificates.list_properties_of_certificates()]
    every = [one.name async for one in certificates.list_properties_of_certificates(include_pending=True)]
    return {
        "finished": sorted(finished),
        "all": sorted(every),
        "missing": await error_of(certificates.get_certificate("nothing")),
    }


async def everything(url: str, credential: Any) -> dict[str, Any]:
    """All that somebody sees who may do everything with certificates, keys and secrets."""
    held: Any = {"per_call_policies": [HeldToDocuments()]}
    async with (
        CertificateClient(url, credential, **held) as certificates,
        SecretClient(url, credential, **held) as secrets,
        KeyClient(url, credential, **held) as keys,
    ):
        return {
            "pfx": await imported_pfx(certificates, secrets),
            "pem": await imported_pem(certificates, secrets),
            "signed": await signed(certificates, keys, credential),
            "not exportable": await not_exportable(certificates, secrets),
            "updated": await updated(certificates, keys, secrets),
            "alone": await alone(keys, secrets),
            "removed": await removed(certificates, secrets),
            "listed": await listed(certificates),
        }


async def main() -> None:
    """Print what was seen as a line of JSON."""
    async with DefaultAzureCredential() as credential:
        print(json.dumps(await everything(os.environ["VAULT_URL"], credential)))


if __name__ == "__main__":
    asyncio.run(main())
