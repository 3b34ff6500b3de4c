"""An assessment as one HTML file: findings with their code and their way, by group and severity.

Rules:
- nothing is loaded from anywhere, and every text is escaped (``keyless.html``);
- without its script everything is there; the script filters.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

from keyless.assess.files.texts import Texts
from keyless.assess.findings.finding import Remedy, Severity, Step
from keyless.assess.report import Report
from keyless.assess.reports.frames import Frame, frame
from keyless.assess.reports.wording import GROUPS, SECRET_GROUPS, at, headline, until_when, where
from keyless.assess.rules.rule import Group
from keyless.assess.standing.standing import Told
from keyless.html.markup import Html, element, joined, prose
from keyless.html.page import page
from keyless.model.visible import inert_markup


def html_text(report: Report, texts: Texts) -> str:
    """The page."""
    groups = {one.id: one.group for one in report.rules}
    told: dict[Group, list[Told]] = {group: [] for group in Group}
    for one in report.standing.told:
        told[groups[one.finding.rule]].append(one)
    present = [group for group in Group if told[group]]
    sections = [_group(group, told[group], texts) for group in present]
    main = element("main", _summary(report), _problems(report), *sections, _allowed(report), id="main")
    whole = page(
        "Keyless assessment", (_bar(present), main), style=_asset("page.css"), script=_asset("page.js")
    )
    return inert_markup(whole)


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _bar(present: list[Group]) -> Html:
    named = [*((one.value, one.value) for one in Severity), *((one.value, GROUPS[one]) for one in present)]
    boxes = (
        element("label", element("input", type="checkbox", value=value, checked=True), words)
        for value, words in named
    )
    search = element(
        "input", type="search", id="search", placeholder="search: /", aria_label="search", autocomplete="off"
    )
    found = element("span", id="found", role="status", class_="dim")
    shown = element("div", *boxes, class_="filter", role="group", aria_label="what is shown")
    return element("header", element("div", shown, found, search), class_="bar")


def _summary(report: Report) -> Html:
    told = report.standing.told
    counts = ((level.value, sum(one.finding.severity is level for one in told)) for level in Severity)
    others = (
        ("allowed", len(report.standing.allowed)),
        ("in the baseline", report.standing.known),
        ("below the thresholds", report.standing.below),
        ("not on changed lines", report.standing.unchanged),
        ("files", report.files),
        *((f"not looked at: {why}", count) for why, count in report.left_out.items()),
    )
    cards = (
        element("li", element("strong", f"{count:,}"), " ", name)
        for name, count in (*counts, *others)
        if count or name in {"files", *Severity}
    )
    scope = report.scope
    of = scope.revision or ("what is staged" if scope.staged else "the folder as it is")
    since = f", changes since {scope.since}" if scope.since else ""
    return element(
        "section",
        element("h1", f"Assessment: {headline(report)}"),
        element("p", f"{scope.root}: {of}{since}; {report.date}, Keyless {report.version}", class_="dim"),
        element("ul", *cards, class_="sum"),
        *(element("p", prose(one), class_="bad") for one in report.notices),
    )


def _problems(report: Report) -> Html:
    if not report.problems:
        return Html("")
    items = (element("li", element("code", where(one)), ": ", prose(one.message)) for one in report.problems)
    return element(
        "section",
        element("h2", "Could not be read or understood ", element("small", f"{len(report.problems):,}")),
        element("p", "What could not be read may hold more: the result is incomplete."),
        element("ul", *items, class_="plain"),
        class_="bad",
    )


def _group(group: Group, told: list[Told], texts: Texts) -> Html:
    secret = group in SECRET_GROUPS
    return element(
        "section",
        element("h2", GROUPS[group], " ", element("small", f"{len(told):,}")),
        *(_article(one, group, texts, secret=secret) for one in told),
        class_="group",
        id=group.value,
    )


def _article(told: Told, group: Group, texts: Texts, *, secret: bool) -> Html:
    one = told.finding
    head = element(
        "h3",
        element("span", one.severity.value, class_=f"tag {one.severity.value}"),
        element("code", at(one.place)),
        element("span", f"{one.rule}, {one.confidence} confidence", class_="dim"),
    )
    parts = [head, element("p", prose(one.message)), _code(frame(one.place, texts, secret=secret))]
    if told.expired is not None:
        parts.append(element("p", f"allowed until {told.expired.until}, and no longer", class_="bad"))
    if one.steps:
        steps = (_step(step, texts, secret=secret) for step in one.steps)
        parts.append(element("ol", *steps, class_="way"))
    parts += [
        element("p", "also from ", element("code", at(step.place)), " ", prose(step.what))
        for step in one.also
    ]
    if one.remedy is not None:
        parts.append(element("dl", *_remedy(one.remedy)))
    return element("article", *parts, data_severity=one.severity.value, data_group=group.value)


def _code(shown: Frame | None) -> Html:
    if shown is None:
        return Html("")
    end = shown.mark + shown.length
    marked = element("mark", shown.text[shown.mark : end])
    line = joined((f"{shown.line:>5}  ", shown.text[: shown.mark], marked, shown.text[end:]))
    return element("pre", line)


def _step(step: Step, texts: Texts, *, secret: bool) -> Html:
    shown = frame(step.place, texts, secret=secret)
    return element("li", element("code", at(step.place)), " ", prose(step.what), _code(shown))


def _remedy(remedy: Remedy) -> Iterator[Html]:
    if remedy.instead:
        code = Html("\n").join(joined((line,)) for line in remedy.instead.rstrip().split("\n"))
        yield element("dt", "instead")
        yield element("dd", element("pre", Html(code)))
    scope = f" at {remedy.scope}" if remedy.scope else ""
    named = (
        ("identity", remedy.identity),
        ("role", f"{', '.join(remedy.roles)}{scope}" if remedy.roles else ""),
        ("then", remedy.local_auth_off),
        ("note", remedy.note),
    )
    for name, words in named:
        if words:
            yield element("dt", name)
            yield element("dd", prose(words))


def _allowed(report: Report) -> Html:
    if not report.standing.allowed:
        return Html("")
    items = (
        element(
            "li",
            element("code", at(one.finding.place)),
            f" {one.finding.rule}: {one.allowance.reason} ({until_when(one.allowance, one.days_left)})",
        )
        for one in report.standing.allowed
    )
    heading = element("h2", "Allowed ", element("small", f"{len(report.standing.allowed):,}"))
    return element("section", heading, element("ul", *items, class_="plain"))
