"""The search: from a use back to every origin, nearest first, within bounds.

Rules:
- nothing is looked at twice on behalf of one use (an expression counts apart for each way of calls that was
  gone into), so that the search ends, in a time that is bounded, whatever the code is like;
- the flows of what writes a setting are searched once and kept; what is written from itself has none there;
- flows that end at the same place as the same thing are one; unknown ones and placeholders are dropped where
  others are known.
"""

from __future__ import annotations

import enum
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from keyless.assess.findings.finding import Step
from keyless.assess.flows.ends import PLACEHOLDER, ended
from keyless.assess.flows.flow import Flow, Origin
from keyless.assess.flows.near import nearest
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.settings.setting import Realm, Setting, Written, vault_secret_of
from keyless.assess.settings.written import written_by_setting
from keyless.assess.syntax.expressions import Expr

_MOST_FLOWS = 16
_LONGEST = 16
"""Steps that a flow may have."""
_MOST_WRITERS = 8
_DEEPEST = 8
"""Settings that may be written one from another."""
_ENDS = {
    Realm.SETTING: Origin.SETTING,
    Realm.VAULT_SECRET: Origin.VAULT,
    Realm.PIPELINE_SECRET: Origin.PIPELINE_SECRET,
    Realm.CLUSTER_SECRET: Origin.SETTING,
}
"""What a flow ends at where nothing in the repository writes a name."""


class Kind(enum.Enum):
    """What kind of file writes a setting."""

    DOCUMENT = enum.auto()
    SCRIPT = enum.auto()
    """Code as well."""
    TEMPLATE = enum.auto()


def _kind(one: Written) -> Kind:
    if one.template is not None:
        return Kind.TEMPLATE
    return Kind.SCRIPT if one.within is not None else Kind.DOCUMENT


@dataclass(frozen=True, slots=True, eq=False)
class _Trail:
    """The steps from an expression on to the use, nearest to the expression first."""

    step: Step
    onward: _Trail | None
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    expression: Expr
    spot: Spot
    trail: _Trail | None
    by_vault: str = ""


class Searcher:
    """The search through one repository; what it finds is kept by expression and by setting."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._found: dict[tuple[int, int], tuple[Flow, ...]] = {}
        self._of_written: dict[int, tuple[Flow, ...]] = {}
        self._nearest: dict[tuple[Setting, str], list[Written]] = {}
        self._depth = 0
        self.read_on: set[int] = set()
        """The writes whose value was followed on behalf of another: by their identity."""
        self._kept: list[object] = []

    def flows(self, expression: Expr, spot: Spot) -> tuple[Flow, ...]:
        """Where an expression comes from; at least one flow."""
        function = spot.within.function if spot.within is not None else None
        key = (id(expression), id(function))
        if key not in self._found:
            self._kept.append((expression, function))  # an id is only good for what is kept
            self._tracer.begin()
            self._found[key] = self._search(expression, spot)
        return self._found[key]

    def of_setting(self, setting: Setting, path: str = "") -> tuple[Flow, ...]:
        """Where a setting that a file reads comes from; none where nothing writes it.

        Of documents, of scripts and of templates those count that lie nearest to the file.
        """
        found: list[Flow] = []
        for one in self._nearest_writes(setting, path):
            if flows := self._from(one):
                self.read_on.add(id(one))
                found += flows
        return _distinct(found)

    def _nearest_writes(self, setting: Setting, path: str) -> list[Written]:
        """The writes that count for a file, the same for all of a folder: a name may be written often."""
        key = (setting, path.rpartition("/")[0])
        if key not in self._nearest:
            writes = self._written().get(setting, ())
            kinds = ([one for one in writes if _kind(one) is kind] for kind in Kind)
            near = (nearest(path, among, lambda one: one.place.path) for among in kinds)
            self._nearest[key] = [one for among in near for one in among[:_MOST_WRITERS]]
        return self._nearest[key]

    def setting_flows(self, setting: Setting, path: str = "") -> tuple[Flow, ...]:
        """Where a setting that a file names comes from, asked for by itself."""
        self._tracer.begin()
        return self.of_setting(setting, path)

    def written_flows(self, one: Written) -> tuple[Flow, ...]:
        """Where what is written comes from, without the step that writes it."""
        self._tracer.begin()
        return tuple(replace(flow, steps=flow.steps[:-1]) for flow in self._from(one))

    def _from(self, one: Written) -> tuple[Flow, ...]:
        """The flows of one write; none while it is being searched, for what is written from itself."""
        if id(one) not in self._of_written:
            if self._depth >= _DEEPEST:
                return ()
            self._of_written[id(one)] = ()
            self._depth += 1
            self._of_written[id(one)] = self._searched(one)
            self._depth -= 1
        return self._of_written[id(one)]

    def _searched(self, one: Written) -> tuple[Flow, ...]:
        spot = Spot(one.place.path, one.within, one.template)
        step = Step(one.place, f"set as `{one.name}` by {one.by}")
        found = self._search(one.value, spot)
        return tuple(replace(flow, steps=(*flow.steps, step)) for flow in found if _tells(one, flow))

    def _written(self) -> Mapping[Setting, list[Written]]:
        return self._tracer.repository.view(written_by_setting)

    def _search(self, expression: Expr, spot: Spot) -> tuple[Flow, ...]:
        found: list[Flow] = []
        seen: set[tuple[int, tuple[int, ...]]] = set()
        waiting = deque([_Node(expression, spot, None)])
        while waiting and len(found) < _MOST_FLOWS:
            node = waiting.popleft()
            key = (id(node.expression), node.spot.key)
            if key in seen:
                continue
            seen.add(key)
            self._kept.append(node.expression)
            found += self._at(node, waiting)
        return _distinct(found) or (ended(Origin.UNKNOWN, spot, expression, "not known where from"),)

    def _at(self, node: _Node, waiting: deque[_Node]) -> list[Flow]:
        """The flows that begin at a node; what lies further back is put into the queue."""
        too_long = node.trail is not None and node.trail.length >= _LONGEST
        seen = self._tracer.look(node.expression, node.spot)
        found = [_with(flow, node.trail) for flow in seen.flows]
        for hop in () if too_long else seen.hops:
            trail = _longer(node.trail, hop)
            if isinstance(hop.to, Setting):
                found += [_with(flow, trail) for flow in self._setting(hop.to, hop, node)]
            else:
                waiting.append(_Node(hop.to, hop.spot, trail, hop.vault or node.by_vault))
        if (not seen.hops and not seen.flows) or too_long:
            found.append(
                _with(ended(Origin.UNKNOWN, node.spot, node.expression, "not known where from"), node.trail)
            )
        if node.by_vault:
            return [replace(flow, by_vault=flow.by_vault or node.by_vault) for flow in found]
        return found

    def _setting(self, setting: Setting, hop: Hop, node: _Node) -> tuple[Flow, ...]:
        """The flows of a setting; of one that nothing writes, a secret of a vault that has its name."""
        kept = vault_secret_of(setting.key)
        in_vault = setting.realm is Realm.VAULT_SECRET
        flows = self.of_setting(setting, node.spot.path)
        if not flows and setting.realm is Realm.SETTING and kept in self._written():
            flows, in_vault = self.of_setting(kept, node.spot.path), True
        name = hop.what.partition("`")[2].partition("`")[0] or setting.key
        if flows:
            return tuple(replace(one, by_vault=one.by_vault or name) for one in flows) if in_vault else flows
        origin = _ENDS[setting.realm]
        secret = setting.realm is not Realm.SETTING
        service = "keyvault" if origin is Origin.VAULT else ""
        place = hop.place or node.spot.place(node.expression.span)
        return (Flow(origin, place, node.expression, (), service, "", name, (), secret),)


def _tells(one: Written, flow: Flow) -> bool:
    """Whether a flow tells what a setting is.

    No placeholder does, nor a text that no workload gets (an example's, a developer's) and is no credential.
    """
    if flow.origin is Origin.WRITTEN:
        return one.runs or flow.secret
    return flow.origin is not Origin.UNKNOWN and flow.name != PLACEHOLDER


def _longer(trail: _Trail | None, hop: Hop) -> _Trail | None:
    for step in hop.onward:
        trail = _Trail(step, trail, 1 + (trail.length if trail else 0))
    if not hop.what or hop.place is None:
        return trail
    return _Trail(Step(hop.place, hop.what), trail, 1 + (trail.length if trail else 0))


def _with(flow: Flow, trail: _Trail | None) -> Flow:
    steps = list(flow.steps)
    one = trail
    while one is not None:
        steps.append(one.step)
        one = one.onward
    return replace(flow, steps=tuple(steps))


def _distinct(flows: list[Flow]) -> tuple[Flow, ...]:
    """Flows of one origin as one: the shortest, which knows what the others pass."""
    by_end: dict[tuple[object, ...], list[Flow]] = defaultdict(list)
    for flow in flows:
        by_end[flow.origin, flow.place, flow.name, flow.service].append(flow)
    kept = [_shortest(same) for same in by_end.values()]
    known = [one for one in kept if one.origin is not Origin.UNKNOWN]
    told = [one for one in known if one.name != PLACEHOLDER]
    return tuple(told or known[:1] or kept[:1])


def _shortest(same: list[Flow]) -> Flow:
    best = min(same, key=lambda one: len(one.steps))
    if len(same) == 1:
        return best
    also = {step.place for one in same for step in one.steps} | {place for one in same for place in one.also}
    return replace(best, also=tuple(sorted(also)))
