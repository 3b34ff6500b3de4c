"""What the operations of the management plane work with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority


@dataclass(frozen=True, slots=True)
class Arm:
    """The store, the tenant, and what makes new GUIDs."""

    store: Store
    authority: TokenAuthority
    new_guid: Callable[[], str] = lambda: str(uuid.uuid4())
