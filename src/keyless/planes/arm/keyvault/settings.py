"""A vault from what its caller has written: made, or changed.

Rules:
- a vault is its tenant's, and stays where it was made, with the retention period (7 to 90 days) that it was
  made with; soft delete is always on, and purge protection is never switched off again;
- `enableRbacAuthorization` that is left out follows, when a vault is made, from the api-version; of a vault
  that is there it leaves things as they are. A vault of access policies has to say which it has;
- network rules and the like are kept and told as they were written, and have no effect here.

Pure. Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/create-or-update
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import structs, to_builtins

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.planes.arm.errors import InvalidContent, ResourceElsewhere
from keyless.planes.arm.keyvault.api_versions import has_rbac_by_default, knows
from keyless.planes.arm.keyvault.errors import Fixed, InvalidValue
from keyless.planes.arm.keyvault.policies import Policies, read_policies
from keyless.planes.arm.keyvault.schemas import PropertiesInput, VaultInput
from keyless.planes.arm.regions import plain
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.wire.errors import WireError

RETENTION_DAYS = range(7, 91)
DEFAULT_RETENTION_DAYS = 90
SKUS = frozenset({"standard", "premium"})
KEPT_AS_WRITTEN = (
    "enabledForDeployment",
    "enabledForDiskEncryption",
    "enabledForTemplateDeployment",
    "networkAcls",
    "publicNetworkAccess",
    "tokenBindingParameters",
)
"""Properties that are told as they were written, by their names on the wire."""


def made(resource: ResourceId, given: VaultInput, tenant_id: str, api_version: str, now: int) -> Vault:
    """A new vault.

    Raises:
        InvalidContent: something that it needs is missing, or has a value that it cannot have.
    """
    properties = _needed(given)
    if properties.tenant_id is None:
        raise InvalidValue("tenantId")
    if properties.sku is None:
        raise InvalidValue("sku")
    if given.location is None:
        raise InvalidContent(
            "The location property is required for this definition.", code="LocationRequired"
        )
    rbac = properties.enable_rbac_authorization
    blank = Vault(
        resource_id=resource.text,
        name=resource.name,
        location=plain(given.location),
        soft_delete_retention_days=properties.soft_delete_retention_in_days or DEFAULT_RETENTION_DAYS,
        enable_rbac_authorization=has_rbac_by_default(api_version) if rbac is None else rbac,
        created_on=now,
    )
    return replaced(blank, given, tenant_id, api_version, now)


def replaced(there: Vault, given: VaultInput, tenant_id: str, api_version: str, now: int) -> Vault:
    """A vault that is there and is written as a whole: what is left out is not there any more.

    Raises:
        InvalidContent: it cannot be changed like that.
    """
    vault = changed(there, given, tenant_id, api_version, now)
    if not vault.enable_rbac_authorization and _needed(given).access_policies is None:
        raise InvalidValue("accessPolicies")
    body = _as_written(_needed(given), api_version)
    return structs.replace(vault, tags=_tags(given) or {}, body=body)


def changed(there: Vault, given: VaultInput, tenant_id: str, api_version: str, now: int) -> Vault:
    """A vault that is there, with what is given in place of what it had.

    Raises:
        InvalidContent: it cannot be changed like that.
    """
    properties = given.properties or PropertiesInput()
    _check(there, given, properties, tenant_id)
    tags = _tags(given)
    return structs.replace(
        there,
        sku=there.sku if properties.sku is None else properties.sku.name.lower(),
        tags=there.tags if tags is None else tags,
        purge_protection=there.purge_protection or properties.enable_purge_protection is True,
        enable_rbac_authorization=_mode(there, properties),
        access_policies=_policies(there, properties, tenant_id),
        body=there.body | _as_written(properties, api_version),
        updated_on=now,
        learned=False,
    )


def changes_mode(there: Vault, given: VaultInput) -> bool:
    """Whether a change would have roles decide in place of access policies, or the reverse."""
    return _mode(there, given.properties or PropertiesInput()) != there.enable_rbac_authorization


def _needed(given: VaultInput) -> PropertiesInput:
    if given.properties is None:
        raise InvalidValue("properties")
    return given.properties


def _mode(there: Vault, properties: PropertiesInput) -> bool:
    wanted = properties.enable_rbac_authorization
    return there.enable_rbac_authorization if wanted is None else wanted


def _policies(there: Vault, properties: PropertiesInput, tenant_id: str) -> Policies:
    given = properties.access_policies
    return there.access_policies if given is None else read_policies(given, tenant_id)


def _tags(given: VaultInput) -> dict[str, str] | None:
    if given.tags is None:
        return None
    check_tags(given.tags)
    return cased_once(given.tags)


def _as_written(properties: PropertiesInput, api_version: str) -> dict[str, Any]:
    written = to_builtins(properties)
    return {
        name: written[name]
        for name in KEPT_AS_WRITTEN
        if written.get(name) is not None and knows(api_version, name)
    }


def _check(there: Vault, given: VaultInput, properties: PropertiesInput, tenant_id: str) -> None:
    """Refuse what no vault can be, or what this one cannot become."""
    for problem in _problems(there, given, properties, tenant_id):
        raise problem


def _problems(
    there: Vault, given: VaultInput, properties: PropertiesInput, tenant_id: str
) -> Iterator[WireError]:
    days = properties.soft_delete_retention_in_days
    if properties.tenant_id is not None and properties.tenant_id.casefold() != tenant_id.casefold():
        yield InvalidValue("tenantId")
    if properties.sku is not None and _is_no_sku(properties.sku.name, properties.sku.family):
        yield InvalidValue("sku")
    if days is not None and days not in RETENTION_DAYS:
        yield InvalidValue("softDeleteRetentionInDays")
    for check in (_elsewhere, _other_retention, _less_protection):
        problem = check(there, given, properties)
        if problem is not None:
            yield problem


def _is_no_sku(name: str, family: str) -> bool:
    return name.lower() not in SKUS or family.upper() != "A"


_Check = Callable[[Vault, VaultInput, PropertiesInput], WireError | None]


def _elsewhere(there: Vault, given: VaultInput, properties: PropertiesInput) -> WireError | None:
    if given.location is None or plain(given.location) == there.location:
        return None
    return ResourceElsewhere(there.name, there.location, given.location)


def _other_retention(there: Vault, given: VaultInput, properties: PropertiesInput) -> InvalidContent | None:
    days = properties.soft_delete_retention_in_days
    if days is None or days == there.soft_delete_retention_days:
        return None
    return Fixed('The property "softDeleteRetentionInDays" has been set already and it can\'t be modified.')


def _less_protection(there: Vault, given: VaultInput, properties: PropertiesInput) -> InvalidContent | None:
    if properties.enable_purge_protection is False:
        return Fixed(
            'The property "enablePurgeProtection" cannot be set to false. Enabling the purge protection for '
            "a vault is an irreversible action."
        )
    if properties.enable_soft_delete is False:
        return Fixed(
            'The property "enableSoftDelete" can be set to false only for creating new vault. Enabling the '
            "'soft delete' functionality is an irreversible action."
        )
    return None
