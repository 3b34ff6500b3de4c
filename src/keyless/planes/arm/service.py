"""What the operations of the management plane work with."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from keyless.planes.arm.contents import StoreContents
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority


@dataclass(frozen=True, slots=True)
class Arm:
    """The store, the tenant, what configuration stores hold, and what makes new GUIDs and secrets."""

    store: Store
    authority: TokenAuthority
    stores: StoreContents
    new_guid: Callable[[], str] = lambda: str(uuid.uuid4())
    entropy: Callable[[int], bytes] = os.urandom
