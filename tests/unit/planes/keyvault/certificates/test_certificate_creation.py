"""Creating certificates: the operation, what it makes, and who signs."""

from __future__ import annotations

import base64

import msgspec
import pytest
from certificate_caller import EC, SETTLED_S, create, created, newest, pending, policy, request_of
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from key_vault_caller import Caller, make_vault

from keyless.planes.keyvault.certificates import issuing
from keyless.planes.keyvault.certificates.records import CERTIFICATE_VERSIONS
from keyless.planes.keyvault.certificates.x509.bundles import read_pem
from keyless.planes.keyvault.certificates.x509.making import Period
from keyless.planes.keyvault.certificates.x509.reading import validity
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.store.sqlite.store import SqliteStore

VAULT_URL = "https://contoso-orders.vault.azure.net"
TEST_ISSUER = {"provider": "Test"}


async def behind(caller: Caller, store: SqliteStore) -> tuple[object, object]:
    """The newest key and secret behind the certificate of the tests."""
    key = await ObjectReader(store, KEY, caller.vault).live("orders")
    secret = await ObjectReader(store, SECRET, caller.vault).live("orders")
    assert key is not None
    assert secret is not None
    return key.version, secret.version


async def test_creating_answers_with_an_operation_in_progress(caller: Caller) -> None:
    begun = await create(caller)
    assert begun.status == 202
    body = dict(begun.body)
    assert base64.b64decode(body.pop("csr"))
    request_id = body.pop("request_id")
    assert begun.headers == {
        "location": f"{VAULT_URL}/certificates/orders/pending?api-version=7.4&request_id={request_id}",
        "retry-after": "0",
    }
    assert body == {
        "id": f"{VAULT_URL}/certificates/orders/pending",
        "issuer": {"name": "Self"},
        "cancellation_requested": False,
        "status": "inProgress",
        "status_details": (
            "Pending certificate created. Certificate request is in progress. This may take some time based "
            "on the issuer provider. Please check again later."
        ),
    }


async def test_the_operation_completes_a_moment_later(caller: Caller) -> None:
    await create(caller)
    assert (await pending(caller)).body["status"] == "inProgress"
    done = await pending(caller.at(SETTLED_S))
    assert done.body["status"] == "completed"
    assert done.body["target"] == f"{VAULT_URL}/certificates/orders"
    assert "status_details" not in done.body
    assert done.headers == {}


async def test_until_then_the_version_is_disabled_and_has_no_certificate(caller: Caller) -> None:
    await create(caller)
    unfinished = await newest(caller)
    assert not unfinished.is_finished
    assert not unfinished.enabled
    assert (unfinished.not_before, unfinished.created) == (caller.now - 600, caller.now)
    assert unfinished.expires == 1_831_536_000
    await pending(caller.at(SETTLED_S))
    finished = await newest(caller)
    assert finished.id == unfinished.id
    assert finished.enabled


async def test_a_self_signed_certificate_says_what_its_policy_says(caller: Caller) -> None:
    sans = {"dns_names": ["orders.example.org"], "upns": ["ops@example.org"], "ipAddresses": ["192.0.2.7"]}
    properties = {
        "subject": 'CN=orders, O="Contoso, Ltd"',
        "sans": sans,
        "ekus": ["1.3.6.1.5.5.7.3.2"],
        "key_usage": ["digitalSignature", "keyAgreement"],
        "validity_months": 3,
    }
    await created(caller, x509_props=properties)
    version = await newest(caller)
    certificate = x509.load_der_x509_certificate(version.cer)
    assert certificate.issuer == certificate.subject
    assert certificate.subject.rfc4514_string() == "CN=orders,O=Contoso\\, Ltd"
    certificate.verify_directly_issued_by(certificate)
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["orders.example.org"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7"]
    assert len(names.get_values_for_type(x509.OtherName)) == 1
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_agreement
    assert not usage.key_encipherment
    assert validity(certificate) == Period(version.not_before, version.expires)


async def test_the_request_is_of_the_certificates_own_key(caller: Caller) -> None:
    begun = await create(caller)
    await pending(caller.at(SETTLED_S))
    certificate = x509.load_der_x509_certificate((await newest(caller)).cer)
    request = request_of(begun)
    assert request.is_signature_valid
    assert request.public_key() == certificate.public_key()
    assert request.subject == certificate.subject


async def test_the_key_and_the_secret_share_the_version_and_are_managed(
    caller: Caller, store: SqliteStore
) -> None:
    await create(caller, body={"policy": policy(), "tags": {"of": "shop"}})
    await pending(caller.at(SETTLED_S))
    version = await newest(caller)
    for found in await behind(caller, store):
        assert found.managed
        assert (found.id, found.enabled, found.tags) == (version.id, True, {"of": "shop"})
        assert (found.not_before, found.expires) == (version.not_before, version.expires)
        assert (found.created, found.updated) == (version.created, version.updated)


@pytest.mark.parametrize("exportable", [True, False])
@pytest.mark.parametrize("content_type", ["application/x-pkcs12", "application/x-pem-file"])
async def test_the_secret_holds_the_private_key_where_that_is_exportable(
    caller: Caller, store: SqliteStore, content_type: str, exportable: bool
) -> None:
    await created(
        caller,
        key_props={"kty": "EC", "crv": "P-384", "exportable": exportable},
        secret_props={"contentType": content_type},
    )
    key, secret = await behind(caller, store)
    assert secret.content_type == content_type
    certificate = x509.load_der_x509_certificate((await newest(caller)).cer)
    if content_type.endswith("pkcs12"):
        found = pkcs12.load_pkcs12(base64.b64decode(secret.value), None)
        assert (found.key is not None) is exportable
        kept = found.cert or found.additional_certs[0]
        assert kept.certificate == certificate
    elif exportable:
        bundle = read_pem(secret.value.encode(), None)
        assert bundle.certificate == certificate
        assert bundle.key.public_key() == key.material.open().public_key()
    else:
        assert "PRIVATE KEY" not in secret.value
        assert x509.load_pem_x509_certificate(secret.value.encode()) == certificate


async def test_the_key_may_be_used_for_what_the_certificate_is_for(
    caller: Caller, store: SqliteStore
) -> None:
    await created(caller, key_props={"kty": "RSA"})
    key, _ = await behind(caller, store)
    assert sorted(key.key_ops) == ["sign", "unwrapKey", "verify", "wrapKey"]
    await created(caller.at(10))
    key, _ = await behind(caller, store)
    assert sorted(key.key_ops) == ["sign", "verify"]


async def test_an_rsa_key_has_2048_bits_unless_more_are_asked_for(caller: Caller) -> None:
    await created(caller, key_props={})
    key = x509.load_der_x509_certificate((await newest(caller)).cer).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 2048
    await created(caller.at(10), key_props={"kty": "RSA", "key_size": 3072})
    key = x509.load_der_x509_certificate((await newest(caller)).cer).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 3072


async def test_a_new_version_leaves_the_current_one_until_it_is_finished(caller: Caller) -> None:
    await created(caller)
    first = await newest(caller)
    await create(caller.at(10), body={"attributes": {"enabled": False}})
    assert (await newest(caller)).id == first.id
    await pending(caller.at(10 + SETTLED_S))
    second = await newest(caller)
    assert second.id != first.id
    assert not second.enabled
    assert second.is_finished


@pytest.mark.parametrize("reuse", [True, False])
async def test_a_new_version_has_a_new_key_unless_the_policy_reuses_it(caller: Caller, reuse: bool) -> None:
    def public(version: object) -> object:
        return x509.load_der_x509_certificate(version.cer).public_key()

    await created(caller, key_props={"kty": "EC", "crv": "P-256", "reuse_key": reuse})
    first = public(await newest(caller))
    await create(caller.at(10), body={})
    await pending(caller.at(10 + SETTLED_S))
    assert (public(await newest(caller)) == first) is reuse


async def test_a_key_of_another_kind_than_the_policys_is_not_reused(caller: Caller) -> None:
    await created(caller)
    await created(caller.at(10), key_props={"kty": "EC", "crv": "P-521", "reuse_key": True})
    key = x509.load_der_x509_certificate((await newest(caller)).cer).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp521r1"


@pytest.mark.parametrize("given", ["with the next version", "as a change of the policy"])
async def test_a_key_that_was_not_exportable_does_not_come_out_by_being_reused(
    caller: Caller, given: str
) -> None:
    exportable = {**EC, "reuse_key": True, "exportable": True}
    await created(caller, key_props={**exportable, "exportable": False})
    first = x509.load_der_x509_certificate((await newest(caller)).cer).public_key()
    if given == "with the next version":
        await created(caller.at(10), key_props=exportable)
    else:
        changed = await caller.call("PATCH", "/certificates/orders/policy", {"key_props": exportable})
        assert changed.status == 200
        await create(caller.at(10), body={})
        await pending(caller.at(10 + SETTLED_S))
    assert x509.load_der_x509_certificate((await newest(caller)).cer).public_key() != first


async def test_no_key_is_made_for_what_is_refused_because_another_is_in_progress(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    await create(caller, issuer="Unknown")
    monkeypatch.setattr(issuing, "make_key_here", lambda spec: pytest.fail("a key is made"))
    assert (await create(caller.at(60))).codes == (409, "Conflict", None)


async def test_nothing_else_is_made_while_an_operation_is_in_progress(caller: Caller) -> None:
    await create(caller, issuer="Unknown")
    refused = await create(caller.at(60))
    assert refused.codes == (409, "Conflict", None)
    assert "inProgress" in refused.body["error"]["message"]


async def test_an_issuer_of_the_provider_test_is_signed_for_by_the_local_authority(
    caller: Caller, store: SqliteStore
) -> None:
    await caller.call("PUT", "/certificates/issuers/local", TEST_ISSUER)
    await created(caller, issuer="local")
    version = await newest(caller)
    certificate = x509.load_der_x509_certificate(version.cer)
    _, secret = await behind(caller, store)
    found = pkcs12.load_pkcs12(base64.b64decode(secret.value), None)
    (authority,) = [held.certificate for held in found.additional_certs]
    certificate.verify_directly_issued_by(authority)
    assert authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca

    await created(caller.at(10), "second", issuer="local")
    second = x509.load_der_x509_certificate((await newest(caller, "second")).cer)
    second.verify_directly_issued_by(authority)


async def test_an_authority_that_is_about_to_end_is_made_anew(caller: Caller) -> None:
    await caller.call("PUT", "/certificates/issuers/local", TEST_ISSUER)
    await created(caller, issuer="local")
    first = x509.load_der_x509_certificate((await newest(caller)).cer)
    later = caller.at(int(9.5 * 365.25 * 86400))
    await created(later, issuer="local")
    second = x509.load_der_x509_certificate((await newest(caller)).cer)
    assert validity(second).not_after == (await newest(caller)).expires
    assert second.not_valid_after_utc.year - first.not_valid_after_utc.year in {9, 10}
    key_ids = {
        each.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        for each in (first, second)
    }
    assert len(key_ids) == 2


async def test_an_issuer_that_cannot_be_reached_fails_and_says_what_to_do(caller: Caller) -> None:
    await caller.call("PUT", "/certificates/issuers/digi", {"provider": "digicert"})
    begun = await create(caller, issuer="digi")
    assert begun.body["status"] == "inProgress"
    failed = (await pending(caller.at(SETTLED_S))).body
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "Certificate issuer error"
    assert "DigiCert" in failed["error"]["message"]
    assert "target" not in failed
    assert not (await newest(caller)).is_finished


async def test_an_issuer_has_to_be_there_and_to_be_enabled(caller: Caller) -> None:
    assert (await create(caller, issuer="nobody")).codes == (404, "CertificateIssuerNotFound", None)
    await caller.call("PUT", "/certificates/issuers/off", {**TEST_ISSUER, "attributes": {"enabled": False}})
    assert (await create(caller, issuer="off")).codes == (403, "Forbidden", None)


async def test_a_name_of_another_secret_cannot_become_a_certificates(caller: Caller) -> None:
    await caller.call("PUT", "/secrets/orders", {"value": "mine"})
    refused = await create(caller)
    assert refused.codes == (409, "Conflict", None)
    assert "secret" in refused.body["error"]["message"]
    await caller.call("DELETE", "/secrets/orders")
    assert (await create(caller)).codes == (409, "Conflict", "ObjectIsDeletedButRecoverable")


async def test_the_first_version_needs_a_policy(caller: Caller) -> None:
    assert (await create(caller, body={})).codes == (400, "BadParameter", None)


async def test_a_name_that_no_certificate_can_have_is_refused(caller: Caller) -> None:
    refused = await create(caller, "no_such-name")
    assert refused.codes == (400, "BadParameter", None)


async def test_too_many_tags_are_refused_before_a_key_is_made(caller: Caller) -> None:
    tags = {f"tag-{number}": "x" for number in range(16)}
    refused = await create(caller, body={"policy": policy(), "tags": tags})
    assert refused.codes == (400, "BadParameter", None)


async def test_a_vault_has_its_own_certificates(caller: Caller, store: SqliteStore) -> None:
    await created(caller)
    other = caller.of(make_vault("contoso-orders-2"))
    assert (await pending(other)).codes == (404, "PendingCertificateNotFound", None)


async def test_what_is_kept_of_an_operation_shows_no_key(caller: Caller, store: SqliteStore) -> None:
    await create(caller, issuer="Unknown")
    operations = caller.plane.service.certificates.operations
    found = await operations.find(caller.vault, "orders", now=caller.now)
    assert "private" not in repr(found.pending)
    scanned = await store.scan(CERTIFICATE_VERSIONS)
    assert [msgspec.structs.asdict(version)["cer"] for _, version in scanned] == [b""]
