"""Steps back from a member or an index: fields, entries of objects, what modules have at their top.

Rules:
- a write to the very member in reach (`cfg.key = x`) comes first;
- a field is what the class keeps in it, what an initializer or a struct's literal gives it, or the argument
  of a constructor that is made of the fields (dataclasses, records);
- a getter is the field that it is named for where the class has no such method (Lombok, records);
- `x.value`, `x.Value` and such pass on what `x` is.
"""

from __future__ import annotations

from keyless.assess.calls import CallSite
from keyless.assess.flows.back_names import (
    BARE_FIELDS,
    from_module,
    required,
    to_field,
    top_of,
    value_marks,
    written,
)
from keyless.assess.flows.bound import bound_prefixes, own_name
from keyless.assess.flows.copies import copied, entry_of_copy
from keyless.assess.flows.definitions import DefinedClass, plain_type
from keyless.assess.flows.fields import field_writes
from keyless.assess.flows.spot import Hop, Spot, code_spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import SELF, class_of, type_of
from keyless.assess.flows.writes import Write
from keyless.assess.settings.setting import setting_of
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Assign,
    Call,
    Expr,
    Index,
    Items,
    Lambda,
    Literal,
    Member,
    Name,
    Other,
    Record,
    Return,
    dotted,
    text_of,
)
from keyless.assess.syntax.walk import Within
from keyless.catalog.value_calls import value_calls

_GETTERS = ("get", "is")
_MOST_HOPS = 32
_WRAPPED = frozenset({"IOptions", "IOptionsSnapshot", "IOptionsMonitor"})
_OF_OPTIONS = frozenset({"Value", "CurrentValue"})


def back_from_member(tracer: Tracer, member: Member, spot: Spot) -> list[Hop]:
    """The steps back from `base.name`."""
    if spot.within is None:
        return []
    found = (
        _written_here(tracer, member, spot)
        or _of_module(tracer, member, spot)
        or _of_class(tracer, member.base, member.name, spot)
        or _of_object(tracer, member.base, member.name, spot)
    )
    if not found and member.name in value_calls().passing:
        return [Hop(member.base, spot)]
    return found


def back_from_index(tracer: Tracer, index: Index, spot: Spot) -> list[Hop]:
    """The steps back from `base[key]`."""
    base, key = index.base, index.key
    if isinstance(key, Literal) and isinstance(key.value, str):
        return (spot.within and _written_here(tracer, index, spot)) or _of_object(
            tracer, base, key.value, spot
        )
    if isinstance(key, Literal) and isinstance(key.value, int):
        return _element(tracer, base, key.value, spot)
    return []


def back_from_each(tracer: Tracer, each: Other, spot: Spot) -> list[Hop]:
    """The steps back from one of the elements of a list."""
    return [
        Hop(item, at)
        for value, at in tracer.values(each.parts[0], spot)
        if isinstance(value, Items)
        for item in value.items[:8]
    ]


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
    return _of_class(tracer, call.callee.base, name, spot)


def _written_here(tracer: Tracer, member: Member | Index, spot: Spot) -> list[Hop]:
    """Writes to the very same member in the functions around and at the top."""
    name = dotted(member) or _indexed(member)
    within = spot.within
    if name is None or within is None or name.partition(".")[0] in SELF:
        return []
    for depth in range(len(within.functions), 0, -1):
        writes = tracer.code.writes(within.functions[depth - 1])
        innermost = depth == len(within.functions)
        if found := writes.reaching(name, member.span.start) if innermost else writes.of(name):
            return written(found, spot, name)
    return top_of(tracer.code, within, name)


def _indexed(member: Expr) -> str | None:
    if not isinstance(member, Index) or (base := dotted(member.base)) is None:
        return None
    key = text_of(member.key)
    return None if key is None else f"{base}.{key}"


def _of_module(tracer: Tracer, member: Member, spot: Spot) -> list[Hop]:
    """`module.name` of an imported file."""
    base, within = dotted(member.base), spot.within
    if base is None or within is None:
        return []
    known = tracer.code.imports(within.unit).get(base)
    if known is None:
        return []
    if known.name is None:
        return from_module(tracer.code, within, known.module, member.name)
    if known.name == "default":
        whole = from_module(tracer.code, within, known.module, "default")
        return [] if whole else from_module(tracer.code, within, known.module, member.name)
    module = (
        f"{known.module.rstrip('.')}.{known.name}" if known.module.strip(".") else known.module + known.name
    )
    return from_module(tracer.code, within, module, member.name)


def _of_class(tracer: Tracer, base: Expr, name: str, spot: Spot) -> list[Hop]:
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
        if _key(entry.key) == name:
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


def _key(key: Expr) -> str | None:
    return key.id if isinstance(key, Name) else text_of(key)


def _entry(record: Record, name: str) -> Expr | None:
    return next((one.value for one in record.entries if _key(one.key) == name), None)


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


def returns(body: tuple[object, ...]) -> list[Return]:
    """The returns of a function's body, not of functions within it."""
    found: list[Return] = []
    waiting = list(reversed(body))
    while waiting:
        one = waiting.pop()
        if isinstance(one, Return):
            found.append(one)
        elif not hasattr(one, "function") and not hasattr(one, "bases"):
            waiting.extend(reversed(getattr(one, "body", ())))
    return found


def _of_object(tracer: Tracer, base: Expr, name: str, spot: Spot) -> list[Hop]:
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
            found += _of_record(value, name, at)
        elif isinstance(value, Call) and at.within is not None:
            found += _of_made(tracer, value, name, at)
        elif isinstance(value, Name | Member) and at.within is not None:
            found += _of_class(tracer, value, name, at)
        else:
            found += _of_copy(value, name, at)
    return found[:_MOST_HOPS]


def _set_on(tracer: Tracer, variable: Name, name: str, spot: Spot) -> list[Hop]:
    """What is written to a member of a variable that is handed on: `c.key = x; module.exports = c`."""
    within = spot.within
    written_as = f"{variable.id}.{name}"
    for function in reversed(within.functions if within is not None else ()):
        if writes := tracer.code.writes(function).of(written_as):
            return written(writes, spot, written_as)
    return [] if within is None else top_of(tracer.code, within, written_as)


def _of_record(record: Record, name: str, spot: Spot) -> list[Hop]:
    """The entry of a name, and what is spread into the record after it."""
    spread: list[Hop] = []
    for entry in reversed(record.entries):
        if _key(entry.key) == name:
            return [*spread, Hop(entry.value, spot, f"entry `{name}`", spot.place(entry.span))]
        if isinstance(entry.key, Other):
            spread.append(Hop(entry_of_copy(entry.value, name), spot))
    return spread


def _of_made(tracer: Tracer, call: Call, name: str, spot: Spot) -> list[Hop]:
    """The field of an object that a call makes: its initializer, its class's fields, its named arguments."""
    for entry in call.then:
        if _key(entry.key) == name:
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
    return _of_copy(call, name, spot)


def _of_copy(copy: Expr, name: str, spot: Spot) -> list[Hop]:
    """The entries of what an object is a copy of."""
    return [Hop(entry_of_copy(source, name), spot) for source in copied(copy)]


def _element(tracer: Tracer, base: Expr, position: int, spot: Spot) -> list[Hop]:
    """One of a tuple or list; of what a call of Go returns, the value and not the error."""
    found: list[Hop] = []
    for value, at in tracer.values(base, spot):
        if isinstance(value, Items) and -len(value.items) <= position < len(value.items):
            found.append(Hop(value.items[position], at))
    if not found and position == 0 and spot.within and spot.within.unit.language is Language.GO:
        return [Hop(base, spot)]
    return found


def lambda_returns(function: Lambda) -> list[Return]:
    """The returns of a lambda."""
    return returns(function.function.body)
