"""Role assignments that leave out the type of their principal.

Rules:
- a template that makes the identity in the same deployment fails without it now and then, because the
  directory has not heard of the identity yet: medium confidence where the identity is made there;
- Terraform waits and tries again by itself: low confidence;
- people have been in the directory for long: nothing is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.standing import confidence_at
from keyless.assess.deployed.subject import subject_of
from keyless.assess.findings.finding import Confidence, Finding, Fix, Severity
from keyless.assess.fixes.properties import property_set
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import all_grants
from keyless.assess.rules.privilege._who import Who, who
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.syntax.templates import Dialect, Resource


def _check(repository: Repository) -> Iterable[Finding]:
    holders: dict[int, set[Who]] = defaultdict(set)
    for grant in all_grants(repository):
        holders[id(grant.principal)].add(who(grant))
    for found in repository.view(deployed):
        if found.existing or not found.arm_type.casefold().endswith("authorization/roleassignments"):
            continue
        principal = found.value("properties.principalId").expression
        missing = found.value("properties.principalType").told is Told.ABSENT
        if missing and isinstance(found.declared, Resource) and Who.WORKLOAD in holders[id(principal)]:
            yield _finding(repository, found)


def _finding(repository: Repository, found: Deployed) -> Finding:
    edits = property_set(found, "properties.principalType", "ServicePrincipal")
    terraform = found.template.dialect is Dialect.TERRAFORM
    key = "principal_type" if terraform else "principalType"
    return Finding(
        rule="missing-principal-type",
        place=found.head,
        message=(
            f"the assignment `{subject_of(found)}` does not say what its principal is: set `{key}` to "
            "`ServicePrincipal`"
        ),
        severity=Severity.LOW,
        confidence=confidence_at(repository, found, Confidence.LOW if terraform else Confidence.MEDIUM),
        subject=subject_of(found),
        fix=Fix("say that the principal is a service principal", edits) if edits else None,
    )


RULE = Rule(
    id="missing-principal-type",
    group=Group.PRIVILEGE,
    title="A role assignment does not say what its principal is",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    why=(
        "An identity that has just been made takes a while to be known everywhere in the directory. Without "
        "`principalType` Azure looks it up, does not find it, and the deployment fails, now and then."
    ),
    instead="Set `principalType: 'ServicePrincipal'` for managed identities and service principals.",
    sources=(
        "https://learn.microsoft.com/azure/role-based-access-control/role-assignments-template",
        "https://learn.microsoft.com/azure/role-based-access-control/troubleshooting",
    ),
    check=_check,
)
