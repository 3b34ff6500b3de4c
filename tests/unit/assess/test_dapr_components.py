"""Which entries of components of Dapr are stored credentials."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.stored.of_dapr import stored_in_dapr
from keyless.assess.stored.stored import Stored

KEY = "      secretKeyRef:\n        name: a\n        key: b\n"
SERVERS = """resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'contoso'
}
"""


def component(kind: str, *entries: str) -> str:
    head = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: c\nspec:\n"
    return f"{head}  type: {kind}\n  metadata:\n{''.join(entries)}"


def entry(name: str, value: str = KEY) -> str:
    return f"    - name: {name}\n{value if value == KEY else f'      value: {value}' + chr(10)}"


def found_in(text: str, path: str = "k8s/c.yaml", **more: str) -> tuple[Stored, ...]:
    files = {path: text, **{name.replace("_", "."): one for name, one in more.items()}}
    sources = [one for name, said in files.items() if (one := read(name, said.encode())) is not None]
    return stored_in_dapr(Repository(sources, datetime.date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("kind", "name", "service"),
    [
        ("state.azure.cosmosdb", "masterKey", "cosmos"),
        ("bindings.azure.cosmosdb.gremlinapi", "masterKey", "cosmos"),
        ("state.azure.blobstorage", "accountKey", "blob"),
        ("bindings.azure.blobstorage", "storageAccessKey", "blob"),
        ("bindings.azure.storagequeues", "accountKey", "queue"),
        ("state.azure.tablestorage", "accountKey", "table"),
        ("pubsub.azure.servicebus", "connectionString", "servicebus"),
        ("pubsub.azure.servicebus.queues", "connectionString", "servicebus"),
        ("bindings.azure.servicebusqueues", "connectionString", "servicebus"),
        ("pubsub.azure.eventhubs", "connectionString", "eventhubs"),
        ("bindings.azure.signalr", "connectionString", "signalr"),
        ("bindings.azure.eventgrid", "accessKey", "eventgrid"),
        ("bindings.azure.openai", "apiKey", "openai"),
        ("configuration.azure.appconfig", "connectionString", "appconfig"),
        ("secretstores.azure.keyvault", "azureClientSecret", "entra"),
        ("secretstores.azure.keyvault", "spnCertificate", "entra"),
    ],
)
def test_a_component_of_azure_says_which_of_its_entries_are_credentials(
    kind: str, name: str, service: str
) -> None:
    (found,) = found_in(component(kind, entry(name)))
    assert (found.service, found.place.span.line) == (service, 8)


def test_an_identity_alone_is_no_credential() -> None:
    entries = (entry("url", "https://a.documents.azure.com"), entry("azureClientId", "an-identity"))
    assert not found_in(component("state.azure.cosmosdb", *entries))


def test_an_entry_that_is_empty_holds_none() -> None:
    assert not found_in(component("state.azure.cosmosdb", entry("masterKey", '""')))


def test_what_a_developers_machine_runs_is_left_out() -> None:
    assert not found_in(component("state.azure.cosmosdb", entry("masterKey")), "tests/c.yaml")


@pytest.mark.parametrize(
    ("host", "count"), [("contoso.redis.cache.windows.net:6380", 1), ("redis-master.redis:6379", 0)]
)
def test_a_cache_counts_where_its_host_is_of_the_cloud(host: str, count: int) -> None:
    text = component("state.redis", entry("redisHost", host), entry("redisPassword"))
    assert len(found_in(text)) == count


def test_a_database_without_a_host_counts_where_the_repository_has_one_of_the_cloud() -> None:
    text = component("state.postgresql", entry("connectionString"))
    assert not found_in(text)
    assert len(found_in(text, main_bicep=SERVERS)) == 1


def test_components_of_container_apps_have_no_version() -> None:
    text = (
        "componentType: pubsub.azure.servicebus\nmetadata:\n- name: connectionString\n  secretRef: bus\n"
        "secrets:\n- name: bus\n"
    )
    (found,) = found_in(text)
    assert found.service == "servicebus"


def test_a_secret_of_a_store_that_is_a_vault_is_the_vaults() -> None:
    vault = component("secretstores.azure.keyvault", entry("vaultName", "v")).replace("name: c", "name: s")
    text = component("state.azure.cosmosdb", entry("masterKey")) + "auth:\n  secretStore: s\n"
    (found,) = found_in(f"{text}---\n{vault}")
    assert (found.flow.origin.value, found.flow.name) == ("vault", "b")
    assert "azureClientId" in found.instead
