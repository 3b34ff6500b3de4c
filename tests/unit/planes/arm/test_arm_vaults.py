"""Vaults in the management plane: made, changed, deleted, recovered, purged; their access policies; lists."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import DAY_S, GROUP, NOW, SUBSCRIPTION, TENANT_ID, Answer, ArmSite

from keyless.lifecycle.clock import advance
from keyless.model.resources import DeletedVault, Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.secrets.records import DELETED_SECRETS, SECRET_VERSIONS, SECRETS
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import ASSIGNMENTS, DELETED_VAULTS, VAULTS
from wire_schemas import check

VERSION, OLDER = "2026-05-15", "2023-07-01"
VAULTS_OF_GROUP = f"{GROUP}/providers/Microsoft.KeyVault/vaults"
ORDERS = f"{VAULTS_OF_GROUP}/contoso-orders"
OF_SUBSCRIPTION = f"{SUBSCRIPTION}/providers/Microsoft.KeyVault"
DELETED = f"{OF_SUBSCRIPTION}/locations/westeurope/deletedVaults/contoso-orders"
ADA, BOB = "aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"
APP = "cccccccc-0000-4000-8000-000000000001"


def entry(who: str = ADA, through: str | None = None, **permissions: list[str]) -> dict[str, Any]:
    """An access policy."""
    made = {"tenantId": TENANT_ID, "objectId": who, "permissions": permissions or {"secrets": ["get"]}}
    return made | ({"applicationId": through} if through else {})


def vault(location: str = "West Europe", tags: dict[str, str] | None = None, **properties: Any) -> Any:
    """The body that makes a vault."""
    sku = {"family": "A", "name": "standard"}
    body = {"location": location, "properties": {"tenantId": TENANT_ID, "sku": sku} | properties}
    return body | ({} if tags is None else {"tags": tags})


class Vaults:
    """The site, asked about vaults; every answer is held to the public documents."""

    def __init__(self, site: ArmSite) -> None:
        self.site = site

    async def ask(self, method: str, path: str, body: object = None, **how: Any) -> Answer:
        how = {"version": VERSION} | how
        answer = await self.site.ask(method, path, body, **how)
        check(method, path, f"api-version={how['version']}", answer.status, answer.headers, answer.raw)
        return answer

    async def put(self, path: str = ORDERS, *, version: str = VERSION, **properties: Any) -> Answer:
        return await self.ask("PUT", path, vault(**properties), version=version)

    async def made(self, **properties: Any) -> Any:
        answer = await self.put(**properties)
        assert answer.status == 200, answer.raw
        return answer.body

    async def patch(self, **properties: Any) -> Answer:
        return await self.ask("PATCH", ORDERS, {"properties": properties})

    async def delete(self) -> None:
        assert (await self.ask("DELETE", ORDERS)).status == 200

    async def policies(self, kind: str, *entries: Any, **how: Any) -> Answer:
        body = {"properties": {"accessPolicies": list(entries)}}
        return await self.ask("PUT", f"{ORDERS}/accessPolicies/{kind}", body, **how)

    async def kept(self) -> Vault:
        found = await self.site.store.get(VAULTS, ("contoso-orders",))
        assert found is not None
        return found


@pytest.fixture
async def vaults(arm: ArmSite) -> Vaults:
    return Vaults(arm)


class TestMaking:
    async def test_a_vault_is_told_as_it_was_made(self, vaults: Vaults) -> None:
        path = ORDERS.lower().replace("contoso-orders", "Contoso-Orders")
        body = vault(tags={"team": "shop"}, accessPolicies=[], enabledForDeployment=True)
        made = (await vaults.ask("PUT", path, body)).body
        assert made["id"] == f"{VAULTS_OF_GROUP}/Contoso-Orders"
        assert (made["name"], made["type"]) == ("Contoso-Orders", "Microsoft.KeyVault/vaults")
        assert (made["location"], made["tags"]) == ("westeurope", {"team": "shop"})
        assert made["properties"] == {
            "sku": {"family": "A", "name": "standard"},
            "tenantId": TENANT_ID,
            "accessPolicies": [],
            "enabledForDeployment": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "enableRbacAuthorization": True,
            "vaultUri": "https://contoso-orders.vault.azure.net/",
            "provisioningState": "Succeeded",
        }
        assert made["systemData"]["createdBy"] == "client-owner"
        assert (await vaults.ask("GET", path)).body == made

    @pytest.mark.parametrize(("version", "rbac"), [(VERSION, True), ("2026-02-01", True), (OLDER, False)])
    async def test_what_decides_follows_from_the_version_unless_it_is_said(
        self, vaults: Vaults, version: str, rbac: bool
    ) -> None:
        left_out = (await vaults.put(version=version, accessPolicies=[])).body
        assert left_out["properties"]["enableRbacAuthorization"] == rbac
        said = await vaults.put(
            f"{VAULTS_OF_GROUP}/said", version=version, enableRbacAuthorization=not rbac, accessPolicies=[]
        )
        assert said.body["properties"]["enableRbacAuthorization"] == (not rbac)

    async def test_an_older_version_is_told_what_it_knows(self, vaults: Vaults) -> None:
        await vaults.made(publicNetworkAccess="Disabled", tokenBindingParameters={"mode": "Enforced"})
        for version, known in (("2019-09-01", set()), (OLDER, {"publicNetworkAccess"})):
            told = (await vaults.ask("GET", ORDERS, version=version)).body
            extra = {"publicNetworkAccess", "tokenBindingParameters"} & set(told["properties"])
            assert extra == known
            assert ("systemData" in told) == (version != "2019-09-01")

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"tenantId": APP}, "BadRequest"),
            ({"tenantId": None}, "BadRequest"),
            ({"sku": None}, "BadRequest"),
            ({"sku": {"family": "B", "name": "standard"}}, "BadRequest"),
            ({"sku": {"family": "A", "name": "free"}}, "BadRequest"),
            ({"softDeleteRetentionInDays": 6}, "BadRequest"),
            ({"softDeleteRetentionInDays": 91}, "BadRequest"),
            ({"enablePurgeProtection": False}, "BadRequest"),
            ({"enableSoftDelete": False}, "BadRequest"),
            ({"createMode": "restore"}, "BadRequest"),
            ({"enableRbacAuthorization": False}, "BadRequest"),
            ({"accessPolicies": [entry("ada")]}, "BadRequest"),
            ({"accessPolicies": [entry(through="app")]}, "BadRequest"),
            ({"accessPolicies": [entry(secrets=["read"])]}, "BadRequest"),
            ({"accessPolicies": [entry() | {"tenantId": APP}]}, "BadRequest"),
            ({"accessPolicies": [entry(f"{n:08x}{ADA[8:]}") for n in range(1025)]}, "BadRequest"),
            ({"createMode": "recover"}, "SoftDeletedVaultDoesNotExist"),
        ],
    )
    async def test_what_no_vault_can_be_is_refused(
        self, vaults: Vaults, changed: dict[str, Any], code: str
    ) -> None:
        answer = await vaults.put(**changed)
        assert (answer.status, answer.code) == (400, code)
        assert await vaults.site.store.get(VAULTS, ("contoso-orders",)) is None

    async def test_a_vault_needs_a_place_properties_and_plain_tags(self, vaults: Vaults) -> None:
        homeless = {"properties": vault()["properties"]}
        assert (await vaults.ask("PUT", ORDERS, homeless)).code == "LocationRequired"
        assert (await vaults.ask("PUT", ORDERS, {"location": "westeurope"})).code == "BadRequest"
        assert (await vaults.ask("PUT", ORDERS, vault(tags={"a<b": ""}))).code == "InvalidTagNameCharacters"

    @pytest.mark.parametrize("name", ["ab", "1vault", "a--b", "vault-", "a" * 25, "a_b"])
    async def test_a_name_that_is_none_is_refused(self, vaults: Vaults, name: str) -> None:
        assert (await vaults.put(f"{VAULTS_OF_GROUP}/{name}")).code == "VaultNameNotValid"
        asked = await vaults.ask("POST", f"{OF_SUBSCRIPTION}/checkNameAvailability", {"name": name})
        assert (asked.body["nameAvailable"], asked.body["reason"]) == (False, "AccountNameInvalid")

    async def test_a_name_that_another_vault_has_is_taken(self, vaults: Vaults) -> None:
        elsewhere = Vault(f"{SUBSCRIPTION}/resourceGroups/Other/x/y", "Contoso-Orders", "westeurope")
        async with vaults.site.store.transaction() as transaction:
            await transaction.put(VAULTS, ("contoso-orders",), elsewhere)
        answer = await vaults.put()
        assert (answer.status, answer.code) == (409, "VaultAlreadyExists")

    async def test_a_vault_needs_its_group(self, vaults: Vaults) -> None:
        lost = ORDERS.replace("Shop", "nowhere")
        assert (await vaults.put(lost)).code == "ResourceGroupNotFound"
        assert (await vaults.ask("GET", lost)).code == "ResourceGroupNotFound"
        assert (await vaults.ask("GET", ORDERS)).code == "ResourceNotFound"


class TestChanging:
    async def test_a_change_leaves_what_it_does_not_name(self, vaults: Vaults) -> None:
        await vaults.made(tags={"a": "1"}, enabledForDeployment=True, accessPolicies=[entry()])
        changed = (await vaults.patch(enabledForDiskEncryption=True, enablePurgeProtection=True)).body
        assert changed["tags"] == {"a": "1"}
        properties = changed["properties"]
        assert properties["enabledForDeployment"] is True
        assert properties["enabledForDiskEncryption"] is True
        assert properties["enablePurgeProtection"] is True
        assert properties["accessPolicies"] == [entry()]

    async def test_a_vault_that_is_written_as_a_whole_has_no_more_than_that(self, vaults: Vaults) -> None:
        await vaults.made(tags={"a": "1"}, enabledForDeployment=True, enableRbacAuthorization=True)
        again = await vaults.made(publicNetworkAccess="Enabled")
        assert again["tags"] == {}
        assert "enabledForDeployment" not in again["properties"]
        assert again["systemData"]["createdAt"]

    async def test_what_is_left_out_of_what_decides_stays(self, vaults: Vaults) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[entry()])
        again = await vaults.made(accessPolicies=[entry()])
        assert again["properties"]["enableRbacAuthorization"] is False

    @pytest.mark.parametrize(
        "changed",
        [{"softDeleteRetentionInDays": 8}, {"enablePurgeProtection": False}, {"enableSoftDelete": False}],
    )
    async def test_what_is_fixed_stays(self, vaults: Vaults, changed: dict[str, Any]) -> None:
        await vaults.made(softDeleteRetentionInDays=7, enablePurgeProtection=True)
        before = await vaults.kept()
        assert (await vaults.patch(**changed)).code == "BadRequest"
        assert (await vaults.put(**changed)).code == "BadRequest"
        assert await vaults.kept() == before

    async def test_a_vault_stays_where_it_is(self, vaults: Vaults) -> None:
        await vaults.made()
        assert (await vaults.put(location="uksouth")).code == "InvalidResourceLocation"

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    async def test_to_change_what_decides_takes_the_right_to_assign_roles(
        self, vaults: Vaults, method: str
    ) -> None:
        await vaults.made(enableRbacAuthorization=True)
        await vaults.site.grant("contributor", "vaults", SUBSCRIPTION)
        body = vault(enableRbacAuthorization=False, accessPolicies=[entry(BOB, secrets=["all"])])
        refused = await vaults.ask(method, ORDERS, body, who="contributor")
        assert (refused.status, refused.code) == (403, "LinkedAuthorizationFailed")
        assert "Microsoft.Authorization/roleAssignments/write" in refused.message
        assert (await vaults.kept()).enable_rbac_authorization
        assert (await vaults.ask(method, ORDERS, body)).status == 200

    async def test_whoever_may_write_a_vault_of_policies_may_write_them(self, vaults: Vaults) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[])
        await vaults.site.grant("contributor", "vaults", SUBSCRIPTION)
        body = {"properties": {"accessPolicies": [entry(BOB, secrets=["get"])]}}
        assert (await vaults.ask("PATCH", ORDERS, body, who="contributor")).status == 200


class TestPolicies:
    async def test_adding_joins_permissions_of_the_same_identity(self, vaults: Vaults) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[entry(secrets=["get"])])
        added = await vaults.policies("add", entry(secrets=["List"], keys=["Sign"]), entry(BOB))
        assert added.body["properties"]["accessPolicies"] == [
            entry(keys=["sign"], secrets=["get", "list"]),
            entry(BOB),
        ]
        assert added.body["type"] == "Microsoft.KeyVault/vaults/accessPolicies"

    async def test_replacing_leaves_other_identities_alone(self, vaults: Vaults) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[entry(keys=["get"]), entry(BOB)])
        replaced = await vaults.policies("replace", entry(secrets=["set"]))
        assert replaced.body["properties"]["accessPolicies"] == [entry(BOB), entry(secrets=["set"])]

    async def test_removing_takes_permissions_away_and_then_the_entry(self, vaults: Vaults) -> None:
        await vaults.made(
            enableRbacAuthorization=False, accessPolicies=[entry(secrets=["get", "set"]), entry(BOB)]
        )
        less = await vaults.policies("remove", entry(secrets=["get"]), entry(BOB), entry(APP))
        assert less.body["properties"]["accessPolicies"] == [entry(secrets=["set"])]

    async def test_the_same_principal_through_an_application_is_another_identity(
        self, vaults: Vaults
    ) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[entry()])
        added = await vaults.policies("add", entry(through=APP, secrets=["set"]))
        assert len(added.body["properties"]["accessPolicies"]) == 2
        less = await vaults.policies("remove", entry(through=APP, secrets=["set"]))
        assert less.body["properties"]["accessPolicies"] == [entry()]

    async def test_writing_policies_has_an_action_of_its_own(self, vaults: Vaults) -> None:
        await vaults.made(enableRbacAuthorization=False, accessPolicies=[])
        await vaults.site.grant("clerk", "policies", SUBSCRIPTION)
        assert (await vaults.policies("add", entry(), who="clerk")).status == 200
        assert (await vaults.ask("PATCH", ORDERS, {}, who="clerk")).status == 403
        assert (await vaults.policies("add", entry(), who="reader")).status == 403

    async def test_an_unknown_change_or_vault_is_refused(self, vaults: Vaults) -> None:
        assert (await vaults.policies("add", entry())).code == "ResourceNotFound"
        await vaults.made()
        assert (await vaults.policies("drop", entry())).code == "BadRequest"
        assert (await vaults.policies("add", entry(secrets=["fetch"]))).code == "BadRequest"


class TestDeleting:
    async def put_secrets(self, vaults: Vaults) -> Secrets:
        secrets = Secrets(vaults.site.store)
        for name in ("kept", "gone"):
            await secrets.set(await vaults.kept(), name, SecretText(f"value of {name}"), now=NOW)
        await secrets.deleted.delete(await vaults.kept(), "gone", now=NOW)
        return secrets

    async def held(self, vaults: Vaults) -> int:
        return sum(
            [
                len(await vaults.site.store.scan(collection, ("contoso-orders",)))
                for collection in (SECRETS, DELETED_SECRETS, SECRET_VERSIONS)
            ]
        )

    async def test_a_deleted_vault_is_told_among_the_deleted_and_its_name_stays_taken(
        self, vaults: Vaults
    ) -> None:
        await vaults.made(tags={"team": "shop"}, softDeleteRetentionInDays=7)
        await vaults.delete()
        assert (await vaults.ask("GET", ORDERS)).code == "ResourceNotFound"
        assert (await vaults.ask("DELETE", ORDERS)).status == 204
        deleted = (await vaults.ask("GET", DELETED)).body
        assert deleted["id"].lower() == DELETED.lower()
        assert deleted["properties"]["vaultId"] == ORDERS
        assert deleted["properties"]["deletionDate"] == "2027-01-15T08:00:00.0000000Z"
        assert deleted["properties"]["scheduledPurgeDate"] == "2027-01-22T08:00:00.0000000Z"
        assert (await vaults.ask("GET", f"{OF_SUBSCRIPTION}/deletedVaults")).body["value"] == [deleted]
        taken = await vaults.put()
        assert (taken.status, taken.code) == (409, "ConflictError")
        asked = await vaults.ask(
            "POST", f"{OF_SUBSCRIPTION}/checkNameAvailability", {"name": "Contoso-Orders"}
        )
        assert (asked.body["nameAvailable"], asked.body["reason"]) == (False, "AlreadyExists")

    async def test_a_vault_comes_back_with_what_it_held(self, vaults: Vaults) -> None:
        await vaults.made(tags={"a": "1"}, enableRbacAuthorization=False, accessPolicies=[entry()])
        secrets = await self.put_secrets(vaults)
        before = await vaults.kept()
        await vaults.delete()
        back = (await vaults.put(createMode="recover")).body
        assert back["tags"] == {"a": "1"}
        assert back["properties"]["accessPolicies"] == [entry()]
        assert (await vaults.kept()).created_on == before.created_on
        found = await secrets.get(await vaults.kept(), "kept", now=NOW)
        assert found.version.value == "value of kept"
        assert (await vaults.ask("GET", DELETED)).code == "DeletedVaultNotFound"

    async def test_a_vault_comes_back_nowhere_else(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.delete()
        await vaults.site.add_group("Other")
        other = await vaults.put(ORDERS.replace("Shop", "Other"), createMode="recover")
        assert other.code == "SoftDeletedVaultDoesNotExist"

    async def test_the_roles_on_a_vault_go_with_it(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.site.grant("ada", "reader", f"{ORDERS}/secrets/db")
        await vaults.site.grant("bob", "reader", GROUP)
        await vaults.delete()
        holders = {one.principal_id for _, one in await vaults.site.store.scan(ASSIGNMENTS)}
        assert "ada" not in holders
        assert "bob" in holders

    async def test_what_was_purged_is_gone_with_all_that_it_held(self, vaults: Vaults) -> None:
        await vaults.made()
        await self.put_secrets(vaults)
        await vaults.delete()
        assert await self.held(vaults) == 4
        purged = await vaults.ask("POST", f"{DELETED}/purge")
        assert purged.status == 202
        assert await self.held(vaults) == 0
        link = purged.headers["location"].removeprefix("https://management.azure.com")
        assert (await vaults.site.ask("GET", link)).status == 204
        assert (await vaults.ask("GET", DELETED)).code == "DeletedVaultNotFound"
        await vaults.made()
        assert await self.held(vaults) == 0

    async def test_purge_protection_keeps_a_vault_until_its_time_is_over(self, vaults: Vaults) -> None:
        await vaults.made(enablePurgeProtection=True, softDeleteRetentionInDays=7)
        await self.put_secrets(vaults)
        await vaults.delete()
        refused = await vaults.ask("POST", f"{DELETED}/purge")
        assert (refused.code, refused.message) == (
            "MethodNotAllowed",
            "Operation 'DeletedVaultPurge' is not allowed.",
        )
        assert await self.held(vaults) == 4

    async def test_a_vault_whose_time_is_over_is_gone_and_leaves_nothing_to_its_successor(
        self, vaults: Vaults
    ) -> None:
        await vaults.made(softDeleteRetentionInDays=7)
        await self.put_secrets(vaults)
        await vaults.delete()
        vaults.site.now += 7 * DAY_S
        assert (await vaults.ask("GET", DELETED)).code == "DeletedVaultNotFound"
        assert (await vaults.ask("POST", f"{DELETED}/purge")).code == "DeletedVaultNotFound"
        assert (await vaults.put(createMode="recover")).code == "SoftDeletedVaultDoesNotExist"
        await vaults.made()
        assert await self.held(vaults) == 0

    async def test_a_deleted_vault_is_gone_once_the_estates_time_is_past_its_own(
        self, vaults: Vaults
    ) -> None:
        await vaults.made(softDeleteRetentionInDays=7)
        await vaults.delete()
        await advance(vaults.site.store, 7 * DAY_S - 1)
        assert (await vaults.ask("GET", DELETED)).status == 200
        await advance(vaults.site.store, 1)
        assert (await vaults.ask("GET", DELETED)).status == 404
        assert (await vaults.put()).status == 200

    async def test_a_vault_that_is_there_again_is_not_deleted(self, vaults: Vaults) -> None:
        await vaults.made()
        gone = DeletedVault(await vaults.kept(), NOW, NOW + DAY_S)
        async with vaults.site.store.transaction() as transaction:
            await transaction.put(DELETED_VAULTS, ("contoso-orders",), gone)
        assert (await vaults.ask("GET", f"{OF_SUBSCRIPTION}/deletedVaults")).body["value"] == []

    async def test_a_deleted_vault_is_found_in_its_region_alone(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.delete()
        spelled = DELETED.replace("westeurope", "West Europe")
        assert (await vaults.ask("GET", spelled)).status == 200
        assert (await vaults.ask("GET", DELETED.replace("westeurope", "uksouth"))).status == 404

    async def test_purging_takes_its_own_right(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.delete()
        await vaults.site.grant("contributor", "vaults", SUBSCRIPTION)
        for method, path in (("GET", DELETED), ("POST", f"{DELETED}/purge")):
            assert (await vaults.ask(method, path, who="contributor")).status == 403


class TestLists:
    async def test_a_list_shows_what_its_caller_may_read(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.put(f"{VAULTS_OF_GROUP}/contoso-web")
        await vaults.site.grant("ada", "reader", ORDERS)
        for path in (VAULTS_OF_GROUP, f"{OF_SUBSCRIPTION}/vaults"):
            everyone = (await vaults.ask("GET", path)).body["value"]
            assert [one["name"] for one in everyone] == ["contoso-orders", "contoso-web"]
            own = (await vaults.ask("GET", path, who="ada")).body["value"]
            assert [one["name"] for one in own] == ["contoso-orders"]
            assert (await vaults.ask("GET", path, who="stranger")).status == 403

    async def test_pages_lead_to_the_others(self, vaults: Vaults) -> None:
        await vaults.made()
        await vaults.put(f"{VAULTS_OF_GROUP}/contoso-web")
        first = (await vaults.ask("GET", VAULTS_OF_GROUP, query="$top=1")).body
        second = (await vaults.site.ask("GET", first["nextLink"])).body
        assert [one["name"] for one in (*first["value"], *second["value"])] == [
            "contoso-orders",
            "contoso-web",
        ]

    async def test_a_free_name_is_told_as_free(self, vaults: Vaults) -> None:
        asked = await vaults.ask("POST", f"{OF_SUBSCRIPTION}/checkNameAvailability", {"name": "contoso-web"})
        assert asked.body == {"nameAvailable": True}

    async def test_every_name_of_a_managed_hsm_is_free(self, vaults: Vaults) -> None:
        path = f"{OF_SUBSCRIPTION}/checkMhsmNameAvailability"
        assert (await vaults.ask("POST", path, {"name": "contoso-hsm"})).body == {"nameAvailable": True}
        assert (await vaults.ask("POST", path, {"name": "1-hsm"})).body["reason"] == "AccountNameInvalid"

    async def test_there_are_no_managed_hsms_and_no_private_endpoints(self, vaults: Vaults) -> None:
        await vaults.made()
        for path in (
            f"{OF_SUBSCRIPTION}/managedHSMs",
            f"{GROUP}/providers/Microsoft.KeyVault/managedHSMs",
            f"{OF_SUBSCRIPTION}/deletedManagedHSMs",
            f"{ORDERS}/privateEndpointConnections",
            f"{ORDERS}/privateLinkResources",
        ):
            assert (await vaults.ask("GET", path)).body == {"value": []}
