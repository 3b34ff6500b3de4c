"""Whether a client secret is an application's: slow the first time, quick for the same pair again.

Rules:
- a pair that was verified is remembered as an HMAC under a key of this process, with the hashes that it was
  verified against; an application whose hashes have changed is verified anew, so a change revokes at once;
- wrong secrets are never remembered, and at most two hashes are computed at a time: guessing stays slow, and
  does not take the machine's memory with it;
- of secrets whose beginning is known, those that begin otherwise are not tried;
- the hashing happens beside the event loop. When a secret holds, it says itself.

That an unknown application is refused faster than a wrong secret tells nothing: their errors differ anyway,
as Entra's do.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os

from keyless.lifecycle.secret_hash import secret_matches
from keyless.model.identities import Application, ApplicationPassword
from keyless.model.secret_text import SecretText

_AT_ONCE = 2
_REMEMBERED = 4096
Secrets = tuple[ApplicationPassword, ...]


class ClientSecrets:
    """Verifies client secrets against the hashes that applications keep."""

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._verified: dict[bytes, tuple[Secrets, ApplicationPassword]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def verify(self, application: Application, secret: SecretText) -> ApplicationPassword | None:
        """Which of the application's secrets it is; none where it is none of them."""
        mark, secrets = self._mark(application.client_id, secret), application.secrets
        known = self._verified.get(mark)
        if known is not None and known[0] == secrets:
            return known[1]
        async with self._turns:
            found = await asyncio.to_thread(_matching, secret, secrets)
        if found is not None:
            if len(self._verified) >= _REMEMBERED:
                self._verified.clear()
            self._verified[mark] = secrets, found
        return found

    def _mark(self, client_id: str, secret: SecretText) -> bytes:
        text = f"{client_id}\x00{secret.reveal()}".encode()
        return hmac.digest(self._key, text, hashlib.sha256)


def _matching(secret: SecretText, secrets: Secrets) -> ApplicationPassword | None:
    text = secret.reveal()
    likely = (kept for kept in secrets if text.startswith(kept.hint))
    return next((kept for kept in likely if secret_matches(text, kept.hash)), None)
