"""Whether two contents of a key-value say the same, for whoever declares or imports them again.

Values of JSON that say the same in another spelling are the same for feature flags and references, which
nobody reads as text; a member that is null says as much as none, as the client for Python writes them.
"""

from __future__ import annotations

import msgspec

from keyless.planes.appconfig.key_values.rules import Content

_READ_AS_JSON = "application/vnd.microsoft.appconfig."


def says_the_same(one: Content, other: Content) -> bool:
    """Whether a content is another one, in whatever spelling."""
    return one == other or (
        (one.content_type, one.tags, one.description) == (other.content_type, other.tags, other.description)
        and (one.content_type or "").startswith(_READ_AS_JSON)
        and _spelled_alike(one.value) == _spelled_alike(other.value)
    )


def _spelled_alike(value: str | None) -> str | bytes | None:
    """JSON in the one spelling that all of the same meaning have; what is none as it stands."""
    try:
        said = msgspec.json.decode(value or "")
        if isinstance(said, dict):
            said = {name: one for name, one in said.items() if one is not None}
        return msgspec.json.encode(said, order="sorted")
    except (msgspec.DecodeError, RecursionError):
        return value
