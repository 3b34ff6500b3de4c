"""Feature flags as an exported file writes them, where that says all of them."""

from __future__ import annotations

from typing import Any

from keyless.estate import naming
from keyless.estate.key_values import FLAG_PREFIX

Document = dict[str, Any]
_OF_FLAG = frozenset(
    {"id", "description", "enabled", "display_name", "conditions", "variants", "allocation", "telemetry"}
)


def feature_document(flag: Document, key: str) -> Document | None:
    """A flag by the value that a store keeps; none where the file has no way to say it.

    Whether the file says all of it is for whoever reads it back to tell.
    """
    name, enabled = flag.get("id"), flag.get("enabled")
    if not isinstance(name, str) or key != FLAG_PREFIX + name or not naming.FEATURE.allows(name):
        return None
    variants = flag.get("variants") or []
    if not isinstance(enabled, bool) or not flag.keys() <= _OF_FLAG or not isinstance(variants, list):
        return None
    document: Document = {"featureFlag": name, "enabled": enabled}
    said = {
        "description": flag.get("description"),
        "displayName": flag.get("display_name"),
        "conditions": _camel(flag.get("conditions"), {"client_filters", "requirement_type"}),
        "variants": [_camel(one, {"configuration_value", "status_override"}) for one in variants],
        "allocation": _camel(flag.get("allocation"), {"default_when_enabled", "default_when_disabled"}),
        "telemetry": flag.get("telemetry"),
    }
    if said["conditions"] == {"clientFilters": []}:
        del said["conditions"]
    return document | {name: one for name, one in said.items() if one}


def _camel(given: Any, names: set[str]) -> Any:  # noqa: ANN401  # any JSON
    """An object with some of its names in camel case."""
    if not isinstance(given, dict):
        return given
    return {_camel_name(name) if name in names else name: one for name, one in given.items()}


def _camel_name(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
