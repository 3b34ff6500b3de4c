"""The exported file as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from keyless.estate.declared.texts import VERSION
from keyless.estate.export.assignments import assignment_document
from keyless.estate.export.directory import directory_roles_document, groups_document, users_document
from keyless.estate.export.federation import credentials_document, issuers_document
from keyless.estate.export.policies import (
    custom_roles_document,
    denies_document,
    management_groups_document,
)
from keyless.estate.export.references import References
from keyless.estate.export.resources import GroupWriter
from keyless.estate.export.variables import secret_variables
from keyless.estate.export.workloads import workloads_document
from keyless.estate.resolve.resources import Resources
from keyless.estate.yaml_text import dump
from keyless.model.derived_ids import application_client_id, application_principal_id, tenant_called
from keyless.model.estate import DeclaredApplication, Estate
from keyless.model.resources import Tenant
from keyless.tokens.client_certificates import pem_of

Document = dict[str, Any]

_HEAD = """\
# An estate of Keyless, written by `keyless estate export`.
# The values of secrets are not in it: they come from the environment variables that it names.
"""


def export_text(estate: Estate) -> str:
    """The estate as the text of a ``keyless.yaml``, without a secret in it."""
    return _HEAD + dump(_document(estate))


def _document(estate: Estate) -> Document:
    references = References(estate)
    resources = references.resources
    names = list(secret_variables(estate))
    of_keys = names[len(names) - len(estate.access_keys) :]
    variables = iter(names)
    groups = GroupWriter(estate, references, [next(variables) for _ in estate.secrets], of_keys)
    parts: Document = {
        "resourceGroups": {
            resources.groups.label(group): groups.write(group) for group in resources.groups.things
        },
        "applications": {
            application.name: _application(application, estate.tenant, variables)
            | _runs_on(application, resources)
            | credentials_document(application.client_id, estate)
            for application in estate.applications
        },
        "users": users_document(estate),
        "groups": groups_document(estate, references),
        "directoryRoles": directory_roles_document(estate, references),
        "workloads": workloads_document(estate.workloads, resources),
        "issuers": issuers_document(estate.issuers),
        "federation": {"issuer": estate.federation.issuer} if estate.federation else {},
        "managementGroups": management_groups_document(estate),
        "customRoles": custom_roles_document(estate, references),
        "roleAssignments": [assignment_document(assignment, references) for assignment in estate.assignments],
        "denyAssignments": denies_document(estate, references),
    }
    return {
        "version": VERSION,
        **_tenant(estate.tenant),
        **{key: part for key, part in parts.items() if part},
    }


def _tenant(tenant: Tenant) -> Document:
    """Tenant and subscription, with the ids that would not be derived anyway."""
    document: Document = {"tenant": tenant.name, "subscription": tenant.subscription_name}
    if tenant.tenant_id != tenant_called(tenant.name).tenant_id:
        document["tenant"] = {"name": tenant.name, "id": tenant.tenant_id}
    derived = tenant_called(tenant.name, tenant.subscription_name, tenant.tenant_id)
    if tenant.subscription_id != derived.subscription_id:
        document["subscription"] = {"name": tenant.subscription_name, "id": tenant.subscription_id}
    return document


def _application(application: DeclaredApplication, tenant: Tenant, variables: Iterator[str]) -> Document:
    """One application; ``variables`` gives the name of the next client secret's."""
    document: Document = {}
    if application.client_id != application_client_id(tenant, application.name):
        document["clientId"] = application.client_id
    derived = application_principal_id(tenant, application.name)
    if application.principal_id and application.principal_id != derived:
        document["principalId"] = application.principal_id
    if application.client_secret is not None:
        document["clientSecret"] = {"env": next(variables)}
    if application.secret_expires_at is not None:
        document["clientSecretExpires"] = moment_text(application.secret_expires_at)
    if application.certificates:
        document["certificates"] = [{"value": pem_of(one.der)} for one in application.certificates]
    if application.identifier_uris:
        document["identifierUris"] = list(application.identifier_uris)
    if application.token_version != 1:
        document["tokenVersion"] = application.token_version
    return document


def _runs_on(application: DeclaredApplication, resources: Resources) -> Document:
    """Where its code runs; a compute resource that is gone is left out."""
    document: Document = {}
    if application.runs_on is not None:
        document["runsOn"] = application.runs_on.value
    compute = resources.compute.get(application.compute) if application.compute else None
    if compute is not None:
        document["compute"] = resources.compute.clear_name(compute)
    return document


def moment_text(moment: int) -> str:
    """A moment (epoch seconds) as a file has it."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
