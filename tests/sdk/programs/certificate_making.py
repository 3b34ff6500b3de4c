"""Makes certificates with the client in every way that it can, and prints what came back."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.certificates import (
    AdministratorContact,
    CertificateClient,
    CertificateContact,
    CertificateContentType,
    CertificatePolicy,
    CertificatePolicyAction,
    KeyCurveName,
    KeyType,
    LifetimeAction,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from errors import shown_error

QUICK = {"_polling_interval": 0.5}
EC = {"key_type": KeyType.ec, "key_curve_name": KeyCurveName.p_256}


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def own_policy() -> CertificatePolicy:
    """A policy with most of what one can say."""
    return CertificatePolicy(
        "Self",
        subject='CN=orders.example.org, O="Contoso, Ltd"',
        san_dns_names=["orders.example.org", "www.orders.example.org"],
        san_emails=["ops@example.org"],
        san_user_principal_names=["ops@corp.example.org"],
        san_ip_addresses=["192.0.2.7"],
        san_uris=["spiffe://example.org/orders"],
        content_type=CertificateContentType.pem,
        exportable=True,
        reuse_key=True,
        validity_in_months=6,
        enhanced_key_usage=["1.3.6.1.5.5.7.3.1"],
        key_usage=["digitalSignature"],
        lifetime_actions=[LifetimeAction(CertificatePolicyAction.auto_renew, days_before_expiry=30)],
        **EC,
    )


def shown_policy(policy: CertificatePolicy) -> dict[str, Any]:
    """A policy, as JSON can hold it."""
    (action,) = policy.lifetime_actions
    return {
        "issuer": policy.issuer_name,
        "subject": policy.subject,
        "dns": policy.san_dns_names,
        "emails": policy.san_emails,
        "upns": policy.san_user_principal_names,
        "ips": policy.san_ip_addresses,
        "uris": policy.san_uris,
        "content type": policy.content_type,
        "exportable": policy.exportable,
        "reuse": policy.reuse_key,
        "months": policy.validity_in_months,
        "purposes": policy.enhanced_key_usage,
        "usages": policy.key_usage,
        "key": [policy.key_type, policy.key_size, policy.key_curve_name],
        "action": [action.action, action.lifetime_percentage, action.days_before_expiry],
        "enabled": policy.enabled,
        "dated": policy.created_on is not None and policy.created_on <= policy.updated_on,
    }


def shown_certificate(der: bytes) -> dict[str, Any]:
    """What a certificate says, read without the client."""
    certificate = x509.load_der_x509_certificate(der)
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    return {
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "days": round(life / dt.timedelta(days=1)),
        "names": len(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value),
    }


def key_of(der: bytes) -> bytes:
    """The public key of a certificate."""
    key = x509.load_der_x509_certificate(der).public_key()
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def shown_operation(operation: Any) -> dict[str, Any]:
    """How an operation stands."""
    return {
        "name": operation.name,
        "issuer": operation.issuer_name,
        "status": operation.status,
        "details": operation.status_details,
        "cancelled": operation.cancellation_requested,
        "error": operation.error and operation.error.code,
        "request": operation.request_id is not None,
    }


def self_signed(client: CertificateClient) -> dict[str, Any]:
    """Create a certificate that its own key signs, wait for it, and change its policy."""
    made = client.begin_create_certificate(
        "orders", own_policy(), tags={"of": "shop"}, enabled=True, **QUICK
    ).result()
    policy = client.get_certificate_policy("orders")
    policy._validity_in_months = 3
    changed = client.update_certificate_policy("orders", policy)
    again = client.begin_create_certificate("orders", changed, **QUICK).result()
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
        "operation": shown_operation(client.get_certificate_operation("orders")),
    }


def by_issuer(client: CertificateClient) -> dict[str, Any]:
    """Configure the local authority as an issuer, and have it sign."""
    contact = AdministratorContact(first_name="Ada", last_name="Poole", email="ada@example.org", phone="1")
    created = client.create_issuer(
        "local", "Test", account_id="user", password="hush", admin_contacts=[contact], organization_id="org"
    )
    updated = client.update_issuer("local", account_id="other")
    policy = CertificatePolicy("local", subject="CN=signed", san_dns_names=["signed.example.org"], **EC)
    signed = client.begin_create_certificate("signed", policy, **QUICK).result()
    client.create_issuer("far", "DigiCert")
    far = CertificatePolicy("far", subject="CN=far", **EC)
    failed = client.begin_create_certificate("far", far, **QUICK).result()
    listed = sorted((one.name, one.provider) for one in client.list_properties_of_issuers())
    deleted = client.delete_issuer("far")
    return {
        "created": [created.name, created.provider, created.account_id, created.password, created.enabled],
        "contacts": [one.email for one in created.admin_contacts],
        "organization": created.organization_id,
        "updated": [updated.account_id, updated.organization_id],
        "signed": shown_certificate(bytes(signed.cer)),
        "failed": shown_operation(failed),
        "listed": listed,
        "deleted": deleted.name,
        "gone": error_of(client.get_issuer, "far"),
        "unknown": error_of(client.begin_create_certificate, "nothing", far),
    }


def signed_elsewhere(request: bytes) -> list[bytes]:
    """What an authority of `openssl` makes of a request: the certificate and its own, in DER."""
    with tempfile.TemporaryDirectory() as directory:
        key, root, csr, leaf = (Path(directory) / name for name in ("key", "root", "csr", "leaf"))
        csr.write_bytes(request)
        for command in (
            ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=elsewhere"
             f" -keyout {key} -out {root}"),
            (f"x509 -req -inform DER -in {csr} -CA {root} -CAkey {key} -days 90 -copy_extensions copyall"
             f" -outform DER -out {leaf}"),
            f"x509 -in {root} -outform DER -out {root}.der",
        ):  # fmt: skip
            subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
        return [leaf.read_bytes(), Path(f"{root}.der").read_bytes()]


def merged(client: CertificateClient) -> dict[str, Any]:
    """Create a certificate that nobody here signs, and merge what an authority elsewhere has made of it."""
    policy = CertificatePolicy("Unknown", subject="CN=merged", san_dns_names=["merged.example.org"], **EC)
    waiting = client.begin_create_certificate("merged", policy, **QUICK).result()
    conflict = error_of(client.begin_create_certificate, "merged", policy)
    stranger = base64.b64decode(STRANGER)
    wrong = error_of(client.merge_certificate, "merged", [stranger])
    chain = signed_elsewhere(bytes(waiting.csr))
    finished = client.merge_certificate("merged", chain, tags={"by": "openssl"})
    return {
        "waiting": shown_operation(waiting),
        "conflict": conflict,
        "wrong": wrong,
        "merged": shown_certificate(bytes(finished.cer)),
        "tags": finished.properties.tags,
        "operation": client.get_certificate_operation("merged").status,
        "twice": error_of(client.merge_certificate, "merged", chain),
    }


def cancelled(client: CertificateClient) -> dict[str, Any]:
    """Cancel a certificate right after it was begun, and delete its operation."""
    client.begin_create_certificate("cancelled", CertificatePolicy("Self", subject="CN=c", **EC), **QUICK)
    requested = client.cancel_certificate_operation("cancelled")
    status = requested.status
    while status == "inProgress":
        status = client.get_certificate_operation("cancelled").status
    deleted = client.delete_certificate_operation("cancelled")
    return {
        "requested": [requested.status, requested.cancellation_requested],
        "status": status,
        "deleted": deleted.status,
        "gone": error_of(client.get_certificate_operation, "cancelled"),
    }


def contacts(client: CertificateClient) -> dict[str, Any]:
    """Set, read and delete the vault's contacts."""
    missing = error_of(client.get_contacts)
    client.set_contacts([CertificateContact(email="a@example.org", name="a", phone="1")])
    read = [[one.email, one.name, one.phone] for one in client.get_contacts()]
    deleted = [one.email for one in client.delete_contacts()]
    return {"missing": missing, "read": read, "deleted": deleted}


STRANGER = os.environ["STRANGER"]


def main() -> None:
    """Print what was seen as a line of JSON."""
    client = CertificateClient(os.environ["VAULT_URL"], DefaultAzureCredential())
    seen = {
        "self signed": self_signed(client),
        "by issuer": by_issuer(client),
        "merged": merged(client),
        "cancelled": cancelled(client),
        "contacts": contacts(client),
    }
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
