"""In which form the secret behind a certificate is given out: `outContentType`.

Rules:
- a PFX is given out as PEM where that is asked for, with its key and its chain; any secret in the form that
  it has already;
- the service makes no PFX of PEM, and so do we not;
- of a secret that stands behind no certificate nothing is converted.

Source: https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret
"""

from __future__ import annotations

import base64

import msgspec
from cryptography.hazmat.primitives.serialization import pkcs12

from keyless.planes.keyvault.certificates.policy import PEM, PFX
from keyless.planes.keyvault.certificates.x509.bundles import write_pem
from keyless.planes.keyvault.certificates.x509.keys import PrivateKey
from keyless.planes.keyvault.secrets.records import SecretVersion
from keyless.wire.errors import InvalidRequest


def checked_format(content_type: str) -> str:
    """A form that the service knows, as it writes it.

    Raises:
        InvalidRequest: it knows no such form.
    """
    if content_type.lower() not in {PFX, PEM}:
        raise InvalidRequest(
            f"the parameter `outContentType` must be `{PFX}` or `{PEM}`", field="outContentType"
        )
    return content_type.lower()


def in_format(version: SecretVersion, wanted: str) -> SecretVersion:
    """A version in the form that is wanted, by ``checked_format``.

    Raises:
        InvalidRequest: it cannot be brought into that form.
    """
    if not version.managed or version.content_type == wanted:
        return version
    if wanted == PFX:
        raise InvalidRequest(
            f"a certificate's secret of type `{PEM}` is given out as it is: only `{PFX}` is converted",
            field="outContentType",
        )
    return msgspec.structs.replace(version, value=_pem_of(version.value), content_type=PEM)


def _pem_of(pfx: str) -> str:
    """The key, where there is one, and the certificates of a PFX in base64."""
    found = pkcs12.load_pkcs12(base64.b64decode(pfx), None)
    key = found.key if isinstance(found.key, PrivateKey) else None
    held = (found.cert, *found.additional_certs)
    return write_pem(key, [each.certificate for each in held if each is not None]).decode()
