"""Management groups: each under its name, with the one above it and the subscriptions in it.

The tenant's root group is named by the tenant's id, and need not be declared: what has no parent lies in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.estate import naming
from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.roles import ManagementGroupEntry
from keyless.estate.reading import Located, Reading
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.resources import Resources
from keyless.model.management import ManagementGroup
from keyless.model.resources import Tenant

Entries = list[tuple[Located[str], ManagementGroupEntry]]


def read_management_groups(estate: EstateEntry, resources: Resources, reading: Reading) -> None:
    """Put the management groups among the resources, so that scopes may name them."""
    directory = resources.management_groups
    entries = list(estate.management_groups.items)
    directory.incomplete = estate.lost(EstateEntry.management_groups)
    directory.miss(estate.management_groups.broken)
    parents = _parents(entries, directory, resources.tenant, reading)
    placed: dict[str, str] = {}
    for name, entry in entries:
        subscriptions = dict.fromkeys(_subscriptions(name.value, entry, placed, resources.tenant, reading))
        group = ManagementGroup(
            name.value, entry.display_name or name.value, parents.get(name.value), tuple(subscriptions)
        )
        directory.add(group, name.value)


def _subscriptions(
    group: str, entry: ManagementGroupEntry, placed: dict[str, str], tenant: Tenant, reading: Reading
) -> Iterator[str]:
    """The ids of a group's subscriptions; ``placed`` says which group each of all that were read is in."""
    for said in entry.subscriptions:
        subscription_id = _subscription(said, tenant, reading)
        if subscription_id is None:
            continue
        first = placed.setdefault(subscription_id, group)
        if first != group:
            reading.report(said.at, f"`{said.value}` lies in `{first}` already", "take it out of one of them")
        yield subscription_id


def _parents(
    entries: Entries, directory: Directory[ManagementGroup], tenant: Tenant, reading: Reading
) -> dict[str, str]:
    """The parent of each by name, as it is spelled where it is declared; a ring is reported and cut."""
    spelled = {name.value.casefold(): name.value for name, _ in entries}
    parents: dict[str, str] = {}
    for name, entry in entries:
        parents[name.value] = tenant.tenant_id
        said = entry.parent
        if said is None or said.value.casefold() == tenant.tenant_id:
            continue
        known = spelled.get(said.value.casefold())
        if known is None:
            directory.find(said, reading)
        elif name.value in _above(known, parents):
            reading.report(said.at, f"`{known}` lies in `{name.value}` itself", "name one that does not")
        else:
            parents[name.value] = known
    parents.pop(spelled.get(tenant.tenant_id, ""), None)
    return parents


def _above(name: str, parents: dict[str, str]) -> list[str]:
    """A group and those above it, as far as they are known."""
    found = [name]
    while (parent := parents.get(found[-1])) is not None and parent not in found:
        found.append(parent)
    return found


def _subscription(said: Located[str], tenant: Tenant, reading: Reading) -> str | None:
    if said.value.casefold() == tenant.subscription_name.casefold():
        return tenant.subscription_id
    if re.fullmatch(naming.GUID.pattern, said.value):
        return said.value.lower()
    reading.report(
        said.at,
        f"no subscription is called `{said.value}`",
        f"write `{tenant.subscription_name}`, or a subscription id",
    )
    return None
