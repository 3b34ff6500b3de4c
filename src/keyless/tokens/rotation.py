"""When each signing key is published, signs, only verifies, and is gone. Pure: keys and a time in, keys out.

Rules:
- a key is published for as long as clients may keep the key set (a day) before it signs, so that nobody
  meets a token whose key he has not seen; the first of all signs at once, and one that is ordered to;
- it signs for 90 days; then the next takes over, and it verifies for as long as the last token that it can
  have signed lives. That is exact: such a token ends in the very second in which the key goes, and nothing is
  added for clocks, because a token is refused at its own end anyway;
- a key that is revoked is gone at once, its private half with it; only its name is kept for as long as its
  tokens would have lived, so that whoever comes with one can be told to fetch another.

Source: https://learn.microsoft.com/entra/identity-platform/signing-key-rollover
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from keyless.tokens.claims import MANAGED_IDENTITY_LIFETIME_S
from keyless.tokens.keys import KeyRing, StoredSigningKey, load_signing_key

SIGNS_FOR_S = 90 * 24 * 60 * 60
PUBLISHED_FOR_S = 24 * 60 * 60
"""How long clients may keep the key set, and so how long before it signs a key is published."""
LONGEST_TOKEN_S = MANAGED_IDENTITY_LIFETIME_S

Keys = Sequence[StoredSigningKey]


class Phase(enum.StrEnum):
    """What a key does now."""

    NEXT = "published, does not sign yet"
    SIGNING = "signs"
    RETIRED = "verifies only"
    REVOKED = "revoked"


def phase_of(key: StoredSigningKey, now: int) -> Phase:
    """What a key that has been ``settled`` does now."""
    if key.revoked_at is not None:
        return Phase.REVOKED
    if key.retired_at is not None:
        return Phase.RETIRED
    return Phase.SIGNING if key.signs_from <= now else Phase.NEXT


def ends_at(key: StoredSigningKey) -> int | None:
    """When a key is gone; none while it is not known when it stops signing."""
    stopped = key.retired_at if key.revoked_at is None else key.revoked_at
    return None if stopped is None else stopped + LONGEST_TOKEN_S


def settled(keys: Iterable[StoredSigningKey], now: int) -> list[StoredSigningKey]:
    """The keys as time has made them: those retired whom another follows, those gone whose end has come.

    They come in the order in which they sign.
    """
    begun = [replace(key, signs_from=key.signs_from or key.created_at) for key in keys]
    ordered = sorted(begun, key=lambda key: (key.signs_from, key.created_at, key.kid))
    successor: StoredSigningKey | None = None
    found: list[StoredSigningKey] = []
    for key in reversed(ordered):
        one = key
        if one.revoked_at is None and one.retired_at is None and one.signs_from <= now:
            if successor is not None:
                one = replace(one, retired_at=max(one.signs_from, successor.signs_from))
            successor = key
        end = ends_at(one)
        if end is None or end > now:
            found.insert(0, one)
    return found


def signer_of(keys: Keys, now: int) -> StoredSigningKey | None:
    """The one of the settled keys that signs; none where there is none that may."""
    return next((key for key in keys if phase_of(key, now) is Phase.SIGNING), None)


def next_of(keys: Keys, now: int) -> StoredSigningKey | None:
    """The one of the settled keys that will sign next."""
    return next((key for key in keys if phase_of(key, now) is Phase.NEXT), None)


def due(keys: Keys, now: int) -> int | None:
    """From when a key must sign that is not there yet (epoch seconds); none where nothing is to be made."""
    signer = signer_of(keys, now)
    if next_of(keys, now) is not None:
        return None
    if signer is None:
        return now
    return now + PUBLISHED_FOR_S if now >= _next_due_at(signer) else None


def promoted(keys: Keys, now: int) -> list[StoredSigningKey]:
    """The settled keys, with the next one, where there is one, in place of the one that signs."""
    signer, coming = signer_of(keys, now), next_of(keys, now)
    if coming is None:
        return list(keys)
    rest = keys if signer is None else retired(keys, signer.kid, now)
    return [replace(key, signs_from=now) if key == coming else key for key in rest]


def retired(keys: Keys, kid: str, now: int) -> list[StoredSigningKey]:
    """The settled keys, without this one's signing from now on."""
    return [replace(key, retired_at=now) if key.kid == kid and _lives(key) else key for key in keys]


def revoked(keys: Keys, kid: str, now: int) -> list[StoredSigningKey]:
    """The settled keys, with nothing left of this one but its name."""
    return [
        replace(key, revoked_at=now, private_pem=b"") if key.kid == kid and key.revoked_at is None else key
        for key in keys
    ]


def changes_at(keys: Keys, now: int) -> int:
    """When the settled keys must be looked at again: something begins, ends, or has to be made."""
    signer, coming = signer_of(keys, now), next_of(keys, now)
    moments = [end for key in keys if (end := ends_at(key)) is not None]
    if coming is not None:
        moments.append(coming.signs_from)
    elif signer is not None:
        moments.append(_next_due_at(signer))
    return min(moments, default=now)


def ring_of(keys: Keys, now: int) -> KeyRing:
    """The settled keys, one of which signs, as what tokens are signed and verified with."""
    living = [key for key in keys if key.revoked_at is None]
    signer = signer_of(keys, now)
    return KeyRing(
        [load_signing_key(key) for key in living],
        signer=None if signer is None else signer.kid,
        revoked={key.kid: key.revoked_at for key in keys if key.revoked_at is not None},
        changes_at=changes_at(keys, now),
    )


def _next_due_at(signer: StoredSigningKey) -> int:
    return signer.signs_from + SIGNS_FOR_S - PUBLISHED_FOR_S


def _lives(key: StoredSigningKey) -> bool:
    return key.retired_at is None and key.revoked_at is None
