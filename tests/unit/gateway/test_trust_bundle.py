"""The bundle handed to a child: what goes into it, and when it is made."""

from __future__ import annotations

import os
import shutil
import ssl
import stat
import subprocess
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from proxy_world import NOW

from keyless.gateway import certificates, trust
from keyless.gateway.authority import Authority
from keyless.gateway.certificates import Names
from keyless.gateway.trust import java_trust_store, sources_of, trust_bundle


def root(name: str) -> bytes:
    """An authority of somebody's, as PEM."""
    return certificates.pem([certificates.make_authority(certificates.new_key(), Names((name,)), NOW)])


CORPORATE, PUBLIC, EXTRA = root("corp.example"), root("public.example"), root("extra.example")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Files of certificates, by name."""
    found = {}
    for name, content in (("corporate", CORPORATE), ("public", PUBLIC), ("extra", EXTRA)):
        found[name] = tmp_path / f"{name}.pem"
        found[name].write_bytes(content)
    return found


def held(path: Path) -> list[bytes]:
    """The certificates in a file, each as PEM."""
    return [certificates.pem([found]) for found in x509.load_pem_x509_certificates(path.read_bytes())]


def bundle_of(authority: Authority, environment: dict[str, str]) -> trust.Bundle:
    return trust_bundle(authority.directory, authority.ca_path, environment)


def ours(authority: Authority) -> bytes:
    return authority.ca_path.read_bytes()


# --- what goes in


def test_a_bundle_is_what_the_users_variables_name_and_our_authority(
    authority: Authority, files: dict[str, Path]
) -> None:
    named = {"SSL_CERT_FILE": str(files["corporate"]), "REQUESTS_CA_BUNDLE": str(files["public"])}
    found = bundle_of(authority, named)
    assert held(found.path) == [ours(authority), CORPORATE, PUBLIC]
    assert found.notes == ()
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o600


def test_without_variables_it_is_the_first_platform_bundle_that_is_there(files: dict[str, Path]) -> None:
    platform = [Path("/no/such/file"), files["public"], files["corporate"]]
    assert sources_of({}, platform).paths == (files["public"],)
    assert sources_of({"SSL_CERT_FILE": ""}, platform).paths == (files["public"],)


def test_what_node_is_given_besides_adds_to_the_platforms_bundle(files: dict[str, Path]) -> None:
    found = sources_of({"NODE_EXTRA_CA_CERTS": str(files["extra"])}, [files["public"]])
    assert found.paths == (files["public"], files["extra"])
    assert found.adding == (files["extra"],)


def test_this_machines_own_authorities_are_in_it(authority: Authority) -> None:
    platform = [path for path in trust.PLATFORM_BUNDLES if path.is_file()]
    if not platform:
        pytest.skip("this machine has no bundle of public authorities")
    found = bundle_of(authority, {})
    context = ssl.create_default_context(cafile=str(found.path))
    assert len(context.get_ca_certs()) > 50


def test_a_runtime_with_its_own_authorities_gets_the_additions_alone(
    authority: Authority, files: dict[str, Path]
) -> None:
    assert bundle_of(authority, {}).additions == authority.ca_path
    named = {"SSL_CERT_FILE": str(files["public"]), "NODE_EXTRA_CA_CERTS": str(files["extra"])}
    assert held(bundle_of(authority, named).additions) == [ours(authority), EXTRA]


def test_each_certificate_is_in_it_once_and_keys_are_not(
    authority: Authority, files: dict[str, Path]
) -> None:
    key = (authority.directory / "authority.pem").read_bytes()
    files["public"].write_bytes(b"# roots\n" + PUBLIC + CORPORATE.replace(b"\n", b"\r\n") + key + PUBLIC)
    named = {"SSL_CERT_FILE": str(files["corporate"]), "CURL_CA_BUNDLE": str(files["public"])}
    found = bundle_of(authority, named)
    assert held(found.path) == [ours(authority), CORPORATE, PUBLIC]
    assert b"PRIVATE" not in found.path.read_bytes()


def test_what_is_no_certificate_is_left_out(authority: Authority, files: dict[str, Path]) -> None:
    broken = b"-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n"
    trusted = CORPORATE.replace(b" CERTIFICATE", b" TRUSTED CERTIFICATE")
    files["public"].write_bytes(broken + trusted + b"\xff\x00 anything" + PUBLIC)
    found = bundle_of(authority, {"SSL_CERT_FILE": str(files["public"])})
    assert held(found.path) == [ours(authority), PUBLIC]


def test_a_directory_of_certificates_is_a_source(authority: Authority, tmp_path: Path) -> None:
    directory = tmp_path / "certs"
    directory.mkdir()
    (directory / "1.0").write_bytes(CORPORATE)
    (directory / "2.pem").write_bytes(PUBLIC)
    (directory / "gone").symlink_to(tmp_path / "nowhere")
    (directory / "sub").mkdir()
    found = bundle_of(authority, {"REQUESTS_CA_BUNDLE": str(directory)})
    assert held(found.path) == [ours(authority), CORPORATE, PUBLIC]


def test_a_source_that_cannot_be_read_is_told_and_left_out(
    authority: Authority, files: dict[str, Path]
) -> None:
    named = {"SSL_CERT_FILE": "/no/such/file", "REQUESTS_CA_BUNDLE": str(files["public"])}
    found = bundle_of(authority, named)
    assert found.notes == ("`SSL_CERT_FILE` names `/no/such/file`, which cannot be read: it is left out",)
    assert held(found.path) == [ours(authority), PUBLIC]


def test_the_bundle_of_an_outer_run_is_a_source_like_any_other(
    authority: Authority, files: dict[str, Path]
) -> None:
    outer = bundle_of(authority, {"SSL_CERT_FILE": str(files["public"])})
    inner = bundle_of(authority, {"SSL_CERT_FILE": str(outer.path)})
    assert inner.path != outer.path
    assert held(inner.path) == held(outer.path)


# --- when it is made


def test_it_is_made_once_and_then_found_quickly(authority: Authority) -> None:
    first = bundle_of(authority, dict(os.environ))
    before = first.path.stat()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert bundle_of(authority, dict(os.environ)) == first
        times.append(time.perf_counter() - started)
    assert first.path.stat().st_ino == before.st_ino
    assert min(times) < 0.005


def test_it_is_made_again_when_a_source_has_changed(authority: Authority, files: dict[str, Path]) -> None:
    named = {"SSL_CERT_FILE": str(files["public"])}
    bundle_of(authority, named)
    files["public"].write_bytes(PUBLIC + EXTRA)
    assert held(bundle_of(authority, named).path) == [ours(authority), PUBLIC, EXTRA]
    files["public"].unlink()
    files["public"].write_bytes(CORPORATE)
    assert held(bundle_of(authority, named).path) == [ours(authority), CORPORATE]


def test_it_is_made_again_when_the_authority_has_changed(
    authority: Authority, files: dict[str, Path]
) -> None:
    named = {"SSL_CERT_FILE": str(files["public"])}
    bundle_of(authority, named)
    (authority.directory / "authority.pem").unlink()
    anew = Authority.open(authority.directory, NOW)
    assert held(bundle_of(anew, named).path) == [ours(anew), PUBLIC]


def test_two_settings_have_two_bundles(authority: Authority, files: dict[str, Path]) -> None:
    first = bundle_of(authority, {"SSL_CERT_FILE": str(files["public"])})
    second = bundle_of(authority, {"SSL_CERT_FILE": str(files["corporate"])})
    assert held(first.path) == [ours(authority), PUBLIC]
    assert held(second.path) == [ours(authority), CORPORATE]


def test_a_source_that_vanishes_in_between_has_no_certificates(
    authority: Authority, files: dict[str, Path]
) -> None:
    found = trust._kept(authority.directory, "bundle", authority.ca_path, (files["public"], Path("/no/file")))
    assert held(found) == [ours(authority), PUBLIC]


# --- Java


def test_a_java_trust_store_holds_the_same_certificates(authority: Authority, files: dict[str, Path]) -> None:
    found = bundle_of(authority, {"SSL_CERT_FILE": str(files["public"])})
    store = java_trust_store(found.path)
    entries = load_pkcs12(store.read_bytes(), trust.JAVA_PASSWORD.encode()).additional_certs
    assert [certificates.pem([entry.certificate]) for entry in entries] == held(found.path)
    assert java_trust_store(found.path).stat().st_ino == store.stat().st_ino


def test_a_java_trust_store_follows_its_bundle(authority: Authority, files: dict[str, Path]) -> None:
    named = {"SSL_CERT_FILE": str(files["public"])}
    before = java_trust_store(bundle_of(authority, named).path)
    not_parsed = b"-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    files["public"].write_bytes(PUBLIC + EXTRA + not_parsed)
    after = java_trust_store(bundle_of(authority, named).path)
    assert len(load_pkcs12(after.read_bytes(), trust.JAVA_PASSWORD.encode()).additional_certs) == 3
    assert not before.exists()


@pytest.mark.skipif(shutil.which("keytool") is None, reason="there is no Java here")
def test_java_reads_its_trust_store(authority: Authority, files: dict[str, Path]) -> None:
    store = java_trust_store(bundle_of(authority, {"SSL_CERT_FILE": str(files["public"])}).path)
    argv = ["keytool", "-list", "-keystore", str(store), "-storepass", trust.JAVA_PASSWORD]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert said.count("trustedCertEntry") == 2
