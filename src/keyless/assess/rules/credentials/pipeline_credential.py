"""Pipelines and scripts that sign in to Azure with a secret that is stored for them.

Rules:
- actions and tasks that are given the secret of an application, or the password of a registry of Azure;
- `az login --service-principal -p`, `azd auth login --client-secret`, `Connect-AzAccount -ServicePrincipal`,
  `docker login` to a registry of Azure. One in a script of its own, with a password that the script reads of
  the registry, is left to the rule on registries;
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
from keyless.assess.rules.credentials._actions import given_secrets
from keyless.assess.rules.credentials._oidc import fix_of_login
from keyless.assess.rules.credentials._sign_in_remedies import remedy_of, remedy_of_registry, remedy_of_script
from keyless.assess.rules.credentials._sign_ins import sign_in, with_registry_key
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
from keyless.assess.stored.of_logins import logins_with_keys, place_of
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Expr, text_of
from keyless.assess.syntax.span import Place

_ID = "pipeline-credential"
_ENVIRONMENT = re.compile(
    r"(ARM|AZURE|AAD|SP|SPN|SERVICE_?PRINCIPAL|AZ)_(CLIENT_|SP_)?(SECRET|PASSWORD|CLIENT_CERTIFICATE_PASSWORD)"
    r"|AZURE_CREDENTIALS|AZURE_SP_PASSWORD|SERVICE_?PRINCIPAL_?KEY|TF_VAR_client_secret",
    re.IGNORECASE,
)
_EXPORTED = re.compile(r"ARM_CLIENT_SECRET|TF_VAR_client_secret", re.IGNORECASE)
_BY_TOKEN = "sign in with a token of the pipeline's own instead"
_NEXT = {"acr": "use `az acr login` after signing in with a token"}
_IN_SCRIPT = "sign in as the identity of what runs it instead"


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
    for one in given_secrets(step):
        place = step.place(one.entry)
        yield Finding(
            rule=_ID,
            place=place,
            message=f"{one.what}: {_NEXT.get(one.service, _BY_TOKEN)}",
            severity=Severity.HIGH,
            confidence=one.certainty,
            service=one.service,
            subject=secret_in(one.entry.value),
            steps=(*stored_at(place.path, one.entry.value), Step(place, f"given to `{step.action}`")),
            remedy=one.remedy,
            fix=fix_of_login(step, one.entry) if step.action == "azure/login" else None,
        )


# -- environments


def _of_environment(document: Document, taken: set[str], whole: bool) -> Iterator[Finding]:
    for entry in environments_of(document):
        name = text_of(entry.key) or ""
        if not _ENVIRONMENT.fullmatch(name) or name.casefold() in taken or text_of(entry.value) is not None:
            continue
        if name.upper() == "AZURE_CREDENTIALS" and whole:
            continue
        yield _of_variable(
            name,
            Place(document.path, entry.span),
            Confidence.HIGH if secret_in(entry.value) else Confidence.MEDIUM,
            secret_in(entry.value),
            stored_at(document.path, entry.value),
            remedy_of(document.kind),
        )


def _of_exports(repository: Repository, taken: dict[str, set[str]]) -> Iterator[Finding]:
    """`export ARM_CLIENT_SECRET=…` of scripts, for what they run, where no sign-in of the script takes it."""
    for one in repository.view(written):
        unit = one.within.unit if one.within is not None else None
        if unit is None or one.by != "a script" or not _EXPORTED.fullmatch(one.name):
            continue
        if text_of(one.value) is None and one.name.casefold() not in taken.get(unit.path, set()):
            sure = Confidence.LOW if is_for_tests(unit.path) else Confidence.MEDIUM
            remedy = remedy_of_script(repository, unit.path)
            yield _of_variable(one.name, one.place, sure, one.name, (), remedy)


def _of_variable(
    name: str, place: Place, sure: Confidence, subject: str, before: tuple[Step, ...], remedy: Remedy
) -> Finding:
    return Finding(
        rule=_ID,
        place=place,
        message=f"the environment variable `{name}` hands a stored secret to what runs here: {_BY_TOKEN}",
        severity=Severity.HIGH,
        confidence=sure,
        service="entra",
        subject=subject,
        steps=(*before, Step(place, "handed to what runs here")),
        remedy=remedy,
    )


# -- commands


def _of_command(repository: Repository, command: AzCommand) -> Iterator[tuple[Finding, Expr | None]]:
    place = place_of(command)
    path, in_pipeline = place.path, bool(command.within.unit.part_of)
    read = repository.view(logins_with_keys).get(place)
    found = sign_in(command) if read is None else with_registry_key(command)
    if found is None or (read is not None and not in_pipeline):
        return
    what, service, secret, certainty = found
    steps = _way(repository, path, secret) if read is None else read.steps
    yield (
        Finding(
            rule=_ID,
            place=place,
            message=f"{what}: {_NEXT.get(service, _BY_TOKEN if in_pipeline else _IN_SCRIPT)}",
            severity=Severity.HIGH,
            confidence=Confidence.LOW if is_for_tests(path) else certainty,
            service=service,
            subject=secret_in(secret) if secret is not None else "",
            steps=(*steps, Step(place, "signs in with it")),
            remedy=remedy_of_registry() if service == "acr" else remedy_of_script(repository, path),
        ),
        secret,
    )


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
