"""The sections of the page below the picture: what the plan decides, why, and how far that is proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keyless.html.markup import Html, element, joined, prose, text
from keyless.plan.reports import references
from keyless.plan.reports.html.chart import chart
from keyless.plan.reports.proof import proof_lines
from keyless.plan.reports.reads import TITLE, judged, reader_in_words
from keyless.plan.reports.summary import actions_in, excess_in_order, risk_in_words, risks_in_words
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.identities import NearGroup
from keyless.plan.results.references import Severity
from keyless.plan.results.secrets import CodePlace
from keyless.plan.results.today import RiskCount, counted_risks
from keyless.plan.score import MEASURES, Score
from keyless.plan.wording import counted, place

_MOST_NAMED, _LEAST_NAMED, _NAMED = 60, 6, 12_000
"""How many permissions of one assignment are named, and of all about: the JSON has all of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A section: where a link leads, its heading, how many things are in it, and its content."""

    anchor: str
    title: str
    count: int
    content: Html


def parts(plan: Plan, history: Sequence[Score]) -> tuple[Part, ...]:
    """All sections that have something in them, in the order of the page."""
    made = (
        _identities(plan),
        _assignments(plan),
        _proposed(plan),
        _removals(plan),
        _uncovered(plan),
        _native(plan),
        _credentials(plan),
        _transitional(plan),
        _secrets(plan),
        _reads(plan),
        _references(plan),
        _policies(plan),
        _sureness(plan),
        _proof(plan),
        _notes(plan),
        _scores(history),
    )
    return tuple(one for one in made if one.count)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str) -> Html:
    """A table; cells that are numbers stand right, as do headings that end in a `#`."""

    def align(number: int) -> str | None:
        return "n" if headings[number].endswith("#") else None

    head = (
        element("th", one.removesuffix("#"), scope="col", class_=align(number))
        for number, one in enumerate(headings)
    )
    body = (
        element("tr", *(element("td", cell, class_=align(number)) for number, cell in enumerate(row)))
        for row in rows
    )
    return element(
        "div",
        element("table", element("thead", element("tr", *head)), element("tbody", *body), aria_label=caption),
        class_="scroll",
        tabindex="0",
        role="region",
        aria_label=caption,
    )


def tag(words: str, kind: str = "") -> Html:
    """A word in a frame."""
    return element("span", words, class_=f"tag {kind}".strip())


def at(scope: str) -> Html:
    """A place as people call it, with its whole id at hand."""
    return element("span", place(scope), title=scope)


def risky(counts: Iterable[RiskCount]) -> Html:
    """Risks in words."""
    return element("span", risks_in_words((one.risk, one.count) for one in counts), class_="risk")


def folded(summary: str, items: Iterable[str]) -> Html:
    """A list that opens; nothing where it is empty."""
    rows = [element("li", one) for one in items]
    return element("details", element("summary", summary), element("ul", *rows)) if rows else Html("")


def _assignments(plan: Plan) -> Part:
    headings = ("", "identity", "role", "at", "used#", "excess#", "risk of the excess", "why")
    most = max(_LEAST_NAMED, min(_MOST_NAMED, _NAMED // max(1, len(plan.assignments))))
    rows = (_assignment(one, most) for one in plan.assignments)
    content = table(headings, rows, caption="Role assignments of the plan")
    return Part("assignments", "Role assignments", len(plan.assignments), content)


def _assignment(one: PlannedAssignment, most: int) -> tuple[str, ...]:
    used = folded("used", (joined((element("code", u.action), f" {u.count:,}×")) for u in one.used))
    return (
        tag("kept") if one.exists else tag("+ new", "new"),
        element("span", one.principal.name, title=one.principal.principal_id),
        element("span", one.role_name, title=one.role_id),
        at(one.scope),
        f"{len(one.used):,}",
        f"{len(one.excess):,}",
        risky(counted_risks(one.risks)),
        joined((folded("reason", [prose(one.reason)] if one.reason else []), used, _excess(one, most))),
    )


def _excess(one: PlannedAssignment, most: int) -> Html:
    risks = {(found.plane, found.action): risk_in_words(found) for found in reversed(one.risks)}
    named = excess_in_order(one)
    items: list[Html] = []
    for found in named[:most]:
        risk = risks.get((found.plane, found.action))
        items.append(joined((element("code", found.action), tag(risk, "risk") if risk else "")))
    if len(named) > most:
        items.append(text(f"and {len(named) - most:,} more, which the plan's JSON names"))
    return folded("excess", items)


def _removals(plan: Plan) -> Part:
    today = {one.assignment_id: one for one in plan.today}
    rows = (
        (
            tag("− remove", "removed") if one.certain else tag("? decide", "risk"),
            one.principal.name,
            one.role_name,
            at(one.scope),
            f"{today[one.assignment_id].unused:,}" if one.assignment_id in today else "",
            risky(today[one.assignment_id].risks if one.assignment_id in today else ()),
            prose(one.reason),
        )
        for one in plan.removals
    )
    headings = ("", "identity", "role", "at", "unused#", "risk", "why")
    return Part("removals", "To remove", len(plan.removals), table(headings, rows, caption="To remove"))


def _uncovered(plan: Plan) -> Part:
    rows = (
        (one.principal.name, element("code", one.action), at(one.scope), f"{one.count:,}", prose(one.advice))
        for one in plan.uncovered
    )
    headings = ("identity", "action", "at", "times#", "what to do")
    content = table(headings, rows, caption="Not covered by any role")
    return Part("uncovered", "Not covered by any role", len(plan.uncovered), content)


def _identities(plan: Plan) -> Part:
    rows = (
        (
            tag(one.change.value, "" if one.change.value == "keep" else "new"),
            element("span", one.name, title=one.resource),
            joined((one.chosen.value, " ", element("strong", one.identity.name))),
            prose(one.reason),
            folded("what would change it", map(prose, one.would_change)),
        )
        for one in plan.identities.choices
    )
    headings = ("", "resource", "identity", "why", "")
    content = table(headings, rows, caption="Identities")
    found = plan.identities
    needed = (
        f"{found.assignments_before:,} role assignments with the identities as they are, "
        f"{found.assignments_after:,} with these, {found.assignments_apart:,} if each resource had its own."
    )
    near = folded("nearly the same needs", map(near_in_words, found.near))
    return Part("identities", "Identities", len(found.choices), joined((element("p", needed), content, near)))


def near_in_words(one: NearGroup) -> Html:
    """Resources that could nearly share an identity, and what each would get besides."""
    each = zip(one.members, one.widened, strict=True)
    members = ", ".join(f"{place(name)} (+{more:,})" for name, more in each)
    saved = f"{counted(one.assignments_saved, 'assignment')} fewer"
    return joined((members, f": {one.common:,} permissions in common, {saved}. ", prose(one.remark)))


def _proposed(plan: Plan) -> Part:
    rows = (
        (
            one.definition.name,
            f"{one.excess_saved:,}",
            folded("what it grants", map(code, actions_in(one.definition))),
            prose(one.reason),
        )
        for one in plan.proposed_roles
    )
    headings = ("role", "excess saved#", "", "why")
    content = table(headings, rows, caption="Custom roles to make")
    return Part("custom", "Custom roles to make", len(plan.proposed_roles), content)


def code(words: str) -> Html:
    """A name as it is written."""
    return element("code", words)


def _transitional(plan: Plan) -> Part:
    rows = ((one.name, one.method, one.bridge, one.until, prose(one.remark)) for one in plan.transitional)
    headings = ("who", "signs in with", "bridge", "until", "")
    content = table(headings, rows, caption="Authentication that stays for now")
    return Part("transitional", "Authentication that stays for now", len(plan.transitional), content)


def _native(plan: Plan) -> Part:
    rows = (
        (
            tag("kept") if one.exists else tag("+ new", "new"),
            one.principal.name,
            one.system.value,
            one.role,
            joined((at(one.scope), " ", one.within)),
            joined((prose(one.reason), folded("how", (element("code", line) for line in one.commands)))),
        )
        for one in plan.native
    )
    headings = ("", "identity", "of", "role", "at", "why")
    content = table(headings, rows, caption="Grants of the services' own")
    return Part("native", "Grants of the services' own", len(plan.native), content)


def _credentials(plan: Plan) -> Part:
    rows = (
        (
            one.principal.name,
            joined((one.method.value, " ", element("code", one.by) if one.by else "")),
            element("code", one.target) if one.target else "",
            f"{one.count:,}",
            prose(one.identity),
            prose(one.afterwards),
        )
        for one in plan.stored_credentials
    )
    headings = ("who", "signs in with", "for", "times#", "instead", "then")
    content = table(headings, rows, caption="Stored credentials")
    return Part("credentials", "Stored credentials", len(plan.stored_credentials), content)


def _secrets(plan: Plan) -> Part:
    rows = (
        (
            joined(
                (tag(one.fate.value), " ", tag("load at start-up", "risk") if one.load_at_start_up else "")
            ),
            element("span", element("code", one.name), title=one.container),
            prose(one.why),
            joined((prose(one.how), folded("in the code", map(_place_in_code, one.places)))),
            f"{one.reads:,}",
        )
        for one in plan.secrets
    )
    headings = ("", "name", "why", "how", "reads#")
    content = table(headings, rows, caption="Secrets and settings")
    return Part("secrets", "Secrets and settings", len(plan.secrets), content)


def _place_in_code(one: CodePlace) -> str:
    return f"{one.file}:{one.line}"


def _reads(plan: Plan) -> Part:
    rows = (
        (
            tag(judged(one), "risk") if one.load_at_start_up else tag(judged(one)),
            joined((one.kind, " ", element("span", element("code", one.name), title=one.container))),
            joined(element("div", f"{each.name}: {reader_in_words(each)}") for each in one.readers),
            joined((prose(one.advice), folded("in the code", map(_place_in_code, one.places)))),
        )
        for one in plan.reads
    )
    content = table(("", "object", "read by", "what to do"), rows, caption=TITLE)
    return Part("reads", TITLE, len(plan.reads), content)


def _references(plan: Plan) -> Part:
    told = references.worst_first(plan.references)
    rows = (
        (
            _severity(one.severity),
            element("span", prose(one.what), title=one.first.store),
            prose(one.why),
            prose(one.how),
        )
        for one in told
    )
    content = table(("", "reference", "why", "what to do"), rows, caption=references.TITLE)
    return Part("references", references.TITLE, len(told), content)


def _severity(severity: Severity) -> Html:
    bad = severity in {Severity.ERROR, Severity.WARNING}
    return tag(severity.value, "risk") if bad else tag(severity.value)


def _policies(plan: Plan) -> Part:
    rows = (
        (
            at(one.vault),
            one.principal.name,
            ", ".join(role.role_name for role in one.roles) or "none",
            ", ".join(one.gained),
            ", ".join(one.lost),
            prose(one.remark),
        )
        for one in plan.migrations
    )
    headings = ("vault", "who", "roles", "gains", "loses", "")
    content = table(headings, rows, caption="Roles in place of access policies")
    return Part("policies", "Roles in place of access policies", len(plan.migrations), content)


def _sureness(plan: Plan) -> Part:
    rows = (
        (
            tag(one.sureness.value, one.sureness.value),
            element("span", one.name, title=one.principal_id),
            prose(one.why),
            f"{one.events:,}",
            f"{one.days:,}",
        )
        for one in plan.completeness.identities
    )
    content = table(("sureness", "identity", "why", "events#", "days#"), rows, caption="How sure this is")
    return Part("sureness", "How sure this is", len(plan.completeness.identities), content)


def _proof(plan: Plan) -> Part:
    lines = [element("li", line) for line in proof_lines(plan)]
    lists = (
        element("ul", *lines, class_="plain"),
        folded("what the forecast denies", _would_deny(plan)),
        folded("used, and not planned for", _dropped(plan)),
        folded("events that no action is known for", _unmapped(plan)),
    )
    return Part("proof", "Proof", len(lines), joined(lists))


def _would_deny(plan: Plan) -> Iterator[Html]:
    for one in plan.forecast.would_deny if plan.forecast else ():
        yield joined((element("code", one.action), " at ", at(one.scope), f", {counted(one.count, 'time')}"))


def _dropped(plan: Plan) -> Iterator[Html]:
    for one in plan.dropped:
        yield joined((element("code", one.action), " at ", at(one.scope), ": ", prose(one.reason)))


def _unmapped(plan: Plan) -> Iterator[Html]:
    for one in plan.completeness.unmapped:
        yield joined(
            (
                element("code", f"{one.category} {one.operation}"),
                f", {counted(one.count, 'event')}: ",
                one.why,
            )
        )


def _notes(plan: Plan) -> Part:
    notes = (element("li", prose(note)) for note in plan.notes)
    return Part("notes", "Notes", len(plan.notes), element("ul", *notes, class_="plain"))


def _scores(history: Sequence[Score]) -> Part:
    charts = (chart(history, one) for one in MEASURES) if history else ()
    return Part("score", "Score", len(history), element("div", *charts, class_="charts"))
