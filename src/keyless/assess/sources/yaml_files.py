"""YAML of every kind: workflows, pipelines, manifests, charts, compose files, settings.

Rules:
- the name says the kind where there is a custom, and what is in the file elsewhere: `apiVersion` with `kind`
  is Kubernetes, `services` with images is compose, tasks or pools of Azure Pipelines are a pipeline;
- scripts in workflows and pipelines are units of their own;
- a file below a chart's `templates` is YAML only after Helm has been through it: what can be read of it is
  read, and what cannot is no problem. Anywhere else it is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.embedded_scripts import scripts_in
from keyless.assess.sources.helm_text import has_braces, hollow
from keyless.assess.sources.surroundings import Found, Macros
from keyless.assess.sources.tree import FileText
from keyless.assess.sources.yaml_records import YamlReader
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Expr, Record, entry_of, text_of
from keyless.assess.syntax.source import Source

_LOCKS = frozenset({"pnpm-lock.yaml", "yarn.lock.yml", "pubspec.lock.yaml", "chart.lock.yaml"})
_NAMES: tuple[tuple[re.Pattern[str], DocumentKind], ...] = (
    (re.compile(r"(.*/)?\.github/workflows/[^/]+"), DocumentKind.GITHUB_WORKFLOW),
    (re.compile(r"(.*/)?action\.ya?ml"), DocumentKind.GITHUB_WORKFLOW),
    (re.compile(r"(.*/)?azure-pipelines[^/]*"), DocumentKind.AZURE_PIPELINE),
    (re.compile(r"(.*/)?(docker-)?compose([.\-][^/]*)?\.ya?ml"), DocumentKind.COMPOSE),
    (re.compile(r"(.*/)?(application|bootstrap)([.\-_][^/]*)?\.ya?ml"), DocumentKind.SPRING),
)
_VALUES = re.compile(r"(.*/)?([\w.-]*[-.])?values([.\-][^/]*)?\.ya?ml")
_IN_CHART = re.compile(r"(.*/)?templates/.*")
_PIPELINE_KEYS = frozenset({"steps", "stages", "jobs", "extends"})
_PIPELINE_MARKS = re.compile(
    r"^\s*-?\s*(task|pool|vmImage|checkout|pwsh|azureSubscription)\s*:", re.MULTILINE
)


def read(path: str, text: str) -> Source:
    """A YAML file: its documents as records, and the scripts in it."""
    if PurePosixPath(path).name.casefold() in _LOCKS:
        return Source(path=path)
    characters = Characters(FileText(path, text))
    named = _named(path)
    templated = named is not DocumentKind.GITHUB_WORKFLOW and has_braces(text)
    reader = _templated(characters, named) if templated else _reader(characters, named, text, [])
    kind = named or _kind_of(reader.roots, path, text)
    units, unclear = scripts_in(kind, reader)
    problems = [] if templated and _IN_CHART.fullmatch(path) else reader.problems
    return Source(
        path=path,
        document=Document(path=path, kind=kind, roots=tuple(reader.roots)),
        units=units,
        problems=(*problems, *unclear),
    )


def _reader(
    characters: Characters, named: DocumentKind | None, text: str, holes: Sequence[Found]
) -> YamlReader:
    macros = _macros(named, text)
    reader = YamlReader(characters, text, holes, macros, names=named is DocumentKind.COMPOSE)
    reader.read()
    return reader


def _templated(characters: Characters, named: DocumentKind | None) -> YamlReader:
    """A template read in the way in which more of it is YAML."""
    reader = _reader(characters, named, *hollow(characters))
    if not reader.problems:
        return reader
    other = _reader(characters, named, *hollow(characters, "#"))
    return other if len(other.problems) < len(reader.problems) else reader


def _named(path: str) -> DocumentKind | None:
    folded = path.casefold()
    return next((kind for pattern, kind in _NAMES if pattern.fullmatch(folded)), None)


def _macros(named: DocumentKind | None, text: str) -> Macros:
    """What `$(x)` means here: the kind is not known for sure before the file is read."""
    if named is DocumentKind.AZURE_PIPELINE:
        return Macros.VARIABLES
    if named is not None:
        return Macros.NOTHING
    return Macros.ENVIRONMENT if "apiVersion:" in text else Macros.VARIABLES


def _kind_of(roots: list[Expr], path: str, text: str) -> DocumentKind:
    keys = [_keys(root) for root in roots]
    if any({"apiVersion", "kind"} <= one for one in keys):
        return DocumentKind.KUBERNETES
    if any(one & _PIPELINE_KEYS for one in keys) and _PIPELINE_MARKS.search(text):
        return DocumentKind.AZURE_PIPELINE
    if any(_is_compose(root) for root in roots):
        return DocumentKind.COMPOSE
    return DocumentKind.HELM_VALUES if _VALUES.fullmatch(path.casefold()) else DocumentKind.OTHER


def _keys(root: Expr) -> set[str]:
    entries = root.entries if isinstance(root, Record) else ()
    return {text_of(one.key) or "" for one in entries}


def _is_compose(root: Expr) -> bool:
    services = entry_of(root, "services")
    if services is None or not isinstance(services.value, Record):
        return False
    return any(
        _keys(one.value) & {"image", "build"} and not _keys(one.value) & {"host", "language"}
        for one in services.value.entries
    )
