"""Nested values as settings with keys of several parts, as the Azure CLI flattens them.

Rules:
- the parts of a key are the names on the way to a value, and the places of a list, from 0;
- what lies deeper than was asked for, and all that is nested where there is no separator, becomes JSON;
- a text is taken as it is, what else there is as JSON writes it;
- where the content type is one of JSON every value is JSON, texts in quotes too, and lists stay whole;
- an object or list with nothing in it makes no key: it is told.

Source: https://learn.microsoft.com/azure/azure-app-configuration/howto-import-export-data
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from keyless.deploy.sources import NotASource
from keyless.deploy.stores.content_types import is_json_type
from keyless.deploy.stores.found import Form, FoundSettings

_EMPTY = "there is nothing in it, and no key comes of that"


def add_nested(document: Any, found: FoundSettings) -> None:  # noqa: ANN401  # any JSON
    """Note what a document holds.

    Raises:
        NotASource: it is neither an object nor a list.
    """
    if not isinstance(document, dict | list):
        raise NotASource('it holds no object of names and values, such as `{"Title": "Orders"}`')
    is_json = is_json_type(found.form.content_type)
    for key, value in _members(document):
        for whole_key, one in _flat(key, value, found.form, 1, is_json=is_json):
            if isinstance(one, dict | list) and not one and not is_json:
                found.leave_setting(whole_key, _EMPTY)
            else:
                found.add_setting(whole_key, one if isinstance(one, str) and not is_json else as_json(one))


def _flat(key: str, value: Any, form: Form, level: int, *, is_json: bool) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # any JSON
    goes_on = dict if is_json else dict | list
    if not value or not isinstance(value, goes_on) or (form.levels is not None and level >= form.levels):
        yield key, value
        return
    for part, inner in _members(value):
        yield from _flat(f"{key}{form.separator}{part}", inner, form, level + 1, is_json=is_json)


def _members(value: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # any JSON
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield from ((str(place), one) for place, one in enumerate(value))


def as_json(value: Any) -> str:  # noqa: ANN401  # any JSON
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False)
