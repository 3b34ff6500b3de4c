"""Code that makes credential objects of azure-identity, and clients of Azure, in five languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.catalog.value_calls import value_calls

_CREDENTIAL = re.compile(r"(New)?\w*Credential(Builder)?")
_CLIENT = re.compile(r"(New)?\w*Client(Builder)?")
_PER_USER = frozenset({"OnBehalfOfCredential", "NewOnBehalfOfCredential", "OnBehalfOfCredentialBuilder"})
_SDK = {
    Language.PYTHON: ("azure.",),
    Language.JAVASCRIPT: ("@azure/",),
    Language.CSHARP: ("Azure.",),
    Language.JAVA: ("com.azure.",),
    Language.GO: ("github.com/Azure/azure-sdk-for-go/sdk/",),
}
_IDENTITY = {
    Language.PYTHON: ("azure.identity",),
    Language.JAVASCRIPT: ("@azure/identity",),
    Language.CSHARP: ("Azure.Identity",),
    Language.JAVA: ("com.azure.identity",),
    Language.GO: ("github.com/Azure/azure-sdk-for-go/sdk/azidentity",),
}
_MADE_WITH_NEW = frozenset({Language.CSHARP, Language.JAVA, Language.JAVASCRIPT})


@dataclass(frozen=True, slots=True)
class Made:
    """A call that makes one; ``credential`` is whether it is a credential object, and no client."""

    site: CallSite
    name: str
    credential: bool


def made(repository: Repository) -> tuple[Made, ...]:
    """Every such call: `repository.view(made)`."""
    return tuple(_all(repository))


def _all(repository: Repository) -> Iterator[Made]:
    for site in repository.view(calls):
        unit = site.within.unit
        if unit.language not in _SDK or site.call.new != (unit.language in _MADE_WITH_NEW):
            continue
        name = site.method.rpartition(".")[2]
        if _is_credential(name, unit) and _is_of(site, unit, _IDENTITY[unit.language]):
            yield Made(site, name, credential=True)
        elif _CLIENT.fullmatch(name) and _is_of(site, unit, _SDK[unit.language]):
            yield Made(site, name, credential=False)


def _is_credential(name: str, unit: Unit) -> bool:
    if not _CREDENTIAL.fullmatch(name) or name in _PER_USER:
        return False
    known = value_calls()
    return name in known.identity or name in known.entra_secrets


def _is_of(site: CallSite, unit: Unit, modules: tuple[str, ...]) -> bool:
    """Whether what is called comes from one of some modules, as far as imports tell it."""
    if unit.language in (Language.PYTHON, Language.JAVASCRIPT, Language.GO):
        return site.name.startswith(modules)
    return any(one.module.startswith(modules) for one in unit.imports)
