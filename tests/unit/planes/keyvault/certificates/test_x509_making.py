"""Requests and certificates, checked with `cryptography` and with the `openssl` command."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.verification import PolicyBuilder, Store
from x509_made import NAMES, NOW, authority, extension, openssl, other_key, profile, rsa_key

from keyless.planes.keyvault.certificates.x509 import keys
from keyless.planes.keyvault.certificates.x509.bundles import public_key_of
from keyless.planes.keyvault.certificates.x509.making import (
    BACKDATED_S,
    Authority,
    Period,
    months_later,
    new_authority,
    period,
    request,
    self_signed,
    signed_by,
)
from keyless.planes.keyvault.certificates.x509.names import parse_name
from keyless.planes.keyvault.certificates.x509.profile import (
    KEY_USAGES,
    AlternativeNames,
    Profile,
    extensions,
    key_usage,
    names_of,
    usages_of,
)
from keyless.planes.keyvault.certificates.x509.reading import said, validity
from keyless.planes.keyvault.certificates.x509.thumbprints import x5t
from keyless.planes.keyvault.keys.material.types import CURVES
from keyless.wire.errors import InvalidRequest

YEAR = period(NOW, 12)


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def own() -> x509.Certificate:
    return self_signed(profile(), rsa_key(), YEAR)


@pytest.fixture(scope="module")
def issued() -> x509.Certificate:
    return signed_by(authority(), profile(), rsa_key().public_key(), YEAR)


def test_openssl_verifies_a_self_signed_certificate(own: x509.Certificate, tmp_path: Path) -> None:
    path = tmp_path / "own.pem"
    path.write_bytes(pem(own))
    assert "OK" in openssl("verify", "-x509_strict", "-attime", str(NOW), "-CAfile", str(path), str(path))


def test_openssl_verifies_a_certificate_of_the_authority(issued: x509.Certificate, tmp_path: Path) -> None:
    root, leaf = tmp_path / "root.pem", tmp_path / "leaf.pem"
    root.write_bytes(pem(authority().certificate))
    leaf.write_bytes(pem(issued))
    for purpose in ("sslserver", "sslclient"):
        said_of_it = openssl(
            "verify", "-x509_strict", "-purpose", purpose, "-attime", str(NOW),
            "-verify_hostname", "orders.example.org", "-CAfile", str(root), str(leaf),
        )  # fmt: skip
        assert "OK" in said_of_it


def test_openssl_reads_everything_that_the_profile_says(own: x509.Certificate) -> None:
    text = openssl("x509", "-noout", "-text", content=pem(own))
    assert 'Subject: C = DE, O = "Contoso, Ltd", CN = orders.example.org' in text
    assert "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment" in text
    assert "TLS Web Server Authentication, TLS Web Client Authentication" in text
    assert "CA:FALSE" in text
    for name in (
        "email:ops@example.org",
        "DNS:orders.example.org",
        "DNS:*.orders.example.org",
        "othername: UPN::ops@corp.example.org",
        "URI:spiffe://example.org/orders",
        "IP Address:192.0.2.7",
        "IP Address:2001:DB8:0:0:0:0:0:7",
    ):
        assert name in text


def test_a_strict_verifier_builds_the_chain(issued: x509.Certificate) -> None:
    at = dt.datetime.fromtimestamp(NOW, dt.UTC)
    verifier = (
        PolicyBuilder().store(Store([authority().certificate])).time(at)
        .build_server_verifier(x509.DNSName("a.orders.example.org"))
    )  # fmt: skip
    assert verifier.verify(issued, []) == [issued, authority().certificate]


def test_a_certificate_begins_ten_minutes_early_and_ends_with_the_month(own: x509.Certificate) -> None:
    assert validity(own) == Period(NOW - BACKDATED_S, 1_831_536_000)
    assert BACKDATED_S == 600


def test_serial_numbers_are_random_and_long() -> None:
    made = [self_signed(profile(), other_key(), YEAR).serial_number for _ in range(8)]
    assert len(set(made)) == len(made)
    assert max(made).bit_length() > 128


def test_certificates_name_their_own_key_and_their_issuers(
    own: x509.Certificate, issued: x509.Certificate
) -> None:
    subject_id = x509.SubjectKeyIdentifier.from_public_key(rsa_key().public_key())
    for certificate, signer in ((own, own), (issued, authority().certificate)):
        assert extension(certificate, x509.SubjectKeyIdentifier).value == subject_id
        signer_id = extension(signer, x509.SubjectKeyIdentifier).value.digest
        assert extension(certificate, x509.AuthorityKeyIdentifier).value.key_identifier == signer_id


def test_a_certificate_never_outlives_its_authority() -> None:
    short = new_authority("short", NOW)
    late = signed_by(short, profile(), other_key().public_key(), period(NOW, 12 * 30))
    assert late.not_valid_after_utc == short.certificate.not_valid_after_utc


def test_an_authority_shows_no_key() -> None:
    assert repr(authority()) == "Authority('CN=Keyless test authority', …)"
    assert isinstance(authority(), Authority)


@pytest.mark.parametrize(
    ("curve", "algorithm"),
    [
        ("P-256", "ecdsa-with-SHA256"),
        ("P-256K", "ecdsa-with-SHA256"),
        ("P-384", "ecdsa-with-SHA384"),
        ("P-521", "ecdsa-with-SHA512"),
    ],
)
def test_every_curve_signs_with_the_hash_that_fits_it(curve: str, algorithm: str, tmp_path: Path) -> None:
    key = ec.generate_private_key(CURVES[curve].curve)
    certificate = self_signed(profile(), key, YEAR)
    path = tmp_path / "own.pem"
    path.write_bytes(pem(certificate))
    assert algorithm in openssl("x509", "-noout", "-text", content=pem(certificate))
    assert "OK" in openssl("verify", "-attime", str(NOW), "-CAfile", str(path), str(path))


def test_openssl_checks_the_request_and_finds_the_same_extensions() -> None:
    der = request(profile(), rsa_key())
    text = openssl("req", "-inform", "DER", "-verify", "-noout", "-text", content=der)
    assert "Requested Extensions" in text
    read = x509.load_der_x509_csr(der)
    assert read.is_signature_valid
    assert read.public_key() == rsa_key().public_key()
    assert [(each.value, each.critical) for each in read.extensions] == [
        (each.value, each.critical) for each in extensions(profile())
    ]


def test_alternative_names_are_critical_where_there_is_no_subject() -> None:
    bare = Profile(parse_name(""), AlternativeNames(dns_names=("orders.example.org",)))
    certificate = self_signed(bare, other_key(), YEAR)
    assert extension(certificate, x509.SubjectAlternativeName).critical


def test_what_a_certificate_says_reads_back_as_a_policy(own: x509.Certificate) -> None:
    found = said(own)
    assert found.subject == 'CN=orders.example.org, O="Contoso, Ltd", C=DE'
    assert found.names == NAMES
    assert found.usages == ("digitalSignature", "keyEncipherment")
    assert found.purposes == ("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")
    assert found.validity_months == 12


def test_a_certificate_that_says_nothing_reads_as_nothing() -> None:
    found = said(self_signed(Profile(parse_name("CN=a")), other_key(), period(NOW, 1)))
    assert (found.names, found.usages, found.purposes) == (AlternativeNames(), (), ())
    assert found.validity_months == 1


def test_strange_other_names_are_left_out() -> None:
    upn = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
    found = names_of(
        x509.SubjectAlternativeName(
            [
                x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x0c\x01a"),
                x509.OtherName(upn, b"\x04\x01a"),
                x509.OtherName(upn, b"\x0c\x02a\xff"),
                x509.OtherName(upn, b"\x0c\x01a"),
            ]
        )
    )
    assert found.upns == ("a",)


def test_long_upns_keep_every_character() -> None:
    long = ("ü" * 70 + "@example.org", "u" * 300 + "@example.org")
    names = Profile(parse_name("CN=a"), AlternativeNames(upns=long))
    assert said(self_signed(names, other_key(), YEAR)).names.upns == long


def test_every_key_usage_is_written_and_read() -> None:
    usages = tuple(KEY_USAGES)
    assert usages_of(key_usage(usages)) == usages
    assert usages_of(key_usage(("cRLSign",))) == ("cRLSign",)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("key_usage", {"usages": ("sign",)}),
        ("key_usage", {"usages": ("encipherOnly",)}),
        ("ekus", {"purposes": ("serverAuth",)}),
        ("sans.emails", {"names": AlternativeNames(emails=("not an address <",))}),
        ("sans.dns_names", {"names": AlternativeNames(dns_names=("",))}),
        ("sans.dns_names", {"names": AlternativeNames(dns_names=("bücher.example",))}),
        ("sans.uris", {"names": AlternativeNames(uris=("urn:ü",))}),
        ("sans.ip_addresses", {"names": AlternativeNames(ip_addresses=("192.0.2.0/24",))}),
        ("sans.upns", {"names": AlternativeNames(upns=("\ud800",))}),
    ],
)
def test_what_cannot_be_written_is_refused_by_its_field(field: str, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        request(Profile(parse_name("CN=a"), **changes), other_key())
    assert refused.value.field == field


def test_months_end_on_the_last_day_where_there_is_no_such_day() -> None:
    end_of_january = int(dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC).timestamp())
    later = dt.datetime.fromtimestamp(months_later(end_of_january, 1), dt.UTC)
    assert later == dt.datetime(2027, 2, 28, 12, tzinfo=dt.UTC)


def test_months_do_not_go_past_the_last_year() -> None:
    assert months_later(NOW, 12 * 9000) == 253_402_300_799


def test_a_thumbprint_is_that_of_openssl(own: x509.Certificate) -> None:
    der = own.public_bytes(Encoding.DER)
    printed = openssl("x509", "-noout", "-fingerprint", "-sha1", content=pem(own))
    digest = bytes.fromhex(printed.partition("=")[2].strip().replace(":", ""))
    assert base64.urlsafe_b64decode(x5t(der) + "=") == digest


def test_kept_keys_read_back() -> None:
    for key in (rsa_key(), other_key()):
        assert keys.read_key_der(keys.key_der(key)).public_key() == key.public_key()


def test_a_key_on_any_curve_is_read_from_its_certificate() -> None:
    own = self_signed(profile(), ec.generate_private_key(ec.SECP224R1()), YEAR)
    assert public_key_of(own) is not None
