"""Importing keys: what is taken as it is, and what is refused, by the member that is wrong."""

from __future__ import annotations

import msgspec
import pytest
from keys_made import ec_material, oct_material, private_jwk, rsa_material

from keyless.planes.keyvault.keys.material.base64url import decode, encode, encode_number
from keyless.planes.keyvault.keys.material.imported import import_key, import_key_here
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.types import KeyType
from keyless.wire.errors import InvalidRequest

RSA_MEMBERS = ("n", "e", "d", "p", "q", "dp", "dq", "qi")


def read(members: dict[str, str]) -> KeyMaterial:
    return import_key_here(JsonWebKey(**members))[1]  # type: ignore[arg-type]


def refused(members: dict[str, str]) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        read(members)
    for name, value in members.items():
        if name not in ("kty", "crv") and len(value) > 8:
            assert value not in str(caught.value)
    return caught.value


def number(text: str) -> int:
    return int.from_bytes(decode(text, "n"), "big")


async def test_an_rsa_key_comes_in_as_it_was() -> None:
    material = rsa_material()
    key_type, imported = await import_key(JsonWebKey(**private_jwk(material) | {"kty": "RSA-HSM"}))
    assert (key_type, imported) == (KeyType.RSA_HSM, material)


@pytest.mark.parametrize("curve", ["P-256", "P-256K", "P-384", "P-521"])
async def test_an_ec_key_comes_in_as_it_was(curve: str) -> None:
    key_type, imported = await import_key(JsonWebKey(**private_jwk(ec_material(curve))))
    assert (key_type, imported) == (KeyType.EC, ec_material(curve))


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_a_symmetric_key_comes_in_as_it_was(bits: int) -> None:
    assert read({"kty": "oct", "k": encode(oct_material(bits).private)}) == oct_material(bits)


def test_the_old_name_of_a_curve_comes_in_as_the_new() -> None:
    members = private_jwk(ec_material("P-256K"))
    assert read(members | {"crv": "SECP256K1"}).curve == "P-256K"


def test_zeros_in_front_and_padding_behind_do_not_matter() -> None:
    members = private_jwk(rsa_material())
    padded = {
        name: encode(b"\0" + decode(members[name], name)) + "=" * 2 if name == "d" else members[name]
        for name in members
    }
    longer = encode(b"\0" + decode(members["n"], "n"))
    assert len(padded["d"].rstrip("=")) % 4 != 1
    assert read(padded | {"n": longer}) == rsa_material()


@pytest.mark.parametrize("member", RSA_MEMBERS)
def test_an_rsa_key_has_every_member(member: str) -> None:
    members = private_jwk(rsa_material())
    del members[member]
    assert refused(members).field == member
    assert refused(members | {member: ""}).field == member


@pytest.mark.parametrize("member", ["crv", "x", "y", "d"])
def test_an_ec_key_has_every_member(member: str) -> None:
    members = private_jwk(ec_material())
    del members[member]
    assert refused(members).field == member


@pytest.mark.parametrize("member", RSA_MEMBERS)
def test_the_members_of_an_rsa_key_belong_together(member: str) -> None:
    members = private_jwk(rsa_material())
    other = encode_number(number(members[member]) + 2)
    field = refused(members | {member: other}).field
    assert field == {"n": "p", "q": "p", "e": "d"}.get(member, member)


@pytest.mark.parametrize("member", ["x", "y", "d"])
def test_the_members_of_an_ec_key_belong_together(member: str) -> None:
    members = private_jwk(ec_material())
    other = private_jwk(ec_material("P-256K"))[member]
    assert refused(members | {member: other}).field == {"d": "x"}.get(member, member)


@pytest.mark.parametrize("text", ["!", "a+b/", "A", "a b", "é", "AA=A", "AAAA====="])
@pytest.mark.parametrize("member", ["n", "qi"])
def test_what_is_not_base64url_is_refused_by_its_member(member: str, text: str) -> None:
    assert refused(private_jwk(rsa_material()) | {member: text}).field == member


def test_a_private_exponent_out_of_the_group_is_refused() -> None:
    members = private_jwk(ec_material())
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    for d in (0, order, order + 1):
        assert refused(members | {"d": encode_number(d)}).field == "d"


def test_a_point_off_the_curve_is_refused() -> None:
    members = private_jwk(ec_material())
    off = encode_number((number(members["y"]) + 1) % 2**256, 32)
    assert refused(members | {"y": off}).field == "y"


def test_an_import_of_another_size_costs_nothing() -> None:
    members = private_jwk(rsa_material())
    assert refused(members | {"n": encode(b"\xff" * 128)}).field == "n"
    assert refused(members | {"n": encode(b"\xff" * 100_000)}).field == "n"
    assert refused(members | {"d": encode(b"\xff" * 100_000)}).field == "d"
    assert refused(members | {"e": encode_number(2**64 + 1)}).field == "e"
    assert refused(members | {"e": encode_number(1)}).field == "e"
    assert refused(members | {"e": encode_number(4)}).field == "e"


def rsa_members_of(p: int, q: int, e: int = 65537) -> dict[str, str]:
    """The JWK of factors that need not be prime."""
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = {"n": p * q, "e": e, "d": d, "p": p, "q": q, "dp": d % (p - 1), "dq": d % (q - 1)}
    numbers["qi"] = pow(q, -1, p)
    return {"kty": "RSA", **{name: encode_number(one) for name, one in numbers.items()}}


def test_factors_that_are_close_are_refused() -> None:
    p = 2**1023 + 2**1022 + 1155
    assert refused(rsa_members_of(p, p + 4)).field == "p"


def test_a_factor_that_is_small_is_refused() -> None:
    small = 65539
    assert refused(rsa_members_of(2**2047 // small | 1, small)).field == "p"


def test_factors_that_are_not_prime_do_not_work() -> None:
    p = number(private_jwk(rsa_material())["p"])
    q = number(private_jwk(rsa_material())["q"]) ^ 0b110
    while (
        (q - 1) % 65537 == 0 or (p * q).bit_length() != 2048 or not any(q % small == 0 for small in (3, 5, 7))
    ):
        q += 2
    assert refused(rsa_members_of(p, q)).field == "d"


@pytest.mark.parametrize("size_bytes", [0, 8, 15, 17, 33, 64])
def test_a_symmetric_key_has_a_size_of_aes(size_bytes: int) -> None:
    assert refused({"kty": "oct", "k": encode(b"k" * size_bytes)}).field == "k"


@pytest.mark.parametrize("kty", [None, "", "OKP", "rsa", "RSA-hsm"])
def test_a_key_has_a_type(kty: str | None) -> None:
    with pytest.raises(InvalidRequest) as caught:
        import_key_here(JsonWebKey(kty=kty, k="AAAA"))
    assert caught.value.field == "kty"


def test_a_key_that_is_sealed_for_hardware_is_not_opened_here() -> None:
    assert refused({"kty": "RSA-HSM", "key_hsm": "AAAA"}).field == "key_hsm"


def test_a_jwk_does_not_show_what_it_holds() -> None:
    members = private_jwk(rsa_material())
    shown = repr(msgspec.convert(members, JsonWebKey))
    assert not any(value in shown for name, value in members.items() if len(value) > 8)
