"""Why a principal may or may not do a thing, who may do it, and what a principal may do.

Rules:
- the verdict is ``decide``'s own; an explanation only lays out the same comparisons one by one;
- every deny assignment that names the principal or everyone is considered, and every role assignment of the
  principal or one of its groups; of each it is told how it falls short;
- a condition is told clause by clause, with the values that were found.

Left to others: words, names of principals, which roles would allow what was denied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from keyless.authz.conditions import Clause, Facts, Outcome, evaluate
from keyless.authz.decide import AccessRequest, Allowed, Decision, Deny, Grant
from keyless.authz.guards import Guard
from keyless.authz.hierarchy import Hierarchy
from keyless.authz.permissions import Ways
from keyless.authz.snapshot import Snapshot
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId


@dataclass(frozen=True, slots=True)
class Checked:
    """A condition as it was evaluated; ``problem`` says why it cannot be evaluated at all.

    ``of_role`` tells a condition of the role's permission block from one of the assignment.
    """

    text: str
    outcome: Outcome
    clauses: tuple[Clause, ...]
    of_role: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Considered:
    """One role assignment, and how it bears on the request.

    ``through`` are the groups by which it is the principal's, from the one that the principal is in itself;
    empty where it names the principal. ``other_plane`` is true where the role lists the action among those of
    the other plane, which never counts. ``checked`` are the conditions, where scope and action fit.
    """

    grant: Grant
    through: tuple[str, ...]
    in_scope: bool
    grants_action: bool
    other_plane: bool
    checked: tuple[Checked, ...]
    settles: bool

    @property
    def conditional(self) -> bool:
        """Whether it grants, but for a condition that does not hold."""
        return self.in_scope and self.grants_action and not self.settles


@dataclass(frozen=True, slots=True)
class ConsideredDeny:
    """One deny assignment that names the principal (by ``through``, as of a grant) or everyone.

    ``excluded`` says that it spares the principal; ``exact`` that only its exact scope counts.
    """

    deny: Deny
    through: tuple[str, ...]
    excluded: bool
    in_scope: bool
    lists_action: bool
    exact: bool
    checked: tuple[Checked, ...]
    settles: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision on a request of a principal, with all that was looked at for it."""

    principal_id: str
    request: AccessRequest
    decision: Decision
    denies: tuple[ConsideredDeny, ...]
    considered: tuple[Considered, ...]

    @property
    def allowed(self) -> bool:
        """Whether the principal may."""
        return isinstance(self.decision, Allowed)


@dataclass(frozen=True, slots=True)
class Able:
    """A principal who may do a thing; ``if_holds`` says that it hangs on a condition that was not settled."""

    principal_id: str
    grant: Grant
    through: tuple[str, ...]
    if_holds: bool = False


def explain(principal_id: str, asked: AccessRequest, snapshot: Snapshot) -> Explanation:
    """Decide a request for a principal and its groups, and say, assignment by assignment, why."""
    request = replace(asked, principal_ids=snapshot.principal_ids(principal_id))
    denies = tuple(
        _consider_deny(deny, principal_id, request, snapshot)
        for deny in snapshot.denies_of(request.principal_ids)
    )
    considered = tuple(
        _consider(grant, principal_id, request, snapshot)
        for grant in snapshot.grants_of(request.principal_ids)
    )
    return Explanation(principal_id, request, snapshot.decide(request), denies, considered)


def who_can(asked: AccessRequest, principal_ids: Iterable[str], snapshot: Snapshot) -> list[Able]:
    """Who of some principals may do a thing, and by what; also where a condition would have to hold."""
    able = []
    for principal_id in dict.fromkeys(principal_ids):
        explanation = explain(principal_id, asked, snapshot)
        decision = explanation.decision
        if isinstance(decision, Allowed):
            through = snapshot.memberships.path(principal_id, decision.by.principal_key)
            able.append(Able(principal_id, decision.by, through))
        elif decision.by is None and (perhaps := _perhaps(explanation)) is not None:
            able.append(Able(principal_id, perhaps.grant, perhaps.through, if_holds=True))
    return able


def _perhaps(explanation: Explanation) -> Considered | None:
    """The first assignment that only lacks values to evaluate its condition on."""
    return next(
        (
            one
            for one in explanation.considered
            if one.conditional and any(c.outcome is Outcome.UNKNOWN and not c.problem for c in one.checked)
        ),
        None,
    )


def _consider(grant: Grant, principal_id: str, request: AccessRequest, snapshot: Snapshot) -> Considered:
    other = ActionPlane.CONTROL if request.plane is ActionPlane.DATA else ActionPlane.DATA
    ways = grant.role.permissions.ways(request.plane, request.action)
    in_scope = snapshot.hierarchy.covers(grant.scope, request.scope)
    facts = request.facts()
    bears = in_scope and bool(ways)
    outcomes = _outcomes(grant.guard, ways, facts) if bears else (Outcome.FALSE,)
    return Considered(
        grant=grant,
        through=snapshot.memberships.path(principal_id, grant.principal_key),
        in_scope=in_scope,
        grants_action=bool(ways),
        other_plane=bool(grant.role.permissions.ways(other, request.action)),
        checked=_checked(grant.guard, ways, facts) if bears else (),
        settles=all(outcome is Outcome.TRUE for outcome in outcomes),
    )


def _consider_deny(
    deny: Deny, principal_id: str, request: AccessRequest, snapshot: Snapshot
) -> ConsideredDeny:
    ways = deny.permissions.ways(request.plane, request.action)
    excluded = not deny.names(request.principal_ids)
    in_scope = deny.reaches(request.scope, snapshot.hierarchy)
    facts = request.facts()
    bears = in_scope and bool(ways) and not excluded
    outcomes = _outcomes(deny.guard, ways, facts) if bears else (Outcome.FALSE,)
    return ConsideredDeny(
        deny=deny,
        through=_deny_path(deny, principal_id, snapshot),
        excluded=excluded,
        in_scope=in_scope,
        lists_action=bool(ways),
        exact=not in_scope and _would_cover(deny, request.scope, snapshot.hierarchy),
        checked=_checked(deny.guard, ways, facts) if bears else (),
        settles=all(outcome is not Outcome.FALSE for outcome in outcomes),
    )


def _deny_path(deny: Deny, principal_id: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The groups by which a deny names the principal: the shortest way, none where it needs none."""
    if deny.principal_keys is None:
        return ()
    own = snapshot.principal_ids(principal_id) & deny.principal_keys
    ways = [snapshot.memberships.path(principal_id, key) for key in sorted(own)]
    return min(ways, key=len, default=())


def _would_cover(deny: Deny, scope: ResourceId, hierarchy: Hierarchy) -> bool:
    return deny.assignment.do_not_apply_to_child_scopes and hierarchy.covers(deny.scope, scope)


def _outcomes(guard: Guard | None, ways: Ways, facts: Facts) -> tuple[Outcome, Outcome]:
    """Of the assignment's condition, and of the best of its role's blocks."""
    blocks = [Outcome.TRUE if way is None else way.outcome(facts) for way in ways]
    best = next((o for o in (Outcome.TRUE, Outcome.UNKNOWN) if o in blocks), Outcome.FALSE)
    return (Outcome.TRUE if guard is None else guard.outcome(facts)), best


def _checked(guard: Guard | None, ways: Ways, facts: Facts) -> tuple[Checked, ...]:
    """The conditions that had a say: one that holds in a block makes the others of the role superfluous."""
    own = [_check(guard, facts, of_role=False)] if guard is not None else []
    if None in ways:
        return tuple(own)
    blocks = [_check(way, facts, of_role=True) for way in ways if way is not None]
    holding = [one for one in blocks if one.outcome is Outcome.TRUE]
    return (*own, *(holding[:1] or blocks))


def _check(guard: Guard, facts: Facts, *, of_role: bool) -> Checked:
    if guard.condition is None:
        return Checked(guard.text, Outcome.UNKNOWN, (), of_role, guard.problem)
    verdict = evaluate(guard.condition, facts)
    return Checked(guard.text, verdict.outcome, verdict.clauses, of_role)
