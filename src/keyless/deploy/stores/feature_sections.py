"""Feature flags in a file of JSON or YAML: its feature management section, in either schema.

Rules:
- Microsoft's schema is a list, `feature_management.feature_flags`, whose items are what a store keeps as the
  value of a flag; it can say all there is;
- the schema of .NET is a mapping by name, in one of four spellings: true, false, or an object whose
  `EnabledFor` lists filters; a flag with filters is enabled, one with an empty list is not, and `AlwaysOn`
  is no filter but the word for on;
- a file has one section of the .NET schema at most; of a flag that both schemas have, or a list has twice,
  the later definition counts, as it does for the Azure CLI;
- a flag that is not understood is left out, and told.

Source: https://github.com/microsoft/FeatureManagement/tree/main/Schema,
https://learn.microsoft.com/azure/azure-app-configuration/howto-import-export-data
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from keyless.deploy.sources import NotASource
from keyless.deploy.stores.found import FoundSettings
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE, flag_value
from keyless.model.nearest import quoted_list
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.rules import Content

FLAGS = "feature_flags"
SECTION = "feature_management"
_ALWAYS_ON = "alwayson"
_REQUIREMENTS = {"all": "All", "any": "Any"}

Flag = dict[str, Any]


class Spelling(NamedTuple):
    """How one naming convention writes the words of .NET's schema."""

    section: str
    enabled_for: str
    requirement_type: str


SPELLINGS = {
    "pascal": Spelling("FeatureManagement", "EnabledFor", "RequirementType"),
    "camel": Spelling("featureManagement", "enabledFor", "requirementType"),
    "underscore": Spelling(SECTION, "enabled_for", "requirement_type"),
    "hyphen": Spelling("feature-management", "enabled-for", "requirement-type"),
}
SECTIONS = frozenset(spelling.section for spelling in SPELLINGS.values())


class NotAFlag(Exception):
    """A definition that is not understood; the message says why."""


def take_sections(document: dict[str, Any], found: FoundSettings) -> dict[str, Any]:
    """A document without its sections of feature flags, which are noted.

    Raises:
        NotASource: a section is none, or there are several.
    """
    sections = {name: document[name] for name in document if name in SECTIONS}
    if not found.form.skip_features:
        found.has_features = found.has_features or bool(sections)
        for name, flag in _flags(sections, found):
            found.add(Name(FLAG_PREFIX + name), Content(flag_value(flag), FLAG_TYPE))
    return {name: value for name, value in document.items() if name not in SECTIONS}


def _flags(sections: dict[str, Any], found: FoundSettings) -> Iterator[tuple[str, Flag]]:
    if not_sections := [name for name, value in sections.items() if not isinstance(value, dict | None)]:
        raise NotASource(f"`{not_sections[0]}` is no mapping of feature flags")
    given = {name: dict(section or {}) for name, section in sections.items()}
    listed = given.get(SECTION, {}).pop(FLAGS, None) or []
    if not isinstance(listed, list):
        raise NotASource(f"`{SECTION}.{FLAGS}` is no list of feature flags")
    several = [name for name, section in given.items() if section]
    if len(several) > 1:
        raise NotASource(f"{quoted_list(several, 'and')} are sections of the same kind: keep one")
    flags: dict[str, Flag] = {}
    for name in several:
        flags |= _understood(given[name].items(), found, _of_dotnet)
    flags |= _understood(enumerate(listed, 1), found, _of_microsoft)
    yield from flags.items()


def _understood(given: Any, found: FoundSettings, read: Any) -> dict[str, Flag]:  # noqa: ANN401  # any JSON
    flags = {}
    for named, definition in given:
        try:
            flag = read(named, definition)
        except NotAFlag as error:
            found.leave_flag(_called(named, definition), str(error))
            continue
        flags[flag["id"]] = flag
    return flags


def _called(named: str | int, definition: Any) -> str:  # noqa: ANN401  # any JSON
    """What a definition is called by its place, or by its own id."""
    own = definition.get("id") if isinstance(definition, dict) else None
    return named if isinstance(named, str) else own if isinstance(own, str) else f"feature flag {named}"


def _of_microsoft(place: int, definition: Any) -> Flag:  # noqa: ANN401  # any JSON
    if not isinstance(definition, dict):
        raise NotAFlag("it is no object")
    name = _checked_name(definition.get("id"))
    flag = {"id": name, **definition, "enabled": _truth(definition.get("enabled", False))}
    conditions = definition.get("conditions")
    if isinstance(conditions, dict) and conditions.get("requirement_type"):
        flag["conditions"] = conditions | {"requirement_type": _requirement(conditions["requirement_type"])}
    return flag


def _of_dotnet(name: str, definition: Any) -> Flag:  # noqa: ANN401  # any JSON
    checked = _checked_name(name)
    if isinstance(definition, bool):
        return {"id": checked, "enabled": definition, "conditions": {"client_filters": []}}
    if not isinstance(definition, dict):
        raise NotAFlag("it is neither true nor false, nor an object")
    words = {_folded(word): value for word, value in definition.items()}
    filters = words.pop("enabledfor", None)
    if not isinstance(filters, list):
        raise NotAFlag("it has no list `EnabledFor`")
    if unknown := [word for word in definition if _folded(word) not in {"enabledfor", "requirementtype"}]:
        raise NotAFlag(f"`{unknown[0]}` is unknown in this schema: `{SECTION}.{FLAGS}` can say more")
    read = [_filter(one) for one in filters]
    enabled = bool(read)
    if any(one["name"].casefold() == _ALWAYS_ON for one in read):
        return {"id": checked, "enabled": True, "conditions": {"client_filters": []}}
    conditions: Flag = {"client_filters": read}
    if words.get("requirementtype"):
        conditions["requirement_type"] = _requirement(words["requirementtype"])
    return {"id": checked, "enabled": enabled, "conditions": conditions}


def _filter(given: Any) -> Flag:  # noqa: ANN401  # any JSON
    words = {str(word).casefold(): value for word, value in given.items()} if isinstance(given, dict) else {}
    name, parameters = words.get("name"), words.get("parameters")
    if not isinstance(name, str) or not name:
        raise NotAFlag("a filter of it has no `Name`")
    return {"name": name, "parameters": parameters} if parameters else {"name": name}


def _checked_name(name: Any) -> str:  # noqa: ANN401  # any JSON
    if not isinstance(name, str) or not name or "%" in name or ":" in name:
        raise NotAFlag("the name of a feature flag is a text without `%` and `:`")
    return name


def _truth(given: Any) -> bool:  # noqa: ANN401  # any JSON
    if isinstance(given, str) and given.lower() in {"true", "false"}:
        return given.lower() == "true"
    if not isinstance(given, bool):
        raise NotAFlag("`enabled` is neither true nor false")
    return given


def _requirement(given: Any) -> str:  # noqa: ANN401  # any JSON
    found = _REQUIREMENTS.get(given.lower()) if isinstance(given, str) else None
    if found is None:
        raise NotAFlag("its requirement type is neither `All` nor `Any`")
    return found


def _folded(word: str) -> str:
    return word.replace("-", "").replace("_", "").casefold()
