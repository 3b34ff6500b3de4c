"""The meaning of conditions once more: short, slow, and plainly right. Tests hold the fast evaluation to it.

It walks the tree anew for each question, and shares with the fast one the tree and nothing else: its own
wildcards by backtracking, its own moments by arithmetic on dates, its own quantifiers by counting pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from keyless.authz.conditions.facts import Facts
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Attribute,
    Comparison,
    Exists,
    Node,
    Not,
    Operand,
    Or,
    SubOperationMatches,
)
from keyless.authz.reference import wildcard_match


def condition_outcome(node: Node, facts: Facts) -> bool | None:
    """True, false, or None where it could not be evaluated."""
    if isinstance(node, Not):
        part = condition_outcome(node.part, facts)
        return None if part is None else not part
    if isinstance(node, And | Or):
        outcomes = [condition_outcome(part, facts) for part in node.parts]
        return _all(outcomes) if isinstance(node, And) else _any(outcomes)
    if isinstance(node, ActionMatches):
        return any(wildcard_match(p.lower(), facts.action.lower()) for p in node.patterns)
    if isinstance(node, SubOperationMatches):
        return any(wildcard_match(p.lower(), s.lower()) for p in node.patterns for s in facts.sub_operations)
    if isinstance(node, Exists):
        return _exists(node.attribute, facts)
    return _compare(node, facts)


def _all(outcomes: Sequence[bool | None]) -> bool | None:
    if any(outcome is False for outcome in outcomes):
        return False
    return True if all(outcome is True for outcome in outcomes) else None


def _any(outcomes: Sequence[bool | None]) -> bool | None:
    if any(outcome is True for outcome in outcomes):
        return True
    return False if all(outcome is False for outcome in outcomes) else None


def _exists(attribute: Attribute, facts: Facts) -> bool | None:
    values = _values(attribute, facts)
    if values is None:
        named = any(_same(attribute, name) for name in facts.attributes.get(attribute.source, {}))
        return False if named or attribute.source in facts.complete else None
    return len(values) > 0


def _values(attribute: Attribute, facts: Facts) -> list[object] | None:
    """The values of an attribute; the facts are looked through from the first to the last."""
    found: object = None
    if attribute.source == "Request" and attribute.name.lower() == "suboperation":
        found = facts.sub_operations
    named: Mapping[str, object] = facts.attributes.get(attribute.source, {})
    for name, value in named.items():
        if _same(attribute, name) and value is not None:
            found = value
    if found is None:
        return None
    return list(found) if isinstance(found, tuple | list | frozenset) else [found]


def _same(attribute: Attribute, name: str) -> bool:
    if name.endswith("<$key_case_sensitive$>"):
        ours, theirs = attribute.name.split(":", 1), name.split(":", 1)
        return ours[0].lower() == theirs[0].lower() and ours[1:] == theirs[1:]
    return attribute.name.lower() == name.lower()


def _compare(node: Comparison, facts: Facts) -> bool | None:
    lefts, rights = _side(node.left, facts), _side(node.right, facts)
    if lefts is None or rights is None:
        return None
    if node.quantifier is None:
        return _pair(node, lefts[0], rights[0]) if (len(lefts), len(rights)) == (1, 1) else None
    name = str(node.quantifier)
    left_join = _any if name.startswith("ForAny") else _all
    right_join = _any if name.endswith("AnyValues") else _all
    outcome = left_join([right_join([_pair(node, x, y) for y in rights]) for x in lefts])
    if outcome is True and len(lefts) * len(rights) == 0:
        return None
    return outcome


def _side(side: Operand, facts: Facts) -> list[object] | None:
    return _values(side, facts) if isinstance(side, Attribute) else list(side.values)


def _pair(node: Comparison, left: object, right: object) -> bool | None:
    name = node.operator.name
    x, y = _typed(name, left, node.left), _typed(name, right, node.right)
    if x is None or y is None:
        return None
    holds = _holds(name.removesuffix("IgnoreCase").replace("Not", ""), x, y)
    return not holds if "Not" in name else holds


def _typed(name: str, value: object, side: Operand) -> str | int | None:
    """A value as the operator's name says it is compared; None if it is of another type."""
    written = not isinstance(side, Attribute)
    if name.startswith("String"):
        text = value if isinstance(value, str) else None
        return "".join(map(_big, text)) if text is not None and name.endswith("IgnoreCase") else text
    if name.startswith("Guid"):
        return _guid(value)
    if name.startswith("Bool"):
        return value if value is True or value is False else None
    if name.startswith("DateTime") and not written:
        return _moment(value)
    return value if type(value) is int else None


def _big(character: str) -> str:
    big = character.upper()
    if len(big) != 1 or (ord(character) > 127 and ord(big) <= 127):
        return character
    return big


def _guid(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    lengths = [len(part) for part in value.split("-")]
    digits = value.replace("-", "").lower()
    if lengths in ([32], [8, 4, 4, 4, 12]) and all(digit in "0123456789abcdef" for digit in digits):
        return digits
    return None


def _moment(value: object) -> int | None:
    """Counted from the year 1970 in 100 ns."""
    if not isinstance(value, str) or not value.isascii() or value[-1:] != "Z" or value[10:11] != "T":
        return None
    whole, point, fraction = value[:-1].partition(".")
    if point and not (fraction.isdigit() and len(fraction) <= 7):
        return None
    try:
        seconds = (datetime.fromisoformat(whole).replace(tzinfo=UTC) - _START) // timedelta(seconds=1)
    except ValueError:
        return None
    return seconds * 10**7 + int((fraction + "0000000")[:7]) if len(whole) == 19 else None


_START = datetime(1970, 1, 1, tzinfo=UTC)


def _holds(name: str, x: str | int, y: str | int) -> bool:
    if isinstance(x, str) and isinstance(y, str):
        return _text_holds(name, x, y)
    less, equal = int(x) < int(y), x == y
    if "LessThan" in name:
        return less or (equal and name.endswith("Equals"))
    if "GreaterThan" in name:
        return not less and (not equal or name.endswith("Equals"))
    return equal


def _text_holds(name: str, x: str, y: str) -> bool:
    if name == "StringLike":
        return _like(y, x)
    if name == "StringContains":
        return any(x[at : at + len(y)] == y for at in range(len(x) + 1))
    if name == "StringStartsWith":
        return x[: len(y)] == y
    if name == "StringEndsWith":
        return len(y) <= len(x) and x[len(x) - len(y) :] == y
    return x == y


def _like(pattern: str, text: str) -> bool:
    """By recursion on the first character; a backslash before a wildcard or a backslash makes it plain."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _like(pattern[1:], text) or (bool(text) and _like(pattern, text[1:]))
    if pattern[0] == "\\" and pattern[1:2] in {"*", "?", "\\"} and len(pattern) > 1:
        return bool(text) and text[0] == pattern[1] and _like(pattern[2:], text[1:])
    return bool(text) and pattern[0] in {"?", text[0]} and _like(pattern[1:], text[1:])
