"""Container registries with an admin user."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.local_auth._switch import switched_on
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return switched_on(repository, "registry-admin-user", Severity.HIGH)


RULE = Rule(
    id="registry-admin-user",
    group=Group.LOCAL_AUTH,
    title="A container registry has its admin user on",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "The admin user is one account with a password that pushes and pulls every image. Whoever has it can "
        "put code of his own into what is deployed next, and the log cannot say who it was."
    ),
    instead=(
        "Let what pulls have a managed identity with `AcrPull`, what pushes one with `AcrPush`, and set "
        "`adminUserEnabled: false`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/container-registry/container-registry-authentication",
        "https://learn.microsoft.com/azure/container-registry/container-registry-authentication-managed-identity",
    ),
    check=_check,
)
