"""A plan in which identities that it wanted made, and that are there by now, have the ids that they got.

A plan names an identity that does not exist yet by a placeholder. Once it was made, the plan is still the
same one: it speaks of whoever has the resource id that it gave.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import Plan


def with_real_ids(plan: Plan, subjects: Iterable[Subject]) -> Plan:
    """The plan with those of ``subjects`` in the place of the proposed identities that they are."""
    there = {
        (one.kind, one.resource_id.casefold()): one
        for one in subjects
        if one.resource_id and not (one.is_deleted or one.is_proposed)
    }

    def real(one: Subject) -> Subject:
        key: tuple[SubjectKind, str] = (one.kind, one.resource_id.casefold())
        return there.get(key, one) if one.is_proposed else one

    choices = (replace(one, identity=real(one.identity)) for one in plan.identities.choices)
    return replace(
        plan,
        assignments=tuple(replace(one, principal=real(one.principal)) for one in plan.assignments),
        native=tuple(replace(one, principal=real(one.principal)) for one in plan.native),
        identities=replace(plan.identities, choices=tuple(choices)),
    )


def subjects_in(plan: Plan) -> list[Subject]:
    """Everybody that a plan gives something to, or chose as an identity."""
    return [
        *(one.principal for one in plan.assignments),
        *(one.principal for one in plan.native),
        *(one.identity for one in plan.identities.choices),
    ]
