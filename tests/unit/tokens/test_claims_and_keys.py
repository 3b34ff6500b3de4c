"""The claims that go into a token, how it is signed, and the keys."""

from __future__ import annotations

import base64
import json

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from forging import SUBJECT, TENANT, VAULT_AUDIENCE, claims_at
from joserfc import jws

from keyless.model.identities import PrincipalKind
from keyless.tokens.audience import V2, Audience
from keyless.tokens.claims import (
    ClientAuthentication,
    Subject,
    claims_of,
    lifetime_s,
    v1_claims,
    v1_issuer,
)
from keyless.tokens.issue import issue
from keyless.tokens.keys import (
    KeyRing,
    SigningKey,
    StoredSigningKey,
    generate_signing_key,
    load_signing_key,
)

AZURE_CLAIMS = {
    "aud", "iss", "iat", "nbf", "exp", "aio", "appid", "appidacr", "idp", "idtyp", "oid", "rh", "sub", "tid",
    "uti", "ver", "xms_mirid",
}  # fmt: skip


def test_a_managed_identity_gets_the_claims_that_azure_puts_there(now: int) -> None:
    claims = claims_at(now)
    assert set(claims) == AZURE_CLAIMS
    assert claims["sub"] == claims["oid"] == SUBJECT.principal_id
    assert claims["iss"] == claims["idp"] == f"https://sts.windows.net/{TENANT}/"
    assert (claims["ver"], claims["idtyp"], claims["appidacr"]) == ("1.0", "app", "2")
    assert claims["aud"] == VAULT_AUDIENCE


def test_the_hosting_resource_and_the_client_capabilities_are_in_the_token_when_known(now: int) -> None:
    subject = Subject(
        TENANT, "c", "o", PrincipalKind.MANAGED_IDENTITY, ClientAuthentication.CERTIFICATE, "/mi", "/host"
    )
    claims = v1_claims(subject, VAULT_AUDIENCE, now, "u", ("CP1",))
    assert (claims["xms_mirid"], claims["xms_az_rid"], claims["xms_cc"]) == ("/mi", "/host", ["CP1"])


def test_an_application_says_that_it_used_a_secret_and_has_no_managed_identity(now: int) -> None:
    subject = Subject(TENANT, "c", "o", PrincipalKind.APPLICATION, ClientAuthentication.SECRET)
    claims = v1_claims(subject, VAULT_AUDIENCE, now, "u")
    assert claims["appidacr"] == "1"
    assert not {"xms_mirid", "xms_az_rid", "xms_cc"} & set(claims)


def test_a_version_2_token_names_the_caller_and_the_issuer_in_its_own_way(now: int) -> None:
    claims = claims_of(SUBJECT, Audience("the-resource", V2, of_azure=False), now, "u", ("CP1",))
    assert set(claims) == {
        "aud", "iss", "iat", "nbf", "exp", "aio", "azp", "azpacr", "oid", "rh", "sub", "tid", "uti", "ver",
        "xms_cc",
    }  # fmt: skip
    assert claims["iss"] == f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert (claims["aud"], claims["azp"], claims["azpacr"]) == ("the-resource", SUBJECT.client_id, "2")
    assert claims["ver"] == "2.0"


def test_a_token_for_an_application_does_not_say_where_a_managed_identity_is(now: int) -> None:
    claims = claims_of(SUBJECT, Audience("api://orders", of_azure=False), now, "u")
    assert not {"idtyp", "xms_mirid", "xms_az_rid"} & set(claims)
    assert (claims["aud"], claims["appid"], claims["ver"]) == ("api://orders", SUBJECT.client_id, "1.0")


def test_the_random_texts_of_a_token_differ_from_each_other_and_from_token_to_token(now: int) -> None:
    one, other = (claims_of(SUBJECT, Audience("a"), now, unique) for unique in ("u", "v"))
    assert len({str(claims[name]) for claims in (one, other) for name in ("aio", "rh", "uti")}) == 6


def test_tokens_live_a_day_for_managed_identities_and_an_hour_for_applications() -> None:
    assert lifetime_s(PrincipalKind.MANAGED_IDENTITY) == 86_400
    assert lifetime_s(PrincipalKind.APPLICATION) == 3_600


def test_the_issuer_ends_in_a_slash() -> None:
    assert v1_issuer("t") == "https://sts.windows.net/t/"


def test_the_header_names_the_key_twice_as_entra_does(signing_key: SigningKey, now: int) -> None:
    first = issue(claims_at(now), signing_key).split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    assert header == {"typ": "JWT", "alg": "RS256", "x5t": signing_key.kid, "kid": signing_key.kid}


def test_a_token_is_what_the_library_makes_of_its_parts(
    signing_key: SigningKey, foreign_key: SigningKey, now: int
) -> None:
    for key in (signing_key, foreign_key, signing_key):
        header = {"typ": "JWT", "alg": "RS256", "x5t": key.x5t, "kid": key.kid}
        payload = msgspec.json.encode(claims_at(now))
        made = jws.serialize_compact(header, payload, key.key, algorithms=["RS256"])
        assert issue(claims_at(now), key) == made


def test_a_public_key_shows_nothing_of_the_private_one(signing_key: SigningKey) -> None:
    assert set(signing_key.public_jwk) == {"kty", "use", "kid", "x5t", "n", "e", "x5c"}
    assert "PRIVATE" not in repr(signing_key)


def test_a_stored_key_is_the_same_key_again(signing_key: SigningKey) -> None:
    again = load_signing_key(signing_key.stored())
    assert again.public_jwk == signing_key.public_jwk
    assert (again.kid, again.created_at) == (signing_key.kid, signing_key.created_at)


def test_a_keys_certificate_is_the_same_wherever_it_is_made(signing_key: SigningKey) -> None:
    again = load_signing_key(signing_key.stored())
    assert again.certificate == signing_key.certificate
    assert again.x5t == signing_key.kid


def test_a_ring_knows_its_signer_and_what_was_revoked(
    signing_key: SigningKey, foreign_key: SigningKey
) -> None:
    ring = KeyRing([signing_key, foreign_key], signer=signing_key.kid, revoked={"gone": 7}, changes_at=9)
    assert ring.current is signing_key
    assert (ring.revoked_at("gone"), ring.revoked_at(signing_key.kid), ring.changes_at) == (7, None, 9)


def test_a_stored_key_of_another_kind_is_refused(now: int) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(TypeError, match="`k` is no RSA key"):
        load_signing_key(StoredSigningKey("k", pem, now))


def test_the_newest_key_signs_and_all_are_published(signing_key: SigningKey, foreign_key: SigningKey) -> None:
    newer = SigningKey(foreign_key.kid, foreign_key.key, signing_key.created_at + 1)
    ring = KeyRing([newer, signing_key])
    assert ring.current.kid == newer.kid
    assert [key["kid"] for key in ring.jwks()["keys"]] == [signing_key.kid, newer.kid]
    assert ring.find(signing_key.kid) is not None
    assert ring.find("unknown") is None
    assert ring.find(None) is None


def test_a_ring_without_keys_cannot_be() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        KeyRing([])


def test_no_key_is_called_what_a_command_line_would_take_for_an_option(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    thumbprints = iter(["-a", "-b", "c"])
    monkeypatch.setattr("keyless.tokens.keys.thumbprint", lambda certificate: next(thumbprints))
    assert generate_signing_key(1_800_000_000).kid == "c"
