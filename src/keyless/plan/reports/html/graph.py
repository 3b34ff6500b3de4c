"""Who can reach what, before and after: principals on one side, scopes on the other, roles between them.

Rules:
- an edge is all roles of one state between two nodes: kept, new, to be removed (or that once
  one is sure), or left alone;
- where a side has more nodes than can be told apart, they are put together: resources by type and resource
  group, identities by the resource group and kind of what they belong to; where that is not enough, the
  groups with the fewest grants are put together again, by type or kind alone;
- nodes are put in order by where their neighbours are (barycentres, a few sweeps), ties by name: the same
  plan always has the same picture.
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from keyless.model.guids import guid_key
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.plan.problem import Subject
from keyless.plan.reports.summary import KINDS
from keyless.plan.result import Plan
from keyless.plan.results.risk import Risk
from keyless.plan.results.today import counted_risks
from keyless.plan.wording import counted, short_scope

MOST_NODES = 48
"""How many nodes a side may have before they are put together."""

MOST_EDGES = 400
"""How many edges a picture may have before more nodes are put together."""

_FEWEST_NODES = 12
_SWEEPS = 6


class State(enum.StrEnum):
    """What becomes of a grant."""

    KEPT = "kept"
    NEW = "new"
    REMOVED = "removed"
    UNSURE = "to decide"
    ALONE = "left alone"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of one principal at one scope; ``excess`` is what nothing uses of it."""

    principal: Subject
    role: str
    scope: ResourceId
    state: State
    excess: int
    risks: tuple[tuple[Risk, int], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has access or is reached; ``title`` is all there is to say of it."""

    key: str
    label: str
    below: str
    title: str


@dataclass(slots=True)
class Edge:
    """All grants of one state between two nodes."""

    source: Node
    target: Node
    state: State
    grants: list[Grant] = field(default_factory=list)

    @property
    def excess(self) -> int:
        """Permissions beyond use."""
        return sum(one.excess for one in self.grants)

    @property
    def risks(self) -> Counter[Risk]:
        """Those of them that are risky."""
        return sum((Counter(dict(one.risks)) for one in self.grants), Counter())


@dataclass(frozen=True, slots=True)
class Graph:
    """Both sides in order, and what is between them; ``collapsed`` says that nodes were put together."""

    principals: tuple[Node, ...]
    resources: tuple[Node, ...]
    edges: tuple[Edge, ...]
    collapsed: bool


def grants_of(plan: Plan) -> tuple[Grant, ...]:
    """Every grant of today and of the plan, once."""
    today = {one.triple: one for one in plan.today}
    removed = {one.assignment_id: State.REMOVED if one.certain else State.UNSURE for one in plan.removals}
    planned = [
        Grant(
            one.principal,
            one.role_name,
            one.scope_id,
            State.KEPT if one.exists else State.NEW,
            len(one.excess),
            tuple((found.risk, found.count) for found in counted_risks(one.risks)),
        )
        for one in plan.assignments
    ]
    kept = {one.triple for one in plan.assignments}
    others = [
        Grant(
            one.principal,
            one.role_name,
            one.scope_id,
            removed.get(one.assignment_id, State.ALONE),
            one.unused,
            tuple((found.risk, found.count) for found in one.risks),
        )
        for triple, one in today.items()
        if triple not in kept
    ]
    return (*planned, *others)


def graph_of(plan: Plan, most: int = MOST_NODES) -> Graph:
    """The picture of a plan, with at most so many nodes a side, and fewer where they have too many edges."""
    grants = grants_of(plan)
    found = _graph(grants, most)
    while len(found.edges) > MOST_EDGES and most > _FEWEST_NODES:
        most = max(_FEWEST_NODES, most * 2 // 3)
        found = _graph(grants, most)
    return found


def _graph(grants: Sequence[Grant], most: int) -> Graph:
    principals = _fitting(grants, most, _principal, _by_group, _by_kind)
    resources = _fitting(grants, most, _resource, _by_type_and_group, _by_type)
    edges: dict[tuple[str, str, State], Edge] = {}
    for one in grants:
        source, target = principals(one), resources(one)
        edge = edges.setdefault((source.key, target.key, one.state), Edge(source, target, one.state))
        edge.grants.append(one)
    found = tuple(edges.values())
    left, right = _ordered(found)
    return Graph(
        _with_counts(left, principals, _principal, grants),
        _with_counts(right, resources, _resource, grants),
        found,
        principals is not _principal or resources is not _resource,
    )


Naming = Callable[[Grant], Node]


def _fitting(grants: Sequence[Grant], most: int, alone: Naming, grouped: Naming, rest: Naming) -> Naming:
    """How to name nodes so that there are few enough: alone, in groups, or the small groups in one again."""
    for way in (alone, grouped):
        counts = Counter(way(one).key for one in grants)
        if len(counts) <= most:
            return way
    room = most - len({rest(one).key for one in grants})
    large = sorted(counts, key=lambda key: (-counts[key], key))[: max(room, 0)]
    kept = frozenset(large)

    def named(one: Grant) -> Node:
        node = grouped(one)
        return node if node.key in kept else rest(one)

    return named


def _with_counts(
    nodes: Iterable[Node], way: Naming, alone: Naming, grants: Iterable[Grant]
) -> tuple[Node, ...]:
    """Nodes that stand for several say for how many."""
    if way is alone:
        return tuple(nodes)
    members: defaultdict[str, set[str]] = defaultdict(set)
    for one in grants:
        members[way(one).key].add(alone(one).key)
    return tuple(replace(one, below=f"{len(members[one.key]):,} × {one.below}") for one in nodes)


def _principal(one: Grant) -> Node:
    who = one.principal
    where = f"\n{who.resource_id}" if who.resource_id else ""
    state = ", deleted" if who.is_deleted else ", proposed" if who.is_proposed else ""
    title = f"{who.name}\n{who.principal_id}{where}"
    return Node(guid_key(who.principal_id), who.name, KINDS[who.kind] + state, title)


def _by_group(one: Grant) -> Node:
    at = _parsed(one.principal.resource_id)
    group = at.resource_group if at else None
    return _together(group or "without a resource", KINDS[one.principal.kind])


def _by_kind(one: Grant) -> Node:
    return _together("others", KINDS[one.principal.kind])


def _resource(one: Grant) -> Node:
    below = one.scope.resource_group if one.scope.resource_type else None
    return Node(_text(one.scope), short_scope(one.scope), below or "", one.scope.text)


def _by_type_and_group(one: Grant) -> Node:
    return _together(one.scope.resource_group or one.scope.subscription_id or "tenant", _type(one.scope))


def _by_type(one: Grant) -> Node:
    return _together("others", _type(one.scope))


def _type(scope: ResourceId) -> str:
    if scope.resource_type:
        return scope.resource_type
    return "resource group" if scope.resource_group else "subscription"


def _together(where: str, kind: str) -> Node:
    return Node(
        f"{where}\n{kind}".casefold(), f"{where}: {kind.rsplit('/', 1)[-1]}", kind, f"{where}: {kind}"
    )


def _parsed(resource_id: str) -> ResourceId | None:
    try:
        return ResourceId.parse(resource_id)
    except InvalidResourceId:
        return None


def _text(scope: ResourceId) -> str:
    return "/".join(scope.key)


def _ordered(edges: Sequence[Edge]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    left = _by_name(one.source for one in edges)
    right = _by_name(one.target for one in edges)
    forth: defaultdict[str, list[str]] = defaultdict(list)
    back: defaultdict[str, list[str]] = defaultdict(list)
    for one in edges:
        forth[one.source.key].append(one.target.key)
        back[one.target.key].append(one.source.key)
    for _ in range(_SWEEPS):
        right = _by_neighbours(right, back, left)
        left = _by_neighbours(left, forth, right)
    return tuple(left), tuple(right)


def _by_name(nodes: Iterable[Node]) -> list[Node]:
    found = {one.key: one for one in nodes}
    return sorted(found.values(), key=lambda one: (one.label.casefold(), one.key))


def _by_neighbours(nodes: list[Node], of: dict[str, list[str]], others: list[Node]) -> list[Node]:
    at = {one.key: place for place, one in enumerate(others)}
    middle = {one.key: sum(at[key] for key in of[one.key]) / len(of[one.key]) for one in nodes}
    return sorted(nodes, key=lambda one: (middle[one.key], one.label.casefold(), one.key))


def in_words(edge: Edge) -> str:
    """An edge as the picture's own caption of it."""
    roles = "\n".join(
        f"{one.role} at {short_scope(one.scope)}: {counted(one.excess, 'permission')} beyond use"
        for one in edge.grants[:20]
    )
    more = f"\nand {len(edge.grants) - 20:,} more" if len(edge.grants) > 20 else ""
    return f"{edge.state.value}: {edge.source.label} to {edge.target.label}\n{roles}{more}"
