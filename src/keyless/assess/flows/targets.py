"""Which functions of the repository a call calls, and which calls call a function.

Rules:
- a bare name is a function around it, of its file or package, an imported one, or a class that is made;
- `object.method` is a method of the object's class where that is known; of an imported file or a named class
  where the object is one of these; otherwise the only method of that name in the language, if there is one;
- `super`, `base` and `this` called as functions are constructors;
- callers are the calls whose functions these are: both directions always agree.
"""

from __future__ import annotations

from keyless.assess.calls import CallSite
from keyless.assess.flows.code import Code
from keyless.assess.flows.definitions import Defined, DefinedClass, plain_type
from keyless.assess.flows.near import nearest
from keyless.assess.flows.types import SELF, class_of, type_of
from keyless.assess.settings.writers.where import is_for_tests
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    EXTENDS,
    Call,
    Expr,
    Member,
    Name,
    Parameter,
    dotted,
)
from keyless.assess.syntax.walk import Within

_BASES = frozenset({"super", "base"})
_MOST_CANDIDATES = 300
_MOST_CALLERS = 8
_BY_TYPE = frozenset({Language.CSHARP, Language.JAVA})


def targets(code: Code, call: Call, within: Within) -> list[Defined]:
    """The functions of the repository that a call may run."""
    key = id(call)
    if key not in code.targets:
        code.targets[key] = []  # what is being looked up calls nothing, should it be asked for again
        code.targets[key] = _targets(code, call, within)[:_MOST_CALLERS]
    return code.targets[key]


def callers(code: Code, defined: Defined) -> list[CallSite]:
    """The calls that may run a function, a few of them."""
    key = id(defined)
    if key not in code.callers:
        code.callers[key] = _callers(code, defined)
    return code.callers[key]


def _callers(code: Code, defined: Defined) -> list[CallSite]:
    """Tests count as callers only of what is in tests itself."""
    in_tests = is_for_tests(defined.within.unit.path)
    names = {defined.name}
    if defined.is_constructor and defined.owner is not None:
        names = {defined.owner.name, "super", "base", "this", "__init__"}
        names |= {one.declared.name for one in code.defined.derived.get(defined.owner.name, ())}
    found: list[CallSite] = []
    for name in sorted(names):
        for one in code.calls_named(name)[:_MOST_CANDIDATES]:
            if not in_tests and is_for_tests(one.within.unit.path):
                continue
            if defined in targets(code, one.call, one.within):
                found.append(one)
                if len(found) >= _MOST_CALLERS:
                    return found
    return found


def argument_of(call: Call, defined: Defined, parameter: Parameter) -> Expr | None:
    """What a call gives to a parameter of the function; none where it leaves it out."""
    named = next((one.value for one in call.arguments if one.name == parameter.name), None)
    if named is not None:
        return named
    position = _position(defined, parameter)
    plain = [one for one in call.arguments if one.name is None]
    if (extended := _extended(call, defined)) is not None:
        if position == 0:
            return extended
        position -= 1
    if not 0 <= position < len(plain) or any(one.spread for one in plain[: position + 1]):
        return None
    return plain[position].value


def _extended(call: Call, defined: Defined) -> Expr | None:
    """What an extension method is called on; none where it is called as a function of its class."""
    callee = call.callee
    if EXTENDS not in defined.function.words or not isinstance(callee, Member):
        return None
    by_class = (
        defined.owner is not None and (dotted(callee.base) or "").rpartition(".")[2] == defined.owner.name
    )
    return None if by_class else callee.base


def _position(defined: Defined, parameter: Parameter) -> int:
    parameters = defined.function.parameters
    position = next(number for number, one in enumerate(parameters) if one is parameter)
    of_object = defined.owner is not None and parameters[0].name in {"self", "cls"}
    return position - 1 if of_object else position


def _targets(code: Code, call: Call, within: Within) -> list[Defined]:
    callee = call.callee
    if isinstance(callee, Name):
        return _by_name(code, plain_type(callee.id), within, call.new)
    if isinstance(callee, Member):
        return _by_member(code, callee, within)
    return []


def _by_name(code: Code, name: str, within: Within, new: bool) -> list[Defined]:
    if name in _BASES or (name == "this" and within.classes):
        return _constructors_around(code, within, own=name == "this")
    if local := _local(code, name, within):
        return local
    if within.classes and within.unit.language in _BY_TYPE and not new:
        around = code.class_around(within)
        if around and (methods := code.defined.methods_of(around, name)):
            return methods
    return code.functions_at_top(within.unit, name) or _from_elsewhere(code, name, within.unit)


def _from_elsewhere(code: Code, name: str, unit: Unit) -> list[Defined]:
    """What is imported, or the constructors of a class."""
    if unit.language in _BY_TYPE:
        return _made(code, code.defined.classes_named(name, unit))
    known = code.imports(unit).get(name)
    if known is not None:
        return _imported(code, unit, known)
    return _made(code, [one for one in code.defined.classes.get(name, ()) if one.within.unit is unit])


def _local(code: Code, name: str, within: Within) -> list[Defined]:
    """A function that is defined within one of those around."""
    around = {id(one) for one in within.functions}
    return [
        one
        for one in code.defined.functions.get(name, ())
        if len(one.within.functions) > 1 and id(one.within.functions[-2]) in around
    ]


def _imported(code: Code, unit: Unit, known: Import) -> list[Defined]:
    for module, known_as in code.modules.having(unit, known.module, known.name or "default").units:
        name = known.alias if known_as == "default" else known_as
        classes = [one for one in code.defined.classes.get(name, ()) if one.within.unit is module]
        if found := code.functions_at_top(module, name) + _made(code, classes):
            return found
    return []


def _made(code: Code, classes: list[DefinedClass]) -> list[Defined]:
    return [
        method for one in classes[:2] for method in code.defined.methods_of(one, CONSTRUCTOR) if method.owner
    ]


def _constructors_around(code: Code, within: Within, own: bool) -> list[Defined]:
    around = code.class_around(within)
    if around is None:
        return []
    family = [around] if own else code.defined.family(around)[1:]
    return _made(code, family)


def _by_member(code: Code, callee: Member, within: Within) -> list[Defined]:
    base, name = callee.base, plain_type(callee.name)
    if isinstance(base, Call) and isinstance(base.callee, Name) and base.callee.id in _BASES:
        base = base.callee
    if isinstance(base, Name):
        if base.id in _BASES:
            return _of_bases(code, name, within)
        if (known := code.imports(within.unit).get(base.id)) is not None:
            found = _of_module(code, within.unit, known, name)
            if found or within.unit.language is Language.GO:
                return found
        if base.id not in SELF and (classes := code.defined.classes_named(base.id, within.unit)):
            return _methods(code, classes, name)
    classes = class_of(code, base, within)
    found = _methods(code, classes, name) or _extensions(code, base, name, within)
    return found if found or classes else _only_one(code, base, name, within)


def _extensions(code: Code, base: Expr, name: str, within: Within) -> list[Defined]:
    """The extension methods of a name that the type of an object has, as far as it is known."""
    if within.unit.language is not Language.CSHARP:
        return []
    found = [one for one in code.defined.functions.get(name, ()) if EXTENDS in one.function.words]
    written = plain_type(type_of(code, base, within)) if found else ""
    fitting = [one for one in found if written in {"", plain_type(one.function.parameters[0].type or "")}]
    return nearest(within.unit.path, fitting or found, lambda one: one.within.unit.path)


def _of_bases(code: Code, name: str, within: Within) -> list[Defined]:
    around = code.class_around(within)
    family = [] if around is None else code.defined.family(around)[1:]
    return _methods(code, family, CONSTRUCTOR if name == "__init__" else name)


def _of_module(code: Code, unit: Unit, known: Import, name: str) -> list[Defined]:
    """A function of an imported file, or a method of an imported class."""
    modules = code.modules.imported(unit, known.module)
    found = [one for module in modules for one in code.functions_at_top(module, name)]
    if known.name is not None:
        classes = code.defined.classes.get(known.name, ())
        found += _methods(code, [one for one in classes if one.within.unit in modules], name)
        whole = code.modules.imported(unit, f"{known.module.rstrip('.')}.{known.name}")
        found += [one for module in whole for one in code.functions_at_top(module, name)]
    made = [
        one for module in modules for one in code.defined.classes.get(name, ()) if one.within.unit is module
    ]
    return found + _made(code, made)


def _methods(code: Code, classes: list[DefinedClass], name: str) -> list[Defined]:
    return [method for one in classes[:4] for method in code.defined.methods_of(one, name)]


def _only_one(code: Code, base: Expr, name: str, within: Within) -> list[Defined]:
    """The only method of a name, where nothing says what the object is."""
    imported = isinstance(base, Name) and base.id in code.imports(within.unit)
    if imported or type_of(code, base, within):
        return []
    found = [
        one
        for one in code.defined.functions.get(name, ())
        if one.within.unit.language is within.unit.language and (one.owner or one.function.receiver)
    ]
    return found if len(found) == 1 else []
