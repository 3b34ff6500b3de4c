"""Generic resources, their identities, the lists of all resources, and the providers."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from arm_site import GROUP, NOW, SUBSCRIPTION, TENANT_ID, Answer, ArmSite

from keyless.model.derived_ids import user_assigned_identity
from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Vault
from keyless.planes.arm.api_versions import RESOURCES
from keyless.store.collections import COMPUTE, DELETED_IDENTITIES, IDENTITIES, STORES, VAULTS
from keyless.store.collections import RESOURCES as WRITTEN
from wire_schemas import check

SITE = f"{GROUP}/providers/Microsoft.Web/sites/web"
DISK = f"{GROUP}/providers/Microsoft.Compute/disks/d"
ASSIGN = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
WHERE = {"location": "westeurope"}


async def give(arm: ArmSite, *names: str) -> list[ManagedIdentity]:
    """User-assigned identities in the group."""
    made = [user_assigned_identity(ResourceId.parse(GROUP), name) for name in names]
    async with arm.store.transaction() as transaction:
        for one in made:
            await transaction.put(IDENTITIES, (one.resource_id.casefold(),), one)
    return made


async def put(arm: ArmSite, path: str, body: dict[str, Any], **asked: Any) -> Answer:
    answer = await arm.ask("PUT", path, body, **asked)
    check("PUT", path, "api-version=2021-04-01", answer.status, answer.headers, answer.raw)
    return answer


class TestGenericResources:
    async def test_a_resource_is_made_read_changed_and_deleted(self, arm: ArmSite) -> None:
        body = {
            **WHERE,
            "tags": {"a": "b"},
            "sku": {"name": "P1"},
            "properties": {"size": 1, "of": {"x": 1, "y": 2}},
        }
        made = await put(arm, DISK.upper().replace("/D", "/d"), body)
        assert (made.status, made.body["type"]) == (201, "Microsoft.Compute/disks")
        assert (await put(arm, DISK, body)).status == 200
        changed = await arm.ask("PATCH", DISK, {"properties": {"of": {"x": None, "z": 3}}})
        assert changed.body["properties"] == {
            "size": 1,
            "of": {"y": 2, "z": 3},
            "provisioningState": "Succeeded",
        }
        assert changed.body["tags"] == {"a": "b"}
        read = await arm.ask("GET", DISK)
        check("GET", DISK, "api-version=2021-04-01", read.status, read.headers, read.raw)
        assert read.body == changed.body
        assert (await arm.ask("HEAD", DISK)).status == 204
        assert (await arm.ask("DELETE", DISK)).status == 200
        assert (await arm.ask("DELETE", DISK)).status == 204
        gone = await arm.ask("GET", DISK)
        assert (gone.status, gone.code) == (404, "ResourceNotFound")
        assert (await arm.ask("HEAD", DISK)).status == 404
        assert (await arm.ask("PATCH", DISK, {})).status == 404

    @pytest.mark.parametrize("verb", ["PUT", "PATCH", "DELETE"])
    async def test_a_reader_writes_nothing(self, arm: ArmSite, verb: str) -> None:
        refused = await arm.ask(verb, DISK, WHERE, who="reader")
        assert (refused.status, refused.code) == (403, "AuthorizationFailed")
        assert "'Microsoft.Compute/disks/" in refused.message

    async def test_the_action_is_that_of_the_type(self, arm: ArmSite) -> None:
        await arm.grant("web-admin", "websites", GROUP)
        assert (await put(arm, SITE, WHERE, who="web-admin")).status == 201
        assert (await arm.ask("PUT", DISK, WHERE, who="web-admin")).status == 403

    async def test_a_password_is_neither_kept_nor_answered(self, arm: ArmSite) -> None:
        body = {**WHERE, "properties": {"osProfile": {"adminUsername": "a", "adminPassword": "hunter2"}}}
        made = await put(arm, f"{GROUP}/providers/Microsoft.Compute/virtualMachines/vm", body)
        assert b"hunter2" not in made.raw
        assert made.body["properties"]["osProfile"] == {"adminUsername": "a"}
        assert "hunter2" not in repr(await arm.store.scan(WRITTEN))

    @pytest.mark.parametrize(
        ("path", "body", "status", "code"),
        [
            (DISK.replace("Shop", "None"), WHERE, 404, "ResourceGroupNotFound"),
            (f"{GROUP}/providers/Microsoft.KeyVault/unheard/x", WHERE, 404, "InvalidResourceType"),
            (f"{GROUP}/providers/Microsoft.Web/sites/web/slots", WHERE, 400, "InvalidResourceId"),
            (f"{GROUP}/providers/web/sites/web", WHERE, 400, "InvalidResourceId"),
            (DISK, {**WHERE, "tags": {"a": 1}}, 400, "InvalidRequestContent"),
            (DISK, {"location": 1}, 400, "InvalidRequestContent"),
            (DISK, {**WHERE, "properties": json.loads("[" * 70 + "]" * 70)}, 400, "InvalidRequestContent"),
            (DISK, {**WHERE, "identity": {"type": "SystemAssigned"}}, 400, "ResourceIdentityNotSupported"),
            (SITE, {**WHERE, "identity": {"type": "Mine"}}, 400, "InvalidIdentityType"),
            (SITE, {**WHERE, "identity": {"type": "UserAssigned"}}, 400, "InvalidIdentityType"),
            (SITE, {**WHERE, "identity": 7}, 400, "InvalidRequestContent"),
        ],
    )
    async def test_what_no_resource_can_be_is_refused(
        self, arm: ArmSite, path: str, body: Any, status: int, code: str
    ) -> None:
        refused = await arm.ask("PUT", path, body)
        assert (refused.status, refused.code) == (status, code)

    async def test_a_resource_stays_where_it_is(self, arm: ArmSite) -> None:
        await put(arm, DISK, WHERE)
        moved = await arm.ask("PUT", DISK, {"location": "eastus"})
        assert (moved.status, moved.code) == (409, "InvalidResourceLocation")

    async def test_conditions_of_a_write_hold(self, arm: ArmSite) -> None:
        assert (await put(arm, DISK, WHERE, headers={"if-none-match": "*"})).status == 201
        again = await arm.ask("PUT", DISK, WHERE, headers={"if-none-match": "*"})
        assert (again.status, again.code) == (412, "PreconditionFailed")

    @pytest.mark.parametrize("version", ["2099-13-01", "latest", ""])
    async def test_an_api_version_has_the_form_of_one(self, arm: ArmSite, version: str) -> None:
        assert (await arm.ask("GET", DISK, version=version)).status == 400


class TestIdentities:
    async def test_a_resource_gets_an_identity_of_its_own(self, arm: ArmSite) -> None:
        made = await put(arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}})
        identity = made.body["identity"]
        assert identity.keys() == {"type", "principalId", "tenantId"}
        assert (identity["type"], identity["tenantId"]) == ("SystemAssigned", TENANT_ID)
        ((_, compute),) = await arm.store.scan(COMPUTE)
        assert compute.system_assigned is not None
        assert compute.system_assigned.principal_id == identity["principalId"]

    async def test_what_a_write_does_not_name_stays(self, arm: ArmSite) -> None:
        first = await put(arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}})
        assert (await put(arm, SITE, WHERE)).body["identity"] == first.body["identity"]
        assert (await arm.ask("PATCH", SITE, {"tags": {}})).body["identity"] == first.body["identity"]

    async def test_an_identity_that_comes_back_is_another(self, arm: ArmSite) -> None:
        first = await put(arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}})
        without = await put(arm, SITE, {**WHERE, "identity": {"type": "None"}})
        assert "identity" not in without.body
        assert len(await arm.store.scan(DELETED_IDENTITIES)) == 1
        again = await put(arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}})
        assert again.body["identity"]["principalId"] != first.body["identity"]["principalId"]

    async def test_identities_are_given_and_taken_away(self, arm: ArmSite) -> None:
        a, b = await give(arm, "a", "b")
        both = {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {a.resource_id.lower(): {}}}
        made = await put(arm, SITE, {**WHERE, "identity": both})
        assert made.body["identity"]["type"] == "SystemAssigned, UserAssigned"
        ids = {"principalId": a.principal_id, "clientId": a.client_id}
        assert made.body["identity"]["userAssignedIdentities"] == {a.resource_id: ids}
        more = {"type": "UserAssigned", "userAssignedIdentities": {b.resource_id: {}}}
        added = await arm.ask("PATCH", SITE, {"identity": more})
        assert list(added.body["identity"]["userAssignedIdentities"]) == [a.resource_id, b.resource_id]
        assert "principalId" not in added.body["identity"]
        less = {"type": "UserAssigned", "userAssignedIdentities": {a.resource_id: None}}
        taken = await arm.ask("PATCH", SITE, {"identity": less})
        assert list(taken.body["identity"]["userAssignedIdentities"]) == [b.resource_id]
        replaced = await put(
            arm, SITE, {**WHERE, "identity": {**more, "userAssignedIdentities": {a.resource_id: {}}}}
        )
        assert list(replaced.body["identity"]["userAssignedIdentities"]) == [a.resource_id]

    async def test_an_identity_is_given_by_whoever_may_assign_it(self, arm: ArmSite) -> None:
        (mine,) = await give(arm, "mine")
        await arm.grant("web-admin", "websites", GROUP)
        asked = {
            **WHERE,
            "identity": {"type": "UserAssigned", "userAssignedIdentities": {mine.resource_id: {}}},
        }
        refused = await arm.ask("PUT", SITE, asked, who="web-admin")
        assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
        assert ASSIGN in refused.message
        assert not await arm.store.scan(COMPUTE)
        await arm.grant("web-admin", "owner", mine.resource_id)
        assert (await put(arm, SITE, asked, who="web-admin")).status == 201

    @pytest.mark.parametrize(
        ("named", "code"),
        [
            (
                f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/none",
                "FailedIdentityOperation",
            ),
            (DISK, "LinkedInvalidPropertyId"),
            ("mine", "LinkedInvalidPropertyId"),
        ],
    )
    async def test_an_identity_that_is_none_is_not_given(self, arm: ArmSite, named: str, code: str) -> None:
        asked = {**WHERE, "identity": {"type": "UserAssigned", "userAssignedIdentities": {named: {}}}}
        assert (await arm.ask("PUT", SITE, asked)).code == code

    async def test_ids_go_with_the_type_that_takes_them(self, arm: ArmSite) -> None:
        (mine,) = await give(arm, "mine")
        asked = {"type": "SystemAssigned", "userAssignedIdentities": {mine.resource_id: {}}}
        assert (await arm.ask("PUT", SITE, {**WHERE, "identity": asked})).code == "InvalidIdentityType"

    async def test_the_identity_of_a_resource_goes_with_it(self, arm: ArmSite) -> None:
        await put(arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}})
        await put(arm, f"{SITE}/slots/next", WHERE)
        assert (await arm.ask("DELETE", SITE)).status == 200
        assert not await arm.store.scan(COMPUTE)
        assert not await arm.store.scan(WRITTEN)
        assert len(await arm.store.scan(DELETED_IDENTITIES)) == 1


class TestLists:
    async def fill(self, arm: ArmSite) -> None:
        group = ResourceId.parse(GROUP)
        await give(arm, "given")
        async with arm.store.transaction() as transaction:
            vault = Vault(resource_scope(group, VAULT_TYPE, "v").text, "v", "westeurope", tags={"env": "dev"})
            await transaction.put(VAULTS, ("v",), vault)
            kept = ConfigurationStore(
                resource_scope(group, STORE_TYPE, "s").text, "s", "eastus", created_on=NOW
            )
            await transaction.put(STORES, ("s",), kept)
        await put(
            arm, SITE, {**WHERE, "identity": {"type": "SystemAssigned"}, "plan": {"name": "p"}, "kind": "app"}
        )
        await put(arm, DISK, WHERE)

    async def names(
        self, arm: ArmSite, filtered: str = "", who: str = "owner", path: str = SUBSCRIPTION
    ) -> list[str]:
        query = f"$filter={quote(filtered)}" if filtered else ""
        answer = await arm.ask("GET", f"{path}/resources", who=who, query=query)
        check("GET", f"{path}/resources", "api-version=2021-04-01", answer.status, answer.headers, answer.raw)
        return [one["name"] for one in answer.body["value"]]

    @pytest.mark.parametrize(
        ("filtered", "names"),
        [
            ("", ["s", "d", "v", "given", "web"]),
            (f"resourceType eq '{VAULT_TYPE}'", ["v"]),
            (f"resourceType eq '{VAULT_TYPE}' and name eq 'v'", ["v"]),
            (f"resourceType eq '{VAULT_TYPE}' or resourceType eq 'microsoft.web/SITES'", ["v", "web"]),
            ("resourceGroup eq 'shop' and location eq 'eastus'", ["s"]),
            ("tagName eq 'env' and tagValue eq 'dev'", ["v"]),
            ("substringof('iv', name)", ["given"]),
            ("identity/principalId ne null", ["web"]),
            ("plan/name eq 'p'", ["web"]),
        ],
    )
    async def test_resources_of_every_type_are_found(
        self, arm: ArmSite, filtered: str, names: list[str]
    ) -> None:
        await self.fill(arm)
        assert await self.names(arm, filtered) == names
        assert await self.names(arm, filtered, path=GROUP) == names

    async def test_a_list_shows_what_its_caller_may_read(self, arm: ArmSite) -> None:
        await self.fill(arm)
        await arm.grant("web-admin", "websites", GROUP)
        await arm.grant("guest", "reader", DISK)
        assert await self.names(arm, who="web-admin") == ["web"]
        assert await self.names(arm, who="guest") == ["d"]
        assert (await arm.ask("GET", f"{SUBSCRIPTION}/resources", who="nobody")).status == 403

    async def test_what_is_asked_for_besides_is_shown(self, arm: ArmSite) -> None:
        await self.fill(arm)
        query = "$expand=createdTime,changedTime,provisioningState"
        answer = await arm.ask("GET", f"{GROUP}/resources", query=query)
        shown = {one["name"]: one for one in answer.body["value"]}
        assert shown["s"]["createdTime"] == shown["web"]["changedTime"] == "2027-01-15T08:00:00.0000000Z"
        assert "createdTime" not in shown["v"]
        assert shown["d"]["provisioningState"] == "Succeeded"
        assert "properties" not in shown["web"]

    async def test_resources_of_one_type_are_listed_whole(self, arm: ArmSite) -> None:
        await self.fill(arm)
        for place in (SUBSCRIPTION, GROUP):
            answer = await arm.ask("GET", f"{place}/providers/microsoft.web/Sites", version="2023-12-01")
            assert [one["kind"] for one in answer.body["value"]] == ["app"]
        assert (
            await arm.ask("GET", f"{GROUP}/providers/Microsoft.KeyVault/unheard")
        ).code == "InvalidResourceType"


class TestProviders:
    @pytest.mark.parametrize(
        ("path", "version"),
        [
            *((f"{SUBSCRIPTION}/providers", version) for version in RESOURCES.known[-1:]),
            *((f"{SUBSCRIPTION}/providers/microsoft.keyvault", version) for version in RESOURCES.known),
        ],
    )
    async def test_they_are_as_the_documents_describe_them(
        self, arm: ArmSite, path: str, version: str
    ) -> None:
        answer = await arm.ask("GET", path, who="reader", version=version)
        check("GET", path, f"api-version={version}", answer.status, answer.headers, answer.raw)

    async def test_a_type_has_the_api_versions_that_it_is_served_at(self, arm: ArmSite) -> None:
        for path in ("/providers/Microsoft.Resources", f"{SUBSCRIPTION}/providers/Microsoft.Resources"):
            answer = await arm.ask("GET", path)
            types = {one["resourceType"]: one for one in answer.body["resourceTypes"]}
            assert types["tags"]["apiVersions"] == list(reversed(RESOURCES.known)) or "tags" in types
        assert len((await arm.ask("GET", "/providers", who="nobody")).body["value"]) > 100
        assert (await arm.ask("GET", "/providers/Contoso.Nothing")).code == "InvalidResourceNamespace"

    async def test_an_unregistered_provider_takes_no_new_resources(self, arm: ArmSite) -> None:
        provider = f"{SUBSCRIPTION}/providers/Microsoft.Compute"
        gone = await arm.ask("POST", f"{provider}/unregister")
        assert gone.body["registrationState"] == "Unregistered"
        refused = await arm.ask("PUT", DISK, WHERE)
        assert (refused.status, refused.code) == (409, "MissingSubscriptionRegistration")
        assert (await arm.ask("POST", f"{provider}/register")).body["registrationState"] == "Registered"
        assert (await put(arm, DISK, WHERE)).status == 201
