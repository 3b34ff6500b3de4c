"""Which tenant and subscription the sources are about.

Rules:
- an estate has one tenant with one subscription: the one that most of the records lie in;
- what lies in other subscriptions is kept under its own ids: decisions, plans and the data plane take it as
  it is; only the management API of the local plane shows the one subscription alone.

Source: https://learn.microsoft.com/cli/azure/account#az-account-list
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from keyless.estate.imported.entry import CannotRead, Entry, as_guid
from keyless.estate.imported.existing import Known
from keyless.model.derived_ids import tenant_called
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import Tenant

NAME = "imported"
"""What a tenant is called of which only the id is known."""


@dataclass(frozen=True, slots=True)
class Account:
    """A subscription that is known by name."""

    subscription_id: str
    name: str
    tenant_id: str
    tenant_name: str


def account_of(entry: Entry) -> Account | None:
    """The subscription that an entry of `az account list` (or `show`) is; none where it is something else."""
    body = {key.casefold() for key in entry.body}
    if not body >= {"id", "tenantid", "name", "state"} or "type" in body:
        return None
    return Account(
        entry.guid("id"),
        entry.text("name"),
        entry.guid("tenantId"),
        entry.text("tenantDisplayName") or entry.text("tenantDefaultDomain"),
    )


def tenant_of(
    accounts: Iterable[Account], entries: Iterable[Entry], records: Iterable[Known]
) -> Tenant | None:
    """The tenant and the subscription of most of what was found; none where nothing lies in one."""
    counted = Counter(_subscriptions(records))
    known = {one.subscription_id: one for one in accounts}
    if not counted and not known:
        return None
    subscription = min(counted or known, key=lambda one: (-counted[one], one))
    account = known.get(subscription)
    if account is not None:
        name = account.tenant_name or NAME
        return Tenant(account.tenant_id, name, subscription, account.name or subscription)
    tenants = Counter(_tenants(entries))
    tenant_id = min(tenants, key=lambda one: (-tenants[one], one)) if tenants else None
    return tenant_called(NAME, subscription, tenant_id, subscription)


def _subscriptions(records: Iterable[Known]) -> Iterator[str]:
    for one in records:
        found = subscription_of(one.record)
        if found is not None:
            yield found


def subscription_of(record: Any) -> str | None:  # noqa: ANN401  # a record of any collection
    """The subscription that a record lies in, in lower case; none where it lies in none."""
    text = getattr(record, "resource_id", "") or getattr(record, "scope", "")
    try:
        return (ResourceId.parse(text).subscription_id or "").casefold() or None if text else None
    except InvalidResourceId:
        return None


def _tenants(entries: Iterable[Entry]) -> Iterator[str]:
    """The tenants that identities and vaults say they are of."""
    for entry in entries:
        for part in (
            (entry, entry.part("identity")) if isinstance(entry.body.get("identity"), dict) else (entry,)
        ):
            try:
                told = part.get("tenantId")
                if isinstance(told, str):
                    yield as_guid(told, "tenantId")
            except CannotRead:  # a template's own tenant, or none at all
                continue
