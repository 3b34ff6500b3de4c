"""From what is kept of a certificate to what is said of it on the wire."""

from __future__ import annotations

import base64

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.api_versions import has
from keyless.planes.keyvault.certificates.policy_schemas import (
    CertificatePolicy,
    IssuerParameters,
    KeyProperties,
    SubjectAlternativeNames,
    X509Properties,
)
from keyless.planes.keyvault.certificates.records import (
    CERTIFICATE,
    CertificateVersion,
    PendingOperation,
    Status,
)
from keyless.planes.keyvault.certificates.schemas import (
    CertificateBundle,
    CertificateOperation,
    OperationError,
    Pending,
)
from keyless.planes.keyvault.certificates.x509.thumbprints import x5t
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.rendering import attributes, object_id
from keyless.planes.keyvault.objects.vault_records import Live
from keyless.planes.keyvault.secrets.records import SECRET

_WAITS_FOR_ISSUER = (
    "Pending certificate created. Certificate request is in progress. This may take some time based on the "
    "issuer provider. Please check again later."
)
_WAITS_FOR_MERGE = "Pending certificate created. Please Perform Merge to complete the request."
_ISSUER_FAILED = "Certificate issuer error"


def pending_id(vault: Vault, name: str) -> str:
    """The URL of a certificate's operation."""
    return f"{object_id(vault, CERTIFICATE, name)}/pending"


def bundle(
    vault: Vault,
    certificate: Live[CertificateVersion],
    api_version: str,
    *,
    policy: CertificatePolicy | None = None,
    has_operation: bool = False,
) -> CertificateBundle:
    """One version, with the policy where that is told; one that is being made has neither key nor secret."""
    name, version = certificate
    finished = version.is_finished
    return CertificateBundle(
        object_id(vault, CERTIFICATE, name, version.id),
        attributes(vault, version, api_version),
        object_id(vault, KEY, name, version.id) if finished else None,
        object_id(vault, SECRET, name, version.id) if finished else None,
        x5t(version.cer) if finished else None,
        base64.b64encode(version.cer).decode() if finished else None,
        None if policy is None else policy_of(vault, name, policy, api_version),
        Pending(pending_id(vault, name)) if has_operation else None,
        version.tags,
        _order(version, api_version),
    )


def policy_of(vault: Vault, name: str, policy: CertificatePolicy, api_version: str) -> CertificatePolicy:
    """A certificate's policy, with its id, as far as an api-version has it."""
    x509, key = policy.x509_props or X509Properties(), policy.key_props or KeyProperties()
    return msgspec.structs.replace(
        policy,
        id=f"{object_id(vault, CERTIFICATE, name)}/policy",
        key_props=key if has("key_props.crv", api_version) else msgspec.structs.replace(key, crv=None),
        x509_props=msgspec.structs.replace(x509, sans=_names(x509.sans, api_version)),
        issuer=_issuer(policy.issuer or IssuerParameters(), api_version),
    )


def _names(sans: SubjectAlternativeNames | None, api_version: str) -> SubjectAlternativeNames | None:
    if sans is None or has("sans.uris", api_version):
        return sans
    return msgspec.structs.replace(sans, uris=None, ip_addresses=None)


def _issuer(issuer: IssuerParameters, api_version: str) -> IssuerParameters:
    if has("issuer.cert_transparency", api_version):
        return issuer
    return msgspec.structs.replace(issuer, cert_transparency=None)


def _order(version: CertificateVersion, api_version: str) -> bool | None:
    return version.preserve_order if has("certificate.preserveCertOrder", api_version) else None


def operation(vault: Vault, name: str, pending: PendingOperation, api_version: str) -> CertificateOperation:
    """How the making of a certificate stands."""
    completed, failed = pending.status is Status.COMPLETED, pending.status is Status.FAILED
    return CertificateOperation(
        pending_id(vault, name),
        _issuer(pending.issuer, api_version),
        base64.b64encode(pending.csr).decode(),
        pending.cancellation_requested,
        pending.status,
        pending.request_id,
        _details(pending) if pending.in_progress else None,
        OperationError(_ISSUER_FAILED, pending.failure or "") if failed else None,
        object_id(vault, CERTIFICATE, name) if completed else None,
        _order(pending.version, api_version),
    )


def _details(pending: PendingOperation) -> str:
    return _WAITS_FOR_MERGE if pending.waits_for_merge else _WAITS_FOR_ISSUER
