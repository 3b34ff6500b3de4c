"""Roles of Cosmos DB for what was seen of an account's data.

Rules:
- a role is given at the narrowest place where something was used: the container, the database, the account;
  the policy may say to give it further up;
- what a wider place already gives to somebody is not given again further down;
- of the built-in roles the narrower one is chosen that covers what was used. Where the policy lets roles be
  proposed, and that grants more than was used, a role of the account's own with exactly what was used;
- `readMetadata` is in every role, because each client asks it first;
- where that alone was used at a wider place, and no role of one's own may be made, none is given there: the
  built-in role would let everything below be read.

Source: https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import structs

from keyless.catalog.native_roles import (
    COSMOS_ACCOUNT,
    COSMOS_BUILT_IN,
    COSMOS_METADATA,
    CosmosRole,
    cosmos_action,
)
from keyless.model.estate import derived_guid
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.plan.native.quoting import NotWritten, shell
from keyless.plan.native.today import CosmosAssignment
from keyless.plan.policy.native import CosmosLevel
from keyless.plan.problem import Subject
from keyless.plan.results.native import NativeGrant, NativeSystem
from keyless.plan.wording import counted, listed

_DATABASE, _CONTAINER = f"{COSMOS_ACCOUNT}/sqlDatabases", f"{COSMOS_ACCOUNT}/sqlDatabases/containers"
_TYPES: Mapping[CosmosLevel, tuple[str, ...]] = {
    CosmosLevel.ACCOUNT: (COSMOS_ACCOUNT,),
    CosmosLevel.DATABASE: (_DATABASE, COSMOS_ACCOUNT),
    CosmosLevel.CONTAINER: (_CONTAINER, _DATABASE, COSMOS_ACCOUNT),
}


@dataclass(slots=True)
class _Place:
    """What one principal used at one place."""

    principal_id: str
    scope: ResourceId
    used: dict[str, int] = field(default_factory=dict)


def cosmos_grants(
    observations: Iterable[Observation],
    subjects: Mapping[str, Subject],
    level: CosmosLevel,
    *,
    own_roles: bool,
    include_denied: bool,
    today: Collection[CosmosAssignment] = (),
) -> list[NativeGrant]:
    """The grants for uses of Cosmos DB's data; ``subjects`` are by case-folded id, ``today`` what is."""
    grants: list[NativeGrant] = []
    given: list[tuple[_Place, CosmosRole]] = []
    made: set[str] = set()
    for place in _places(observations, level, include_denied=include_denied):
        needed = {action: count for action, count in place.used.items() if not _has(given, place, action)}
        if not needed:
            continue
        role = _role(place.scope, needed, own_roles=own_roles)
        if role is None:
            continue
        given.append((place, role))
        subject = subjects.get(guid_key(place.principal_id))
        if subject is not None:
            grant = _grant(place, needed, role, subject, is_new=role.id not in made)
            is_there = _key(place, role) in today
            grants.append(structs.replace(grant, exists=True, commands=(), undo=()) if is_there else grant)
            made.add(role.id)
    return grants


def left_over(
    grants: Iterable[NativeGrant], today: Iterable[CosmosAssignment], subjects: Mapping[str, Subject]
) -> Iterator[str]:
    """What to say of the assignments that there are and the plan does not have, of those that it is for."""
    planned = {
        (guid_key(one.principal.principal_id), ResourceId.parse(one.scope), one.within, one.role)
        for one in grants
    }
    for one in sorted(today, key=lambda each: (each.account.key, each.path, each.principal_id)):
        subject = subjects.get(one.principal_id)
        names = (one.role_name, _own_name(one.role_id))
        keys = {(one.principal_id, one.account, one.path, name) for name in names}
        if subject is not None and not keys & planned:
            yield (
                f"`{subject.name}` has the role `{one.role_name}` of Cosmos DB in `{one.path}` of "
                f"`{one.account.name}`, which the plan does not need: take it away once its grants hold"
            )


def _own_name(role_id: str) -> str:
    """What a role that a plan proposes is called."""
    return f"Least data access {role_id[:8]}"


def _key(place: _Place, role: CosmosRole) -> CosmosAssignment:
    account = place.scope.ancestor_of_type(COSMOS_ACCOUNT) or place.scope
    return CosmosAssignment(guid_key(place.principal_id), role.id, account, _path(place.scope, account))


def _places(observations: Iterable[Observation], level: CosmosLevel, *, include_denied: bool) -> list[_Place]:
    """What was used where, wider places before those in them."""
    found: dict[tuple[str, ResourceId], _Place] = {}
    for seen in observations:
        action = cosmos_action(seen.action)
        if action is None or (seen.outcome is Outcome.DENIED and not include_denied):
            continue
        scope = _at(seen.scope_id, level)
        place = found.setdefault((guid_key(seen.principal_id), scope), _Place(seen.principal_id, scope))
        place.used[action] = place.used.get(action, 0) + seen.count
    return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1].key))]


def _at(scope: ResourceId, level: CosmosLevel) -> ResourceId:
    for resource_type in _TYPES[level]:
        found = scope.ancestor_of_type(resource_type)
        if found is not None:
            return found
    return scope


def _has(given: Iterable[tuple[_Place, CosmosRole]], place: _Place, action: str) -> bool:
    """Whether a wider place gives the action to the same principal already."""
    return any(
        guid_key(one.principal_id) == guid_key(place.principal_id)
        and one.scope.contains(place.scope)
        and role.grants(action)
        for one, role in given
    )


def _role(scope: ResourceId, needed: Mapping[str, int], *, own_roles: bool) -> CosmosRole | None:
    actions = tuple(sorted({COSMOS_METADATA, *needed}))
    best = next(role for role in COSMOS_BUILT_IN if all(map(role.grants, actions)))
    if own_roles and len(best.granted) > len(actions):
        account = scope.ancestor_of_type(COSMOS_ACCOUNT) or scope
        role_id = derived_guid("cosmosRoleDefinition", account.text, *actions)
        return CosmosRole(role_id, _own_name(role_id), actions)
    if set(needed) == {COSMOS_METADATA} and not scope.is_type(_CONTAINER):
        return None
    return best


def _grant(
    place: _Place, needed: Mapping[str, int], role: CosmosRole, subject: Subject, *, is_new: bool
) -> NativeGrant:
    excess = tuple(one for one in role.granted if one not in needed and one != COSMOS_METADATA)
    account = place.scope.ancestor_of_type(COSMOS_ACCOUNT) or place.scope
    try:
        commands, undo = _commands(place.scope, account, role, subject, is_new=is_new)
    except NotWritten:
        commands, undo = (), ()
    return NativeGrant(
        principal=subject,
        system=NativeSystem.COSMOS_DB,
        scope=account.text,
        within=_path(place.scope, account),
        role=role.name,
        commands=commands,
        undo=undo,
        reason=_reason(needed, role, excess),
        used=tuple(sorted(needed)),
        excess=excess,
    )


def _path(scope: ResourceId, account: ResourceId) -> str:
    """The place within the account, as Cosmos DB writes it: `/dbs/orders/colls/items`."""
    names = scope.segments[len(account.segments) + 1 :: 2]
    return "".join(f"/{kind}/{name}" for kind, name in zip(("dbs", "colls"), names, strict=False)) or "/"


def _commands(
    scope: ResourceId, account: ResourceId, role: CosmosRole, subject: Subject, *, is_new: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What makes the grant, and what takes it back; the first that needs a definition makes that too."""
    at = (
        *("--account-name", account.name, "--resource-group", account.resource_group or ""),
        *("--subscription", account.subscription_id or ""),
    )
    path = _path(scope, account)
    given_id = derived_guid("cosmosRoleAssignment", subject.principal_id, role.id, account.text, path)
    assignment = (
        *("az", "cosmosdb", "sql", "role", "assignment", "create", *at, "--role-assignment-id", given_id),
        *("--role-definition-id", role.id, "--scope", path, "--principal-id", subject.principal_id),
    )
    back = (
        "az",
        "cosmosdb",
        "sql",
        "role",
        "assignment",
        "delete",
        *at,
        "--role-assignment-id",
        given_id,
        "--yes",
    )
    if role in COSMOS_BUILT_IN or not is_new:
        return (shell(*assignment),), (shell(*back),)
    define = ("az", "cosmosdb", "sql", "role", "definition", "create", *at, "--body", _definition(role))
    forget = ("az", "cosmosdb", "sql", "role", "definition", "delete", *at, "--id", role.id, "--yes")
    return (shell(*define), shell(*assignment)), (shell(*back), shell(*forget))


def _definition(role: CosmosRole) -> str:
    body = {
        "Id": role.id,
        "RoleName": role.name,
        "Type": "CustomRole",
        "AssignableScopes": ["/"],
        "Permissions": [{"DataActions": list(role.data_actions)}],
    }
    return json.dumps(body, separators=(",", ":"))


def _reason(needed: Mapping[str, int], role: CosmosRole, excess: tuple[str, ...]) -> str:
    used = listed([f"`{one.rpartition('databaseAccounts/')[2]}`" for one in sorted(needed)])
    count = counted(sum(needed.values()), "time")
    if role not in COSMOS_BUILT_IN:
        return f"{used} used, {count} in all; a role of the account's own with exactly that"
    besides = counted(len(excess), "data action")
    return f"{used} used, {count} in all; the narrowest built-in role of Cosmos DB, with {besides} besides"
