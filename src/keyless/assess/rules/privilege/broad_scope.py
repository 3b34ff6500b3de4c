"""Roles of workloads at a subscription or management group.

Rules:
- what only reads the control plane is of low severity;
- where neither the role nor the principal is known (a module that assigns whatever it is given), nothing is
  said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import WIDE, all_grants, given_to, once, standing
from keyless.assess.rules.privilege._powers import only_reads
from keyless.assess.rules.privilege._who import Who, confidence_of, who
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return once(_found(repository))


def _found(repository: Repository) -> Iterator[Finding]:
    for grant in all_grants(repository):
        kind = who(grant)
        if grant.scope not in WIDE or kind in (Who.PEOPLE, Who.DEPLOYER):
            continue
        if grant.role is None and (kind is Who.UNKNOWN or not grant.role_name):
            continue
        reads = grant.role is not None and only_reads(grant.role)
        where = "a management group" if grant.scope is WIDE[1] else "a subscription"
        yield Finding(
            rule="broad-scope",
            place=grant.head,
            message=(
                f"{given_to(grant)} gets `{grant.role_name or 'a role'}` at {where}: assign it at the "
                "resources, or the resource group, that the workload uses"
            ),
            severity=Severity.LOW if reads else Severity.MEDIUM,
            confidence=standing(repository, grant, confidence_of(kind, Confidence.HIGH)),
            subject=grant.to,
        )


RULE = Rule(
    id="broad-scope",
    group=Group.PRIVILEGE,
    title="A workload gets a role at a subscription or management group",
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    why=(
        "An assignment holds for everything below its scope, what is made there next year included. A "
        "workload that is broken into reaches as far as its widest assignment."
    ),
    instead=(
        "Assign the role at the resource that the workload uses; at the resource group where it uses most of "
        "what is in it."
    ),
    sources=(
        "https://learn.microsoft.com/azure/role-based-access-control/scope-overview",
        "https://learn.microsoft.com/azure/role-based-access-control/best-practices",
    ),
    check=_check,
)
