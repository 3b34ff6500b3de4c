"""Reads of settings in code: which expression reads which setting, in every language.

Rules:
- what reads is data (`catalog/setting_reads`): maps of settings, functions, methods of objects of
  configuration, with the prefix of a section that was taken before;
- an object of configuration is known by its name after imports, by its type, or by the call that made it; a
  usual name alone (`configuration` in C#) is enough where nothing says another type;
- a key may be a constant of the repository; an object of settings may be called (`config("X")` of starlette);
- fields of classes that settings are bound to are left to `flows/bound`.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.deployed.plain import plain
from keyless.assess.flows.definitions import plain_type
from keyless.assess.flows.spot import Spot
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import type_of
from keyless.assess.settings.setting import Setting, Written, setting_of
from keyless.assess.settings.written import written_by_setting
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Call, Expr, Index, Literal, Member, Name, Other, dotted, text_of
from keyless.catalog.setting_reads import SettingReads, setting_reads

_MOST_WRITERS = 8


@dataclass(frozen=True, slots=True)
class Read:
    """A setting that an expression reads, under the name that stands there, and what it has by default."""

    name: str
    default: Expr | None = None

    @property
    def setting(self) -> Setting:
        """The setting."""
        return setting_of(self.name)


def reads_of(tracer: Tracer, expression: Expr, spot: Spot) -> list[Read]:
    """The settings that an expression reads; none for one that reads no setting."""
    if spot.within is None:
        return []
    known = setting_reads(spot.within.unit.language.value)
    match expression:
        case Member(base=base, name=name):
            return [Read(f"{prefix}{name}") for prefix in _prefixes(tracer, known, base, spot)]
        case Index(base=base, key=key):
            prefixes = _prefixes(tracer, known, base, spot)
            return [Read(f"{prefix}{text}") for prefix in prefixes for text in _texts(tracer, key, spot)]
        case Call():
            return _of_call(tracer, known, expression, spot)
        case _:
            return []


def _of_call(tracer: Tracer, known: SettingReads, call: Call, spot: Spot) -> list[Read]:
    for full in _names(tracer, call.callee, spot):
        for function, at in known.functions.items():
            if full == function or full.endswith(f".{function}"):
                return _read(tracer, call, spot, "", at)
    callee = call.callee
    if isinstance(callee, Name):
        return _called_object(tracer, known, call, callee, spot)
    if not isinstance(callee, Member):
        return []
    prefix = known.methods.get(plain_type(callee.name))
    if prefix is None:
        return []
    return [
        read
        for before in _prefixes(tracer, known, callee.base, spot)
        for read in _read(tracer, call, spot, before + prefix, (0, 1))
    ]


def _names(tracer: Tracer, callee: Expr, spot: Spot) -> list[str]:
    """What is called in full; a bare name of C# may be of a class that the file uses statically as well."""
    full = full_name(tracer, callee, spot)
    if full is None or spot.within is None:
        return []
    unit = spot.within.unit
    used = unit.imports if unit.language is Language.CSHARP and isinstance(callee, Name) else ()
    return [full, *(f"{one.module}.{full}" for one in used if not one.alias)]


def _called_object(tracer: Tracer, known: SettingReads, call: Call, callee: Name, spot: Spot) -> list[Read]:
    """`config("X")`, where `config` is an object of settings that a variable of Python holds."""
    is_python = spot.within is not None and spot.within.unit.language is Language.PYTHON
    before = _prefixes(tracer, known, callee, spot) if is_python and callee.id[:1].islower() else []
    return [read for prefix in before for read in _read(tracer, call, spot, prefix, (0, -1))]


def _read(tracer: Tracer, call: Call, spot: Spot, prefix: str, at: tuple[int, int]) -> list[Read]:
    position, default = at
    plain = [one.value for one in call.arguments]
    if position >= len(plain):
        return []
    named = next((one.value for one in call.arguments if one.name == "default"), None)
    fallback = plain[default] if 0 <= default < len(plain) and named is None else named
    return [Read(prefix + name, fallback) for name in _texts(tracer, plain[position], spot)]


def _texts(tracer: Tracer, key: Expr, spot: Spot) -> list[str]:
    """The names that a key may be: a text, or constants."""
    if isinstance(key, Literal):
        return [] if (text := text_of(key)) is None else [text]
    found = [text for one, _ in tracer.values(key, spot) if (text := text_of(one))]
    return found or _told_by_settings(tracer, key, spot)


def _told_by_settings(tracer: Tracer, key: Expr, spot: Spot) -> list[str]:
    """The names that other settings give, where the name of one is kept in another: `c[c["A_KEY"]]`."""
    writes = tracer.repository.view(written_by_setting)
    return [
        text
        for setting in _settings_behind(tracer, key, spot)
        for one in writes.get(setting, ())[:_MOST_WRITERS]
        if (text := _plain_text(tracer, one))
    ]


def _plain_text(tracer: Tracer, one: Written) -> str:
    if one.template is None:
        return text_of(one.value) or ""
    told = plain(tracer.repository, one.template, one.value)
    return told if isinstance(told, str) else ""


def _settings_behind(tracer: Tracer, key: Expr, spot: Spot) -> list[Setting]:
    found: list[Setting] = []
    waiting: list[tuple[Expr, Spot]] = [(key, spot)]
    for one, at in waiting:
        hops = tracer.look(one, at).hops if len(waiting) <= _MOST_WRITERS else ()
        found += [hop.to for hop in hops if isinstance(hop.to, Setting)]
        waiting.extend((hop.to, hop.spot) for hop in hops if not isinstance(hop.to, Setting))
    return found


def _prefixes(tracer: Tracer, known: SettingReads, base: Expr, spot: Spot) -> list[str]:
    """The prefixes of the settings that an object gives by their names; none where it gives no settings."""
    if (found := _prefix_here(tracer, known, base, spot)) is not None:
        return [found]
    if (inner := _section(tracer, known, base, spot)) is not None:
        return inner
    if isinstance(base, Name | Member | Call):
        values = tracer.values(base, spot)
        return [
            prefix
            for one, at in values
            if one is not base
            for prefix in _prefixes_of_value(tracer, known, one, at)
        ]
    return []


def _prefixes_of_value(tracer: Tracer, known: SettingReads, value: Expr, spot: Spot) -> list[str]:
    if (found := _prefix_here(tracer, known, value, spot)) is not None:
        return [found]
    return _section(tracer, known, value, spot) or []


def _section(tracer: Tracer, known: SettingReads, base: Expr, spot: Spot) -> list[str] | None:
    """The prefixes of `x.GetSection("A")`, and of `x.GetSection("A").Get<T>()`."""
    if not isinstance(base, Call) or not isinstance(base.callee, Member):
        return None
    method = plain_type(base.callee.name)
    if method in known.sections and base.arguments:
        before = _prefixes(tracer, known, base.callee.base, spot)
        return [f"{one}{key}:" for one in before for key in _texts(tracer, base.arguments[0].value, spot)]
    if method in known.bound and not (base.arguments and method == "Get"):
        return _prefixes(tracer, known, base.callee.base, spot) or None
    return None


def _prefix_here(tracer: Tracer, known: SettingReads, base: Expr, spot: Spot) -> str | None:
    """The prefix of an object of settings that is one by its name, type or maker."""
    if isinstance(base, Member) and isinstance(base.base, Other) and base.base.kind == "meta_property":
        return "" if base.name == "env" else None
    if isinstance(base, Call):
        made = full_name(tracer, base.callee, spot) or str(getattr(base.callee, "name", ""))
        return _by_end(known.makers, made)
    full = full_name(tracer, base, spot)
    if full is not None and (prefix := _by_end(known.objects, full)) is not None:
        return prefix
    return _by_type(tracer, known, base, spot, full or "")


def _by_type(tracer: Tracer, known: SettingReads, base: Expr, spot: Spot, full: str) -> str | None:
    if spot.within is None or not isinstance(base, Name | Member):
        return None
    imports = tracer.code.imports(spot.within.unit)
    if isinstance(base, Name) and base.id in imports and imports[base.id].module in known.modules:
        return ""
    written = plain_type(type_of(tracer.code, base, spot.within))
    if written:
        return "" if written in known.types else None
    last = full.rpartition(".")[2].strip("_").casefold()
    return "" if last in known.named else None


def _by_end(known: dict[str, str], full: str) -> str | None:
    """What a table says of a name: of all of it, or of the end of it."""
    if full in known:
        return known[full]
    last_two = ".".join(full.rsplit(".", 2)[-2:])
    return known.get(last_two)


def full_name(tracer: Tracer, expression: Expr, spot: Spot) -> str | None:
    """`a.b.c` with the file's imports put in; none where anything but names is in it."""
    written = dotted(expression)
    if written is None or spot.within is None:
        return written
    first, dot, rest = written.partition(".")
    found = tracer.code.imports(spot.within.unit).get(first)
    if found is None:
        return written
    module = found.module.removeprefix("node:")
    base = module if found.name in {None, "default"} else f"{module}.{found.name}"
    return f"{base}{dot}{rest}"
