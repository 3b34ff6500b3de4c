"""Steps back from a name: what was assigned to it, what callers give a parameter, what an import brings in.

Rules:
- functions are looked through from the innermost outwards, then the top of the file or package, then
  imports;
- in the innermost function the order of statements counts, elsewhere every write does: it runs at its own
  time;
- a parameter has what the call gives that was gone into to get here; with none gone into, what every caller
  gives; its default beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.flows.code import Code
from keyless.assess.flows.definitions import Defined
from keyless.assess.flows.fields import BARE_FIELDS, field_writes
from keyless.assess.flows.spot import Frame, Hop, Spot, code_spot
from keyless.assess.flows.targets import argument_of, callers
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.writes import Write
from keyless.assess.settings.setting import setting_of
from keyless.assess.syntax.code import Import, Unit
from keyless.assess.syntax.expressions import (
    Call,
    Expr,
    Function,
    Lambda,
    Name,
    Parameter,
    dotted,
    entry_of,
    text_of,
)
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Within


def back_from_name(tracer: Tracer, name: Name, spot: Spot) -> list[Hop]:
    """The steps back from a name in code."""
    if spot.within is None:
        return []
    for depth in range(len(spot.within.functions), 0, -1):
        around = _cut(spot.within, depth)
        found = _in_function(tracer, name, spot, around, innermost=depth == len(spot.within.functions))
        if found is not None:
            return found
    if spot.within.classes and (found := _in_class(tracer, name, spot, spot.within)):
        return found
    return _at_top(tracer, name, spot.within) or _imported(tracer, name, spot.within)


def _cut(within: Within, depth: int) -> Within:
    return Within(
        within.unit, within.functions[:depth], within.classes, within.given_to[:depth], within.in_loop
    )


def _in_function(tracer: Tracer, name: Name, spot: Spot, around: Within, innermost: bool) -> list[Hop] | None:
    """The steps to what one of the functions around says of a name; none where it says nothing."""
    function = around.functions[-1]
    writes = tracer.code.writes(function)
    known = writes.of(name.id)
    parameter = next((one for one in function.parameters if one.name == name.id), None)
    if not known and parameter is None:
        return None
    reaching = writes.reaching(name.id, name.span.start) if innermost else known
    here = Spot(spot.path, around, None, spot.frames)
    hops = written(reaching, here, name.id)
    if parameter is not None and not any(one.value is not None and not one.arms for one in reaching):
        hops += given(tracer, parameter, function, here)
    return hops


def written(writes: Iterable[Write], spot: Spot, name: str) -> list[Hop]:
    """The steps to what was written."""
    return [
        Hop(one.value, spot, f"assigned to `{name}`", spot.place(one.span))
        for one in writes
        if one.value is not None and not isinstance(one.value, Lambda)
    ]


def given(tracer: Tracer, parameter: Parameter, function: Function, spot: Spot) -> list[Hop]:
    """The steps to what calls give a parameter."""
    defined = tracer.code.defined.by_function.get(id(function))
    if defined is None:
        return _default(parameter, spot)
    for position in range(len(spot.frames) - 1, -1, -1):
        frame = spot.frames[position]
        if frame.function is function:
            return _given_by_frame(frame, defined, parameter, spot)
    hops = []
    for one in callers(tracer.code, defined):
        value = argument_of(one.call, defined, parameter)
        if value is not None:
            hops.append(Hop(value, code_spot(one.within), *_given(defined, parameter, one.within, one.call)))
    return hops + _default(parameter, spot)


def _given_by_frame(frame: Frame, defined: Defined, parameter: Parameter, spot: Spot) -> list[Hop]:
    value = argument_of(frame.call, defined, parameter)
    if value is None:
        return _default(parameter, spot)
    within = frame.spot.within
    return [Hop(value, frame.spot, *_given(defined, parameter, within, frame.call))] if within else []


def _given(defined: Defined, parameter: Parameter, within: Within, call: Call) -> tuple[str, Place]:
    name = defined.owner.name if defined.is_constructor and defined.owner else defined.name
    what = f"given to `{name}` as `{parameter.name}`"
    return what, code_spot(within).place(call.span)


def is_given(tracer: Tracer, function: Function, spot: Spot) -> bool:
    """Whether it is known which calls run a function: a parameter that they leave out then has no value."""
    defined = tracer.code.defined.by_function.get(id(function))
    gone_into = any(one.function is function for one in spot.frames)
    return gone_into or (defined is not None and bool(callers(tracer.code, defined)))


def _default(parameter: Parameter, spot: Spot) -> list[Hop]:
    if parameter.default is None:
        return []
    return [
        Hop(parameter.default, spot, f"default of parameter `{parameter.name}`", spot.place(parameter.span))
    ]


def _in_class(tracer: Tracer, name: Name, spot: Spot, within: Within) -> list[Hop]:
    """What stands in the body of a class, for the rest of it; fields of Java and C# are found otherwise."""
    if within.unit.language in BARE_FIELDS or within.functions:
        return []
    around = tracer.code.class_around(within)
    return [] if around is None else to_field(field_writes(tracer.code, around, name.id), name.id, spot)


def to_field(writes: Iterable[tuple[Write, Within]], name: str, spot: Spot) -> list[Hop]:
    """The steps to what is kept in a field; calls that made the object stay gone into."""
    return [
        Hop(
            write.value,
            Spot(within.unit.path, within, None, spot.frames),
            f"kept in `{name}`",
            code_spot(within).place(write.span),
        )
        for write, within in writes
        if write.value is not None and not isinstance(write.value, Lambda)
    ]


def _at_top(tracer: Tracer, name: Name, within: Within) -> list[Hop]:
    code = tracer.code
    at_top = not within.functions and not within.classes
    reaching = code.writes(within.unit).reaching(name.id, name.span.start) if at_top else []
    if reaching:
        return written(reaching, code_spot(Within(within.unit)), name.id)
    found = top_of(code, within, name.id)
    return found or _assigned_elsewhere(code, within, name.id)


def top_of(code: Code, within: Within, name: str) -> list[Hop]:
    """The steps to what the top of a file, or of its package, gives a name."""
    return [
        hop
        for unit, write in code.top(within.unit, name)
        for hop in written([write], code_spot(Within(unit)), name)
    ]


def _assigned_elsewhere(code: Code, within: Within, name: str) -> list[Hop]:
    """What functions assign to a name that the top of the file only declares."""
    if not any(write.value is None for _, write in code.top(within.unit, name)):
        return []
    return [
        hop
        for unit in code.modules.beside(within.unit)
        for defined in code.functions_of(unit)
        for hop in written(code.writes(defined.function).of(name), code_spot(defined.within), name)
    ]


def _imported(tracer: Tracer, name: Name, within: Within) -> list[Hop]:
    known = tracer.code.imports(within.unit).get(name.id)
    if known is not None:
        return from_import(tracer.code, within, known)
    stars = [one for one in within.unit.imports if not one.alias]
    return [hop for one in stars[:8] for hop in from_module(tracer.code, within, one.module, name.id)]


def from_import(code: Code, within: Within, known: Import) -> list[Hop]:
    """The steps to what an import's name has in its module."""
    return from_module(code, within, known.module, known.name or "default")


def from_module(code: Code, within: Within, module: str, name: str) -> list[Hop]:
    """The steps to what a module of the repository gives a name; `default` is what it exports as a whole."""
    for unit, known in code.modules.having(within.unit, module, name).units:
        names = (known, f"exports.{known}", f"module.exports.{known}", *_whole(known))
        found = [hop for one in names for hop in top_of(code, Within(unit), one)]
        if found := found or _of_exports(code, unit, known):
            return found
    return []


def required(call: Call) -> str | None:
    """The module of `require("module")` and `import("module")`."""
    is_import = isinstance(call.callee, Name) and call.callee.id in {"require", "import"}
    return text_of(call.arguments[0].value) if is_import and call.arguments else None


def _of_exports(code: Code, unit: Unit, name: str) -> list[Hop]:
    """The entry of `module.exports = {…}`."""
    spot = code_spot(Within(unit))
    return [
        Hop(entry.value, spot, f"exported as `{name}`", spot.place(entry.span))
        for write in code.writes(unit).of("module.exports")
        if (entry := entry_of(write.value, name)) is not None
    ]


def _whole(name: str) -> tuple[str, ...]:
    return ("module.exports", "exports.default") if name == "default" else ()


def value_marks(marks: tuple[Expr, ...], spot: Spot) -> list[Hop]:
    """The settings that Spring's `@Value` names, with the defaults that it gives."""
    hops: list[Hop] = []
    for mark in marks:
        if isinstance(mark, Call) and (dotted(mark.callee) or "").endswith("Value") and mark.arguments:
            text = text_of(mark.arguments[0].value) or ""
            name = text.partition("${")[2].partition("}")[0].partition(":")[0].strip()
            if name:
                place = spot.place(mark.span)
                hops.append(Hop(setting_of(name), spot, f"injected from setting `{name}`", place))
    return hops
