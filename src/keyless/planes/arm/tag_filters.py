"""Filtering by tags: `tagName eq 'env' and tagValue eq 'dev'` speaks of one tag, name and value together.

Source: https://learn.microsoft.com/rest/api/resources/resources/list#uri-parameters
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from keyless.planes.arm.filters import Fields, Filter, matches

TAG_FIELDS = frozenset({"tagname", "tagvalue"})
_NOTHING: Fields = MappingProxyType({})


def has_tags(wanted: Filter | None, tags: Mapping[str, str], others: Fields = _NOTHING) -> bool:
    """Whether a filter holds of a thing with these tags, for at least one; ``others`` are its own fields."""
    pairs: list[tuple[str | None, str | None]] = [*tags.items(), (None, None)]
    return any(matches(wanted, {**others, "tagname": name, "tagvalue": value}) for name, value in pairs)
