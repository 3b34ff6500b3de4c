"""PFX and PEM: written, and read from what others wrote."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from x509_made import NOW, authority, openssl, other_key, profile, rsa_key

from keyless.planes.keyvault.certificates.x509.bundles import (
    Bundle,
    in_order,
    public_key_of,
    read_certificate,
    read_pem,
    read_pfx,
    write_pem,
    write_pfx,
)
from keyless.planes.keyvault.certificates.x509.making import period, self_signed, signed_by
from keyless.wire.errors import InvalidRequest

PASSWORD = "correct horse"


@pytest.fixture(scope="module")
def leaf() -> x509.Certificate:
    return signed_by(authority(), profile(), rsa_key().public_key(), period(NOW, 12))


@pytest.fixture(scope="module")
def chain(leaf: x509.Certificate) -> tuple[x509.Certificate, ...]:
    return (leaf, authority().certificate)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def key_pem(form: PrivateFormat = PrivateFormat.PKCS8, password: str | None = None) -> bytes:
    sealed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return rsa_key().private_bytes(Encoding.PEM, form, sealed)


def is_whole(bundle: Bundle, chain: tuple[x509.Certificate, ...]) -> bool:
    return bundle.key.public_key() == rsa_key().public_key() and (bundle.certificate, *bundle.chain) == chain


def test_a_pfx_reads_back(chain: tuple[x509.Certificate, ...]) -> None:
    for password in (None, ""):
        assert is_whole(read_pfx(write_pfx(rsa_key(), chain), password), chain)


def test_openssl_opens_a_pfx_with_the_empty_password(
    chain: tuple[x509.Certificate, ...], tmp_path: Path
) -> None:
    path = tmp_path / "bundle.pfx"
    path.write_bytes(write_pfx(rsa_key(), chain))
    text = openssl("pkcs12", "-in", str(path), "-passin", "pass:", "-nodes")
    assert text.count("BEGIN CERTIFICATE") == 2
    assert text.count("BEGIN PRIVATE KEY") == 1


def test_a_pfx_of_openssl_is_read_with_its_password(
    chain: tuple[x509.Certificate, ...], tmp_path: Path
) -> None:
    source, path = tmp_path / "all.pem", tmp_path / "made.pfx"
    source.write_bytes(write_pem(rsa_key(), chain))
    openssl("pkcs12", "-export", "-in", str(source), "-out", str(path), "-passout", f"pass:{PASSWORD}")
    assert is_whole(read_pfx(path.read_bytes(), PASSWORD), chain)


def test_pem_reads_back_whatever_its_order(chain: tuple[x509.Certificate, ...]) -> None:
    assert is_whole(read_pem(write_pem(rsa_key(), chain), None), chain)
    assert is_whole(read_pem(write_pem(None, reversed(chain)) + key_pem(), None), chain)


def test_an_encrypted_key_in_pem_needs_its_password(chain: tuple[x509.Certificate, ...]) -> None:
    content = key_pem(password=PASSWORD) + write_pem(None, chain)
    assert is_whole(read_pem(content, PASSWORD), chain)
    for wrong in (None, "", "wrong"):
        with pytest.raises(InvalidRequest, match="password"):
            read_pem(content, wrong)


def test_a_password_for_a_key_that_has_none_does_not_matter(chain: tuple[x509.Certificate, ...]) -> None:
    assert is_whole(read_pem(write_pem(rsa_key(), chain), PASSWORD), chain)


def test_the_order_is_kept_where_that_is_asked_for(chain: tuple[x509.Certificate, ...]) -> None:
    stranger = self_signed(profile("CN=stranger"), other_key(), period(NOW, 1))
    content = write_pem(rsa_key(), [chain[0], stranger, chain[1]])
    assert read_pem(content, None).chain == (chain[1], stranger)
    assert read_pem(content, None, keep_order=True).chain == (stranger, chain[1])


def test_a_bundle_without_its_key_holds_certificates_alone(chain: tuple[x509.Certificate, ...]) -> None:
    assert b"PRIVATE KEY" not in write_pem(None, chain)
    found = pkcs12.load_pkcs12(write_pfx(None, chain), None)
    assert found.key is None
    assert [held.certificate for held in found.additional_certs] == list(chain)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "unexpected format"),
        (key_pem(PrivateFormat.TraditionalOpenSSL), "unexpected format"),
        (b"-----BEGIN PRIVATE KEY-----\nAAAA", "can not be read"),
        (key_pem(), "can not be read"),
    ],
)
def test_what_is_no_pem_bundle_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as refused:
        read_pem(content, None)
    assert refused.value.field == "value"


def test_what_is_no_pfx_or_has_another_password_is_refused(chain: tuple[x509.Certificate, ...]) -> None:
    sealed = pkcs12.serialize_key_and_certificates(
        None, rsa_key(), chain[0], None, BestAvailableEncryption(PASSWORD.encode())
    )
    for content, password in ((b"no pfx", None), (sealed, None), (sealed, "wrong"), (sealed, "\ud800")):
        with pytest.raises(InvalidRequest, match="password"):
            read_pfx(content, password)


def test_a_certificate_of_another_key_is_refused(chain: tuple[x509.Certificate, ...]) -> None:
    with pytest.raises(InvalidRequest, match="no certificate of that key"):
        read_pem(write_pem(other_key(), chain), None)


def test_a_key_of_a_kind_that_certificates_do_not_have_is_refused(
    chain: tuple[x509.Certificate, ...],
) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + write_pem(None, chain)
    with pytest.raises(InvalidRequest, match="RSA or EC"):
        read_pem(content, None)


def test_a_chain_without_end_is_refused(chain: tuple[x509.Certificate, ...]) -> None:
    with pytest.raises(InvalidRequest, match="26 certificates"):
        read_pem(write_pem(rsa_key(), [chain[0]] * 26), None)


def test_a_certificate_is_read_in_every_form_that_clients_send(leaf: x509.Certificate) -> None:
    der = leaf.public_bytes(Encoding.DER)
    bare = base64.b64encode(der)
    for content in (der, pem(leaf), bare, bare + b"-----END CERTIFICATE-----"):
        assert read_certificate(content) == leaf


@pytest.mark.parametrize("content", [b"", b"nonsense", b"AAAA", b"A"])
def test_what_is_no_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_certificate(content)
    assert refused.value.field == "x5c"


def damaged(certificate: x509.Certificate, what: str) -> bytes:
    """A certificate in DER that is well-formed but for one thing, which readers find late."""
    whole = certificate.public_bytes(Encoding.DER)
    if what == "version":
        return whole.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09", 1)
    return whole.replace(b"Contoso, Ltd", b"Contoso\xff\xfeLtd")


@pytest.mark.parametrize("what", ["version", "subject"])
def test_a_certificate_is_refused_whose_version_or_name_cannot_be_read(
    leaf: x509.Certificate, what: str
) -> None:
    content = damaged(leaf, what)
    assert content != leaf.public_bytes(Encoding.DER)
    with pytest.raises(InvalidRequest):
        read_certificate(content)
    lines = base64.encodebytes(content)
    block = b"-----BEGIN CERTIFICATE-----\n" + lines + b"-----END CERTIFICATE-----\n"
    with pytest.raises(InvalidRequest):
        read_pem(key_pem() + block, None)


def test_there_is_no_order_without_the_keys_own_certificate(leaf: x509.Certificate) -> None:
    assert in_order(other_key().public_key(), [leaf]) is None
    key = public_key_of(leaf)
    assert key is not None
    assert in_order(key, [leaf]) == (leaf,)


def test_a_name_alone_makes_no_issuer(leaf: x509.Certificate) -> None:
    impostor = self_signed(profile("CN=Keyless test authority"), other_key(), period(NOW, 12))
    key = public_key_of(leaf)
    assert key is not None
    assert in_order(key, [impostor, leaf, authority().certificate]) == (
        leaf,
        authority().certificate,
        impostor,
    )


def test_a_bundle_shows_no_key(chain: tuple[x509.Certificate, ...]) -> None:
    assert "PRIVATE" not in repr(read_pfx(write_pfx(rsa_key(), chain), None))
