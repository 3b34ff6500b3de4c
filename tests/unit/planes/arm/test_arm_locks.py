"""Management locks: what they hold up, where, and for whom."""

from __future__ import annotations

import pytest
from arm_site import GROUP, SUBSCRIPTION, Answer, ArmSite

from wire_schemas import check

SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
OTHER = f"{SUBSCRIPTION}/resourceGroups/Other"
WHERE = {"location": "westeurope"}
LOCKS = "providers/Microsoft.Authorization/locks"
VERSION = "2020-05-01"


async def lock(arm: ArmSite, scope: str, level: str, name: str = "l", **more: object) -> Answer:
    path = f"{scope}/{LOCKS}/{name}"
    answer = await arm.ask("PUT", path, {"properties": {"level": level, **more}}, version=VERSION)
    check("PUT", path, f"api-version={VERSION}", answer.status, answer.headers, answer.raw)
    return answer


@pytest.fixture
async def shop(arm: ArmSite) -> ArmSite:
    """A site in a group, and another group."""
    await arm.ask("PUT", SITE, WHERE)
    await arm.ask("PUT", OTHER, WHERE)
    return arm


class TestKeeping:
    @pytest.mark.parametrize("scope", [SUBSCRIPTION, GROUP, SITE])
    async def test_a_lock_is_made_changed_read_and_taken_away(self, shop: ArmSite, scope: str) -> None:
        made = await lock(shop, scope, "canNotDelete", notes="mind", owners=[{"applicationId": "a"}])
        assert made.status == 201
        assert made.body["properties"] == {
            "level": "CanNotDelete",
            "notes": "mind",
            "owners": [{"applicationId": "a"}],
        }
        assert (await lock(shop, scope, "ReadOnly")).status == 200
        path = f"{scope}/{LOCKS}/l"
        read = await shop.ask("GET", path.upper().replace("/L", "/l"), who="reader", version=VERSION)
        assert (read.body["id"], read.body["properties"]) == (path, {"level": "ReadOnly"})
        assert (await shop.ask("DELETE", path, version=VERSION)).status == 200
        assert (await shop.ask("DELETE", path, version=VERSION)).status == 204
        assert (await shop.ask("GET", path, version=VERSION)).code == "LockNotFound"

    async def test_a_lock_is_made_by_whoever_may(self, shop: ArmSite) -> None:
        await shop.grant("web-admin", "websites", SUBSCRIPTION)
        for method in ("PUT", "DELETE", "GET"):
            body = {"properties": {"level": "ReadOnly"}} if method == "PUT" else None
            refused = await shop.ask(method, f"{SITE}/{LOCKS}/l", body, who="web-admin", version=VERSION)
            assert refused.code == "AuthorizationFailed"

    @pytest.mark.parametrize(
        ("scope", "name", "body", "code"),
        [
            (GROUP, "l", {"properties": {"level": "Soft"}}, "InvalidRequestContent"),
            (GROUP, "l", {"properties": {"level": "ReadOnly", "notes": "n" * 513}}, "InvalidRequestContent"),
            (GROUP, "l", {}, "InvalidRequestContent"),
            (GROUP, "a.", {"properties": {"level": "ReadOnly"}}, "InvalidLockName"),
            (f"{SITE}x", "l", {"properties": {"level": "ReadOnly"}}, "ResourceNotFound"),
            (f"{GROUP}x", "l", {"properties": {"level": "ReadOnly"}}, "ResourceGroupNotFound"),
        ],
    )
    async def test_what_no_lock_can_be_is_refused(
        self, shop: ArmSite, scope: str, name: str, body: object, code: str
    ) -> None:
        assert (await shop.ask("PUT", f"{scope}/{LOCKS}/{name}", body, version=VERSION)).code == code

    async def test_nothing_above_a_subscription_is_locked(self, shop: ArmSite) -> None:
        await shop.grant("owner", "owner", "/")
        path = f"/providers/Microsoft.Management/managementGroups/m/{LOCKS}/l"
        refused = await shop.ask("PUT", path, {"properties": {"level": "ReadOnly"}}, version=VERSION)
        assert refused.code == "LockNotSupportedAtScope"

    async def test_a_list_shows_what_bears_on_its_scope(self, shop: ArmSite) -> None:
        for n, scope in enumerate((SUBSCRIPTION, GROUP, SITE, OTHER)):
            await lock(shop, scope, "CanNotDelete", f"l{n}")

        async def names(scope: str, query: str = "", who: str = "owner") -> list[str]:
            path = f"{scope}/{LOCKS}"
            answer = await shop.ask("GET", path, version=VERSION, query=query, who=who)
            check("GET", path, f"api-version={VERSION}", answer.status, answer.headers, answer.raw)
            return [one["name"] for one in answer.body["value"]]

        assert sorted(await names(SUBSCRIPTION)) == ["l0", "l1", "l2", "l3"]
        assert sorted(await names(GROUP)) == ["l0", "l1", "l2"]
        assert sorted(await names(GROUP, "$filter=atScope()")) == ["l0", "l1"]
        assert sorted(await names(GROUP, "$filter=level%20eq%20'ReadOnly'")) == []
        await shop.grant("guest", "reader", SITE)
        assert await names(GROUP, who="guest") == ["l2"]


class TestHoldingUp:
    @pytest.mark.parametrize("scope", [SUBSCRIPTION, GROUP, SITE])
    async def test_what_must_not_be_deleted_can_be_written(self, shop: ArmSite, scope: str) -> None:
        await lock(shop, scope, "CanNotDelete")
        refused = await shop.ask("DELETE", SITE)
        assert (refused.status, refused.code) == (409, "ScopeLocked")
        assert refused.message == (
            f"The scope '{SITE}' cannot perform delete operation because following scope(s) are locked: "
            f"'{scope}'. Please remove the lock and try again."
        )
        assert (await shop.ask("PUT", SITE, WHERE)).status == 200
        assert (await shop.ask("DELETE", f"{scope}/{LOCKS}/l", version=VERSION)).status == 200
        assert (await shop.ask("DELETE", SITE)).status == 200

    @pytest.mark.parametrize("scope", [SUBSCRIPTION, GROUP, SITE])
    async def test_what_is_read_only_is_neither_written_nor_deleted(self, shop: ArmSite, scope: str) -> None:
        await lock(shop, scope, "ReadOnly")
        for method in ("PUT", "PATCH", "DELETE"):
            assert (await shop.ask(method, SITE, WHERE)).code == "ScopeLocked"
        assert (await shop.ask("GET", SITE)).status == 200

    async def test_a_group_stays_while_something_in_it_is_locked(self, shop: ArmSite) -> None:
        await lock(shop, SITE, "CanNotDelete")
        refused = await shop.ask("DELETE", GROUP)
        assert (refused.code, f"'{SITE}'" in refused.message) == ("ScopeLocked", True)
        assert (await shop.ask("GET", SITE)).status == 200
        assert (await shop.ask("PATCH", GROUP, {"tags": {}})).status == 200
        assert (await shop.ask("DELETE", OTHER)).status == 202

    async def test_a_lock_does_not_hold_up_what_begins_like_its_scope(self, shop: ArmSite) -> None:
        await shop.ask("PUT", f"{SITE}2", WHERE)
        await lock(shop, SITE, "ReadOnly")
        assert (await shop.ask("DELETE", f"{SITE}2")).status == 200

    async def test_whoever_may_not_write_hears_that_and_nothing_of_locks(self, shop: ArmSite) -> None:
        await lock(shop, SITE, "ReadOnly")
        assert (await shop.ask("DELETE", SITE, who="reader")).code == "AuthorizationFailed"
