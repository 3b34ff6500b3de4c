"""What may be said of an object of any kind: tags and times.

Source: https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.wire.errors import InvalidProperty

MAX_TAGS = 15
MAX_TAG_CHARACTERS = 512
EARLIEST_S, LATEST_S = -62_135_596_800, 253_402_300_799
"""The years 1 to 9999, which the clients can tell. Times before 1970 are taken, because the JavaScript client
makes negative numbers of times after January 2038."""


def check_tags(tags: Mapping[str, str] | None) -> None:
    """Check how many tags there are, and how long.

    Raises:
        InvalidRequest: there are too many, or one is too long.
    """
    if tags is None:
        return
    if len(tags) > MAX_TAGS:
        raise InvalidProperty("tags", f"an object may have {MAX_TAGS} tags, and not {len(tags)}")
    for text in (*tags.keys(), *tags.values()):
        if len(text) > MAX_TAG_CHARACTERS:
            raise InvalidProperty("tags", f"names and values may have {MAX_TAG_CHARACTERS} characters")


def check_times(not_before: int | None, expires: int | None) -> None:
    """Check that times are ones that clients can tell.

    Raises:
        InvalidRequest: one is not; ``field`` names it.
    """
    for field, time_s in (("nbf", not_before), ("exp", expires)):
        if time_s is not None and not EARLIEST_S <= time_s <= LATEST_S:
            raise InvalidProperty(field, "it must be seconds since 1970, within the years 1 to 9999")
