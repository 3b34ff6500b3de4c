"""A plan as one HTML file: a picture of who can reach what before and after, and everything in tables.

Rules:
- nothing is loaded from anywhere (``keyless.html.page``);
- it works without the script, which adds the search and the highlighting;
- what the picture says, a table below it says, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

from keyless.html.markup import Html, element, joined
from keyless.html.page import page
from keyless.plan.reports.html.graph import Graph, grants_of, graph_of
from keyless.plan.reports.html.sections import Part, at, parts, risky, table, tag
from keyless.plan.reports.html.svg import drawn
from keyless.plan.reports.summary import changes, headline, rows
from keyless.plan.result import Plan
from keyless.plan.results.today import RiskCount
from keyless.plan.score import Score

_VIEWS = (("before", "today"), ("after", "with the plan"), ("both", "what changes"))
_LEGEND = (
    ("——", "kept"),
    ("+ ——", "new"),
    ("− - - -", "to be removed"),
    ("? - - -", "to be removed once you are sure"),
    ("· ···", "left alone"),
    ("123", "permissions beyond use"),
    ("E S D", "of these by privilege escalation, secret reading, data destruction"),
)


def html_text(plan: Plan, history: Sequence[Score] = ()) -> str:
    """The page; ``history`` are the scores so far, the last one that of this plan."""
    made = parts(plan, history)
    graph = graph_of(plan)
    shown = [Part("reach", "Who can reach what", len(graph.edges), _reach(plan, graph)), *made]
    shown = [one for one in shown if one.count]
    main = element("main", _summary(plan), *map(_section, shown), id="main")
    return page("Keyless plan", (_bar(shown), main), style=_asset("page.css"), script=_asset("page.js"))


@cache
def _asset(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _bar(shown: Sequence[Part]) -> Html:
    links = (element("a", one.title, href=f"#{one.anchor}") for one in shown)
    search = element(
        "input", type="search", id="search", placeholder="search: / ", aria_label="search", autocomplete="off"
    )
    found = element("span", id="found", role="status", class_="dim")
    return element(
        "header", element("div", element("nav", *links, aria_label="sections"), found, search), class_="bar"
    )


def _summary(plan: Plan) -> Html:
    cards = (
        element(
            "li",
            element("span", row.title),
            element("strong", f"{row.today:,}"),
            element("strong", f" → {row.planned:,}", class_="then") if row.planned != row.today else "",
        )
        for row in rows(plan)
    )
    return element(
        "section",
        element("h1", f"Plan: {headline(plan)}"),
        element("ul", *(element("li", one) for one in changes(plan)), class_="plain"),
        element("ul", *cards, class_="cards", aria_label="today and with the plan"),
        id="summary",
    )


def _section(one: Part) -> Html:
    heading = element("h2", one.title, " ", element("small", f"{one.count:,}"))
    return element("section", heading, one.content, id=one.anchor)


def _reach(plan: Plan, graph: Graph) -> Html:
    inputs = (
        joined(
            (
                element("input", type="radio", name="view", id=f"view-{key}", checked=key == "both"),
                element("label", words, for_=f"view-{key}"),
            )
        )
        for key, words in _VIEWS
    )
    together = (
        element("p", "There are many, so those of one kind in one place stand together.", class_="dim")
        if graph.collapsed
        else ""
    )
    figure = element("figure", drawn(graph), class_="graph", tabindex="0", aria_label="who can reach what")
    legend = (element("li", element("b", sign), " ", words) for sign, words in _LEGEND)
    return joined(
        (
            together,
            element("div", *inputs, figure, class_="views"),
            element("ul", *legend, class_="legend"),
            element("details", element("summary", "The same as a table"), _grants(plan)),
        )
    )


_KINDS = {"new": "new", "removed": "removed", "to decide": "risk"}


def _grants(plan: Plan) -> Html:
    cells = (
        (
            tag(one.state.value, _KINDS.get(one.state.value, "")),
            one.principal.name,
            one.role,
            at(one.scope.text),
            f"{one.excess:,}",
            risky(RiskCount(risk, count) for risk, count in one.risks),
        )
        for one in grants_of(plan)
    )
    headings = ("", "identity", "role", "at", "beyond use#", "risk")
    return table(headings, cells, caption="Who can reach what")
