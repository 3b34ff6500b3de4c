"""The algorithms: which there are in which api-version, for which keys, and how they refuse."""

from __future__ import annotations

import os
from itertools import combinations

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from keys_made import KID, ec_material, oct_material, rsa_material

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.keys.material.algorithms import (
    CIPHERS,
    SIGNERS,
    CipherRow,
    SignerRow,
    Suits,
    check_suits,
    cipher_for,
    signer_for,
)
from keyless.planes.keyvault.keys.material.kept import KeyMaterial
from keyless.planes.keyvault.keys.material.types import Family, KeyOperation
from keyless.planes.keyvault.keys.material.values import DoesNotOpen, Plain, Sealed
from keyless.wire.errors import InvalidRequest

NEWEST = KEY_VAULT.known[-1]
MATERIALS = [
    rsa_material(),
    *(ec_material(curve) for curve in ("P-256", "P-256K", "P-384", "P-521")),
    *(oct_material(bits) for bits in (128, 192, 256)),
]
PLAIN = b"sixteen bytes by sixteen bytes.."


def named(row: CipherRow | SignerRow) -> str:
    return row.name


def material_for(suits: Suits) -> KeyMaterial:
    """A key that an algorithm is for."""
    if suits.family is Family.OCT:
        return oct_material(suits.bits or 256)
    return rsa_material() if suits.family is Family.RSA else ec_material(suits.curve or "P-256")


def cipher(name: str) -> CipherRow:
    return next(row for row in CIPHERS if row.name == name)


def opened(row: CipherRow, sealed: Sealed) -> bytes:
    return row.cipher.decrypt(material_for(row.suits).open(), sealed, row.name)


def sealed(row: CipherRow, plain: Plain) -> Sealed:
    return row.cipher.encrypt(material_for(row.suits).open(), plain, row.name)


def test_every_algorithm_of_the_documents_is_there() -> None:
    assert {row.name for row in CIPHERS} == {
        *(
            "RSA-OAEP",
            "RSA-OAEP-256",
            "RSA1_5",
            "A128GCM",
            "A192GCM",
            "A256GCM",
            "A128KW",
            "A192KW",
            "A256KW",
        ),
        *("A128CBC", "A192CBC", "A256CBC", "A128CBCPAD", "A192CBCPAD", "A256CBCPAD"),
        *("CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"),
    }
    assert {row.name for row in SIGNERS} == {
        *("PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "HS256", "HS384", "HS512", "RSNULL"),
        *("ES256", "ES384", "ES512", "ES256K", "ECDSA256"),
    }


@pytest.mark.parametrize(
    ("api_version", "alg", "is_there"),
    [
        ("2016-10-01", "RSA-OAEP", True),
        ("7.1", "A256GCM", False),
        ("7.2", "A256GCM", True),
        ("7.5", "A256KW", False),
        ("7.5", "CKM_AES_KEY_WRAP_PAD", False),
        (NEWEST, "rsa-oaep", False),
        (NEWEST, "", False),
        (NEWEST, "RS256", False),
    ],
)
def test_a_cipher_is_known_from_its_api_version_on(api_version: str, alg: str, is_there: bool) -> None:
    if is_there:
        assert cipher_for(alg, KeyOperation.ENCRYPT, api_version).name == alg
        return
    with pytest.raises(InvalidRequest, match="property `alg` has an invalid value") as refused:
        cipher_for(alg, KeyOperation.ENCRYPT, api_version)
    assert refused.value.field == "alg"


@pytest.mark.parametrize(
    ("api_version", "alg", "is_there"),
    [
        ("2016-10-01", "ES256K", False),
        ("2016-10-01", "ECDSA256", True),
        ("7.0", "ES256K", True),
        ("7.0", "ECDSA256", False),
        ("7.5", "HS256", False),
        ("7.6", "HS256", True),
        (NEWEST, "RSNULL", True),
        (NEWEST, "RSA-OAEP", False),
        (NEWEST, "none", False),
    ],
)
def test_a_signer_is_known_in_its_api_versions(api_version: str, alg: str, is_there: bool) -> None:
    if is_there:
        assert signer_for(alg, api_version).name == alg
        return
    with pytest.raises(InvalidRequest, match="property `alg` has an invalid value"):
        signer_for(alg, api_version)


def test_ciphers_that_only_encrypt_do_not_wrap() -> None:
    for alg, operation in (("A256GCM", KeyOperation.WRAP), ("A256KW", KeyOperation.DECRYPT)):
        with pytest.raises(InvalidRequest):
            cipher_for(alg, operation, NEWEST)


@pytest.mark.parametrize("row", [*CIPHERS, *SIGNERS], ids=named)
def test_an_algorithm_takes_the_keys_that_it_is_for_and_no_others(row: CipherRow | SignerRow) -> None:
    for material in MATERIALS:
        suits = row.suits
        fits = (
            suits.family is material.family
            and suits.curve in (None, material.curve)
            and suits.bits in (None, material.bits)
        )
        if fits:
            check_suits(row, material, KID)
            continue
        with pytest.raises(InvalidRequest, match=r"algorithm are incompatible\. Key https") as refused:
            check_suits(row, material, KID)
        assert refused.value.field == "alg"


def test_a_curve_that_does_not_suit_is_told_in_the_words_that_clients_look_for() -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_suits(signer_for("ES256", NEWEST), ec_material("P-256K"), KID)
    assert str(refused.value) == (
        f"Key and signing algorithm are incompatible. Key {KID} uses curve 'P-256K', "
        "and algorithm 'ES256' can only be used with curve 'P-256'."
    )


@pytest.mark.parametrize("row", CIPHERS, ids=named)
def test_what_was_sealed_opens(row: CipherRow) -> None:
    assert opened(row, sealed(row, Plain(PLAIN))) == PLAIN


@pytest.mark.parametrize(
    "row",
    [row for row in CIPHERS if row.name not in ("RSA1_5", "A128CBC", "A192CBC", "A256CBC")],
    ids=named,
)
def test_what_was_altered_does_not_open_and_says_no_more(row: CipherRow) -> None:
    whole = sealed(row, Plain(b"x" * 16))
    altered = [
        whole._replace(value=whole.value[:-1] + bytes([whole.value[-1] ^ 1])),
        whole._replace(value=whole.value[:-1]),
        whole._replace(value=b""),
        whole._replace(value=whole.value + b"\0" * 16),
    ]
    messages = set()
    for one in altered:
        try:
            plain = opened(row, one)
        except DoesNotOpen as refused:
            messages.add(str(refused))
        else:
            assert "CBCPAD" in row.name  # a padding that fits by chance
            assert plain != b"x" * 16
    assert len(messages) == 1


@pytest.mark.parametrize("row", SIGNERS, ids=named)
def test_a_signature_verifies_and_another_does_not(row: SignerRow) -> None:
    key = material_for(row.suits).open()
    digest = os.urandom(32 if row.name == "RSNULL" else row.signer.hash.digest_size)  # type: ignore[attr-defined]
    row.signer.check(digest, key, "value", row.name)
    signature = row.signer.sign(key, digest)
    assert row.signer.verify(key, digest, signature)
    other = bytes([digest[0] ^ 1]) + digest[1:]
    assert not row.signer.verify(key, other, signature)
    for bad in (b"", signature[:-1], signature + b"\0", bytes(len(signature)), b"\xff" * len(signature)):
        assert not row.signer.verify(key, digest, bad)


def test_signatures_of_different_algorithms_do_not_verify_as_each_other() -> None:
    digest = os.urandom(32)
    key = rsa_material().open()
    for one, other in combinations(("RS256", "PS256"), 2):
        assert not signer_for(other, NEWEST).signer.verify(
            key, digest, signer_for(one, NEWEST).signer.sign(key, digest)
        )


@pytest.mark.parametrize("row", SIGNERS, ids=named)
def test_a_digest_has_the_length_of_its_hash(row: SignerRow) -> None:
    key = material_for(row.suits).open()
    for digest in (b"", b"x" * 20, b"x" * 4096):
        if row.name == "RSNULL" and len(digest) == 20:
            continue
        with pytest.raises(
            InvalidRequest, match=rf"^Invalid length of 'digest': {len(digest)} bytes\. {row.name}"
        ):
            row.signer.check(digest, key, "digest", row.name)


def test_the_length_of_a_digest_is_refused_in_the_words_that_clients_show() -> None:
    with pytest.raises(InvalidRequest) as refused:
        signer_for("ES256K", NEWEST).signer.check(b"x", ec_material("P-256K").open(), "value", "ES256K")
    assert (
        str(refused.value)
        == "Invalid length of 'value': 1 bytes. ES256K requires 32 bytes, encoded with base64url."
    )


@pytest.mark.parametrize(("alg", "overhead"), [("RSA1_5", 11), ("RSA-OAEP", 42), ("RSA-OAEP-256", 66)])
def test_rsa_takes_as_much_as_its_padding_leaves(alg: str, overhead: int) -> None:
    row = cipher(alg)
    most = 256 - overhead
    assert opened(row, sealed(row, Plain(b"x" * most))) == b"x" * most
    with pytest.raises(InvalidRequest, match=rf"Invalid length of 'value': {most + 1} bytes"):
        sealed(row, Plain(b"x" * (most + 1)))


def test_pkcs1_tells_nothing_of_its_padding() -> None:
    row = cipher("RSA1_5")
    key = rsa_material().open()
    assert isinstance(key, rsa.RSAPrivateKey)
    foreign = pow(int.from_bytes(os.urandom(200), "big"), 65537, key.public_key().public_numbers().n)
    for value in (foreign.to_bytes(256, "big"), b"\0" * 255 + b"\1"):
        plain = row.cipher.decrypt(key, Sealed(value), row.name)
        assert isinstance(plain, bytes)
        assert row.cipher.decrypt(key, Sealed(value), row.name) == plain


def test_gcm_chooses_its_own_initialization_vector() -> None:
    row = cipher("A256GCM")
    with pytest.raises(InvalidRequest) as refused:
        sealed(row, Plain(PLAIN, b"\0" * 12))
    assert refused.value.field == "iv"
    vectors = {sealed(row, Plain(PLAIN)).iv for _ in range(50)}
    assert len(vectors) == 50


@pytest.mark.parametrize("field", ["iv", "tag", "aad", "value"])
def test_gcm_opens_only_with_everything_that_it_gave(field: str) -> None:
    row = cipher("A128GCM")
    whole = sealed(row, Plain(PLAIN, aad=b"about"))
    assert (len(whole.iv or b""), len(whole.tag or b""), whole.aad) == (12, 16, b"about")
    assert opened(row, whole) == PLAIN
    value: bytes = getattr(whole, field)
    with pytest.raises(DoesNotOpen):
        opened(row, whole._replace(**{field: bytes([value[0] ^ 1]) + value[1:]}))


@pytest.mark.parametrize("field", ["iv", "tag"])
@pytest.mark.parametrize("value", [None, b"", b"x" * 11, b"x" * 32])
def test_gcm_names_the_parameter_that_it_misses(field: str, value: bytes | None) -> None:
    row = cipher("A192GCM")
    with pytest.raises(InvalidRequest) as refused:
        opened(row, sealed(row, Plain(PLAIN))._replace(**{field: value}))
    assert refused.value.field == field
    assert not isinstance(refused.value, DoesNotOpen)


@pytest.mark.parametrize("alg", ["A128CBC", "A256CBCPAD"])
def test_cbc_takes_a_vector_or_chooses_one(alg: str) -> None:
    row = cipher(alg)
    vector = bytes(range(16))
    assert sealed(row, Plain(PLAIN, vector)) == sealed(row, Plain(PLAIN, vector))
    assert sealed(row, Plain(PLAIN)).iv != sealed(row, Plain(PLAIN)).iv
    for bad in (b"", b"x" * 12):
        with pytest.raises(InvalidRequest) as refused:
            sealed(row, Plain(PLAIN, bad))
        assert refused.value.field == "iv"
    with pytest.raises(InvalidRequest, match="requires it"):
        opened(row, sealed(row, Plain(PLAIN))._replace(iv=None))


def test_cbc_authenticates_nothing_and_says_so() -> None:
    row = cipher("A256CBC")
    with pytest.raises(InvalidRequest) as refused:
        sealed(row, Plain(PLAIN, aad=b"x"))
    assert refused.value.field == "aad"
    with pytest.raises(InvalidRequest):
        opened(row, sealed(row, Plain(PLAIN))._replace(aad=b"x"))


def test_cbc_without_padding_takes_whole_blocks() -> None:
    row = cipher("A192CBC")
    for value in (b"", b"x", PLAIN + b"x"):
        with pytest.raises(InvalidRequest, match="Invalid length of 'value'"):
            sealed(row, Plain(value))
    for value in (b"", b"x" * 17):
        with pytest.raises(DoesNotOpen):
            opened(row, Sealed(value, b"\0" * 16))


@pytest.mark.parametrize("size_bytes", [0, 1, 15, 16, 17, 1000])
def test_cbc_with_padding_takes_any_length(size_bytes: int) -> None:
    row = cipher("A128CBCPAD")
    assert opened(row, sealed(row, Plain(b"x" * size_bytes))) == b"x" * size_bytes


@pytest.mark.parametrize("alg", ["A256KW", "CKM_AES_KEY_WRAP"])
def test_key_wrap_takes_keys_in_units_of_64_bits(alg: str) -> None:
    row = cipher(alg)
    for value in (b"", b"x" * 8, b"x" * 17):
        with pytest.raises(InvalidRequest, match="Invalid length of 'value'"):
            sealed(row, Plain(value))


def test_key_wrap_with_padding_takes_any_key_but_none() -> None:
    row = cipher("CKM_AES_KEY_WRAP_PAD")
    for size_bytes in (1, 7, 8, 9, 33):
        assert opened(row, sealed(row, Plain(b"k" * size_bytes))) == b"k" * size_bytes
    with pytest.raises(InvalidRequest, match="Invalid length of 'value': 0 bytes"):
        sealed(row, Plain(b""))


def test_what_is_to_be_encrypted_does_not_show_itself() -> None:
    assert repr(Plain(PLAIN, b"iv", b"aad")) == "Plain(…)"
