"""Draws who can reach what as SVG. What an edge is, line and sign say as well as colour."""

from __future__ import annotations

from keyless.html.markup import Html, element
from keyless.plan.reports.html.graph import Edge, Graph, Node, State, in_words
from keyless.plan.results.risk import Risk

WIDTH = 960
_BOX, _STEP, _TALL, _TOP = 300, 46, 36, 14
_LONGEST, _LONGEST_BELOW = 33, 44
_MOST_SIGNS = 60
"""With more edges than that, the signs show only on those of a node that was chosen."""
_SIGNS = {State.KEPT: "", State.NEW: "+", State.REMOVED: "−", State.UNSURE: "?", State.ALONE: "·"}
_CLASSES = {
    State.KEPT: "kept",
    State.NEW: "new",
    State.REMOVED: "removed",
    State.UNSURE: "unsure",
    State.ALONE: "alone",
}
_LETTERS = {Risk.PRIVILEGE_ESCALATION: "E", Risk.SECRET_READING: "S", Risk.DATA_DESTRUCTION: "D"}


def drawn(graph: Graph) -> Html:
    """The picture; both sides are spread over the same height."""
    rows = max(len(graph.principals), len(graph.resources), 1)
    height = rows * _STEP + 2 * _TOP
    left = _places(graph.principals, rows)
    right = _places(graph.resources, rows)
    names = {one.key: f"p{at}" for at, one in enumerate(graph.principals)}
    names |= {f"r {one.key}": f"r{at}" for at, one in enumerate(graph.resources)}
    parallel, along = _parallel(graph), _along(graph)
    edges = (
        _edge(
            one,
            (names[one.source.key], names[f"r {one.target.key}"]),
            left[one.source.key] + parallel[id(one)],
            right[one.target.key] + parallel[id(one)],
            along[id(one)],
        )
        for one in sorted(graph.edges, key=_last_on_top)
    )
    boxes = (
        *(_node(one, names[one.key], 1, left[one.key]) for one in graph.principals),
        *(_node(one, names[f"r {one.key}"], WIDTH - _BOX - 1, right[one.key]) for one in graph.resources),
    )
    return element(
        "svg",
        element("g", *edges, class_="edges"),
        element("g", *boxes, class_="nodes"),
        viewBox=f"0 0 {WIDTH} {height}",
        width=str(WIDTH),
        height=str(height),
        role="group",
        class_="many" if len(graph.edges) > _MOST_SIGNS else None,
        aria_label="who can reach what; the table below says the same",
    )


def _last_on_top(edge: Edge) -> tuple[int, str, str]:
    return (
        [State.ALONE, State.KEPT, State.UNSURE, State.REMOVED, State.NEW].index(edge.state),
        edge.source.key,
        edge.target.key,
    )


def _places(nodes: tuple[Node, ...], rows: int) -> dict[str, float]:
    """The middle of each node, spread over the whole height."""
    step = rows / max(len(nodes), 1)
    return {one.key: _TOP + (at + 0.5) * step * _STEP for at, one in enumerate(nodes)}


def _parallel(graph: Graph) -> dict[int, float]:
    """How far edges between the same two nodes are apart."""
    seen: dict[tuple[str, str], list[Edge]] = {}
    for one in graph.edges:
        seen.setdefault((one.source.key, one.target.key), []).append(one)
    return {
        id(one): (at - (len(edges) - 1) / 2) * 9 for edges in seen.values() for at, one in enumerate(edges)
    }


def _edge(edge: Edge, ends: tuple[str, str], start: float, end: float, along: float) -> Html:
    x1, x2 = float(_BOX + 1), float(WIDTH - _BOX - 1)
    bend = (x2 - x1) / 2
    path = f"M{x1:g} {start:g}C{x1 + bend:g} {start:g} {x2 - bend:g} {end:g} {x2:g} {end:g}"
    risky = " risky" if edge.risks else ""
    sign = _sign(edge)
    x, y = x1 + (x2 - x1) * _eased(along, 0.5), start + (end - start) * _eased(along, 0)
    return element(
        "g",
        element("title", in_words(edge)),
        element("path", d=path, stroke_width=f"{1.2 + min(3.3, edge.excess**0.5 / 14):.1f}"),
        element("text", sign, x=f"{x:.0f}", y=f"{y + 4:.0f}") if sign else "",
        class_=f"edge {_CLASSES[edge.state]}{risky}",
        data_from=ends[0],
        data_to=ends[1],
    )


def _eased(t: float, bend: float) -> float:
    """Where the curve is after a part ``t`` of it, along one axis, from 0 to 1."""
    return 3 * (1 - t) ** 2 * t * bend + 3 * (1 - t) * t**2 * (1 - bend) + t**3


def _along(graph: Graph) -> dict[int, float]:
    """Where on an edge its sign stands: before its end, and for those that end together in turn."""
    seen: dict[str, int] = {}
    places = {}
    for one in sorted(graph.edges, key=_last_on_top):
        number = seen[one.target.key] = seen.get(one.target.key, -1) + 1
        places[id(one)] = (0.8, 0.58, 0.36)[number % 3]
    return places


def _sign(edge: Edge) -> str:
    """What stands on an edge: its state, how much is beyond use, and what that could be used for."""
    risks = "".join(f" {_LETTERS[risk]}{edge.risks[risk]:,}" for risk in Risk if edge.risks[risk])
    excess = f"{edge.excess:,}{risks}" if edge.excess else ""
    return f"{_SIGNS[edge.state]} {excess}".strip()


def _node(node: Node, name: str, x: float, middle: float) -> Html:
    return element(
        "g",
        element("title", node.title),
        element("rect", x=str(x), y=f"{middle - _TALL / 2:g}", width=str(_BOX), height=str(_TALL), rx="7"),
        element("text", _cut(node.label), x=f"{x + 12:g}", y=f"{middle - 1 if node.below else middle + 5:g}"),
        element(
            "text", _cut(node.below, _LONGEST_BELOW), x=f"{x + 12:g}", y=f"{middle + 13:g}", class_="below"
        )
        if node.below
        else "",
        class_="node",
        tabindex="0",
        role="button",
        aria_pressed="false",
        id=name,
        data_text=f"{node.label} {node.title}",
    )


def _cut(words: str, longest: int = _LONGEST) -> str:
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
