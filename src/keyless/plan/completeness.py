"""How complete the evidence of a plan is: window, runs, callers, mapped events; and per identity how sure.

Rules:
- an event is a decision that was recorded, or an event of a log; one of a log that no action is known for
  counts as not mapped;
- against an identity that was seen in logs count those events that could have been accesses (`NO_ACTION`);
  that a log has steps of signing in, too, says nothing of it;
- an identity is judged by what was seen of it, also where a rule of the policy dropped it (`sureness.py`);
- an operation that the code calls and nobody was seen to use was not run: the plan cannot know of what it
  needs besides (`NamedCall`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from keyless.model.evidence import NO_ACTION, Observation, Outcome, Run
from keyless.model.guids import guid_key
from keyless.model.roles import RoleDefinition
from keyless.plan.given import Given
from keyless.plan.problem import Subject
from keyless.plan.results.completeness import Completeness, IdentitySureness, NamedCall
from keyless.plan.sureness import Known, sureness_of
from keyless.plan.visibility import Visibility
from keyless.plan.window import SECONDS_PER_DAY, days_between, days_of


def completeness(
    given: Given,
    observations: Sequence[Observation],
    subjects: Mapping[str, Subject],
    roles: Mapping[str, RoleDefinition],
) -> Completeness:
    """What a plan made from ``observations`` (of principals, in Azure) rests on.

    ``subjects`` are those that it is made for, by case-folded id; ``roles`` all definitions by id.
    """
    unmapped = sum(one.count for one in given.unmapped)
    events = sum(one.count for one in observations)
    since, until = _span(observations)
    about = _About(given, observations, roles)
    return Completeness(
        since=since,
        until=until,
        days=len({day for one in observations for day in _days(one)}),
        runs=len(given.runs),
        failed_runs=sum(map(failed, given.runs)),
        programs=tuple(sorted({run.program for run in given.runs if run.program})),
        callers=len({guid_key(one.principal_id) for one in observations}),
        events=events + unmapped,
        mapped=events,
        unmapped=tuple(sorted(given.unmapped, key=lambda one: (-one.count, one.category, one.operation))),
        identities=tuple(about.identity(one) for one in _in_order(subjects.values())),
        not_run=not_run(given.calls, observations),
    )


def not_run(calls: Iterable[NamedCall], observations: Iterable[Observation]) -> tuple[NamedCall, ...]:
    """The calls that code has and of whose actions not one was seen."""
    seen = {(one.plane, one.action.casefold()) for one in observations}
    return tuple(
        sorted(
            call
            for call in calls
            if not any((call.plane, action.casefold()) in seen for action in call.actions)
        )
    )


def failed(run: Run) -> bool:
    """Whether a run ended badly, or without a word."""
    return run.exit_code != 0


class _About:
    """The evidence by principal."""

    def __init__(
        self,
        given: Given,
        observations: Iterable[Observation],
        roles: Mapping[str, RoleDefinition],
    ) -> None:
        observations = tuple(observations)
        self._not_known = _not_known(given, observations)
        self._seen: dict[str, list[Observation]] = {}
        for one in observations:
            self._seen.setdefault(guid_key(one.principal_id), []).append(one)
        self._runs: dict[str, list[Run]] = {}
        for run in given.runs:
            for who in run.principal_ids:
                self._runs.setdefault(guid_key(who), []).append(run)
        self._unseen = _unseen(given, self._seen, roles)
        everything = [one for several in self._seen.values() for one in several]
        since, until = _span(everything)
        self._in_days = days_between(since, until) + 1 if since else 0

    def identity(self, subject: Subject) -> IdentitySureness:
        """How sure a plan can be of one identity."""
        key = guid_key(subject.principal_id)
        seen, runs = self._seen.get(key, []), self._runs.get(key, [])
        days = len({day for one in seen for day in _days(one)})
        first, last = _span(seen)
        known = Known(
            events=sum(one.count for one in seen),
            days=days,
            denied=sum(one.count for one in seen if one.outcome is Outcome.DENIED),
            runs=len(runs),
            failed_runs=sum(map(failed, runs)),
            unmapped=self._not_known if any(one.from_log for one in seen) else 0.0,
            unseen=self._unseen.get(key, ()),
            in_days=self._in_days,
        )
        sure, why = sureness_of(known)
        return IdentitySureness(
            principal_id=subject.principal_id,
            name=subject.name,
            sureness=sure,
            why=why,
            events=known.events,
            days=days,
            first_seen=first,
            last_seen=last,
        )


def _not_known(given: Given, observations: Iterable[Observation]) -> float:
    """The share of what logs had that could have been an access, and that no action is known for."""
    unknown = sum(one.count for one in given.unmapped if one.why == NO_ACTION)
    return _share(unknown, unknown + sum(one.count for one in observations if one.from_log))


def _unseen(
    given: Given, seen: Mapping[str, list[Observation]], roles: Mapping[str, RoleDefinition]
) -> dict[str, tuple[str, ...]]:
    """What each principal may do, by a role that it has itself, and no log would have shown."""
    visible = visibility_of(given, (one for several in seen.values() for one in several))
    found: dict[str, tuple[str, ...]] = {}
    by_key = {guid_key(role_id): role for role_id, role in roles.items()}
    for one in given.assignments:
        role = by_key.get(guid_key(one.role_definition_id))
        if role is not None:
            key = guid_key(one.principal_id)
            found[key] = (*found.get(key, ()), *visible.unseen_of(role, one.principal_id))
    return found


def visibility_of(given: Given, observations: Iterable[Observation]) -> Visibility:
    """What the evidence of a plan could have shown."""
    return Visibility(observations, given.runs, was_imported=bool(given.imports))


def _span(observations: Sequence[Observation]) -> tuple[int, int]:
    first = [one.first_seen for one in observations if one.first_seen]
    return (min(first, default=0), max((one.last_seen for one in observations), default=0))


def _days(seen: Observation) -> tuple[int, ...]:
    known = days_of(seen)
    return known or (seen.first_seen // SECONDS_PER_DAY, seen.last_seen // SECONDS_PER_DAY)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _in_order(subjects: Iterable[Subject]) -> list[Subject]:
    living = [one for one in subjects if not one.is_deleted]
    return sorted(living, key=lambda one: (one.name.casefold(), one.principal_id))
