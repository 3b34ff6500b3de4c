"""Maps and objects that have the entries of others: which expressions they are copied from.

Rules:
- what is spread into an object (`{**a}`, `{...a}`) gives it its entries, and so do the parts of `a | b`;
- `dict(a)`, `Object.assign({}, a)`, `new HashMap<>(a)`, `Map.copyOf(a)`, `new Dictionary<K, V>(a)` and their
  kin copy their arguments, `a.copy()`, `a.clone()` what they are called on;
- `{k: v for k, v in a.items() if …}` has entries of `a`, whichever;
- the last one that is copied comes first: its entries hide those of the others.
"""

from __future__ import annotations

from keyless.assess.flows.definitions import plain_type
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Expr,
    Literal,
    Loop,
    Member,
    Other,
    Record,
    dotted,
)

_OF_ARGUMENTS = frozenset(
    {"dict", "OrderedDict", "ChainMap", "MappingProxyType", "SimpleNamespace", "defaultdict"}
    | {"copy.copy", "copy.deepcopy", "deepcopy", "structuredClone", "cloneDeep", "maps.Clone"}
    | {"Object.assign", "Object.freeze", "Object.seal", "Object.fromEntries", "Object.entries"}
    | {"HashMap", "LinkedHashMap", "TreeMap", "ConcurrentHashMap", "Map.copyOf", "unmodifiableMap", "Map"}
    | {"Dictionary", "SortedDictionary", "ConcurrentDictionary", "ReadOnlyDictionary"}
)
_OF_OBJECT = frozenset({"copy", "clone", "Clone", "items", "entrySet", "ToDictionary"})
_MOST = 8


def copied(expression: Expr) -> list[Expr]:
    """What an expression has all entries of; nothing where it is no copy."""
    match expression:
        case Record(entries=entries):
            return [one.value for one in reversed(entries) if isinstance(one.key, Other)][:_MOST]
        case Other(kind="|", parts=parts):
            return list(reversed(parts))[:_MOST]
        case Loop(names=names, over=over, value=value) if _is_pair(value, names):
            return [over]
        case Call():
            return _of_call(expression)
        case _:
            return []


def _is_pair(value: Expr, names: tuple[str, ...]) -> bool:
    """Whether each round of a loop gives the pair that it goes through, or no pair."""
    one = value.alternatives[0] if isinstance(value, Choice) and value.alternatives else value
    if not isinstance(one, Record) or len(one.entries) != 1:
        return False
    entry = one.entries[0]
    return (dotted(entry.key), dotted(entry.value)) == names


def _of_call(call: Call) -> list[Expr]:
    written = dotted(call.callee) or ""
    if {plain_type(written), ".".join(written.rsplit(".", 2)[-2:])} & _OF_ARGUMENTS:
        return [one.value for one in reversed(call.arguments) if one.name is None][:_MOST]
    callee = call.callee
    no_key = not any(isinstance(one.value, Literal) for one in call.arguments)
    if isinstance(callee, Member) and callee.name in _OF_OBJECT and no_key:
        return [callee.base]
    return []
