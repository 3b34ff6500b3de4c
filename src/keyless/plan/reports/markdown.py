"""A plan as Markdown, for a pull request: what changes first, then tables, then what is folded away.

It fits into a comment of GitHub's. Names are never markup (see ``markup``), and the same plan gives the same
text.

Source: https://docs.github.com/rest/issues/comments (a body has at most 65,536 characters)
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.resource_id import ResourceId
from keyless.plan.problem import Subject
from keyless.plan.reports import references
from keyless.plan.reports.markup import code, plain, prose
from keyless.plan.reports.proof import proof_lines
from keyless.plan.reports.reads import TITLE, judged, reader_in_words
from keyless.plan.reports.scores import score_section
from keyless.plan.reports.summary import actions_in, changes, excess_in_order, headline, risks_in_words, rows
from keyless.plan.reports.tables import Section, fitted
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.today import counted_risks
from keyless.plan.score import Score
from keyless.plan.wording import place, short_scope

MOST_CHARACTERS = 65_536
_SHOWN_ACTIONS = 5


def markdown_text(plan: Plan, history: Sequence[Score] = (), *, limit: int = MOST_CHARACTERS) -> str:
    """The report; ``history`` are the scores so far, the last one that of this plan."""
    return fitted(_head(plan), [one for one in _sections(plan, history) if one.rows], limit)


def _head(plan: Plan) -> str:
    lines = [f"## Keyless plan: {headline(plan)}", ""]
    lines += [f"- {plain(text)}" for text in changes(plan)]
    lines += ["", "| | today | with the plan |", "|---|---:|---:|"]
    lines += [f"| {row.title} | {row.today:,} | {row.planned:,} |" for row in rows(plan)]
    return "\n".join((*lines, ""))


def _sections(plan: Plan, history: Sequence[Score]) -> tuple[Section, ...]:
    return (
        _assignments(plan),
        _proposed(plan),
        _removals(plan),
        _uncovered(plan),
        _identities(plan),
        _near(plan),
        _credentials(plan),
        _transitional(plan),
        _secrets(plan),
        _reads(plan),
        _references(plan),
        _native(plan),
        _sureness(plan),
        _proof(plan),
        _reasons(plan),
        _excess(plan),
        _denied(plan),
        _dropped(plan),
        Section("Notes", (), tuple((prose(note),) for note in plan.notes), details=True),
        score_section(history),
    )


def _who(subject: Subject) -> str:
    return code(subject.name)


def _at(scope: ResourceId) -> str:
    return code(short_scope(scope))


def _assignments(plan: Plan) -> Section:
    header = ("", "identity", "role", "at", "used", "excess", "risk of the excess")
    return Section("Role assignments", header, tuple(map(_assignment, plan.assignments)))


def _assignment(one: PlannedAssignment) -> tuple[str, ...]:
    state = "kept" if one.exists else "**new**"
    risks = risks_in_words((found.risk, found.count) for found in counted_risks(one.risks))
    numbers = (f"{len(one.used):,}", f"{len(one.excess):,}")
    return (state, _who(one.principal), code(one.role_name), _at(one.scope_id), *numbers, risks)


def _removals(plan: Plan) -> Section:
    found = (
        (
            "**remove**" if one.certain else "once you are sure",
            _who(one.principal),
            code(one.role_name),
            _at(ResourceId.parse(one.scope)),
            prose(one.reason),
        )
        for one in plan.removals
    )
    return Section("To remove", ("", "identity", "role", "at", "why"), tuple(found))


def _proposed(plan: Plan) -> Section:
    found = (
        (
            code(one.definition.name),
            f"{one.excess_saved:,}",
            ", ".join(map(code, actions_in(one.definition))),
            prose(one.reason),
        )
        for one in plan.proposed_roles
    )
    return Section("Custom roles to make", ("role", "excess saved", "grants", "why"), tuple(found))


def _near(plan: Plan) -> Section:
    found = (
        (
            ", ".join(code(place(one)) for one in near.members),
            f"{near.common:,}",
            ", ".join(f"+{more:,}" for more in near.widened),
            f"{near.assignments_saved:,}",
            prose(near.remark),
        )
        for near in plan.identities.near
    )
    header = ("resources", "permissions in common", "each would get besides", "assignments saved", "")
    return Section("Nearly the same needs", header, tuple(found), details=True)


def _transitional(plan: Plan) -> Section:
    found = (
        (code(one.name), plain(one.method), plain(one.bridge), plain(one.until), prose(one.remark))
        for one in plan.transitional
    )
    header = ("who", "signs in with", "bridge", "until", "")
    return Section("Authentication that stays for now", header, tuple(found))


def _uncovered(plan: Plan) -> Section:
    found = (
        (_who(one.principal), code(one.action), _at(ResourceId.parse(one.scope)), prose(one.advice))
        for one in plan.uncovered
    )
    return Section("Not covered by any role", ("identity", "action", "at", "what to do"), tuple(found))


def _identities(plan: Plan) -> Section:
    found = (
        (
            one.change.value,
            code(one.name),
            f"{one.chosen.value} {_who(one.identity)}",
            prose(one.reason),
            "; ".join(map(prose, one.would_change)),
        )
        for one in plan.identities.choices
    )
    header = ("", "resource", "identity", "why", "what would change it")
    return Section("Identities", header, tuple(found), details=True)


def _credentials(plan: Plan) -> Section:
    found = (
        (
            _who(one.principal),
            f"{one.method.value} {code(one.by)}".strip(),
            code(one.target),
            prose(one.identity),
            prose(one.afterwards),
        )
        for one in plan.stored_credentials
    )
    header = ("who", "signs in with", "for", "instead", "then")
    return Section("Stored credentials", header, tuple(found))


def _secrets(plan: Plan) -> Section:
    found = (
        (
            code(one.name),
            one.fate.value + (", **load at start-up**" if one.load_at_start_up else ""),
            prose(one.why),
            prose(one.how),
            f"{one.reads:,}",
        )
        for one in plan.secrets
    )
    return Section("Secrets and settings", ("name", "", "why", "how", "reads"), tuple(found), details=True)


def _reads(plan: Plan) -> Section:
    found = (
        (
            f"{one.kind} {code(one.name)}",
            "<br>".join(f"{code(reader.name)}: {reader_in_words(reader)}" for reader in one.readers),
            f"**{judged(one)}**" if one.load_at_start_up else judged(one),
            prose(one.advice),
        )
        for one in plan.reads
    )
    return Section(TITLE, ("object", "read by", "", "what to do"), tuple(found), details=True)


def _references(plan: Plan) -> Section:
    found = (
        (f"**{one.severity.value}**", prose(one.what), prose(one.why), prose(one.how))
        for one in references.worst_first(plan.references)
    )
    return Section(references.TITLE, ("", "reference", "why", "what to do"), tuple(found), details=True)


def _native(plan: Plan) -> Section:
    found = (
        (
            "kept" if one.exists else "**new**",
            _who(one.principal),
            one.system.value,
            code(one.role),
            code(one.within),
            prose(one.reason),
        )
        for one in plan.native
    )
    header = ("", "identity", "of", "role", "in", "why")
    return Section("Grants of the services' own", header, tuple(found))


def _sureness(plan: Plan) -> Section:
    found = (
        (code(one.name), one.sureness.value, prose(one.why), f"{one.events:,}", f"{one.days:,}")
        for one in plan.completeness.identities
    )
    header = ("identity", "sureness", "why", "events", "days")
    return Section("How sure this is", header, tuple(found), details=True)


def _proof(plan: Plan) -> Section:
    return Section("Proof", (), tuple((plain(line),) for line in proof_lines(plan)))


def _reasons(plan: Plan) -> Section:
    found = (
        (f"{code(one.role_name)} for {_who(one.principal)} at {_at(one.scope_id)}: {prose(one.reason)}",)
        for one in plan.assignments
        if one.reason
    )
    return Section("Reasons", (), tuple(found), details=True)


def _excess(plan: Plan) -> Section:
    found = (
        (
            _who(one.principal),
            code(one.role_name),
            _actions(one),
        )
        for one in plan.assignments
        if one.excess
    )
    return Section("Excess", ("identity", "role", "permissions beyond use"), tuple(found), details=True)


def _actions(one: PlannedAssignment) -> str:
    names = [found.action for found in excess_in_order(one)]
    shown = ", ".join(map(code, names[:_SHOWN_ACTIONS]))
    left = len(names) - _SHOWN_ACTIONS
    return f"{shown} and {left:,} more" if left > 0 else shown


def _denied(plan: Plan) -> Section:
    found = () if plan.forecast is None else plan.forecast.would_deny
    cells = ((code(one.action), _at(ResourceId.parse(one.scope)), f"{one.count:,}") for one in found)
    return Section("What the forecast denies", ("action", "at", "times"), tuple(cells), details=True)


def _dropped(plan: Plan) -> Section:
    found = (
        (code(one.action), _at(ResourceId.parse(one.scope)), f"{one.count:,}", prose(one.reason))
        for one in plan.dropped
    )
    return Section("Used, and not planned for", ("action", "at", "times", "why"), tuple(found), details=True)
