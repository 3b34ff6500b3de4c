"""Application registrations, with what they prove themselves with."""

from __future__ import annotations

from keyless.estate.declared.applications import (
    ApplicationEntry,
    CertificateAsText,
    CertificateEntry,
    CertificateFromEnvironment,
    CertificateFromFile,
)
from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.vaults import SecretAsText, SecretEntry, SecretFromEnvironment, SecretFromFile
from keyless.estate.reading import Located, Reading, Rejected
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.identifier_uris import IdentifierUris
from keyless.estate.resolve.resources import Resources
from keyless.estate.resolve.secrets import SecretSource, WithheldText
from keyless.model.derived_ids import application_client_id, application_principal_id
from keyless.model.estate import DeclaredApplication
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import ApplicationCertificate, ComputeResource, RunsOn
from keyless.tokens.client_certificates import UnusableCertificate, certificate_in


def read_applications(
    entry: EstateEntry, resources: Resources, source: SecretSource, reading: Reading
) -> Directory[DeclaredApplication]:
    """The applications; one whose credentials cannot be had is reported, and only its name is kept."""
    applications: Directory[DeclaredApplication] = Directory("application", "`applications`")
    applications.incomplete = entry.lost(EstateEntry.applications)
    applications.miss(entry.applications.broken)
    uris = IdentifierUris()
    for name, declared in entry.applications.items:
        try:
            application = _application(name, declared, resources, uris, source, reading)
        except Rejected:
            applications.miss([name.value])
            continue
        applications.add(application, name.value)
    return applications


def _application(
    name: Located[str],
    declared: ApplicationEntry,
    resources: Resources,
    uris: IdentifierUris,
    source: SecretSource,
    reading: Reading,
) -> DeclaredApplication:
    client_id, principal_id = resources.guids.take(
        declared.client_id, declared.principal_id, name.value, reading
    )
    _check_credentials(declared, reading)
    compute = resources.compute.find(declared.compute, reading) if declared.compute is not None else None
    secret = declared.client_secret
    return DeclaredApplication(
        name=name.value,
        client_id=client_id or application_client_id(resources.tenant, name.value),
        principal_id=principal_id or application_principal_id(resources.tenant, name.value),
        client_secret=source.value_of(secret, reading) if secret is not None else None,
        secret_expires_at=declared.client_secret_expires,
        runs_on=_runs_on(declared, compute, reading),
        compute=compute.resource_id if compute is not None else "",
        certificates=tuple(
            found
            for one in declared.certificates
            if (found := _certificate(one, source, reading)) is not None
        ),
        identifier_uris=uris.take(declared.identifier_uris, name.value, reading),
        token_version=declared.token_version,
    )


def _runs_on(declared: ApplicationEntry, compute: ComputeResource | None, reading: Reading) -> RunsOn | None:
    """Where the code runs; a compute resource is in Azure, or a server that Azure Arc has."""
    said = RunsOn(declared.runs_on) if declared.runs_on else None
    if compute is None:
        return said
    is_server = host_kind_of(compute.resource_id, compute.host_kind) is HostKind.ARC
    place = RunsOn.ON_PREMISES if is_server else RunsOn.AZURE
    if said is not None and said is not place and declared.compute is not None:
        reading.report(
            declared.compute.at,
            f"`{declared.compute.value}` runs code `{place.value}`, and `runsOn` says `{said.value}`",
            "leave `runsOn` out, or `compute`",
        )
    return place


def _check_credentials(declared: ApplicationEntry, reading: Reading) -> None:
    """Report an application that could never sign in, and that nobody asks for tokens for."""
    fields = (
        ApplicationEntry.client_secret,
        ApplicationEntry.certificates,
        ApplicationEntry.identifier_uris,
    )
    if any(declared.values.get(field.key) or declared.lost(field) for field in fields):
        return
    federated = declared.federated_credentials
    if federated.items or federated.broken or declared.lost(ApplicationEntry.federated_credentials):
        return
    reading.report(
        declared.at,
        "this application has nothing to prove itself with",
        "add `federatedCredentials:`, `certificates:` or `clientSecret:`, or `identifierUris:` if it is a "
        "resource alone",
    )


def _certificate(
    entry: CertificateEntry, source: SecretSource, reading: Reading
) -> ApplicationCertificate | None:
    """One certificate; none where values are not looked up."""
    where, given = _as_secret(entry)
    text = source.value_of(given, reading)
    if isinstance(text, WithheldText):
        return None
    try:
        return ApplicationCertificate(certificate_in(text.reveal().encode()))
    except UnusableCertificate as error:
        raise reading.reject(
            where.at, f"this certificate cannot be used: {error}", "give the certificate's PEM text"
        ) from None


def _as_secret(entry: CertificateEntry) -> tuple[Located[str], SecretEntry]:
    """A certificate's text comes from where a secret's value may come from."""
    if isinstance(entry, CertificateFromFile):
        return entry.file, SecretFromFile(entry.at, {"file": entry.file})
    if isinstance(entry, CertificateFromEnvironment):
        return entry.env, SecretFromEnvironment(entry.at, {"env": entry.env})
    if isinstance(entry, CertificateAsText):
        return entry.value, SecretAsText(entry.at, {"value": entry.value})
    raise TypeError(f"no source is known for a {type(entry).__name__}")
