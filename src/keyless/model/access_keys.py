"""Access keys of a configuration store: the stored credential that a managed identity replaces.

A key stands for no principal of the directory. Evidence needs a name for whoever holds it: that is
``access-key:STORE:ID``, which no object id can be. Logs name keys of other services in the same way, and
shared access signatures by the key that signed them (``access-key:ACCOUNT:sas-key1``).

Source: https://learn.microsoft.com/azure/azure-app-configuration/rest-api-authorization-hmac
"""

from __future__ import annotations

import msgspec

_PREFIX = "access-key"
_PARTS = 3
KEY_PREFIX = f"{_PREFIX}:"
"""How the principal id of whoever holds a key begins."""
_SIGNATURE = "sas-"


class AccessKey(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A key of a store (by its case-folded name). ``secret`` is what signs requests, decoded from base64.

    ``modified_at`` is when it was made, in epoch seconds, where that is known.
    """

    store: str
    id: str
    secret: bytes
    read_only: bool = False
    modified_at: int = 0

    def __repr__(self) -> str:
        return f"AccessKey(store={self.store!r}, id={self.id!r}, …)"

    @property
    def principal_id(self) -> str:
        """What evidence calls whoever holds the key."""
        return f"{_PREFIX}:{self.store}:{self.id}"


def store_and_key(principal_id: str) -> tuple[str, str] | None:
    """The store and the key's id that a principal id stands for; none where it stands for no access key."""
    parts = principal_id.split(":", _PARTS - 1)
    return (parts[1], parts[2]) if len(parts) == _PARTS and parts[0] == _PREFIX else None


def principal_in_words(principal_id: str) -> str:
    """What people call a principal without an entry in the directory."""
    found = store_and_key(principal_id)
    if found is None:
        return principal_id
    store, key = found
    if key.startswith(_SIGNATURE):
        return f"shared access signature by {key.removeprefix(_SIGNATURE)} of {store}"
    return f"access key {key} of store {store}"
