"""The identity library of a language: how a credential is made with it, and what brings it in.

Rules:
- a project has the library where its manifest says so, or where code of the repository imports it already;
- where it has not, the manifest gets it if that is one line beside its like: a `PackageReference` with a
  version in the project file of .NET, a dependency in `package.json`, a line of `requirements.txt`; the
  nearest manifest above the file counts;
- elsewhere (versions kept in one place for all projects, Maven, Gradle) there is nothing to offer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyless.assess.calls import calls
from keyless.assess.findings.finding import Edit
from keyless.assess.fixes.manifests import ADDED, Manifest, manifest_of
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import Name


@dataclass(frozen=True, slots=True)
class IdentityLibrary:
    """How a language makes a credential, and where it comes from."""

    credential: str
    imported: str
    name: str
    statement: str


IDENTITY_LIBRARIES: Mapping[Language, IdentityLibrary] = {
    Language.CSHARP: IdentityLibrary(
        "new DefaultAzureCredential()", "Azure.Identity", "", "using Azure.Identity;\n"
    ),
    Language.PYTHON: IdentityLibrary(
        "DefaultAzureCredential()",
        "azure.identity",
        "DefaultAzureCredential",
        "from azure.identity import DefaultAzureCredential\n",
    ),
    Language.JAVA: IdentityLibrary(
        "new DefaultAzureCredentialBuilder().build()",
        "com.azure.identity",
        "DefaultAzureCredentialBuilder",
        "import com.azure.identity.DefaultAzureCredentialBuilder;\n",
    ),
    Language.JAVASCRIPT: IdentityLibrary(
        "new DefaultAzureCredential()",
        "@azure/identity",
        "DefaultAzureCredential",
        'import { DefaultAzureCredential } from "@azure/identity";\n',
    ),
}
_REQUIRED = 'const { DefaultAzureCredential } = require("@azure/identity");\n'


def brought_in(repository: Repository, unit: Unit) -> tuple[Edit, ...] | None:
    """What brings the credential into a file, and its library into the project; none where that is open."""
    known = IDENTITY_LIBRARIES.get(unit.language)
    added = None if known is None else _library(repository, unit, known)
    if known is None or added is None or any(one.module.endswith(".aio") for one in unit.imports):
        return None  # clients of Python's `aio` take credentials of their own
    if _has(unit, known):
        return added
    first = min((one.span for one in unit.imports if _is_at_top(one, unit)), default=None)
    if first is None:
        return None
    text = _statement(repository, unit, known) + " " * (first.column - 1)
    return (*added, Edit(unit.path, first.start, first.start, text))


def _is_at_top(one: Import, unit: Unit) -> bool:
    """Whether another import may come before it: not before Python's `__future__`, nor within a block."""
    if unit.language is Language.CSHARP:
        return True  # also those within a namespace
    return one.span.column == 1 and one.module != "__future__"


def _library(repository: Repository, unit: Unit, known: IdentityLibrary) -> tuple[Edit, ...] | None:
    manifest = manifest_of(repository, unit)
    if manifest is not None and manifest.names(ADDED[unit.language][0]):
        return ()
    below = "" if manifest is None else manifest.folder
    if any(_imports(one, known) for one in repository.units if _is_beside(one, unit, below)):
        return ()
    return None if manifest is None else _added(manifest, unit)


def _added(manifest: Manifest, unit: Unit) -> tuple[Edit, ...] | None:
    edit = manifest.with_library(*ADDED[unit.language])
    return None if edit is None else (edit,)


def _is_beside(one: Unit, unit: Unit, folder: str) -> bool:
    return one.language is unit.language and one.path.startswith(folder)


def _imports(unit: Unit, known: IdentityLibrary) -> bool:
    return any(one.module == known.imported for one in unit.imports)


def _has(unit: Unit, known: IdentityLibrary) -> bool:
    """Whether the file knows the credential by its name."""
    return any(
        one.module == known.imported
        and one.name in {None, known.name or None}
        and one.alias in {"", known.name}
        for one in unit.imports
    )


def _statement(repository: Repository, unit: Unit, known: IdentityLibrary) -> str:
    """The import, in the way of the file: modules of Node are required or imported."""
    if unit.language is not Language.JAVASCRIPT:
        return known.statement
    required = any(
        isinstance(one.call.callee, Name) and one.call.callee.id == "require"
        for one in repository.view(calls)
        if one.within.unit is unit
    )
    return _REQUIRED if required else known.statement
