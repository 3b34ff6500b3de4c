"""Which files an import brings in, of those of the repository.

Rules:
- Python: `a.b` is `a/b.py` or `a/b/__init__.py` below any folder, the one nearest to the importing file
  first; leading dots go up from its folder;
- JavaScript: a relative path, with any ending or as a folder's `index`; an alias (`@/lib/x`, `~/x`) by
  its end;
- a name that a file only hands on (`from .a import x` in `__init__.py`, `export {x} from`, `export *`) is
  that of the file that it comes from, through a few files; what none of the repository has is from outside;
- Go: a folder, by the longest end of the import's path; Java and C# find classes by name instead.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import NamedTuple

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Language, Unit

_ALIASES = ("@/", "~/", "#/", "src/")
_MOST_HANDED_ON = 16
_HAND_ON = frozenset({Language.PYTHON, Language.JAVASCRIPT})


class Having(NamedTuple):
    """The files that may have a name, each with the name there, the first that was asked first; and imports
    of the name from outside the repository, each with the file that it stands in."""

    units: tuple[tuple[Unit, str], ...]
    outside: tuple[tuple[Unit, Import], ...]


class Modules:
    """The code files by what imports may call them."""

    def __init__(self, repository: Repository) -> None:
        self._named: dict[tuple[Language, str], list[Unit]] = defaultdict(list)
        self._folders: dict[str, list[Unit]] = defaultdict(list)
        self._found: dict[tuple[str, str], tuple[Unit, ...]] = {}
        self._having: dict[tuple[str, str, str], Having] = {}
        for unit in repository.units:
            self._add(unit)

    def _add(self, unit: Unit) -> None:
        stem, _ = posixpath.splitext(unit.path)
        folder, name = posixpath.split(stem)
        if unit.language is Language.GO:
            self._folders[folder].append(unit)
            self._named[unit.language, posixpath.basename(folder)].append(unit)
            return
        if name in {"__init__", "index"}:
            stem = folder
        self._named[unit.language, posixpath.basename(stem)].append(unit)

    def beside(self, unit: Unit) -> tuple[Unit, ...]:
        """The files whose top level is that of a file: itself, and in Go the others of its folder."""
        if unit.language is not Language.GO:
            return (unit,)
        return tuple(self._folders[posixpath.dirname(unit.path)])

    def imported(self, unit: Unit, module: str) -> tuple[Unit, ...]:
        """The files of the repository that a module's name means in a file."""
        key = (unit.path, module)
        if key not in self._found:
            self._found[key] = self._look_up(unit, module)
        return self._found[key]

    def having(self, unit: Unit, module: str, name: str) -> Having:
        """Where a name that a file imports from a module comes from; `default` is what a module is itself."""
        key = (unit.path, module, name)
        if key not in self._having:
            self._having[key] = self._handed_on(unit, module, name)
        return self._having[key]

    def _handed_on(self, unit: Unit, module: str, name: str) -> Having:
        waiting = [(one, name) for one in self.imported(unit, module)]
        seen = {(one.path, name) for one, _ in waiting}
        outside: list[tuple[Unit, Import]] = []
        for one, known in waiting:
            for brought in one.imports if one.language in _HAND_ON else ():
                if brought.alias and brought.alias != known:
                    continue
                meant = (brought.name or "default") if brought.alias else known
                further = self.imported(one, brought.module)
                waiting += [(other, meant) for other in further if (other.path, meant) not in seen]
                seen |= {(other.path, meant) for other in further}
                outside += [] if further else [(one, brought)]
            if len(waiting) >= _MOST_HANDED_ON:
                break
        return Having(tuple(waiting[:_MOST_HANDED_ON]), tuple(outside))

    def _look_up(self, unit: Unit, module: str) -> tuple[Unit, ...]:
        match unit.language:
            case Language.PYTHON:
                return self._nearest(unit, _python_path(unit, module))
            case Language.JAVASCRIPT:
                return self._nearest(unit, _javascript_path(unit, module))
            case Language.GO:
                return self._go(module)
            case _:
                return ()

    def _nearest(self, unit: Unit, path: str | None) -> tuple[Unit, ...]:
        if not path:
            return ()
        found = [
            (_common(one.path, unit.path), one)
            for one in self._named.get((unit.language, posixpath.basename(path)), ())
            if _is_at(one.path, path)
        ]
        return (max(found, key=lambda one: one[0])[1],) if found else ()

    def _go(self, module: str) -> tuple[Unit, ...]:
        units = self._named.get((Language.GO, posixpath.basename(module)), ())
        folders = {posixpath.dirname(one.path) for one in units}
        fitting = [one for one in folders if f"/{module}".endswith(f"/{one}")] or folders
        best = max(fitting, key=lambda one: _common(one[::-1], module[::-1]), default=None)
        return () if best is None else tuple(self._folders[best])


def _python_path(unit: Unit, module: str) -> str | None:
    dots = len(module) - len(module.lstrip("."))
    path = module.lstrip(".").replace(".", "/")
    if not dots:
        return path
    folder = posixpath.dirname(unit.path)
    for _ in range(dots - 1):
        folder = posixpath.dirname(folder)
    return "/" + posixpath.normpath(posixpath.join(folder, path))


def _javascript_path(unit: Unit, module: str) -> str | None:
    if module.startswith("."):
        folder = posixpath.dirname(unit.path)
        path = posixpath.normpath(posixpath.join(folder, module))
        return "/" + _without_ending(path)
    for alias in _ALIASES:
        if module.startswith(alias):
            return _without_ending(module.removeprefix(alias))
    return None


def _without_ending(path: str) -> str:
    stem, ending = posixpath.splitext(path)
    return stem if ending in {".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx"} else path


def _is_at(path: str, wanted: str) -> bool:
    """Whether a file is the module of a path, which is from the root if it begins with `/`."""
    stem, _ = posixpath.splitext(path)
    folder, name = posixpath.split(stem)
    stem = folder if name in {"__init__", "index"} else stem
    if wanted.startswith("/"):
        return f"/{stem}" == wanted
    return f"/{stem}".endswith(f"/{wanted}")


def _common(one: str, other: str) -> int:
    return len(posixpath.commonprefix([one, other]))
