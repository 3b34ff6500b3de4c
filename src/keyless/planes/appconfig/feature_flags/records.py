"""Feature flags as the store keeps them: as key-values are kept, in collections of their own.

A flag's definition lies in a record's value and its name in the key; all else is as of a key-value.
"""

from __future__ import annotations

from keyless.planes.appconfig.key_values.records import Kept, KeyValue, Revision
from keyless.store.ports import Collection

FEATURE_FLAGS = Collection("feature-flags", KeyValue, sealed=True)
"""By (store, name, label)."""
FLAG_REVISIONS = Collection("feature-flag-revisions", Revision, sealed=True)
"""By (store, name, label, place)."""
AS_FLAGS = Kept(FEATURE_FLAGS, FLAG_REVISIONS)
