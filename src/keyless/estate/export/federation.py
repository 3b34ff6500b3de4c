"""Federated credentials and issuers as an exported file writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.model.clusters import workload_credential
from keyless.model.estate import Estate
from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import FederatedCredential, TrustedIssuer

Document = dict[str, Any]


def credentials_document(owner: str, estate: Estate) -> Document:
    """An owner's federated credentials, but for those that the reader adds for workloads in a cluster."""
    found = [one for one in estate.federated_credentials if one.owner.casefold() == owner.casefold()]
    written = {one.name: _credential(one) for one in _without_implied(found, owner, estate)}
    return {"federatedCredentials": written} if written else {}


def _without_implied(
    found: list[FederatedCredential], owner: str, estate: Estate
) -> list[FederatedCredential]:
    """Those that the reader would not add by itself, in the same words."""
    left = list(found)
    for compute in estate.compute:
        given = {one.casefold() for one in compute.user_assigned}
        kind = host_kind_of(compute.resource_id, compute.host_kind)
        if kind is not HostKind.AKS or owner.casefold() not in given:
            continue
        implied = workload_credential(compute, owner, estate.tenant.tenant_id)
        left = [one for one in left if one != implied]
    return left


def _credential(credential: FederatedCredential) -> Document:
    document = {"issuer": credential.issuer, "subject": credential.subject}
    return (
        document if credential.audience == DEFAULT_AUDIENCE else {**document, "audience": credential.audience}
    )


def issuers_document(issuers: Iterable[TrustedIssuer]) -> Document:
    """The issuers of which something is known, by name."""
    return {issuer.issuer: _issuer(issuer) for issuer in issuers}


def _issuer(issuer: TrustedIssuer) -> Document:
    document: Document = {}
    if issuer.jwks is not None:
        document["jwks"] = {"value": issuer.jwks.decode()}
    return {**document, "loopback": True} if issuer.loopback else document
