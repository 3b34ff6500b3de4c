"""What the verifier accepts, and above all what it refuses."""

from __future__ import annotations

import pytest
from forging import (
    OTHER_TENANT,
    SUBJECT,
    TENANT,
    VAULT_AUDIENCE,
    b64,
    claims_at,
    header_of,
    part,
    signed,
    signed_with_public_key_as_mac,
)
from hypothesis import given
from hypothesis import strategies as st

from keyless.model.identities import PrincipalKind, Revocation
from keyless.tokens.issue import issue
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.verify import MAX_TOKEN_BYTES, Rejection, TokenRejected, Verified, verify


def check(token: str, keys: KeyRing, now: float) -> Verified:
    return verify(token, keys=keys, tenant_id=TENANT, audiences={VAULT_AUDIENCE}, now=now)


def rejection(token: str, keys: KeyRing, now: float) -> TokenRejected:
    with pytest.raises(TokenRejected) as caught:
        check(token, keys, now)
    return caught.value


def test_a_token_that_was_issued_verifies(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    verified = check(issue(claims_at(now), signing_key), key_ring, now)
    assert verified.audience == VAULT_AUDIENCE
    assert verified.expires_at == now + 24 * 3600
    principal = verified.principal
    assert (principal.principal_id, principal.client_id) == (SUBJECT.principal_id, SUBJECT.client_id)
    assert (principal.tenant_id, principal.issuer) == (TENANT, f"https://sts.windows.net/{TENANT}/")


def test_a_managed_identity_is_told_from_an_application(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    claims = claims_at(now)
    assert check(issue(claims, signing_key), key_ring, now).principal.kind is PrincipalKind.MANAGED_IDENTITY
    del claims["xms_mirid"]
    assert check(issue(claims, signing_key), key_ring, now).principal.kind is PrincipalKind.APPLICATION


def test_a_token_of_an_older_key_verifies_while_the_ring_has_it(
    signing_key: SigningKey, foreign_key: SigningKey, now: int
) -> None:
    older = issue(claims_at(now), signing_key)
    assert check(older, KeyRing([signing_key, foreign_key]), now)
    assert rejection(older, KeyRing([foreign_key]), now).why is Rejection.KEY


def test_a_token_of_a_key_that_was_not_published_is_refused(
    foreign_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    assert rejection(issue(claims_at(now), foreign_key), key_ring, now).why is Rejection.KEY


def test_a_forged_signature_under_a_published_key_id_is_refused(
    signing_key: SigningKey, foreign_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    forged = signed(foreign_key, header_of(signing_key), claims_at(now))
    assert rejection(forged, key_ring, now).why is Rejection.SIGNATURE


def test_a_changed_payload_is_refused(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    header, _, signature = issue(claims_at(now), signing_key).split(".")
    changed = part(claims_at(now) | {"oid": "someone else"})
    assert rejection(f"{header}.{changed}.{signature}", key_ring, now).why is Rejection.SIGNATURE


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "HS256", "RS384", "PS256", "ES256", "rs256"])
def test_only_the_one_algorithm_is_taken(
    algorithm: str, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    header = header_of(signing_key) | {"alg": algorithm}
    for token in (
        signed(signing_key, header, claims_at(now)),
        signed_with_public_key_as_mac(signing_key, header, claims_at(now)),
        f"{part(header)}.{part(claims_at(now))}.",
    ):
        assert rejection(token, key_ring, now).why is Rejection.ALGORITHM


@pytest.mark.parametrize(
    "extra",
    [
        {"jwk": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["AAAA"]},
        {"crit": ["exp"]},
        {"crit": None},
        {"crit": []},
        {"b64": False},
        {"zip": "DEF"},
        {"anything": 1},
        {"typ": 1},
        {"x5t": ["a"]},
    ],
)
def test_a_header_that_brings_its_own_key_or_rules_is_refused_even_when_signed(
    extra: dict[str, object], signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = signed(signing_key, header_of(signing_key) | extra, claims_at(now))
    assert rejection(token, key_ring, now).why is Rejection.MALFORMED


@pytest.mark.parametrize(
    "header", [{}, {"alg": "RS256"}, {"alg": "RS256", "kid": 1}, [], 7, None, b"\xff{", b"{"]
)
def test_a_header_that_is_none_is_refused(
    header: object, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    assert rejection(signed(signing_key, header, claims_at(now)), key_ring, now).why is Rejection.MALFORMED


def test_of_two_algorithms_in_a_header_none_can_win(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    twice = f'{{"alg":"RS256","kid":"{signing_key.kid}","alg":"none"}}'.encode()
    assert rejection(f"{part(twice)}.{part(claims_at(now))}.", key_ring, now).why is Rejection.ALGORITHM


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: "..",
        lambda token: token.replace(".", "", 1),
        lambda token: f"{token}.{token}",
        lambda token: f"{token}.",
        lambda token: "a" * 10_000_000,
        lambda token: f"{token}é",
        lambda token: token.replace(".", "é.", 1),
        lambda token: token.split(".")[1] + "." + token.split(".")[0] + "." + token.split(".")[2],
        lambda token: b64(b"[" * 9000) + ".a.b",
        lambda token: f"{token.split('.')[0]}=.{token.split('.', 1)[1]}",
    ],
)
def test_a_text_that_is_no_token_is_refused(
    spoil: object, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    assert callable(spoil)
    token = spoil(issue(claims_at(now), signing_key))
    assert rejection(token, key_ring, now).why is Rejection.MALFORMED


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1],
        lambda token: token[:-4],
        lambda token: f"{token}=",
        lambda token: f"{token}==",
        lambda token: f"{token} ",
        lambda token: f"{token}\n",
        lambda token: f"{token}\x00",
        lambda token: token[:-9] + "!" + token[-9:],
        lambda token: token.rsplit(".", 1)[0] + ".",
        lambda token: token.rsplit(".", 1)[0] + "." + "A" * 342,
    ],
)
def test_a_signature_must_be_the_very_bytes(
    spoil: object, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    assert callable(spoil)
    token = spoil(issue(claims_at(now), signing_key))
    assert rejection(token, key_ring, now).why is Rejection.SIGNATURE


def test_a_token_beyond_the_limit_is_refused_although_it_is_signed(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now) | {"groups": "g" * MAX_TOKEN_BYTES}, signing_key)
    assert rejection(token, key_ring, now).why is Rejection.MALFORMED


def test_a_token_expires_at_its_second(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    token = issue(claims_at(now), signing_key)
    end = now + 24 * 3600
    assert check(token, key_ring, end - 0.001)
    assert rejection(token, key_ring, end).why is Rejection.EXPIRED
    assert rejection(token, key_ring, end + 10**9).why is Rejection.EXPIRED


def test_a_token_is_not_valid_before_its_time_but_for_a_minute_of_skew(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now), signing_key)
    begin = now - 300
    assert check(token, key_ring, begin - 60)
    assert rejection(token, key_ring, begin - 61).why is Rejection.NOT_YET_VALID


@pytest.mark.parametrize(
    "audience", [VAULT_AUDIENCE + "/", "https://VAULT.azure.net", "https://azconfig.io", "", "*"]
)
def test_another_audience_is_refused_and_named(
    audience: str, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    refused = rejection(issue(claims_at(now) | {"aud": audience}, signing_key), key_ring, now)
    assert (refused.why, refused.found) == (Rejection.AUDIENCE, audience)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": f"https://sts.windows.net/{OTHER_TENANT}/"},
        {"iss": f"https://sts.windows.net/{OTHER_TENANT}/", "tid": OTHER_TENANT},
        {"iss": f"https://sts.windows.net/{TENANT}"},
        {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"},
        {"tid": OTHER_TENANT},
        {"tid": ""},
    ],
)
def test_another_issuer_or_tenant_is_refused(
    change: dict[str, str], signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now) | change, signing_key)
    assert rejection(token, key_ring, now).why is Rejection.ISSUER


@pytest.mark.parametrize(
    "change",
    [
        {"aud": [VAULT_AUDIENCE]},
        {"exp": "4000000000"},
        {"exp": 4000000000.5},
        {"exp": None},
        {"exp": True},
        {"nbf": "0"},
        {"oid": ""},
        {"oid": None},
        {"appid": ""},
        {"appid": 1},
        {"iss": None},
        {"xms_mirid": 1},
    ],
)
def test_a_claim_of_the_wrong_kind_is_refused(
    change: dict[str, object], signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = signed(signing_key, header_of(signing_key), claims_at(now) | change)
    assert rejection(token, key_ring, now).why is Rejection.CLAIMS


@pytest.mark.parametrize("name", ["iss", "aud", "tid", "oid", "appid", "exp", "nbf"])
def test_a_missing_claim_is_refused(name: str, signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    claims = {key: value for key, value in claims_at(now).items() if key != name}
    assert (
        rejection(signed(signing_key, header_of(signing_key), claims), key_ring, now).why is Rejection.CLAIMS
    )


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"\xff", b"{"])
def test_a_payload_that_is_no_claims_set_is_refused(
    payload: bytes, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    assert (
        rejection(signed(signing_key, header_of(signing_key), payload), key_ring, now).why is Rejection.CLAIMS
    )


def test_a_rejection_says_nothing_of_the_token(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    token = issue(claims_at(now) | {"iss": "https://elsewhere"}, signing_key)
    refused = rejection(token, key_ring, now)
    assert str(refused) == "token refused: issuer"
    assert token.split(".")[2] not in repr(refused)


class _OneKey(KeyRing):
    """A ring whose key is found under any id, so that every forged header gets as far as it can."""

    def find(self, kid: object) -> SigningKey | None:
        return self.current


@given(text=st.text())
def test_any_text_at_all_is_refused_and_no_more_than_that(text: str, signing_key: SigningKey) -> None:
    assert rejection(text, _OneKey([signing_key]), 0).why in Rejection


@given(
    header=st.dictionaries(
        st.sampled_from(["typ", "alg", "kid", "x5t", "crit", "b64", "jwk", "zip"]),
        st.sampled_from(["RS256", "JWT", "none", "the key", "", None, 1, [], {}, [None], True]),
    ),
    rest=st.binary(max_size=40),
)
def test_any_header_at_all_is_refused_and_no_more_than_that(
    header: dict[str, object], rest: bytes, signing_key: SigningKey
) -> None:
    token = f"{part(header)}.{b64(rest)}.{b64(rest)}"
    assert rejection(token, _OneKey([signing_key]), 0).why in Rejection


def check_revoked(token: str, keys: KeyRing, now: float, revocation: Revocation) -> Verified:
    revocations = {revocation.principal_id.casefold(): revocation}
    return verify(
        token,
        keys=keys,
        tenant_id=TENANT,
        audiences={VAULT_AUDIENCE},
        now=now,
        revocations=revocations,
    )


@pytest.mark.parametrize("later", [0, 1, 3600])
def test_a_token_issued_up_to_the_revocation_is_refused_and_told_since_when(
    later: int, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now), signing_key)
    with pytest.raises(TokenRejected) as caught:
        check_revoked(token, key_ring, now + later, Revocation(SUBJECT.principal_id.upper(), now + later))
    assert (caught.value.why, caught.value.revoked_at) == (Rejection.REVOKED, now + later)


def test_a_token_issued_after_the_revocation_holds(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now), signing_key)
    assert check_revoked(token, key_ring, now, Revocation(SUBJECT.principal_id, now - 1))


def test_a_disabled_principals_token_is_refused_whenever_it_was_issued(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now), signing_key)
    with pytest.raises(TokenRejected) as caught:
        check_revoked(token, key_ring, now, Revocation(SUBJECT.principal_id, now - 900, disabled=True))
    assert caught.value.why is Rejection.REVOKED


def test_the_revocation_of_another_principal_changes_nothing(
    signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = issue(claims_at(now), signing_key)
    assert check_revoked(token, key_ring, now, Revocation("someone else", now + 60, disabled=True))


def test_a_forged_or_expired_token_is_never_said_to_be_revoked(
    signing_key: SigningKey, foreign_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    revocation = Revocation(SUBJECT.principal_id, now)
    forged = signed(foreign_key, header_of(signing_key), claims_at(now))
    expired = issue(claims_at(now - 86_400), signing_key)
    for token, why in ((forged, Rejection.SIGNATURE), (expired, Rejection.EXPIRED)):
        with pytest.raises(TokenRejected) as caught:
            check_revoked(token, key_ring, now, revocation)
        assert (caught.value.why, caught.value.revoked_at) == (why, None)


@pytest.mark.parametrize("issued", [None, "1", 1.5, True])
def test_a_token_that_does_not_say_when_it_was_issued_is_refused(
    issued: object, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = signed(signing_key, header_of(signing_key), claims_at(now) | {"iat": issued})
    assert rejection(token, key_ring, now).why is Rejection.CLAIMS


def test_a_token_of_a_revoked_key_is_refused_and_told_since_when(
    signing_key: SigningKey, foreign_key: SigningKey, now: int
) -> None:
    ring = KeyRing([foreign_key], revoked={signing_key.kid: now - 5})
    refused = rejection(issue(claims_at(now), signing_key), ring, now)
    assert (refused.why, refused.revoked_at) == (Rejection.REVOKED, now - 5)
