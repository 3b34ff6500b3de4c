"""Role assignments that scripts make, with `az` or `New-AzRoleAssignment`.

Rules:
- a role is what is written after `--role`, by its name or id; a variable is not followed;
- a principal is who the command looked up that a variable was set by (`$(az ad signed-in-user show …)`);
- a scope is told by how far its path goes; a variable by its name only where that says it
  (`subscription_id`); without one it is the resource group that is named, and else the subscription;
- the principal of `create-for-rbac` is a service principal that it makes.

Source: https://learn.microsoft.com/cli/azure/role/assignment, https://learn.microsoft.com/cli/azure/ad/sp
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.deployed.deployed import Told, Value
from keyless.assess.deployed.grants import Grant, ScopeKind
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Command,
    Expr,
    Items,
    Joined,
    Literal,
    Name,
    Repeat,
    Statement,
    text_of,
    within,
)
from keyless.assess.syntax.span import Place
from keyless.catalog.roles import role_by_id, role_named
from keyless.model.roles import RoleDefinition

_CREATES = "role assignment create"
_FOR_RBAC = "ad sp create-for-rbac"
_CMDLET = "new-azroleassignment"
_MARK = "\x00"


def script_grants(repository: Repository) -> tuple[Grant, ...]:
    """The assignments that scripts make: `repository.view(script_grants)`."""
    return tuple(grant for command in repository.view(az_commands) if (grant := _grant(command)) is not None)


def _grant(command: AzCommand) -> Grant | None:
    if (command.tool, command.path) == ("az", _CREATES):
        return _made(command, command.one("role"), _principal(command), _given_scope(command))
    if (command.tool, command.path) == ("az", _FOR_RBAC) and command.has("role"):
        return _made(command, command.one("role"), None, _given_scope(command))
    if command.path == _CMDLET and not command.tool:
        role = command.one("roledefinitionname", "roledefinitionid")
        return _made(command, role, _principal(command), _given_scope(command))
    return None


def _made(command: AzCommand, role: Expr | None, principal: Expr | None, scope: ScopeKind) -> Grant | None:
    found, by_name = _role(text_of(role))
    if found is None:
        return None
    head = Place(command.within.unit.path, command.command.span)
    return Grant(
        head=head,
        place=head,
        role=found,
        role_name=found.name,
        by_name=by_name,
        principal=principal,
        principal_type=_type(command, head),
        to="",
        scope=scope,
        at="",
        condition=command.has("condition"),
    )


def _role(text: str | None) -> tuple[RoleDefinition | None, bool]:
    """The role that a text names or whose id it has, and whether it is a name."""
    if text is None:
        return None, False
    by_id = role_by_id(text)
    return (by_id, False) if by_id is not None else (role_named(text), True)


_PRINCIPALS = (
    "assignee",
    "assignee-object-id",
    "objectid",
    "applicationid",
    "serviceprincipalname",
    "signinname",
)


def _principal(command: AzCommand) -> Expr | None:
    """Who gets it: what a variable of the script was set to, where that says more."""
    given = command.one(*_PRINCIPALS)
    names = [one.id for one in within(given) if isinstance(one, Name)] if given is not None else []
    set_to = _set_in(command.within.unit.body, names[0]) if len(names) == 1 else None
    return given if set_to is None else set_to


def _set_in(body: tuple[Statement, ...], name: str) -> Expr | None:
    """All that a variable is set to in a script by commands, wherever that stands."""
    found: list[Expr] = []
    waiting = list(body)
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, Assign) and isinstance(one.target, Name) and one.target.id == name:
            commands = within(one.value) if one.value is not None else ()
            if one.value is not None and any(isinstance(part, Command) for part in commands):
                found.append(one.value)
        elif isinstance(one, Block | Repeat):
            waiting.extend(one.body)
    return Items(found[0].span, tuple(found)) if found else None


def _type(command: AzCommand, head: Place) -> Value:
    if command.path == _FOR_RBAC or command.has("serviceprincipalname", "applicationid"):
        return Value(Told.WRITTEN, head, "ServicePrincipal")
    if command.has("signinname"):
        return Value(Told.WRITTEN, head, "User")
    written = command.one("assignee-principal-type", "objecttype")
    text = text_of(written)
    if text is None:
        return Value(Told.ABSENT if written is None else Told.UNKNOWN, head)
    return Value(Told.WRITTEN, head, text)


def _given_scope(command: AzCommand) -> ScopeKind:
    scopes = command.all("scope", "scopes")
    if scopes:
        return min((_level(one) for one in scopes), key=_WIDEST.index)
    if command.has("resource-group", "g", "resourcegroupname"):
        return ScopeKind.RESOURCE_GROUP
    return ScopeKind.SUBSCRIPTION


_WIDEST = (
    ScopeKind.MANAGEMENT_GROUP,
    ScopeKind.SUBSCRIPTION,
    ScopeKind.RESOURCE_GROUP,
    ScopeKind.RESOURCE,
    ScopeKind.OBJECT,
    ScopeKind.UNKNOWN,
)


def _level(scope: Expr) -> ScopeKind:
    """How far the path of a scope goes; parts that are not plain count as one segment."""
    if isinstance(scope, Name):
        return _by_name(scope.id)
    text = "".join(_texts(scope)).casefold()
    if "/managementgroups/" in text:
        return ScopeKind.MANAGEMENT_GROUP
    if "/providers/" in text:
        return ScopeKind.RESOURCE
    if "/resourcegroups/" in text:
        return ScopeKind.RESOURCE_GROUP
    segments = [one for one in text.split("/") if one]
    return ScopeKind.SUBSCRIPTION if len(segments) == 2 and segments[0] == "subscriptions" else _only(scope)


def _only(scope: Expr) -> ScopeKind:
    names = [one.id for one in within(scope) if isinstance(one, Name)]
    alone = isinstance(scope, Joined) and len(scope.parts) == 1 and len(names) == 1
    return _by_name(names[0]) if alone else ScopeKind.UNKNOWN


def _by_name(name: str) -> ScopeKind:
    plain = name.casefold().replace("_", "")
    if "subscription" in plain and "group" not in plain:
        return ScopeKind.SUBSCRIPTION
    if "managementgroup" in plain:
        return ScopeKind.MANAGEMENT_GROUP
    if plain in {"groupid", "resourcegroupid", "rgid", "resourcegroup"}:
        return ScopeKind.RESOURCE_GROUP
    return ScopeKind.UNKNOWN


def _texts(scope: Expr) -> Iterator[str]:
    parts = scope.parts if isinstance(scope, Joined) else (scope,)
    for part in parts:
        plain = isinstance(part, Literal) and isinstance(part.value, str)
        yield str(part.value) if plain and isinstance(part, Literal) else _MARK
