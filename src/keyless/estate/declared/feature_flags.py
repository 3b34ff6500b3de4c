"""What a feature flag has besides its state: conditions, variants, who gets which, and telemetry.

Source: https://github.com/microsoft/FeatureManagement/blob/main/Schema/FeatureFlag.v2.0.0.schema.json
"""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import Entries, ListOf, MapOf
from keyless.estate.shapes.json_value import AnyMapping, AnyValue
from keyless.estate.shapes.record import Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, WholeNumber, Word, YesOrNo

_VARIANT = Where(Text(naming.VARIANT))


class ClientFilterEntry(Record, title="a filter", short="name"):
    """A condition that the app decides on: `Microsoft.Targeting`, `Microsoft.TimeWindow` or
    `Microsoft.Percentage`, whose parameters are checked, or one of its own."""

    name = required(Where(Text(naming.FILTER)), "The filter's name.")
    parameters = optional(Where(AnyMapping()), "What the filter is given.")


class ConditionsEntry(Record, title="conditions"):
    """When a feature that is enabled is on."""

    requirement_type = defaulted(
        Word("a requirement type", "Any", "All"),
        "Whether one filter is enough, or all must agree.",
        default="Any",
    )
    client_filters = defaulted(
        ListOf(RecordOf(ClientFilterEntry), "filters"), "The filters. None: it is on.", default=()
    )


class VariantEntry(Record, title="a variant", shown=False):
    """One of several forms of a feature."""

    name = required(_VARIANT, "Its name.")
    configuration_value = optional(Where(AnyValue()), "What the app gets for it.")
    status_override = defaulted(
        Word("a status override", "None", "Enabled", "Disabled"),
        "Whether the feature is on or off for whoever gets it, whatever the conditions say.",
        default="None",
    )


class PercentileEntry(Record, title="a part of all users"):
    """The users from one percentile up to another, who get a variant."""

    variant = required(_VARIANT, "The variant.")
    from_ = required(Where(WholeNumber(0, 100, "a percentile")), "Where the part begins.")
    to = required(Where(WholeNumber(1, 100, "a percentile")), "Where it ends.")


class UsersEntry(Record, title="users of a variant"):
    """Users who get a variant."""

    variant = required(_VARIANT, "The variant.")
    users = required(ListOf(Where(Text(naming.MEMBER)), "users"), "The users, by what the app calls them.")


class GroupsEntry(Record, title="groups of a variant"):
    """Groups whose members get a variant."""

    variant = required(_VARIANT, "The variant.")
    groups = required(ListOf(Where(Text(naming.MEMBER)), "groups"), "The groups, by what the app calls them.")


class AllocationEntry(Record, title="an allocation"):
    """Who gets which variant: users first, then groups, then percentiles, then the default."""

    default_when_enabled = optional(
        _VARIANT, "The variant of whoever gets no other, where the feature is on."
    )
    default_when_disabled = optional(_VARIANT, "The variant of everybody, where the feature is off.")
    user = defaulted(ListOf(RecordOf(UsersEntry), "users of a variant"), "By user.", default=())
    group = defaulted(ListOf(RecordOf(GroupsEntry), "groups of a variant"), "By group.", default=())
    percentile = defaulted(
        ListOf(RecordOf(PercentileEntry), "parts"), "By percentile; no two parts overlap.", default=()
    )
    seed = optional(
        Text(naming.SEED), "What percentiles are made from: features with one seed treat a user alike."
    )


class TelemetryEntry(Record, title="telemetry"):
    """What is told of each evaluation."""

    enabled = defaulted(YesOrNo(), "Whether it is told.", default=False)
    metadata = defaulted(
        MapOf(Text(naming.SETTING_TAG), Text(naming.SETTING_TAG), "metadata", ignore_case=False),
        "What is told with it.",
        default=Entries(),
    )
