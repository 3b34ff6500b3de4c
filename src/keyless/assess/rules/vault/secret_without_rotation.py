"""Secrets and keys in vaults that never expire.

Rules:
- one with a date of expiry, or a rotation policy (keys), or whose attributes cannot be told, is left;
- one that holds the credential of a service which takes identities has a rule of that service: it is to go;
- one whose name says that it is an address or id is no secret;
- certificates have policies with lifetimes, and are left.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.rules.vault._plain import is_plain_configuration, is_plain_name
from keyless.assess.rules.vault._told import is_told_of_service
from keyless.assess.syntax.templates import Resource

_KINDS = {
    "microsoft.keyvault/vaults/secrets": ("secret", ("properties.attributes.exp",)),
    "microsoft.keyvault/vaults/keys": (
        "key",
        (
            "properties.attributes.exp",
            "properties.rotationPolicy",
            "properties.rotationPolicy.attributes.expiryTime",
        ),
    ),
}


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        known = _KINDS.get(found.arm_type.casefold())
        if known is None or found.existing or not isinstance(found.declared, Resource):
            continue
        kind, paths = known
        forever = all(found.value(path).told is Told.ABSENT for path in paths)
        if (
            forever
            and not is_told_of_service(repository, found.template.path, found.declared.span)
            and not is_plain_configuration(found)
            and not _says_plain(found)
        ):
            yield _finding(repository, found, kind)


def _says_plain(found: Deployed) -> bool:
    return is_plain_name(found.name or found.symbol) or is_plain_name(found.symbol)


def _finding(repository: Repository, found: Deployed, kind: str) -> Finding:
    subject = subject_of(found)
    instead = (
        "keep no credential where an identity will do, or set a date of expiry and rotate it before"
        if kind == "secret"
        else "give it a rotation policy"
    )
    return Finding(
        rule="secret-without-rotation",
        place=found.head,
        message=f"the {kind} `{subject}` never expires: {instead}",
        severity=Severity.LOW,
        confidence=confidence_at(repository, found, Confidence.MEDIUM),
        service="keyvault",
        subject=subject,
    )


RULE = Rule(
    id="secret-without-rotation",
    group=Group.VAULT,
    title="A secret or key in a vault never expires",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    why=(
        "What never expires is never changed. Whoever once saw it, a colleague who left or a log, can use it "
        "for as long as it is there."
    ),
    instead=(
        "Use an identity where the target takes one. Else set `attributes.exp`, let an event before it start "
        "the rotation (60 to 90 days, with two credentials in turn), and give keys a rotation policy."
    ),
    sources=(
        "https://learn.microsoft.com/azure/key-vault/secrets/tutorial-rotation-dual",
        "https://learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation",
    ),
    check=_check,
)
