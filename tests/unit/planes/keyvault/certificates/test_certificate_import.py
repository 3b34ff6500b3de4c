"""Importing certificates: what is read, what is refused, which policy they get."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from certificate_caller import SETTLED_S, create, created, pending
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from imports_made import PEM_POLICY, chain, leaf, pem, pfx, shown, take, taken
from key_vault_caller import Caller, make_vault
from x509_made import NOW, authority, openssl, other_key, profile, rsa_key

from keyless.planes.keyvault.certificates.imported import Content, read_import
from keyless.planes.keyvault.certificates.x509.bundles import write_pem
from keyless.planes.keyvault.certificates.x509.making import Period, period, self_signed
from keyless.planes.keyvault.certificates.x509.thumbprints import x5t

VAULT_URL = "https://contoso-orders.vault.azure.net"
PASSWORD = "correct horse"
PFX_POLICY = {"secret_props": {"contentType": "application/x-pkcs12"}}
INVALID = (400, "BadParameter", None)
IMPORT_IN_PROGRESS = (409, "Conflict", None)


ENDLESS_S = 253_402_300_799
"""99991231235959Z, the end of a certificate that has none (RFC 5280, 4.1.2.5)."""


def der_of(body: Any) -> bytes:
    return base64.b64decode(body["cer"])


def leaf_der() -> bytes:
    return leaf().public_bytes(Encoding.DER)


# --- content


async def test_an_import_answers_with_the_whole_certificate(caller: Caller) -> None:
    body = await taken(caller, tags={"team": "orders"}, attributes={"enabled": False})
    version = body["id"].rpartition("/")[2]
    assert der_of(body) == leaf_der()
    assert body["x5t"] == x5t(leaf_der())
    assert body["kid"] == f"{VAULT_URL}/keys/orders/{version}"
    assert body["tags"] == {"team": "orders"}
    assert body["attributes"]["enabled"] is False
    assert body["attributes"]["created"] == caller.now


@pytest.mark.parametrize(
    "value",
    [
        pem(),
        write_pem(None, chain()).decode() + write_pem(other_key(), ()).decode(),
        base64.b64encode(pem().encode()).decode(),
        pem().replace("\n", "\r\n"),
    ],
    ids=["key-first", "key-last", "in-base64", "windows"],
)
async def test_pem_is_taken_as_it_is_or_in_base64(caller: Caller, value: str) -> None:
    assert der_of(await taken(caller, value, policy=PEM_POLICY)) == leaf_der()


@pytest.mark.parametrize("value", [pem(), base64.b64encode(pem().encode()).decode()])
async def test_pem_is_known_by_its_looks_where_no_policy_says_what_it_is(caller: Caller, value: str) -> None:
    body = await taken(caller, value)
    assert body["policy"]["secret_props"] == PEM_POLICY["secret_props"]
    assert (await shown(caller, "/secrets/orders"))["value"] == pem()


async def test_base64_may_be_in_lines(caller: Caller) -> None:
    lines = base64.encodebytes(base64.b64decode(pfx())).decode()
    assert der_of(await taken(caller, lines)) == leaf_der()


@pytest.mark.parametrize(
    "options",
    [
        ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1"),
        ("-certpbe", "PBE-SHA1-RC2-40", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1", "-legacy"),
        ("-certpbe", "AES-256-CBC", "-keypbe", "AES-256-CBC", "-macalg", "sha256"),
        ("-certpbe", "NONE", "-keypbe", "AES-128-CBC"),
    ],
    ids=["pbes1-3des", "pbes1-rc2", "pbes2-aes", "certificates-in-the-clear"],
)
async def test_a_pfx_is_read_however_openssl_sealed_it(
    caller: Caller, tmp_path: Path, options: tuple[str, ...]
) -> None:
    source, path = tmp_path / "all.pem", tmp_path / "made.pfx"
    source.write_text(pem())
    openssl(
        "pkcs12", "-export", "-in", str(source), "-out", str(path), "-passout", f"pass:{PASSWORD}", *options
    )
    value = base64.b64encode(path.read_bytes()).decode()
    body = await taken(caller, value, pwd=PASSWORD)
    assert der_of(body) == leaf_der()
    wrong = await take(caller, value, pwd="wrong")
    assert wrong.codes == INVALID
    assert "PKCS#12" in wrong.body["error"]["message"]
    assert (await take(caller, value)).codes == INVALID


async def test_a_key_in_pem_may_be_encrypted(caller: Caller) -> None:
    sealed = other_key().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode())
    )
    value = sealed.decode() + write_pem(None, chain()).decode()
    assert der_of(await taken(caller, value, pwd=PASSWORD, policy=PEM_POLICY)) == leaf_der()
    assert (await take(caller, value, policy=PEM_POLICY)).codes == INVALID


def traditional() -> str:
    """A key in the form that it had before PKCS#8."""
    key = other_key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return key.decode() + write_pem(None, chain()).decode()


def expired() -> str:
    certificate = self_signed(profile(), other_key(), Period(NOW - 200, NOW))
    return pfx(other_key(), (certificate,))


def foreign() -> str:
    """A key beside the certificate of another."""
    return pem(rsa_key(), chain())


@pytest.mark.parametrize(
    ("value", "policy", "said"),
    [
        ("no base64!", {}, "PKCS#12 X.509 certificate content can not be read"),
        ("", {}, "PKCS#12 X.509 certificate content can not be read"),
        (base64.b64encode(b"no PFX").decode(), {}, "PKCS#12 X.509 certificate content can not be read"),
        (pem(), PFX_POLICY, "PKCS#12 X.509 certificate content can not be read"),
        (pfx(), PEM_POLICY, "unexpected format"),
        ("no PEM", PEM_POLICY, "unexpected format"),
        (traditional(), PEM_POLICY, "unexpected format"),
        (write_pem(None, chain()).decode(), PEM_POLICY, "unexpected format"),
        (foreign(), PEM_POLICY, "does not match the public part of the specified private key"),
        (expired(), {}, "X509 Certificate is already expired"),
    ],
    ids=[
        "not-base64",
        "empty",
        "not-a-pfx",
        "pem-as-pfx",
        "pfx-as-pem",
        "not-pem",
        "not-pkcs8",
        "pem-without-key",
        "key-of-another",
        "expired",
    ],
)
async def test_what_cannot_be_taken_is_refused_and_leaves_nothing(
    caller: Caller, value: str, policy: dict[str, Any], said: str
) -> None:
    refused = await take(caller, value, policy=policy)
    assert refused.codes == INVALID
    assert said in refused.body["error"]["message"]
    assert (await caller.call("GET", "/certificates/orders")).status == 404
    assert (await caller.call("GET", "/secrets/orders")).status == 404


async def test_a_pfx_without_a_key_is_refused(caller: Caller, tmp_path: Path) -> None:
    source, path = tmp_path / "all.pem", tmp_path / "made.pfx"
    source.write_bytes(write_pem(None, chain()))
    openssl("pkcs12", "-export", "-nokeys", "-in", str(source), "-out", str(path), "-passout", "pass:")
    refused = await take(caller, base64.b64encode(path.read_bytes()).decode())
    assert refused.codes == INVALID
    assert "No certificate with private key found" in refused.body["error"]["message"]


async def test_a_certificate_is_refused_the_second_it_ends(caller: Caller) -> None:
    end = period(NOW, 12).not_after
    assert (await take(caller.at(end - 1 - caller.now))).status == 200
    assert (await take(caller.at(end - caller.now))).codes == INVALID


def test_a_key_of_a_size_that_vaults_do_not_have_is_refused() -> None:
    key = rsa.generate_private_key(65537, 1024)
    certificate = self_signed(profile(), key, period(NOW, 12))
    with pytest.raises(Exception, match="2048, 3072 or 4096"):
        read_import(Content(pfx(key, (certificate,))), make_vault(), NOW)


def test_what_an_import_brings_is_not_shown() -> None:
    content = Content("horse", "battery")
    assert "horse" not in repr(content)
    assert "battery" not in repr(content)
    imported = read_import(Content(pfx()), make_vault(), NOW)
    assert repr(imported) == "Imported(2 certificates, …)"


# --- the policy


async def test_the_policy_says_what_the_certificate_does(caller: Caller) -> None:
    body = await taken(caller)
    policy = body["policy"]
    assert policy["key_props"] == {"exportable": True, "kty": "EC", "reuse_key": False, "crv": "P-256"}
    assert policy["secret_props"] == {"contentType": "application/x-pkcs12"}
    assert policy["issuer"] == {"name": "Unknown"}
    assert policy["lifetime_actions"] == [
        {"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "EmailContacts"}}
    ]
    x509_props = policy["x509_props"]
    assert x509_props["subject"] == 'CN=orders.example.org, O="Contoso, Ltd", C=DE'
    assert x509_props["sans"]["dns_names"] == ["orders.example.org", "*.orders.example.org"]
    assert x509_props["key_usage"] == ["digitalSignature", "keyEncipherment"]
    assert x509_props["ekus"] == ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
    assert x509_props["validity_months"] == 12
    assert policy["attributes"] == {"enabled": True, "created": caller.now, "updated": caller.now}


async def test_the_policy_of_an_rsa_certificate_says_how_large_its_key_is(caller: Caller) -> None:
    certificate = self_signed(profile(), rsa_key(), period(NOW, 36))
    body = await taken(caller, pfx(rsa_key(), (certificate,)))
    assert body["policy"]["key_props"] == {
        "exportable": True,
        "kty": "RSA",
        "key_size": 2048,
        "reuse_key": False,
    }
    assert body["policy"]["x509_props"]["validity_months"] == 36
    key = await shown(caller, "/keys/orders")
    assert key["key"]["key_ops"] == ["sign", "verify", "wrapKey", "unwrapKey"]


async def test_a_certificate_may_last_longer_than_a_policy_can_say(caller: Caller) -> None:
    certificate = self_signed(profile(), other_key(), Period(NOW, NOW + 150 * 366 * 86400))
    body = await taken(caller, pfx(other_key(), (certificate,)))
    assert body["policy"]["x509_props"]["validity_months"] == 1200


async def test_a_certificate_may_have_no_end(caller: Caller) -> None:
    endless = self_signed(profile(), other_key(), Period(NOW, ENDLESS_S))
    body = await taken(caller, pfx(certificates=[endless]))
    assert body["attributes"]["exp"] == ENDLESS_S
    assert body["policy"]["x509_props"]["validity_months"] == 1200


async def test_a_certificate_that_says_little_has_a_policy_that_does(caller: Caller, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    openssl(
        *("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes", "-days", "7300"),
        *("-subj", "/CN=bare", "-keyout", str(key), "-out", str(certificate), "-extensions", "none"),
        *("-config", str(_bare_config(tmp_path))),
    )
    body = await taken(caller, key.read_text() + certificate.read_text(), policy=PEM_POLICY)
    assert body["policy"]["x509_props"]["key_usage"] == []
    assert body["policy"]["x509_props"]["ekus"] == []
    assert body["policy"]["x509_props"]["subject"] == "CN=bare"
    assert body["policy"]["key_props"]["crv"] == "P-384"
    assert (await shown(caller, "/keys/orders"))["key"]["key_ops"] == ["sign", "verify"]


def _bare_config(directory: Path) -> Path:
    path = directory / "bare.cnf"
    path.write_text("[req]\ndistinguished_name = dn\n[dn]\n[none]\n")
    return path


async def test_a_given_policy_counts_for_what_it_says(caller: Caller) -> None:
    policy = {
        "issuer": {"name": "Self"},
        "key_props": {"kty": "EC", "crv": "P-256", "key_size": 256, "reuse_key": True},
        "x509_props": {"subject": "CN=next", "validity_months": 6},
        "lifetime_actions": [
            {"trigger": {"days_before_expiry": 10}, "action": {"action_type": "EmailContacts"}}
        ],
    }
    body = await taken(caller, policy=policy)
    got = body["policy"]
    assert got["issuer"] == {"name": "Self"}
    assert got["key_props"]["reuse_key"] is True
    assert (got["x509_props"]["subject"], got["x509_props"]["validity_months"]) == ("CN=next", 6)
    assert got["x509_props"]["ekus"] == ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]
    assert got["lifetime_actions"] == policy["lifetime_actions"]
    assert der_of(body) == leaf_der()


@pytest.mark.parametrize(
    "policy",
    [
        {"key_props": {"kty": "RSA"}},
        {"key_props": {"kty": "EC", "crv": "P-384"}},
        {"key_props": {"key_size": 2048}},
        {"key_props": {"kty": "oct"}},
        {"key_props": {"crv": "P-999"}},
        {"key_props": {"kty": "EC-HSM"}},
        {"secret_props": {"contentType": "text/plain"}},
        {"x509_props": {"subject": "no name"}},
        {"x509_props": {"sans": {"ipAddresses": ["no address"]}}},
        {"lifetime_actions": [{"action": {"action_type": "EmailContacts"}}]},
    ],
    ids=str,
)
async def test_a_policy_that_does_not_fit_is_refused(caller: Caller, policy: dict[str, Any]) -> None:
    assert (await take(caller, policy=policy)).codes == INVALID
    assert (await caller.call("GET", "/certificates/orders")).status == 404


async def test_a_premium_vault_takes_a_key_into_its_hardware_and_gives_it_out_no_more(caller: Caller) -> None:
    premium = caller.of(make_vault(sku="premium"))
    body = await taken(premium, policy={"key_props": {"kty": "EC-HSM"}})
    assert body["policy"]["key_props"]["exportable"] is False
    assert (await shown(premium, "/keys/orders"))["key"]["kty"] == "EC-HSM"
    secret = await shown(premium, "/secrets/orders", query="", api_version="7.4")
    assert len(base64.b64decode(secret["value"])) < len(base64.b64decode(pfx()))


# --- beside what is there


async def test_the_policy_is_that_of_the_last_import_and_as_old_as_the_first(caller: Caller) -> None:
    await taken(caller, policy={"issuer": {"name": "Self"}})
    later = await taken(caller.at(100))
    assert later["policy"]["issuer"] == {"name": "Unknown"}
    assert later["policy"]["attributes"] == {
        "enabled": True,
        "created": caller.now,
        "updated": caller.now + 100,
    }


async def test_what_was_made_here_goes_on_as_an_import_and_the_other_way(caller: Caller) -> None:
    await created(caller)
    await taken(caller.at(SETTLED_S))
    await created(caller.at(2 * SETTLED_S))
    listed = (await shown(caller, "/certificates/orders/versions"))["value"]
    assert len(listed) == 3


async def test_nothing_is_imported_while_a_version_is_being_made(caller: Caller) -> None:
    await create(caller, issuer="Unknown")
    assert (await take(caller)).codes == IMPORT_IN_PROGRESS
    assert "cer" not in await shown(caller, "/certificates/orders")


@pytest.mark.parametrize("forgotten", [True, False])
async def test_what_was_never_finished_gives_way(caller: Caller, forgotten: bool) -> None:
    await create(caller, issuer="Unknown")
    unfinished = (await shown(caller, "/certificates/orders"))["id"]
    if forgotten:
        await caller.call("DELETE", "/certificates/orders/pending")
    else:
        await caller.call("PATCH", "/certificates/orders/pending", {"cancellation_requested": True})
    later = caller.at(SETTLED_S)
    await taken(later)
    assert (await pending(later)).status == 404
    assert (await later.call("GET", unfinished.removeprefix(VAULT_URL))).status == 404
    assert "pending" not in await shown(later, "/certificates/orders")


async def test_a_name_that_is_another_secrets_or_keys_is_not_free(caller: Caller) -> None:
    await caller.call("PUT", "/secrets/a", {"value": "horse"})
    await caller.call("POST", "/keys/b/create", {"kty": "EC"})
    for name in ("a", "b"):
        assert (await take(caller, name=name)).codes == (409, "Conflict", None)
        assert (await caller.call("GET", f"/certificates/{name}")).status == 404


async def test_a_chain_is_put_into_order_unless_its_own_is_asked_for(caller: Caller) -> None:
    root = authority().certificate
    stray = self_signed(profile("CN=stray"), rsa_key(), period(NOW, 12))
    value = pem(other_key(), (stray, root, leaf()))
    for order, expected in ((False, [leaf(), root, stray]), (True, [leaf(), stray, root])):
        await taken(caller, value, policy=PEM_POLICY, preserveCertOrder=order, api_version="2025-07-01")
        secret = await shown(caller, "/secrets/orders")
        assert secret["value"] == pem(other_key(), expected)
