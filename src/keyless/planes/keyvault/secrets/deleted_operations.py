"""Operations on deleted secrets.

Source: https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups
"""

from __future__ import annotations

from keyless.planes.keyvault.api_versions import KEY_VAULT
from keyless.planes.keyvault.objects.access import vault_of
from keyless.planes.keyvault.objects.errors import ObjectDisabled, ObjectIsManaged, PurgeProtected
from keyless.planes.keyvault.paging import Paging
from keyless.planes.keyvault.secrets import rendering
from keyless.planes.keyvault.secrets.access import on_secret, on_vault
from keyless.planes.keyvault.secrets.errors import DeletedSecretNotFound, SecretNotFound
from keyless.planes.keyvault.secrets.schemas import DeletedSecretItem, DeletedSecretListResult, SecretBundle
from keyless.planes.keyvault.service import KeyVault
from keyless.planes.keyvault.transactions import OTHERS
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_SPEC = "https://learn.microsoft.com/rest/api/keyvault/secrets/"


@operation(
    id="KeyVault.GetDeletedSecrets",
    route="GET /deletedsecrets",
    api_versions=KEY_VAULT,
    access=on_vault("readMetadata/action", "list"),
    response=DeletedSecretListResult,
    errors=(InvalidRequest,),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-secrets/get-deleted-secrets",
)
async def get_deleted_secrets(call: Authorized[None], vaults: KeyVault) -> DeletedSecretListResult:
    """List a vault's deleted secrets."""
    vault, paging = vault_of(call), Paging.of(call, "/deletedsecrets")
    page = await vaults.secrets.deleted.page(vault, paging, now=call.now)
    items = [rendering.deleted_item(vault, deleted, call.api_version) for deleted in page.items]
    return DeletedSecretListResult(items, paging.next_link(vault, page.after))


@operation(
    id="KeyVault.GetDeletedSecret",
    route="GET /deletedsecrets/{secret_name}",
    api_versions=KEY_VAULT,
    access=on_secret("readMetadata/action", "get"),
    response=DeletedSecretItem,
    errors=(DeletedSecretNotFound, ObjectDisabled),
    counts=OTHERS,
    spec=_SPEC + "get-deleted-secret/get-deleted-secret",
)
async def get_deleted_secret(call: Authorized[None], vaults: KeyVault) -> DeletedSecretItem:
    """Show a deleted secret, without its value."""
    vault = vault_of(call)
    deleted = await vaults.secrets.get_deleted(vault, call.params["secret_name"], now=call.now)
    return rendering.deleted_item(vault, deleted, call.api_version, with_version=True)


@operation(
    id="KeyVault.RecoverDeletedSecret",
    route="POST /deletedsecrets/{secret_name}/recover",
    api_versions=KEY_VAULT,
    access=on_secret("recover/action", "recover"),
    response=SecretBundle,
    errors=(SecretNotFound, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "recover-deleted-secret/recover-deleted-secret",
)
async def recover_deleted_secret(call: Authorized[None], vaults: KeyVault) -> SecretBundle:
    """Bring a deleted secret back, with all its versions."""
    vault = vault_of(call)
    secret = await vaults.secrets.deleted.recover(vault, call.params["secret_name"], now=call.now)
    return rendering.bundle(vault, secret, call.api_version)


@operation(
    id="KeyVault.PurgeDeletedSecret",
    route="DELETE /deletedsecrets/{secret_name}",
    api_versions=KEY_VAULT,
    access=on_secret("purge/action", "purge"),
    errors=(DeletedSecretNotFound, PurgeProtected, ObjectIsManaged),
    counts=OTHERS,
    spec=_SPEC + "purge-deleted-secret/purge-deleted-secret",
)
async def purge_deleted_secret(call: Authorized[None], vaults: KeyVault) -> Reply:
    """Remove a deleted secret for good."""
    await vaults.secrets.deleted.purge(vault_of(call), call.params["secret_name"], now=call.now)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    get_deleted_secrets,
    get_deleted_secret,
    recover_deleted_secret,
    purge_deleted_secret,
)
