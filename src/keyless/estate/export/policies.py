"""Custom roles, deny assignments and management groups as an exported file writes them."""

from __future__ import annotations

from typing import Any

from keyless.estate.export.references import References
from keyless.estate.resolve.denies import EVERYONE
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.derived_ids import custom_role_id, deny_assignment_id
from keyless.model.estate import Estate
from keyless.model.management import ManagementGroup
from keyless.model.resource_id import ResourceId, subscription_scope
from keyless.model.resources import Tenant
from keyless.model.roles import Permission, RoleDefinition

Document = dict[str, Any]


def custom_roles_document(estate: Estate, references: References) -> Document:
    """Every custom role, by name."""
    return {role.name: _role(role, estate.tenant, references) for role in estate.custom_roles}


def denies_document(estate: Estate, references: References) -> list[Document]:
    """Every deny assignment."""
    return [_deny(deny, references) for deny in estate.denies]


def management_groups_document(estate: Estate) -> Document:
    """Every management group, by name."""
    return {group.name: _management_group(group, estate.tenant) for group in estate.management_groups}


def _role(role: RoleDefinition, tenant: Tenant, references: References) -> Document:
    document: Document = {}
    if role.id != custom_role_id(tenant, role.name):
        document["id"] = role.id
    if role.description:
        document["description"] = role.description
    first, *others = role.permissions or (Permission(),)
    document |= _permission(first)
    if others:
        document["permissions"] = [_permission(one) for one in others]
    if role.assignable_scopes != (subscription_scope(tenant.subscription_id).text,):
        scopes = map(ResourceId.parse, role.assignable_scopes)
        document["assignableScopes"] = [references.scope(scope) for scope in scopes]
    return document


def _deny(deny: DenyAssignment, references: References) -> Document:
    document: Document = {
        "name": deny.name,
        "scope": references.scope(deny.scope_id),
        "permissions": [_permission(one) for one in deny.permissions],
        "principals": [_principal(one, references) for one in deny.principals],
    }
    if deny.exclude_principals:
        document["excludePrincipals"] = [_principal(one, references) for one in deny.exclude_principals]
    if deny.do_not_apply_to_child_scopes:
        document["doNotApplyToChildScopes"] = True
    if deny.id != deny_assignment_id(deny.scope_id, deny.name):
        document["id"] = deny.id
    if deny.description:
        document["description"] = deny.description
    if deny.is_system_protected:
        document["isSystemProtected"] = True
    if deny.condition is not None:
        document["condition"] = deny.condition
    return document


def _principal(denied: DeniedPrincipal, references: References) -> Document | str:
    if denied == EVERYONE:
        return {"everyone": True}
    if denied.type != references.type_of(denied.id):
        return {"id": denied.id, "type": denied.type}
    return references.principal(denied.id)


def _permission(permission: Permission) -> Document:
    parts = {
        "actions": permission.actions,
        "notActions": permission.not_actions,
        "dataActions": permission.data_actions,
        "notDataActions": permission.not_data_actions,
    }
    return {key: list(patterns) for key, patterns in parts.items() if patterns}


def _management_group(group: ManagementGroup, tenant: Tenant) -> Document:
    document: Document = {}
    if group.display_name != group.name:
        document["displayName"] = group.display_name
    if group.parent is not None and group.parent.casefold() != tenant.tenant_id:
        document["parent"] = group.parent
    if group.subscriptions:
        document["subscriptions"] = [
            tenant.subscription_name if one == tenant.subscription_id else one for one in group.subscriptions
        ]
    return document
