"""Bearer tokens: verified once, found again by their own text alone, for as long as they hold."""

from __future__ import annotations

from typing import Any

import pytest

from keyless.model.identities import PrincipalKind
from keyless.tokens.claims import v1_issuer
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.verify import Rejection
from keyless.wire.authenticate import BearerTokens, workload_of
from keyless.wire.errors import Unauthenticated

TENANT = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def tokens(key_ring: KeyRing) -> BearerTokens:
    return BearerTokens(
        key_ring, TENANT, v1_issuer(TENANT), frozenset({"https://books.example", "https://b"})
    )


def test_a_token_speaks_for_its_principal(library: Any, tokens: BearerTokens, now: int) -> None:
    principal = tokens.principal(library.token("alice"), now)
    assert (principal.principal_id, principal.client_id, principal.tenant_id) == (
        "alice",
        "app-of-alice",
        TENANT,
    )
    assert principal.kind is PrincipalKind.APPLICATION
    managed = tokens.principal(library.token("bob", xms_mirid="/subscriptions/s"), now)
    assert managed.kind is PrincipalKind.MANAGED_IDENTITY


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_schemes_casing_does_not_matter(
    library: Any, tokens: BearerTokens, now: int, scheme: str
) -> None:
    text = library.token("alice").partition(" ")[2]
    assert tokens.principal(f"{scheme}  {text} ", now).principal_id == "alice"


def test_without_a_header_there_is_no_rejection_to_tell(tokens: BearerTokens, now: int) -> None:
    for authorization in (None, "Basic x"):
        with pytest.raises(Unauthenticated) as raised:
            tokens.principal(authorization, now)
        assert raised.value.rejection is None


def test_a_refusal_says_what_was_found_and_expected(library: Any, tokens: BearerTokens, now: int) -> None:
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(library.token("alice", audience="https://else"), now)
    refused = raised.value
    assert (refused.rejection, refused.found) == (Rejection.AUDIENCE, "https://else")
    assert refused.expected == "https://b or https://books.example"
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(library.token("alice", iss="https://else/"), now)
    assert raised.value.expected == v1_issuer(TENANT)


def test_a_refusal_never_shows_the_token(library: Any, tokens: BearerTokens, now: int) -> None:
    authorization = library.token("alice", audience="https://else")
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(authorization, now)
    shown = f"{raised.value!r} {raised.value} {raised.value.found} {raised.value.detail}"
    assert authorization.split(".")[2] not in shown


def test_a_long_claim_is_cut_before_it_is_shown(library: Any, tokens: BearerTokens, now: int) -> None:
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(library.token("alice", audience="x" * 5000), now)
    assert len(raised.value.found) == 200


def test_a_token_is_verified_once(library: Any, tokens: BearerTokens, now: int) -> None:
    authorization = library.token("alice")
    first = tokens.principal(authorization, now)
    assert tokens.principal(authorization, now) is first


def test_a_token_that_differs_in_one_character_is_verified_anew(
    library: Any, tokens: BearerTokens, now: int
) -> None:
    authorization = library.token("alice")
    tokens.principal(authorization, now)
    at = len(authorization) - 20
    altered = authorization[:at] + ("A" if authorization[at] != "A" else "B") + authorization[at + 1 :]
    with pytest.raises(Unauthenticated):
        tokens.principal(altered, now)


def test_a_remembered_token_expires(library: Any, tokens: BearerTokens, now: int) -> None:
    authorization = library.token("alice")
    tokens.principal(authorization, now + 3599)
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(authorization, now + 3600)
    assert raised.value.rejection is Rejection.EXPIRED


def test_a_token_of_an_unknown_key_is_refused(
    library: Any, tokens: BearerTokens, now: int, foreign_key: SigningKey
) -> None:
    library.key = foreign_key
    with pytest.raises(Unauthenticated) as raised:
        tokens.principal(library.token("alice"), now)
    assert raised.value.rejection is Rejection.KEY


def test_what_is_remembered_of_tokens_is_bounded(
    library: Any, tokens: BearerTokens, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.wire.authenticate._REMEMBERED", 3)
    for number in range(8):
        assert tokens.principal(library.token(f"p{number}"), now).principal_id == f"p{number}"
    assert len(tokens._remembered) <= 3


def test_a_refused_token_is_not_remembered(library: Any, tokens: BearerTokens, now: int) -> None:
    with pytest.raises(Unauthenticated):
        tokens.principal(library.token("alice", exp=1), now)
    assert not tokens._remembered


class One:
    """One workload."""

    def by_secret(self, secret: str) -> Any:
        return self if secret == "right" else None


def test_a_workload_is_known_by_its_secret_alone() -> None:
    running = One()
    assert workload_of("right", running) is running
    for secret in (None, "", "wrong"):
        with pytest.raises(Unauthenticated) as raised:
            workload_of(secret, running)
        assert "wrong" not in str(raised.value)
