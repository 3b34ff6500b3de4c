"""Whatever is ordered and however time passes: a token holds for exactly as long as it says."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from keyless.tokens.keys import StoredSigningKey
from keyless.tokens.rotation import (
    LONGEST_TOKEN_S,
    PUBLISHED_FOR_S,
    SIGNS_FOR_S,
    Phase,
    changes_at,
    due,
    ends_at,
    phase_of,
    promoted,
    retired,
    revoked,
    settled,
    signer_of,
)

BEGIN = 1_800_000_000
orders = st.sampled_from(["nothing", "retire", "revoke", "next", "promote"])
pauses = st.integers(min_value=0, max_value=2 * SIGNS_FOR_S)
histories = st.lists(st.tuples(pauses, orders), max_size=12)


class Estate:
    """Keys without their private halves, kept as the store keeps them."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.keys: list[StoredSigningKey] = []
        self.names = (f"key-{number}" for number in itertools.count())
        self.revocations: dict[str, int] = {}
        self.complete()

    def made(self, signs_from: int) -> StoredSigningKey:
        return StoredSigningKey(next(self.names), b"", self.now, signs_from)

    def complete(self) -> None:
        self.keys = settled(self.keys, self.now)
        if signer_of(self.keys, self.now) is None:
            self.keys = promoted(self.keys, self.now)
        signs_from = due(self.keys, self.now)
        if signs_from is not None:
            self.keys = settled([*self.keys, self.made(signs_from)], self.now)

    @property
    def signer(self) -> StoredSigningKey:
        found = signer_of(self.keys, self.now)
        assert found is not None
        return found

    def order(self, what: str) -> None:
        if what == "retire":
            self.keys = retired(self.keys, self.signer.kid, self.now)
        elif what == "revoke":
            self.revocations[self.signer.kid] = self.now
            self.keys = revoked(self.keys, self.signer.kid, self.now)
        elif what == "next":
            self.keys = [*self.keys, self.made(self.now + PUBLISHED_FOR_S)]
        elif what == "promote":
            self.keys = promoted(self.keys, self.now)
        self.complete()

    def verifies(self, kid: str, at: int) -> bool:
        """Whether a token of this key would verify at a time, if nothing is ordered until then."""
        return any(
            key.kid == kid and phase_of(key, at) is not Phase.REVOKED for key in settled(self.keys, at)
        )


@given(histories)
def test_a_token_verifies_until_it_expires_and_its_key_not_after(history: list[tuple[int, str]]) -> None:
    estate = Estate()
    tokens: list[tuple[str, int]] = []
    for pause, what in history:
        tokens.append((estate.signer.kid, estate.now + LONGEST_TOKEN_S))
        estate.now += pause
        estate.complete()
        tokens.append((estate.signer.kid, estate.now + LONGEST_TOKEN_S))
        estate.order(what)
    for kid, expires_at in tokens:
        last = expires_at - 1
        if kid in estate.revocations:
            assert not estate.verifies(kid, max(last, estate.now))
        elif last >= estate.now:
            assert estate.verifies(kid, last), (kid, last)
    for key in estate.keys:
        end = ends_at(key)
        if end is not None:
            assert not estate.verifies(key.kid, end)


@given(histories)
def test_at_every_moment_exactly_one_key_signs(history: list[tuple[int, str]]) -> None:
    estate = Estate()
    for pause, what in history:
        estate.now += pause
        estate.complete()
        estate.order(what)
        phases = [phase_of(key, estate.now) for key in estate.keys]
        assert phases.count(Phase.SIGNING) == 1
        assert changes_at(estate.keys, estate.now) > estate.now


@given(histories, st.integers(min_value=0, max_value=SIGNS_FOR_S))
def test_nothing_changes_before_the_moment_that_is_named(history: list[tuple[int, str]], wait: int) -> None:
    estate = Estate()
    for pause, what in history:
        estate.now += pause
        estate.complete()
        estate.order(what)
    before = min(estate.now + wait, changes_at(estate.keys, estate.now) - 1)
    later = settled(estate.keys, before)
    assert later == estate.keys
    assert signer_of(later, before) == estate.signer
    assert due(later, before) is None


@given(pauses)
def test_a_key_that_follows_without_an_order_was_published_for_a_day(pause: int) -> None:
    estate = Estate()
    first = estate.signer.kid
    estate.now += pause
    estate.complete()
    for key in estate.keys:
        assert key.kid == first or key.signs_from >= key.created_at + PUBLISHED_FOR_S
