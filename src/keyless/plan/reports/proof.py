"""The part of a report on the proof: what is proved of a plan, what time would show, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.reports.lines import print_labelled, print_line
from keyless.plan.result import Plan
from keyless.plan.results.completeness import Completeness, IdentitySureness, NamedCall
from keyless.plan.results.proof import Added, Containment, Dropped, WouldDeny
from keyless.plan.window import SECONDS_PER_DAY, date_of
from keyless.plan.wording import counted, listed, short_scope

if TYPE_CHECKING:
    from rich.console import Console

MOST_SHOWN = 10
"""How many lines of one kind are shown; the JSON has all of them."""
_FEW = 0.00005
"""What is less than this part of a whole is written as less than a hundredth of a percent."""


def print_proof(console: Console, plan: Plan) -> None:
    """What is proved, and how sure the plan is; nothing where there is no evidence at all."""
    if not plan.completeness.events and not plan.containment.used:
        return
    print_line(console, "Proof", style="bold")
    for text in proof_lines(plan):
        print_labelled(console, "", text)
    _missing(console, plan)
    _listed(console, "new", [_added(plan, one) for one in plan.containment.added])
    if plan.forecast is not None:
        _listed(console, "denied", [_would_deny(plan, one) for one in plan.forecast.would_deny])
    _listed(console, "dropped", [_dropped(plan, one) for one in plan.dropped])
    _listed(console, "not run", [_call(one) for one in plan.completeness.not_run])
    _listed(console, "sure", [_sure(one) for one in plan.completeness.identities])
    print_line(console, "")


def proof_lines(plan: Plan) -> list[str]:
    """Everything that is proved, in sentences."""
    return [
        *_of_choices(plan),
        *_of_containment(plan.containment),
        *_of_forecast(plan),
        *_of_completeness(plan.completeness),
    ]


def _of_choices(plan: Plan) -> Iterator[str]:
    if plan.certificates:
        best = sum(one.optimal for one in plan.certificates)
        yield f"{best:,} of {counted(len(plan.certificates), 'choice')} of roles proved to be the best one."


def _of_containment(proof: Containment) -> Iterator[str]:
    if not proof.used:
        return
    used = counted(proof.used, "permission")
    if proof.by_plan == proof.used:
        yield f"{used} used, each decided upon: the plan's assignments alone allow all of it."
    else:
        parts = [f"{proof.by_plan:,} allowed by the plan's assignments alone"]
        if proof.by_kept:
            parts.append(f"{proof.by_kept:,} by assignments that it leaves")
        if proof.uncovered:
            parts.append(f"{proof.uncovered:,} covered by no role, as said above")
        if proof.missing:
            parts.append(f"{len(proof.missing):,} DENIED")
        yield f"Of {used} used: {', '.join(parts)}."
    if proof.added:
        new = sum(one.count for one in proof.added)
        yield f"New against today: {counted(new, 'permission')} in {counted(len(proof.added), 'assignment')}."
    else:
        yield "Nothing that the plan grants is new: all of it is granted today."


def _of_forecast(plan: Plan) -> Iterator[str]:
    if plan.forecast is None:
        if plan.no_forecast:
            yield f"{plan.no_forecast[:1].upper()}{plan.no_forecast[1:]}."
        return
    one = plan.forecast
    yield (
        f"Forecast, planned on what was seen before {_moment(one.split_at)} and tried on what came after: "
        f"{one.denied:,} of {counted(one.events, 'event')} denied ({_share(one.denied_share)}); of "
        f"{counted(one.granted, 'permission')} {one.unused:,} not used ({_share(one.unused_share)}); of "
        f"{one.planned_for:,} that had been used before, {len(one.not_again):,} not used again."
    )


def _of_completeness(seen: Completeness) -> Iterator[str]:
    if not seen.events:
        return
    when = f" from {date_of(seen.since)} to {date_of(seen.until)}" if seen.since else ""
    parts = [
        f"{counted(seen.events, 'event')} of {counted(seen.callers, 'caller')}{when}",
        f"on {counted(seen.days, 'day')}",
        f"in {_runs(seen)}",
    ]
    mapped = f"an action is known for {_share(seen.mapped / seen.events)} of them"
    yield f"Evidence: {', '.join(parts)}; {mapped}."


def _runs(seen: Completeness) -> str:
    """How many runs, of what, and how many of them failed."""
    programs = f" of {listed(seen.programs)}" if seen.programs else ""
    failed = f" ({seen.failed_runs:,} failed)" if seen.failed_runs else ""
    return f"{counted(seen.runs, 'recorded run')}{programs}{failed}"


def _moment(at: int) -> str:
    """A date; with the time of day where it is not midnight."""
    rest = at % SECONDS_PER_DAY
    return f"{date_of(at)} {rest // 3600:02}:{rest % 3600 // 60:02} UTC" if rest else date_of(at)


def _share(part: float) -> str:
    """A share in percent, which says 0 and 100 only where it is."""
    if 0 < part < _FEW:
        return "less than 0.01 %"
    if 1 - _FEW < part < 1:
        return "more than 99.99 %"
    return f"{part * 100:.4g} %"


def _missing(console: Console, plan: Plan) -> None:
    texts = [
        f"{one.action} for {_name(plan, one.principal_id)} at {_at(one.scope)}"
        for one in plan.containment.missing
    ]
    _listed(console, "DENIED", texts)


def _listed(console: Console, label: str, texts: list[str]) -> None:
    shown = texts if len(texts) <= MOST_SHOWN else texts[: MOST_SHOWN - 1]
    for text in shown:
        print_labelled(console, label, text)
    if len(texts) > len(shown):
        rest = len(texts) - len(shown)
        print_labelled(console, label, f"and {rest:,} more, which the plan's JSON names")


def _added(plan: Plan, one: Added) -> str:
    if one.only is not None:
        what = f"{counted(one.count, 'permission')} of {one.role_name}"
    elif one.all_but:
        what = f"{one.role_name} but for {counted(len(one.all_but), 'permission')}"
    else:
        what = f"all of {one.role_name} ({counted(one.count, 'permission')})"
    return f"{what} for {_name(plan, one.principal_id)} at {_at(one.scope)}, {len(one.used):,} of it used"


def _would_deny(plan: Plan, one: WouldDeny) -> str:
    who, often = _name(plan, one.principal_id), counted(one.count, "time")
    new = ": not seen at all before" if one.new_caller else ""
    return f"{one.action} for {who} at {_at(one.scope)}, {often}{new}"


def _dropped(plan: Plan, one: Dropped) -> str:
    return f"{one.action} of {_name(plan, one.principal_id)} at {_at(one.scope)}: {one.reason}"


def _call(one: NamedCall) -> str:
    return f"{one.method} ({one.operation}) in {one.file}:{one.line}: in the code, and never seen"


def _sure(one: IdentitySureness) -> str:
    return f"{one.name}: {one.sureness.value}: {one.why}"


def _name(plan: Plan, principal_id: str) -> str:
    """What a principal is called, as far as the plan knows it."""
    wanted = guid_key(principal_id)
    known = (one for one in plan.completeness.identities if guid_key(one.principal_id) == wanted)
    return next((one.name for one in known), principal_id)


def _at(scope: str) -> str:
    return short_scope(ResourceId.parse(scope))
