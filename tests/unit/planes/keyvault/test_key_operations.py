"""Using keys: every algorithm through its operation, what a key may be used for, and malformed calls."""

from __future__ import annotations

import os
from typing import Any

import pytest
from key_vault_caller import Answer, Caller, make_vault
from keys_made import ec_material, oct_material, put_key, rsa_material

from keyless.model.resources import Vault
from keyless.planes.keyvault.keys.crypto.use import KeysInUse
from keyless.planes.keyvault.keys.material.algorithms import CIPHERS, SIGNERS, CipherRow, SignerRow
from keyless.planes.keyvault.keys.material.base64url import decode, encode
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.types import Family, KeyOperation, KeyType
from keyless.planes.keyvault.keys.service import Keys
from keyless.planes.keyvault.keys.weights import KEY_USES
from keyless.planes.keyvault.service import KeyVault
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.operation import Asked

NAME = "Signing"
VERSION = "a" * 32
NEWEST = "2026-04-01"
DIGEST = encode(b"d" * 32)
KEY_DISABLED = (403, "Forbidden", "KeyDisabled")
BAD_PARAMETER = (400, "BadParameter", None)


def named(row: CipherRow | SignerRow) -> str:
    return row.name


def material_for(row: CipherRow | SignerRow) -> KeyMaterial:
    suits = row.suits
    if suits.family is Family.OCT:
        return oct_material(suits.bits or 256)
    return rsa_material() if suits.family is Family.RSA else ec_material(suits.curve or "P-256")


def version_of(row: CipherRow | SignerRow) -> str:
    """An api-version that has an algorithm."""
    return "2016-10-01" if row.name == "ECDSA256" else NEWEST


@pytest.fixture
async def put(store: SqliteStore, vault: Vault) -> Any:
    """Put a key of some material, with settings, under the name of these tests."""

    async def put_one(material: KeyMaterial, **settings: Any) -> str:
        return await put_key(store, vault, NAME, material, **settings)

    return put_one


async def use(
    caller: Caller, action: str, path: str = f"/{VERSION}", version: str = NEWEST, **body: Any
) -> Answer:
    return await caller.call("POST", f"/keys/{NAME}{path}/{action}", body, api_version=version)


@pytest.mark.parametrize("row", CIPHERS, ids=named)
async def test_what_was_sealed_through_the_service_opens_through_it(
    row: CipherRow, caller: Caller, put: Any
) -> None:
    await put(material_for(row))
    plain = encode(os.urandom(32))
    pairs = [("encrypt", "decrypt"), ("wrapkey", "unwrapkey")]
    for (seal, unseal), operation in zip(pairs, (KeyOperation.ENCRYPT, KeyOperation.WRAP), strict=True):
        if operation not in row.operations:
            continue
        sealed = await use(caller, seal, alg=row.name, value=plain)
        assert sealed.status == 200, sealed.body
        assert sealed.body["kid"] == f"https://contoso-orders.vault.azure.net/keys/{NAME}/{VERSION}"
        given = {name: value for name, value in sealed.body.items() if name != "kid"}
        opened = await use(caller, unseal, alg=row.name, **given)
        assert opened.body == {"kid": sealed.body["kid"], "value": plain}


@pytest.mark.parametrize("row", SIGNERS, ids=named)
async def test_what_was_signed_through_the_service_verifies_through_it(
    row: SignerRow, caller: Caller, put: Any
) -> None:
    await put(material_for(row))
    size = getattr(getattr(row.signer, "hash", None), "digest_size", 36)
    digest, version = encode(os.urandom(size)), version_of(row)
    signed = await use(caller, "sign", version=version, alg=row.name, value=digest)
    assert signed.status == 200, signed.body
    assert set(signed.body) == {"kid", "value"}
    signature = signed.body["value"]
    verified = await use(caller, "verify", version=version, alg=row.name, digest=digest, value=signature)
    assert (verified.status, verified.body) == (200, {"value": True})
    other = encode(os.urandom(size))
    refused = await use(caller, "verify", version=version, alg=row.name, digest=other, value=signature)
    assert (refused.status, refused.body) == (200, {"value": False})


@pytest.mark.parametrize("path", ["", f"/{VERSION}", f"/{VERSION.upper()}"])
async def test_without_a_version_the_newest_is_used(path: str, caller: Caller, put: Any) -> None:
    await put(rsa_material(), version_id="0" * 32)
    await put(ec_material())
    signed = await use(caller, "sign", path, alg="ES256", value=DIGEST)
    assert signed.body["kid"].endswith(f"/keys/{NAME}/{VERSION}")


async def test_an_older_version_still_serves(caller: Caller, put: Any) -> None:
    await put(rsa_material(), version_id="0" * 32)
    await put(ec_material())
    signed = await use(caller, "sign", f"/{'0' * 32}", alg="RS256", value=DIGEST)
    assert signed.body["kid"].endswith(f"/keys/{NAME}/{'0' * 32}")


@pytest.mark.parametrize("path", [f"/{VERSION}", f"/{'b' * 32}"])
async def test_a_key_that_is_not_there_does_nothing(path: str, caller: Caller, put: Any) -> None:
    if path == f"/{'b' * 32}":
        await put(rsa_material())
    assert (await use(caller, "sign", path, alg="RS256", value=DIGEST)).codes == (404, "KeyNotFound", None)


USES = {
    "encrypt": {"alg": "RSA-OAEP", "value": "AAAA"},
    "decrypt": {"alg": "RSA-OAEP", "value": "AAAA"},
    "wrapkey": {"alg": "RSA-OAEP-256", "value": "AAAA"},
    "unwrapkey": {"alg": "RSA-OAEP-256", "value": "AAAA"},
    "sign": {"alg": "RS256", "value": DIGEST},
    "verify": {"alg": "RS256", "digest": DIGEST, "value": "AAAA"},
}
WORDS = {"wrapkey": "wrapKey", "unwrapkey": "unwrapKey"}
AT_ANY_TIME = ("decrypt", "unwrapkey", "verify")


@pytest.mark.parametrize("action", USES)
async def test_a_disabled_key_does_nothing(action: str, caller: Caller, put: Any) -> None:
    await put(rsa_material(), enabled=False)
    answer = await use(caller, action, **USES[action])
    assert answer.codes == KEY_DISABLED
    word = WORDS.get(action, action)
    assert answer.body["error"]["message"] == f"Operation {word} is not allowed on a disabled key."


@pytest.mark.parametrize("action", USES)
async def test_a_key_is_used_for_what_it_is_for(action: str, caller: Caller, put: Any) -> None:
    word = WORDS.get(action, action)
    await put(rsa_material(), key_ops=tuple(one for one in KeyOperation if one != word))
    answer = await use(caller, action, **USES[action])
    assert answer.codes == (403, "Forbidden", "KeyOperationForbidden")
    assert answer.body["error"]["message"] == f"Operation {word} is not permitted on this key."
    await put(rsa_material(), key_ops=(word,))
    answer = await use(caller, action, **USES[action])
    assert answer.status == (400 if action in ("decrypt", "unwrapkey") else 200)


@pytest.mark.parametrize("action", USES)
@pytest.mark.parametrize(
    ("times", "inner"),
    [({"not_before": 10}, "KeyNotYetValid"), ({"expires": 0}, "KeyExpired"), ({"expires": -1}, "KeyExpired")],
)
async def test_outside_of_its_time_a_key_only_undoes(
    action: str, times: dict[str, int], inner: str, caller: Caller, put: Any, now: int
) -> None:
    await put(rsa_material(), **{name: now + after for name, after in times.items()})
    answer = await use(caller, action, **USES[action])
    if action in AT_ANY_TIME:
        assert answer.status == (200 if action == "verify" else 400)
    else:
        assert answer.codes == (403, "Forbidden", inner)


async def test_within_its_time_a_key_serves(caller: Caller, put: Any, now: int) -> None:
    await put(rsa_material(), not_before=now, expires=now + 1)
    assert (await use(caller, "sign", alg="RS256", value=DIGEST)).status == 200
    assert (await use(caller.at(1), "sign", alg="RS256", value=DIGEST)).status == 403


async def test_the_algorithm_has_to_suit_the_key(caller: Caller, put: Any) -> None:
    await put(ec_material("P-256K"))
    answer = await use(caller, "sign", alg="ES256", value=DIGEST)
    assert answer.codes == BAD_PARAMETER
    assert answer.body["error"]["message"] == (
        "Key and signing algorithm are incompatible. "
        f"Key https://contoso-orders.vault.azure.net/keys/{NAME}/{VERSION} uses curve 'P-256K', "
        "and algorithm 'ES256' can only be used with curve 'P-256'."
    )


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("sign", {"alg": "none", "value": DIGEST}),
        ("sign", {"alg": "RS256", "value": "!"}),
        ("sign", {"alg": "RS256", "value": encode(b"x")}),
        ("sign", {"alg": "RS256", "value": ""}),
        ("verify", {"alg": "RS256", "digest": encode(b"x"), "value": "AAAA"}),
        ("verify", {"alg": "RS256", "digest": DIGEST, "value": "?"}),
        ("verify", {"alg": "ES256", "digest": DIGEST, "value": "AAAA"}),
        ("encrypt", {"alg": "RSA-OAEP", "value": encode(b"x" * 500)}),
        ("encrypt", {"alg": "RSA-OAEP", "value": "A" * 100_000}),
        ("encrypt", {"alg": "A256KW", "value": "AAAA"}),
        ("decrypt", {"alg": "RSA-OAEP", "value": "AAAA"}),
        ("decrypt", {"alg": "RS256", "value": "AAAA"}),
        ("wrapkey", {"alg": "A256GCM", "value": "AAAA"}),
    ],
)
async def test_what_is_malformed_is_a_bad_parameter(
    action: str, body: dict[str, str], caller: Caller, put: Any
) -> None:
    await put(rsa_material())
    answer = await use(caller, action, **body)
    assert answer.codes == BAD_PARAMETER
    assert not any(value in answer.body["error"]["message"] for value in body.values() if len(value) > 20)


async def test_every_ciphertext_that_does_not_open_gets_the_same_answer(caller: Caller, put: Any) -> None:
    await put(rsa_material())
    sealed = decode((await use(caller, "encrypt", alg="RSA-OAEP", value="AAAA")).body["value"], "value")
    values = [
        sealed[:-1],
        sealed + b"\0",
        b"",
        bytes(256),
        b"\xff" * 256,
        bytes([sealed[0] ^ 1]) + sealed[1:],
    ]
    answers = [await use(caller, "decrypt", alg="RSA-OAEP", value=encode(value)) for value in values]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0].codes == BAD_PARAMETER


async def test_an_api_version_has_the_algorithms_of_its_time(caller: Caller, put: Any) -> None:
    await put(oct_material())
    assert (await use(caller, "encrypt", version="7.1", alg="A256GCM", value="AAAA")).codes == BAD_PARAMETER
    assert (await use(caller, "encrypt", version="7.2", alg="A256GCM", value="AAAA")).status == 200
    assert (await use(caller, "sign", version="7.5", alg="HS256", value=DIGEST)).codes == BAD_PARAMETER


@pytest.mark.parametrize("count", [1, 32, 128])
async def test_random_bytes_are_as_many_as_are_asked_for(count: int, caller: Caller) -> None:
    first, second = [
        (await caller.call("POST", "/rng", {"count": count}, api_version="7.3")).body["value"]
        for _ in range(2)
    ]
    assert len(decode(first, "value")) == len(decode(second, "value")) == count
    assert first != second or count == 1


@pytest.mark.parametrize("count", [0, -1, 129, 2**40])
async def test_too_many_random_bytes_are_refused(count: int, caller: Caller) -> None:
    answer = await caller.call("POST", "/rng", {"count": count}, api_version=NEWEST)
    assert answer.codes == BAD_PARAMETER


@pytest.fixture
def in_use(store: SqliteStore, vault: Vault) -> KeysInUse:
    """The keys in use of a service of two."""
    return KeysInUse(store, KeyVault(store).keys, most=2)


async def test_a_key_that_is_open_is_not_opened_again(
    in_use: KeysInUse, vault: Vault, put: Any, now: int
) -> None:
    await put(rsa_material())
    first = await in_use.find(vault, NAME, VERSION, now=now)
    assert await in_use.find(vault, NAME, VERSION, now=now) is first
    assert first.version.material.private == b""
    assert rsa_material().private.hex() not in repr(vars(in_use))
    assert "private" not in repr(vars(in_use))


@pytest.mark.parametrize("version_id", [VERSION, None])
async def test_a_key_that_has_changed_is_found_anew(
    version_id: str | None, in_use: KeysInUse, vault: Vault, put: Any, now: int
) -> None:
    await put(ec_material())
    first = await in_use.find(vault, NAME, version_id, now=now)
    await put(ec_material("P-384"))
    second = await in_use.find(vault, NAME, version_id, now=now)
    assert (first.version.material.curve, second.version.material.curve) == ("P-256", "P-384")
    await put(ec_material("P-384"), enabled=False)
    assert not (await in_use.find(vault, NAME, version_id, now=now)).version.enabled


async def test_a_new_version_is_the_newest_at_once(caller: Caller, put: Any) -> None:
    await put(rsa_material())
    assert (await use(caller, "sign", "", alg="RS256", value=DIGEST)).body["kid"].endswith(VERSION)
    await put(rsa_material(), version_id="c" * 32)
    assert (await use(caller, "sign", "", alg="RS256", value=DIGEST)).body["kid"].endswith("c" * 32)


async def test_a_deleted_key_does_nothing_and_a_recovered_one_does(caller: Caller, put: Any) -> None:
    await put(rsa_material())
    assert (await use(caller, "sign", alg="RS256", value=DIGEST)).status == 200
    await caller.call("DELETE", f"/keys/{NAME}", api_version=NEWEST)
    assert (await use(caller, "sign", alg="RS256", value=DIGEST)).codes == (404, "KeyNotFound", None)
    await caller.call("POST", f"/deletedkeys/{NAME}/recover", api_version=NEWEST)
    assert (await use(caller, "sign", alg="RS256", value=DIGEST)).status == 200


class Interrupted(Keys):
    """Keys that change between being read and being used: ``meanwhile`` is done once, right after a read."""

    meanwhile: Any = None

    async def find(self, *args: Any, **kwargs: Any) -> Any:
        found = await super().find(*args, **kwargs)
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return found


async def test_what_changed_while_it_was_read_is_not_remembered(
    store: SqliteStore, vault: Vault, put: Any, now: int
) -> None:
    keys = Interrupted(store)
    in_use = KeysInUse(store, keys)
    await put(ec_material())
    await put_key(store, vault, "other", ec_material())

    async def change_and_be_asked_for_another() -> None:
        await put(ec_material("P-384"))
        await in_use.find(vault, "other", None, now=now)

    keys.meanwhile = change_and_be_asked_for_another
    assert (await in_use.find(vault, NAME, None, now=now)).version.material.curve == "P-256"
    assert (await in_use.find(vault, NAME, None, now=now)).version.material.curve == "P-384"


async def test_the_key_that_was_used_longest_ago_is_let_go(
    in_use: KeysInUse, store: SqliteStore, vault: Vault, now: int
) -> None:
    for name in ("one", "two", "three"):
        await put_key(store, vault, name, ec_material())
    first = await in_use.find(vault, "one", None, now=now)
    second = await in_use.find(vault, "two", None, now=now)
    assert await in_use.find(vault, "one", None, now=now) is first
    await in_use.find(vault, "three", None, now=now)
    assert await in_use.find(vault, "one", None, now=now) is first
    assert await in_use.find(vault, "two", None, now=now) is not second


async def test_a_key_of_one_vault_is_none_of_another(
    caller: Caller, store: SqliteStore, vault: Vault, put: Any
) -> None:
    await put(rsa_material())
    assert (await use(caller, "sign", alg="RS256", value=DIGEST)).status == 200
    other = caller.of(make_vault("contoso-other"))
    assert (await use(other, "sign", alg="RS256", value=DIGEST)).codes == (404, "KeyNotFound", None)


@pytest.mark.parametrize(
    ("material", "settings", "units"),
    [
        (rsa_material(), {}, 1),
        (ec_material("P-521"), {}, 1),
        (oct_material(), {}, 1),
        (rsa_material(), {"key_type": KeyType.RSA_HSM}, 2),
        (rsa_material(3072), {}, 4),
    ],
)
async def test_using_a_key_weighs_what_its_type_does(
    material: KeyMaterial,
    settings: dict[str, Any],
    units: int,
    store: SqliteStore,
    vault: Vault,
    put: Any,
    now: int,
) -> None:
    await put(material, **settings)
    asked = Asked(vault, {"key_name": NAME, "key_version": VERSION}, None, now)
    vaults = KeyVault(store)
    assert KEY_USES.weigh is not None
    assert await KEY_USES.weigh(asked, vaults) == units
    assert await KEY_USES.weigh(Asked(vault, {"key_name": "other"}, None, now), vaults) == 1
