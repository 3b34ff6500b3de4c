"""Sets of key-values with all that each has: the Azure CLI's profile `appconfig/kvset`.

Rules:
- each says its own label, content type and tags; the Azure CLI writes these;
- `description` and `locked` are read and written besides, which the Azure CLI passes over;
- what else the service says of a key-value (`etag`, `last_modified`) is not looked at.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-import-export-data
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from keyless.deploy.sources import NotASource
from keyless.deploy.stores.found import FoundSettings
from keyless.planes.appconfig.key_values.records import KeyValue, Name
from keyless.planes.appconfig.key_values.rules import Content

ROOT = "items"


class _Item(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    value: str | None = None
    label: str | None = None
    content_type: str | None = None
    tags: dict[str, str | None] | None = None
    description: str | None = None
    locked: bool = False

    def __repr__(self) -> str:
        return "_Item(…)"


def is_kvset(document: object) -> bool:
    """Whether a document is a set of key-values."""
    items = document.get(ROOT) if isinstance(document, dict) else None
    return (
        isinstance(items, list)
        and len(document) == 1  # type: ignore[arg-type]  # a mapping, as it has items
        and all(isinstance(one, dict) and {"key", "value"} <= one.keys() for one in items)
    )


def add_kvset(document: Any, found: FoundSettings) -> None:  # noqa: ANN401  # any JSON
    """Note what a set holds.

    Raises:
        NotASource: it is none.
    """
    items = document.get(ROOT) if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise NotASource(f'it has no list of key-values: `{{"{ROOT}": [{{"key": …, "value": …}}]}}`')
    found.has_labels = found.has_features = True
    for number, given in enumerate(items, 1):
        try:
            item = msgspec.convert(given, _Item)
        except msgspec.ValidationError as error:
            found.leave_unread(_called(given, number), str(error)[:1].lower() + str(error)[1:])
            continue
        content = Content(item.value, item.content_type, item.tags or {}, item.description)
        found.add(Name(item.key, item.label), content, locked=item.locked)


def _called(given: Any, number: int) -> str:  # noqa: ANN401  # any JSON
    key = given.get("key") if isinstance(given, dict) else None
    return key if isinstance(key, str) else f"key-value {number}"


def kvset_text(key_values: Iterable[KeyValue]) -> str:
    """Key-values as a set."""
    return json.dumps({ROOT: [_item(one) for one in key_values]}, ensure_ascii=False, indent=2) + "\n"


def _item(one: KeyValue) -> dict[str, Any]:
    item: dict[str, Any] = {
        "key": one.key,
        "value": one.value,
        "label": one.label,
        "content_type": one.content_type,
        "tags": dict(one.tags),
    }
    if one.description is not None:
        item["description"] = one.description
    if one.locked:
        item["locked"] = True
    return item
