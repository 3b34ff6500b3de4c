"""Which files an import brings in, of those of the repository.

Rules:
- Python: `a.b` is `a/b.py` or `a/b/__init__.py` below any folder, the one nearest to the importing file
  first; leading dots go up from its folder;
- JavaScript: a relative path, with any ending or as a folder's `index`; an alias (`@/lib/x`, `~/x`) by
  its end;
- Go: a folder, by the longest end of the import's path; Java and C# find classes by name instead.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit

_ALIASES = ("@/", "~/", "#/", "src/")


class Modules:
    """The code files by what imports may call them."""

    def __init__(self, repository: Repository) -> None:
        self._named: dict[tuple[Language, str], list[Unit]] = defaultdict(list)
        self._folders: dict[str, list[Unit]] = defaultdict(list)
        self._found: dict[tuple[str, str], tuple[Unit, ...]] = {}
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
