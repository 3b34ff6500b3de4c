"""Reads of a vault or a configuration store in code, of five languages.

Rules:
- operations that the code calls (`operations/`) count where they read an object, or all settings;
- a method of the repository itself that has such a name is none: what it does in turn is looked at;
- the argument that names what is read is the first that can be a name; a context or an address before it is
  none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.calls import CallSite
from keyless.assess.flows.code import Code, code
from keyless.assess.flows.targets import targets
from keyless.assess.operations import SeenOperation, seen_operations
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Expr, Member

_READS = {
    "get secret": "secret",
    "get key": "key",
    "get certificate": "certificate",
    "get key-value": "setting",
    "list key-values": "settings",
    "load key-values": "settings",
}


@dataclass(frozen=True, slots=True)
class VaultRead:
    """A read: of what kind of object, by which service, and the argument that names it."""

    site: CallSite
    kind: str
    service: str
    name: Expr | None


def vault_reads(repository: Repository) -> tuple[VaultRead, ...]:
    """Every read: `repository.view(vault_reads)`."""
    known: Code = repository.view(code)
    found = (one for one in repository.view(seen_operations) if one.operation.operation in _READS)
    return tuple(read for one in found for read in _read(known, one))


def _read(known: Code, one: SeenOperation) -> Iterator[VaultRead]:
    kind, call = _READS[one.operation.operation], one.site.call
    if one.operation.operation.startswith("load"):
        if one.method == "load":
            yield VaultRead(one.site, kind, one.service, None)
        return
    if isinstance(call.callee, Member) and call.arguments and not targets(known, call, one.site.within):
        yield VaultRead(one.site, kind, one.service, _name(one.site))


def _name(site: CallSite) -> Expr | None:
    arguments = site.call.arguments
    named = next((one.value for one in arguments if one.name in ("name", "key")), None)
    if named is not None:
        return named
    plain = [one.value for one in arguments if one.name is None]
    if site.within.unit.language is Language.GO:
        plain = plain[2:] if len(plain) > 3 and "azsecrets" not in site.name else plain[1:]
    return plain[0] if plain else None
