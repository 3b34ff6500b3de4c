"""Compute without a managed identity.

Rules:
- a host that gets credentials of Azure's services in its settings would use an identity: medium severity;
- a cluster that signs in with a client secret, where it could have an identity, is sure;
- any other may have nothing to sign in to yet: low severity. It is of low confidence then where the resource
  only moves data by connections of its own (Data Factory, Stream Analytics), or where a public module makes
  it, whose defaults go by its version;
- what cannot be told (`identity: identity`) is left, and so is a slot, which goes with its app, and what gets
  no keys and is of a kind that a script gives an identity (`az webapp identity assign`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.compute import is_app_host, is_compute, is_mover_of_data
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
_ASSIGNS: Mapping[str, str] = {
    "webapp identity assign": "microsoft.web/sites",
    "functionapp identity assign": "microsoft.web/sites",
    "logicapp identity assign": "microsoft.web/sites",
    "containerapp identity assign": "microsoft.app/containerapps",
    "containerapp job identity assign": "microsoft.app/jobs",
    "vm identity assign": "microsoft.compute/virtualmachines",
    "vmss identity assign": "microsoft.compute/virtualmachinescalesets",
    "aks update": "microsoft.containerservice/managedclusters",
    "spring app identity assign": "microsoft.appplatform/spring/apps",
    "logic workflow identity assign": "microsoft.logic/workflows",
}
"""The commands that give a resource an identity, and the type of the resource."""
_SWITCHES: Mapping[str, str] = {"aks update": "enable-managed-identity"}
"""The option without which a command leaves the identity alone."""


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        kind = found.arm_type.casefold()
        if found.existing or kind == _SLOT or not is_compute(kind) or identity_support(kind) is None:
            continue
        if _has_none(found) and (finding := _finding(repository, found)) is not None:
            yield finding


def identities_by_script(repository: Repository) -> frozenset[str]:
    """The types of resources that scripts give identities."""
    return frozenset(
        _ASSIGNS[one.path]
        for one in repository.view(az_commands)
        if one.tool == "az" and one.path in _ASSIGNS and _is_given(one)
    )


def _is_given(command: AzCommand) -> bool:
    switch = _SWITCHES.get(command.path)
    return switch is None or command.has(switch)


def _has_none(found: Deployed) -> bool:
    value = found.value("identity.type")
    if value.is_("None"):
        return True
    if value.told is not Told.ABSENT:
        return False
    declared = found.declared
    return isinstance(declared, Module) or entry_of(declared.body, "identity") is None


def _finding(repository: Repository, found: Deployed) -> Finding | None:
    """What is to be said; none where a script may give it an identity."""
    subject = subject_of(found)
    if _signs_in_with_secret(found):
        message = f"the cluster `{subject}` signs in with a client secret: give it a managed identity instead"
        return _said(repository, found, message, Severity.MEDIUM, Confidence.HIGH)
    if is_app_host(found.arm_type) and mentions_keys(found):
        message = (
            f"`{subject}` has no managed identity, and its settings hold keys of services that take one: "
            "give it an identity, with the roles that it needs there"
        )
        return _said(repository, found, message, Severity.MEDIUM, Confidence.MEDIUM)
    if found.arm_type.casefold() in repository.view(identities_by_script):
        return None
    message = f"`{subject}` has no managed identity: give it one, with the roles for what it signs in to"
    return _said(repository, found, message, Severity.LOW, _confidence(found))


def _confidence(found: Deployed) -> Confidence:
    """How sure it is that a resource that gets no keys should have an identity."""
    unsure = isinstance(found.declared, Module) or is_mover_of_data(found.arm_type)
    return Confidence.LOW if unsure else Confidence.MEDIUM


def _said(
    repository: Repository, found: Deployed, message: str, severity: Severity, confidence: Confidence
) -> Finding:
    return Finding(
        rule="compute-without-identity",
        place=found.head,
        message=message,
        severity=severity,
        confidence=confidence_at(repository, found, confidence),
        subject=subject_of(found),
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
    confidence=Confidence.MEDIUM,
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
