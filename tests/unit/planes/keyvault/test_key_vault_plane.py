"""The plane itself: hosts, tokens, headers, and what its operations declare."""

from __future__ import annotations

import re

import pytest
from key_vault_caller import make_vault

from keyless.model.actions import ActionPlane
from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.object_schemas import ImportCertificateRequest
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
    "KeyVault.GetSecret": ("secrets/getSecret/action", "secrets/get", "/secrets/Db-Password"),
    "KeyVault.SetSecret": ("secrets/setSecret/action", "secrets/set", "/secrets/Db-Password"),
    "KeyVault.UpdateSecret": ("secrets/update/action", "secrets/set", "/secrets/Db-Password"),
    "KeyVault.GetSecrets": ("secrets/readMetadata/action", "secrets/list", ""),
    "KeyVault.GetSecretVersions": ("secrets/readMetadata/action", "secrets/list", "/secrets/Db-Password"),
    "KeyVault.DeleteSecret": ("secrets/delete", "secrets/delete", "/secrets/Db-Password"),
    "KeyVault.GetDeletedSecrets": ("secrets/readMetadata/action", "secrets/list", ""),
    "KeyVault.GetDeletedSecret": ("secrets/readMetadata/action", "secrets/get", "/secrets/Db-Password"),
    "KeyVault.RecoverDeletedSecret": ("secrets/recover/action", "secrets/recover", "/secrets/Db-Password"),
    "KeyVault.PurgeDeletedSecret": ("secrets/purge/action", "secrets/purge", "/secrets/Db-Password"),
    "KeyVault.BackupSecret": ("secrets/backup/action", "secrets/backup", "/secrets/Db-Password"),
    "KeyVault.RestoreSecret": ("secrets/restore/action", "secrets/restore", ""),
    "KeyVault.CreateKey": ("keys/create/action", "keys/create", "/keys/Db-Password"),
    "KeyVault.ImportKey": ("keys/import/action", "keys/import", "/keys/Db-Password"),
    "KeyVault.GetKey": ("keys/read", "keys/get", "/keys/Db-Password"),
    "KeyVault.UpdateKey": ("keys/update/action", "keys/update", "/keys/Db-Password"),
    "KeyVault.GetKeys": ("keys/read", "keys/list", ""),
    "KeyVault.GetKeyVersions": ("keys/read", "keys/list", "/keys/Db-Password"),
    "KeyVault.DeleteKey": ("keys/delete", "keys/delete", "/keys/Db-Password"),
    "KeyVault.BackupKey": ("keys/backup/action", "keys/backup", "/keys/Db-Password"),
    "KeyVault.RestoreKey": ("keys/restore/action", "keys/restore", ""),
    "KeyVault.RotateKey": ("keys/rotate/action", "keys/rotate", "/keys/Db-Password"),
    "KeyVault.ReleaseKey": ("keys/release/action", "keys/release", "/keys/Db-Password"),
    "KeyVault.GetKeyAttestation": ("keys/read", "keys/get", "/keys/Db-Password"),
    "KeyVault.GetDeletedKeys": ("keys/read", "keys/list", ""),
    "KeyVault.GetDeletedKey": ("keys/read", "keys/get", "/keys/Db-Password"),
    "KeyVault.RecoverDeletedKey": ("keys/recover/action", "keys/recover", "/keys/Db-Password"),
    "KeyVault.PurgeDeletedKey": ("keys/purge/action", "keys/purge", "/keys/Db-Password"),
    "KeyVault.GetKeyRotationPolicy": (
        "keyrotationpolicies/read",
        "keys/getrotationpolicy",
        "/keys/Db-Password",
    ),
    "KeyVault.UpdateKeyRotationPolicy": (
        "keyrotationpolicies/write",
        "keys/setrotationpolicy",
        "/keys/Db-Password",
    ),
    "KeyVault.Encrypt": ("keys/encrypt/action", "keys/encrypt", "/keys/Db-Password"),
    "KeyVault.Decrypt": ("keys/decrypt/action", "keys/decrypt", "/keys/Db-Password"),
    "KeyVault.WrapKey": ("keys/wrap/action", "keys/wrapkey", "/keys/Db-Password"),
    "KeyVault.UnwrapKey": ("keys/unwrap/action", "keys/unwrapkey", "/keys/Db-Password"),
    "KeyVault.Sign": ("keys/sign/action", "keys/sign", "/keys/Db-Password"),
    "KeyVault.Verify": ("keys/verify/action", "keys/verify", "/keys/Db-Password"),
    "KeyVault.GetRandomBytes": (None, None, ""),
    "KeyVault.CreateCertificate": (
        "certificates/create/action",
        "certificates/create",
        "/certificates/Db-Password",
    ),
    "KeyVault.GetCertificateOperation": (
        "certificates/read",
        "certificates/get",
        "/certificates/Db-Password",
    ),
    "KeyVault.UpdateCertificateOperation": (
        "certificates/update/action",
        "certificates/update",
        "/certificates/Db-Password",
    ),
    "KeyVault.DeleteCertificateOperation": (
        "certificates/update/action",
        "certificates/update",
        "/certificates/Db-Password",
    ),
    "KeyVault.MergeCertificate": (
        "certificates/create/action",
        "certificates/create",
        "/certificates/Db-Password",
    ),
    "KeyVault.GetCertificatePolicy": ("certificates/read", "certificates/get", "/certificates/Db-Password"),
    "KeyVault.UpdateCertificatePolicy": (
        "certificates/update/action",
        "certificates/update",
        "/certificates/Db-Password",
    ),
    "KeyVault.GetCertificateIssuers": ("certificatecas/read", "certificates/listissuers", ""),
    "KeyVault.SetCertificateIssuer": ("certificatecas/write", "certificates/setissuers", ""),
    "KeyVault.GetCertificateIssuer": ("certificatecas/read", "certificates/getissuers", ""),
    "KeyVault.UpdateCertificateIssuer": ("certificatecas/write", "certificates/setissuers", ""),
    "KeyVault.DeleteCertificateIssuer": ("certificatecas/delete", "certificates/deleteissuers", ""),
    "KeyVault.SetCertificateContacts": ("certificatecontacts/write", "certificates/managecontacts", ""),
    "KeyVault.GetCertificateContacts": ("certificatecontacts/write", "certificates/managecontacts", ""),
    "KeyVault.DeleteCertificateContacts": ("certificatecontacts/write", "certificates/managecontacts", ""),
    "KeyVault.ImportCertificate": (
        "certificates/import/action",
        "certificates/import",
        "/certificates/Db-Password",
    ),
    "KeyVault.GetCertificate": ("certificates/read", "certificates/get", "/certificates/Db-Password"),
    "KeyVault.GetCertificates": ("certificates/read", "certificates/list", ""),
    "KeyVault.GetCertificateVersions": (
        "certificates/read",
        "certificates/list",
        "/certificates/Db-Password",
    ),
    "KeyVault.UpdateCertificate": (
        "certificates/update/action",
        "certificates/update",
        "/certificates/Db-Password",
    ),
    "KeyVault.DeleteCertificate": ("certificates/delete", "certificates/delete", "/certificates/Db-Password"),
    "KeyVault.BackupCertificate": (
        "certificates/backup/action",
        "certificates/backup",
        "/certificates/Db-Password",
    ),
    "KeyVault.RestoreCertificate": ("certificates/restore/action", "certificates/restore", ""),
    "KeyVault.GetDeletedCertificates": ("certificates/read", "certificates/list", ""),
    "KeyVault.GetDeletedCertificate": ("certificates/read", "certificates/get", "/certificates/Db-Password"),
    "KeyVault.RecoverDeletedCertificate": (
        "certificates/recover/action",
        "certificates/recover",
        "/certificates/Db-Password",
    ),
    "KeyVault.PurgeDeletedCertificate": (
        "certificates/purge/action",
        "certificates/purge",
        "/certificates/Db-Password",
    ),
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
    assert access.actions == (() if action is None else (f"Microsoft.KeyVault/vaults/{action}",))
    assert bool(access.actions) != bool(access.reason)
    assert access.plane is ActionPlane.DATA
    assert access.access_policy == permission
    vault = make_vault()
    names = dict.fromkeys(("secret_name", "key_name", "certificate_name"), "Db-Password")
    assert access.scope(vault, names).text == vault.resource_id + scope


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_an_operation_says_where_it_comes_from(operation: Operation) -> None:
    assert re.match(
        r"https://learn\.microsoft\.com/rest/api/keyvault/(secrets|keys|certificates)/", operation.spec
    )
    assert operation.summary
    assert operation.errors


def test_what_holds_a_value_does_not_show_it(vault: Vault) -> None:
    attributes = ObjectAttributes(True, 0, 0, "Recoverable")
    for holder in (
        SetSecretRequest("horse"),
        SecretBundle("id", attributes, "horse"),
        BackupResult("horse"),
        RestoreRequest("horse"),
        ImportCertificateRequest("horse"),
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
