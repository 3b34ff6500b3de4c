"""Every call of the code, with the full name of what is called as far as imports tell it."""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import
from keyless.assess.syntax.expressions import Call, dotted
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
    known = {id(unit): {one.alias: one for one in unit.imports if one.alias} for unit in repository.units}
    sites = repository.view(walked).calls
    return tuple(
        found for site in sites if (found := _call_at(site, known[id(site.within.unit)])) is not None
    )


def _call_at(site: Site, known: dict[str, Import]) -> CallSite | None:
    if not isinstance(site.expression, Call):
        return None
    written = dotted(site.expression.callee)
    if written is None:
        method = getattr(site.expression.callee, "name", "")
        return CallSite(site.expression, site.within, method, method)
    return CallSite(site.expression, site.within, _full(written, known), written.rpartition(".")[2])


def _full(written: str, known: dict[str, Import]) -> str:
    first, dot, rest = written.partition(".")
    found = known.get(first)
    if found is None:
        return written
    base = found.module if found.name is None else f"{found.module}.{found.name}"
    return f"{base}{dot}{rest}"
