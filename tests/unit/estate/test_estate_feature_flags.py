"""Feature flags of an estate: what a store keeps of them, what is refused and where, and the way back."""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

import pytest
from estate_texts import estate, in_group, only

from keyless.estate.export.document import export_text
from keyless.estate.key_values import FLAG_PREFIX, FLAG_TYPE
from keyless.estate.read import read_text
from keyless.model.estate import DeclaredSetting, Estate

WHOLE = """
- featureFlag: Beta
  enabled: true
  description: What is new.
  displayName: New things
  label: prod
  tags: {team: orders}
  conditions:
    requirementType: All
    clientFilters:
      - name: Microsoft.Targeting
        parameters:
          Audience:
            Users: [anna@example.com]
            Groups: [{Name: Ring1, RolloutPercentage: 50}]
            DefaultRolloutPercentage: 10
            Exclusion: {Users: [bob], Groups: [Ring9]}
      - name: Microsoft.TimeWindow
        parameters:
          Start: 2027-03-22T20:00:00Z
          End: 'Tue, 23 Mar 2027 02:00:00 GMT'
          Recurrence:
            Pattern: {Type: Weekly, Interval: 1, DaysOfWeek: [Monday, Thursday], FirstDayOfWeek: Monday}
            Range: {Type: EndDate, EndDate: 2027-06-30}
      - {name: Microsoft.Percentage, parameters: {Value: 12.5}}
      - Own
  variants:
    - {name: Big, configurationValue: {size: 500, of: [a, null, true, 1.5]}, statusOverride: Disabled}
    - {name: Small, configurationValue: 300px}
    - {name: None}
  allocation:
    percentile: [{variant: Big, from: 0, to: 10}, {variant: Small, from: 10, to: 100}]
    group: [{variant: Big, groups: [Ring1]}]
    user: [{variant: Small, users: [anna@example.com, bob]}]
    seed: abc
    defaultWhenEnabled: Small
    defaultWhenDisabled: None
  telemetry: {enabled: true, metadata: {owner: orders}}
"""
KEPT: dict[str, Any] = {
    "id": "Beta",
    "description": "What is new.",
    "enabled": True,
    "display_name": "New things",
    "conditions": {
        "requirement_type": "All",
        "client_filters": [
            {
                "name": "Microsoft.Targeting",
                "parameters": {
                    "Audience": {
                        "Users": ["anna@example.com"],
                        "Groups": [{"Name": "Ring1", "RolloutPercentage": 50}],
                        "DefaultRolloutPercentage": 10,
                        "Exclusion": {"Users": ["bob"], "Groups": ["Ring9"]},
                    }
                },
            },
            {
                "name": "Microsoft.TimeWindow",
                "parameters": {
                    "Start": "Mon, 22 Mar 2027 20:00:00 GMT",
                    "End": "Tue, 23 Mar 2027 02:00:00 GMT",
                    "Recurrence": {
                        "Pattern": {
                            "Type": "Weekly",
                            "Interval": 1,
                            "DaysOfWeek": ["Monday", "Thursday"],
                            "FirstDayOfWeek": "Monday",
                        },
                        "Range": {"Type": "EndDate", "EndDate": "Wed, 30 Jun 2027 00:00:00 GMT"},
                    },
                },
            },
            {"name": "Microsoft.Percentage", "parameters": {"Value": 12.5}},
            {"name": "Own"},
        ],
    },
    "variants": [
        {
            "name": "Big",
            "configuration_value": {"size": 500, "of": ["a", None, True, 1.5]},
            "status_override": "Disabled",
        },
        {"name": "Small", "configuration_value": "300px"},
        {"name": "None"},
    ],
    "allocation": {
        "percentile": [
            {"variant": "Big", "from": 0, "to": 10},
            {"variant": "Small", "from": 10, "to": 100},
        ],
        "group": [{"variant": "Big", "groups": ["Ring1"]}],
        "user": [{"variant": "Small", "users": ["anna@example.com", "bob"]}],
        "seed": "abc",
        "default_when_enabled": "Small",
        "default_when_disabled": "None",
    },
    "telemetry": {"enabled": True, "metadata": {"owner": "orders"}},
}


def with_settings(settings: str) -> str:
    indented = settings.strip().replace("\n", "\n      ")
    return in_group(f"configurationStores:\n  store:\n    settings:\n      {indented}\n")


def flag(more: str) -> str:
    return with_settings(f"- {{featureFlag: Beta, enabled: true, {more}}}")


def kept(settings: str) -> DeclaredSetting:
    [setting] = estate(with_settings(settings)).settings
    return setting


def test_a_flag_is_kept_as_microsofts_schema_says_it() -> None:
    setting = kept(WHOLE)
    assert (setting.key, setting.content_type) == (FLAG_PREFIX + "Beta", FLAG_TYPE)
    assert (setting.label, setting.tags) == ("prod", {"team": "orders"})
    assert json.loads(setting.value) == KEPT


def test_a_flag_without_more_is_kept_as_portals_write_it() -> None:
    setting = kept("- {featureFlag: Beta, enabled: false, conditions: , telemetry: {}, allocation: {}}")
    assert json.loads(setting.value) == {
        "id": "Beta",
        "description": "",
        "enabled": False,
        "conditions": {"client_filters": []},
        "allocation": {},
        "telemetry": {"enabled": False},
    }


def test_an_exported_flag_is_a_flag_and_the_same() -> None:
    declared = estate(with_settings(WHOLE))
    text = export_text(declared)
    assert "featureFlag: Beta" in text
    assert "application/vnd" not in text
    [again] = read_text(text, {}).settings
    assert json.loads(again.value) == KEPT
    assert export_text(read_text(text, {})) == text


DEEP: Any = reduce(lambda inner, _: {"a": inner}, range(600), {})


@pytest.mark.parametrize(
    "value",
    [
        KEPT | {"extra": 1},
        KEPT | {"enabled": "true"},
        KEPT | {"variants": [{"name": "Big", "more": 1}]},
        KEPT | {"conditions": {"client_filters": [{"name": "Own", "more": 1}]}},
        KEPT | {"conditions": {"requirement_type": "Any", "client_filters": []}},
        KEPT | {"allocation": {"percentile": [{"variant": "Big", "from": 0.5, "to": 9}]}},
        KEPT | {"telemetry": "on"},
        KEPT | {"variants": 5},
        KEPT | {"conditions": {"client_filters": [{"name": "Own", "parameters": DEEP}]}},
        {"id": "Beta", "enabled": True},
        {"id": "Gamma", "enabled": True},
    ],
)
def test_what_the_file_cannot_say_of_a_flag_is_exported_as_the_text_that_it_is(value: Any) -> None:
    text = json.dumps(value)
    setting = DeclaredSetting("store", FLAG_PREFIX + "Beta", text, content_type=FLAG_TYPE)
    exported = export_text(with_one(setting))
    assert read_text(exported, {}).settings == (setting,)


def test_a_flag_that_is_too_deep_to_be_read_is_exported_as_the_text_that_it_is() -> None:
    text = '{"id": ' + "[" * 4000 + "]" * 4000 + "}"
    setting = DeclaredSetting("store", FLAG_PREFIX + "Beta", text, content_type=FLAG_TYPE)
    assert read_text(export_text(with_one(setting)), {}).settings == (setting,)


def test_a_flag_in_another_spelling_is_exported_as_a_flag() -> None:
    text = json.dumps(KEPT, indent=2)
    setting = DeclaredSetting("store", FLAG_PREFIX + "Beta", text, content_type=FLAG_TYPE)
    exported = export_text(with_one(setting))
    assert "featureFlag: Beta" in exported
    [again] = read_text(exported, {}).settings
    assert json.loads(again.value) == KEPT


def with_one(setting: DeclaredSetting) -> Estate:
    from dataclasses import replace

    return replace(estate(with_settings("- {key: a, value: b}")), settings=(setting,))


def allocated(allocation: str) -> str:
    return f"variants: [{{name: A}}, {{name: B}}], allocation: {{{allocation}}}"


def targeting(audience: str) -> str:
    parameters = f"{{Audience: {audience}}}"
    return f"conditions: {{clientFilters: [{{name: Microsoft.Targeting, parameters: {parameters}}}]}}"


def window(parameters: str) -> str:
    return f"conditions: {{clientFilters: [{{name: Microsoft.TimeWindow, parameters: {{{parameters}}}}}]}}"


def recurs(pattern: str, limits: str = "{Type: NoEnd}", end: str = "2027-03-22T22:00:00Z") -> str:
    return window(
        f"Start: 2027-03-22T20:00:00Z, End: {end}, Recurrence: {{Pattern: {pattern}, Range: {limits}}}"
    )


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("variants: [{name: A}, {name: A}]", "the variant `A` stands here a second time"),
        ("allocation: {defaultWhenEnabled: A}", "the feature has no variant `A`"),
        ("variants: [{name: Big}], allocation: {user: [{variant: Bigg, users: [a]}]}", "no variant `Bigg`"),
        (
            "variants: [{name: A}], allocation: {percentile: [{variant: A, from: 5, to: 5}]}",
            "a part from 5 to 5 holds nobody",
        ),
        (
            allocated("percentile: [{variant: A, from: 0, to: 50}, {variant: A, from: 40, to: 60}]"),
            "the part from 40 to 60 overlaps that from 0 to 50",
        ),
        (
            "variants: [{name: A}], allocation: {percentile: [{variant: A, from: 0, to: 101}]}",
            "`101` is out of range",
        ),
        (
            allocated("user: [{variant: A, users: [x]}, {variant: B, users: [x]}]"),
            "the user `x` stands here a second time",
        ),
        (
            "variants: [{name: A}], allocation: {group: [{variant: A, groups: [x, x]}]}",
            "the group `x` stands here a second time",
        ),
        ("conditions: {requirementType: all}", "is not a requirement type"),
        ("variants: [{name: A, configurationValue: yes}]", "YAML 1.1, YAML 1.2 and JSON agree on"),
        ("variants: [{name: A, configurationValue: 0x1F}]", "YAML 1.1, YAML 1.2 and JSON agree on"),
        ("variants: [{name: A, configurationValue: !x 1}]", "a value with a tag"),
        ("conditions: {clientFilters: [{name: Own, parameters: [1]}]}", "a mapping of names to values"),
        (targeting("[]"), "it needs `Audience`, a mapping"),
        (targeting("{User: [a]}"), "`User` is not known in `Audience`: write `Users`"),
        (targeting("{Users: [1]}"), "`Audience.Users` must be a list of text"),
        (targeting("{Users: a}"), "`Users` must be a list"),
        (targeting("{DefaultRolloutPercentage: 101}"), "must be a number from 0 to 100"),
        (targeting("{Groups: [{Name: a}]}"), "`Audience.Groups[0].RolloutPercentage` must be a number"),
        (targeting("{Groups: [a]}"), "`Audience.Groups[0]` needs a `Name`"),
        (
            targeting("{Groups: [{Name: a, RolloutPercentage: 1}, {Name: a, RolloutPercentage: 2}]}"),
            "the group `a` stands in `Audience.Groups` twice",
        ),
        (targeting("{Exclusion: {Groups: [1]}}"), "`Audience.Exclusion.Groups` must be a list of text"),
        ("conditions: {clientFilters: [Microsoft.Targeting]}", "it needs `Audience`, a mapping"),
        ("conditions: {clientFilters: [Microsoft.Percentage]}", "`Value` must be a number from 0 to 100"),
        ("conditions: {clientFilters: [Microsoft.TimeWindow]}", "it needs a `Start`, an `End`, or both"),
        (window("Start: tomorrow"), "`Start` must be a time such as"),
        (window("Start: 2027"), "`Start` must be a time such as"),
        (window("End: [2027-01-01]"), "`End` must be a time such as"),
        (window("Start: 'Fri, 01 Jan 2027 00:00:00 +99999999999999'"), "`Start` must be a time such as"),
        (window("Start: 2027-01-02, End: 2027-01-01"), "`End` must come after `Start`"),
        (window("Start: 2027-01-02, Recurrence: {}"), "needs both `Start` and `End`"),
        (recurs("{Type: Monthly}"), "`Recurrence.Pattern.Type` must be `Daily` or `Weekly`"),
        (recurs("{Type: Daily, Interval: 0}"), "must be a whole number from 1"),
        (recurs("{Type: Daily}", end="2027-03-24T00:00:00Z"), "longer than that from one occurrence"),
        (recurs("{Type: Weekly}"), "must be a list of days such as `Monday`"),
        (recurs("{Type: Weekly, DaysOfWeek: [Friday]}"), "`Start` is a Monday, which is not in"),
        (
            recurs("{Type: Weekly, DaysOfWeek: [Monday, Tuesday]}", end="2027-03-24T00:00:00Z"),
            "reaches into the next of",
        ),
        (
            recurs("{Type: Weekly, DaysOfWeek: [Monday, Sunday]}", end="2027-03-29T00:00:00Z"),
            "reaches into the next of",
        ),
        (recurs("{Type: Daily}", "{Type: EndDate}"), "must be a time, and not come before `Start`"),
        (recurs("{Type: Daily}", "{Type: EndDate, EndDate: 2027-01-01}"), "not come before `Start`"),
        (recurs("{Type: Daily}", "{Type: Numbered, NumberOfOccurrences: x}"), "a whole number from 1"),
        (recurs("{Type: Daily}", "{Type: Never}"), "`Recurrence.Range.Type` must be"),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(more: str, says: str) -> None:
    problem = only(flag(more))
    assert says in problem.message
    assert problem.line == 7


def test_a_window_may_recur_as_rarely_as_somebody_likes() -> None:
    more = recurs("{Type: Weekly, Interval: 999999999999999, DaysOfWeek: [Monday]}")
    [setting] = estate(flag(more)).settings
    [one] = json.loads(setting.value)["conditions"]["client_filters"]
    assert one["parameters"]["Recurrence"]["Pattern"]["Interval"] == 999_999_999_999_999


def test_the_name_of_a_flag_has_no_colon() -> None:
    assert (
        "cannot be a feature flag's name"
        in only(with_settings("- {featureFlag: 'a:b', enabled: true}")).message
    )


def test_the_time_of_a_window_keeps_its_offset_which_decides_on_the_day() -> None:
    more = window(
        "Start: 2027-03-23T01:00:00+02:00, End: 2027-03-23T03:00:00+02:00, Recurrence: "
        "{Pattern: {Type: Weekly, DaysOfWeek: [Tuesday]}, Range: {Type: Numbered, NumberOfOccurrences: 3}}"
    )
    [setting] = estate(flag(more)).settings
    [one] = json.loads(setting.value)["conditions"]["client_filters"]
    assert one["parameters"]["Start"] == "Tue, 23 Mar 2027 01:00:00 +0200"


def test_a_value_that_is_in_itself_is_refused() -> None:
    text = with_settings(
        "- {featureFlag: Beta, enabled: true, variants: [{name: A, configurationValue: &a [*a]}]}"
    )
    assert "or in itself" in only(text).message
