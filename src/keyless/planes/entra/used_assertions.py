"""Which assertions have been used, so that one that was overheard is worth little.

An assertion is told by its client and its `jti` (by a digest of what was signed where it has none), and is
remembered until it has expired. Rules:
- the same `jti` on another assertion is refused;
- an assertion is good once for each thing asked for (a resource, with its claims), and for a minute from
  then: for threads that start together, and for a request that is repeated because its answer was lost.
  Client libraries keep one for ten minutes and send it for every resource, and keep each token that they got;
- it is good for 32 things in all, and at most 16,384 are remembered: beyond that, the answer is no.

What is remembered is this process's own: an assertion may be used again after a restart, until it expires.

Source: https://www.rfc-editor.org/rfc/rfc7523#section-3, point 7
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from keyless.tokens.assertions import Assertion

AGAIN_WITHIN_S = 60
PURPOSES = 32
REMEMBERED = 16 * 1024


@dataclass(slots=True)
class _Use:
    """One assertion: by what it is known, until when, and when it was first used for what."""

    mark: str
    expires_at: float
    first: dict[bytes, int] = field(default_factory=dict)


class UsedAssertions:
    """The assertions that were used and have not expired."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, bytes], _Use] = {}

    def use(self, client_id: str, assertion: Assertion, purpose: str, now: int) -> bool:
        """Use an assertion of a client for a purpose; false for a replay, or where there is no room."""
        key = (client_id.casefold(), _digest(assertion.claims.jti or assertion.mark))
        found = self._used.get(key)
        if found is None or found.expires_at <= now:
            found = self._remember(key, assertion, now)
        if found is None or found.mark != assertion.mark:
            return False
        wanted = _digest(purpose)
        if wanted not in found.first and len(found.first) >= PURPOSES:
            return False
        return now - found.first.setdefault(wanted, now) <= AGAIN_WITHIN_S

    def _remember(self, key: tuple[str, bytes], assertion: Assertion, now: int) -> _Use | None:
        if len(self._used) >= REMEMBERED:
            self._used = {other: use for other, use in self._used.items() if use.expires_at > now}
        if len(self._used) >= REMEMBERED:
            return None
        made = self._used[key] = _Use(assertion.mark, assertion.claims.exp)
        return made


def _digest(text: str) -> bytes:
    """A text in 16 bytes: what clients send can be long, and must not fill the memory."""
    return hashlib.sha256(text.encode()).digest()[:16]
