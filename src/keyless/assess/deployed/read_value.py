"""A ``Value`` of what looking up a property gave.

Rules:
- it is written where every way leads to the same plain value, or to one record or list;
- it is unknown where something may be there or not, or where ways lead to different values; null is absent;
- an argument that says the opposite, or that has texts for true and false, is turned into what ARM has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from keyless.assess.deployed.body import Found, Looked
from keyless.assess.deployed.deployed import Told, Value
from keyless.assess.deployed.linked import linked
from keyless.assess.deployed.plain import NotTold, Plain, plain
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Items, Literal, Record
from keyless.assess.syntax.span import Place
from keyless.catalog.azurerm import AzurermArgument


@dataclass(frozen=True, slots=True)
class ValueReader:
    """Reads values of a resource with that head."""

    repository: Repository
    head: Place

    def read(self, looked: Looked, argument: AzurermArgument | None = None) -> Value:
        """The value."""
        if not looked.found:
            return Value(Told.UNKNOWN if looked.unclear else Told.ABSENT, self.head)
        first = looked.found[0]
        values = [self._plain(one) for one in looked.found]
        place = Place(first.template.path, first.entry.span)
        found = Value(
            told=Told.UNKNOWN,
            place=place,
            expression=first.entry.value,
            entry=place,
            negated=argument is not None and argument.negated,
        )
        sure = not looked.unclear and not looked.lacking and not first.unsure
        if not sure or any(type(one) is not type(values[0]) or one != values[0] for one in values):
            return found
        return self._told(found, first, values[0], argument)

    def _told(
        self, found: Value, at: Found, value: Plain | NotTold, argument: AzurermArgument | None
    ) -> Value:
        if isinstance(value, NotTold):
            ends = linked(self.repository, at.template, at.entry.value, at.through)
            whole = len(ends) == 1 and isinstance(ends[0].expression, Record | Items)
            return replace(found, told=Told.WRITTEN, means=ends[0].expression) if whole else found
        if value is None:
            return replace(found, told=Told.ABSENT)
        return replace(found, told=Told.WRITTEN, literal=_in_arm(value, argument))

    def _plain(self, found: Found) -> Plain | NotTold:
        value = found.entry.value
        if isinstance(value, Literal):
            return value.value
        return plain(self.repository, found.template, value, found.through)


def _in_arm(value: Plain, argument: AzurermArgument | None) -> Plain:
    """A value of azurerm as ARM has it."""
    if argument is None or not (argument.negated or argument.texts):
        return value
    truth = {"true": True, "false": False}.get(str(value).casefold())
    if truth is None:
        return value
    if argument.texts is not None:
        return argument.texts[0 if truth else 1]
    return not truth
