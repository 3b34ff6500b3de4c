"""Certificates that renew by themselves, when their policies say so; of the three objects, one is told of."""

from __future__ import annotations

from typing import Any

import pytest
from kept_vault import DAY, KeptVault
from msgspec import convert

from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.service import Certificates
from keyless.planes.keyvault.certificates.settling import Wanted
from keyless.store.sqlite.store import SqliteStore

RENEW = {"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "AutoRenew"}}
EMAIL = {"trigger": {"days_before_expiry": 10}, "action": {"action_type": "EmailContacts"}}


def policy(*actions: Any, issuer: str = "Self") -> CertificatePolicy:
    """A policy of a certificate that is valid for a year, with an EC key."""
    given = {
        "issuer": {"name": issuer},
        "key_props": {"kty": "EC", "crv": "P-256"},
        "x509_props": {"subject": "CN=orders.example.org", "validity_months": 12},
        "lifetime_actions": list(actions),
    }
    return convert(given, CertificatePolicy)


@pytest.fixture
async def kept(store: SqliteStore) -> KeptVault:
    made = await KeptVault.made(store)
    await made.subscribe()
    return made


async def begun(kept: KeptVault, now: int, *actions: Any, issuer: str = "Self") -> Certificates:
    """A certificate whose operation has begun."""
    certificates = Certificates(kept.store)
    given = policy(*actions, issuer=issuer)
    await certificates.operations.begin(kept.vault, "web", given, Wanted(), now=now)
    return certificates


async def test_an_operation_settles_though_nobody_asks(kept: KeptVault, now: int) -> None:
    certificates = await begun(kept, now, EMAIL)
    (done,) = await kept.keep(now + 60)
    assert done.done == "its operation has ended: completed"
    assert (await certificates.find(kept.vault, "web", now=now)).version.is_finished


async def test_a_certificate_is_renewed_each_time_that_its_policy_says(kept: KeptVault, now: int) -> None:
    certificates = await begun(kept, now, RENEW)
    await kept.keep(now + 60)
    first = (await certificates.find(kept.vault, "web", now=now)).version
    done = await kept.keep(now + 700 * DAY)
    assert [one.done for one in done] == ["renewed", "renewed"]
    newest = (await certificates.find(kept.vault, "web", now=now)).version
    assert newest.id != first.id
    assert first.not_before is not None
    assert first.expires is not None
    assert done[0].at == first.not_before + (first.expires - first.not_before) * 80 // 100
    for kind in ("KeyNewVersionCreated", "SecretNewVersionCreated"):
        assert kind not in [what for what, _, _ in await kept.noted()]
    assert [what for what, _, _ in await kept.noted()].count("CertificateNewVersionCreated") == 3


async def test_one_that_is_not_renewed_is_told_of_to_its_end(kept: KeptVault, now: int) -> None:
    await begun(kept, now, EMAIL)
    assert [one.done for one in await kept.keep(now + 400 * DAY)] == [
        "its operation has ended: completed",
        "expires soon",
        "expired",
    ]
    assert [what for what, _, _ in await kept.noted()] == [
        "CertificateNewVersionCreated",
        "CertificateNearExpiry",
        "CertificateExpired",
    ]


async def test_one_that_waits_for_a_merge_has_nothing_due(kept: KeptVault, now: int) -> None:
    await begun(kept, now, RENEW, issuer="Unknown")
    assert await kept.keep(now + 1000 * DAY) == []
    assert await kept.noted() == []


async def test_one_whose_issuer_is_gone_is_not_renewed_and_holds_nothing_up(
    kept: KeptVault, now: int, caplog: pytest.LogCaptureFixture
) -> None:
    certificates = await begun(kept, now, RENEW)
    await kept.keep(now + 60)
    changed = convert({"issuer": {"name": "nobody"}}, CertificatePolicy)
    await certificates.policies.update(kept.vault, "web", changed, now=now + 60)
    assert [one.done for one in await kept.keep(now + 400 * DAY)] == ["expires soon", "expired"]
    assert "cannot be renewed" in caplog.text


async def test_with_a_deleted_certificate_all_three_are_purged(kept: KeptVault, now: int) -> None:
    certificates = await begun(kept, now, RENEW)
    await kept.keep(now + 60)
    await certificates.deleted.delete(kept.vault, "web", now=now + 60)
    done = await kept.keep(now + 100 * DAY)
    assert [(one.done, one.noun) for one in done] == [
        ("purged", noun) for noun in ("certificate", "key", "secret")
    ]
