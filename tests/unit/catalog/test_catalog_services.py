from __future__ import annotations

import pytest

from keyless.catalog import services as catalog
from keyless.model.resource_id import ResourceId, group_scope

GROUP = group_scope("11111111-1111-1111-1111-111111111111", "orders")
VAULT = ResourceId.parse(f"{GROUP}/providers/Microsoft.KeyVault/vaults/contoso")
STORE = ResourceId.parse(f"{GROUP}/providers/Microsoft.AppConfiguration/configurationStores/contoso")


def keys(found):
    return [one.key for one in found]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("contoso.vault.azure.net", ["keyvault"]),
        ("CONTOSO.Vault.Azure.Net.", ["keyvault"]),
        ("contoso.azconfig.io", ["appconfig"]),
        ("contoso.servicebus.windows.net", ["servicebus", "eventhubs", "relay"]),
        ("contoso.table.cosmos.azure.com", ["cosmos-table"]),
        ("management.azure.com", ["arm"]),
        ("x.management.azure.com", []),
        (".vault.azure.net", []),
        ("vault.azure.net", []),
        ("vault.azure.net.example.org", []),
        ("contoso.example.org", []),
    ],
)
def test_a_host_belongs_to_the_services_with_the_longest_matching_suffix(host, expected):
    assert keys(catalog.services_of_host(host)) == expected


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("https://vault.azure.net", ["keyvault"]),
        ("https://vault.azure.net/", ["keyvault"]),
        ("https://azconfig.io", ["appconfig"]),
        ("https://appconfig.azure.com/", ["appconfig"]),
        ("https://contoso.azconfig.io", ["appconfig"]),
        ("http://contoso.azconfig.io", []),
        ("https://contoso.vault.azure.net", []),
        ("https://storage.azure.com", ["blob", "queue", "table", "file"]),
        ("https://vault.azure.net.example.org", []),
    ],
)
def test_an_audience_belongs_to_the_services_that_take_it(audience, expected):
    assert keys(catalog.services_of_audience(audience)) == expected


def test_a_service_is_found_by_its_key_and_a_wrong_key_is_named():
    assert catalog.service(catalog.KEY_VAULT).arm_type == "Microsoft.KeyVault/vaults"
    with pytest.raises(KeyError, match="no service `nothing`"):
        catalog.service("nothing")


def test_the_types_that_can_have_an_identity_are_known_whatever_their_case():
    assert catalog.identity_support("microsoft.web/SITES") is catalog.IdentitySupport.BOTH
    assert catalog.identity_support("Microsoft.KeyVault/vaults") is None


def test_api_versions_are_known_for_hosts_of_identities():
    assert catalog.api_version("Microsoft.Web/sites") == "2025-03-01"
    assert catalog.api_version("Microsoft.Nothing/things") is None


def test_the_container_of_a_secret_is_its_vault():
    secret = VAULT.child("secrets", "db")
    assert catalog.container_of(secret) == VAULT
    assert catalog.container_of(VAULT) == VAULT
    assert (
        catalog.container_of(secret.child("versions", "1"), objects_of=frozenset({"keyvault", "appconfig"}))
        == secret
    )
    assert catalog.container_of(VAULT, objects_of=frozenset({"keyvault", "appconfig"})) == VAULT


def test_the_container_of_a_key_value_is_its_store_because_no_narrower_scope_is_documented():
    key_value = STORE.child("keyValues", "color")
    assert catalog.container_of(key_value) == STORE
    assert catalog.container_of(key_value, objects_of=frozenset({"keyvault", "appconfig"})) == STORE


def test_what_lies_in_no_known_service_is_its_own_container():
    assert catalog.container_of(GROUP) == GROUP
    other = ResourceId.parse(f"{GROUP}/providers/Microsoft.Nothing/things/one")
    assert catalog.container_of(other) == other


@pytest.mark.parametrize(
    ("key", "off"),
    [
        ("appconfig", "properties.disableLocalAuth: true"),
        ("blob", "properties.allowSharedKeyAccess: false"),
        ("managedredis", "properties.accessKeysAuthentication: Disabled"),
        ("keyvault", None),  # it never had keys: the property chooses between policies and roles
        ("mysql", None),  # a parameter of the server, not a property
    ],
)
def test_a_service_says_what_turns_its_keys_off_where_it_has_any(key: str, off: str | None) -> None:
    assert catalog.service(key).local_auth_off == off


ACCOUNT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/orders"
JOBS, INVOICES = "queueServices/default/queues/jobs", "blobServices/default/containers/invoices"
BUS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceBus/namespaces/orders"


@pytest.mark.parametrize(
    ("resource", "below", "key", "wanted"),
    [
        (ACCOUNT, JOBS, "queue", JOBS),
        (ACCOUNT, JOBS, "blob", ""),
        (ACCOUNT, INVOICES, "blob", INVOICES),
        (BUS, "topics/t/subscriptions/mail", "servicebus", "topics/t/subscriptions/mail"),
        (BUS, "topics/t", "servicebus", "topics/t"),
        (BUS, "", "servicebus", ""),
    ],
)
def test_objects_of_a_service_that_shares_its_account_get_roles_of_their_own(resource, below, key, wanted):
    scope = ResourceId.parse(f"{resource}/{below}")
    found = catalog.container_of(scope, objects_of=frozenset({key}))
    assert found == ResourceId.parse(f"{resource}/{wanted}")
