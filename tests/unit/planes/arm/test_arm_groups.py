"""Tenants, subscriptions and resource groups, as the public documents describe them."""

from __future__ import annotations

import pytest
from arm_site import DAY_S, GROUP, NOW, SUBSCRIPTION, TENANT_ID, Answer, ArmSite

from keyless.lifecycle.clock import advance
from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.evidence import Outcome
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Vault
from keyless.planes.arm.api_versions import RESOURCES, SUBSCRIPTIONS
from keyless.store.collections import (
    ASSIGNMENTS,
    COMPUTE,
    DELETED_IDENTITIES,
    DELETED_STORES,
    DELETED_VAULTS,
    IDENTITIES,
    STORES,
    VAULTS,
)
from keyless.wire.revocations import revocation_of
from wire_schemas import check

NEW = f"{SUBSCRIPTION}/resourceGroups/New"


def held(method: str, path: str, answer: Answer, version: str) -> Answer:
    """The answer, once it is known to be as the documents have it."""
    check(method, path, f"api-version={version}", answer.status, answer.headers, answer.raw)
    return answer


class TestTenantsAndSubscriptions:
    @pytest.mark.parametrize("version", SUBSCRIPTIONS.known)
    async def test_every_caller_sees_its_tenant(self, arm: ArmSite, version: str) -> None:
        answer = held(
            "GET", "/tenants", await arm.ask("GET", "/tenants", who="nobody", version=version), version
        )
        assert [one["tenantId"] for one in answer.body["value"]] == [TENANT_ID]

    @pytest.mark.parametrize("version", SUBSCRIPTIONS.known)
    @pytest.mark.parametrize(("who", "seen"), [("owner", 1), ("nobody", 0)])
    async def test_the_subscription_is_listed_to_whoever_may_read_in_it(
        self, arm: ArmSite, version: str, who: str, seen: int
    ) -> None:
        answer = await arm.ask("GET", "/subscriptions", who=who, version=version)
        assert len(held("GET", "/subscriptions", answer, version).body["value"]) == seen

    async def test_a_role_on_one_group_shows_the_subscription_and_no_more(self, arm: ArmSite) -> None:
        await arm.grant("guest", "reader", GROUP)
        listed = await arm.ask("GET", "/subscriptions", who="guest", version="2022-12-01")
        assert len(listed.body["value"]) == 1
        refused = await arm.ask("GET", SUBSCRIPTION, who="guest", version="2022-12-01")
        assert (refused.status, refused.code) == (403, "AuthorizationFailed")

    @pytest.mark.parametrize("version", SUBSCRIPTIONS.known)
    @pytest.mark.parametrize("path", [SUBSCRIPTION, f"{SUBSCRIPTION}/locations"])
    async def test_it_is_as_the_documents_describe_it(self, arm: ArmSite, path: str, version: str) -> None:
        answer = held("GET", path, await arm.ask("GET", path, who="reader", version=version), version)
        assert answer.status == 200


class TestMakingGroups:
    @pytest.mark.parametrize("version", RESOURCES.known)
    async def test_a_group_is_made_read_changed_and_listed(self, arm: ArmSite, version: str) -> None:
        body = {"location": "West Europe", "tags": {"env": "dev"}}
        made = held("PUT", NEW, await arm.ask("PUT", NEW, body, version=version), version)
        assert (made.status, made.body["location"]) == (201, "westeurope")
        again = await arm.ask("PUT", NEW.lower(), {"location": "westeurope"}, version=version)
        assert (again.status, again.body["id"], again.body.get("tags")) == (200, NEW, None)
        changed = await arm.ask("PATCH", NEW, {"tags": {"a": "b"}}, version=version)
        assert held("PATCH", NEW, changed, version).body["tags"] == {"a": "b"}
        read = held("GET", NEW, await arm.ask("GET", NEW.upper(), version=version), version)
        assert read.body == changed.body
        there = await arm.ask("HEAD", NEW, version=version)
        assert (there.status, there.raw) == (204, b"")
        path = f"{SUBSCRIPTION}/resourcegroups"
        listed = held("GET", path, await arm.ask("GET", path, version=version), version)
        assert [one["name"] for one in listed.body["value"]] == ["New", "Shop"]

    @pytest.mark.parametrize(
        ("path", "body", "code"),
        [
            (NEW, {}, "LocationRequired"),
            (NEW, {"location": "atlantis"}, "LocationNotAvailableForResourceGroup"),
            (NEW + ".", {"location": "westeurope"}, "InvalidResourceGroupName"),
            (NEW, {"location": "westeurope", "tags": {"a/b": ""}}, "InvalidTagNameCharacters"),
            (NEW, {"location": 3}, "InvalidRequestContent"),
            (NEW, b"{properties: x}", "InvalidRequestContent"),
            (GROUP, {"location": "eastus"}, "InvalidResourceGroupLocation"),
        ],
    )
    async def test_what_no_group_can_be_is_refused(
        self, arm: ArmSite, path: str, body: object, code: str
    ) -> None:
        assert (await arm.ask("PUT", path, body)).code == code
        assert (await arm.ask("GET", NEW)).status == 404

    async def test_a_group_stays_where_it_is(self, arm: ArmSite) -> None:
        moved = await arm.ask("PATCH", GROUP, {"location": "eastus"})
        assert (moved.status, moved.code) == (409, "InvalidResourceGroupLocation")
        managed = await arm.ask("PATCH", GROUP, {"managedBy": "x"})
        assert managed.body["managedBy"] == "x"

    async def test_a_group_that_is_not_there_is_not_found(self, arm: ArmSite) -> None:
        for method in ("GET", "DELETE", "PATCH"):
            missing = await arm.ask(method, NEW, {} if method == "PATCH" else None)
            assert (missing.status, missing.code) == (404, "ResourceGroupNotFound")
        assert (await arm.ask("HEAD", NEW)).status == 404

    async def test_groups_are_listed_by_tag_and_to_whoever_may_read_them(self, arm: ArmSite) -> None:
        await arm.ask("PUT", NEW, {"location": "westeurope", "tags": {"env": "dev"}})
        await arm.grant("guest", "reader", GROUP)
        path = f"{SUBSCRIPTION}/resourcegroups"
        by_tag = await arm.ask(
            "GET", path, query="$filter=tagName%20eq%20'env'%20and%20tagValue%20eq%20'dev'"
        )
        assert [one["name"] for one in by_tag.body["value"]] == ["New"]
        other = await arm.ask("GET", path, query="$filter=tagName%20eq%20'env'%20and%20tagValue%20eq%20'x'")
        assert other.body["value"] == []
        unheard = await arm.ask("GET", path, query="$filter=colour%20eq%20'x'")
        assert unheard.code == "InvalidFilterInQueryString"
        to_guest = await arm.ask("GET", path, who="guest")
        assert [one["name"] for one in to_guest.body["value"]] == ["Shop"]
        assert (await arm.ask("GET", path, who="nobody")).status == 403
        first = await arm.ask("GET", path, query="$top=1")
        second = await arm.ask("GET", first.body["nextLink"])
        assert [one["name"] for one in second.body["value"]] == ["Shop"]

    @pytest.mark.parametrize("action", ["moveResources", "validateMoveResources", "exportTemplate"])
    async def test_what_is_not_here_says_so(self, arm: ArmSite, action: str) -> None:
        assert (await arm.ask("POST", f"{GROUP}/{action}", {})).status == 501


class TestDeletingGroups:
    async def fill(self, arm: ArmSite) -> dict[str, str]:
        """Something of each kind in the group; their principals."""
        group = ResourceId.parse(GROUP)
        given = user_assigned_identity(group, "given")
        host = resource_scope(group, "Microsoft.Web/sites", "web")
        own = system_assigned_identity(host, "web")
        async with arm.store.transaction() as transaction:
            vault = Vault(resource_scope(group, VAULT_TYPE, "v").text, "v", "westeurope")
            await transaction.put(VAULTS, ("v",), vault)
            kept = ConfigurationStore(resource_scope(group, STORE_TYPE, "s").text, "s", "westeurope")
            await transaction.put(STORES, ("s",), kept)
            await transaction.put(IDENTITIES, (given.resource_id.casefold(),), given)
            compute = ComputeResource(host.text, "web", "westeurope", own, (given.resource_id,))
            await transaction.put(COMPUTE, (host.text.casefold(),), compute)
        await arm.grant("somebody", "reader", f"{GROUP}/providers/{VAULT_TYPE}/v")
        return {"given": given.principal_id, "own": own.principal_id}

    async def test_everything_in_a_group_goes_with_it(self, arm: ArmSite) -> None:
        principals = await self.fill(arm)
        gone = await arm.ask("DELETE", GROUP.lower())
        assert (gone.status, gone.headers["retry-after"]) == (202, "0")
        done = await arm.ask("GET", gone.headers["location"])
        assert (done.status, done.raw) == (200, b"")
        assert (await arm.ask("GET", GROUP)).status == 404
        for collection in (VAULTS, STORES, IDENTITIES, COMPUTE):
            assert not await arm.store.scan(collection)
        for collection in (DELETED_VAULTS, DELETED_STORES):
            assert len(await arm.store.scan(collection)) == 1
        assert len(await arm.store.scan(DELETED_IDENTITIES)) == 2
        for principal_id in principals.values():
            revoked = await revocation_of(arm.store, principal_id)
            assert revoked is not None
            assert revoked.disabled
        left = [one.scope for _, one in await arm.store.scan(ASSIGNMENTS)]
        assert left == [SUBSCRIPTION, SUBSCRIPTION]

    async def test_of_a_moved_clock_vaults_and_stores_know_and_identities_do_not(self, arm: ArmSite) -> None:
        principals = await self.fill(arm)
        await advance(arm.store, 30 * DAY_S)
        await arm.ask("DELETE", GROUP)
        for collection in (DELETED_VAULTS, DELETED_STORES):
            ((_, gone),) = await arm.store.scan(collection)
            assert gone.deleted_at == NOW + 30 * DAY_S
        for principal_id in principals.values():
            revoked = await revocation_of(arm.store, principal_id)
            assert revoked is not None
            assert revoked.revoked_at == NOW  # what tokens' own times are compared with

    async def test_a_reader_deletes_nothing(self, arm: ArmSite) -> None:
        await self.fill(arm)
        assert (await arm.ask("DELETE", GROUP, who="reader")).status == 403
        assert len(await arm.store.scan(VAULTS)) == 1


class TestEvidence:
    async def test_a_list_that_narrower_roles_are_enough_for_is_recorded_at_those(self, arm: ArmSite) -> None:
        await arm.add_group("Other")
        other = f"{SUBSCRIPTION}/resourceGroups/Other"
        await arm.grant("worker", "reader", GROUP)
        await arm.grant("worker", "reader", f"{GROUP}/providers/Microsoft.KeyVault/vaults/v")
        await arm.grant("worker", "reader", other)
        listed = await arm.ask("GET", f"{SUBSCRIPTION}/resourceGroups", who="worker")
        assert {one["name"] for one in listed.body["value"]} == {"Shop", "Other"}
        assert {(line.scope, line.outcome, line.assignment_id) for line in arm.told} == {
            (scope, Outcome.ALLOWED, f"worker-reader-{scope}") for scope in (GROUP, other)
        }

    async def test_a_list_is_recorded_where_it_was_asked_for_if_that_is_granted_or_denied(
        self, arm: ArmSite
    ) -> None:
        for who in ("reader", "nobody"):
            await arm.ask("GET", f"{SUBSCRIPTION}/resourceGroups", who=who)
        assert [(line.scope, line.outcome) for line in arm.told] == [
            (SUBSCRIPTION, Outcome.ALLOWED),
            (SUBSCRIPTION, Outcome.DENIED),
        ]
