"""The local authority: it signs for every issuer whose provider is `Test`.

Rules:
- a tenant has one, made when it is first needed, and made anew when it is about to end; its key is sealed in
  the store and signs nothing else;
- it is another one than the authority of the local TLS front, which may sign for our own host names alone:
  what asks for certificates chooses their names. Nothing trusts it unless somebody decides to.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from keyless.planes.keyvault.certificates.records import LOCAL_AUTHORITIES, LocalAuthority
from keyless.planes.keyvault.certificates.x509.keys import key_der, read_key_der
from keyless.planes.keyvault.certificates.x509.making import Authority, new_authority
from keyless.store.collections import TENANT
from keyless.store.ports import Key, Reader, Store

_COMMON_NAME = "Keyless Key Vault test authority"
_LEAST_LEFT_S = 366 * 24 * 60 * 60


async def local_authority(store: Store, now: int) -> Authority:
    """The tenant's authority."""
    if (found := await _found(store, now)) is not None:
        return found
    made = new_authority(_COMMON_NAME, now)
    record = LocalAuthority(made.certificate.public_bytes(Encoding.DER), key_der(made.key))
    async with store.transaction() as transaction:
        if (found := await _found(transaction, now)) is not None:
            return found
        await transaction.put(LOCAL_AUTHORITIES, await _owner(transaction), record)
    return made


async def _found(reader: Reader, now: int) -> Authority | None:
    """The authority, where there is one that outlives a certificate of a year."""
    record = await reader.get(LOCAL_AUTHORITIES, await _owner(reader))
    if record is None:
        return None
    certificate = load_der_x509_certificate(record.certificate)
    if certificate.not_valid_after_utc.timestamp() < now + _LEAST_LEFT_S:
        return None
    return Authority(certificate, read_key_der(record.key))


async def _owner(reader: Reader) -> Key:
    tenant = await reader.get(TENANT, ("tenant",))
    return ("" if tenant is None else tenant.tenant_id.casefold(),)
