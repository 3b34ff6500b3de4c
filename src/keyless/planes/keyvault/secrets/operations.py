"""Operations on live secrets.

Source: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
"""

from __future__ import annotations

from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.api_versions import KEY_VAULT, has
from keyless.planes.keyvault.objects.access import vault_of
from keyless.planes.keyvault.objects.backups import read_backup, written_backup
from keyless.planes.keyvault.objects.errors import (
    ObjectDisabled,
    ObjectExists,
    ObjectIsDeleted,
    ObjectIsManaged,
)
from keyless.planes.keyvault.objects.schemas import BackupResult, RestoreRequest
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.secrets import rendering
from keyless.planes.keyvault.secrets.access import on_secret, on_vault
from keyless.planes.keyvault.secrets.attributes import of_backup, of_secret_to_be
from keyless.planes.keyvault.secrets.errors import SecretNotFound
from keyless.planes.keyvault.secrets.formats import checked_format, in_format
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.schemas import (
    DeletedSecretItem,
    SecretBundle,
    SecretListResult,
    SetSecretRequest,
    UpdateSecretRequest,
)
from keyless.planes.keyvault.secrets.service import Secret
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import CREATES, OTHERS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/secrets/"


@operation(
    id="KeyVault.GetSecret",
    route=("GET /secrets/{secret_name}", "GET /secrets/{secret_name}/{secret_version}"),
    api_versions=KEY_VAULT,
    access=on_secret("getSecret/action", "get"),
    query_params=("outcontenttype",),
    response=SecretBundle,
    errors=(SecretNotFound, ObjectDisabled, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "get-secret/get-secret",
)
async def get_secret(call: Authorized[None], vaults: KeyVault) -> SecretBundle:
    """Read one version of a secret; no version means the newest."""
    params, vault = call.params, vault_of(call)
    wanted = None
    if "outcontenttype" in params and has("secret.outContentType", call.api_version):
        wanted = checked_format(params["outcontenttype"])
    secret = await vaults.secrets.get(
        vault, params["secret_name"], params.get("secret_version"), now=call.now
    )
    if wanted is not None:
        secret = Secret(secret.name, in_format(secret.version, wanted))
    return rendering.bundle(vault, secret, call.api_version, value=True)


@operation(
    id="KeyVault.SetSecret",
    route="PUT /secrets/{secret_name}",
    api_versions=KEY_VAULT,
    access=on_secret("setSecret/action", "set", of_secret_to_be),
    body=SetSecretRequest,
    response=SecretBundle,
    errors=(InvalidRequest, ObjectIsDeleted, ObjectIsManaged),
    counts=CREATES,
    spec=_SPEC + "set-secret/set-secret",
)
async def set_secret(call: Authorized[SetSecretRequest], vaults: KeyVault) -> SecretBundle:
    """Set a secret's value, which makes a new version of it."""
    vault = vault_of(call)
    value = SecretText(call.body.value)
    secret = await vaults.secrets.set(
        vault, call.params["secret_name"], value, _properties(call.body), now=call.now
    )
    return rendering.bundle(vault, secret, call.api_version, value=True)


@operation(
    id="KeyVault.UpdateSecret",
    route=("PATCH /secrets/{secret_name}", "PATCH /secrets/{secret_name}/{secret_version}"),
    api_versions=KEY_VAULT,
    access=on_secret("update/action", "set"),
    body=UpdateSecretRequest,
    response=SecretBundle,
    errors=(InvalidRequest, SecretNotFound, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "update-secret/update-secret",
)
async def update_secret(call: Authorized[UpdateSecretRequest], vaults: KeyVault) -> SecretBundle:
    """Change the properties of one version of a secret; no version means the newest."""
    vault, params = vault_of(call), call.params
    changes = _properties(call.body)
    secret = await vaults.secrets.update(
        vault, params["secret_name"], params.get("secret_version"), changes, now=call.now
    )
    return rendering.bundle(vault, secret, call.api_version)


def _properties(request: SetSecretRequest | UpdateSecretRequest) -> SecretProperties:
    attributes = request.attributes
    if attributes is None:
        return SecretProperties(request.content_type, request.tags)
    return SecretProperties(
        request.content_type, request.tags, attributes.enabled, attributes.not_before, attributes.expires
    )


@operation(
    id="KeyVault.GetSecrets",
    route="GET /secrets",
    api_versions=KEY_VAULT,
    access=on_vault("readMetadata/action", "list"),
    response=SecretListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-secrets/get-secrets",
)
async def get_secrets(call: Authorized[None], vaults: KeyVault) -> SecretListResult:
    """List a vault's secrets, without values."""
    vault, paging = vault_of(call), Paging.of(call, "/secrets")
    page = await vaults.secrets.page(vault, paging)
    items = [rendering.item(vault, secret, call.api_version) for secret in page.items]
    return SecretListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.GetSecretVersions",
    route="GET /secrets/{secret_name}/versions",
    api_versions=KEY_VAULT,
    access=on_secret("readMetadata/action", "list"),
    response=SecretListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-secret-versions/get-secret-versions",
)
async def get_secret_versions(call: Authorized[None], vaults: KeyVault) -> SecretListResult:
    """List the versions of a secret, without values."""
    vault, name = vault_of(call), call.params["secret_name"]
    paging = Paging.of(call, f"/secrets/{name}/versions")
    page = await vaults.secrets.page_of_versions(vault, name, paging)
    items = [rendering.item(vault, secret, call.api_version, with_version=True) for secret in page.items]
    return SecretListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.DeleteSecret",
    route="DELETE /secrets/{secret_name}",
    api_versions=KEY_VAULT,
    access=on_secret("delete", "delete"),
    response=DeletedSecretItem,
    errors=(SecretNotFound, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "delete-secret/delete-secret",
)
async def delete_secret(call: Authorized[None], vaults: KeyVault) -> DeletedSecretItem:
    """Delete a secret with all its versions, so that it can be recovered."""
    vault = vault_of(call)
    deleted = await vaults.secrets.deleted.delete(vault, call.params["secret_name"], now=call.now)
    return rendering.deleted_item(vault, deleted, call.api_version, with_version=True)


@operation(
    id="KeyVault.BackupSecret",
    route="POST /secrets/{secret_name}/backup",
    api_versions=KEY_VAULT,
    access=on_secret("backup/action", "backup"),
    response=BackupResult,
    errors=(SecretNotFound, ObjectIsManaged, InvalidRequest),
    counts=OTHERS,
    spec=_SPEC + "backup-secret/backup-secret",
)
async def backup_secret(call: Authorized[None], vaults: KeyVault) -> BackupResult:
    """Give out a sealed copy of a secret with all its versions."""
    backup = await vaults.secrets.backups.take(vault_of(call), call.params["secret_name"])
    return BackupResult(written_backup(backup))


@operation(
    id="KeyVault.RestoreSecret",
    route="POST /secrets/restore",
    api_versions=KEY_VAULT,
    access=on_vault("restore/action", "restore", of_backup),
    body=RestoreRequest,
    response=SecretBundle,
    errors=(InvalidRequest, ObjectExists, ObjectIsDeleted),
    counts=OTHERS,
    spec=_SPEC + "restore-secret/restore-secret",
)
async def restore_secret(call: Authorized[RestoreRequest], vaults: KeyVault) -> SecretBundle:
    """Write a backed-up secret into a vault; its name is in the backup."""
    vault = vault_of(call)
    secret = await vaults.secrets.backups.restore(vault, read_backup(call.body.value), now=call.now)
    return rendering.bundle(vault, secret, call.api_version)


OPERATIONS: tuple[Operation, ...] = (
    get_secret,
    set_secret,
    update_secret,
    get_secrets,
    get_secret_versions,
    delete_secret,
    backup_secret,
    restore_secret,
)
