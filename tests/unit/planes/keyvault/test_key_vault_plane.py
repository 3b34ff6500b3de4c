"""The plane itself: hosts, tokens, headers, and what its operations declare."""

from __future__ import annotations

import pytest
from key_vault_caller import make_vault

from keyless.model.actions import ActionPlane
from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.access import vault_of
from keyless.planes.keyvault.objects.schemas import BackupResult, ObjectAttributes, RestoreRequest
from keyless.planes.keyvault.plane import OPERATIONS, answer_headers
from keyless.planes.keyvault.secrets.schemas import SecretBundle, SetSecretRequest
from keyless.wire.call import MINT, Authorized
from keyless.wire.errors import Bug
from keyless.wire.operation import Operation, Requires
from keyless.wire.plane import Plane
from keyless.wire.request import HeaderMap, Request

EXPECTED = {
    "KeyVault.GetSecret": ("getSecret/action", "get", "secret"),
    "KeyVault.SetSecret": ("setSecret/action", "set", "secret"),
    "KeyVault.UpdateSecret": ("update/action", "set", "secret"),
    "KeyVault.GetSecrets": ("readMetadata/action", "list", "vault"),
    "KeyVault.GetSecretVersions": ("readMetadata/action", "list", "secret"),
    "KeyVault.DeleteSecret": ("delete", "delete", "secret"),
    "KeyVault.GetDeletedSecrets": ("readMetadata/action", "list", "vault"),
    "KeyVault.GetDeletedSecret": ("readMetadata/action", "get", "secret"),
    "KeyVault.RecoverDeletedSecret": ("recover/action", "recover", "secret"),
    "KeyVault.PurgeDeletedSecret": ("purge/action", "purge", "secret"),
    "KeyVault.BackupSecret": ("backup/action", "backup", "secret"),
    "KeyVault.RestoreSecret": ("restore/action", "restore", "vault"),
}


@pytest.mark.parametrize(
    "host",
    [
        "contoso-orders.vault.azure.net",
        "Contoso-Orders.vault.azure.net:443",
        "contoso-orders.vault.azure.net.",
    ],
)
async def test_a_vaults_host_name_leads_to_it(plane: Plane, vault: Vault, host: str) -> None:
    assert await plane.locate(host) == vault


@pytest.mark.parametrize(
    "host",
    [
        "unknown.vault.azure.net",
        "vault.azure.net",
        ".vault.azure.net",
        "a.contoso-orders.vault.azure.net",
        "contoso-orders.vault.azure.net.example.org",
        "contoso-orders.azconfig.io",
        "contoso-orders",
        "",
    ],
)
async def test_other_host_names_lead_nowhere(plane: Plane, host: str) -> None:
    assert await plane.locate(host) is None


def test_tokens_are_for_the_resource_without_a_slash(plane: Plane, vault: Vault) -> None:
    assert plane.audiences(vault) == {"https://vault.azure.net", "cfa8b339-82a2-471a-a3c9-0fc0be7a4093"}


def test_a_method_can_be_named_in_a_header(plane: Plane) -> None:
    assert plane.method_override


def request_with(headers: dict[str, str]) -> Request:
    return Request(
        "GET", "contoso-orders.vault.azure.net", "/secrets", "", HeaderMap(headers), 0, "request-7"
    )


def test_every_answer_names_its_request_and_the_region(vault: Vault) -> None:
    headers = dict(answer_headers(request_with({}), vault))
    assert headers["x-ms-request-id"] == "request-7"
    assert headers["x-ms-keyvault-region"] == "westeurope"
    assert headers["x-ms-keyvault-service-version"]
    assert headers["cache-control"] == "no-cache"
    assert "x-ms-client-request-id" not in headers


def test_the_clients_request_id_is_echoed(vault: Vault) -> None:
    headers = answer_headers(request_with({"x-ms-client-request-id": "mine"}), vault)
    assert ("x-ms-client-request-id", "mine") in headers


def test_headers_added_to_one_answer_do_not_reach_the_next(vault: Vault) -> None:
    answer_headers(request_with({}), vault).append(("x-stray", "1"))
    assert "x-stray" not in dict(answer_headers(request_with({}), vault))


def test_the_operations_are_these() -> None:
    assert {operation.id for operation in OPERATIONS} == set(EXPECTED)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_requires_its_data_action_at_its_scope(operation: Operation) -> None:
    action, permission, scope = EXPECTED[operation.id]
    access = operation.access
    assert isinstance(access, Requires)
    assert access.actions == (f"Microsoft.KeyVault/vaults/secrets/{action}",)
    assert access.plane is ActionPlane.DATA
    assert access.access_policy == f"secrets/{permission}"
    vault = make_vault()
    expected = vault.resource_id + ("/secrets/Db-Password" if scope == "secret" else "")
    assert access.scope(vault, {"secret_name": "Db-Password"}).text == expected


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_says_where_it_comes_from(operation: Operation) -> None:
    assert operation.spec.startswith("https://learn.microsoft.com/rest/api/keyvault/secrets/")
    assert operation.summary
    assert operation.errors


def test_what_holds_a_value_does_not_show_it(vault: Vault) -> None:
    attributes = ObjectAttributes(True, 0, 0, "Recoverable")
    for holder in (
        SetSecretRequest("horse"),
        SecretBundle("id", attributes, "horse"),
        BackupResult("horse"),
        RestoreRequest("horse"),
    ):
        assert "horse" not in repr(holder)


def test_a_call_for_no_vault_is_a_bug() -> None:
    call: Authorized[None] = Authorized(
        MINT,
        request=request_with({}),
        resource=None,
        params={},
        body=None,
        api_version="7.4",
        caller=None,
        workload=None,
    )
    with pytest.raises(Bug):
        vault_of(call)
