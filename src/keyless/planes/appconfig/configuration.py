"""What the App Configuration plane works with: everything that its stores keep, by kind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from keyless.planes.appconfig.feature_flags.service import FeatureFlags
from keyless.planes.appconfig.key_values.page_states import PageStates
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.appconfig.snapshots.service import Snapshots
from keyless.store.ports import Store


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of all configuration stores, and what is known of pages of them that were shown."""

    key_values: KeyValues
    pages: PageStates
    snapshots: Snapshots
    feature_flags: FeatureFlags

    @classmethod
    def over(cls, store: Store, entropy: Callable[[int], bytes] = os.urandom) -> Configuration:
        """What a store of records keeps of them; ``entropy`` gives etags."""
        key_values = KeyValues(store, entropy)
        return cls(
            key_values,
            PageStates(key_values.sequence),
            Snapshots(store, entropy),
            FeatureFlags(store, entropy),
        )

    def sequence(self) -> int:
        """A number that rises with every write to any of them."""
        return self.key_values.sequence() + self.snapshots.sequence() + self.feature_flags.sequence()
