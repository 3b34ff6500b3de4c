"""How a proof went, in lines for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from keyless.cli.notices import credentials_used
from keyless.cli.terminal import say
from keyless.cli.wording import counted, scope_in_words
from keyless.model.evidence import Observation, Outcome, SignIn

if TYPE_CHECKING:
    from keyless.cli.run import Finished
    from keyless.plan.result import Plan
    from keyless.plan.unused import Unused
    from keyless.runtime.directory import Directory

_SHOWN_ACTIONS = 8


def holds(finished: Finished, observations: Iterable[Observation], still: Sequence[str] = ()) -> bool:
    """Whether a proof holds: the command succeeded, its plane saw all of it, and nothing was denied.

    ``still`` are lines on credentials that were used and that the plan has an identity for.
    """
    complete = finished.status.succeeded and finished.summary is not None and not still
    return complete and not any(seen.outcome is Outcome.DENIED for seen in observations)


def told(changed: Mapping[str, str | None]) -> list[str]:
    """What the command's environment has for the identity that the plan chose, in lines."""
    return [
        f"set `{name}` to `{value}`, the identity that the plan chose: it is to be a setting of the app's"
        if value is not None
        else f"took `{name}` out of the command's environment: the plan chose the system-assigned identity"
        for name, value in changed.items()
    ]


def with_credentials(plan: Plan, sign_ins: Iterable[SignIn]) -> list[str]:
    """A line for each application or key that signed in although the plan has an identity for it."""
    from keyless.plan.problem import SubjectKind

    taken_over = {
        one.principal_id.casefold(): (one, choice)
        for choice in plan.identities.choices
        for one in choice.replaces
        if one.kind in {SubjectKind.APPLICATION, SubjectKind.ACCESS_KEY}
    }
    found = {}
    for one in sign_ins:
        entry = taken_over.get(one.principal_id.casefold())
        if entry is not None and one.method.is_stored:
            subject, choice = entry
            found[subject.principal_id] = (
                f"the code still signs in as `{subject.name}` with a stored credential: the plan gives the "
                f"roles to `{choice.identity.name}`, so let it use the managed identity of `{choice.name}` "
                "(`DefaultAzureCredential`)"
            )
    return [found[key] for key in sorted(found)]


def strangers(plan: Plan, principals: Directory) -> list[str]:
    """The names of those that a plan has roles for and the estate does not know."""
    unknown = {
        one.principal.name for one in plan.assignments if not principals.get(one.principal.principal_id)
    }
    return sorted(unknown)


def seen_since(made_at: int, observations: Iterable[Observation]) -> int:
    """How many accesses were let pass for the first time after a moment (epoch seconds)."""
    return sum(seen.first_seen > made_at and seen.outcome is not Outcome.DENIED for seen in observations)


def report(
    plan: Plan,
    finished: Finished,
    observations: list[Observation],
    principals: Directory,
    still: Sequence[str] = (),
) -> None:
    """Print what was denied, what was granted and not used, and whether the proof holds."""
    from keyless.plan.unused import unused

    denied = [seen for seen in observations if seen.outcome is Outcome.DENIED]
    for seen in denied:
        who, where = principals.name_of(seen.principal_id), scope_in_words(seen.scope_id)
        say(f"denied {seen.count}x: {who} `{seen.action}` at {where}", bad=True)
    for line in _unused(plan, unused(plan, observations), observations):
        say(line)
    for line in credentials_used(finished.summary) if finished.summary is not None else ():
        say(line)
    for line in still:
        say(line, bad=True)
    if holds(finished, observations, still):
        calls = counted(sum(seen.count for seen in observations), "call", "calls")
        roles = counted(len(plan.assignments), "role assignment", "role assignments")
        say(f"the proof holds: {calls} allowed by {roles}, none denied")
    else:
        say(f"the proof fails: {_why(finished, len(denied), len(still))}", bad=True)


def _unused(plan: Plan, rests: Iterable[Unused], observations: Iterable[Observation]) -> list[str]:
    """What was granted and not used by those who took part; of the others, only how many there are.

    Where nobody did anything, everybody counts as having taken part.
    """
    seen = {one.principal_id.casefold() for one in observations}
    others = [one for one in plan.assignments if seen and one.principal.principal_id.casefold() not in seen]
    lines = [in_words(rest) for rest in rests if rest.assignment not in others]
    if not others:
        return lines
    roles = counted(len(others), "role assignment", "role assignments")
    who = counted(len({one.principal.principal_id for one in others}), "identity", "identities")
    return [*lines, f"{roles} of {who} that took no part in this run: prove their workloads, too"]


def in_words(rest: Unused) -> str:
    """What a role grants that was not used."""
    one = rest.assignment
    role = f"`{one.role_name}` of {one.principal.name} at {scope_in_words(one.scope_id)}"
    if rest.wholly:
        return f"{role} was not used at all"
    names = [action.action for action in rest.actions]
    more = f" and {len(names) - _SHOWN_ACTIONS} more" if len(names) > _SHOWN_ACTIONS else ""
    return f"{role} grants, unused: {', '.join(names[:_SHOWN_ACTIONS])}{more}"


def _why(finished: Finished, denied: int, still: int) -> str:
    if still:
        return "a stored credential is still in use"
    if denied:
        return f"{counted(denied, 'access', 'accesses')} denied; `keyless explain --proof` says why"
    if finished.summary is None:
        return "the plane did not last until the end"
    status = finished.status
    how = f"signal {status.signal}" if status.signal is not None else f"exit code {status.code}"
    return f"the command did not succeed ({how})"
