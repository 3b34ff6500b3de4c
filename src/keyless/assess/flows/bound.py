"""Classes that settings are bound to: which prefix the names of their fields get.

Rules:
- pydantic: what derives from `BaseSettings`; `env_prefix` of `model_config` or of an inner `Config`; a field
  may name its setting itself (`alias`, `validation_alias`, `env`);
- Spring: `@ConfigurationProperties("a.b")`, `prefix` or `value`, of a class or of a method that makes one;
- .NET: the section that `Configure<T>`, `AddOptions<T>` … binds to `T`, or that is read as `T`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from keyless.assess.flows.code import Code
from keyless.assess.flows.definitions import DefinedClass, plain_type
from keyless.assess.flows.types import class_of
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Assign, Call, Class, Expr, Member, Name, Record, text_of, within
from keyless.assess.syntax.records import text_at

_SECTIONS = frozenset({"GetSection", "GetRequiredSection", "BindConfiguration"})
_BINDERS = ("Configure", "AddOptions", "Get", "ConfigureOptions", "AddOptionsWithValidateOnStart")
_ALIASES = ("validation_alias", "alias", "env")


def bound_prefixes(code: Code, of: DefinedClass) -> list[str]:
    """The prefixes of the settings that a class's fields have; none where it is bound to none."""
    match of.within.unit.language:
        case Language.PYTHON:
            return _pydantic(code, of)
        case Language.JAVA:
            marks = [*of.declared.marks, *_of_beans(code, of.declared.name)]
            return [prefix for mark in marks if (prefix := _spring(mark)) is not None]
        case Language.CSHARP:
            return list(dict.fromkeys([*_dotnet(code, of.declared.name), *_filled(code, of)]))
        case _:
            return []


def own_name(value: Expr | None) -> str | None:
    """The setting that a field names itself: `Field(validation_alias="X")`."""
    if not isinstance(value, Call):
        return None
    given = {one.name: one.value for one in value.arguments if one.name}
    return next((text for name in _ALIASES if (text := text_of(given.get(name)))), None)


def _pydantic(code: Code, of: DefinedClass) -> list[str]:
    family = code.defined.family(of)
    bases = {plain_type(base) for one in family for base in one.declared.bases}
    if "BaseSettings" not in bases:
        return []
    return [next((found for one in family if (found := _env_prefix(one.declared)) is not None), "")]


def _env_prefix(declared: Class) -> str | None:
    for statement in declared.body:
        match statement:
            case Assign(target=Name(id="model_config"), value=Call() as call):
                found = next((one.value for one in call.arguments if one.name == "env_prefix"), None)
                return text_of(found) or ""
            case Assign(target=Name(id="model_config"), value=Record() as record):
                return text_at(record, "env_prefix")
            case Class(name="Config", body=body):
                return _config_prefix(body)
            case _:
                pass
    return None


def _config_prefix(body: tuple[object, ...]) -> str:
    found = (
        text_of(one.value)
        for one in body
        if isinstance(one, Assign) and isinstance(one.target, Name) and one.target.id == "env_prefix"
    )
    return next((text for text in found if text), "")


def _of_beans(code: Code, class_name: str) -> list[Expr]:
    """The marks of methods that make objects of a class for Spring."""
    if code.marked_by_result is None:
        code.marked_by_result = defaultdict(list)
        for one in code.defined.by_function.values():
            if one.function.marks and one.function.result and one.within.unit.language is Language.JAVA:
                code.marked_by_result[plain_type(one.function.result)] += one.function.marks
    return code.marked_by_result.get(class_name, [])


def _spring(mark: Expr) -> str | None:
    if not isinstance(mark, Call) or not _is_named(mark.callee, "ConfigurationProperties"):
        return None
    wanted = [one.value for one in mark.arguments if one.name in {None, "prefix", "value"}]
    return next((f"{text}." for one in wanted if (text := text_of(one))), "")


def _is_named(callee: Expr, name: str) -> bool:
    return isinstance(callee, Name | Member) and (
        callee.id if isinstance(callee, Name) else callee.name
    ).endswith(name)


def _dotnet(code: Code, type_name: str) -> Iterator[str]:
    for binder in _BINDERS:
        for one in code.calls_named(binder):
            if type_name in map(plain_type, one.call.types):
                around = one.within.statement
                value = getattr(around, "value", None)
                yield from _sections(one.call if value is None else value)


def _filled(code: Code, of: DefinedClass) -> Iterator[str]:
    """`configuration.GetSection("X").Bind(options)`, `configuration.Bind("X", options)`."""
    for one in code.calls_named("Bind"):
        if one.call.types or not one.call.arguments:
            continue
        filled = one.call.arguments[-1].value
        if any(each.declared is of.declared for each in class_of(code, filled, one.within)):
            named = text_of(one.call.arguments[0].value)
            found = [f"{named}:"] if named else list(_sections(one.call.callee))
            yield from found or [""]


def _sections(expression: Expr) -> Iterator[str]:
    for one in within(expression):
        if not isinstance(one, Call) or not isinstance(one.callee, Member):
            continue
        text = text_of(one.arguments[0].value) if one.arguments else None
        if text and one.callee.name in _SECTIONS:
            yield f"{text}:"
