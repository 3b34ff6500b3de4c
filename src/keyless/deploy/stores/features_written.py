"""Feature flags as sections of a file of JSON or YAML.

Rules:
- Microsoft's schema holds all of a flag: each is written in it, as the store keeps it;
- where a spelling of .NET's schema is asked for, a flag that it can say whole is written in that (true,
  false, or filters); any other stays in Microsoft's schema;
- a flag whose value is none, or that is called otherwise than its key, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from keyless.deploy.sources import Left
from keyless.deploy.stores.feature_sections import FLAGS, SECTION, SPELLINGS, Spelling
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE
from keyless.planes.appconfig.key_values.records import KeyValue

_KNOWN_TO_DOTNET = frozenset({"id", "enabled", "conditions"})
_CONDITIONS = frozenset({"client_filters", "requirement_type"})
_FILTERS = frozenset({"name", "parameters"})


def feature_sections(flags: Iterable[KeyValue], spelling: str | None) -> tuple[dict[str, Any], list[Left]]:
    """The sections of a document, and the flags that are in none."""
    listed: list[dict[str, Any]] = []
    by_name: dict[str, Any] = {}
    left: list[Left] = []
    words = SPELLINGS[spelling] if spelling is not None else None
    for one in flags:
        flag = _flag(one)
        if flag is None:
            left.append(Left(one.key, "its value is not that of a feature flag of this name"))
            continue
        said = _in_dotnet(flag, words) if words is not None else None
        if said is None:
            listed.append(flag)
        else:
            by_name[flag["id"]] = said
    sections: dict[str, Any] = {}
    if words is not None and by_name:
        sections[words.section] = by_name
    if listed:
        sections[SECTION] = {**sections.get(SECTION, {}), FLAGS: listed}
    return sections, left


def _flag(one: KeyValue) -> dict[str, Any] | None:
    try:
        flag = json.loads(one.value or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(flag, dict) or one.content_type != FLAG_TYPE:
        return None
    has_its_name = isinstance(flag.get("id"), str) and FLAG_PREFIX + flag["id"] == one.key
    return flag if has_its_name and isinstance(flag.get("enabled", False), bool) else None


def _in_dotnet(flag: dict[str, Any], words: Spelling) -> Any:  # noqa: ANN401  # any JSON
    """A flag in .NET's schema; none where that cannot say all of it."""
    enabled, conditions = flag.get("enabled", False), flag.get("conditions") or {}
    more = flag.keys() - _KNOWN_TO_DOTNET
    if (more and (more != {"description"} or flag["description"])) or flag["id"] == FLAGS:
        return None
    if not isinstance(conditions, dict) or not conditions.keys() <= _CONDITIONS:
        return None
    filters, requirement = conditions.get("client_filters") or [], conditions.get("requirement_type")
    if not filters and requirement is None:
        return enabled
    if not enabled or not filters or not all(map(_is_plain_filter, filters)):
        return None
    said = {words.enabled_for: [{name.capitalize(): value for name, value in one.items()} for one in filters]}
    return said if requirement is None else said | {words.requirement_type: requirement}


def _is_plain_filter(one: Any) -> bool:  # noqa: ANN401  # any JSON
    return (
        isinstance(one, dict)
        and one.keys() <= _FILTERS
        and str(one.get("name", "alwayson")).casefold() != "alwayson"
    )
