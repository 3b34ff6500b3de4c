"""Roles that are referred to by their names.

A script that a person runs looks the name up there and then: it is told with low confidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from keyless.assess.findings.finding import Confidence, Finding, Remedy, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._grant import all_grants, once, standing
from keyless.assess.rules.rule import Group, Rule


def _check(repository: Repository) -> Iterable[Finding]:
    return once(_found(repository))


def _found(repository: Repository) -> Iterator[Finding]:
    for grant in all_grants(repository):
        if not grant.by_name or grant.role is None:
            continue
        in_script = not grant.place.path.endswith((".bicep", ".json", ".tf"))
        yield Finding(
            rule="role-by-name",
            place=grant.place,
            message=f"the role `{grant.role_name}` is referred to by its name: use its id, `{grant.role.id}`",
            severity=Severity.LOW,
            confidence=standing(repository, grant, Confidence.LOW if in_script else Confidence.HIGH),
            subject=grant.to,
            remedy=Remedy(
                instead=f"/providers/Microsoft.Authorization/roleDefinitions/{grant.role.id}",
                note="the name may stay beside it as a comment",
            ),
        )


RULE = Rule(
    id="role-by-name",
    group=Group.PRIVILEGE,
    title="A role is referred to by its name",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    why=(
        "Microsoft renames roles, and a custom role may be renamed by anyone who may write it; an assignment "
        "by name then fails, or means another role. The id stays."
    ),
    instead="Refer to the role by its id, and keep the name in a comment for readers.",
    sources=("https://learn.microsoft.com/azure/role-based-access-control/best-practices",),
    check=_check,
)
