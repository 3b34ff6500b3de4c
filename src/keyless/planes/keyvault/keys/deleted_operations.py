"""Operations on deleted keys.

Source: https://learn.microsoft.com/rest/api/keyvault/keys/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.keys import rendering
from keyless.planes.keyvault.keys.errors import DeletedKeyNotFound, KeyNotFound
from keyless.planes.keyvault.keys.schemas import DeletedKeyBundle, DeletedKeyListResult, KeyBundle
from keyless.planes.keyvault.objects.access import on_all, on_one, vault_of
from keyless.planes.keyvault.objects.errors import ObjectIsManaged, PurgeProtected
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/keys/"


@operation(
    id="KeyVault.GetDeletedKeys",
    route="GET /deletedkeys",
    api_versions=KEY_VAULT,
    access=on_all("keys", "read", "list"),
    response=DeletedKeyListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-keys/get-deleted-keys",
)
async def get_deleted_keys(call: Authorized[None], vaults: KeyVault) -> DeletedKeyListResult:
    """List a vault's deleted keys."""
    vault, paging = vault_of(call), Paging.of(call, "/deletedkeys")
    page = await vaults.keys.deleted.page(vault, paging, now=call.now)
    items = [rendering.deleted_item(vault, deleted, call.api_version) for deleted in page.items]
    return DeletedKeyListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.GetDeletedKey",
    route="GET /deletedkeys/{key_name}",
    api_versions=KEY_VAULT,
    access=on_one("keys", "read", "get"),
    response=DeletedKeyBundle,
    errors=(DeletedKeyNotFound,),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-key/get-deleted-key",
)
async def get_deleted_key(call: Authorized[None], vaults: KeyVault) -> DeletedKeyBundle:
    """Show a deleted key."""
    vault = vault_of(call)
    deleted = await vaults.keys.deleted.find(vault, call.params["key_name"], now=call.now)
    return rendering.deleted_bundle(vault, deleted, call.api_version)


@operation(
    id="KeyVault.RecoverDeletedKey",
    route="POST /deletedkeys/{key_name}/recover",
    api_versions=KEY_VAULT,
    access=on_one("keys", "recover/action", "recover"),
    response=KeyBundle,
    errors=(KeyNotFound, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "recover-deleted-key/recover-deleted-key",
)
async def recover_deleted_key(call: Authorized[None], vaults: KeyVault) -> KeyBundle:
    """Bring a deleted key back, with all its versions."""
    vault = vault_of(call)
    key = await vaults.keys.deleted.recover(vault, call.params["key_name"], now=call.now)
    return rendering.bundle(vault, key, call.api_version)


@operation(
    id="KeyVault.PurgeDeletedKey",
    route="DELETE /deletedkeys/{key_name}",
    api_versions=KEY_VAULT,
    access=on_one("keys", "purge/action", "purge"),
    errors=(DeletedKeyNotFound, PurgeProtected, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "purge-deleted-key/purge-deleted-key",
)
async def purge_deleted_key(call: Authorized[None], vaults: KeyVault) -> Reply:
    """Remove a deleted key for good."""
    await vaults.keys.deleted.purge(vault_of(call), call.params["key_name"], now=call.now)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    get_deleted_keys,
    get_deleted_key,
    recover_deleted_key,
    purge_deleted_key,
)
