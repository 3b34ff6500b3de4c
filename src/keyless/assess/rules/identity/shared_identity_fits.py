"""Several resources whose own identities get the same roles at the same places.

Rules:
- each gets every one of its roles where the others get theirs, and nothing besides; what is assigned at a
  place that cannot be told counts for nothing;
- two with the same two roles need four assignments, where one identity that they share needs two.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.children import module_of
from keyless.assess.deployed.compute import is_compute
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.deployed.grants import Grant
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Severity, Step
from keyless.assess.repository import Repository
from keyless.assess.rules.identity._grants import grants_to
from keyless.assess.rules.rule import Group, Rule

_Roles = frozenset[tuple[str, str]]


def _check(repository: Repository) -> Iterable[Finding]:
    alike: dict[tuple[str, _Roles], list[tuple[Deployed, tuple[Grant, ...]]]] = defaultdict(list)
    for found in repository.view(deployed):
        if (
            not is_compute(found.arm_type)
            or found.existing
            or not found.value("identity.type").is_("SystemAssigned")
        ):
            continue
        given = grants_to(repository, found)
        roles = _roles(given)
        if roles:
            alike[module_of(found), roles].append((found, given))
    for (_, roles), those in alike.items():
        if len(those) > 1:
            yield _finding(repository, roles, [found for found, _ in those])


def _roles(given: tuple[Grant, ...]) -> _Roles:
    if any(not grant.at or not grant.role_name for grant in given):
        return frozenset()
    return frozenset((grant.role_name.casefold(), f"{grant.at_path}:{grant.at}") for grant in given)


def _finding(repository: Repository, roles: _Roles, those: list[Deployed]) -> Finding:
    first = those[0]
    named = " and ".join(f"`{subject_of(one)}`" for one in those[:3])
    return Finding(
        rule="shared-identity-fits",
        place=first.head,
        message=(
            f"the identities of {named} get the same {len(roles)} role{'s' if len(roles) > 1 else ''}: make "
            "one user-assigned identity for all of them, which takes fewer assignments"
        ),
        severity=Severity.LOW,
        confidence=confidence_at(repository, first, Confidence.MEDIUM),
        subject=subject_of(first),
        steps=tuple(Step(one.head, f"`{subject_of(one)}` has an identity of its own") for one in those),
    )


RULE = Rule(
    id="shared-identity-fits",
    group=Group.IDENTITY,
    title="Several identities get the same roles",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    why=(
        "Each identity of a resource's own needs every assignment again, and gets it only after the resource "
        "is there. Where they all need the same, that multiplies assignments (there are 4,000 to a "
        "subscription) and delays."
    ),
    instead=(
        "Make one user-assigned identity, assign it the roles once, and attach it to each of the resources. "
        "Keep them apart where a log must name the exact resource."
    ),
    sources=(
        "https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identity-best-practice-recommendations",
    ),
    check=_check,
)
