"""Which libraries a file of code brings in.

Rules:
- an import counts as its module, and as its module and name;
- C# files share what any file of the repository imports globally (`global using`): by custom these stand in a
  file whose name has `Usings` or `Imports` in it.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.catalog.client_calls import ANYWHERE, ClientLibrary, is_of


class Imported:
    """The modules that one file knows."""

    def __init__(self, unit: Unit, shared: tuple[Import, ...] = ()) -> None:
        imports = (*unit.imports, *shared)
        self.aliases = {one.alias: one for one in unit.imports if one.alias}
        self.modules = {one.module for one in imports}
        self._parts = {f"{one.module}.{one.name}" for one in imports if one.name}
        self._known: dict[int, bool] = {}

    @property
    def everything(self) -> set[str]:
        """Modules, and what is brought in of them, in full."""
        return self.modules | self._parts

    def has(self, library: ClientLibrary) -> bool:
        """Whether the file imports one of the modules of a library."""
        key = id(library)
        if key not in self._known:
            self._known[key] = ANYWHERE in library.libraries or any(
                is_of(library, module) for module in (*self.modules, *self._parts)
            )
        return self._known[key]

    def names(self, library: ClientLibrary, name: str) -> bool:
        """Whether a name in full may be one of a library: its import says so, or leaves it open."""
        if is_of(library, name):
            return True
        first = name.partition(".")[0]
        resolved = any(name == module or name.startswith(f"{module}.") for module in self._whole(first))
        return not resolved and self.has(library)

    def _whole(self, first: str) -> list[str]:
        return [one.module for one in self.aliases.values() if one.module.partition(".")[0] == first]


def imported(repository: Repository) -> dict[int, Imported]:
    """What every file brings in, by the identity of its unit: `repository.view(imported)`."""
    shared = tuple(
        one
        for unit in repository.units
        if unit.language is Language.CSHARP and _is_shared(unit.path)
        for one in unit.imports
    )
    return {
        id(unit): Imported(unit, shared if unit.language is Language.CSHARP else ())
        for unit in repository.units
    }


def _is_shared(path: str) -> bool:
    name = PurePosixPath(path).name.casefold()
    return "usings" in name or "imports" in name
