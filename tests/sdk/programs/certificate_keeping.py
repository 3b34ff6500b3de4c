"""Imports certificates, uses what stands behind them, changes and removes them; prints what came back."""

from __future__ import annotations

import base64
import json
import os
import ssl
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from azure.core.exceptions import HttpResponseError
from azure.identity import DefaultAzureCredential
from azure.keyvault.certificates import (
    CertificateClient,
    CertificateContentType,
    CertificatePolicy,
    KeyType,
    KeyVaultCertificate,
    WellKnownIssuerNames,
)
from azure.keyvault.keys import KeyClient
from azure.keyvault.keys.crypto import CryptographyClient, SignatureAlgorithm
from azure.keyvault.secrets import ContentType, SecretClient
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from errors import shown_error
from held import HeldToDocuments

QUICK = {"_polling_interval": 0.5}
MESSAGE = b"an order of eleven pounds"
FILES = Path(os.environ["FILES"])
PASSWORD = "correct horse"
HOST = "orders.example.org"


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The error that a call ends with."""
    try:
        call(*args, **kwargs)
    except HttpResponseError as error:
        return shown_error(error)
    return {"type": None}


def pem_policy(*, exportable: bool = True) -> CertificatePolicy:
    """The policy that an import of PEM needs."""
    return CertificatePolicy(
        WellKnownIssuerNames.self,
        subject="CN=next",
        content_type=CertificateContentType.pem,
        key_type=KeyType.rsa,
        exportable=exportable,
    )


def shown(certificate: KeyVaultCertificate) -> dict[str, Any]:
    """A certificate, as JSON can hold it."""
    der, properties, policy = bytes(certificate.cer), certificate.properties, certificate.policy
    return {
        "subject": x509.load_der_x509_certificate(der).subject.rfc4514_string(),
        "enabled": properties.enabled,
        "tags": properties.tags,
        "dated": properties.not_before is not None and properties.expires_on is not None,
        "ids": [
            certificate.key_id == certificate.id.replace("/certificates/", "/keys/"),
            certificate.secret_id == certificate.id.replace("/certificates/", "/secrets/"),
        ],
        "policy": [policy.issuer_name, policy.subject, policy.key_type, policy.key_size, policy.content_type],
    }


def of_pfx(value: str) -> tuple[bytes, bytes]:
    """The key and the certificates of a PFX, in PEM."""
    found = pkcs12.load_pkcs12(base64.b64decode(value), None)
    key = found.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    held = [found.cert, *found.additional_certs]
    return key, b"".join(each.certificate.public_bytes(Encoding.PEM) for each in held)


def served(key: bytes, certificates: bytes) -> dict[str, Any]:
    """What a client that trusts the root alone sees of a TLS server with this key and these certificates."""
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory) / "served.pem"
        place.write_bytes(key + certificates)
        server_side.load_cert_chain(place)
    client_side = ssl.create_default_context(cafile=str(FILES / "root.pem"))
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = client_side.wrap_bio(to_client, to_server, server_hostname=HOST)
    server = server_side.wrap_bio(to_server, to_client, server_side=True)
    finished: set[str] = set()
    while len(finished) < 2:
        for name, end in (("client", client), ("server", server)):
            try:
                end.do_handshake()
                finished.add(name)
            except ssl.SSLWantReadError:
                continue
    return {"version": client.version(), "certificate": client.getpeercert(binary_form=True)}


def digest() -> bytes:
    """The SHA-256 of the message that is signed."""
    hashed = Hash(SHA256())
    hashed.update(MESSAGE)
    return hashed.finalize()


def verified(der: bytes, signature: bytes) -> bool:
    """Whether a signature of the message holds by a certificate's key; raises where it does not."""
    public = x509.load_der_x509_certificate(der).public_key()
    public.verify(signature, MESSAGE, padding.PKCS1v15(), SHA256())
    return True


def imported_pfx(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import a PFX that `openssl` made, and serve TLS with the key from the secret behind it."""
    pfx = (FILES / "orders.pfx").read_bytes()
    wrong = error_of(certificates.import_certificate, "orders", pfx, password="wrong")
    made = certificates.import_certificate("orders", pfx, password=PASSWORD, tags={"of": "shop"})
    secret = secrets.get_secret("orders")
    key, chain = of_pfx(secret.value)
    handshake = served(key, chain)
    return {
        "wrong": wrong,
        "made": shown(made),
        "read": shown(certificates.get_certificate("orders")),
        "managed": [secret.properties.managed, secret.properties.key_id == made.key_id],
        "content type": secret.properties.content_type,
        "chain": chain.count(b"BEGIN CERTIFICATE"),
        "tls": [handshake["version"], handshake["certificate"] == bytes(made.cer)],
    }


def imported_pem(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import the same as PEM, as another version; the secret then is PEM."""
    pem = (FILES / "orders.pem").read_bytes()
    made = certificates.import_certificate("orders", pem, policy=pem_policy(), enabled=True)
    secret = secrets.get_secret("orders", made.properties.version)
    value = secret.value.encode()
    handshake = served(value, b"")
    versions = list(certificates.list_properties_of_certificate_versions("orders"))
    before = next(one for one in versions if one.version != made.properties.version)
    old = certificates.get_certificate_version("orders", before.version)
    asked = secrets.get_secret("orders", before.version, out_content_type=ContentType.PEM)
    return {
        "made": shown(made),
        "content type": secret.properties.content_type,
        "tls": [handshake["version"], handshake["certificate"] == bytes(made.cer)],
        "versions": len(versions),
        "same": bytes(old.cer) == bytes(made.cer),
        "converted": [asked.properties.content_type, asked.value.encode() == value],
    }


def signed(certificates: CertificateClient, keys: KeyClient, credential: Any) -> dict[str, Any]:
    """Sign with the key behind a certificate, and check the signature with the certificate alone."""
    certificate = certificates.get_certificate("orders")
    key = keys.get_key("orders")
    client = CryptographyClient(certificate.key_id, credential, per_call_policies=[HeldToDocuments()])
    signature = client.sign(SignatureAlgorithm.rs256, digest()).signature
    return {
        "verified": verified(bytes(certificate.cer), signature),
        "managed": key.properties.managed,
        "exportable": key.properties.exportable,
        "operations": sorted(map(str, key.key_operations)),
    }


def not_exportable(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Import with a policy that lets the key not out."""
    pem = (FILES / "orders.pem").read_bytes()
    certificates.import_certificate("inner", pem, policy=pem_policy(exportable=False))
    value = secrets.get_secret("inner").value
    return {"key": "PRIVATE KEY" in value, "certificates": value.count("BEGIN CERTIFICATE")}


def updated(certificates: CertificateClient, keys: KeyClient, secrets: SecretClient) -> dict[str, Any]:
    """Disable a certificate, which disables what stands behind it; and enable it again."""
    disabled = certificates.update_certificate_properties("orders", enabled=False, tags={"of": "us"})
    secret, key = error_of(secrets.get_secret, "orders"), keys.get_key("orders")
    enabled = certificates.update_certificate_properties("orders", enabled=True)
    return {
        "disabled": [disabled.properties.enabled, disabled.properties.tags],
        "secret": secret,
        "key": [key.properties.enabled, key.properties.tags],
        "enabled": enabled.properties.enabled,
        "readable": secrets.get_secret("orders").properties.enabled,
    }


def alone(keys: KeyClient, secrets: SecretClient) -> dict[str, Any]:
    """What is said to whoever changes a key or a secret without its certificate."""
    return {
        "set": error_of(secrets.set_secret, "orders", "horse"),
        "update": error_of(secrets.update_secret_properties, "orders", tags={"a": "b"}),
        "delete": error_of(secrets.begin_delete_secret, "orders"),
        "create": error_of(keys.create_rsa_key, "orders"),
        "delete key": error_of(keys.begin_delete_key, "orders"),
        "backup": error_of(keys.backup_key, "orders"),
    }


def removed(certificates: CertificateClient, secrets: SecretClient) -> dict[str, Any]:
    """Delete, recover, back up, purge and restore."""
    value, pem = secrets.get_secret("orders").value, (FILES / "orders.pem").read_bytes()
    deleted = certificates.begin_delete_certificate("orders", **QUICK).result()
    listed = [one.name for one in certificates.list_deleted_certificates()]
    shown_deleted = certificates.get_deleted_certificate("orders")
    gone = error_of(secrets.get_secret, "orders")
    conflict = error_of(certificates.import_certificate, "orders", pem, policy=pem_policy())
    recovered = certificates.begin_recover_deleted_certificate("orders", **QUICK).result()
    backup = certificates.backup_certificate("orders")
    there = error_of(certificates.restore_certificate_backup, backup)
    certificates.begin_delete_certificate("orders", **QUICK).result()
    certificates.purge_deleted_certificate("orders")
    purged = error_of(certificates.get_deleted_certificate, "orders")
    restored = certificates.restore_certificate_backup(backup)
    return {
        "deleted": [deleted.name, deleted.recovery_id, deleted.deleted_on < deleted.scheduled_purge_date],
        "listed": listed,
        "shown": shown_deleted.id == deleted.id,
        "gone": gone,
        "conflict": conflict,
        "recovered": recovered.id == deleted.id,
        "there": there,
        "purged": purged,
        "restored": [restored.id == deleted.id, secrets.get_secret("orders").value == value],
        "versions": len(list(certificates.list_properties_of_certificate_versions("orders"))),
    }


def listed(certificates: CertificateClient) -> dict[str, Any]:
    """List what is there; a certificate that nobody has signed yet only when that is asked for."""
    policy = CertificatePolicy(
        WellKnownIssuerNames.unknown, subject="CN=waiting", key_type="EC", key_curve_name="P-256"
    )
    certificates.begin_create_certificate("waiting", policy, **QUICK).result()
    return {
        "finished": sorted(one.name for one in certificates.list_properties_of_certificates()),
        "all": sorted(one.name for one in certificates.list_properties_of_certificates(include_pending=True)),
        "missing": error_of(certificates.get_certificate, "nothing"),
    }


def everything(url: str, credential: Any) -> dict[str, Any]:
    """All that somebody sees who may do everything with certificates, keys and secrets."""
    held = {"per_call_policies": [HeldToDocuments()]}
    certificates = CertificateClient(url, credential, **held)
    secrets, keys = SecretClient(url, credential, **held), KeyClient(url, credential, **held)
    return {
        "pfx": imported_pfx(certificates, secrets),
        "pem": imported_pem(certificates, secrets),
        "signed": signed(certificates, keys, credential),
        "not exportable": not_exportable(certificates, secrets),
        "updated": updated(certificates, keys, secrets),
        "alone": alone(keys, secrets),
        "removed": removed(certificates, secrets),
        "listed": listed(certificates),
    }


def officer(url: str, credential: Any) -> dict[str, Any]:
    """What somebody sees who may do everything with certificates, and nothing with secrets and keys."""
    certificates = CertificateClient(url, credential)
    made = certificates.import_certificate("orders", (FILES / "orders.pfx").read_bytes(), password=PASSWORD)
    return {
        "read": shown(certificates.get_certificate("orders"))["subject"],
        "secret": error_of(SecretClient(url, credential).get_secret, "orders"),
        "key": error_of(KeyClient(url, credential).get_key, "orders"),
        "made": made.name,
    }


def main() -> None:
    """Print what was seen as a line of JSON."""
    seen = {"everything": everything, "officer": officer}[sys.argv[1]]
    print(json.dumps(seen(os.environ["VAULT_URL"], DefaultAzureCredential())))


if __name__ == "__main__":
    main()
