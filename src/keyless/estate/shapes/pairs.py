"""The keys and values of a YAML mapping: each key text, none twice, merge keys (``<<``) unfolded."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node, SequenceNode

from keyless.estate.reading import Located, Reading, Rejected, place
from keyless.estate.shapes.base import is_text, kind_of
from keyless.estate.shapes.scalars import Text

Pairs = list[tuple[Located[str], Node]]

_MERGE = "tag:yaml.org,2002:merge"
_MAX_MERGES = 8


def pairs_of(
    node: MappingNode, reading: Reading, rule: Text | None = None, *, ignore_case: bool = False
) -> Pairs:
    """The pairs of a mapping in order; keys that break the rule, or come twice, are reported and left out."""
    pairs: Pairs = []
    seen: dict[str, Located[str]] = {}
    for key_node, value in node.value:
        if key_node.tag == _MERGE:
            continue
        try:
            key = Located(_key(key_node, reading, rule), place(key_node))
        except Rejected:
            continue
        before = seen.setdefault(key.value.casefold() if ignore_case else key.value, key)
        if before is not key:
            _report_twice(key, before, reading)
            continue
        pairs.append((key, value))
    return pairs + _merged(node, set(seen), reading, rule, ignore_case)


def _key(node: Node, reading: Reading, rule: Text | None) -> str:
    if rule is not None:
        return rule.read(node, reading)
    reading.count(node)
    if not is_text(node):
        raise reading.reject(
            place(node), f"a key must be text, and this is {kind_of(node)}", "put it in quotes"
        )
    return str(node.value)


def _report_twice(key: Located[str], before: Located[str], reading: Reading) -> None:
    case = "" if key.value == before.value else " (names compare without case)"
    reading.report(
        key.at,
        f"`{key.value}` stands here a second time{case}",
        f"the first is on line {before.at.line}: keep one of them",
    )


def _merged(
    node: MappingNode, taken: set[str], reading: Reading, rule: Text | None, ignore_case: bool
) -> Pairs:
    """The pairs that ``<<`` brings in, where the mapping itself does not have the key."""
    pairs: Pairs = []
    for source in _sources(node, reading, _MAX_MERGES):
        for key, value in pairs_of(_without_merges(source), reading, rule, ignore_case=ignore_case):
            folded = key.value.casefold() if ignore_case else key.value
            if folded not in taken:
                taken.add(folded)
                pairs.append((key, value))
    return pairs


def _sources(node: MappingNode, reading: Reading, left: int) -> list[MappingNode]:
    """The mappings that a mapping merges, each followed by those that it merges in its turn."""
    found: list[MappingNode] = []
    for key, value in node.value:
        if key.tag != _MERGE:
            continue
        for source in value.value if isinstance(value, SequenceNode) else [value]:
            reading.count(source)
            if not isinstance(source, MappingNode) or not left:
                raise reading.reject(
                    place(key), "`<<` cannot merge this", "give it one mapping, or a list of mappings"
                )
            found += [source, *_sources(source, reading, left - 1)]
    return found


def _without_merges(node: MappingNode) -> MappingNode:
    own = [(key, value) for key, value in node.value if key.tag != _MERGE]
    return MappingNode(node.tag, own, node.start_mark, node.end_mark)
