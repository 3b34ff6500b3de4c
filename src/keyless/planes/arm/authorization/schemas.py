"""The bodies of Microsoft.Authorization, in and out.

What an api-version does not know is left out of an answer: fields that are none or empty by default.

Source: Azure/azure-rest-api-specs, specification/authorization/resource-manager/Microsoft.Authorization
"""

from __future__ import annotations

from typing import Any

import msgspec


class PermissionShown(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A block of permissions."""

    actions: list[str]
    not_actions: list[str]
    data_actions: list[str] | None = None
    not_data_actions: list[str] | None = None
    condition: str | None = None
    condition_version: str | None = None


class DefinitionProperties(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What a role is; times are as `moment` writes them."""

    role_name: str
    type: str
    description: str
    assignable_scopes: list[str]
    permissions: list[PermissionShown]
    created_on: str | None = None
    updated_on: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


class DefinitionShown(msgspec.Struct, frozen=True, rename="camel"):
    """A role definition."""

    properties: DefinitionProperties
    id: str
    type: str
    name: str


class AskedPermission(msgspec.Struct, frozen=True, rename="camel"):
    """A block of permissions that a custom role is to have."""

    actions: list[str] | None = None
    not_actions: list[str] | None = None
    data_actions: list[str] | None = None
    not_data_actions: list[str] | None = None
    condition: Any = None


class AskedDefinitionProperties(msgspec.Struct, frozen=True, rename="camel"):
    """What a custom role is to be."""

    role_name: str | None = None
    type: str | None = None
    description: str | None = None
    assignable_scopes: list[str] | None = None
    permissions: list[AskedPermission] | None = None


class AskedDefinition(msgspec.Struct, frozen=True, rename="camel"):
    """A custom role as it is to be made or changed."""

    properties: AskedDefinitionProperties | None = None


class AssignmentProperties(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Who has which role, and where."""

    role_definition_id: str
    principal_id: str
    scope: str
    principal_type: str | None = None
    condition: str | None = None
    condition_version: str | None = None
    description: str | None = None
    created_on: str | None = None
    updated_on: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


class AssignmentShown(msgspec.Struct, frozen=True, rename="camel"):
    """A role assignment."""

    properties: AssignmentProperties
    id: str
    type: str
    name: str


class AskedAssignmentProperties(msgspec.Struct, frozen=True, rename="camel"):
    """Who is to have which role; the scope is the route's."""

    role_definition_id: str | None = None
    principal_id: str | None = None
    principal_type: str | None = None
    description: str | None = None
    condition: str | None = None
    condition_version: str | None = None


class AskedAssignment(msgspec.Struct, frozen=True, rename="camel"):
    """A role assignment as it is to be made or changed."""

    properties: AskedAssignmentProperties | None = None


class PrincipalShown(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Whom a deny assignment names."""

    id: str
    type: str
    display_name: str | None = None


class DenyProperties(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Who may not do what, and where."""

    deny_assignment_name: str
    description: str
    permissions: list[PermissionShown]
    scope: str
    do_not_apply_to_child_scopes: bool | None
    principals: list[PrincipalShown]
    exclude_principals: list[PrincipalShown]
    is_system_protected: bool | None
    condition: str | None = None
    condition_version: str | None = None
    created_on: str | None = None
    updated_on: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


class DenyShown(msgspec.Struct, frozen=True, rename="camel"):
    """A deny assignment."""

    properties: DenyProperties
    id: str
    type: str
    name: str


class OperationShown(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """An action of a resource provider."""

    name: str
    display_name: str
    is_data_action: bool | None


class ResourceTypeShown(msgspec.Struct, frozen=True, rename="camel"):
    """A resource type, with its actions."""

    name: str
    display_name: str
    operations: list[OperationShown]


class ProviderOperationsShown(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """The actions of a resource provider; of its types only where they are asked for."""

    id: str
    name: str
    type: str
    display_name: str
    operations: list[OperationShown]
    resource_types: list[ResourceTypeShown] | None = None
