"""Steps back from a field of an object whose class the repository has.

Rules:
- a field is what the class keeps in it, what an initializer or a struct's literal gives it, or the argument
  of a constructor that is made of the fields (dataclasses, records);
- one of a class that settings are bound to has the setting of its name;
- a getter is the field that it is named for where the class has no such method (Lombok, records), a property
  what its method returns.
"""

from __future__ import annotations

from keyless.assess.calls import CallSite
from keyless.assess.flows.back_names import to_field, value_marks
from keyless.assess.flows.bound import bound_prefixes, own_name
from keyless.assess.flows.definitions import DefinedClass, plain_type
from keyless.assess.flows.fields import BARE_FIELDS, field_writes
from keyless.assess.flows.returned import returns
from keyless.assess.flows.spot import Hop, Spot, code_spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import class_of, type_of
from keyless.assess.flows.writes import Write
from keyless.assess.settings.setting import setting_of
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import CONSTRUCTOR, Assign, Call, Expr, Member, Name, Record, text_of
from keyless.assess.syntax.walk import Within

_GETTERS = ("get", "is")
_WRAPPED = frozenset({"IOptions", "IOptionsSnapshot", "IOptionsMonitor"})
_OF_OPTIONS = frozenset({"Value", "CurrentValue"})


def bare_field(tracer: Tracer, name: Name, spot: Spot) -> list[Hop]:
    """The steps back from a field of the class around by its bare name, in Java and C#."""
    within = spot.within
    if within is None or within.unit.language not in BARE_FIELDS:
        return []
    around = tracer.code.class_around(within)
    return [] if around is None else field(tracer, around, name.id, spot)


def getter(tracer: Tracer, call: Call, spot: Spot) -> list[Hop]:
    """The steps back from `x.getKey()` and `x.key()` where the class only has the field."""
    if not isinstance(call.callee, Member) or call.arguments or spot.within is None:
        return []
    name = call.callee.name
    for prefix in _GETTERS:
        if name.startswith(prefix) and len(name) > len(prefix):
            name = name[len(prefix)].lower() + name[len(prefix) + 1 :]
            break
    return of_class(tracer, call.callee.base, name, spot)


def of_class(tracer: Tracer, base: Expr, name: str, spot: Spot) -> list[Hop]:
    """The field of an object whose class the repository has."""
    within = spot.within
    if within is None:
        return []
    found: list[Hop] = []
    for one in _classes(tracer, base, within):
        found += field(tracer, one, name, spot)
    return found


def _classes(tracer: Tracer, base: Expr, within: Within) -> list[DefinedClass]:
    code = tracer.code
    named = code.defined.classes_named(base.id, within.unit) if isinstance(base, Name) else []
    if named:
        return named[:4]
    if isinstance(base, Member) and base.name in _OF_OPTIONS:
        written = type_of(code, base.base, within)
        if plain_type(written) in _WRAPPED:
            inner = plain_type(written.partition("<")[2].rpartition(">")[0])
            return code.defined.classes_named(inner, within.unit)
    return class_of(code, base, within)


def field(tracer: Tracer, of: DefinedClass, name: str, spot: Spot) -> list[Hop]:
    """The steps back from a field of a class."""
    writes = field_writes(tracer.code, of, name)
    bound = bound_prefixes(tracer.code, of)
    hops = [hop for prefix in bound for hop in _bound(of, prefix, name, writes, spot)]
    hops += to_field([one for one in writes if not (bound and one[1].functions)], name, spot)
    hops += _marked(writes, spot)
    if not hops or all(write.value is None or text_of(write.value) == "" for write, _ in writes):
        hops += _initialized(tracer, of, name, bool(writes))
    return hops or _property(tracer, of, name, spot) or _set_outside(tracer, of, name)


def _bound(
    of: DefinedClass, prefix: str, name: str, writes: list[tuple[Write, Within]], spot: Spot
) -> list[Hop]:
    """A field that is bound to a setting, if the class has it."""
    if not writes and of.within.unit.language is Language.PYTHON:
        return []
    write = writes[0][0] if writes else None
    named = own_name(write.value if write else None) or f"{prefix}{name}"
    span = of.declared.span if write is None else write.span
    place = code_spot(of.within).place(span)
    return [Hop(setting_of(named), spot, f"bound to setting `{named}`", place)]


def _marked(writes: list[tuple[Write, Within]], spot: Spot) -> list[Hop]:
    """`@Value("${a.b}")` on a field."""
    found: list[Hop] = []
    for write, within in writes:
        statement = write.statement
        if isinstance(statement, Assign):
            found += value_marks(statement.marks, code_spot(within))
    return found


def _initialized(tracer: Tracer, of: DefinedClass, name: str, declared: bool) -> list[Hop]:
    """What those who make objects of a class give a field."""
    found: list[Hop] = []
    class_name = of.declared.name
    for made in tracer.code.calls_named(class_name)[:64]:
        value = _given(tracer, made, of, name, declared)
        if value is not None:
            spot = code_spot(made.within)
            found.append(Hop(value, spot, f"given to `{class_name}` as `{name}`", spot.place(made.call.span)))
    for typed in tracer.code.records_of(class_name)[:64]:
        entry = _entry(typed.record, name)
        if entry is not None:
            spot = code_spot(typed.within)
            what = f"given to `{class_name}` as `{name}`"
            found.append(Hop(entry, spot, what, spot.place(typed.record.span)))
    return found[:8]


def _given(tracer: Tracer, made: CallSite, of: DefinedClass, name: str, declared: bool) -> Expr | None:
    for entry in made.call.then:
        if key_of_entry(entry.key) == name:
            return entry.value
    if not declared or tracer.code.defined.methods_of(of, CONSTRUCTOR):
        return None
    named = next((one.value for one in made.call.arguments if one.name == name), None)
    if named is not None:
        return named
    fields = _fields(of)
    plain = [one.value for one in made.call.arguments if one.name is None]
    position = fields.index(name) if name in fields else len(plain)
    return plain[position] if position < len(plain) else None


def _fields(of: DefinedClass) -> list[str]:
    targets = [one.target for one in of.declared.body if isinstance(one, Assign)]
    return [one.id for one in targets if isinstance(one, Name)]


def key_of_entry(key: Expr) -> str | None:
    return key.id if isinstance(key, Name) else text_of(key)


def _entry(record: Record, name: str) -> Expr | None:
    return next((one.value for one in record.entries if key_of_entry(one.key) == name), None)


def _set_outside(tracer: Tracer, of: DefinedClass, name: str) -> list[Hop]:
    """What functions write to the field of a variable that is of the class."""
    found: list[Hop] = []
    for write, defined in tracer.code.member_writes(name)[:64]:
        base = getattr(getattr(write.statement, "target", None), "base", None)
        if write.value is None or not isinstance(base, Name):
            continue
        classes = class_of(tracer.code, base, defined.within)
        if any(one.declared is of.declared for one in classes):
            spot = code_spot(defined.within)
            found.append(Hop(write.value, spot, f"kept in `{name}`", spot.place(write.span)))
    return found[:8]


def _property(tracer: Tracer, of: DefinedClass, name: str, spot: Spot) -> list[Hop]:
    """What a property returns: a method of that name, or a function that the field holds."""
    found: list[Hop] = []
    for method in tracer.code.defined.methods_of(of, name):
        at = Spot(method.within.unit.path, method.within, None, spot.frames)
        found += [
            Hop(one.value, at, f"returned by `{name}`", at.place(one.span))
            for one in returns(method.function.body)
            if one.value is not None
        ]
    return found
