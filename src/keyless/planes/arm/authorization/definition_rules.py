"""What a custom role must be to be made.

Rules:
- its name is unique in the tenant, and no built-in role's; there are at most 5,000;
- it has at least one assignable scope: a subscription, group or resource, or one management group, in full.
  The root and wildcards are none;
- it has one block of permissions, without a condition: Azure keeps more of them for itself;
- its actions are well-formed, each in the list of its own plane. The catalog is not complete, so that an
  action which it does not have is let pass, unless it has it on the other plane alone;
- with a management group among its scopes it has no data actions.

Messages are Azure's own where they are known.
Sources: https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-properties,
https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#custom-roles
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from keyless.catalog.limits import limits
from keyless.catalog.operations import is_known, known_actions
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane, action_matches
from keyless.model.management import management_group_scope
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.roles import Permission, RoleDefinition
from keyless.planes.arm.authorization.schemas import AskedDefinitionProperties, AskedPermission
from keyless.planes.arm.errors import InvalidContent
from keyless.wire.errors import Conflict, InvalidRequest

_ACTION = re.compile(r"[A-Za-z0-9.*_-]+(?:/[A-Za-z0-9.*_$()=,'-]+)*")
_CUSTOM = "CustomRole"
_LONGEST_NAME = 512
_LONGEST_DESCRIPTION = 2048
_MOST_SCOPES = 2000
_GROUPS = management_group_scope("").key[:3]


def asked_role(guid: str, properties: AskedDefinitionProperties) -> RoleDefinition:
    """The custom role that is asked for, by itself.

    Raises:
        InvalidContent: it cannot be one.
    """
    if properties.type is not None and properties.type.casefold() != _CUSTOM.casefold():
        raise InvalidContent(
            f"The role definition type '{properties.type[:32]}' is not valid: only '{_CUSTOM}' is written.",
            code="InvalidRoleDefinitionType",
        )
    scopes = _scopes(properties.assignable_scopes or ())
    block = _block(properties.permissions or ())
    _check_reach(block, scopes)
    return RoleDefinition(
        guid,
        _name(properties.role_name),
        (block,),
        custom=True,
        description=_description(properties.description),
        assignable_scopes=tuple(scope.text for scope in scopes),
    )


def check_beside(made: RoleDefinition, others: Iterable[RoleDefinition]) -> None:
    """Refuse a custom role whose name another has, or that there is no room for."""
    others = [other for other in others if other.id != made.id]
    name = made.name.casefold()
    if any(other.name.casefold() == name for other in (*built_in_roles(), *others)):
        raise Conflict(
            f"A custom role with the same name already exists in this directory: '{made.name}'. Use a "
            "different name.",
            code="RoleDefinitionWithSameNameExists",
        )
    most = limits().rbac.custom_roles_per_tenant
    if len(others) >= most:
        raise InvalidRequest(
            f"Role definition limit exceeded. No more role definitions can be created: there are {most}.",
            code="RoleDefinitionLimitExceeded",
        )


def _name(name: str | None) -> str:
    text = (name or "").strip()
    if not text:
        raise InvalidContent("The role definition name is missing.", code="RoleDefinitionNameNullOrEmpty")
    if len(text) > _LONGEST_NAME:
        raise InvalidContent(
            f"The role definition name has more than {_LONGEST_NAME} characters.",
            code="RoleDefinitionNameInvalid",
        )
    return text


def _description(description: str | None) -> str:
    text = description or ""
    if len(text) > _LONGEST_DESCRIPTION:
        raise InvalidContent(
            f"The description has more than {_LONGEST_DESCRIPTION} characters.", code="InvalidDescription"
        )
    return text


def _scopes(texts: Sequence[str]) -> list[ResourceId]:
    if not texts:
        raise InvalidContent(
            "The role definition must have at least one assignable scope.", code="MissingAssignableScopes"
        )
    if len(texts) > _MOST_SCOPES:
        raise InvalidContent(
            f"The role definition has more than {_MOST_SCOPES} assignable scopes.",
            code="TooManyAssignableScopes",
        )
    scopes = list(dict.fromkeys(_scope(text) for text in texts))
    if sum(is_management_group(scope) for scope in scopes) > 1:
        raise InvalidContent(
            "You can define only one management group in the assignable scopes of a custom role.",
            code="MultipleManagementGroupsNotAllowed",
        )
    return scopes


def _scope(text: str) -> ResourceId:
    """One assignable scope; raises InvalidContent where it is the root, has a wildcard, or is none."""
    try:
        scope = ResourceId.parse(text)
    except InvalidResourceId as error:
        raise _not_a_scope(text) from error
    if not scope.segments or "*" in text or not (is_management_group(scope) or scope.subscription_id):
        raise _not_a_scope(text)
    return scope


def _not_a_scope(text: str) -> InvalidContent:
    return InvalidContent(
        f"Property id '{text[:256]}' at path 'properties.assignableScopes' is invalid. Expect fully "
        "qualified resource Id that start with '/subscriptions/{subscriptionId}' or "
        "'/providers/Microsoft.Management/managementGroups/{groupId}'.",
        code="LinkedInvalidPropertyId",
    )


def is_management_group(scope: ResourceId) -> bool:
    """Whether a scope is a management group."""
    return scope.key[: len(_GROUPS)] == _GROUPS and len(scope.key) == len(_GROUPS) + 1


def _block(blocks: Sequence[AskedPermission]) -> Permission:
    if len(blocks) != 1 or blocks[0].condition is not None:
        raise InvalidContent(
            "A custom role has exactly one object in `permissions`, without a condition: put conditions on "
            "its assignments.",
            code="InvalidRoleDefinitionPermissions",
        )
    (asked,) = blocks
    return Permission(
        _actions(asked.actions, ActionPlane.CONTROL),
        _actions(asked.not_actions, ActionPlane.CONTROL),
        _actions(asked.data_actions, ActionPlane.DATA),
        _actions(asked.not_data_actions, ActionPlane.DATA),
    )


def _actions(texts: Sequence[str] | None, plane: ActionPlane) -> tuple[str, ...]:
    patterns = tuple(dict.fromkeys(text.strip() for text in texts or ()))
    for pattern in patterns:
        if _ACTION.fullmatch(pattern) is None or _is_of_the_other_plane(pattern, plane):
            code = "InvalidActionOrNotAction"
            raise InvalidContent(
                f"'{pattern[:256]}' does not match any of the actions supported by the providers.",
                code=code if plane is ActionPlane.CONTROL else "InvalidDataActionOrNotDataAction",
            )
    return patterns


def _is_of_the_other_plane(pattern: str, plane: ActionPlane) -> bool:
    """Whether the catalog knows actions that a pattern means, and none of them is of this plane."""
    other = ActionPlane.DATA if plane is ActionPlane.CONTROL else ActionPlane.CONTROL
    return _means_any(pattern, other) and not _means_any(pattern, plane)


def _means_any(pattern: str, plane: ActionPlane) -> bool:
    if "*" not in pattern:
        return is_known(plane, pattern)
    return any(action_matches(pattern, action) for action in known_actions(plane))


def _check_reach(block: Permission, scopes: Iterable[ResourceId]) -> None:
    if block.data_actions and any(is_management_group(scope) for scope in scopes):
        raise InvalidContent(
            "You cannot add data action permissions when you have a management group as an assignable scope",
            code="DataActionsNotAllowedAtManagementGroup",
        )
