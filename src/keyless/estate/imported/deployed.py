"""Where a template is deployed to: what its functions about subscription, group and tenant answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A deployment's place; empty texts where it is not known."""

    subscription_id: str = ""
    resource_group: str = ""
    tenant_id: str = ""
    location: str = ""
