"""azure-keyvault-keys' CryptographyClient, synchronous and asynchronous, with every algorithm.

A program uses keys of a vault that it may not read, so that the client can do nothing by itself; it made the
keys, and so can check the results with a library. The tests judge what it saw.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_estates import PLACES, TENANT_ID, VAULT_URL, WEB
from sdk_site import Once, Seen, Site

SIGNING = {
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384", "ES512"),
    *("HS256", "HS384", "HS512"),
}
RSA = {"RSA1_5", "RSA-OAEP", "RSA-OAEP-256"}
AES = {f"A{bits}{mode}" for mode in ("GCM", "CBC", "CBCPAD") for bits in (128, 192, 256)}
WRAPS = {"A128KW", "A192KW", "A256KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"}
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
resourceGroups:
  orders-rg:
    compute:
      orders-web:
        type: Microsoft.Web/sites
        identity:
          systemAssigned: {{clientId: {WEB.client_id}, principalId: {WEB.principal_id}}}
    vaults:
      contoso-orders:
        enableRbacAuthorization: false
        accessPolicies:
          - principal: orders-web
            permissions: {{keys: [import, encrypt, decrypt, wrapkey, unwrapkey, sign, verify]}}
"""


@pytest.fixture(params=["key_cryptography", "key_cryptography_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(ESTATE)
        return dict(site.python(f"{program}.py", env=PLACES).seen)

    return once(program, run)


def test_a_signature_of_every_algorithm_is_good_for_the_library_too(seen: Seen) -> None:
    good = {"good here": True, "good there": True, "of another": False, "key": True}
    assert seen["signatures"] == dict.fromkeys(SIGNING, good)


def test_a_ciphertext_of_every_algorithm_opens_for_the_library_too(seen: Seen) -> None:
    assert seen["ciphertexts"] == {alg: {"opens here": True, "opens there": True} for alg in RSA | AES}


def test_a_key_wrapped_by_every_algorithm_opens_for_the_library_too(seen: Seen) -> None:
    assert seen["wrapped"] == {alg: {"opens here": True, "opens there": True} for alg in RSA | WRAPS}


def test_it_was_the_service_that_did_it(seen: Seen) -> None:
    asked = {name: count for name, count in seen["asked"].items() if name.startswith("POST")}
    assert asked == {
        "POST sign": len(SIGNING),
        "POST verify": 2 * len(SIGNING),
        "POST encrypt": len(RSA | AES),
        "POST decrypt": len(RSA | AES),
        "POST wrapkey": len(RSA | WRAPS),
        "POST unwrapkey": len(RSA | WRAPS),
    }


def test_without_a_version_the_newest_is_used(seen: Seen) -> None:
    assert seen["newest"] == {"good here": True}


def test_random_bytes_are_as_many_as_were_asked_for(seen: Seen) -> None:
    assert seen["random"] == 32


def test_errors_are_those_that_clients_tell_apart(seen: Seen) -> None:
    refusals = dict(seen["refusals"])
    missing = refusals.pop("no key")
    assert (missing["type"], missing["code"]) == ("ResourceNotFoundError", "KeyNotFound")
    unused = refusals.pop("another key")
    assert (unused["status"], unused["code"], unused["inner"]) == (403, "Forbidden", "KeyOperationForbidden")
    assert {error["status"] for error in refusals.values()} == {400}
    assert {error["code"] for error in refusals.values()} == {"BadParameter"}
    assert refusals["short digest"]["message"].endswith(
        "Invalid length of 'value': 5 bytes. RS256 requires 32 bytes, encoded with base64url."
    )
    assert f"{VAULT_URL}/keys/es256k/" in refusals["another curve"]["message"]
    assert len(refusals) == 3
