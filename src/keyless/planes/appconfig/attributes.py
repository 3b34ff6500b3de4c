"""What conditions may look at of an operation on key-values: the key, and the label.

Rules:
- an operation on one key-value says both, the label as having no value where there is none;
- a list says what its filter is about: the one text that the filter names, or the beginning that all of them
  have. A filter for everything, or for several texts, says nothing, so that a condition on it cannot be
  evaluated and the list is refused: what a condition was not asked about is never shown;
- `@Request` and `@Resource` say the same, because key and label are all that names a key-value.

Azure has documented no attributes of App Configuration (see the divergences).
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.authz.conditions.attributes import KEY, LABEL
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource, Beginning, Value
from keyless.planes.appconfig.asked import filter_in, name_in
from keyless.planes.appconfig.filters import TextFilter
from keyless.wire.operation import Asked


async def of_one(asked: Asked, service: object) -> Attributes:
    """Of the key-value that the path and the `label` parameter name."""
    name = name_in(asked.params)
    return _said({KEY: name.key, LABEL: name.label})


async def of_list(asked: Asked, service: object) -> Attributes:
    """Of the key-values, or their revisions, that the filters `key` and `label` mean.

    Those of a snapshot are what its own filters meant when it was made, so that of them nothing is said.
    """
    if "snapshot" in asked.params:
        return NO_ATTRIBUTES
    keys, labels = filter_in(asked.params, "key"), filter_in(asked.params, "label")
    return _said({**_meant(KEY, keys), **_meant(LABEL, labels)})


async def of_keys(asked: Asked, service: object) -> Attributes:
    """Of the keys that the filter `name` means."""
    return _said(_meant(KEY, filter_in(asked.params, "name", told_as="key")))


async def of_labels(asked: Asked, service: object) -> Attributes:
    """Of the labels that the filter `name` means."""
    return _said(_meant(LABEL, filter_in(asked.params, "name", told_as="label")))


def _meant(attribute: str, asked: TextFilter) -> Mapping[str, Value]:
    if asked.values is None:
        return {attribute: Beginning(asked.prefix)} if asked.prefix else {}
    only, *others = asked.values
    return {} if others else {attribute: only}


def _said(named: Mapping[str, Value]) -> Attributes:
    return {AttributeSource.REQUEST: named, AttributeSource.RESOURCE: named}
