"""Vaults whose access is decided by access policies.

Rules:
- a vault that does not say takes access policies before api-version 2026-02-01, and roles from then on;
- an edit is offered for a vault whose policies name nobody: who has access by one needs a role first;
- a policy that is added to a vault of another template is looked at by itself, one that is added to a vault
  of the same one goes with the vault; so is a command that sets one.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.az_commands import az_commands
from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import about, by_type, module_of
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Fix, Severity
from keyless.assess.fixes.properties import property_set
from keyless.assess.fixes.said import said
from keyless.assess.repository import Repository
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.expressions import Items, text_of
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Resource

_ID = "vault-access-policies"
_VAULT = "microsoft.keyvault/vaults"
_POLICY = "microsoft.keyvault/vaults/accesspolicies"
_RBAC = "properties.enableRbacAuthorization"
_RBAC_SINCE = "2026-02-01"
_COMMANDS = frozenset({("az", "keyvault set-policy"), ("", "set-azkeyvaultaccesspolicy")})


def _check(repository: Repository) -> Iterable[Finding]:
    for found in repository.view(deployed):
        if found.arm_type.casefold() == _VAULT and not found.existing and _takes_policies(found):
            yield _of_vault(repository, found)
    yield from _of_policies(repository)
    yield from _of_commands(repository)


def _of_commands(repository: Repository) -> Iterator[Finding]:
    for one in repository.view(az_commands):
        if (one.tool, one.path) in _COMMANDS and not is_for_tests(one.within.unit.path):
            vault = text_of(one.one("name", "n", "vaultname")) or ""
            named = f"`{vault}`" if vault else "a vault"
            yield Finding(
                rule=_ID,
                place=Place(one.within.unit.path, one.command.span),
                message=f"a script gives access to {named} by an access policy: assign a role instead",
                severity=Severity.MEDIUM,
                confidence=Confidence.HIGH,
                service="keyvault",
                subject=vault,
            )


def _takes_policies(found: Deployed) -> bool:
    value = found.value(_RBAC)
    if value.told is not Told.ABSENT:
        return value.is_(False)
    if not isinstance(found.declared, Resource):
        return False
    return found.declared.api_version[:10] < _RBAC_SINCE


def _of_vault(repository: Repository, found: Deployed) -> Finding:
    subject, value = subject_of(found), found.value(_RBAC)
    setting = said(found, _RBAC, True)
    edits = () if _names_someone(repository, found) else property_set(found, _RBAC, True)
    return Finding(
        rule=_ID,
        place=value.place if value.told is Told.WRITTEN else found.head,
        message=f"`{subject}` has access policies: assign roles instead, and set `{setting}`",
        severity=Severity.MEDIUM,
        confidence=confidence_at(repository, found, Confidence.HIGH),
        service="keyvault",
        subject=subject,
        fix=Fix(f"let roles decide on `{subject}`: assign them before this is deployed", edits)
        if edits
        else None,
    )


def _names_someone(repository: Repository, vault: Deployed) -> bool:
    """Whether someone has access by a policy, who would lose it until a role is assigned."""
    written = vault.value("properties.accessPolicies")
    empty = isinstance(written.means, Items) and not written.means.items
    beside = about(repository, vault, "Microsoft.KeyVault/vaults/accessPolicies")
    return bool(beside) or not (empty or written.told is Told.ABSENT)


def _of_policies(repository: Repository) -> Iterator[Finding]:
    kinds = repository.view(by_type)
    vaults = {module_of(one) for one in kinds.get(_VAULT, ()) if not one.existing}
    for found in kinds.get(_POLICY, ()):
        if found.existing or module_of(found) in vaults:
            continue
        yield Finding(
            rule=_ID,
            place=found.head,
            message=(
                f"`{subject_of(found)}` adds access policies to a vault: assign a role such as Key Vault "
                "Secrets User instead"
            ),
            severity=Severity.MEDIUM,
            confidence=confidence_at(repository, found, Confidence.HIGH),
            service="keyvault",
            subject=subject_of(found),
        )


RULE = Rule(
    id=_ID,
    group=Group.VAULT,
    title="A vault is opened by access policies",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "Access policies hold for a whole vault, and anyone who may write the vault (a Contributor) may "
        "write himself into them. Roles can be given at a single secret, expire, and are kept from those who "
        "only manage the resource."
    ),
    instead=(
        "Assign data roles (Key Vault Secrets User for what reads secrets), then set "
        "`enableRbacAuthorization: true`; the policies count for nothing from then on."
    ),
    sources=(
        "https://learn.microsoft.com/azure/key-vault/general/rbac-access-policy",
        "https://learn.microsoft.com/azure/key-vault/general/rbac-migration",
    ),
    check=_check,
)
