"""Every call of the code, with the full name of what is called as far as imports tell it."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Unit
from keyless.assess.syntax.expressions import Assign, Call, Name, dotted
from keyless.assess.syntax.walk import Site, Within
from keyless.assess.walked import walked


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call where it stands. ``name`` is what is called with the file's imports put in (`azure.identity.
    DefaultAzureCredential`), as it is written where they say nothing; ``method`` is its last part."""

    call: Call
    within: Within
    name: str
    method: str


def calls(repository: Repository) -> tuple[CallSite, ...]:
    """The calls of every file: `repository.view(calls)`."""
    known = {id(unit): _known_in(unit) for unit in repository.units}
    sites = repository.view(walked).calls
    return tuple(
        found for site in sites if (found := _call_at(site, *known[id(site.within.unit)])) is not None
    )


def _known_in(unit: Unit) -> tuple[dict[str, Import], dict[str, str]]:
    """What a file imports by the names that it has there, and its own names for methods of that."""
    imports = {one.alias: one for one in unit.imports if one.alias}
    named: dict[str, list[str]] = {}
    for one in unit.body:
        if isinstance(one, Assign) and isinstance(one.target, Name) and one.value is not None:
            named.setdefault(one.target.id, []).append(dotted(one.value) or "")
    own = {name: values[0] for name, values in named.items() if len(values) == 1}
    return imports, {name: value for name, value in own.items() if value.partition(".")[0] in imports}


def _call_at(site: Site, known: dict[str, Import], own: dict[str, str]) -> CallSite | None:
    if not isinstance(site.expression, Call):
        return None
    written = dotted(site.expression.callee)
    if written is None:
        method = getattr(site.expression.callee, "name", "")
        return CallSite(site.expression, site.within, method, method)
    meant = own.get(written, written)
    return CallSite(site.expression, site.within, _full(meant, known), meant.rpartition(".")[2])


def _full(written: str, known: dict[str, Import]) -> str:
    first, dot, rest = written.partition(".")
    found = known.get(first)
    if found is None:
        return written
    base = found.module if found.name is None else f"{found.module}.{found.name}"
    return f"{base}{dot}{rest}"
