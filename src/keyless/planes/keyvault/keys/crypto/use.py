"""Finding keys for use, and keeping those in use open, so that an operation need not parse its own.

Rules:
- all that is remembered is forgotten as soon as any key, or version of one, has changed in the store, by
  whichever process: a key that was disabled, replaced or purged is never used as it was;
- their number is bounded, and the one that was used longest ago goes first;
- what is remembered is in this process's memory and nowhere else, and does not show itself.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from typing import NamedTuple

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.crypto.usable import check_usable
from keyless.planes.keyvault.keys.material.kept import PrivateKey
from keyless.planes.keyvault.keys.material.types import KeyOperation
from keyless.planes.keyvault.keys.records import KEY, KeyVersion
from keyless.planes.keyvault.objects.objects import Entropy, Objects
from keyless.planes.keyvault.objects.rendering import object_id
from keyless.store.ports import Store

MOST = 1024
_Asked = tuple[str, str, str]


class KeyInUse(NamedTuple):
    """A version of a key, open; ``kid`` is its URL, and the version's own material has no private part."""

    kid: str
    version: KeyVersion
    key: PrivateKey

    def __repr__(self) -> str:
        return f"KeyInUse({self.kid!r}, …)"


class KeysInUse:
    """Opens keys for use, and remembers those used last. Times (``now``) are epoch seconds."""

    def __init__(
        self, store: Store, keys: Objects[KeyVersion], entropy: Entropy = os.urandom, most: int = MOST
    ) -> None:
        self._store = store
        self._keys = keys
        self._entropy = entropy
        self._most = most
        self._seen: tuple[int, ...] = ()
        self._open: OrderedDict[_Asked, KeyInUse] = OrderedDict()

    def random_bytes(self, count: int) -> bytes:
        """That many bytes that nobody has had before."""
        return self._entropy(count)

    async def for_operation(
        self, vault: Vault, name: str, version_id: str | None, operation: KeyOperation, *, now: int
    ) -> KeyInUse:
        """One version of a live key, the newest where none is named, ready for an operation.

        Raises:
            KeyNotFound: there is no live key of that name, or no such version.
            NotAllowed: the version may not be used for the operation, or not now.
        """
        found = await self.find(vault, name, version_id, now=now)
        check_usable(found.version, operation, now)
        return found

    async def find(self, vault: Vault, name: str, version_id: str | None, *, now: int) -> KeyInUse:
        """One version of a live key, whether it may be used or not.

        Raises:
            KeyNotFound: there is no live key of that name, or no such version.
        """
        self._notice()
        asked = (vault.name, name, version_id or "")
        found = self._open.get(asked)
        if found is None:
            return await self._open_anew(vault, asked, now)
        self._open.move_to_end(asked)
        return found

    def _notice(self) -> None:
        """Forget everything where keys have changed."""
        self._store.refresh()
        revisions = (self._store.revision(KEY.heads), self._store.revision(KEY.versions))
        if revisions != self._seen:
            self._open.clear()
            self._seen = revisions

    async def _open_anew(self, vault: Vault, asked: _Asked, now: int) -> KeyInUse:
        seen = self._seen
        _, name, version_id = asked
        found = await self._keys.find(vault, name, version_id or None, now=now)
        version = found.version
        public = msgspec.structs.replace(version.material, private=b"")
        opened = KeyInUse(
            object_id(vault, KEY, found.name, version.id),
            msgspec.structs.replace(version, material=public),
            version.material.open(),
        )
        if self._seen == seen:  # what changed while this was read may have changed this
            self._open[asked] = opened
            if len(self._open) > self._most:
                self._open.popitem(last=False)
        return opened
