"""Making keys: sizes, curves, exponents, and what is kept and told of them."""

from __future__ import annotations

import asyncio
import base64
import threading
import time

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from keys_made import ec_material, oct_material, rsa_material

from keyless.planes.keyvault.keys.material import make
from keyless.planes.keyvault.keys.material.imported import import_key
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import KeyMaterial, keep_private_key
from keyless.planes.keyvault.keys.material.make import key_spec, make_key, make_key_here
from keyless.planes.keyvault.keys.material.types import (
    CURVES,
    DEFAULT_OPERATIONS,
    POSSIBLE_OPERATIONS,
    Family,
    KeyType,
)
from keyless.wire.errors import InvalidRequest


def unpadded(text: str | None) -> bytes:
    assert text is not None
    assert "=" not in text
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_an_rsa_key_has_the_size_that_was_asked_for(bits: int) -> None:
    material = rsa_material(bits)
    key = material.open()
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (key.key_size, material.bits) == (bits, bits)
    jwk = material.public_jwk()
    assert int.from_bytes(unpadded(jwk.n), "big") == key.public_key().public_numbers().n
    assert unpadded(jwk.e) == b"\x01\x00\x01"
    assert (jwk.d, jwk.p, jwk.k) == (None, None, None)


@pytest.mark.parametrize(
    ("curve", "size_bytes"), [("P-256", 32), ("P-256K", 32), ("P-384", 48), ("P-521", 66)]
)
def test_coordinates_have_the_width_of_their_curve(curve: str, size_bytes: int) -> None:
    for _ in range(20):
        jwk = make_key_here(key_spec("EC-HSM", curve=curve)).public_jwk()
        assert (jwk.crv, len(unpadded(jwk.x)), len(unpadded(jwk.y))) == (curve, size_bytes, size_bytes)
        assert jwk.d is None


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_symmetric_key_tells_nothing_of_itself(bits: int) -> None:
    material = oct_material(bits)
    assert isinstance(material.open(), bytes)
    assert len(material.private) == bits // 8
    assert msgspec.json.encode(material.public_jwk()) == b"{}"


def test_what_goes_without_saying() -> None:
    assert (key_spec("RSA").bits, key_spec("RSA").exponent) == (2048, 65537)
    assert key_spec("EC").curve == "P-256"
    assert key_spec("oct-HSM").bits == 256


def test_a_public_exponent_of_three_is_taken() -> None:
    key = make_key_here(key_spec("RSA-HSM", 2048, exponent=3)).open()
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.public_key().public_numbers().e == 3


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kty": "DSA"}, "kty"),
        ({"kty": ""}, "kty"),
        ({"kty": "rsa"}, "kty"),
        ({"kty": "RSA", "bits": 1024}, "key_size"),
        ({"kty": "RSA", "bits": 0}, "key_size"),
        ({"kty": "RSA", "bits": 16384}, "key_size"),
        ({"kty": "oct", "bits": 2048}, "key_size"),
        ({"kty": "EC", "curve": "P-192"}, "crv"),
        ({"kty": "RSA", "exponent": 17}, "public_exponent"),
        ({"kty": "RSA", "exponent": 2**31 - 1}, "public_exponent"),
        ({"kty": "oct", "exponent": 3}, "public_exponent"),
    ],
)
def test_what_no_key_can_be_is_refused_by_name(asked: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        key_spec(**asked)  # type: ignore[arg-type]
    assert (refused.value.field, refused.value.code) == (field, "BadParameter")


def test_the_old_name_of_a_curve_is_known() -> None:
    assert key_spec("EC", curve="SECP256K1").curve == "P-256K"


def test_hardware_is_a_matter_of_the_types_name() -> None:
    assert [kind for kind in KeyType if kind.in_hardware] == [
        KeyType.RSA_HSM,
        KeyType.EC_HSM,
        KeyType.OCT_HSM,
    ]
    assert [kind.hardened() for kind in (KeyType.RSA, KeyType.OCT_HSM)] == [KeyType.RSA_HSM, KeyType.OCT_HSM]
    assert KeyType.OCT_HSM.family is Family.OCT


def test_a_key_is_used_by_default_for_what_it_can_be_used_for() -> None:
    for family in Family:
        assert set(DEFAULT_OPERATIONS[family]) <= POSSIBLE_OPERATIONS[family]
    assert len(DEFAULT_OPERATIONS[Family.RSA]) == 6


def test_curves_have_the_width_of_their_order() -> None:
    for curve in CURVES.values():
        assert (curve.curve.key_size + 7) // 8 == curve.size_bytes


@pytest.mark.parametrize("material", [rsa_material(), ec_material("P-521"), oct_material()])
def test_material_survives_being_kept(material: KeyMaterial) -> None:
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(material), type=KeyMaterial)
    assert kept == material
    assert type(kept.open()) is type(material.open())


@pytest.mark.parametrize("material", [rsa_material(), ec_material(), oct_material()])
def test_material_does_not_show_itself(material: KeyMaterial) -> None:
    shown = repr(material) + str(material)
    assert material.private.hex() not in shown
    assert repr(material.private)[2:40] not in shown
    assert "private" not in shown


def test_keys_that_the_service_does_not_have_are_not_kept() -> None:
    for key in (rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP224R1()), dsa):
        with pytest.raises(InvalidRequest):
            keep_private_key(key)


async def test_making_a_large_key_leaves_the_loop_to_others() -> None:
    longest, last = 0.0, time.perf_counter()
    making = asyncio.create_task(make_key(key_spec("RSA", 4096)))
    turns = 0
    while not making.done():
        await asyncio.sleep(0.001)
        now = time.perf_counter()
        longest, last, turns = max(longest, now - last), now, turns + 1
    assert (await making).bits == 4096
    assert turns > 10


async def test_nothing_else_waits_behind_keys_that_are_being_made(monkeypatch: pytest.MonkeyPatch) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(make, "make_key_here", lambda spec, entropy: go_on.wait(10))
    being_made = [asyncio.create_task(make_key(key_spec("EC"))) for _ in range(64)]
    try:
        await asyncio.sleep(0)
        assert await asyncio.wait_for(asyncio.to_thread(lambda: "signed in"), 2) == "signed in"
        read = import_key(JsonWebKey(kty="oct", k="AAAAAAAAAAAAAAAAAAAAAA"))
        assert (await asyncio.wait_for(read, 2))[0] is KeyType.OCT
    finally:
        go_on.set()
        await asyncio.gather(*being_made)
