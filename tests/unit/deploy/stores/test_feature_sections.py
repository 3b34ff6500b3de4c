"""Sections of feature flags in files, in both schemas and all spellings."""

from __future__ import annotations

import json
from typing import Any

import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.stores.found import Form, FoundSettings
from keyless.deploy.stores.read import File, read_file
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE


def read(document: dict[str, Any], form: Form | None = None) -> FoundSettings:
    return read_file(File("x.json", json.dumps(document).encode()), form or Form(), Choice())


def flags(found: FoundSettings) -> dict[str, Any]:
    return {
        one.name.key.removeprefix(FLAG_PREFIX): json.loads(one.content.value or "")
        for one in found.arrivals
        if one.content.content_type == FLAG_TYPE
    }


HALF = {"Name": "Microsoft.Percentage", "Parameters": {"Value": 50}}
OWN = {"name": "Microsoft.Percentage", "parameters": {"Value": 50}}


@pytest.mark.parametrize(
    ("section", "enabled_for", "requirement_type"),
    [
        ("FeatureManagement", "EnabledFor", "RequirementType"),
        ("featureManagement", "enabledFor", "requirementType"),
        ("feature_management", "enabled_for", "requirement_type"),
        ("feature-management", "enabled-for", "requirement-type"),
    ],
)
def test_dotnets_schema_is_read_in_all_spellings(
    section: str, enabled_for: str, requirement_type: str
) -> None:
    found = read(
        {
            "Title": "x",
            section: {
                "On": True,
                "Off": False,
                "Always": {enabled_for: [{"Name": "AlwaysOn"}]},
                "Never": {enabled_for: []},
                "Some": {enabled_for: [HALF, {"name": "Own"}], requirement_type: "all"},
            },
        },
        Form(prefix="app:", label="dev"),
    )
    none: dict[str, Any] = {"client_filters": []}
    assert flags(found) == {
        "On": {"id": "On", "enabled": True, "conditions": none},
        "Off": {"id": "Off", "enabled": False, "conditions": none},
        "Always": {"id": "Always", "enabled": True, "conditions": none},
        "Never": {"id": "Never", "enabled": False, "conditions": none},
        "Some": {
            "id": "Some",
            "enabled": True,
            "conditions": {"client_filters": [OWN, {"name": "Own"}], "requirement_type": "All"},
        },
    }
    assert {one.name.label for one in found.arrivals} == {"dev"}
    assert "app:Title" in {one.name.key for one in found.arrivals}


WHOLE = {
    "id": "Beta",
    "description": "d",
    "enabled": True,
    "conditions": {"requirement_type": "Any", "client_filters": [OWN]},
    "variants": [{"name": "Big", "configuration_value": {"size": 9}, "status_override": "Disabled"}],
    "allocation": {"default_when_enabled": "Big", "percentile": [{"variant": "Big", "from": 0, "to": 9}]},
    "telemetry": {"enabled": True, "metadata": {"owner": "x"}},
}


def test_microsofts_schema_is_kept_as_it_stands() -> None:
    found = read({"feature_management": {"feature_flags": [WHOLE, {"id": "Plain", "enabled": "TRUE"}]}})
    assert flags(found) == {"Beta": WHOLE, "Plain": {"id": "Plain", "enabled": True}}
    assert found.has_features


def test_of_a_flag_that_stands_twice_the_later_counts() -> None:
    found = read(
        {
            "FeatureManagement": {"Beta": True, "Old": True},
            "feature_management": {"feature_flags": [{"id": "Beta", "enabled": True}, {"id": "Beta"}]},
        }
    )
    assert {name: flag["enabled"] for name, flag in flags(found).items()} == {"Beta": False, "Old": True}


def test_skipped_features_are_neither_flags_nor_settings() -> None:
    found = read({"FeatureManagement": {"Beta": True}, "a": 1}, Form(skip_features=True, separator=":"))
    assert [one.name.key for one in found.arrivals] == ["a"]
    assert not found.has_features


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        ("yes", "neither true nor false, nor an object"),
        ({"Filters": []}, "no list `EnabledFor`"),
        ({"EnabledFor": [{"Parameters": {}}]}, "no `Name`"),
        ({"EnabledFor": [], "Variants": []}, "`Variants` is unknown in this schema"),
        ({"EnabledFor": [HALF], "RequirementType": "One"}, "neither `All` nor `Any`"),
    ],
)
def test_a_flag_that_is_not_understood_is_left_out_and_the_others_come(definition: Any, why: str) -> None:
    found = read({"FeatureManagement": {"Odd": definition, "a:b": True, "Fine": True}})
    assert list(flags(found)) == ["Fine"]
    assert (found.left[0].what, why in found.left[0].why) == (FLAG_PREFIX + "Odd", True)
    assert "without `%` and `:`" in found.left[1].why


@pytest.mark.parametrize(
    ("definition", "why"),
    [
        (3, "it is no object"),
        ({"enabled": True}, "the name of a feature flag"),
        ({"id": "x", "enabled": "maybe"}, "neither true nor false"),
        ({"id": "x", "conditions": {"requirement_type": 1}}, "neither `All` nor `Any`"),
    ],
)
def test_so_is_one_of_microsofts_schema(definition: Any, why: str) -> None:
    found = read({"feature_management": {"feature_flags": [definition]}})
    assert not found.arrivals
    assert why in found.left[0].why


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"FeatureManagement": {"a": True}, "featureManagement": {"b": True}}, "of the same kind"),
        ({"feature_management": {"feature_flags": {}, "x": True}, "featureManagement": {"b": True}}, "same"),
        ({"feature_management": {"feature_flags": {"a": 1}}}, "is no list"),
        ({"FeatureManagement": [True]}, "is no mapping"),
    ],
)
def test_sections_that_contradict_each_other_are_no_source(document: dict[str, Any], why: str) -> None:
    with pytest.raises(NotASource, match=why):
        read(document)
