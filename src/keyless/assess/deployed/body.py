"""Looking up a property in the body of a resource, by its path.

Rules:
- records on the way are followed where they are variables, parameters, merged (`union`, `merge`), spread, or
  the JSON that `jsonencode` is given;
- a block that is repeated is looked up in each; one that may or may not be there makes the answer unsure;
- what is found is the entry with the file that it stands in; several, if it hangs on a condition.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.plain import plain
from keyless.assess.deployed.scopes import Use
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Entry,
    Expr,
    Items,
    Literal,
    Loop,
    Other,
    Record,
    dotted,
    text_of,
)
from keyless.assess.syntax.templates import Template

_DEEPEST = 12
_MOST = 500
_MERGING = frozenset({"union", "merge", "shallowmerge"})


@dataclass(frozen=True, slots=True)
class Found:
    """An entry where it stands. ``unsure`` is whether there may be others, or none."""

    entry: Entry
    template: Template
    through: tuple[Use, ...] = ()
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What looking up a path gave: entries; ``lacking`` if somewhere it is not written; ``unclear`` if
    something on the way is not understood."""

    found: tuple[Found, ...] = ()
    lacking: bool = False
    unclear: bool = False


def look_up(
    repository: Repository,
    template: Template,
    body: Expr,
    path: tuple[str, ...],
    through: tuple[Use, ...] = (),
) -> Looked:
    """The entries at a path of keys, which compare without case."""
    looking = _Looking(repository, Allowance(_MOST))
    looking.at(Linked(body, template, (), through), path, False, 0)
    return Looked(tuple(looking.found), looking.lacking, looking.unclear)


class _Looking:
    def __init__(self, repository: Repository, allowance: Allowance) -> None:
        self.repository = repository
        self.allowance = allowance
        self.found: list[Found] = []
        self.lacking = self.unclear = False

    def at(self, where: Linked, path: tuple[str, ...], unsure: bool, depth: int) -> None:
        """Look in an expression, wherever it leads to."""
        if depth > _DEEPEST or not self.allowance.spend():
            self.unclear = True
            return
        one = where.expression
        ends = (
            (where,)
            if isinstance(one, Record)
            else linked(self.repository, where.template, one, where.through)
        )
        self.unclear |= not ends
        for end in ends:
            self._in(end, path, unsure, depth)

    def _in(self, where: Linked, path: tuple[str, ...], unsure: bool, depth: int) -> None:
        one = where.expression
        if isinstance(one, Record):
            self._record(where, one, path, unsure, depth)
        elif isinstance(one, Choice):
            self._choice(where, one, path, unsure, depth)
        elif isinstance(one, Items):
            for item in one.items:
                self.at(replace(where, expression=item), path, unsure, depth + 1)
            self.lacking |= not one.items
        elif isinstance(one, Loop):
            self.at(replace(where, expression=one.value), path, True, depth + 1)
        elif isinstance(one, Literal) and one.value is None:
            self.lacking = True
        elif isinstance(one, Call):
            self._call(where, one, path, unsure, depth)
        else:
            self.unclear = True

    def _choice(self, where: Linked, one: Choice, path: tuple[str, ...], unsure: bool, depth: int) -> None:
        """Both sides, or the one that the condition tells."""
        told = plain(self.repository, where.template, one.condition, where.through) if one.condition else None
        sides = one.alternatives
        if isinstance(told, bool):
            sides = sides[:1] if told else sides[1:]
        for alternative in sides:
            self.at(replace(where, expression=alternative), path, unsure, depth + 1)
        self.lacking |= len(sides) == 0 or (len(one.alternatives) == 1 and told is not True)

    def _call(self, where: Linked, one: Call, path: tuple[str, ...], unsure: bool, depth: int) -> None:
        name = (dotted(one.callee) or "").casefold()
        if name == "jsonencode" and one.arguments:
            self.at(replace(where, expression=one.arguments[0].value), path, unsure, depth + 1)
        elif name in _MERGING:
            self._merged(where, [each.value for each in one.arguments], path, unsure, depth)
        else:
            self.unclear = True

    def _merged(
        self, where: Linked, parts: list[Expr], path: tuple[str, ...], unsure: bool, depth: int
    ) -> None:
        """The last of several records that has it counts; one that is not understood may have it."""
        for part in reversed(parts):
            inner = _Looking(self.repository, self.allowance)
            inner.at(replace(where, expression=part), path, unsure, depth + 1)
            self.found += inner.found
            self.unclear |= inner.unclear
            if inner.found and not inner.lacking:
                return
        self.lacking |= not self.found

    def _record(self, where: Linked, record: Record, path: tuple[str, ...], unsure: bool, depth: int) -> None:
        spread = [one.value for one in record.entries if _is_spread(one)]
        entry = next(
            (
                one
                for one in reversed(record.entries)
                if (text_of(one.key) or "").casefold() == path[0].casefold()
            ),
            None,
        )
        if entry is None and spread:
            self._merged(where, spread, path, unsure, depth)
        elif entry is None:
            self.lacking = True
        elif len(path) == 1:
            self.found.append(Found(entry, where.template, where.through, unsure))
        else:
            self.at(replace(where, expression=entry.value), path[1:], unsure, depth + 1)


def _is_spread(entry: Entry) -> bool:
    return isinstance(entry.key, Other) and entry.key.kind == "spread"
