"""Vaults whose contents can be destroyed for good.

Rules:
- purge protection is off where nothing turns it on;
- soft delete is on where nothing turns it off, which new vaults no longer take.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Edit, Finding, Fix, Severity
from keyless.assess.fixes.properties import property_set
from keyless.assess.fixes.said import said
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.templates import Resource

_VAULT = "microsoft.keyvault/vaults"
_PURGE = "properties.enablePurgeProtection"
_SOFT = "properties.enableSoftDelete"


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if found.arm_type.casefold() != _VAULT or found.existing:
            continue
        lacking = _lacking(found)
        if lacking:
            yield _finding(repository, found, lacking)


def _lacking(found: Deployed) -> list[str]:
    purge, soft = found.value(_PURGE), found.value(_SOFT)
    lacking = [_SOFT] if soft.is_(False) else []
    absent = purge.told is Told.ABSENT and isinstance(found.declared, Resource)
    return [*lacking, _PURGE] if absent or purge.is_(False) else lacking


def _finding(repository: Repository, found: Deployed, lacking: list[str]) -> Finding:
    subject = subject_of(found)
    settings = " and ".join(f"`{said(found, path, True)}`" for path in lacking)
    value = found.value(lacking[0])
    return Finding(
        rule="vault-unprotected",
        place=value.place if value.told is Told.WRITTEN else found.head,
        message=(
            f"what `{subject}` holds can be destroyed for good: set {settings}, which cannot be taken back "
            "later"
        ),
        severity=Severity.LOW if lacking == [_PURGE] else Severity.MEDIUM,
        confidence=confidence_at(repository, found, Confidence.HIGH),
        service="keyvault",
        subject=subject,
        fix=_fix(found, lacking, subject),
    )


def _fix(found: Deployed, lacking: list[str], subject: str) -> Fix | None:
    edits: list[Edit] = []
    for path in lacking:
        one = property_set(found, path, True)
        if not one:
            return None
        edits.extend(one)
    return Fix(f"protect what `{subject}` holds from being purged", tuple(edits))


RULE = Rule(
    id="vault-unprotected",
    group=Group.VAULT,
    title="What a vault holds can be destroyed for good",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    why=(
        "Whoever may purge a vault, or an intruder with such a role, ends every workload that needs its "
        "secrets or keys, and what keys encrypted is lost. With purge protection nobody can before the days "
        "are over, not even Microsoft."
    ),
    instead="Set `enablePurgeProtection: true`, and leave soft delete on, 90 days for production.",
    sources=("https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview",),
    check=_check,
)
