"""The tenant and its subscription."""

from __future__ import annotations

from keyless.estate import naming
from keyless.estate.shapes.record import Record, optional, required
from keyless.estate.shapes.scalars import Text


class TenantEntry(Record, title="a tenant", short="name"):
    """The Microsoft Entra tenant. Its name alone is enough: the id is then derived from it."""

    name = required(Text(naming.TENANT), "What people call it.")
    id = optional(Text(naming.GUID), "The tenant id that tokens carry. Left out: derived from the name.")


class SubscriptionEntry(Record, title="a subscription", short="name"):
    """The subscription that every resource of the estate lies in. Its name alone is enough."""

    name = required(Text(naming.SUBSCRIPTION), "What people call it.")
    id = optional(Text(naming.GUID), "The subscription id. Left out: derived from tenant and name.")
