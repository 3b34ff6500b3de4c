"""The key and the secret behind a certificate: made with each version, under its name and its id.

Rules:
- they are managed: nothing changes, deletes or restores them but the certificate's own operations;
- the key may be used for what the certificate's key usage says, and for everything where it says nothing;
- the secret is the certificate with its chain, in the form that the policy says, and with the private key
  where that is exportable;
- a name that belongs to another key or secret cannot become a certificate's.

Source: https://learn.microsoft.com/azure/key-vault/certificates/about-certificates
"""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

import msgspec
from cryptography.x509 import load_der_x509_certificate

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.errors import NameIsTaken
from keyless.planes.keyvault.certificates.issuing import private_key
from keyless.planes.keyvault.certificates.policy import PFX, WholePolicy
from keyless.planes.keyvault.certificates.records import CERTIFICATE, CertificateVersion
from keyless.planes.keyvault.certificates.x509.bundles import write_pem, write_pfx
from keyless.planes.keyvault.certificates.x509.reading import validity
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.types import POSSIBLE_OPERATIONS, KeyOperation
from keyless.planes.keyvault.keys.records import KEY, KeyVersion
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Head
from keyless.planes.keyvault.objects.vault_records import Live, ObjectReader, ObjectWriter
from keyless.planes.keyvault.secrets.records import SECRET, SecretVersion
from keyless.store.ports import Reader, Transaction

_BEHIND: tuple[Kind[Any], ...] = (KEY, SECRET)

_SIGN = (KeyOperation.SIGN, KeyOperation.VERIFY)
_OPERATIONS = {
    "digitalSignature": _SIGN,
    "nonRepudiation": _SIGN,
    "keyCertSign": _SIGN,
    "cRLSign": _SIGN,
    "keyEncipherment": (KeyOperation.WRAP, KeyOperation.UNWRAP),
    "dataEncipherment": (KeyOperation.ENCRYPT, KeyOperation.DECRYPT),
    "encipherOnly": (KeyOperation.ENCRYPT,),
    "decipherOnly": (KeyOperation.DECRYPT,),
}


class Finished(NamedTuple):
    """A version that is whole: its certificates in DER, its own first, and by which policy it was made."""

    version: CertificateVersion
    policy: WholePolicy
    key: KeyMaterial
    certificates: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Finished({self.version!r}, …)"


async def check_free(transaction: Transaction, vault: Vault, name: str, now: int) -> None:
    """Make sure that a name can be a certificate's: no deleted object holds it, and no other key or secret.

    Raises:
        ObjectIsDeleted: a deleted object of that name can still come back.
        NameIsTaken: there is a key or a secret that is not behind a certificate.
    """
    await ObjectWriter(transaction, CERTIFICATE, vault).free_name(name, now)
    for kind in _BEHIND:
        writer: ObjectWriter[Any] = ObjectWriter(transaction, kind, vault)
        await writer.free_name(name, now)
        live = await writer.live(name)
        if live is not None and not live.version.managed:
            raise NameIsTaken(kind.noun, live.name)


async def put_finished(
    transaction: Transaction, vault: Vault, name: str, finished: Finished, now: int
) -> Live[CertificateVersion]:
    """Write a version that is whole, as the current one, and the key and the secret behind it."""
    before = await ObjectWriter(transaction, SECRET, vault).head(name)
    version, key, secret = whole_version(finished, now, before)
    await ObjectWriter(transaction, KEY, vault).put_current(name, key)
    await ObjectWriter(transaction, SECRET, vault).put_current(name, secret)
    return await ObjectWriter(transaction, CERTIFICATE, vault).put_current(name, version)


def whole_version(
    finished: Finished, now: int, before: Head | None = None
) -> tuple[CertificateVersion, KeyVersion, SecretVersion]:
    """A version with the key and the secret behind it; ``before`` is the secret that it succeeds."""
    valid = validity(load_der_x509_certificate(finished.certificates[0]))
    version = msgspec.structs.replace(
        finished.version,
        cer=finished.certificates[0],
        not_before=valid.not_before,
        expires=valid.not_after,
        updated=now,
    )
    return version, _key(version, finished), _secret(version, finished, before)


async def key_of(reader: Reader, vault: Vault, name: str, policy: WholePolicy) -> KeyMaterial | None:
    """The key behind a live certificate's newest version, where it is one that the policy would have made.

    One that was not exportable never becomes so, whatever the policy says by now.
    """
    certificate = await ObjectReader(reader, CERTIFICATE, vault).live(name)
    if certificate is None or not certificate.version.is_finished:
        return None
    key = await ObjectReader(reader, KEY, vault).version(name, certificate.version.id)
    if key is None or not _is_of(key.material, policy) or (policy.key.exportable and not key.exportable):
        return None
    return key.material


def _is_of(material: KeyMaterial, policy: WholePolicy) -> bool:
    spec = policy.key_spec
    return material.family is spec.family and (material.curve or material.bits) == (spec.curve or spec.bits)


def _key(version: CertificateVersion, finished: Finished) -> KeyVersion:
    return KeyVersion(
        id=version.id,
        created=version.created,
        updated=version.updated,
        enabled=version.enabled,
        tags=version.tags,
        not_before=version.not_before,
        expires=version.expires,
        managed=True,
        key_type=finished.policy.key_spec.key_type,
        key_ops=operations_of(finished.policy.x509.key_usage or [], finished.key),
        material=finished.key,
        exportable=bool(finished.policy.key.exportable),
    )


def operations_of(usages: list[str], key: KeyMaterial) -> tuple[str, ...]:
    """What a key may be used for whose certificate names these usages: for everything where it names none."""
    possible = POSSIBLE_OPERATIONS[key.family]
    named = {each for usage in usages for each in _OPERATIONS.get(usage, ())} if usages else possible
    return tuple(each.value for each in KeyOperation if each in named and each in possible)


def _secret(version: CertificateVersion, finished: Finished, before: Head | None) -> SecretVersion:
    return SecretVersion(
        id=version.id,
        created=version.created,
        updated=version.updated,
        enabled=version.enabled,
        tags=version.tags,
        not_before=version.not_before,
        expires=version.expires,
        managed=True,
        value=secret_value(finished.policy, finished.key, finished.certificates),
        content_type=finished.policy.content_type,
        previous=None if before is None else before.current,
    )


def secret_value(policy: WholePolicy, material: KeyMaterial, certificates: tuple[bytes, ...]) -> str:
    """The value of the secret behind a certificate: a PFX in base64, or PEM."""
    key = private_key(material) if policy.key.exportable else None
    chain = [load_der_x509_certificate(each) for each in certificates]
    if policy.content_type == PFX:
        return base64.b64encode(write_pfx(key, chain)).decode()
    return write_pem(key, chain).decode()
