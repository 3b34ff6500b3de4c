"""The two documents by which others verify this site's tokens, as files for any web server.

They hold public keys alone: those whose tokens hold, and the one that signs next, which is made for that, so
that they stay right for as long as that one signs.

Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from keyless.planes.entra.keys import prepare_next
from keyless.store.ports import Store
from keyless.tokens.rotation import SIGNS_FOR_S, next_of, ring_of
from keyless.tokens.site_issuer import DISCOVERY_PATH, KEYS_PATH, discovery_document, key_set


@dataclass(frozen=True, slots=True)
class Published:
    """The documents by their paths below the issuer, and from when until when to publish them again.

    Both moments are epoch seconds: before the first there is nothing new to publish, after the second tokens
    are signed with a key that is not in these documents.
    """

    documents: dict[str, bytes]
    again_from: int
    again_until: int


async def publish(store: Store, issuer: str, now: int) -> Published:
    """What to publish now, after making sure that the key which signs next is in it."""
    keys = await prepare_next(store, now)
    coming = next_of(keys, now)
    again_from = now if coming is None else coming.signs_from
    documents = {
        DISCOVERY_PATH: _json(discovery_document(issuer)),
        KEYS_PATH: _json(key_set(ring_of(keys, now))),
    }
    return Published(documents, again_from, again_from + SIGNS_FOR_S)


def _json(document: dict[str, object]) -> bytes:
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
