"""What the operations of the management plane work with."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from keyless.planes.arm.contents import StoreContents, VaultContents
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority


@dataclass(frozen=True, slots=True)
class Arm:
    """The store, the tenant, what stores and vaults hold, and what makes new GUIDs and secrets.

    ``served`` are the api-versions of the resource types that the plane's operations name, newest first.
    """

    store: Store
    authority: TokenAuthority
    stores: StoreContents
    vaults: VaultContents
    served: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    new_guid: Callable[[], str] = lambda: str(uuid.uuid4())
    entropy: Callable[[int], bytes] = os.urandom
