"""Groups, resources and their identities, tags, locks, providers, subscriptions, the activity log and
management groups, through the `azure-mgmt` libraries, unmodified, against a running plane."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.managementgroups import ManagementGroupsMgmtClient
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.resource.locks import ManagementLockClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from sdk_estates import GROUP, SUBSCRIPTION_ID, TENANT_ID
from sdk_management import Manager, fresh_name, refused, running_managers
from sdk_site import Site

RESOURCE_GROUP = "orders-rg"
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{}}
    vaults:
      contoso-orders: {{}}
    compute:
      orders-admin: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-reader: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-guest: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-deployer: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-root: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
roleAssignments:
  - {{principal: orders-admin, role: Owner, scope: {{subscription: true}}}}
  - {{principal: orders-root, role: Owner, scope: {{id: /}}}}
  - {{principal: orders-reader, role: Reader, scope: {{subscription: true}}}}
  - {{principal: orders-deployer, role: Website Contributor, scope: {{resourceGroup: orders-rg}}}}
"""
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
SHARED = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-shared"
SITES = "2023-12-01"
WHERE: dict[str, Any] = {"location": "westeurope"}


def site_id(name: str) -> str:
    return f"{GROUP}/providers/Microsoft.Web/sites/{name}"


@pytest.fixture(scope="module")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Manager]]:
    """An owner, a reader, somebody without a role, and one who may write sites."""
    site = Site.made(tmp_path_factory.mktemp("resources"))
    with running_managers(site, ESTATE, ("admin", "reader", "guest", "deployer", "root")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(managers: dict[str, Manager]) -> Any:
    """The owner's client of resources."""
    return managers["admin"].client(ResourceManagementClient)


@pytest.fixture(scope="module")
def locks(managers: dict[str, Manager]) -> Any:
    """The owner's client of locks."""
    return managers["admin"].client(ManagementLockClient)


def of(managers: dict[str, Manager], who: str) -> Any:
    """Somebody's client of resources."""
    return managers[who].client(ResourceManagementClient)


def of_no_subscription(manager: Manager, kind: Any) -> Any:
    return kind(manager.credential, **manager.connection())


class TestSubscriptions:
    def test_the_subscription_its_tenant_and_its_regions_are_listed(
        self, managers: dict[str, Manager]
    ) -> None:
        client = of_no_subscription(managers["reader"], SubscriptionClient)
        assert [one.tenant_id for one in client.tenants.list()] == [TENANT_ID]
        (found,) = client.subscriptions.list()
        assert (found.subscription_id, found.display_name) == (SUBSCRIPTION_ID, "orders-dev")
        assert client.subscriptions.get(SUBSCRIPTION_ID).state == "Enabled"
        assert "westeurope" in {one.name for one in client.subscriptions.list_locations(SUBSCRIPTION_ID)}

    def test_whoever_may_read_nothing_sees_no_subscription(self, managers: dict[str, Manager]) -> None:
        client = of_no_subscription(managers["guest"], SubscriptionClient)
        assert list(client.subscriptions.list()) == []
        with refused(403, "AuthorizationFailed"):
            client.subscriptions.get(SUBSCRIPTION_ID)


class TestGroups:
    def test_a_group_is_made_changed_listed_and_deleted_with_what_is_in_it(self, admin: Any) -> None:
        name = fresh_name("group")
        assert admin.resource_groups.check_existence(name) is False
        made = admin.resource_groups.create_or_update(name, {**WHERE, "tags": {"env": "dev"}})
        assert (made.name, made.location, made.properties.provisioning_state) == (
            name,
            "westeurope",
            "Succeeded",
        )
        assert admin.resource_groups.update(name, {"tags": {"env": "prod"}}).tags == {"env": "prod"}
        found = admin.resource_groups.list(filter="tagName eq 'env' and tagValue eq 'prod'")
        assert [one.name for one in found] == [name]
        disk = f"{made.id}/providers/Microsoft.Compute/disks/d"
        admin.resources.begin_create_or_update_by_id(disk, {**WHERE}, api_version="2023-04-02").result()
        admin.resource_groups.begin_delete(name).result()
        assert admin.resource_groups.check_existence(name) is False
        with pytest.raises(ResourceNotFoundError):
            admin.resources.get_by_id(disk, api_version="2023-04-02")

    def test_a_reader_sees_groups_and_makes_none(self, managers: dict[str, Manager]) -> None:
        reader = of(managers, "reader")
        assert RESOURCE_GROUP in {one.name for one in reader.resource_groups.list()}
        with refused(403, "AuthorizationFailed") as caught:
            reader.resource_groups.create_or_update(fresh_name("group"), {**WHERE})
        assert "'Microsoft.Resources/subscriptions/resourceGroups/write'" in str(caught.value)

    def test_a_role_in_one_group_shows_that_group_alone(
        self, managers: dict[str, Manager], admin: Any
    ) -> None:
        admin.resource_groups.create_or_update(fresh_name("group"), {**WHERE})
        deployer = of(managers, "deployer")
        assert [one.name for one in deployer.resource_groups.list()] == [RESOURCE_GROUP]


class TestResources:
    def test_a_site_gets_an_identity_and_is_found(self, admin: Any) -> None:
        place = site_id(fresh_name("site"))
        asked = {**WHERE, "identity": {"type": "SystemAssigned"}, "properties": {"httpsOnly": True}}
        made = admin.resources.begin_create_or_update_by_id(place, asked, api_version=SITES).result()
        assert (made.identity.type, made.identity.tenant_id) == ("SystemAssigned", TENANT_ID)
        assert admin.resources.check_existence_by_id(place, api_version=SITES)
        found = admin.resources.list(filter="resourceType eq 'Microsoft.Web/sites'", expand="createdTime")
        shown = {one.id: one for one in found}
        assert shown[place].identity.principal_id == made.identity.principal_id
        assert shown[place].created_time is not None
        here = admin.resources.list_by_resource_group(RESOURCE_GROUP)
        assert {"Microsoft.KeyVault/vaults", "Microsoft.Web/sites"} <= {one.type for one in here}
        admin.resources.begin_delete_by_id(place, api_version=SITES).result()
        assert not admin.resources.check_existence_by_id(place, api_version=SITES)

    def test_identities_are_given_by_whoever_may_assign_them(
        self, managers: dict[str, Manager], admin: Any
    ) -> None:
        place = site_id(fresh_name("site"))
        asked = {**WHERE, "identity": {"type": "UserAssigned", "userAssignedIdentities": {SHARED: {}}}}
        deployer = of(managers, "deployer")
        with refused(403, "LinkedAuthorizationFailed"):
            deployer.resources.begin_create_or_update_by_id(place, asked, api_version=SITES)
        made = admin.resources.begin_create_or_update_by_id(place, asked, api_version=SITES).result()
        assert list(made.identity.user_assigned_identities) == [SHARED]
        both = {
            "identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {SHARED: None}}
        }
        with pytest.raises(HttpResponseError):
            admin.resources.begin_update_by_id(place, both, api_version=SITES)
        own = {"identity": {"type": "SystemAssigned"}}
        changed = admin.resources.begin_update_by_id(place, own, api_version=SITES).result()
        assert (changed.identity.type, changed.identity.user_assigned_identities) == ("SystemAssigned", None)

    def test_a_resource_is_asked_for_by_its_parts(self, admin: Any) -> None:
        parts = (RESOURCE_GROUP, "Microsoft.Web", "", "sites", fresh_name("site"))
        made = admin.resources.begin_create_or_update(
            *parts, {**WHERE, "kind": "app"}, api_version=SITES
        ).result()
        assert admin.resources.get(*parts, api_version=SITES).kind == "app"
        assert made.properties == {"provisioningState": "Succeeded"}
        admin.resources.begin_delete(*parts, api_version=SITES).result()

    def test_an_unregistered_provider_is_registered_again(self, admin: Any) -> None:
        assert admin.providers.get("Microsoft.Sql").registration_state == "Registered"
        assert admin.providers.unregister("Microsoft.Sql").registration_state == "Unregistered"
        place = f"{GROUP}/providers/Microsoft.Sql/servers/{fresh_name('server')}"
        with refused(409, "MissingSubscriptionRegistration"):
            admin.resources.begin_create_or_update_by_id(place, {**WHERE}, api_version="2021-11-01")
        assert admin.providers.register("Microsoft.Sql").registration_state == "Registered"
        assert len(list(admin.providers.list())) > 100


class TestRunning:
    def test_a_command_runs_as_a_resource_that_the_management_api_has_made(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        site = Site.made(tmp_path_factory.mktemp("runs"))
        site.declare(ESTATE)
        with site.inside("orders-admin") as environment:
            client = Manager(environment).client(ResourceManagementClient)
            asked = {**WHERE, "identity": {"type": "SystemAssigned"}}
            made = client.resources.begin_create_or_update_by_id(
                site_id("fresh"), asked, api_version=SITES
            ).result()
        seen = site.python("whoami.py", options=("--as", "fresh")).seen
        assert made.identity.principal_id in repr(seen)


class TestRevocation:
    def test_a_client_whose_token_was_revoked_fetches_another_by_itself(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        site = Site.made(tmp_path_factory.mktemp("revoked"))
        site.declare(ESTATE)
        with site.inside("orders-reader") as environment:
            manager = Manager(environment)
            asked: list[dict[str, Any]] = []
            fetch = manager.credential.get_token

            def get_token(*scopes: str, **options: Any) -> Any:
                asked.append(options)
                return fetch(*scopes, **options)

            manager.credential.get_token = get_token  # type: ignore[method-assign]
            client = manager.client(ResourceManagementClient)
            assert client.resource_groups.check_existence(RESOURCE_GROUP)
            keyless = [sys.executable, "-m", "keyless.cli.main", "identity", "revoke", "orders-reader"]
            subprocess.run([*keyless, "--project", str(site.root)], check=True, capture_output=True)
            assert client.resource_groups.get(RESOURCE_GROUP).name == RESOURCE_GROUP
            assert [bool(options.get("claims")) for options in asked] == [False, True]


class TestTags:
    def test_tags_are_replaced_merged_and_deleted(self, admin: Any) -> None:
        for scope in (
            SUBSCRIPTION,
            GROUP,
            SHARED,
            f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders",
        ):
            put = admin.tags.begin_create_or_update_at_scope(
                scope, {"properties": {"tags": {"a": "1"}}}
            ).result()
            assert put.properties.tags == {"a": "1"}
            patch = {"operation": "Merge", "properties": {"tags": {"b": "2"}}}
            assert admin.tags.begin_update_at_scope(scope, patch).result().properties.tags == {
                "a": "1",
                "b": "2",
            }
            assert admin.tags.get_at_scope(scope).properties.tags == {"a": "1", "b": "2"}
            admin.tags.begin_delete_at_scope(scope).result()
            assert not admin.tags.get_at_scope(scope).properties.tags

    def test_names_and_values_are_set_down(self, admin: Any) -> None:
        name = fresh_name("tag")
        admin.tags.create_or_update(name)
        admin.tags.create_or_update_value(name, "one")
        assert name in {one.tag_name for one in admin.tags.list()}
        admin.tags.delete_value(name, "one")
        admin.tags.delete(name)
        assert name not in {one.tag_name for one in admin.tags.list()}


class TestLocks:
    def test_a_lock_holds_up_what_it_is_for(self, admin: Any, locks: Any) -> None:
        name = fresh_name("group")
        admin.resource_groups.create_or_update(name, {**WHERE})
        locks.management_locks.create_or_update_at_resource_group_level(
            name, "keep", {"level": "CanNotDelete", "notes": "still in use"}
        )
        with refused(409, "ScopeLocked"):
            admin.resource_groups.begin_delete(name)
        admin.resource_groups.update(name, {"tags": {"a": "b"}})
        locks.management_locks.create_or_update_at_resource_group_level(name, "keep", {"level": "ReadOnly"})
        with refused(409, "ScopeLocked"):
            admin.resource_groups.update(name, {"tags": {}})
        listed = locks.management_locks.list_at_resource_group_level(name)
        assert [(one.name, one.level) for one in listed] == [("keep", "ReadOnly")]
        assert "keep" in {one.name for one in locks.management_locks.list_at_subscription_level()}
        locks.management_locks.delete_at_resource_group_level(name, "keep")
        admin.resource_groups.begin_delete(name).result()

    def test_a_vault_is_locked_by_its_id(self, admin: Any, locks: Any) -> None:
        vault = f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso-orders"
        locks.management_locks.create_or_update_by_scope(vault, "keep", {"level": "CanNotDelete"})
        with refused(409, "ScopeLocked"):
            admin.resources.begin_delete_by_id(vault, api_version="2023-07-01")
        assert locks.management_locks.get_by_scope(vault, "keep").level == "CanNotDelete"
        locks.management_locks.delete_by_scope(vault, "keep")


class TestActivity:
    def since(self) -> str:
        return (dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)).isoformat()

    def test_writes_are_in_the_log_whoever_made_them(self, managers: dict[str, Manager], admin: Any) -> None:
        place = site_id(fresh_name("site"))
        admin.resources.begin_create_or_update_by_id(place, {**WHERE}, api_version=SITES).result()
        with pytest.raises(HttpResponseError):
            of(managers, "reader").resources.begin_delete_by_id(place, api_version=SITES)
        log = managers["admin"].client(MonitorManagementClient).activity_logs
        filtered = f"eventTimestamp ge '{self.since()}' and resourceUri eq '{place}'"
        found = [(one.operation_name.value, one.status.value) for one in log.list(filter=filtered)]
        assert sorted(found) == [
            ("Microsoft.Web/sites/delete", "Failed"),
            ("Microsoft.Web/sites/write", "Succeeded"),
        ]
        only = list(log.list(filter=f"{filtered} and status eq 'Failed'", select="caller,status"))
        assert [one.status.value for one in only] == ["Failed"]
        assert only[0].correlation_id is None

    def test_events_are_read_by_whoever_may_read_where_they_were(self, managers: dict[str, Manager]) -> None:
        filtered = f"eventTimestamp ge '{self.since()}'"
        reader = managers["reader"].client(MonitorManagementClient)
        list(reader.activity_logs.list(filter=filtered))
        with refused(403, "AuthorizationFailed"):
            list(managers["guest"].client(MonitorManagementClient).activity_logs.list(filter=filtered))


class TestManagementGroups:
    def test_an_owner_of_the_subscription_is_none_of_what_lies_above(
        self, managers: dict[str, Manager]
    ) -> None:
        client = of_no_subscription(managers["admin"], ManagementGroupsMgmtClient)
        assert list(client.management_groups.list()) == []
        with refused(403, "AuthorizationFailed"):
            client.management_groups.begin_create_or_update("shops", {"properties": {"displayName": "Shops"}})

    def test_groups_are_made_filled_and_deleted(self, managers: dict[str, Manager]) -> None:
        client = of_no_subscription(managers["root"], ManagementGroupsMgmtClient)
        client.management_groups.begin_create_or_update(
            "shops", {"properties": {"displayName": "Shops"}}
        ).result()
        parent = {"parent": {"id": "/providers/Microsoft.Management/managementGroups/shops"}}
        made = {"properties": {"displayName": "North", "details": parent}}
        client.management_groups.begin_create_or_update("north", made).result()
        client.management_group_subscriptions.create("north", SUBSCRIPTION_ID)
        found = client.management_groups.get("shops", expand="children", recurse=True)
        (north,) = found.properties.children
        assert (north.name, [one.name for one in north.children]) == ("north", [SUBSCRIPTION_ID])
        below = client.management_groups.get_descendants("shops")
        assert [one.name for one in below] == ["north", SUBSCRIPTION_ID]
        assert {TENANT_ID, "shops", "north"} <= {one.name for one in client.management_groups.list()}
        assert SUBSCRIPTION_ID in {one.name for one in client.entities.list()}
        with refused(409, "Conflict"):
            client.management_groups.begin_delete("north")
        client.management_group_subscriptions.delete("north", SUBSCRIPTION_ID)
        for name in ("north", "shops"):
            client.management_groups.begin_delete(name).result()
