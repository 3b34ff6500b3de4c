"""Microsoft.AppConfiguration through `azure-mgmt-appconfiguration`, unmodified, against a running plane.

The stores that it makes are opened with `azure-appconfiguration`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from azure.appconfiguration import AzureAppConfigurationClient, ConfigurationSetting
from azure.core.exceptions import HttpResponseError, ServiceRequestError
from azure.mgmt.appconfiguration import AppConfigurationManagementClient
from azure.mgmt.appconfiguration.aio import AppConfigurationManagementClient as AsyncClient
from azure.mgmt.appconfiguration.models import KeyValueFilter, Snapshot
from sdk_estates import GROUP, SUBSCRIPTION_ID, TENANT_ID
from sdk_management import Manager, fresh_name, refused, running_managers
from sdk_site import Site

from wire_schemas import ValidatedByOpenApi

RESOURCE_GROUP = "orders-rg"
STORE_TYPE = "Microsoft.AppConfiguration/configurationStores"
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{}}
    compute:
      orders-admin: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-reader: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
      orders-keeper: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
    configurationStores:
      contoso-declared:
        accessKeys:
          declared-key: {{value: "{"A" * 43}="}}
roleAssignments:
  - {{principal: orders-admin, role: Owner, scope: {{subscription: true}}}}
  - {{principal: orders-admin, role: App Configuration Data Owner, scope: {{subscription: true}}}}
  - {{principal: orders-reader, role: Reader, scope: {{subscription: true}}}}
  - {{principal: orders-keeper, role: App Configuration Contributor, scope: {{resourceGroup: orders-rg}}}}
"""
NEW: dict[str, Any] = {"location": "westeurope", "sku": {"name": "Standard"}, "tags": {"team": "orders"}}


@pytest.fixture(scope="module")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Manager]]:
    """An owner, a reader, and one who keeps the stores of a group."""
    site = Site.made(tmp_path_factory.mktemp("appconfiguration"))
    with running_managers(site, ESTATE, ("admin", "reader", "keeper")) as running:
        yield running


@pytest.fixture(scope="module")
def admin(managers: dict[str, Manager]) -> Any:
    """The owner's client."""
    return managers["admin"].client(AppConfigurationManagementClient)


@pytest.fixture(scope="module")
def reader(managers: dict[str, Manager]) -> Any:
    """The reader's client."""
    return managers["reader"].client(AppConfigurationManagementClient)


@pytest.fixture(scope="module")
def keeper(managers: dict[str, Manager]) -> Any:
    """The client of who keeps the stores of the group."""
    return managers["keeper"].client(AppConfigurationManagementClient)


@pytest.fixture
def made(admin: Any) -> str:
    """A store that is there; its name."""
    return make(admin).name


def make(client: Any, called: str | None = None, **changed: Any) -> Any:
    """Make a store and wait for it."""
    body = NEW | changed
    return client.configuration_stores.begin_create(RESOURCE_GROUP, called or fresh_name(), body).result()


def keys_of(client: Any, called: str) -> list[Any]:
    """A store's access keys."""
    return list(client.configuration_stores.list_keys(RESOURCE_GROUP, called))


def opened(manager: Manager, connection_string: str) -> AzureAppConfigurationClient:
    """A store's data, opened with an access key."""
    options = {name: value for name, value in manager.connection().items() if name != "per_call_policies"}
    return AzureAppConfigurationClient.from_connection_string(connection_string, **options)


def set_colour(client: AzureAppConfigurationClient) -> str | None:
    """Write a setting, and read it."""
    client.set_configuration_setting(ConfigurationSetting(key="colour", value="blue"))
    found = client.get_configuration_setting("colour")
    assert found is not None
    return found.value


class TestStores:
    def test_a_store_is_made_read_changed_listed_and_deleted(self, admin: Any) -> None:
        called = fresh_name()
        found = make(admin, called)
        assert found.id == f"{GROUP}/providers/{STORE_TYPE}/{called}"
        assert (found.provisioning_state, found.sku.name) == ("Succeeded", "standard")
        assert found.endpoint == f"https://{called}.azconfig.io"
        assert found.creation_date.year >= 2026
        assert found.system_data.created_by_type == "ManagedIdentity"
        update = {"properties": {"enablePurgeProtection": False}, "tags": {"team": "billing"}}
        changed = admin.configuration_stores.begin_update(RESOURCE_GROUP, called, update).result()
        assert changed.tags == {"team": "billing"}
        assert admin.configuration_stores.get(RESOURCE_GROUP.upper(), called.upper()).id == found.id
        for listed in (
            admin.configuration_stores.list(),
            admin.configuration_stores.list_by_resource_group(RESOURCE_GROUP),
        ):
            assert {called, "contoso-declared"} <= {one.name for one in listed}
        admin.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()
        with refused(404, "ResourceNotFound"):
            admin.configuration_stores.get(RESOURCE_GROUP, called)
        admin.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()  # 204, no error

    @pytest.mark.parametrize("version", ["2022-05-01", "2023-03-01", "2024-05-01", "2025-08-01-preview"])
    def test_every_api_version_makes_and_reads_a_store(
        self, managers: dict[str, Manager], version: str
    ) -> None:
        client = managers["admin"].client(AppConfigurationManagementClient, api_version=version)
        called = make(client).name
        assert client.configuration_stores.get(RESOURCE_GROUP, called).provisioning_state == "Succeeded"
        client.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()

    def test_an_asynchronous_client_makes_a_store_too(self, managers: dict[str, Manager]) -> None:
        manager = managers["admin"]
        validator = ValidatedByOpenApi()

        class Credential:
            async def get_token(self, *scopes: str, **options: Any) -> Any:
                return manager.credential.get_token(*scopes, **options)

            async def close(self) -> None:
                """Nothing to close."""

        async def make_one() -> Any:
            options = manager.connection() | {"per_call_policies": [validator]}
            proxy = options.pop("proxies")["https"]
            client = AsyncClient(Credential(), SUBSCRIPTION_ID, proxies={"https": proxy}, **options)
            async with client:
                poller = await client.configuration_stores.begin_create(RESOURCE_GROUP, fresh_name(), NEW)
                return await poller.result()

        assert asyncio.run(make_one()).provisioning_state == "Succeeded"
        assert validator.seen >= 3  # the creation, its status, the store

    def test_what_a_store_cannot_be_is_said(self, admin: Any) -> None:
        with refused(400, "InvalidSku"):
            make(admin, sku={"name": "gold"})
        with refused(404, "ResourceGroupNotFound"):
            admin.configuration_stores.begin_create("nowhere-rg", fresh_name(), NEW)
        with refused(409, "NameUnavailable"):
            make(admin, name_of_a_deleted_one(admin))

    def test_a_user_assigned_identity_is_given_and_shown(self, admin: Any) -> None:
        identity = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-shared"
        given = {"type": "UserAssigned", "userAssignedIdentities": {identity: {}}}
        found = make(admin, identity=given)
        assert found.identity.user_assigned_identities[identity].client_id


def name_of_a_deleted_one(admin: Any) -> str:
    """The name of a store that was made and deleted."""
    called: str = make(admin).name
    admin.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()
    return called


class TestDeletedStores:
    def test_a_deleted_store_is_listed_and_comes_back_with_its_data(
        self, admin: Any, managers: dict[str, Manager]
    ) -> None:
        called = make(admin).name
        key = keys_of(admin, called)[0].connection_string
        with opened(managers["admin"], key) as client:
            assert set_colour(client) == "blue"
        admin.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()
        listed = {one.name: one for one in admin.configuration_stores.list_deleted()}
        found = admin.configuration_stores.get_deleted("westeurope", called)
        assert (listed[called].id, found.location, found.tags) == (found.id, "westeurope", {"team": "orders"})
        assert (found.scheduled_purge_date - found.deletion_date).days == 7
        with opened(managers["admin"], key) as client, pytest.raises(ServiceRequestError):
            client.get_configuration_setting("colour")  # there is no such host
        make(admin, called, properties={"createMode": "Recover"})
        with opened(managers["admin"], key) as client:
            kept = client.get_configuration_setting("colour")
            assert kept is not None
            assert kept.value == "blue"

    def test_a_purged_store_is_gone_and_its_name_is_free(self, admin: Any) -> None:
        called = name_of_a_deleted_one(admin)
        asked = {"name": called, "type": STORE_TYPE}
        assert admin.operations.check_name_availability(asked).reason == "AlreadyExists"
        admin.configuration_stores.begin_purge_deleted("westeurope", called).result()
        assert admin.operations.check_name_availability(asked).name_available
        assert admin.operations.regional_check_name_availability("westeurope", asked).name_available
        with refused(404, "ResourceNotFound"):
            admin.configuration_stores.get_deleted("westeurope", called)
        make(admin, called)

    def test_a_contributor_deletes_and_does_not_purge(self, admin: Any, keeper: Any) -> None:
        called = make(keeper).name
        keeper.configuration_stores.begin_delete(RESOURCE_GROUP, called).result()
        with refused(403, "AuthorizationFailed"):
            keeper.configuration_stores.begin_purge_deleted("westeurope", called)
        admin.configuration_stores.begin_purge_deleted("westeurope", called).result()


class TestKeys:
    def test_every_key_opens_the_store_as_it_says(
        self, admin: Any, made: str, managers: dict[str, Manager]
    ) -> None:
        keys = keys_of(admin, made)
        assert [key.name for key in keys] == [
            "Primary",
            "Secondary",
            "Primary Read Only",
            "Secondary Read Only",
        ]
        for key in keys:
            with opened(managers["admin"], key.connection_string) as client:
                if key.read_only:
                    with pytest.raises(HttpResponseError) as caught:
                        set_colour(client)
                    assert caught.value.status_code == 403
                else:
                    assert set_colour(client) == "blue"

    def test_a_key_made_anew_opens_the_store_and_the_old_secret_does_not(
        self, admin: Any, made: str, managers: dict[str, Manager]
    ) -> None:
        old = keys_of(admin, made)[0]
        with opened(managers["admin"], old.connection_string) as client:
            assert set_colour(client) == "blue"
        new = admin.configuration_stores.regenerate_key(RESOURCE_GROUP, made, {"id": old.id})
        assert (new.id, new.name) == (old.id, "Primary")
        with opened(managers["admin"], old.connection_string) as client:
            with pytest.raises(HttpResponseError) as caught:
                client.get_configuration_setting("colour")
            assert caught.value.status_code == 401
        with opened(managers["admin"], new.connection_string) as client:
            assert set_colour(client) == "blue"

    def test_without_local_authentication_no_key_opens_the_store(
        self, admin: Any, made: str, managers: dict[str, Manager]
    ) -> None:
        old = keys_of(admin, made)[0].connection_string
        off = {"properties": {"disableLocalAuth": True}}
        admin.configuration_stores.begin_update(RESOURCE_GROUP, made, off).result()
        assert keys_of(admin, made) == []
        with opened(managers["admin"], old) as client, pytest.raises(HttpResponseError):
            client.get_configuration_setting("colour")

    def test_a_token_opens_the_store_with_a_data_role(self, made: str, managers: dict[str, Manager]) -> None:
        manager = managers["admin"]
        options = manager.connection()
        del options["per_call_policies"]
        with AzureAppConfigurationClient(
            f"https://{made}.azconfig.io", manager.credential, **options
        ) as client:
            assert set_colour(client) == "blue"

    def test_reading_a_store_does_not_give_its_keys(self, made: str, reader: Any) -> None:
        assert reader.configuration_stores.get(RESOURCE_GROUP, made).name == made
        with refused(403, "AuthorizationFailed"):
            keys_of(reader, made)
        with refused(403, "AuthorizationFailed"):
            reader.configuration_stores.regenerate_key(RESOURCE_GROUP, made, {"id": "any"})

    def test_the_keys_that_a_file_declares_are_listed(self, admin: Any) -> None:
        (key,) = keys_of(admin, "contoso-declared")
        assert (key.id, key.name, key.last_modified) == ("declared-key", "Primary", None)


class TestKeyValues:
    def test_a_key_value_is_a_resource_and_the_data_plane_reads_it(
        self, admin: Any, made: str, managers: dict[str, Manager]
    ) -> None:
        body = {"properties": {"value": "blue", "contentType": "text/plain", "tags": {"team": "orders"}}}
        called = "App~3Acolour$dev"
        written = admin.key_values.create_or_update(RESOURCE_GROUP, made, called, body)
        assert (written.name, written.key, written.label) == (called, "App:colour", "dev")
        assert admin.key_values.get(RESOURCE_GROUP, made, called).e_tag == written.e_tag
        key = keys_of(admin, made)[0].connection_string
        with opened(managers["admin"], key) as client:
            found = client.get_configuration_setting("App:colour", "dev")
            assert found is not None
            assert (found.value, found.content_type, found.tags, found.etag) == (
                "blue",
                "text/plain",
                {"team": "orders"},
                written.e_tag,
            )
        admin.key_values.begin_delete(RESOURCE_GROUP, made, called).result()
        with refused(404, "NotFound"):
            admin.key_values.get(RESOURCE_GROUP, made, called)


class TestSnapshots:
    def test_a_snapshot_is_a_resource_and_the_data_plane_reads_it(
        self, admin: Any, made: str, managers: dict[str, Manager]
    ) -> None:
        with opened(managers["admin"], keys_of(admin, made)[0].connection_string) as client:
            set_colour(client)
            filters = [KeyValueFilter(key="col*"), KeyValueFilter(key="colour", label="prod")]
            asked = Snapshot(filters=filters, retention_period=3600, tags={"of": "v1"})
            snapshot = admin.snapshots.begin_create(RESOURCE_GROUP, made, "release-1", asked).result()
            assert (snapshot.name, snapshot.status, snapshot.composition_type) == (
                "release-1",
                "Ready",
                "Key",
            )
            assert (snapshot.items_count, snapshot.retention_period) == (1, 3600)
            assert snapshot.provisioning_state == "Succeeded"
            [kept] = client.list_configuration_settings(snapshot_name="release-1")
            assert kept.value == "blue"
            assert client.get_snapshot("release-1").etag == snapshot.etag
            client.archive_snapshot("release-1")
        found = admin.snapshots.get(RESOURCE_GROUP, made, "release-1")
        assert (found.status, found.expires - found.created > timedelta(seconds=3500)) == ("Archived", True)
        with refused(404, "NotFound"):
            admin.snapshots.get(RESOURCE_GROUP, made, "none")


class TestReplicas:
    def test_one_is_made_read_opened_and_deleted(self, managers: Any, admin: Any, made: str) -> None:
        assert list(admin.replicas.list_by_configuration_store(RESOURCE_GROUP, made)) == []
        location = {"location": "northeurope"}
        north = admin.replicas.begin_create(RESOURCE_GROUP, made, "north", location).result()
        assert (north.provisioning_state, north.location) == ("Succeeded", "northeurope")
        assert north.endpoint == f"https://{made}-north.azconfig.io"
        manager = managers["admin"]
        options = manager.connection()
        del options["per_call_policies"]

        def opened(endpoint: str) -> AzureAppConfigurationClient:
            return AzureAppConfigurationClient(endpoint, manager.credential, **options)

        with opened(f"https://{made}.azconfig.io") as origin, opened(north.endpoint) as replica:
            replica.set_configuration_setting(ConfigurationSetting(key="written", value="at the replica"))
            found = origin.get_configuration_setting("written")
            assert found is not None
            assert found.value == "at the replica"
        admin.replicas.begin_delete(RESOURCE_GROUP, made, "north").result()
        with opened(north.endpoint) as replica, pytest.raises(ServiceRequestError):
            replica.get_configuration_setting("written")
        assert list(admin.replicas.list_by_configuration_store(RESOURCE_GROUP, made)) == []

    def test_a_small_tier_and_a_region_that_is_taken_are_refused(self, admin: Any, made: str) -> None:
        with refused(409, "Conflict"):
            admin.replicas.begin_create(RESOURCE_GROUP, made, "west", {"location": "westeurope"})


class TestWhatIsNotHere:
    def test_lists_of_it_are_empty_and_making_it_is_refused(self, admin: Any, made: str) -> None:
        listed = admin.private_endpoint_connections.list_by_configuration_store(RESOURCE_GROUP, made)
        assert list(listed) == []
        assert list(admin.private_link_resources.list_by_configuration_store(RESOURCE_GROUP, made)) == []
        with refused(501, "NotImplemented"):
            admin.private_endpoint_connections.begin_create_or_update(RESOURCE_GROUP, made, "one", {})


def test_every_answer_was_held_to_the_documents(managers: dict[str, Manager], admin: Any) -> None:
    seen = managers["admin"].validator.seen
    admin.configuration_stores.get(RESOURCE_GROUP, "contoso-declared")
    assert managers["admin"].validator.seen == seen + 1
