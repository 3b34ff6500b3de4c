"""Which of the uses still count: the window of the evidence, and what is kept in spite of it.

Rules:
- uses are judged as they are planned for: an action of a principal, at the vault, store or account that a
  role would go to (or at the object, where the policy says so). One that is used there recently, on whichever
  object, is needed there;
- with a window, what was last used longer ago is dropped; time is counted back from when the plan is made;
- rare use is dropped only where the policy says so, and only where it is known how often it was;
- what a `keep` rule speaks of is never dropped; nor is what has no time;
- what was denied is not judged, unless it counts as needed.

What is dropped is never silent: a plan lists it, each with the rule that it fell to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.catalog.services import container_of
from keyless.model.actions import ActionPlane, action_matches
from keyless.model.evidence import Observation, Outcome, SignIn
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.policy.evidence import EvidenceRules, KeepRule, RareUse
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Subject
from keyless.plan.results.proof import Dropped
from keyless.plan.wording import counted

SECONDS_PER_DAY = 24 * 60 * 60
_LAST_MOMENT = 253_402_300_799
"""The end of the year 9999, beyond which no date can be written: times come from logs."""

_Key = tuple[str, ActionPlane, str, ResourceId]


@dataclass(frozen=True, slots=True)
class InWindow:
    """The observations that count, and what was dropped of them, in the order of principal, scope, action."""

    observations: tuple[Observation, ...]
    dropped: tuple[Dropped, ...]


@dataclass(slots=True)
class _Use:
    """All that was seen of one action of one principal at one place."""

    scope: ResourceId
    seen: list[Observation] = field(default_factory=list)

    @property
    def last_seen(self) -> int:
        return max(one.last_seen for one in self.seen)

    @property
    def count(self) -> int:
        return sum(one.count for one in self.seen)

    def days(self) -> int | None:
        """On how many days it was seen; none where that is not known."""
        known = [days_of(one) for one in self.seen]
        return None if None in known else len({day for days in known for day in days or ()})


def last_moment(observations: Iterable[Observation], sign_ins: Iterable[SignIn] = ()) -> int:
    """The last time that anything was seen, in epoch seconds; 0 where nothing was."""
    moments = [*(one.last_seen for one in observations), *(one.last_seen for one in sign_ins)]
    return max(moments, default=0)


def days_of(seen: Observation) -> tuple[int, ...] | None:
    """The days (since the epoch, UTC) on which it was seen; none where only the first and last are known."""
    if seen.days:
        return seen.days
    first, last = seen.first_seen // SECONDS_PER_DAY, seen.last_seen // SECONDS_PER_DAY
    return (first,) if first == last else None


def date_of(moment: int) -> str:
    """A time (epoch seconds) as an ISO 8601 date in UTC."""
    return dt.datetime.fromtimestamp(min(moment, _LAST_MOMENT), dt.UTC).date().isoformat()


def days_between(earlier: int, later: int) -> int:
    """How many days lie between two times, by the calendar in UTC."""
    return later // SECONDS_PER_DAY - earlier // SECONDS_PER_DAY


def last_used(last_seen: int, now: int) -> str:
    """When something was last used, in words."""
    return f"last used {date_of(last_seen)}, {counted(days_between(last_seen, now), 'day')} ago"


def in_window(
    observations: Sequence[Observation], policy: PlanPolicy, now: int, subjects: Mapping[str, Subject]
) -> InWindow:
    """Leave out what the policy says is not needed any more at ``now`` (epoch seconds).

    ``subjects`` are by case-folded principal id; rules may name them.
    """
    rules = policy.evidence
    if rules.window_days is None and rules.rare is RareUse.KEEP:
        return InWindow(tuple(observations), ())
    uses = _uses(observations, policy)
    judge = _judge(rules, now, subjects)
    fallen = {key: why for key, use in uses.items() if (why := judge(use))}
    gone = {id(one) for key in fallen for one in uses[key].seen}
    return InWindow(
        tuple(one for one in observations if id(one) not in gone),
        tuple(_dropped(uses[key], why) for key, why in sorted(fallen.items(), key=_in_order)),
    )


def _uses(observations: Iterable[Observation], policy: PlanPolicy) -> dict[_Key, _Use]:
    uses: dict[_Key, _Use] = {}
    objects_of = policy.scopes.of_objects()
    for seen in observations:
        if seen.outcome is Outcome.DENIED and not policy.evidence.include_denied:
            continue
        scope = container_of(seen.scope_id, objects_of=objects_of)
        key = (guid_key(seen.principal_id), seen.plane, seen.action.casefold(), scope)
        uses.setdefault(key, _Use(scope)).seen.append(seen)
    return uses


def _judge(rules: EvidenceRules, now: int, subjects: Mapping[str, Subject]) -> Callable[[_Use], str]:
    """What gives the reason for dropping a use; empty where it is kept."""

    def judge(use: _Use) -> str:
        why = _too_old(use, rules, now) or _too_rare(use, rules)
        return "" if why and _is_kept(use, rules.keep, subjects) else why

    return judge


def _too_old(use: _Use, rules: EvidenceRules, now: int) -> str:
    last = use.last_seen
    if rules.window_days is None or not last or days_between(last, now) <= rules.window_days:
        return ""
    return f"{last_used(last, now)}: the window is {counted(rules.window_days, 'day')}"


def _too_rare(use: _Use, rules: EvidenceRules) -> str:
    if rules.rare is RareUse.KEEP or not use.last_seen:
        return ""
    days = use.days()
    if rules.rare_days is not None and days is not None and days <= rules.rare_days:
        most = counted(rules.rare_days, "day")
        return f"used on {counted(days, 'day')}: the policy drops what is used on at most {most}"
    if rules.rare_count is not None and use.count <= rules.rare_count:
        often, most = counted(use.count, "time"), counted(rules.rare_count, "time")
        return f"used {often}: the policy drops what is used at most {most}"
    return ""


def speaking_of_nothing(
    rules: Iterable[KeepRule], seen: Sequence[Observation], subjects: Mapping[str, Subject]
) -> list[KeepRule]:
    """The rules on what is kept that nothing which was seen is of: their words may be misspelt."""
    return [rule for rule in rules if not any(_speaks_of(rule, one, subjects) for one in seen)]


def _is_kept(use: _Use, rules: Iterable[KeepRule], subjects: Mapping[str, Subject]) -> bool:
    return any(_speaks_of(rule, one, subjects) for rule in rules for one in use.seen)


def _speaks_of(rule: KeepRule, seen: Observation, subjects: Mapping[str, Subject]) -> bool:
    subject = subjects.get(guid_key(seen.principal_id))
    names = (seen.principal_id, subject.name) if subject else (seen.principal_id,)
    return (
        action_matches(rule.action, seen.action)
        and any(action_matches(rule.principal, name) for name in names)
        and _is_at(rule.scope, seen.scope_id)
    )


def _is_at(wanted: str, scope: ResourceId) -> bool:
    if "*" in wanted:
        return action_matches(wanted, scope.text)
    return ResourceId.parse(wanted).contains(scope)


def _dropped(use: _Use, why: str) -> Dropped:
    one = use.seen[0]
    return Dropped(
        principal_id=one.principal_id,
        scope=use.scope.text,
        plane=one.plane,
        action=one.action,
        count=use.count,
        last_seen=use.last_seen,
        reason=why,
    )


def _in_order(entry: tuple[_Key, str]) -> tuple[str, tuple[str, ...], str, str]:
    whose, plane, action, scope = entry[0]
    return (whose, scope.key, plane.value, action)
