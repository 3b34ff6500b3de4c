"""What Kubernetes manifests write: environments of containers, maps of configuration, secrets.

Rules:
- a key of a `ConfigMap` is a setting, wherever it is brought in;
- a key of a `Secret` is one of the cluster's secrets, and a setting as well, as `envFrom` makes it; `data` is
  decoded, where it is plain;
- `secretKeyRef` is the secret that it names.

Source: https://kubernetes.io/docs/concepts/configuration/secret/
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from keyless.assess.settings.setting import Written, cluster_secret_of, setting_of
from keyless.assess.settings.writers.flat import key_of
from keyless.assess.settings.writers.lists import pairs_in
from keyless.assess.settings.writers.where import runs_from
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Entry, Expr, Literal, text_of
from keyless.assess.syntax.records import entries_at, items_at, text_at
from keyless.assess.syntax.span import Place


def of_manifest(document: Document, root: Expr) -> Iterator[Written]:
    """What a manifest, or a chart's values, write."""
    runs = runs_from(document.path)
    match text_at(root, "kind"):
        case "ConfigMap":
            yield from _config_map(document, root, runs=runs)
        case "Secret":
            yield from _secret(document, root, runs=runs)
        case "List":
            for item in items_at(root, "items"):
                yield from of_manifest(document, item)
        case kind:
            name = text_at(root, "metadata", "name") or kind or "the chart"
            yield from pairs_in(document.path, root, f"environment of `{name}`", runs=runs)


def _config_map(document: Document, root: Expr, *, runs: bool) -> Iterator[Written]:
    name = text_at(root, "metadata", "name")
    for entry in entries_at(root, "data"):
        yield Written(
            setting=setting_of(key_of(entry)),
            name=key_of(entry),
            value=entry.value,
            place=Place(document.path, entry.span),
            by=f"config map `{name}`",
            runs=runs,
        )


def _secret(document: Document, root: Expr, *, runs: bool) -> Iterator[Written]:
    name = text_at(root, "metadata", "name")
    for entry in (*entries_at(root, "stringData"), *map(_decoded, entries_at(root, "data"))):
        key = key_of(entry)
        for setting in (cluster_secret_of(name, key), setting_of(key)):
            yield Written(
                setting=setting,
                name=key,
                value=entry.value,
                place=Place(document.path, entry.span),
                by=f"secret `{name}` of the cluster",
                runs=runs,
            )


def _decoded(entry: Entry) -> Entry:
    """An entry with its value decoded from base64, where it is that and a text."""
    text = text_of(entry.value)
    if text is None:
        return entry
    try:
        plain = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return entry
    return Entry(entry.span, entry.key, Literal(entry.value.span, plain))
