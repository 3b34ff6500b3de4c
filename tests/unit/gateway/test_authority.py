"""The local authority: what it makes, what it keeps to itself, and what it refuses."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import shutil
import ssl
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from keyless.gateway import certificates
from keyless.gateway.authority import Authority, AuthorityError
from keyless.gateway.certificates import Names
from keyless.gateway.hosts import local_domains, local_names

NOW = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "project" / "tls"


def opened(directory: Path, now: dt.datetime = NOW) -> Authority:
    return Authority.open(directory, now)


def leaf_of(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificates(path.read_bytes())[0]


# --- what it is


def test_the_authority_may_sign_leaves_for_our_names_and_nothing_else(directory: Path) -> None:
    certificate = opened(directory).certificate
    extensions = certificate.extensions
    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    usage = extensions.get_extension_for_class(x509.KeyUsage)
    names = extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert constraints.value == x509.BasicConstraints(ca=True, path_length=0)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert usage.value.crl_sign
    assert not usage.value.digital_signature
    assert names.critical
    assert {name.value for name in names.value.permitted_subtrees or ()} == set(local_domains())
    assert len(names.value.excluded_subtrees or ()) == 2
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"


def test_all_that_it_writes_is_for_its_owner_alone(directory: Path) -> None:
    authority = opened(directory)
    authority.issue_leaf(local_names(), (), NOW)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    files = list(directory.iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 4  # authority, certificate, leaf, lock: nothing half written is left


def test_the_key_is_in_no_file_that_is_handed_out(directory: Path) -> None:
    authority = opened(directory)
    leaf = authority.issue_leaf(local_names(), (), NOW)
    assert b"PRIVATE" not in authority.ca_path.read_bytes()
    kept = (directory / "authority.pem").read_bytes().split(b"-----BEGIN CERTIFICATE-----")[0]
    assert kept not in leaf.key.read_bytes()
    assert "PRIVATE" not in repr(authority)


def test_it_is_the_same_one_the_next_time(directory: Path) -> None:
    first = opened(directory)
    again = opened(directory, NOW + 600 * DAY)
    assert again.certificate == first.certificate
    assert again.notes == ()


def _open_in_another_process(directory: Path) -> bytes:
    return Authority.open(directory, NOW).ca_path.read_bytes()


def test_two_processes_that_make_it_at_once_make_one(directory: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        made = pool.map(_open_in_another_process, [directory] * 6)
    assert len(set(made)) == 1
    assert made[0] == opened(directory).ca_path.read_bytes()


# --- what it issues


def test_a_leaf_has_what_strict_clients_ask_for(directory: Path) -> None:
    authority = opened(directory)
    certificate = leaf_of(authority.issue_leaf(local_names(), (), NOW).chain)
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == list(local_names())
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    issuer = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    own = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert issuer == own.digest
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_before_utc == NOW - DAY
    assert certificate.not_valid_after_utc == NOW + 30 * DAY


def test_a_chain_ends_with_the_authority_and_its_key_fits(directory: Path) -> None:
    authority = opened(directory)
    leaf = authority.issue_leaf(["contoso.vault.azure.net"], [], NOW)
    chain = x509.load_pem_x509_certificates(leaf.chain.read_bytes())
    assert chain[1:] == [authority.certificate]
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(leaf.chain, leaf.key)


def test_serial_numbers_are_random(directory: Path) -> None:
    authority = opened(directory)
    serials = {
        leaf_of(authority.issue_leaf([f"v{n}.vault.azure.net"], [], NOW).chain).serial_number
        for n in range(5)
    }
    assert len(serials) == 5
    assert min(serials) > 2**64


def test_a_leaf_is_used_again_while_it_is_good(directory: Path) -> None:
    first = leaf_of(opened(directory).issue_leaf(local_names(), (), NOW).chain)
    later = opened(directory, NOW + 19 * DAY).issue_leaf(local_names(), (), NOW + 19 * DAY)
    assert leaf_of(later.chain) == first


@pytest.mark.parametrize("now", [NOW + 21 * DAY, NOW + 40 * DAY, NOW - 2 * DAY])
def test_a_leaf_that_is_old_or_not_valid_yet_is_made_anew(directory: Path, now: dt.datetime) -> None:
    authority = opened(directory)
    first = leaf_of(authority.issue_leaf(local_names(), (), NOW).chain)
    assert leaf_of(authority.issue_leaf(local_names(), (), now).chain) != first


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_leaf_that_was_damaged_is_made_anew(directory: Path, content: bytes) -> None:
    authority = opened(directory)
    path = authority.issue_leaf(local_names(), (), NOW).chain
    path.write_bytes(content)
    assert leaf_of(authority.issue_leaf(local_names(), (), NOW).chain)


def test_a_leaf_of_another_authority_is_made_anew(directory: Path, tmp_path: Path) -> None:
    other = Authority.open(tmp_path / "other", NOW)
    authority = opened(directory)
    path = authority.issue_leaf(local_names(), (), NOW).chain
    shutil.copy(other.issue_leaf(local_names(), (), NOW).chain, path)
    assert certificates.is_issued_by(
        leaf_of(authority.issue_leaf(local_names(), (), NOW).chain), authority.certificate
    )


def test_a_leaf_never_outlives_its_authority(directory: Path) -> None:
    authority = opened(directory)
    late = authority.certificate.not_valid_after_utc - 15 * DAY
    leaf = leaf_of(authority.issue_leaf(local_names(), (), late).chain)
    assert leaf.not_valid_after_utc == authority.certificate.not_valid_after_utc


@pytest.mark.parametrize(
    ("names", "addresses"),
    [(["example.com"], []), (["evil-vault.azure.net"], []), (["*.net"], []), ([], ["127.0.0.1"])],
)
def test_other_names_are_refused(directory: Path, names: list[str], addresses: list[str]) -> None:
    with pytest.raises(
        AuthorityError,
        match=f"limited to other names than `{(names + addresses)[0]}`".replace("*", "."),
    ):
        opened(directory).issue_leaf(names, addresses, NOW)


def test_an_authority_can_be_for_addresses_too(directory: Path) -> None:
    authority = Authority.open(directory, NOW, Names(("id.example.org",), ("127.0.0.1", "::1")))
    leaf = leaf_of(authority.issue_leaf(["*.id.example.org"], ["127.0.0.1"], NOW).chain)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    with pytest.raises(AuthorityError):
        authority.issue_leaf([], ["127.0.0.2"], NOW)


# --- what it refuses, and what it replaces


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (NOW + 700 * DAY, "would have expired on 2029-01-14"),
        (NOW + 800 * DAY, "expired on 2029-01-14"),
        (NOW - 30 * DAY, "was not valid until 2027-01-14"),
    ],
)
def test_an_authority_past_its_time_is_made_anew_and_says_so(
    directory: Path, now: dt.datetime, reason: str
) -> None:
    before = opened(directory)
    leaf_before = before.issue_leaf(local_names(), (), NOW)
    after = opened(directory, now)
    assert after.certificate != before.certificate
    assert after.notes == (f"made a new local certificate authority: the one before {reason}",)
    assert after.ca_path.read_bytes() == certificates.pem([after.certificate])
    leaf = leaf_of(after.issue_leaf(local_names(), (), now).chain)
    assert certificates.is_issued_by(leaf, after.certificate)
    assert leaf_before.chain.exists()


def test_an_authority_for_other_names_is_made_anew(directory: Path) -> None:
    Authority.open(directory, NOW, Names(("example.org",)))
    assert "for other host names" in opened(directory).notes[0]


def test_an_authority_without_limits_is_made_anew(directory: Path) -> None:
    key = certificates.new_key()
    name = x509.Name([])
    unlimited = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(NOW).not_valid_after(NOW + 700 * DAY)
        .sign(key, certificates.SHA256())
    )  # fmt: skip
    opened(directory)
    (directory / "authority.pem").write_bytes(private_pem(key) + certificates.pem([unlimited]))
    assert "for other host names" in opened(directory).notes[0]
    assert not certificates.is_for(unlimited, Names(("x",)))


def private_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes | None = None) -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_key_that_others_may_read_is_refused(directory: Path, mode: int) -> None:
    opened(directory)
    (directory / "authority.pem").chmod(mode)
    with pytest.raises(
        AuthorityError, match=r"open to other users \(mode 6.*remove it to have a new one made"
    ):
        opened(directory)


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o711])
def test_a_directory_that_others_may_enter_is_refused(directory: Path, mode: int) -> None:
    opened(directory)
    directory.chmod(mode)
    with pytest.raises(AuthorityError, match=r"open to other users .*chmod 700"):
        opened(directory)


def test_a_key_that_is_not_the_certificates_is_refused(directory: Path) -> None:
    authority = opened(directory)
    path = directory / "authority.pem"
    path.write_bytes(private_pem(certificates.new_key()) + certificates.pem([authority.certificate]))
    with pytest.raises(AuthorityError, match="the certificate that belongs to it: remove it"):
        opened(directory)


@pytest.mark.parametrize("kind", ["empty", "nonsense", "encrypted", "rsa", "no certificate"])
def test_a_file_that_holds_something_else_is_refused(directory: Path, kind: str) -> None:
    authority = opened(directory)
    certificate = certificates.pem([authority.certificate])
    content = {
        "empty": b"",
        "nonsense": b"\xff\x00",
        "encrypted": private_pem(certificates.new_key(), b"x") + certificate,
        "rsa": private_pem(rsa.generate_private_key(65537, 2048)) + certificate,
        "no certificate": private_pem(certificates.new_key()),
    }[kind]
    (directory / "authority.pem").write_bytes(content)
    with pytest.raises(AuthorityError, match=r"authority\.pem` does not hold a key"):
        opened(directory)


def test_a_file_that_is_a_link_or_no_file_is_refused(directory: Path, tmp_path: Path) -> None:
    opened(directory)
    path = directory / "authority.pem"
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuthorityError, match=r"cannot use .*authority\.pem"):
        opened(directory)
    path.unlink()
    os.mkfifo(path, 0o600)
    with pytest.raises(AuthorityError, match="is not a plain file: remove it"):
        opened(directory)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(directory: Path) -> None:
    opened(directory)
    os.chown(directory / "authority.pem", 65534, 65534)
    with pytest.raises(AuthorityError, match="belongs to another user"):
        opened(directory)


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuthorityError, match=f"cannot use `{tmp_path}/file"):
        opened(tmp_path / "file" / "tls")


def test_a_certificate_file_that_was_changed_is_written_again(directory: Path) -> None:
    authority = opened(directory)
    for spoil in (authority.ca_path.unlink, lambda: authority.ca_path.chmod(0o644)):
        spoil()
        again = opened(directory)
        assert again.ca_path.read_bytes() == certificates.pem([authority.certificate])


def test_a_write_that_fails_leaves_nothing_behind(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(directory)
    before = sorted(directory.iterdir())

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device", str(directory))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(AuthorityError, match="No space left"):
        opened(directory, NOW + 800 * DAY)
    assert sorted(directory.iterdir()) == before
