"""What conditions may look at of an operation on key-values: the key, and the label.

Rules:
- an operation on one key-value says both, the label as having no value where there is none;
- a list says what its filter is about: the one text that the filter names, or the beginning that all of them
  have. A filter for everything, or for several texts, says nothing, so that a condition on it cannot be
  evaluated and the list is refused: what a condition was not asked about is never shown;
- the making of a snapshot says what its filter is about, if it has one alone; of a snapshot itself nothing is
  said, for what is in it was chosen by others, when it was made;
- `@Request` and `@Resource` say the same, because key and label are all that names a key-value.

Azure has documented no attributes of App Configuration (see the divergences).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.authz.conditions.attributes import KEY, LABEL
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource, Beginning, Value
from keyless.planes.appconfig.asked import filter_in, name_in
from keyless.planes.appconfig.filters import NO_LABEL, TextFilter
from keyless.wire.operation import Asked


async def of_one(asked: Asked, service: object) -> Attributes:
    """Of the key-value that the path and the `label` parameter name."""
    name = name_in(asked.params)
    return _said({KEY: name.key, LABEL: name.label})


async def of_list(asked: Asked, service: object) -> Attributes:
    """Of the key-values, or their revisions, that the filters `key` and `label` mean."""
    keys, labels = filter_in(asked.params, "key"), filter_in(asked.params, "label")
    return _said({**_meant(KEY, keys), **_meant(LABEL, labels)})


async def of_keys(asked: Asked, service: object) -> Attributes:
    """Of the keys that the filter `name` means."""
    return _said(_meant(KEY, filter_in(asked.params, "name", told_as="key")))


async def of_labels(asked: Asked, service: object) -> Attributes:
    """Of the labels that the filter `name` means."""
    return _said(_meant(LABEL, filter_in(asked.params, "name", told_as="label")))


async def of_new_snapshot(asked: Asked, service: object) -> Attributes:
    """Of the key-values that a new snapshot is made of, where one filter chooses them all."""
    filters: list[Any] = getattr(asked.body, "filters", None) or []
    if len(filters) != 1:
        return NO_ATTRIBUTES
    only = filters[0]
    named = {"key": only.key or "", "label": only.label or NO_LABEL}
    keys, labels = filter_in(named, "key", "filters[0].key"), filter_in(named, "label", "filters[0].label")
    return _said({**_meant(KEY, keys), **_meant(LABEL, labels)})


def _meant(attribute: str, asked: TextFilter) -> Mapping[str, Value]:
    if asked.values is None:
        return {attribute: Beginning(asked.prefix)} if asked.prefix else {}
    only, *others = asked.values
    return {} if others else {attribute: only}


def _said(named: Mapping[str, Value]) -> Attributes:
    return {AttributeSource.REQUEST: named, AttributeSource.RESOURCE: named}
