"""What a project says that it is built with: project files of .NET, `package.json`, requirements, `pom.xml`.

Rules:
- the manifest of a file of code is the nearest one above it; two project files in one folder are none;
- a library is put behind what is listed last, on a line of its own, with its indentation; a list on one line
  takes a person;
- a project file whose references have no versions takes them from elsewhere: it gets none;
- what is pinned with hashes is not added to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from keyless.assess.findings.finding import Edit
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Entry, Expr, Record, entry_of, text_of, within
from keyless.assess.syntax.records import entries_at

_NAMES: Mapping[Language, tuple[str, ...]] = {
    Language.CSHARP: ("*.csproj",),
    Language.PYTHON: ("requirements.txt",),
    Language.JAVA: ("pom.xml",),
    Language.JAVASCRIPT: ("package.json",),
}
ADDED: Mapping[Language, tuple[str, str]] = {
    Language.CSHARP: ("Azure.Identity", "1.13.2"),
    Language.PYTHON: ("azure-identity", "1.19.0"),
    Language.JAVA: ("azure-identity", ""),
    Language.JAVASCRIPT: ("@azure/identity", "^4.5.0"),
}
"""The identity library of a language, and a version that manifests are given."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest: ``folder`` ends with `/`, and is empty at the root."""

    document: Document
    language: Language
    folder: str

    def names(self, library: str) -> bool:
        """Whether it lists a library."""
        return any(name.casefold() == library.casefold() for name, _ in self._listed())

    def with_library(self, library: str, version: str) -> Edit | None:
        """The edit that lists a library as well; none where that is not one line among its like."""
        listed = [entry for _, entry in self._listed()]
        if not listed:
            return None
        last = max(listed, key=lambda one: one.span.start)
        line = self._line(last, library, version)
        before = [one for one in listed if one is not last]
        if line is None or any(one.span.end_line >= last.span.line for one in before):
            return None
        return Edit(self.document.path, last.span.end, last.span.end, line)

    def _line(self, last: Entry, library: str, version: str) -> str | None:
        indent = "\n" + " " * (last.span.column - 1)
        match self.language:
            case Language.CSHARP if entry_of(last.value, "@Version") is not None:
                return f'{indent}<PackageReference Include="{library}" Version="{version}" />'
            case Language.JAVASCRIPT if self._is_list_over_lines(last):
                return f',{indent}"{library}": "{version}"'
            case Language.PYTHON if "--hash" not in str(text_of(last.value)):
                return f"{indent}{library}>={version}"
            case _:
                return None

    def _is_list_over_lines(self, last: Entry) -> bool:
        found = (entry_of(root, "dependencies") for root in self.document.roots)
        return all(one is not None and one.value.span.line < last.span.line for one in found)

    def _listed(self) -> Iterator[tuple[str, Entry]]:
        for root in self.document.roots:
            yield from _LISTED[self.language](root)


def manifest_of(repository: Repository, unit: Unit) -> Manifest | None:
    """The manifest of a file of code."""
    patterns = _NAMES.get(unit.language, ())
    for folder in PurePosixPath(unit.path).parents:
        path = "" if folder == PurePosixPath(".") else f"{folder.as_posix()}/"
        found = [one for one in repository.documents if _is_in(one.path, path, patterns)]
        if found:
            return Manifest(found[0], unit.language, path) if len(found) == 1 else None
    return None


def _is_in(path: str, folder: str, patterns: tuple[str, ...]) -> bool:
    name = path[len(folder) :]
    is_here = path.startswith(folder) and "/" not in name
    return is_here and any(PurePosixPath(name).match(one) for one in patterns)


def _references(root: Expr) -> Iterator[tuple[str, Entry]]:
    """`<PackageReference Include="…"/>`."""
    for one in within(root):
        for entry in one.entries if isinstance(one, Record) else ():
            named = entry_of(entry.value, "@Include") if text_of(entry.key) == "PackageReference" else None
            if named is not None:
                yield text_of(named.value) or "", entry


def _dependencies(root: Expr) -> Iterator[tuple[str, Entry]]:
    """The `dependencies` of a package of Node."""
    for entry in entries_at(root, "dependencies"):
        yield text_of(entry.key) or "", entry


def _artifacts(root: Expr) -> Iterator[tuple[str, Entry]]:
    """`<artifactId>` of Maven."""
    for one in within(root):
        found = entry_of(one, "artifactId", "#text") if isinstance(one, Record) else None
        if found is not None:
            yield text_of(found.value) or "", found


def _requirements(root: Expr) -> Iterator[tuple[str, Entry]]:
    """The lines of `requirements.txt`."""
    for entry in root.entries if isinstance(root, Record) else ():
        yield (text_of(entry.key) or "").replace("_", "-"), entry


_LISTED = {
    Language.CSHARP: _references,
    Language.PYTHON: _requirements,
    Language.JAVA: _artifacts,
    Language.JAVASCRIPT: _dependencies,
}
