"""Steps back from an entry or element of an object, wherever that is made.

Rules:
- what an object is (a literal, a call that makes it, a copy of another) is found first; an entry is what the
  literal has under its name, what the maker's initializer, fields or named arguments give it, or the entry of
  what was copied;
- what is written to a member of a variable on the way counts as well;
- of what a call of Go returns the first element is the value, and the second the error.
"""

from __future__ import annotations

from keyless.assess.flows.back_fields import field, key_of_entry, of_class
from keyless.assess.flows.back_names import from_module, required, top_of, written
from keyless.assess.flows.copies import copied
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import class_of
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import CONSTRUCTOR, Call, Expr, Items, Member, Name, Other, Record

_MOST_HOPS = 32


def back_from_each(tracer: Tracer, each: Other, spot: Spot) -> list[Hop]:
    """The steps back from one of the elements of a list."""
    return [
        Hop(item, at)
        for value, at in tracer.values(each.parts[0], spot)
        if isinstance(value, Items)
        for item in value.items[:8]
    ]


def of_object(tracer: Tracer, base: Expr, name: str, spot: Spot) -> list[Hop]:
    """The entry of an object's literal, or what a call that makes an object gives its field."""
    found: list[Hop] = []
    for value, at, ends in tracer.passing(base, spot):
        if value is base and isinstance(base, Name | Member):
            continue
        if isinstance(value, Name) and at.within is not None:
            found += _set_on(tracer, value, name, at)
        if not ends:
            continue
        if isinstance(value, Record):
            found += _of_record(tracer, value, name, at)
        elif isinstance(value, Call) and at.within is not None:
            found += _of_made(tracer, value, name, at)
        elif isinstance(value, Name | Member) and at.within is not None:
            found += of_class(tracer, value, name, at)
        else:
            found += _of_copy(tracer, value, name, at)
    return found[:_MOST_HOPS]


def _set_on(tracer: Tracer, variable: Name, name: str, spot: Spot) -> list[Hop]:
    """What is written to a member of a variable that is handed on: `c.key = x; module.exports = c`."""
    within = spot.within
    written_as = f"{variable.id}.{name}"
    for function in reversed(within.functions if within is not None else ()):
        if writes := tracer.code.writes(function).of(written_as):
            return written(writes, spot, written_as)
    return [] if within is None else top_of(tracer.code, within, written_as)


def _of_record(tracer: Tracer, record: Record, name: str, spot: Spot) -> list[Hop]:
    """The entry of a name, and what is spread into the record after it."""
    spread: list[Hop] = []
    for entry in reversed(record.entries):
        if key_of_entry(entry.key) == name:
            return [*spread, Hop(entry.value, spot, f"entry `{name}`", spot.place(entry.span))]
        if isinstance(entry.key, Other):
            spread.append(Hop(tracer.code.entry_of_copied(entry.value, name), spot))
    return spread


def _of_made(tracer: Tracer, call: Call, name: str, spot: Spot) -> list[Hop]:
    """The field of an object that a call makes: its initializer, its class's fields, its named arguments."""
    for entry in call.then:
        if key_of_entry(entry.key) == name:
            return [Hop(entry.value, spot, f"entry `{name}`", spot.place(entry.span))]
    if (module := required(call)) is not None and spot.within is not None:
        return from_module(tracer.code, spot.within, module, name)
    for one in () if spot.within is None else class_of(tracer.code, call, spot.within):
        constructors = tracer.code.defined.methods_of(one, CONSTRUCTOR)
        at = spot.into(constructors[0].function, call, constructors[0].within) if constructors else spot
        if hops := field(tracer, one, name, at):
            return hops
    named = next((one.value for one in call.arguments if one.name == name), None)
    if named is not None:
        return [Hop(named, spot, f"entry `{name}`", spot.place(call.span))]
    return _of_copy(tracer, call, name, spot)


def _of_copy(tracer: Tracer, copy: Expr, name: str, spot: Spot) -> list[Hop]:
    """The entries of what an object is a copy of."""
    return [Hop(tracer.code.entry_of_copied(source, name), spot) for source in copied(copy)]


def element(tracer: Tracer, base: Expr, position: int, spot: Spot) -> list[Hop]:
    """One of a tuple or list; of what a call of Go returns, the value and not the error."""
    found: list[Hop] = []
    for value, at in tracer.values(base, spot):
        if isinstance(value, Items) and -len(value.items) <= position < len(value.items):
            found.append(Hop(value.items[position], at))
    if not found and position == 0 and spot.within and spot.within.unit.language is Language.GO:
        return [Hop(base, spot)]
    return found
