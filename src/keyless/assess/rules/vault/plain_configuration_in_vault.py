"""Secrets of vaults that hold plain configuration."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._plain import is_plain_configuration


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if found.existing or found.arm_type.casefold() != "microsoft.keyvault/vaults/secrets":
            continue
        if not is_plain_configuration(found):
            continue
        yield Finding(
            rule="plain-configuration-in-vault",
            place=found.head,
            message=(
                f"`{subject_of(found)}` holds configuration that is no secret: keep it in App Configuration "
                "or an app setting"
            ),
            severity=Severity.LOW,
            confidence=confidence_at(repository, found, Confidence.MEDIUM),
            service="keyvault",
            subject=subject_of(found),
        )


RULE = Rule(
    id="plain-configuration-in-vault",
    group=Group.VAULT,
    title="A vault keeps configuration that is no secret",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    why=(
        "A vault throttles reads, has no labels or snapshots, and whoever needs an address out of it needs a "
        "role on the secrets beside it."
    ),
    instead="Keep addresses, names and switches in App Configuration or app settings.",
    sources=(
        "https://learn.microsoft.com/azure/azure-app-configuration/faq",
        "https://learn.microsoft.com/azure/key-vault/general/service-limits",
    ),
    check=_check,
)
