"""What a plan comes to, in a few numbers: the same ones in every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleDefinition
from keyless.plan.excess import excess_of
from keyless.plan.problem import SubjectKind
from keyless.plan.reports.secrets import secrets_in_short
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.completeness import Sureness
from keyless.plan.results.identities import IdentityChange
from keyless.plan.results.risk import Risk, RiskyPermission
from keyless.plan.results.today import CurrentGrant
from keyless.plan.risk import why_risky
from keyless.plan.wording import counted, listed

RISKS = {
    Risk.PRIVILEGE_ESCALATION: "privilege escalation",
    Risk.SECRET_READING: "secret reading",
    Risk.DATA_DESTRUCTION: "data destruction",
}
"""What each risk is called."""
KINDS = {
    SubjectKind.SYSTEM_ASSIGNED: "system-assigned identity",
    SubjectKind.USER_ASSIGNED: "user-assigned identity",
    SubjectKind.APPLICATION: "principal",
    SubjectKind.ACCESS_KEY: "access key",
    SubjectKind.USER: "user",
    SubjectKind.GROUP: "group",
}
"""What each kind of principal is called."""


@dataclass(frozen=True, slots=True)
class Row:
    """One number of the estate today and with the plan."""

    title: str
    today: int
    planned: int


def rows(plan: Plan) -> tuple[Row, ...]:
    """The numbers that a plan changes, the ones of the risks where there are any."""
    today, planned = excess_of(plan.today), excess_of(plan.remaining(), plan.assignments)
    return (
        Row("role assignments", len(plan.today), len(plan.assignments) + len(plan.remaining())),
        Row("permissions beyond use", today.count, planned.count),
        *(
            Row(f"of these {name}", today.risks[risk], planned.risks[risk])
            for risk, name in RISKS.items()
            if today.risks[risk] or planned.risks[risk]
        ),
        Row("assignments of which nothing is used", _unused(plan.today), _unused(plan.remaining())),
        Row("stored credentials", len(_credentials(plan)), len(_credentials(plan, stay=True))),
    )


def _credentials(plan: Plan, *, stay: bool = False) -> set[tuple[str, str, str]]:
    """Credentials that somebody signed in with; those that no roles can replace yet."""
    found = (one for one in plan.stored_credentials if not one.error and not (stay and one.roles))
    return {(one.principal.principal_id, one.method.value, one.by) for one in found}


def _unused(grants: Iterable[CurrentGrant]) -> int:
    return sum(one.is_unused for one in grants)


def headline(plan: Plan) -> str:
    """The plan in one line."""
    who = len({one.principal for one in plan.assignments})
    identities = "1 identity" if who == 1 else f"{who:,} identities"
    parts = [f"{counted(len(plan.assignments), 'role assignment')} for {identities}"]
    if plan.native:
        parts.append(f"{counted(len(plan.native), 'grant')} of services' own")
    if plan.uncovered:
        parts.append(f"{counted(len(plan.uncovered), 'action')} that no role grants")
    if plan.removals:
        parts.append(f"{counted(len(plan.removals), 'assignment')} to remove")
    if plan.stored_credentials:
        parts.append(f"{counted(len(plan.stored_credentials), 'stored credential')} to replace")
    if plan.vaults_to_switch:
        parts.append(f"{counted(len(plan.vaults_to_switch), 'vault')} to move from access policies to roles")
    if about_secrets := secrets_in_short(plan):
        parts.append(about_secrets)
    return ", ".join(parts)


def changes(plan: Plan) -> tuple[str, ...]:
    """What the plan changes, as short sentences; none for what it does not touch."""
    kept = sum(one.exists for one in plan.assignments)
    new = len(plan.assignments) - kept
    sure = sum(one.certain for one in plan.removals)
    open_ = f" ({len(plan.removals) - sure:,} more once you are sure)" if sure < len(plan.removals) else ""
    assignments = f"Role assignments: {new:,} new, {kept:,} kept, {sure:,} to remove{open_}."
    return tuple(one for one in (_identities(plan), assignments, _secrets(plan), _sureness(plan)) if one)


_CHANGES = {
    IdentityChange.KEEP: "kept",
    IdentityChange.ADD: "added",
    IdentityChange.SHARE: "to be shared",
    IdentityChange.SEPARATE: "to be separated",
    IdentityChange.REPLACE: "to be replaced",
}


def _identities(plan: Plan) -> str:
    if not plan.identities.choices:
        return ""
    counts = Counter(one.change for one in plan.identities.choices)
    said = listed([f"{counts[one]:,} {name}" for one, name in _CHANGES.items() if counts[one]])
    return f"Identities: {said}."


def _secrets(plan: Plan) -> str:
    if not plan.secrets:
        return ""
    counts = Counter(one.fate.value for one in plan.secrets)
    busy = sum(one.load_at_start_up for one in plan.secrets)
    often = f"; {busy:,} read more often than at a start" if busy else ""
    return f"Secrets: {listed([f'{count:,} {fate}' for fate, count in sorted(counts.items())])}{often}."


def _sureness(plan: Plan) -> str:
    counts = Counter(one.sureness for one in plan.completeness.identities)
    if not counts:
        return ""
    return f"Sureness: {listed([f'{counts[one]:,} {one.value}' for one in Sureness if counts[one]])}."


def risk_in_words(one: RiskyPermission) -> str:
    """A permission's risk, and what could be done with it: `data destruction: deletes data`."""
    why = why_risky(one)
    return f"{RISKS[one.risk]}: {why}" if why else RISKS[one.risk]


def risks_in_words(counts: Iterable[tuple[Risk, int]]) -> str:
    """Risks with their numbers: `2 secret reading, 1 data destruction`."""
    return ", ".join(f"{count:,} {RISKS[risk]}" for risk, count in counts if count)


def excess_in_order(one: PlannedAssignment) -> list[GrantedAction]:
    """The excess of an assignment, what is risky first, then data actions: they are what a store holds."""
    gravity = {(found.plane, found.action): at for at, found in enumerate(sorted(one.risks, key=_gravity))}
    last = len(gravity)
    return sorted(
        one.excess,
        key=lambda found: (
            gravity.get((found.plane, found.action), last),
            found.plane is not ActionPlane.DATA,
        ),
    )


def _gravity(one: RiskyPermission) -> tuple[int, str]:
    return (list(Risk).index(one.risk), one.action)


def actions_in(role: RoleDefinition) -> list[str]:
    """What a role lists, actions before data actions."""
    return [name for one in role.permissions for name in (*one.actions, *one.data_actions)]
