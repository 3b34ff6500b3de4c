"""Which settings are kept out of a configuration store, because their values look like secrets.

Rules:
- a setting is judged as `keyless plan` judges one that a store holds: by the shape of its value, and by its
  name where the shape says nothing;
- what is JSON, also the value of a feature flag, is searched: each text in it is judged by its own name, and
  one that is a secret holds the whole back;
- a credential that stands somewhere in a text (a password in a connection string) holds it back, too;
- a reference to a secret is none. Whoever knows better names the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from keyless.catalog.shapes.inside import credential_in
from keyless.catalog.shapes.of_value import shape_of
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore
from keyless.plan.policy.secrets import SecretRule
from keyless.plan.secrets.fates import verdict_of
from keyless.plan.secrets.names import says_secret
from keyless.plan.secrets.stored import StoredKind, StoredValue
from keyless.planes.appconfig.key_values.records import KeyValue
from keyless.planes.appconfig.key_values.rules import Content, content_of

_NO_RULE = SecretRule()
_DRAWN = "drawn-by-lot"


Judged = tuple[KeyValue, str]
"""A key-value of a store, and why it looks like a secret; empty where it does not."""


def judged(store: ConfigurationStore, key_values: Iterable[KeyValue]) -> list[Judged]:
    """What a store holds, each with why it looks like a secret."""
    place = ResourceId.parse(store.resource_id)
    return [(one, why_held_back(place, one.key, content_of(one))) for one in key_values]


def why_held_back(store: ResourceId, key: str, content: Content) -> str:
    """Why a key-value is held back; empty where it is not. What is said holds no value."""
    value = content.value or ""
    return _within(store, _document(value)) or _by_itself(store, key, value, content)


def _by_itself(store: ResourceId, key: str, value: str, content: Content) -> str:
    """What the value as a whole says, and its name."""
    stored = StoredValue(
        container=store,
        kind=StoredKind.SETTING,
        name=key,
        shape=shape_of(value),
        content_type=content.content_type or "",
    )
    verdict = verdict_of(stored, _NO_RULE)
    if verdict is not None:
        return verdict.why
    return "there is a credential in it" if credential_in(value) is not None else ""


def _within(store: ResourceId, document: Any) -> str:  # noqa: ANN401  # any JSON
    """What the texts within JSON say; no text is one because it looks drawn by lot alone."""
    for path, text in _leaves(document, ""):
        shape = shape_of(text)
        if shape.id == _DRAWN and not says_secret(path):
            continue
        stored = StoredValue(container=store, kind=StoredKind.SETTING, name=path, shape=shape)
        if (verdict := verdict_of(stored, _NO_RULE)) is not None:
            return f"`{path}` in it: {verdict.why}"
    return ""


def _document(value: str) -> Any:  # noqa: ANN401  # any JSON
    if not value.lstrip().startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError):
        return None


def _leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401  # any JSON
    """Every text, with the names on the way to it; one in a list goes by the list's name."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(one, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for one in value:
            yield from _leaves(one, path)
