"""Whether a client secret is an application's: slow the first time, quick for the same pair again.

Rules:
- a pair that was verified is remembered as an HMAC under a key of this process, with the hashes that it was
  verified against; an application whose hashes have changed is verified anew, so a change revokes at once;
- wrong secrets are never remembered, and at most two hashes are computed at a time: guessing stays slow, and
  does not take the machine's memory with it;
- the hashing happens beside the event loop.

That an unknown application is refused faster than a wrong secret tells nothing: their errors differ anyway,
as Entra's do.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os

from keyless.model.identities import Application
from keyless.model.secret_text import SecretText
from keyless.planes.entra.secret_hash import secret_matches

_AT_ONCE = 2
_REMEMBERED = 4096


class ClientSecrets:
    """Verifies client secrets against the hashes that applications keep."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._verified: dict[bytes, tuple[bytes, ...]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def verify(self, application: Application, secret: SecretText) -> bool:
        """Whether the secret is one of the application's."""
        mark = self._mark(application.client_id, secret)
        if self._verified.get(mark) == application.secret_hashes:
            return True
        async with self._turns:
            matches = await asyncio.to_thread(_matches_any, secret, application.secret_hashes)
        if matches:
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[mark] = application.secret_hashes
        return matches

    def _mark(self, client_id: str, secret: SecretText) -> bytes:
        text = f"{client_id}\x00{secret.reveal()}".encode()
        return hmac.digest(self._key, text, hashlib.sha256)


def _matches_any(secret: SecretText, hashes: tuple[bytes, ...]) -> bool:
    return any(secret_matches(secret.reveal(), kept) for kept in hashes)
