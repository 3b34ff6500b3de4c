"""Reads of a vault or a configuration store in code, of five languages.

Rules:
- a method counts where the library that has it is known: the file imports it, or a file of the repository
  that it imports;
- a method of the repository itself that has such a name is none: what it does in turn is looked at;
- the argument that names what is read is the first that can be a name; a context or an address before it is
  none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.flows.code import Code, code
from keyless.assess.flows.targets import targets
from keyless.assess.flows.types import type_of
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Expr, Member
from keyless.catalog.client_methods import kinds_named, operation_called

_READS = {
    "get secret": ("secret", "keyvault"),
    "get key": ("key", "keyvault"),
    "get certificate": ("certificate", "keyvault"),
    "get key-value": ("setting", "appconfig"),
    "list key-values": ("settings", "appconfig"),
}
_GO_SETTING = {"GetSetting": "get key-value"}
_LEGACY = ("microsoft.azure.keyvault", "azure-keyvault", "/keyvault/keyvault")
_LEGACY_KINDS = frozenset({"secret", "key", "certificate"})
_PROVIDERS = ("azure.appconfiguration.provider.load", "@azure/app-configuration-provider.load")
_LANGUAGES = frozenset({Language.PYTHON, Language.JAVASCRIPT, Language.CSHARP, Language.JAVA, Language.GO})
_TYPES = (
    "secretclient", "secretasyncclient", "keyclient", "keyasyncclient", "certificateclient", "keyvault",
    "certificateasyncclient", "configurationclient", "configurationasyncclient", "appconfigurationclient",
    "azsecrets", "azkeys", "azcertificates", "azappconfig",
)  # fmt: skip
_OTHERS = ("dapr", "secretmanager", "hvac", "hashicorp", "vaultsharp")


@dataclass(frozen=True, slots=True)
class VaultRead:
    """A read: of what kind of object, by which service, and the argument that names it."""

    site: CallSite
    kind: str
    service: str
    name: Expr | None


def vault_reads(repository: Repository) -> tuple[VaultRead, ...]:
    """Every read: `repository.view(vault_reads)`."""
    return tuple(_Reads(repository).all())


class _Reads:
    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._code: Code = repository.view(code)
        self._kinds: dict[int, frozenset[str]] = {}

    def all(self) -> Iterator[VaultRead]:
        for site in self._repository.view(calls):
            if site.within.unit.language not in _LANGUAGES:
                continue
            found = self._read(site)
            if found is not None:
                yield found

    def _read(self, site: CallSite) -> VaultRead | None:
        if site.name in _PROVIDERS:
            return VaultRead(site, "settings", "appconfig", None)
        callee = site.call.callee
        if not isinstance(callee, Member) or site.call.new or not site.call.arguments:
            return None
        operation = self._operation(site)
        if operation not in _READS or not self._is_client(site, callee.base):
            return None
        kind, service = _READS[operation]
        return VaultRead(site, kind, service, _name(site))

    def _operation(self, site: CallSite) -> str:
        kinds = self._known_in(site.within.unit)
        if not kinds:
            return ""
        if "key-value" in kinds and site.within.unit.language is Language.GO and site.method in _GO_SETTING:
            return _GO_SETTING[site.method]
        operation = operation_called(site.method, kinds)
        return "" if operation is None else operation.operation

    def _is_client(self, site: CallSite, base: Expr) -> bool:
        """Whether an object may be a client of the library: nothing says that it is something else."""
        if targets(self._code, site.call, site.within):
            return False
        written = type_of(self._code, base, site.within).casefold()
        if any(one in written for one in _TYPES) or not written:
            return True
        known = self._code.defined.classes_named(written.rpartition(".")[2], site.within.unit)
        return not known and not any(one in written for one in _OTHERS)

    def _known_in(self, unit: Unit) -> frozenset[str]:
        """The kinds of library that a file, or what it imports of the repository, brings in."""
        key = id(unit)
        if key not in self._kinds:
            imported = [
                one for each in unit.imports for one in self._code.modules.imported(unit, each.module)
            ]
            found = [_kinds(one) for one in (unit, *imported)]
            self._kinds[key] = frozenset(kind for kinds in found for kind in kinds)
        return self._kinds[key]


def _kinds(unit: Unit) -> frozenset[str]:
    modules = "\n".join(f"{one.module}.{one.name}" if one.name else one.module for one in unit.imports)
    folded = modules.casefold()
    legacy = _LEGACY_KINDS if any(one in folded for one in _LEGACY) else frozenset()
    return kinds_named(folded) | legacy


def _name(site: CallSite) -> Expr | None:
    arguments = site.call.arguments
    named = next((one.value for one in arguments if one.name in ("name", "key")), None)
    if named is not None:
        return named
    plain = [one.value for one in arguments if one.name is None]
    if site.within.unit.language is Language.GO:
        plain = plain[2:] if len(plain) > 3 and "azsecrets" not in site.name else plain[1:]
    return plain[0] if plain else None
