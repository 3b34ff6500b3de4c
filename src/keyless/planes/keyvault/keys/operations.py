"""Operations on live keys, as far as they manage them.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT, has
from keyless.planes.keyvault.keys import rendering
from keyless.planes.keyvault.keys.bodies import properties
from keyless.planes.keyvault.keys.errors import HardwareNotAllowed, KeyNotFound
from keyless.planes.keyvault.keys.material.make import key_spec
from keyless.planes.keyvault.keys.schemas import (
    CreateKeyRequest,
    DeletedKeyBundle,
    ImportKeyRequest,
    KeyBundle,
    KeyListResult,
    UpdateKeyRequest,
)
from keyless.planes.keyvault.keys.weights import KEY_USES, NEW_KEYS
from keyless.planes.keyvault.objects.access import on_all, on_one, vault_of
from keyless.planes.keyvault.objects.backups import read_backup, written_backup
from keyless.planes.keyvault.objects.errors import ObjectExists, ObjectIsDeleted, ObjectIsManaged
from keyless.planes.keyvault.objects.schemas import BackupResult, RestoreRequest
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import CREATES, OTHERS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keys/"


@operation(
    id="KeyVault.CreateKey",
    route="POST /keys/{key_name}/create",
    api_versions=KEY_VAULT,
    access=on_one("keys", "create/action", "create"),
    body=CreateKeyRequest,
    response=KeyBundle,
    errors=(InvalidRequest, HardwareNotAllowed, ObjectIsDeleted, ObjectIsManaged),
    counts=NEW_KEYS,
    spec=_SPEC + "create-key/create-key",
)
async def create_key(call: Authorized[CreateKeyRequest], vaults: KeyVault) -> KeyBundle:
    """Make a key, or a new version of one."""
    vault, body = vault_of(call), call.body
    exponent = body.public_exponent if has("key.public_exponent", call.api_version) else None
    spec = key_spec(body.kty, body.key_size, body.crv, exponent)
    given = properties(body, body.key_ops, call.api_version)
    key = await vaults.keys.create(vault, call.params["key_name"], spec, given, now=call.now)
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.ImportKey",
    route="PUT /keys/{key_name}",
    api_versions=KEY_VAULT,
    access=on_one("keys", "import/action", "import"),
    body=ImportKeyRequest,
    response=KeyBundle,
    errors=(InvalidRequest, HardwareNotAllowed, ObjectIsDeleted, ObjectIsManaged),
    counts=CREATES,
    spec=_SPEC + "import-key/import-key",
)
async def import_key(call: Authorized[ImportKeyRequest], vaults: KeyVault) -> KeyBundle:
    """Take a key that was made elsewhere, in full, as a key or a new version of one."""
    vault, body = vault_of(call), call.body
    given = properties(body, body.key.key_ops, call.api_version)
    key = await vaults.keys.import_key(
        vault, call.params["key_name"], body.key, given, hsm=bool(body.hsm), now=call.now
    )
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.GetKey",
    route=("GET /keys/{key_name}", "GET /keys/{key_name}/{key_version}"),
    api_versions=KEY_VAULT,
    access=on_one("keys", "read", "get"),
    response=KeyBundle,
    errors=(KeyNotFound,),
    counts=KEY_USES,
    spec=_SPEC + "get-key/get-key",
)
async def get_key(call: Authorized[None], vaults: KeyVault) -> KeyBundle:
    """Read the public part of one version of a key; no version means the newest."""
    vault, params = vault_of(call), call.params
    key = await vaults.keys.find(vault, params["key_name"], params.get("key_version"), now=call.now)
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.UpdateKey",
    route=("PATCH /keys/{key_name}", "PATCH /keys/{key_name}/{key_version}"),
    api_versions=KEY_VAULT,
    access=on_one("keys", "update/action", "update"),
    body=UpdateKeyRequest,
    response=KeyBundle,
    errors=(InvalidRequest, KeyNotFound, ObjectIsManaged),
    counts=KEY_USES,
    spec=_SPEC + "update-key/update-key",
)
async def update_key(call: Authorized[UpdateKeyRequest], vaults: KeyVault) -> KeyBundle:
    """Change the properties of one version of a key; no version means the newest."""
    vault, params = vault_of(call), call.params
    changes = properties(call.body, call.body.key_ops, call.api_version)
    key = await vaults.keys.update(
        vault, params["key_name"], params.get("key_version"), changes, now=call.now
    )
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.GetKeys",
    route="GET /keys",
    api_versions=KEY_VAULT,
    access=on_all("keys", "read", "list"),
    response=KeyListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-keys/get-keys",
)
async def get_keys(call: Authorized[None], vaults: KeyVault) -> KeyListResult:
    """List a vault's keys."""
    vault, paging = vault_of(call), Paging.of(call, "/keys")
    page = await vaults.keys.page(vault, paging)
    items = [rendering.item(vault, key, call.api_version) for key in page.items]
    return KeyListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.GetKeyVersions",
    route="GET /keys/{key_name}/versions",
    api_versions=KEY_VAULT,
    access=on_one("keys", "read", "list"),
    response=KeyListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-key-versions/get-key-versions",
)
async def get_key_versions(call: Authorized[None], vaults: KeyVault) -> KeyListResult:
    """List the versions of a key."""
    vault, name = vault_of(call), call.params["key_name"]
    paging = Paging.of(call, f"/keys/{name}/versions")
    page = await vaults.keys.page_of_versions(vault, name, paging)
    items = [rendering.item(vault, key, call.api_version, with_version=True) for key in page.items]
    return KeyListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.DeleteKey",
    route="DELETE /keys/{key_name}",
    api_versions=KEY_VAULT,
    access=on_one("keys", "delete", "delete"),
    response=DeletedKeyBundle,
    errors=(KeyNotFound, ObjectIsManaged),
    counts=KEY_USES,
    spec=_SPEC + "delete-key/delete-key",
)
async def delete_key(call: Authorized[None], vaults: KeyVault) -> DeletedKeyBundle:
    """Delete a key with all its versions, so that it can be recovered."""
    vault = vault_of(call)
    deleted = await vaults.keys.deleted.delete(vault, call.params["key_name"], now=call.now)
    return rendering.deleted_bundle(vault, deleted, call.api_version)


@operation(
    id="KeyVault.BackupKey",
    route="POST /keys/{key_name}/backup",
    api_versions=KEY_VAULT,
    access=on_one("keys", "backup/action", "backup"),
    response=BackupResult,
    errors=(KeyNotFound, InvalidRequest, ObjectIsManaged),
    counts=KEY_USES,
    spec=_SPEC + "backup-key/backup-key",
)
async def backup_key(call: Authorized[None], vaults: KeyVault) -> BackupResult:
    """Give out a sealed copy of a key with all its versions."""
    backup = await vaults.keys.backups.take(vault_of(call), call.params["key_name"])
    return BackupResult(written_backup(backup))


@operation(
    id="KeyVault.RestoreKey",
    route="POST /keys/restore",
    api_versions=KEY_VAULT,
    access=on_all("keys", "restore/action", "restore"),
    body=RestoreRequest,
    response=KeyBundle,
    errors=(InvalidRequest, ObjectExists, ObjectIsDeleted),
    counts=OTHERS,
    spec=_SPEC + "restore-key/restore-key",
)
async def restore_key(call: Authorized[RestoreRequest], vaults: KeyVault) -> KeyBundle:
    """Write a backed-up key into a vault; its name is in the backup."""
    vault = vault_of(call)
    key = await vaults.keys.backups.restore(vault, read_backup(call.body.value), now=call.now)
    return rendering.bundle(vault, key, call.api_version)


OPERATIONS: tuple[Operation, ...] = (
    create_key,
    import_key,
    get_key,
    update_key,
    get_keys,
    get_key_versions,
    delete_key,
    backup_key,
    restore_key,
)
