"""Resource groups, management groups and subscriptions.

Sources: https://learn.microsoft.com/rest/api/resources/resource-groups/list,
https://learn.microsoft.com/cli/azure/account#az-account-list
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup
from keyless.model.management import ManagementGroup
from keyless.model.resources import ResourceGroup

_ABOVE = "/providers/microsoft.management/managementgroups/"


def read_group(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A resource group."""
    place = entry.resource_id()
    if place.resource_group is None or len(place.segments) != 4:
        raise CannotRead("its `id` is not that of a resource group")
    record = ResourceGroup(place.text, entry.text("location").lower(), entry.tags())
    yield Known(record, ("location", "tags"), entry.rank)


def read_management_group(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A management group; with what lies in it where its entry tells that (`--expand`)."""
    name = entry.resource_id().name
    parent = entry.part("details").part("parent").text("id") or entry.part("parent").text("id")
    children = list(entry.parts("children"))
    record = ManagementGroup(
        name,
        entry.text("displayName", name),
        parent.rpartition("/")[2] or None,
        tuple(one.needed("name") for one in children if one.text("type").casefold() == "/subscriptions"),
    )
    told = ("display_name", *(("parent",) if parent else ()), *(("subscriptions",) if children else ()))
    yield Known(record, told, entry.rank)
