"""Configuration stores, their settings and their access keys."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.declared.feature_flags import (
    AllocationEntry,
    ConditionsEntry,
    TelemetryEntry,
    VariantEntry,
)
from keyless.estate.declared.texts import NO_TAGS, REFERENCE, SETTING_TAGS
from keyless.estate.shapes.base import Where
from keyless.estate.shapes.containers import Entries, ListOf, ListOrMap, MapOf
from keyless.estate.shapes.record import Alternatives, Record, RecordOf, defaulted, optional, required
from keyless.estate.shapes.scalars import Text, WholeNumber, Word, YesOrNo
from keyless.lifecycle.store_tiers import TIERS

SHORT_HISTORY_DAYS, LONGEST_HISTORY_DAYS = 7, 30
"""What the tiers keep at most, as the catalog has it, which is not loaded to read a file."""


class ReferenceEntry(Record, title="a Key Vault reference"):
    """Which secret a setting points to."""


class ReferenceByName(ReferenceEntry, told_by="vault"):
    """A reference to a secret of a vault of this estate."""

    vault = required(REFERENCE, "The vault's name.")
    secret = required(Text(naming.SECRET), "The secret's name.")
    version = optional(Text(naming.SECRET_VERSION), "One version of it. Left out: always the newest.")


class ReferenceByAddress(ReferenceEntry, told_by="uri"):
    """A reference to a secret anywhere."""

    uri = required(Text(naming.URI), "The secret's address.")


class SettingEntry(Record, title="a setting", shown=False):
    """What every key-value has."""

    label = optional(Text(naming.LABEL), "Its label. Left out: no label.")
    tags = defaulted(SETTING_TAGS, "Its tags.", default=NO_TAGS)


class PlainSetting(SettingEntry, told_by="value", short="value"):
    """A key-value that holds text."""

    value = required(
        Text(naming.SETTING_VALUE), "The value. Numbers and `true` are text too: put them in quotes."
    )
    content_type = optional(
        Text(naming.CONTENT_TYPE), "What kind of value it is, such as `application/json`."
    )


class ReferenceSetting(SettingEntry, told_by="keyVaultReference"):
    """A key-value that points to a secret, with the content type and value that Azure's clients look for."""

    key_vault_reference = required(
        Alternatives("a Key Vault reference", ReferenceByName, ReferenceByAddress),
        "The secret that it points to.",
    )


class ListedPlainSetting(PlainSetting, title="a setting in a list", told_by="value"):
    """A key-value that holds text, in a list."""

    key = required(Where(Text(naming.KEY)), "Its key.")


class ListedReferenceSetting(ReferenceSetting, title="a setting in a list", told_by="keyVaultReference"):
    """A key-value that points to a secret, in a list."""

    key = required(Where(Text(naming.KEY)), "Its key.")


class FeatureFlagSetting(SettingEntry, title="a setting in a list", told_by="featureFlag"):
    """A feature flag, with what a store keeps of it."""

    feature_flag = required(Where(Text(naming.FEATURE)), "The feature's name.")
    enabled = required(YesOrNo(), "Whether the feature is on, where its conditions do not say otherwise.")
    description = defaulted(Text(naming.DESCRIPTION), "What the feature is.", default="")
    display_name = optional(Text(naming.DISPLAY_NAME), "What portals show in place of its name.")
    conditions = optional(RecordOf(ConditionsEntry), "When it is on.")
    variants = defaulted(ListOf(RecordOf(VariantEntry), "variants"), "The forms that it has.", default=())
    allocation = optional(RecordOf(AllocationEntry), "Who gets which variant.")
    telemetry = optional(RecordOf(TelemetryEntry), "What is told of each evaluation.")


SETTINGS = ListOrMap(
    ListOf(
        Alternatives("a setting", ListedPlainSetting, ListedReferenceSetting, FeatureFlagSetting), "settings"
    ),
    MapOf(
        Text(naming.KEY),
        Alternatives("a setting", PlainSetting, ReferenceSetting),
        "settings",
        ignore_case=False,
    ),
)


class AccessKeyEntry(Record, title="an access key", shown=False):
    """What every access key has. Its value is what Azure shows for it, or its whole connection string."""

    read_only = defaulted(YesOrNo(), "Whether it can only read.", default=False)


class AccessKeyFromEnvironment(AccessKeyEntry, told_by="env"):
    """An access key whose value an environment variable holds when the estate is read."""

    env = required(Where(Text(naming.VARIABLE)), "The name of the environment variable.")


class AccessKeyFromFile(AccessKeyEntry, told_by="file"):
    """An access key whose value a file holds. One line break at the end of the file is not part of it."""

    file = required(Where(Text(naming.FILE)), "The file's path, relative to the estate file.")


class AccessKeyAsText(AccessKeyEntry, told_by="value", short="value"):
    """An access key whose value stands in the estate file, for values that need no protection."""

    value = required(Where(Text(naming.ACCESS_KEY_VALUE)), "The value itself.")


ACCESS_KEY = Alternatives("an access key", AccessKeyFromEnvironment, AccessKeyFromFile, AccessKeyAsText)


class ReplicaEntry(Record, title="a replica", short="location"):
    """A replica of a configuration store, reached as `https://STORE-REPLICA.azconfig.io`."""

    location = required(
        Text(naming.LOCATION), "Its region: another one than the store's and other replicas'."
    )


class StoreEntry(Record, title="a configuration store"):
    """An App Configuration store, reached as `https://NAME.azconfig.io`."""

    location = optional(Text(naming.LOCATION), "Where it is. Left out: where its resource group is.")
    sku = optional(
        Where(Word("a tier", *TIERS)),
        "Its tier, which decides on its quotas. Left out: as it is there, else `standard`.",
    )
    revision_retention_days = optional(
        Where(WholeNumber(1, LONGEST_HISTORY_DAYS, "a number of days")),
        "How long it keeps the history of its key-values; the free and developer tiers keep at most "
        f"{SHORT_HISTORY_DAYS}. Left out: as it is there, else as long as the tier does.",
    )
    settings = optional(
        SETTINGS,
        "The key-values that it holds: a mapping by key; or a list, where a key has several labels or there "
        "are feature flags.",
    )
    access_keys = defaulted(
        MapOf(Text(naming.ACCESS_KEY), ACCESS_KEY, "access keys", ignore_case=False),
        "The access keys that open it, by id: stored credentials, for the picture before.",
        default=Entries(),
    )
    replicas = defaulted(
        MapOf(Text(naming.REPLICA), RecordOf(ReplicaEntry), "replicas"),
        "Its replicas, by name: the same contents at endpoints of their own. Text alone is the location.",
        default=Entries(),
    )
    disable_local_auth = defaulted(
        YesOrNo(), "Whether it refuses access keys, and takes tokens alone.", default=False
    )
