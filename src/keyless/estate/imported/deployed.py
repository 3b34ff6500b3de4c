"""Where a template is deployed to: what its functions about subscription, group and tenant answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A deployment's place; empty texts where it is not known. ``parameters`` are given beside files."""

    subscription_id: str = ""
    resource_group: str = ""
    tenant_id: str = ""
    location: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
