"""App Configuration stores and replicas: `az appconfig list`, the REST API, templates. No access key is read.

Source: https://learn.microsoft.com/rest/api/appconfiguration/configuration-stores/get
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.catalog.regions import plain
from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.hosted import given_identities, hosted_of
from keyless.estate.imported.lookup import Lookup
from keyless.model.resources import STORE_TYPE, ConfigurationStore, Replica

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
        replicas=tuple(_replica(one, one.text("name")) for one in entry.parts("replicas")),
    )
    yield Known(record, tuple(_said(entry, own_is_told=hosted.said)), entry.rank)


def read_replica(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A replica, which is declared apart from its store, and added to it."""
    place = entry.resource_id()
    store = place.ancestor_of_type(STORE_TYPE)
    if store is None:
        raise CannotRead("it does not say of which store it is")
    record = ConfigurationStore(store.text, store.name, "", replicas=(_replica(entry, place.name),))
    yield Known(record, ("replicas+",), entry.rank)


def _replica(entry: Entry, name: str) -> Replica:
    return Replica(name, plain(entry.text("location")))


def _said(entry: Entry, *, own_is_told: bool) -> Iterator[str]:
    yield from _ALWAYS
    if own_is_told:
        yield "system_assigned"
    for field, name in (
        ("disable_local_auth", "disableLocalAuth"),
        ("soft_delete_retention_days", "softDeleteRetentionInDays"),
        ("purge_protection", "enablePurgeProtection"),
        ("replicas", "replicas"),
    ):
        if entry.get(name) is not None:
            yield field
