"""What documents write: files of settings, environments of compose, workflows and pipelines, manifests.

Rules:
- .NET's settings are flattened with `:`, Spring's with `.`; what `local.settings.json` has below `Values` are
  names of their own;
- other JSON, YAML and properties count where their name says that they are settings;
- each kind with a form of its own has a module here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from keyless.assess.settings.setting import Written, setting_of
from keyless.assess.settings.writers.cluster import of_manifest
from keyless.assess.settings.writers.flat import flattened, key_of
from keyless.assess.settings.writers.lists import environment_of, pairs_in
from keyless.assess.settings.writers.pipelines import of_pipeline
from keyless.assess.settings.writers.where import is_for_tests, runs_from
from keyless.assess.settings.writers.workflows import of_workflow
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Expr, Items, Record, entry_of, text_of
from keyless.assess.syntax.records import entries_at, value_at
from keyless.assess.syntax.span import Place

_SETTINGS = re.compile(
    r"(.*[.\-_])?(config|configuration|settings?|secrets?|credentials?|parameters|env|environment|default|production)"
    r"([.\-_].*)?\.(json|jsonc|ya?ml|properties)",
    re.IGNORECASE,
)
_VALUES = re.compile(r"values:", re.IGNORECASE)
_AN_EXAMPLE = re.compile(
    r"\.(example|sample|template|dist|defaults?|test|local|dev|development|ci)\b", re.IGNORECASE
)


def of_document(document: Document) -> Iterator[Written]:
    """What a document writes."""
    write = _KINDS.get(document.kind)
    for root in document.roots if write is not None else ():
        yield from write(document, root)  # type: ignore[misc]


def _app_settings(document: Document, root: Expr) -> Iterator[Written]:
    local = "local.settings" in PurePosixPath(document.path).name.casefold()
    by = f"`{PurePosixPath(document.path).name}`"
    for name, value, entry in flattened(root, ":"):
        plain = name[7:] if local and _VALUES.match(name) else name
        yield Written(
            setting=setting_of(plain),
            name=plain,
            value=value,
            place=Place(document.path, entry.span),
            by=by,
            runs=not local and runs_from(document.path),
        )


def _dotted(document: Document, root: Expr) -> Iterator[Written]:
    by = f"`{PurePosixPath(document.path).name}`"
    for name, value, entry in flattened(root, "."):
        place = Place(document.path, entry.span)
        runs = runs_from(document.path)
        yield Written(setting=setting_of(name), name=name, value=value, place=place, by=by, runs=runs)


def _environment_file(document: Document, root: Expr) -> Iterator[Written]:
    name = PurePosixPath(document.path).name
    runs = not is_for_tests(document.path) and _AN_EXAMPLE.search(name) is None
    for one in root.entries if isinstance(root, Record) else ():
        key = key_of(one)
        place = Place(document.path, one.span)
        yield Written(
            setting=setting_of(key), name=key, value=one.value, place=place, by=f"`{name}`", runs=runs
        )


def _web_config(document: Document, root: Expr) -> Iterator[Written]:
    for section, key, value, prefix in (
        ("appSettings", "@key", "@value", ""),
        ("connectionStrings", "@name", "@connectionString", "ConnectionStrings:"),
    ):
        for one in entries_at(root, "configuration", section) or entries_at(root, section):
            name, given = entry_of(one.value, key), entry_of(one.value, value)
            if key_of(one) == "add" and name is not None and given is not None:
                full = prefix + (text_of(name.value) or "")
                yield Written(
                    setting=setting_of(full),
                    name=full,
                    value=given.value,
                    place=Place(document.path, one.span),
                    by=f"`{PurePosixPath(document.path).name}`",
                    runs=runs_from(document.path),
                )


def _compose(document: Document, root: Expr) -> Iterator[Written]:
    for service in entries_at(root, "services"):
        environment = value_at(service.value, "environment")
        if environment is not None:
            by = f"environment of `{key_of(service)}`"
            yield from environment_of(document.path, environment, by, runs=runs_from(document.path))


def _values(document: Document, root: Expr) -> Iterator[Written]:
    """Values of a chart: by name for its templates, and as an environment where they look like one."""
    for name, value, entry in flattened(root, "."):
        full = f"Values.{name}"
        place = Place(document.path, entry.span)
        yield Written(
            setting=setting_of(full),
            name=full,
            value=value,
            place=place,
            by="values of the chart",
            runs=False,
        )
    yield from of_manifest(document, root)


def _other(document: Document, root: Expr) -> Iterator[Written]:
    if _SETTINGS.fullmatch(PurePosixPath(document.path).name):
        yield from _dotted(document, root)
    elif isinstance(root, Record | Items):
        yield from _container_apps(document, root)


def _container_apps(document: Document, root: Expr) -> Iterator[Written]:
    """The YAML of a container app or a container group: environments as in manifests."""
    if document.path.casefold().endswith((".yml", ".yaml")) and entry_of(root, "properties") is not None:
        yield from pairs_in(
            document.path, root, "environment of the container", runs=runs_from(document.path)
        )


_KINDS: dict[DocumentKind, Callable[[Document, Expr], Iterator[Written]]] = {
    DocumentKind.APP_SETTINGS: _app_settings,
    DocumentKind.SPRING: _dotted,
    DocumentKind.DOTENV: _environment_file,
    DocumentKind.WEB_CONFIG: _web_config,
    DocumentKind.COMPOSE: _compose,
    DocumentKind.KUBERNETES: of_manifest,
    DocumentKind.HELM_VALUES: _values,
    DocumentKind.GITHUB_WORKFLOW: of_workflow,
    DocumentKind.AZURE_PIPELINE: of_pipeline,
    DocumentKind.OTHER: _other,
}
