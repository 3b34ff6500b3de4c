"""App Configuration stores: `az appconfig list`, the REST API, templates. Their access keys are never read.

Source: https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/get
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.hosted import given_identities, hosted_of
from keyless.estate.imported.lookup import Lookup
from keyless.model.resources import ConfigurationStore

_ALWAYS = ("resource_id", "location", "tags", "sku", "learned", "user_assigned")


def read_store(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A configuration store."""
    place = entry.resource_id()
    hosted = hosted_of(entry, lookup)
    yield from given_identities(entry)
    record = ConfigurationStore(
        resource_id=place.text,
        name=place.name,
        location=entry.text("location"),
        disable_local_auth=entry.flag("disableLocalAuth", False),
        sku=entry.part("sku").text("name", "standard").lower(),
        tags=entry.tags(),
        soft_delete_retention_days=entry.number("softDeleteRetentionInDays", 7),
        purge_protection=entry.flag("enablePurgeProtection", False),
        system_assigned=hosted.own,
        user_assigned=hosted.given,
    )
    yield Known(record, tuple(_said(entry, own_is_told=hosted.said)), entry.rank)


def _said(entry: Entry, *, own_is_told: bool) -> Iterator[str]:
    yield from _ALWAYS
    if own_is_told:
        yield "system_assigned"
    for field, name in (
        ("disable_local_auth", "disableLocalAuth"),
        ("soft_delete_retention_days", "softDeleteRetentionInDays"),
        ("purge_protection", "enablePurgeProtection"),
    ):
        if entry.get(name) is not None:
            yield field
