"""Pipelines and scripts that sign in to Azure with a secret that is stored for them.

Rules:
- actions and tasks that are given the secret of an application, or the password of a registry of Azure;
- `az login --service-principal -p`, `azd auth login --client-secret`, `Connect-AzAccount -ServicePrincipal`,
  `docker login` to a registry of Azure;
- `ARM_CLIENT_SECRET` and its kin in an environment, where no sign-in of the same file takes it: with one
  that does it is one finding, at the sign-in;
- a token (`--federated-token`, `az acr login --expose-token`) and an identity are no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials._oidc import fix_of_login, remedy_in_pipeline, remedy_in_workflow
from keyless.assess.rules.credentials._sign_ins import TOKEN_USER, azure_registry, sign_in
from keyless.assess.rules.credentials._steps import (
    PipelineStep,
    environments_of,
    names_in,
    pipelines,
    secret_in,
    steps_of,
    stored_at,
)
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.settings.written import written
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Expr, Joined, Member, dotted, text_of, within
from keyless.assess.syntax.span import Place

_ID = "pipeline-credential"
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
_ENVIRONMENT = re.compile(
    r"(ARM|AZURE|AAD|SP|SPN|SERVICE_?PRINCIPAL|AZ)_(CLIENT_|SP_)?(SECRET|PASSWORD|CLIENT_CERTIFICATE_PASSWORD)"
    r"|AZURE_CREDENTIALS|AZURE_SP_PASSWORD|SERVICE_?PRINCIPAL_?KEY|TF_VAR_client_secret",
    re.IGNORECASE,
)
_EXPORTED = re.compile(r"ARM_CLIENT_SECRET|TF_VAR_client_secret", re.IGNORECASE)
_DATABASES = {"azure/sql-action": "sql", "azure/mysql": "mysql", "azure/postgresql": "postgres"}


def _check(repository: Repository) -> Iterable[Finding]:
    taken: dict[str, set[str]] = {}
    for command in repository.view(az_commands):
        for finding, secret in _of_command(repository, command):
            taken.setdefault(finding.place.path, set()).update(names_in(secret) if secret is not None else ())
            yield finding
    yield from _of_exports(repository, taken)
    for document in pipelines(repository):
        at_actions = [one for step in steps_of(document) for one in _of_step(step)]
        yield from at_actions
        known = taken.get(document.path, set())
        whole = document.path in taken or bool(at_actions)
        yield from _of_environment(document, known, whole)


# -- actions and tasks


def _of_step(step: PipelineStep) -> Iterator[Finding]:
    creds = step.input(*_CREDS) if _is_of_azure(step.action) else None
    if creds is not None and not _is_by_token(creds.value):
        yield _finding(
            step.document,
            creds,
            f"`{step.action}` signs in with a stored secret",
            "entra",
            _certainty(creds),
            remedy_in_workflow(),
            step,
        )
    secret = step.input(*_SECRETS)
    if secret is not None:
        message = f"`{step.action}` is given the secret of an application"
        yield _finding(
            step.document, secret, message, "entra", _certainty(secret), _remedy(step.document), step
        )
    yield from _of_registry(step)
    yield from _of_database(step)


def _of_database(step: PipelineStep) -> Iterator[Finding]:
    """An action that runs statements with a connection string that is stored."""
    service = _DATABASES.get(step.action)
    entry = step.input("connection-string") if service else None
    if service is None or entry is None or not secret_in(entry.value):
        return
    texts = "".join(text_of(one) or "" for one in within(entry.value)).casefold()
    if "active directory" not in texts:
        message = f"`{step.action}` connects with a connection string that is stored"
        yield _finding(step.document, entry, message, service, Confidence.MEDIUM, _remedy_of_database(), step)


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


def _of_registry(step: PipelineStep) -> Iterator[Finding]:
    password = step.input(*_PASSWORDS)
    registry = step.input(*_REGISTRIES)
    user = step.input("username", "registry-username", "registryUsername", "acrUsername")
    if password is None or (user is not None and text_of(user.value) == TOKEN_USER):
        return
    own = text_of(password.key) == "acrPassword" or step.action == "azure/docker-login"
    certainty = azure_registry(registry.value if registry is not None else None, own)
    if certainty is None or _is_token(password.value):
        return
    yield _finding(
        step.document,
        password,
        f"`{step.action}` signs in to a container registry with a password",
        "acr",
        certainty,
        _remedy_of_registry(),
        step,
    )


def _is_token(value: Expr) -> bool:
    """Whether a password is the output of an earlier step, or a token by its name: short-lived both."""
    return any(
        (dotted(one) or "").startswith("steps.") or "access_token" in one.name.casefold()
        for one in within(value)
        if isinstance(one, Member)
    )


# -- environments


def _of_environment(document: Document, taken: set[str], whole: bool) -> Iterator[Finding]:
    for entry in environments_of(document):
        name = text_of(entry.key) or ""
        if not _ENVIRONMENT.fullmatch(name) or name.casefold() in taken or text_of(entry.value) is not None:
            continue
        if name.upper() == "AZURE_CREDENTIALS" and whole:
            continue
        yield _finding(
            document,
            entry,
            f"the environment variable `{name}` hands a stored secret to what runs here",
            "entra",
            Confidence.HIGH if secret_in(entry.value) else Confidence.MEDIUM,
            _remedy(document),
            None,
        )


def _of_exports(repository: Repository, taken: dict[str, set[str]]) -> Iterator[Finding]:
    """`export ARM_CLIENT_SECRET=…` of scripts, for what they run, where no sign-in of the script takes it."""
    for one in repository.view(written):
        unit = one.within.unit if one.within is not None else None
        if unit is None or one.by != "a script" or not _EXPORTED.fullmatch(one.name):
            continue
        if text_of(one.value) is None and one.name.casefold() not in taken.get(unit.path, set()):
            yield Finding(
                rule=_ID,
                place=one.place,
                message=f"the environment variable `{one.name}` hands a stored secret to what runs here",
                severity=Severity.HIGH,
                confidence=Confidence.LOW if is_for_tests(unit.path) else Confidence.MEDIUM,
                service="entra",
                subject=one.name,
                steps=(Step(one.place, "handed to what runs here"),),
                remedy=_remedy_of_script(repository, unit.path),
            )


# -- commands


def _of_command(repository: Repository, command: AzCommand) -> Iterator[tuple[Finding, Expr | None]]:
    found = sign_in(command)
    if found is None:
        return
    message, service, secret, certainty = found
    path = command.within.unit.path
    place = Place(path, command.command.span)
    steps = _way(repository, path, secret)
    yield (
        Finding(
            rule=_ID,
            place=place,
            message=message,
            severity=Severity.HIGH,
            confidence=Confidence.LOW if is_for_tests(path) else certainty,
            service=service,
            subject=secret_in(secret) if secret is not None else "",
            steps=(*steps, Step(place, "signs in with it")),
            remedy=_remedy_of_registry() if service == "acr" else _remedy_of_script(repository, path),
        ),
        secret,
    )


# -- what a finding says


def _way(repository: Repository, path: str, secret: Expr | None) -> tuple[Step, ...]:
    """From the pipeline's secret over the variable that hands it on, as far as the file says."""
    if secret is None:
        return ()
    if direct := stored_at(path, secret):
        return direct
    names = names_in(secret)
    for document in pipelines(repository):
        if document.path == path:
            for entry in environments_of(document):
                if (text_of(entry.key) or "").casefold() in names:
                    handed = Step(Place(path, entry.span), f"handed on as `{text_of(entry.key)}`")
                    return (*stored_at(path, entry.value), handed)
    return ()


def _finding(
    document: Document,
    entry: Entry,
    message: str,
    service: str,
    certainty: Confidence,
    remedy: Remedy,
    step: PipelineStep | None,
) -> Finding:
    place = Place(document.path, entry.span)
    given = f"given to `{step.action}`" if step is not None else "handed to what runs here"
    return Finding(
        rule=_ID,
        place=place,
        message=message,
        severity=Severity.HIGH,
        confidence=certainty,
        service=service,
        subject=secret_in(entry.value),
        steps=(*stored_at(document.path, entry.value), Step(place, given)),
        remedy=remedy,
        fix=fix_of_login(step, entry) if step is not None and step.action == "azure/login" else None,
    )


def _remedy(document: Document) -> Remedy:
    return remedy_in_pipeline() if document.kind is DocumentKind.AZURE_PIPELINE else remedy_in_workflow()


def _remedy_of_script(repository: Repository, path: str) -> Remedy:
    kinds = [one.kind for one in repository.documents if one.path == path]
    if DocumentKind.AZURE_PIPELINE in kinds:
        return remedy_in_pipeline()
    if DocumentKind.GITHUB_WORKFLOW in kinds:
        return remedy_in_workflow()
    return Remedy(
        instead="az login --identity --client-id <client id>",
        language="shell",
        identity="the identity of the machine, agent or container that runs the script",
        local_auth_off="delete the secrets and certificates of the application",
        note="in a pipeline, sign in with a token of the pipeline's own: `--federated-token`",
    )


def _remedy_of_database() -> Remedy:
    return Remedy(
        instead="Server=<server>.database.windows.net;Authentication=Active Directory Default",
        language="text",
        identity="the identity that `azure/login` signs in as by token, as a user of the database",
        local_auth_off="`azureADOnlyAuthentication: true` on the server",
    )


def _remedy_of_registry() -> Remedy:
    return Remedy(
        instead="az acr login --name <registry>",
        language="shell",
        identity="the identity that the pipeline signs in as, with a federated credential",
        roles=("AcrPush",),
        scope="the registry",
        local_auth_off="`adminUserEnabled: false` on the registry, and no passwords of tokens",
    )


RULE = Rule(
    id=_ID,
    group=Group.CREDENTIALS,
    title="A pipeline or script signs in with a stored secret",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "An application's secret, or a registry's password, is kept in the pipeline's settings for "
        "months, works from anywhere, and is read by every job that may read it. A pipeline has an identity "
        "of its own: its provider signs a token for each run, and Azure takes it in exchange."
    ),
    instead=(
        "Give a managed identity (or the application) a federated credential for the repository and branch "
        "or environment, sign in with the three ids, and delete the secret. In "
        "Azure Pipelines, use a service connection with workload identity federation."
    ),
    sources=(
        "https://learn.microsoft.com/azure/developer/github/connect-from-azure-openid-connect",
        "https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity",
    ),
    check=_check,
)
