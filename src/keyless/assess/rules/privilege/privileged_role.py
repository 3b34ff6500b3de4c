"""Roles that no workload should hold: Owner, Contributor, those that assign roles, and the directory's own.

Rules:
- what a role allows decides, and not its name: all actions, writing role assignments or definitions, taking
  away what denies, having policies deploy;
- people's roles are left to reviews of access; so is what whoever deploys gives himself;
- an assignment with a condition that narrows it, of a role that is only about assigning, is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.deployed.grants import Grant, ScopeKind
from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._directory import directory_grants
from keyless.assess.rules.privilege._grant import WIDE, all_grants, at, given_to, once, standing
from keyless.assess.rules.privilege._powers import allows_everything, is_privileged
from keyless.assess.rules.privilege._who import Who, confidence_of, who
from keyless.assess.rules.rule import Group, Rule

_ID = "privileged-role"
_GRAVE = (*WIDE, ScopeKind.RESOURCE_GROUP)


def _check(repository: Repository) -> Iterable[Finding]:
    yield from once(_of_azure(repository))
    for grant in directory_grants(repository):
        yield Finding(
            rule=_ID,
            place=grant.place,
            message=(
                f"a workload gets `{grant.role}` in the directory, with which it can make itself "
                f"administrator: {grant.instead}"
            ),
            severity=Severity.HIGH,
            confidence=Confidence.HIGH if grant.given else Confidence.MEDIUM,
            subject=grant.subject,
        )


def _of_azure(repository: Repository) -> Iterator[Finding]:
    for grant in all_grants(repository):
        kind = who(grant)
        if kind in (Who.PEOPLE, Who.DEPLOYER) or grant.role is None or not is_privileged(grant.role):
            continue
        if grant.condition and not allows_everything(grant.role):
            continue
        yield _finding(repository, grant, kind)


def _finding(repository: Repository, grant: Grant, kind: Who) -> Finding:
    role = grant.role_name or (grant.role.name if grant.role else "")
    return Finding(
        rule=_ID,
        place=grant.head,
        message=(
            f"{given_to(grant)} gets the privileged role `{role}`{at(grant)}: give it the roles for what it "
            "does, on the resources that it does it to"
        ),
        severity=Severity.HIGH if grant.scope in _GRAVE else Severity.MEDIUM,
        confidence=standing(repository, grant, confidence_of(kind)),
        subject=grant.to,
        remedy=Remedy(note="`keyless plan` chooses the roles from what a run of the workload does"),
    )


RULE = Rule(
    id=_ID,
    group=Group.PRIVILEGE,
    title="A workload gets a privileged role",
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    why=(
        "Whoever gets code to run in the workload has its roles. With Owner, Contributor or a role that "
        "assigns roles, that is everything at the scope, or the way to it: reading all keys, changing all "
        "apps, giving access to others."
    ),
    instead=(
        "Assign job roles (Storage Blob Data Reader, Key Vault Secrets User …) at the resources that the "
        "workload uses. Where a pipeline must assign roles, Role Based Access Control Administrator with a "
        "condition that names the roles is enough."
    ),
    sources=(
        "https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged",
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
        "https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions",
    ),
    check=_check,
)
