"""Secrets that templates put into app settings and environments, where a reference to a vault would do.

Rules:
- it is about what no identity can take the place of: a secret that is handed in, or drawn at deployment; keys
  of services that take an identity, and what code hands to such a service, have rules of their own;
- a secret that one resource gets under several names is one finding;
- a secret of a container app is kept apart from its settings at least: low severity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.settings_of import Kind, TemplateSetting, settings_of
from keyless.assess.deployed.standing import is_unsure
from keyless.assess.deployed.subject import in_words
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._secrets import secrets_in, what_it_is
from keyless.assess.rules.vault._told import is_told_of_service
from keyless.assess.syntax.expressions import Expr, Name, within
from keyless.assess.syntax.span import Place

_KINDS = (Kind.APP_SETTING, Kind.CONNECTION_STRING, Kind.ENVIRONMENT, Kind.APP_SECRET)
_PASSWORDS = ("properties.administratorLoginPassword", "properties.sqlAdministratorLoginPassword")


def _check(repository: Repository) -> Iterable[Finding]:
    passwords = repository.view(server_passwords)
    seen: set[tuple[str, str, Place]] = set()
    for setting in repository.view(settings_of):
        if setting.kind not in _KINDS or is_told_of_service(
            repository, setting.place.path, setting.place.span
        ):
            continue
        for flow in _of_no_service(repository, setting, passwords):
            key = (setting.holder_path, setting.holder, flow.place)
            if key not in seen:
                seen.add(key)
                yield _finding(repository, setting, flow)
            break


def _of_no_service(
    repository: Repository, setting: TemplateSetting, passwords: frozenset[tuple[str, str]]
) -> Iterator[Flow]:
    flows = secrets_in(repository, setting.template, setting.value)
    if any(flow.service or flow.origin is Origin.KEY_OF_RESOURCE for flow in flows):
        return
    for flow in flows:
        if (flow.place.path, flow.name) not in passwords:
            yield flow


def server_passwords(repository: Repository) -> frozenset[tuple[str, str]]:
    """The parameters that are the password of a database server, which takes identities."""
    found: set[tuple[str, str]] = set()
    for one in repository.view(deployed):
        for path in _PASSWORDS:
            expression = one.value(path).expression
            for name in _names(expression):
                found.add((one.template.path, name))
    return frozenset(found)


def _names(expression: Expr | None) -> Iterator[str]:
    if expression is not None:
        for part in within(expression):
            if isinstance(part, Name):
                yield part.id


def _finding(repository: Repository, setting: TemplateSetting, flow: Flow) -> Finding:
    unsure = is_unsure(repository, setting.place.path)
    holder = in_words(setting.holder)
    kept_apart = setting.kind is Kind.APP_SECRET
    return Finding(
        rule="secret-in-app-setting",
        place=setting.place,
        message=(
            f"`{setting.name}` in the {setting.kind.value} of `{holder}` is {what_it_is(flow)}: let an "
            "identity take its place if the target takes one, or keep it in Key Vault and refer to it there"
        ),
        severity=Severity.LOW if kept_apart else Severity.MEDIUM,
        confidence=Confidence.LOW if unsure else Confidence.HIGH,
        subject=setting.name,
        steps=(*flow.steps, Step(setting.place, f"given to `{holder}` as `{setting.name}`")),
    )


RULE = Rule(
    id="secret-in-app-setting",
    group=Group.VAULT,
    title="A secret stands in the settings of an app",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "Whoever may read the settings of an app (a Website Contributor, a pipeline) has the secret, and "
        "nobody sees when it is read. It is changed by a new deployment only, and so seldom."
    ),
    instead=(
        "Keep the secret in Key Vault, give the app's identity Key Vault Secrets User on it, and write a "
        "reference: `@Microsoft.KeyVault(SecretUri=…)`, or `keyVaultUrl` with `identity` for container apps."
    ),
    sources=(
        "https://learn.microsoft.com/azure/app-service/app-service-key-vault-references",
        "https://learn.microsoft.com/azure/container-apps/manage-secrets",
    ),
    check=_check,
)
