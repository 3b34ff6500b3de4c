"""Key vaults and their access policies: `az keyvault show`, the REST API, templates.

A list of all resources tells of a vault only that it is there: whether roles or access policies decide in it
is then not known, and that is said.

Source: https://learn.microsoft.com/rest/api/keyvault/vaults/get
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup
from keyless.model.access_policies import PERMISSIONS, AccessPolicy, PolicyPermissions
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE, Vault

_PROPERTIES = (
    "soft_delete_retention_days",
    "purge_protection",
    "enable_rbac_authorization",
    "access_policies",
    "sku",
)
_DECIDES = ("enableRbacAuthorization", "accessPolicies", "vaultUri")


def read_vault(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A vault."""
    place = entry.resource_id()
    record = Vault(
        resource_id=place.text,
        name=place.name,
        location=entry.text("location"),
        soft_delete_retention_days=entry.number("softDeleteRetentionInDays", 90),
        purge_protection=entry.flag("enablePurgeProtection", False),
        enable_rbac_authorization=entry.flag("enableRbacAuthorization", False) if is_whole(entry) else True,
        access_policies=tuple(_policy(one, lookup) for one in entry.parts("accessPolicies")),
        sku=entry.part("sku").text("name", "standard").lower(),
        tags=entry.tags(),
    )
    said = ("resource_id", "location", "tags", "learned")
    yield Known(record, (*said, *_PROPERTIES) if is_whole(entry) else said, entry.rank)


def is_whole(entry: Entry) -> bool:
    """Whether an entry says who decides in the vault."""
    return any(entry.get(name) is not None for name in _DECIDES)


def read_policies(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """Access policies that are declared apart from their vault, and added to it."""
    place = entry.resource_id("vaultId") if entry.get("vaultId") else entry.resource_id()
    vault = place.ancestor_of_type(VAULT_TYPE)
    if vault is None:
        raise CannotRead("it does not say of which vault it is")
    if not entry.get("vaultId") and place.name.casefold() not in {"add", "replace"}:
        raise CannotRead("it takes policies away, which is a step and no state")
    policies = tuple(_policy(one, lookup) for one in entry.parts("accessPolicies"))
    yield Known(_only_policies(vault, policies), ("access_policies+",), entry.rank)


def _only_policies(vault: ResourceId, policies: tuple[AccessPolicy, ...]) -> Vault:
    return Vault(vault.text, vault.name, "", enable_rbac_authorization=False, access_policies=policies)


def _policy(entry: Entry, lookup: Lookup) -> AccessPolicy:
    granted = entry.part("permissions")
    kinds = {kind: _permissions(granted, kind) for kind in PERMISSIONS}
    application = entry.text("applicationId")
    return AccessPolicy(
        tenant_id=entry.guid("tenantId"),
        object_id=lookup.principal(entry, "objectId"),
        permissions=PolicyPermissions(**kinds),
        application_id=entry.guid("applicationId") if application else None,
    )


def _permissions(granted: Entry, kind: str) -> tuple[str, ...]:
    known = {*PERMISSIONS[kind], "all"}
    found = tuple(dict.fromkeys(one.casefold() for one in granted.texts(kind)))
    if not known.issuperset(found):
        raise CannotRead(f"an access policy has permissions for {kind} that there are not")
    return found
