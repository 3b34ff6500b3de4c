"""What is said of resources that take keys, and which edits come with it."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.rules.local_auth._switch import switched_on
from repositories_made import repository

STORE = """
resource store 'Microsoft.Storage/storageAccounts@{version}' = {{
  name: 'contosostore'
  location: 'westeurope'
  kind: 'StorageV2'
}}
"""
CODE = """
import os
from azure.storage.blob import BlobServiceClient

client = BlobServiceClient("https://contosostore.blob.core.windows.net", credential=os.environ["STORAGE_KEY"])
"""
USES = "module store './modules/store.bicep' = {\n  name: 'store'\n}\n"


def found(files: dict[str, str], rule: str = "shared-key-access") -> list[Finding]:
    """The findings of a rule on switches."""
    return list(switched_on(repository(files), rule, Severity.MEDIUM))


def test_an_edit_comes_with_a_resource_that_nothing_uses_the_keys_of() -> None:
    (one,) = found({"main.bicep": STORE.format(version="2023-05-01")})
    assert one.fix is not None
    assert "once nothing uses them" in one.message


def test_code_that_still_uses_a_key_comes_first_and_no_edit_is_offered() -> None:
    (one,) = found({"main.bicep": STORE.format(version="2023-05-01"), "app/client.py": CODE})
    assert one.fix is None
    assert "first" in one.message
    assert [step.place.path for step in one.steps] == ["app/client.py"]


def test_no_edit_is_offered_where_the_api_version_does_not_know_the_property() -> None:
    (one,) = found({"main.bicep": STORE.format(version="2019-06-01")})
    assert one.fix is None


def test_a_module_that_nothing_uses_is_of_low_confidence_and_one_in_use_is_not() -> None:
    module = STORE.format(version="2023-05-01")
    (unused,) = found({"infra/main.bicep": "", "infra/modules/store.bicep": module})
    (used,) = found({"infra/main.bicep": USES, "infra/modules/store.bicep": module})
    assert (unused.confidence, used.confidence) == (Confidence.LOW, Confidence.HIGH)


def test_what_tests_deploy_is_of_low_confidence() -> None:
    (one,) = found({"tests/main.bicep": STORE.format(version="2023-05-01")})
    assert one.confidence is Confidence.LOW


def test_a_cache_whose_entra_authentication_is_off_gets_no_edit() -> None:
    cache = (
        'resource "azurerm_redis_cache" "cache" {{\n  name = "c"\n\n  redis_configuration {{\n'
        "    active_directory_authentication_enabled = {on}\n  }}\n}}\n"
    )
    (off,) = found({"main.tf": cache.format(on="false")}, "local-auth-on")
    (on,) = found({"main.tf": cache.format(on="true")}, "local-auth-on")
    assert (off.fix is None, on.fix is None) == (True, False)


def test_a_cosmos_account_whose_kind_is_not_known_is_left() -> None:
    text = (
        "param kind string\nresource db 'Microsoft.DocumentDB/databaseAccounts@2024-05-15' = {\n"
        "  name: 'db'\n  kind: kind\n}\n"
    )
    assert found({"main.bicep": text}, "local-auth-on") == []


def test_a_list_of_modes_is_on_where_keys_are_among_them() -> None:
    batch = 'resource "azurerm_batch_account" "b" {{\n  allowed_authentication_modes = [{modes}]\n}}\n'
    assert len(found({"main.tf": batch.format(modes='"AAD", "SharedKey"')}, "local-auth-on")) == 1
    assert found({"main.tf": batch.format(modes='"AAD"')}, "local-auth-on") == []


def test_a_linux_machine_of_arm_takes_passwords_where_it_does_not_say_no() -> None:
    text = (
        "resource vm 'Microsoft.Compute/virtualMachines@2024-03-01' = {{\n  name: 'vm'\n  properties: {{\n"
        "    osProfile: {{\n      adminUsername: 'a'\n{linux}    }}\n  }}\n}}\n"
    )
    silent = "      linuxConfiguration: {\n        provisionVMAgent: true\n      }\n"
    keys = "      linuxConfiguration: {\n        ssh: {\n          publicKeys: keys\n        }\n      }\n"
    (one,) = found({"main.bicep": text.format(linux=silent)}, "vm-password-authentication")
    (other,) = found(
        {"main.bicep": "param keys array\n" + text.format(linux=keys)}, "vm-password-authentication"
    )
    assert (one.fix is None, other.fix is None) == (True, False)
    assert found({"main.bicep": text.format(linux="")}, "vm-password-authentication") == []


def test_edits_are_offered_only_where_azure_takes_them_as_they_are() -> None:
    search = (
        "resource s 'Microsoft.Search/searchServices@2023-11-01' = {{\n  name: 's'\n  properties: {{\n"
        "    replicaCount: 1\n{more}  }}\n}}\n"
    )
    options = "    authOptions: {\n      apiKeyOnly: {}\n    }\n"
    ai = 'resource "azurerm_cognitive_account" "a" {{\n  name = "a"\n{more}}}\n'
    subdomain = '  custom_subdomain_name = "a"\n'
    cases = [
        ({"main.bicep": search.format(more="")}, True),
        ({"main.bicep": search.format(more=options)}, False),
        ({"main.tf": ai.format(more=subdomain)}, True),
        ({"main.tf": ai.format(more="")}, False),
    ]
    for files, offered in cases:
        (one,) = found(files, "local-auth-on")
        assert (one.fix is not None) is offered


def test_a_cluster_gets_an_edit_where_it_has_entra_integration() -> None:
    cluster = 'resource "azurerm_kubernetes_cluster" "c" {{\n  name = "c"\n{more}}}\n'
    entra = "\n  azure_active_directory_role_based_access_control {\n    azure_rbac_enabled = true\n  }\n"
    (without,) = found({"main.tf": cluster.format(more="")}, "cluster-local-accounts")
    (with_it,) = found({"main.tf": cluster.format(more=entra)}, "cluster-local-accounts")
    assert (without.fix is None, with_it.fix is None) == (True, False)


@pytest.mark.parametrize(("login", "offered"), [("", True), ('  administrator_login = "a"\n', False)])
def test_a_server_with_an_administrators_login_keeps_its_passwords(login: str, offered: bool) -> None:
    text = (
        f'resource "azurerm_postgresql_flexible_server" "a" {{\n  name = "a"\n{login}'
        "  authentication {\n    active_directory_auth_enabled = true\n    password_auth_enabled = true\n"
        "  }\n}\n"
    )
    (one,) = found({"main.tf": text}, "database-password-authentication")
    assert (one.fix is not None) is offered
