"""The keys of the issuers that federated credentials name: given in the estate, our own cluster's, or
fetched.

Rules for those that are fetched:
- an issuer is asked only when a federated credential names it, and its answer must name it in the same way;
- keys are kept for an hour. An unknown key id has them fetched again, at most once a minute; a failure is not
  tried again for ten seconds, and meanwhile keys are used that are a day old at most;
- one fetch for an issuer at a time; at most 100 issuers are remembered;
- nothing is fetched where everything that runs is to stay on this machine.

Source: https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from keyless.planes.entra.issuer_fetch import FetchFailed, fetch
from keyless.tokens.issuer_keys import IssuerKeys, UnusableKeys, read_issuer_keys

KEPT_S = 60 * 60
KEPT_AT_MOST_S = 24 * 60 * 60
AGAIN_AFTER_S = 60
AFTER_FAILURE_S = 10
REMEMBERED = 100
_DISCOVERY = "/.well-known/openid-configuration"


class Fetch(Protocol):
    """Gets what is published at a URL; raises FetchFailed."""

    def __call__(self, url: str, *, loopback: bool) -> Awaitable[bytes]:
        """The bytes."""
        ...


class KeysUnavailable(Exception):
    """An issuer's keys cannot be had; the message says why.

    ``unreadable`` says that it publishes something, which is of no use.
    """

    def __init__(self, message: str, *, unreadable: bool = False) -> None:
        super().__init__(message)
        self.unreadable = unreadable


class _Metadata(msgspec.Struct):
    issuer: str
    jwks_uri: str


@dataclass(slots=True)
class _Kept:
    """What is known of an issuer: its keys and since when, and when it was last asked in vain."""

    keys: IssuerKeys | None = None
    fetched_at: float = float("-inf")
    failed_at: float = float("-inf")
    failure: KeysUnavailable | None = None


class FetchedKeys:
    """Fetches and keeps the keys of issuers; ``may_fetch`` says whether that is allowed now."""

    def __init__(self, fetching: Fetch = fetch, may_fetch: Callable[[], bool] = lambda: True) -> None:
        self._fetch = fetching
        self._may_fetch = may_fetch
        self._kept: dict[tuple[str, bool], _Kept] = {}
        self._turns: defaultdict[tuple[str, bool], asyncio.Lock] = defaultdict(asyncio.Lock)

    async def keys(
        self, issuer: str, kid: str | None, algorithm: str, now: float, *, loopback: bool
    ) -> IssuerKeys:
        """The keys of an issuer, fetched again if the one that is asked for is not among them.

        Raises:
            KeysUnavailable: there are none.
        """
        place = (issuer, loopback)
        async with self._turns[place]:
            kept = self._known(place)
            if self._is_due(kept, kid, algorithm, now):
                await self._renew(place, kept, now)
        if kept.keys is not None and now - kept.fetched_at <= KEPT_AT_MOST_S:
            return kept.keys
        raise kept.failure or KeysUnavailable(f"the keys of `{issuer}` are not known")

    def _known(self, place: tuple[str, bool]) -> _Kept:
        if place not in self._kept and len(self._kept) >= REMEMBERED:
            self._kept.clear()
        return self._kept.setdefault(place, _Kept())

    def _is_due(self, kept: _Kept, kid: str | None, algorithm: str, now: float) -> bool:
        if now - kept.failed_at < AFTER_FAILURE_S:
            return False
        if kept.keys is None or now - kept.fetched_at > KEPT_S:
            return True
        return kept.keys.find(kid, algorithm) is None and now - kept.fetched_at >= AGAIN_AFTER_S

    async def _renew(self, place: tuple[str, bool], kept: _Kept, now: float) -> None:
        issuer, loopback = place
        try:
            kept.keys = await self._fetched(issuer, loopback=loopback)
            kept.fetched_at, kept.failure = now, None
        except KeysUnavailable as error:
            kept.failed_at, kept.failure = now, error

    async def _fetched(self, issuer: str, *, loopback: bool) -> IssuerKeys:
        if not self._may_fetch():
            raise KeysUnavailable(
                "nothing is fetched with `--offline`: give the keys as a file under `issuers`"
            )
        try:
            metadata = _read_metadata(await self._fetch(issuer.rstrip("/") + _DISCOVERY, loopback=loopback))
            if metadata.issuer != issuer:
                raise KeysUnavailable(f"it says that it is `{metadata.issuer[:200]}`", unreadable=True)
            return read_issuer_keys(await self._fetch(metadata.jwks_uri, loopback=loopback))
        except FetchFailed as error:
            raise KeysUnavailable(str(error)) from error
        except UnusableKeys as error:
            raise KeysUnavailable(f"its keys cannot be used: {error}", unreadable=True) from error


def _read_metadata(data: bytes) -> _Metadata:
    try:
        return msgspec.json.decode(data, type=_Metadata)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise KeysUnavailable(
            "its discovery document has no `issuer` and `jwks_uri`", unreadable=True
        ) from None
