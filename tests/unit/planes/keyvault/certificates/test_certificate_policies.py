"""Policies: what goes without saying, what is refused, what a change leaves alone, and when it acts."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from certificate_caller import SETTLED_S, create, created, newest, pending, policy
from key_vault_caller import Answer, Caller, make_vault

from keyless.planes.keyvault.certificates.errors import CertificateInProgress, CertificateNotFound
from keyless.planes.keyvault.certificates.policy import completed
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import CertificateVersion
from keyless.planes.keyvault.certificates.renewal import renewal_due

DAY_S = 86_400
YEAR_S = 365 * DAY_S
GONE = (404, "CertificateNotFound", None)


async def shown(caller: Caller) -> Answer:
    return await caller.call("GET", "/certificates/orders/policy")


async def change(caller: Caller, body: object) -> Answer:
    return await caller.call("PATCH", "/certificates/orders/policy", body)


def acting(action: str, **trigger: int) -> list[dict[str, Any]]:
    return [{"trigger": trigger, "action": {"action_type": action}}]


async def test_a_policy_shows_what_went_without_saying(caller: Caller) -> None:
    await create(caller, body={"policy": {"issuer": {"name": "self"}, "x509_props": {"subject": "cn=a"}}})
    assert (await shown(caller)).body == {
        "id": "https://contoso-orders.vault.azure.net/certificates/orders/policy",
        "key_props": {"exportable": True, "kty": "RSA", "key_size": 2048, "reuse_key": False},
        "secret_props": {"contentType": "application/x-pkcs12"},
        "x509_props": {
            "subject": "cn=a",
            "ekus": ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            "key_usage": ["digitalSignature", "keyEncipherment"],
            "validity_months": 12,
            "basic_constraints": {"ca": False},
        },
        "lifetime_actions": acting("AutoRenew", lifetime_percentage=80),
        "issuer": {"name": "Self"},
        "attributes": {"enabled": True, "created": caller.now, "updated": caller.now},
    }


async def test_without_an_issuer_the_contacts_are_told_and_nobody_signs(caller: Caller) -> None:
    await create(caller, body={"policy": {"x509_props": {"sans": {"emails": ["ops@example.org"]}}}})
    found = (await shown(caller)).body
    assert found["issuer"] == {"name": "Unknown"}
    assert found["lifetime_actions"] == acting("EmailContacts", lifetime_percentage=80)


async def test_a_change_leaves_alone_what_it_does_not_name(caller: Caller) -> None:
    await created(caller)
    before = (await shown(caller)).body
    changed = await change(caller.at(60), {"x509_props": {"validity_months": 3}, "id": "read-only"})
    assert changed.status == 200
    after = dict(before, attributes={**before["attributes"], "updated": caller.now + 60})
    after["x509_props"] = {**before["x509_props"], "validity_months": 3}
    assert changed.body == after
    assert (await shown(caller)).body == after


async def test_the_next_version_is_made_by_the_changed_policy(caller: Caller) -> None:
    await created(caller)
    await change(caller, {"x509_props": {"validity_months": 1}})
    await create(caller.at(10), body={})
    await pending(caller.at(10 + SETTLED_S))
    assert (await newest(caller)).expires == caller.now + 10 + 31 * DAY_S


async def test_a_new_policy_replaces_the_old_one_and_keeps_its_age(caller: Caller) -> None:
    await created(caller, x509_props={"subject": "CN=a", "validity_months": 3})
    await created(caller.at(60), issuer="Self")
    found = (await shown(caller)).body
    assert found["x509_props"]["validity_months"] == 12
    assert found["attributes"] == {"enabled": True, "created": caller.now, "updated": caller.now + 60}


async def test_only_a_live_certificate_has_a_policy(caller: Caller) -> None:
    assert (await shown(caller)).codes == GONE
    assert (await change(caller, {})).codes == GONE
    await created(caller)
    await caller.plane.service.certificates.deleted.delete(caller.vault, "orders", now=caller.now)
    assert (await shown(caller)).codes == GONE


@pytest.mark.parametrize(
    "members",
    [
        {"x509_props": {}},
        {"x509_props": {"subject": "", "sans": {"dns_names": []}}},
        {"x509_props": {"subject": "no name"}},
        {"x509_props": {"subject": "CN=a", "validity_months": 0}},
        {"x509_props": {"subject": "CN=a", "validity_months": 1201}},
        {"x509_props": {"subject": "CN=a", "ekus": ["serverAuth"]}},
        {"x509_props": {"subject": "CN=a", "key_usage": ["everything"]}},
        {"x509_props": {"sans": {"dns_names": ["ü"]}}},
        {"x509_props": {"sans": {"dns_names": ["a.example"] * 101}}},
        {"key_props": {"kty": "oct"}},
        {"key_props": {"kty": "DSA"}},
        {"key_props": {"kty": "RSA", "key_size": 1024}},
        {"key_props": {"kty": "EC", "crv": "P-224"}},
        {"key_props": {"kty": "RSA-HSM", "exportable": False}},
        {"secret_props": {"contentType": "text/plain"}},
        {"lifetime_actions": acting("AutoRenew", lifetime_percentage=100)},
        {"lifetime_actions": acting("AutoRenew", lifetime_percentage=0)},
        {"lifetime_actions": acting("AutoRenew", days_before_expiry=325)},
        {"lifetime_actions": acting("AutoRenew", days_before_expiry=0)},
        {"lifetime_actions": acting("AutoRenew", lifetime_percentage=80, days_before_expiry=30)},
        {"lifetime_actions": acting("AutoRenew")},
        {"lifetime_actions": acting("Explode", lifetime_percentage=80)},
        {"lifetime_actions": [{"trigger": {"lifetime_percentage": 80}}]},
        {"lifetime_actions": [{}]},
        {"lifetime_actions": acting("AutoRenew", days_before_expiry=1) * 2},
        {"platformManaged": {"certificateUsage": "anything"}},
    ],
    ids=str,
)
async def test_a_policy_that_no_certificate_can_have_is_refused(
    caller: Caller, members: dict[str, Any]
) -> None:
    refused = await create(caller, body={"policy": policy(**members)})
    assert refused.codes == (400, "BadParameter", None)
    if members != {"x509_props": {}}:  # as a change that leaves everything alone
        await created(caller)
        assert (await change(caller, members)).codes == (400, "BadParameter", None)


async def test_keys_in_hardware_need_a_premium_vault_and_stay_there(caller: Caller) -> None:
    premium = caller.of(make_vault(sku="premium"))
    hardware = {"kty": "EC-HSM", "crv": "P-256"}
    refused = await create(premium, key_props={**hardware, "exportable": True})
    assert refused.codes == (400, "BadParameter", None)
    await created(premium, key_props=hardware)
    assert (await shown(premium)).body["key_props"]["exportable"] is False


# --- when it acts


def version(enabled: bool = True, cer: bytes = b"DER") -> CertificateVersion:
    return CertificateVersion(
        id="0" * 32, created=0, updated=0, enabled=enabled, cer=cer, not_before=0, expires=YEAR_S
    )


def whole_policy(issuer: str = "Self", actions: list[dict[str, Any]] | None = None) -> CertificatePolicy:
    members = {} if actions is None else {"lifetime_actions": actions}
    given = msgspec.convert(policy(issuer, **members), CertificatePolicy)
    return completed(given, make_vault(), now=0)


def test_a_certificate_is_renewed_at_80_percent_of_its_life_by_default() -> None:
    assert renewal_due(whole_policy(), version()) == YEAR_S * 80 // 100


def test_a_certificate_is_renewed_some_days_before_its_end_where_the_policy_says_so() -> None:
    found = whole_policy(actions=acting("autorenew", days_before_expiry=30))
    assert renewal_due(found, version()) == YEAR_S - 30 * DAY_S


def test_nothing_is_renewed_where_the_policy_has_contacts_told_instead() -> None:
    found = whole_policy(actions=acting("EmailContacts", days_before_expiry=30))
    assert renewal_due(found, version()) is None


def test_nothing_is_renewed_that_is_signed_elsewhere_disabled_or_unfinished() -> None:
    actions = acting("AutoRenew", days_before_expiry=30)
    assert renewal_due(whole_policy("Unknown", actions), version()) is None
    assert renewal_due(whole_policy(actions=actions), version(enabled=False)) is None
    assert renewal_due(whole_policy(actions=actions), version(cer=b"")) is None


async def test_renewing_makes_a_finished_version_at_once_with_the_tags_of_the_last(caller: Caller) -> None:
    await create(caller, body={"policy": policy(), "tags": {"of": "shop"}})
    await pending(caller.at(SETTLED_S))
    first = await newest(caller)
    certificates = caller.plane.service.certificates
    renewed = await certificates.renew(caller.vault, "ORDERS", now=caller.now + 200 * DAY_S)
    assert (renewed.name, renewed.pending.status) == ("orders", "completed")
    second = await newest(caller)
    assert second.id != first.id
    assert second.tags == {"of": "shop"}
    assert second.expires == first.expires + 201 * DAY_S  # 2028 has a day more


async def test_renewing_what_is_signed_elsewhere_begins_an_operation(caller: Caller) -> None:
    await created(caller)
    await change(caller, {"issuer": {"name": "Unknown"}})
    certificates = caller.plane.service.certificates
    begun = await certificates.renew(caller.vault, "orders", now=caller.now + 60)
    assert begun.pending.in_progress
    with pytest.raises(CertificateInProgress):
        await certificates.renew(caller.vault, "orders", now=caller.now + 60)
    with pytest.raises(CertificateNotFound):
        await certificates.renew(caller.vault, "nothing", now=caller.now)
