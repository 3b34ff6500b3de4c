"""Federated credentials with their owners, and what is known of the issuers that they name.

An identity of a workload in a Kubernetes cluster (host kind `aks`) trusts that cluster's issuer for the
workload's service account, whether the file says so or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.identities import (
    FederatedCredentialEntry,
    IdentitysCredential,
    IssuersCredential,
)
from keyless.estate.declared.issuers import IssuerEntry, KeySetAsText, KeySetEntry, KeySetFromFile
from keyless.estate.declared.vaults import SecretAsText, SecretEntry, SecretFromFile
from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.resources import Resources
from keyless.estate.resolve.secrets import SecretSource, WithheldText
from keyless.model.clusters import workload_credential
from keyless.model.estate import DeclaredApplication
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, problems_together
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import FederatedCredential, Federation, TrustedIssuer
from keyless.tokens.claims import v2_issuer
from keyless.tokens.issuer_keys import UnusableKeys, read_issuer_keys
from keyless.tokens.site_issuer import problem_with

_Owned = dict[str, list[FederatedCredential]]
"""Credentials by their owner's id, in the order of the file."""


def read_federated_credentials(
    entry: EstateEntry,
    resources: Resources,
    applications: Directory[DeclaredApplication],
    reading: Reading,
) -> tuple[FederatedCredential, ...]:
    """The federated credentials of all identities and applications."""
    owned: _Owned = {}
    for owner, entries in _owners(entry, resources, applications):
        read = [(_credential(owner, name, one, resources, reading), one) for name, one in entries]
        found = [credential for credential, _ in read if credential is not None]
        _check_together(found, [_place(one) for credential, one in read if credential is not None], reading)
        owned.setdefault(owner, []).extend(found)
    _add_workloads(owned, resources)
    return tuple(credential for found in owned.values() for credential in found)


def _owners(
    entry: EstateEntry, resources: Resources, applications: Directory[DeclaredApplication]
) -> Iterator[tuple[str, Iterable[tuple[Located[str], FederatedCredentialEntry]]]]:
    for group_name, group in entry.resource_groups.items:
        for name, declared in group.identities.items:
            identity = resources.identities.get(f"{group_name.value}/{name.value}")
            if identity is not None:
                yield identity.resource_id, declared.federated_credentials.items
    for name, registered in entry.applications.items:
        application = applications.get(name.value)
        if application is not None:
            yield application.client_id, registered.federated_credentials.items


def _credential(
    owner: str, name: Located[str], entry: FederatedCredentialEntry, resources: Resources, reading: Reading
) -> FederatedCredential | None:
    """A credential; none where it names an identity that is not there, which is then reported."""
    if isinstance(entry, IssuersCredential):
        return FederatedCredential(owner, name.value, entry.issuer.value, entry.subject.value, entry.audience)
    if not isinstance(entry, IdentitysCredential):
        raise TypeError(f"no federated credential is known for a {type(entry).__name__}")
    identity = resources.identities.find(entry.identity, reading)
    if identity is None:
        return None
    issuer = v2_issuer(resources.tenant.tenant_id)
    return FederatedCredential(owner, name.value, issuer, identity.principal_id, DEFAULT_AUDIENCE)


def _place(entry: FederatedCredentialEntry) -> At:
    """Where an entry says whom it is about."""
    if isinstance(entry, IssuersCredential):
        return entry.subject.at
    return entry.identity.at if isinstance(entry, IdentitysCredential) else entry.at


def _check_together(found: list[FederatedCredential], places: list[At], reading: Reading) -> None:
    """Report pairs that stand there twice; that there are too many, the file's shape has reported."""
    for position, problem in problems_together(found):
        if problem.field == "subject":
            reading.report(places[position], problem.message, problem.hint)


def _add_workloads(owned: _Owned, resources: Resources) -> None:
    """Let the cluster's tokens of each workload in it stand for the identities given to it."""
    for compute in resources.compute.things:
        if host_kind_of(compute.resource_id, compute.host_kind) is not HostKind.AKS:
            continue
        for owner in compute.user_assigned:
            if resources.identities.get(owner) is None:
                continue
            there = owned.setdefault(owner, [])
            implied = workload_credential(compute, owner, resources.tenant.tenant_id, tuple(there))
            if implied not in there:
                there.append(implied)


def read_federation(entry: EstateEntry, reading: Reading) -> Federation | None:
    """Under which issuer this site is trusted elsewhere; one that it cannot be is reported."""
    if entry.federation is None:
        return None
    issuer = entry.federation.issuer
    problem = problem_with(issuer.value)
    if problem is not None:
        what, _, instead = problem.partition(": ")
        reading.report(issuer.at, what, instead)
    return Federation(issuer.value)


def read_issuers(entry: EstateEntry, source: SecretSource, reading: Reading) -> tuple[TrustedIssuer, ...]:
    """The issuers of which something is known; one whose keys cannot be had is reported and left out."""
    found = []
    for name, declared in entry.issuers.items:
        try:
            found.append(_issuer(name.value, declared, source, reading))
        except Rejected:  # reported: the others are still worth a look
            continue
    return tuple(found)


def _issuer(name: str, entry: IssuerEntry, source: SecretSource, reading: Reading) -> TrustedIssuer:
    if entry.jwks is None and not entry.loopback and not entry.lost(IssuerEntry.jwks):
        reading.report(entry.at, "this says nothing of the issuer", "add `jwks:`, or leave the issuer out")
    jwks = _key_set(entry.jwks, source, reading) if entry.jwks is not None else None
    return TrustedIssuer(name, jwks, entry.loopback)


def _key_set(entry: KeySetEntry, source: SecretSource, reading: Reading) -> bytes | None:
    """The bytes of a key set that can be used; none where values are not looked up."""
    where, given = _as_secret(entry)
    text = source.value_of(given, reading)
    if isinstance(text, WithheldText):
        return None
    data = text.reveal().encode()
    try:
        read_issuer_keys(data)
    except UnusableKeys as error:
        raise reading.reject(
            where.at,
            f"this key set cannot be used: {error}",
            "give what the issuer publishes at its `jwks_uri`",
        ) from None
    return data


def _as_secret(entry: KeySetEntry) -> tuple[Located[str], SecretEntry]:
    """A key set's text comes from where a secret's value may come from."""
    if isinstance(entry, KeySetFromFile):
        return entry.file, SecretFromFile(entry.at, {"file": entry.file})
    if isinstance(entry, KeySetAsText):
        return entry.value, SecretAsText(entry.at, {"value": entry.value})
    raise TypeError(f"no source is known for a {type(entry).__name__}")
