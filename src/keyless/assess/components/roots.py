"""Which folders of a repository are deployed by themselves.

Rules:
- a service of `azure.yaml` is one, whatever else lies in its folder;
- so is a folder with a Dockerfile, a `host.json` of Functions, a `package.json` that can be started, a
  `pom.xml` without modules of its own, or code that begins a program; but not below another that is one,
  unless that is the whole repository;
- folders of tests, containers for developers (`.devcontainer`), templates and apps of devices (`Platforms`)
  are none.

Source: https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-schema
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from keyless.assess.operations.seen import is_test
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Call, Class, Define, dotted, entry_of, text_of
from keyless.assess.syntax.records import entries_at, text_at, value_at
from keyless.assess.syntax.walk import sites

_AZD = ("azure.yaml", "azure.yml")
_HOSTS = frozenset(
    {"WebApplication.CreateBuilder", "Host.CreateDefaultBuilder", "Host.CreateApplicationBuilder"}
)
_PYTHON = frozenset({"app.py", "main.py", "function_app.py", "manage.py", "wsgi.py", "asgi.py"})
_NEVER = frozenset(
    {".devcontainer", ".github", "infra", "infrastructure", "node_modules", "docs"} | {"Platforms"}
)


@dataclass(slots=True)
class Root:
    """A folder, what says that it is deployed, the name that it has for that, and to what it is deployed."""

    path: str
    known_by: list[str] = field(default_factory=list)
    name: str = ""
    host: str = ""


def roots(repository: Repository) -> list[Root]:
    """The folders, in the order of their paths."""
    found: dict[str, Root] = {}
    for path, known_by, name, host in _marked(repository):
        root = found.setdefault(path, Root(path))
        root.known_by.append(known_by)
        root.name, root.host = root.name or name, root.host or host
    named = {path for path, root in found.items() if root.name}
    return [found[path] for path in sorted(found) if path in named or not _is_below(path, found)]


def _is_below(path: str, found: dict[str, Root]) -> bool:
    parts = PurePosixPath(path).parts
    return any("/".join(parts[:length]) in found for length in range(1, len(parts)))


def root_of(path: str, known: list[Root]) -> Root | None:
    """The innermost folder that a file lies in."""
    fitting = [one for one in known if not one.path or path.startswith(f"{one.path}/")]
    return max(fitting, key=lambda one: len(one.path), default=None)


_Marked = tuple[str, str, str, str]


def _marked(repository: Repository) -> Iterator[_Marked]:
    for document in repository.documents:
        yield from _by_document(document)
    dockerfiles = [unit for unit in repository.units if unit.language is Language.DOCKERFILE]
    for unit in dockerfiles:
        if _may_be(unit.path):
            yield _folder(unit.path), "Dockerfile", "", ""
    for unit in repository.units:
        if not is_test(unit.path) and _may_be(unit.path) and (what := _begins(unit)):
            yield _folder(unit.path), what, "", ""


def _folder(path: str) -> str:
    parent = str(PurePosixPath(path).parent)
    return "" if parent == "." else parent


def _may_be(path: str) -> bool:
    return not _NEVER.intersection(PurePosixPath(path).parts)


def _by_document(document: Document) -> Iterator[_Marked]:
    name, folder = PurePosixPath(document.path).name, _folder(document.path)
    root = document.roots[0] if document.roots else None
    if name in _AZD:
        for one in entries_at(root, "services"):
            where = text_of(value_at(one.value, "project"))
            if where is not None:
                told = text_at(one.value, "host")
                yield _joined(folder, where), name, text_of(one.key) or "", told
    elif not _may_be(document.path) or is_test(document.path):
        return
    elif name == "host.json" and entry_of(root, "version"):
        yield folder, "host.json", "", ""
    elif name == "package.json" and entry_of(root, "scripts", "start"):
        yield folder, "package.json", "", ""
    elif name == "pom.xml" and not entry_of(root, "project", "modules"):
        yield folder, "pom.xml", "", ""


def _joined(folder: str, path: str) -> str:
    """A path that is named from a folder, as far as it stays within the repository."""
    parts: list[str] = list(PurePosixPath(folder).parts)
    for part in PurePosixPath(path.replace("\\", "/")).parts:
        if part == ".." and parts:
            parts.pop()
        elif part not in (".", "..", "/"):
            parts.append(part)
    return "/".join(parts)


def _begins(unit: Unit) -> str:
    """What begins a program in a file of code; empty where nothing does."""
    name = PurePosixPath(unit.path).name
    match unit.language:
        case Language.GO if unit.package == "main" and _defines(unit, "main"):
            return "main package"
        case Language.PYTHON if name in _PYTHON:
            return name
        case Language.CSHARP if _is_program(unit):
            return "program"
    return ""


def _defines(unit: Unit, name: str) -> bool:
    return any(isinstance(one, Define) and one.function.name == name for one in unit.body)


def _is_program(unit: Unit) -> bool:
    if any(isinstance(one, Class) and _has_main(one) for one in unit.body):
        return True
    return any(
        isinstance(one.expression, Call) and dotted(one.expression.callee) in _HOSTS for one in sites(unit)
    )


def _has_main(declared: Class) -> bool:
    return any(
        isinstance(one, Define) and one.function.name == "Main" and "static" in one.function.words
        for one in declared.body
    )


def languages_below(repository: Repository, known: list[Root]) -> dict[str, tuple[Language, ...]]:
    """The languages of the code in each folder."""
    found: dict[str, set[Language]] = defaultdict(set)
    for unit in repository.units:
        root = root_of(unit.path, known)
        if root is not None and unit.language not in (
            Language.DOCKERFILE,
            Language.SHELL,
            Language.POWERSHELL,
        ):
            found[root.path].add(unit.language)
    return {path: tuple(sorted(several)) for path, several in found.items()}
