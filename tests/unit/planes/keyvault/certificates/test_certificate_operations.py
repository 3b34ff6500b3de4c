"""Pending operations: cancelled, deleted, merged, and settled by themselves."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from certificate_caller import SETTLED_S, create, created, newest, pending, policy, request_of
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from key_vault_caller import Answer, Caller
from x509_made import NOW, authority, openssl, other_key, profile

from keyless.planes.keyvault.certificates.records import CERTIFICATE_VERSIONS
from keyless.planes.keyvault.certificates.x509.making import period, self_signed, signed_by
from keyless.store.sqlite.store import SqliteStore

GONE = (404, "PendingCertificateNotFound", None)


def signed(request: x509.CertificateSigningRequest) -> x509.Certificate:
    """What an authority elsewhere makes of a request."""
    return signed_by(authority(), profile("CN=signed elsewhere"), request.public_key(), period(NOW, 6))


def entry(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


async def merge(caller: Caller, *entries: str, **members: Any) -> Answer:
    return await caller.call("POST", "/certificates/orders/pending/merge", {"x5c": list(entries), **members})


async def cancel(caller: Caller, *, requested: bool = True, **options: Any) -> Answer:
    body = {"cancellation_requested": requested}
    return await caller.call("PATCH", "/certificates/orders/pending", body, **options)


async def delete(caller: Caller, **options: Any) -> Answer:
    return await caller.call("DELETE", "/certificates/orders/pending", **options)


# --- cancelled


@pytest.mark.parametrize("issuer", ["Self", "Unknown"])
async def test_a_cancelled_operation_makes_nothing(caller: Caller, issuer: str) -> None:
    await create(caller, issuer=issuer)
    requested = await cancel(caller)
    assert (requested.status, requested.body["status"]) == (200, "inProgress")
    assert requested.body["cancellation_requested"] is True
    ended = (await pending(caller.at(SETTLED_S))).body
    assert (ended["status"], ended["cancellation_requested"]) == ("cancelled", True)
    assert not (await newest(caller)).is_finished


async def test_a_request_to_cancel_can_be_taken_back(caller: Caller) -> None:
    await create(caller)
    await cancel(caller)
    assert (await cancel(caller, requested=False)).body["cancellation_requested"] is False
    assert (await pending(caller.at(SETTLED_S))).body["status"] == "completed"
    await create(caller.at(10), issuer="Unknown", body={"policy": policy("Unknown")})
    await cancel(caller.at(10))
    await cancel(caller.at(10), requested=False)
    assert (await pending(caller.at(60))).body["status"] == "inProgress"


async def test_an_operation_that_has_ended_cannot_be_cancelled(caller: Caller) -> None:
    await created(caller)
    refused = await cancel(caller.at(SETTLED_S))
    assert refused.codes == (403, "Forbidden", None)
    assert refused.body["error"]["message"] == "Pending status must be in progress to allow update."


async def test_after_a_cancelled_operation_the_next_takes_its_place(
    caller: Caller, store: SqliteStore
) -> None:
    await create(caller)
    await cancel(caller)
    await pending(caller.at(SETTLED_S))
    await created(caller.at(10))
    versions = [version for _, version in await store.scan(CERTIFICATE_VERSIONS)]
    assert [version.is_finished for version in versions] == [True]


async def test_a_cancelled_version_beside_a_finished_one_gives_way_too(
    caller: Caller, store: SqliteStore
) -> None:
    await created(caller)
    await create(caller.at(10), body={})
    await cancel(caller.at(10))
    await created(caller.at(20))
    versions = [version for _, version in await store.scan(CERTIFICATE_VERSIONS)]
    assert [version.is_finished for version in versions] == [True, True]


# --- deleted


async def test_a_deleted_operation_is_gone_and_its_certificate_stays_unfinished(caller: Caller) -> None:
    begun = await create(caller, issuer="Unknown")
    deleted = await delete(caller)
    assert deleted.status == 200
    assert deleted.body["request_id"] == begun.body["request_id"]
    assert (await pending(caller)).codes == GONE
    assert (await delete(caller)).codes == GONE
    assert (await cancel(caller)).codes == GONE
    assert not (await newest(caller)).is_finished
    await created(caller.at(10))


async def test_deleting_an_operation_leaves_what_was_finished(caller: Caller) -> None:
    await created(caller)
    first = await newest(caller)
    await create(caller.at(10), body={"policy": policy("Unknown")})
    await delete(caller.at(10))
    assert await newest(caller) == first
    await created(caller.at(20))
    await delete(caller.at(30))
    assert (await newest(caller)).is_finished


async def test_an_operation_is_shown_under_its_own_request_id_alone(caller: Caller) -> None:
    begun = await create(caller, issuer="Unknown")
    own, other = f"request_id={begun.body['request_id']}", f"request_id={'0' * 32}"
    assert (await pending(caller, query=own)).status == 200
    for refused in (
        await pending(caller, query=other),
        await cancel(caller, query=other),
        await delete(caller, query=other),
    ):
        assert refused.codes == GONE


# --- merged


async def test_an_operation_for_nobody_waits_for_a_merge(caller: Caller) -> None:
    begun = await create(caller, issuer="Unknown")
    assert begun.body["status_details"] == (
        "Pending certificate created. Please Perform Merge to complete the request."
    )
    assert (await pending(caller.at(86_400))).body["status"] == "inProgress"


async def test_a_certificate_that_openssl_signed_is_merged(caller: Caller, tmp_path: Path) -> None:
    begun = await create(caller, issuer="unknown")
    key, root, csr = tmp_path / "ca.key", tmp_path / "ca.pem", tmp_path / "orders.csr"
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
            "/CN=elsewhere", "-keyout", str(key), "-out", str(root))  # fmt: skip
    csr.write_bytes(base64.b64decode(begun.body["csr"]))
    pem = openssl("x509", "-req", "-inform", "DER", "-in", str(csr), "-CA", str(root), "-CAkey", str(key),
                  "-days", "30", "-copy_extensions", "copyall")  # fmt: skip
    leaf = x509.load_pem_x509_certificate(pem.encode())
    authority_of_it = x509.load_pem_x509_certificate(root.read_bytes())
    merged = await merge(caller.at(60), entry(leaf), entry(authority_of_it), tags={"signed": "elsewhere"})
    assert merged.status == 201
    assert merged.body["cer"] == entry(leaf)
    assert merged.body["tags"] == {"signed": "elsewhere"}
    attributes = merged.body["attributes"]
    assert attributes["enabled"] is True
    assert attributes["exp"] == int(leaf.not_valid_after_utc.timestamp())
    assert merged.body["policy"]["issuer"] == {"name": "Unknown"}
    version_id = merged.body["id"].rsplit("/", 1)[1]
    for kind in ("kid", "sid"):
        assert merged.body[kind].endswith(f"/orders/{version_id}")
    assert (await pending(caller.at(60))).body["status"] == "completed"


async def test_a_merge_finds_the_certificate_of_its_key_whatever_the_order(caller: Caller) -> None:
    certificate = signed(request_of(await create(caller, issuer="Unknown")))
    merged = await merge(caller, entry(authority().certificate), entry(certificate))
    assert (merged.status, merged.body["cer"]) == (201, entry(certificate))


async def test_a_merge_takes_what_clients_write_instead_of_base64_of_der(caller: Caller) -> None:
    certificate = signed(request_of(await create(caller, issuer="Unknown")))
    text = entry(certificate) + "-----END CERTIFICATE-----"
    merged = await merge(caller, base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
    assert (merged.status, merged.body["cer"]) == (201, entry(certificate))


async def test_a_merge_may_disable_the_certificate(caller: Caller) -> None:
    certificate = signed(request_of(await create(caller, issuer="Unknown")))
    merged = await merge(caller, entry(certificate), attributes={"enabled": False})
    assert merged.body["attributes"]["enabled"] is False


@pytest.mark.parametrize("entries", [[], ["!"], ["AAAA"]])
async def test_what_is_no_certificate_is_not_merged(caller: Caller, entries: list[str]) -> None:
    await create(caller, issuer="Unknown")
    assert (await merge(caller, *entries)).codes == (400, "BadParameter", None)


async def test_a_chain_without_end_is_not_merged(caller: Caller) -> None:
    certificate = entry(signed(request_of(await create(caller, issuer="Unknown"))))
    refused = await merge(caller, *[certificate] * 26)
    assert refused.codes == (400, "BadParameter", None)
    assert "25" in refused.body["error"]["message"]
    assert (await merge(caller, *[certificate] * 25)).status == 201


async def test_a_certificate_of_another_key_is_not_merged(caller: Caller) -> None:
    await create(caller, issuer="Unknown")
    refused = await merge(caller, entry(self_signed(profile(), other_key(), period(NOW, 1))))
    assert refused.codes == (400, "BadParameter", None)
    assert (await pending(caller)).body["status"] == "inProgress"


async def test_nothing_is_merged_while_an_issuer_is_at_work(caller: Caller) -> None:
    certificate = signed(request_of(await create(caller)))
    refused = await merge(caller, entry(certificate))
    assert refused.codes == (403, "Forbidden", None)
    assert "Self" in refused.body["error"]["message"]


async def test_nothing_is_merged_twice_or_without_an_operation(caller: Caller) -> None:
    certificate = entry(self_signed(profile(), other_key(), period(NOW, 1)))
    assert (await merge(caller, certificate)).codes == GONE
    await created(caller)
    assert (await merge(caller.at(10), certificate)).codes == (403, "Forbidden", None)


@pytest.mark.parametrize("ended", ["cancelled", "failed"])
async def test_what_an_issuer_did_not_finish_can_be_merged(caller: Caller, ended: str) -> None:
    await caller.call("PUT", "/certificates/issuers/digi", {"provider": "DigiCert"})
    certificate = signed(request_of(await create(caller, issuer="digi")))
    if ended == "cancelled":
        await cancel(caller)
    assert (await pending(caller.at(SETTLED_S))).body["status"] == ended
    assert (await merge(caller.at(10), entry(certificate))).status == 201


# --- names that are taken meanwhile


async def test_a_secret_that_takes_the_name_meanwhile_is_not_written_over(caller: Caller) -> None:
    await create(caller)
    await caller.call("PUT", "/secrets/orders", {"value": "mine"})
    failed = (await pending(caller.at(SETTLED_S))).body
    assert failed["status"] == "failed"
    assert "secret of that name" in failed["error"]["message"]
    assert (await caller.call("GET", "/secrets/orders")).body["value"] == "mine"
    assert not (await newest(caller)).is_finished


async def test_a_deleted_secret_that_has_the_name_meanwhile_stands_in_the_way_of_a_merge(
    caller: Caller,
) -> None:
    certificate = signed(request_of(await create(caller, issuer="Unknown")))
    await caller.call("PUT", "/secrets/orders", {"value": "mine"})
    await caller.call("DELETE", "/secrets/orders")
    refused = await merge(caller, entry(certificate))
    assert refused.codes == (409, "Conflict", "ObjectIsDeletedButRecoverable")
    await caller.call("DELETE", "/deletedsecrets/orders")
    assert (await merge(caller, entry(certificate))).status == 201


# --- of deleted certificates


async def test_an_operation_of_a_deleted_certificate_does_not_settle(caller: Caller) -> None:
    await create(caller)
    certificates = caller.plane.service.certificates
    await certificates.deleted.delete(caller.vault, "orders", now=caller.now)
    assert (await pending(caller.at(SETTLED_S))).codes == GONE
    assert await certificates.operations.settle(caller.vault, "orders", now=caller.now + 60) is None
    await certificates.deleted.recover(caller.vault, "orders", now=caller.now + 60)
    assert (await pending(caller.at(60))).body["status"] == "completed"


def test_the_tests_time_is_the_callers(now: int) -> None:
    assert dt.datetime.fromtimestamp(now, dt.UTC) == dt.datetime.fromtimestamp(NOW, dt.UTC)
