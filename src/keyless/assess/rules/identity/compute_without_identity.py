"""Compute without a managed identity.

Rules:
- a host that gets credentials of Azure's services in its settings would use an identity: medium confidence;
- a cluster that signs in with a client secret, where it could have an identity, is sure;
- any other may have nothing to sign in to: low confidence;
- what cannot be told (`identity: identity`) is left, and so is a slot, which goes with its app.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.compute import is_app_host, is_compute
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.identity._keys import mentions_keys
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.expressions import entry_of
from keyless.assess.syntax.templates import Module
from keyless.catalog.services import identity_support

_CLUSTER = "microsoft.containerservice/managedclusters"
_SLOT = "microsoft.web/sites/slots"


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        kind = found.arm_type.casefold()
        if found.existing or kind == _SLOT or not is_compute(kind) or identity_support(kind) is None:
            continue
        if _has_none(found):
            yield _finding(repository, found)


def _has_none(found: Deployed) -> bool:
    value = found.value("identity.type")
    if value.is_("None"):
        return True
    if value.told is not Told.ABSENT:
        return False
    declared = found.declared
    return isinstance(declared, Module) or entry_of(declared.body, "identity") is None


def _finding(repository: Repository, found: Deployed) -> Finding:
    subject, confidence = subject_of(found), Confidence.LOW
    message = f"`{subject}` has no managed identity: give it one, and what it signs in to the roles"
    if _signs_in_with_secret(found):
        confidence = Confidence.HIGH
        message = f"the cluster `{subject}` signs in with a client secret: give it a managed identity instead"
    elif is_app_host(found.arm_type) and mentions_keys(found):
        confidence = Confidence.MEDIUM
        message = (
            f"`{subject}` has no managed identity, and gets keys of services that take one in its settings: "
            "give it an identity, and that the roles"
        )
    return Finding(
        rule="compute-without-identity",
        place=found.head,
        message=message,
        severity=Severity.MEDIUM,
        confidence=confidence_at(repository, found, confidence),
        subject=subject,
    )


def _signs_in_with_secret(found: Deployed) -> bool:
    if found.arm_type.casefold() != _CLUSTER:
        return False
    secret = found.value("properties.servicePrincipalProfile.secret")
    return secret.told is not Told.ABSENT and not found.value(
        "properties.servicePrincipalProfile.clientId"
    ).is_("msi")


RULE = Rule(
    id="compute-without-identity",
    group=Group.IDENTITY,
    title="Compute has no managed identity",
    severity=Severity.MEDIUM,
    confidence=Confidence.LOW,
    why=(
        "Without an identity of its own, whatever runs there can only sign in with a credential that is "
        "stored somewhere."
    ),
    instead=(
        "Add `identity: { type: 'SystemAssigned' }`, or a user-assigned identity where several resources "
        "need the same access, and assign it the data roles."
    ),
    sources=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/overview",
        "https://learn.microsoft.com/azure/aks/use-managed-identity",
    ),
    check=_check,
)
