"""Explanations in words: the verdict, what settled it, what else was looked at, and what would allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from keyless.authz.access_policies import gives
from keyless.authz.conditions import Clause, Outcome
from keyless.authz.decide import Allowed, Grant
from keyless.authz.explain import Able, Checked, Considered, ConsideredDeny, Explanation
from keyless.cli.explained_world import ExplainedWorld
from keyless.cli.remedies import Remedies
from keyless.cli.wording import counted, scope_in_words
from keyless.model.access_policies import AccessPolicy
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.visible import visible

_OUTCOMES = {Outcome.TRUE: "holds", Outcome.FALSE: "does not hold", Outcome.UNKNOWN: "could not be evaluated"}


def describe(explanation: Explanation, world: ExplainedWorld, remedies: Remedies | None = None) -> str:
    """An explanation as text."""
    request, who = explanation.request, explanation.principal_id
    may = "may" if explanation.allowed else "may not"
    lines = [f"{_name(who, world)} {may} `{visible(request.action)}` at {scope_in_words(request.scope)}"]
    if world.principals.is_deleted(who):
        lines.append(
            "  it was deleted: no token of it holds, and what it has is orphaned (Identity not found)"
        )
    lines.append(f"  {_because(explanation, world)}")
    for deny in explanation.denies:
        lines += _deny_lines(deny, world)
    for grant in explanation.considered:
        lines += _grant_lines(grant, request.scope, world)
    if remedies is not None:
        lines += [f"  {line}" for line in remedies.lines]
    return "\n".join(lines)


def describe_policies(
    who: str, permission: str | None, vault: Vault, world: ExplainedWorld
) -> tuple[bool, str]:
    """Whether a vault's access policies give a permission such as `secrets/get`, and that as text."""
    ids = world.snapshot.principal_ids(who)
    entries = [one for one in vault.access_policies if one.object_id.casefold() in ids]
    settling = [
        one for one in entries if permission and one.application_id is None and gives(one, permission)
    ]
    name, may = _name(who, world), "may" if settling else "may not"
    why = (
        "  because its access policies decide (it is not in the mode of role-based access control): role and "
        "deny assignments do not count for what it holds"
    )
    lines = [f"{name} {may} do `{permission or 'this'}` in vault `{visible(vault.name)}`", why]
    lines += [
        f"  - an entry for {_name(one.object_id, world)}: {_policy(one, permission)}" for one in entries
    ]
    if not entries:
        lines.append("  no entry is for it")
    if not settling:
        lines.append(
            f"  an entry with `{permission or 'the permission'}` would allow it, or the mode of role-based "
            "access control (`enableRbacAuthorization`) and a role"
        )
    return bool(settling), "\n".join(lines)


def describe_able(action: str, scope: ResourceId, able: Sequence[Able], world: ExplainedWorld) -> str:
    """Who may do a thing, as text."""
    head = f"`{visible(action)}` at {scope_in_words(scope)}"
    if not able:
        return f"nobody may {head}"
    lines = [f"{counted(len(able), 'principal', 'principals')} may {head}:"]
    lines += [
        f"  {_name(one.principal_id, world)}: {_held(one.grant, one.through, scope, world)}"
        + (", where its condition holds" if one.if_holds else "")
        for one in able
    ]
    return "\n".join(lines)


def _name(principal_id: str, world: ExplainedWorld) -> str:
    return visible(world.name_of(principal_id))


def _because(explanation: Explanation, world: ExplainedWorld) -> str:
    decision = explanation.decision
    if isinstance(decision, Allowed):
        through = next((c.through for c in explanation.considered if c.grant == decision.by), ())
        return f"because it has {_held(decision.by, through, explanation.request.scope, world)}"
    if decision.by is not None:
        return f"because the deny assignment `{visible(decision.by.assignment.name)}` beats every grant:"
    if not explanation.considered:
        return "because no role assignment names it"
    return "because none of its role assignments grants it:"


def _held(grant: Grant, through: tuple[str, ...], scope: ResourceId, world: ExplainedWorld) -> str:
    """A role as it is held: where, whether from above, and by which group."""
    inherited = "" if grant.scope == scope else " (inherited)"
    return (
        f"`{visible(grant.role.name)}` at {scope_in_words(grant.scope)}{inherited}{_through(through, world)}"
    )


def _through(groups: tuple[str, ...], world: ExplainedWorld) -> str:
    if not groups:
        return ""
    return f", through group {' in '.join(f'`{_name(one, world)}`' for one in groups)}"


def _grant_lines(seen: Considered, scope: ResourceId, world: ExplainedWorld) -> Iterator[str]:
    head = f"`{visible(seen.grant.role.name)}` at {scope_in_words(seen.grant.scope)}"
    yield f"  - {head}{_through(seen.through, world)}: {_grant_verdict(seen)}"
    yield from _condition_lines(seen.checked)


def _grant_verdict(seen: Considered) -> str:
    if seen.settles:
        return "grants it"
    if not seen.in_scope:
        return "is for another scope"
    if seen.conditional:
        return "grants it only under a condition, which does not hold"
    if seen.other_plane:
        return "grants it on the other plane only; control and data actions never mix"
    return "does not grant this action"


def _deny_lines(seen: ConsideredDeny, world: ExplainedWorld) -> Iterator[str]:
    assignment = seen.deny.assignment
    head = f"deny assignment `{visible(assignment.name)}` at {scope_in_words(seen.deny.scope)}"
    yield f"  - {head}{_through(seen.through, world)}: {_deny_verdict(seen)}"
    yield from _condition_lines(seen.checked)


def _deny_verdict(seen: ConsideredDeny) -> str:
    if seen.settles:
        return "denies it" + (" to everyone" if seen.deny.principal_keys is None else "")
    if seen.excluded:
        return "excludes it"
    if not seen.in_scope:
        return "does not apply to child scopes" if seen.exact else "is for another scope"
    return "denies it only under a condition, which is false" if seen.lists_action else "denies other actions"


def _condition_lines(checked: Iterable[Checked]) -> Iterator[str]:
    for one in checked:
        whose = "the role's condition" if one.of_role else "its condition"
        if one.problem:
            yield f"      {whose} could not be evaluated: {one.problem}"
            continue
        yield f"      {whose} {_OUTCOMES[one.outcome]}:"
        yield from (f"        {_clause(clause)}" for clause in one.clauses)


def _clause(clause: Clause) -> str:
    text = " ".join(clause.text.split())
    found = "; ".join(
        f"`{visible(one.attribute)}` is {', '.join(repr(v) for v in one.values)}"
        for one in clause.found
        if one.values
    )
    why = f": {clause.reason}" if clause.reason else f" ({visible(found)})" if found else ""
    return f"{visible(text)} -> {clause.outcome}{why}"


def _policy(policy: AccessPolicy, permission: str | None) -> str:
    if policy.application_id is not None:
        return "counts only for a user who asks through the application that it names"
    return "gives it" if permission and gives(policy, permission) else "does not give it"
