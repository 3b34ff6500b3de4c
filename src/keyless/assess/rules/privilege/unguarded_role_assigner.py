"""Roles that assign roles, given without a condition on which ones and to whom.

Owner is left to `privileged-role`: no condition makes it fit for a workload.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import all_grants, at, given_to, once, standing
from keyless.assess.rules.privilege._powers import allows_everything, assigns_roles
from keyless.assess.rules.privilege._who import Who, confidence_of, who
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return once(_found(repository))


def _found(repository: Repository) -> Iterator[Finding]:
    for grant in all_grants(repository):
        role, kind = grant.role, who(grant)
        if role is None or grant.condition or kind in (Who.PEOPLE, Who.DEPLOYER):
            continue
        if not assigns_roles(role) or allows_everything(role):
            continue
        yield Finding(
            rule="unguarded-role-assigner",
            place=grant.head,
            message=(
                f"{given_to(grant)} may assign any role{at(grant)} with `{grant.role_name}`: add a condition "
                "that names the roles that it may assign, and to what kind of principal"
            ),
            severity=Severity.HIGH,
            confidence=standing(repository, grant, confidence_of(kind)),
            subject=grant.to,
        )


RULE = Rule(
    id="unguarded-role-assigner",
    group=Group.PRIVILEGE,
    title="A role that assigns roles is given without a condition",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why="Whoever may assign any role may make itself Owner, so that the role is worth as much as Owner is.",
    instead=(
        "Add a condition (version 2.0) that allows writing role assignments only for named role definitions, "
        "and only to service principals. Role Based Access Control Administrator is made for this."
    ),
    sources=(
        "https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview",
        "https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-examples",
    ),
    check=_check,
)
