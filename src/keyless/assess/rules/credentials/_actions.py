"""Actions of workflows and tasks of pipelines that are given a stored secret to sign in with.

Rules:
- what is given to an action of Azure as credentials, and the secret of an application wherever it is given;
- the password of a registry of Azure, unless it is a token; a connection string of a database that names no
  sign-in of Entra.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from keyless.assess.findings.finding import Confidence, Remedy
from keyless.assess.rules.credentials._sign_in_remedies import (
    remedy_in_workflow,
    remedy_of,
    remedy_of_database,
    remedy_of_registry,
)
from keyless.assess.rules.credentials._sign_ins import TOKEN_USER, azure_registry
from keyless.assess.rules.credentials._steps import PipelineStep, secret_in
from keyless.assess.syntax.expressions import Entry, Expr, Joined, Member, dotted, text_of, within

_CREDS = ("creds", "azureCredentials", "azure-credentials", "azure_credentials")
_SECRETS = (
    "client-secret",
    "client_secret",
    "clientSecret",
    "azure-client-secret",
    "azure_client_secret",
    "arm-client-secret",
    "service-principal-secret",
    "service-principal-password",
    "servicePrincipalKey",
    "service_principal_password",
)
_PASSWORDS = ("password", "registry-password", "registryPassword", "acrPassword", "registry_password")
_REGISTRIES = (
    "registry",
    "login-server",
    "registry-login-server",
    "registryUrl",
    "acrName",
    "registry-url",
    "loginServer",
)
_DATABASES = {"azure/sql-action": "sql", "azure/mysql": "mysql", "azure/postgresql": "postgres"}


class GivenSecret(NamedTuple):
    """An input of a step that holds a stored secret: what is said of it, and how sure it is."""

    entry: Entry
    what: str
    service: str
    certainty: Confidence
    remedy: Remedy


def given_secrets(step: PipelineStep) -> Iterator[GivenSecret]:
    """The stored secrets that a step is given to sign in with."""
    yield from _of_application(step)
    yield from _of_registry(step)
    yield from _of_database(step)


def _of_application(step: PipelineStep) -> Iterator[GivenSecret]:
    creds = step.input(*_CREDS) if _is_of_azure(step.action) else None
    if creds is not None and not _is_by_token(creds.value):
        what = f"`{step.action}` signs in with a stored secret"
        yield GivenSecret(creds, what, "entra", _certainty(creds), remedy_in_workflow())
    secret = step.input(*_SECRETS)
    if secret is not None:
        what = f"`{step.action}` is given the secret of an application"
        yield GivenSecret(secret, what, "entra", _certainty(secret), remedy_of(step.document.kind))


def _is_of_azure(action: str) -> bool:
    return action.startswith(("azure/", "docker://azure")) or "azure" in action.partition("/")[0]


def _is_by_token(value: Expr) -> bool:
    """Whether credentials are put together from ids alone, or empty."""
    if isinstance(value, Joined):
        text = "".join(text_of(part) or "" for part in value.parts).casefold()
        return "clientid" in text and "clientsecret" not in text
    return text_of(value) == ""


def _certainty(entry: Entry) -> Confidence:
    """High where the value is a secret of the pipeline; an input of an action may be anything."""
    return Confidence.HIGH if secret_in(entry.value) or isinstance(entry.value, Joined) else Confidence.MEDIUM


def _of_registry(step: PipelineStep) -> Iterator[GivenSecret]:
    password = step.input(*_PASSWORDS)
    registry = step.input(*_REGISTRIES)
    user = step.input("username", "registry-username", "registryUsername", "acrUsername")
    if password is None or (user is not None and text_of(user.value) == TOKEN_USER):
        return
    own = text_of(password.key) == "acrPassword" or step.action == "azure/docker-login"
    certainty = azure_registry(registry.value if registry is not None else None, own)
    if certainty is not None and not _is_token(password.value):
        what = f"`{step.action}` signs in to a container registry with a password"
        yield GivenSecret(password, what, "acr", certainty, remedy_of_registry())


def _is_token(value: Expr) -> bool:
    """Whether a password is the output of an earlier step, or a token by its name: short-lived both."""
    return any(
        (dotted(one) or "").startswith("steps.") or "access_token" in one.name.casefold()
        for one in within(value)
        if isinstance(one, Member)
    )


def _of_database(step: PipelineStep) -> Iterator[GivenSecret]:
    """An action that runs statements with a connection string that is stored."""
    service = _DATABASES.get(step.action)
    entry = step.input("connection-string") if service else None
    if service is None or entry is None or not secret_in(entry.value):
        return
    texts = "".join(text_of(one) or "" for one in within(entry.value)).casefold()
    if "active directory" not in texts:
        what = f"`{step.action}` connects with a connection string that is stored"
        yield GivenSecret(entry, what, service, Confidence.MEDIUM, remedy_of_database())
