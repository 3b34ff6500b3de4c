"""Calls that take a password, told by a table: by language, library, name and place of the argument."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.files.purpose import is_test
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Call, Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Takes:
    """A call that takes a password, where the file imports one of ``modules``.

    ``position`` counts from the end where it is negative; ``names`` are what the argument may be called;
    with fewer arguments than ``least`` it is another overload. ``new`` is whether it makes an object.
    """

    language: Language
    modules: tuple[str, ...]
    call: str
    position: int
    names: tuple[str, ...] = ()
    least: int = 0
    new: bool = False


def passwords(repository: Repository, table: Sequence[Takes]) -> Iterator[tuple[CallSite, Expr]]:
    """Each call of the table with the expression of its password; not those of tests."""
    words = {takes.call for takes in table}
    for site in repository.view(calls):
        for takes in table if site.method.rpartition(".")[2] in words else ():
            if not _is_of(site, takes) or is_test(site.within.unit.path):
                continue
            password = _argument(site.call, takes)
            if password is not None:
                yield site, password
            break


def _is_of(site: CallSite, takes: Takes) -> bool:
    return (
        site.method.rpartition(".")[2] == takes.call
        and site.within.unit.language is takes.language
        and site.call.new is takes.new
        and imports(site.within.unit, takes.modules)
    )


def imports(unit: Unit, modules: Sequence[str]) -> bool:
    """Whether a file imports one of some modules, or something below one."""
    return any(_below(one.module, module) for one in unit.imports for module in modules)


def _below(module: str, wanted: str) -> bool:
    rest = module.removeprefix(wanted)
    return rest != module and (not rest or not rest[0].isalnum())


def _argument(call: Call, takes: Takes) -> Expr | None:
    named = next((one.value for one in call.arguments if one.name in takes.names), None)
    if named is not None:
        return named
    plain = [one.value for one in call.arguments if one.name is None and not one.spread]
    if len(plain) < max(takes.least, takes.position + 1, -takes.position):
        return None
    return plain[takes.position]
