"""An immutable picture of who may do what, compiled from roles, assignments, denies, groups and hierarchy.

A snapshot never changes: when an assignment does, a new one is made and swapped in whole. Decisions may
therefore be remembered for as long as a snapshot lives, and never across two. A new one that differs in a few
role assignments shares everything else with the one that it was made from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from keyless.authz.decide import (
    AccessRequest,
    Allowed,
    Decision,
    Denied,
    Deny,
    Grant,
    Role,
    decide,
)
from keyless.authz.groups import NO_GROUPS, Memberships, PrincipalIds
from keyless.authz.guards import guard_of
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.authz.permissions import Permissions
from keyless.model.denies import DenyAssignment
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition

ByPrincipal = Mapping[str, tuple[Grant, ...]]


class Snapshot:
    """Assignments indexed by principal; asks ``decide`` only about those that name the caller."""

    def __init__(
        self,
        grants: ByPrincipal,
        denies: Iterable[Deny] = (),
        memberships: Memberships = NO_GROUPS,
        hierarchy: Hierarchy = FLAT,
    ) -> None:
        self._grants = grants
        self.denies = tuple(sorted(denies, key=lambda deny: deny.assignment.id))
        self._denies_of_all = [deny for deny in self.denies if deny.principal_keys is None]
        self._denies_of: dict[str, list[Deny]] = {}
        for deny in self.denies:
            for key in deny.principal_keys or ():
                self._denies_of.setdefault(key, []).append(deny)
        self.memberships = memberships
        self.hierarchy = hierarchy

    @property
    def grants(self) -> Iterator[Grant]:
        """Every role assignment whose role is known."""
        return (grant for grants in self._grants.values() for grant in grants)

    def principal_ids(self, principal_id: str) -> PrincipalIds:
        """A principal's own id and those of its groups: whom a request of its is asked for."""
        return self.memberships.principal_ids(principal_id)

    def grants_of(self, principal_ids: Iterable[str]) -> list[Grant]:
        """Every assignment that names one of the principals, in the order in which they are asked."""
        keys = sorted(set(map(guid_key, principal_ids)))
        return [grant for key in keys for grant in self._grants.get(key, ())]

    def denies_of(self, principal_ids: frozenset[str]) -> list[Deny]:
        """Every deny assignment that names everyone, or one of the ids (written as they compare)."""
        if not self._denies_of:
            return self._denies_of_all
        named = (deny for key in sorted(principal_ids) for deny in self._denies_of.get(key, ()))
        return [*self._denies_of_all, *named]

    def decide(self, request: AccessRequest) -> Decision:
        """The decision on one request."""
        grants, denies = self._asked(request.principal_ids), self.denies_of(request.principal_ids)
        if not grants and not denies:
            return Denied()
        return decide(request, denies, grants, self.hierarchy)

    def decide_below(self, request: AccessRequest) -> Decision:
        """Whether the action is allowed at the scope or at some scope below it, existing or to come.

        A deny that does not apply to child scopes leaves room below its own scope, and so takes nothing.
        """
        grants = self._asked(request.principal_ids)
        denies = self.denies_of(request.principal_ids)
        denies = [deny for deny in denies if not deny.assignment.do_not_apply_to_child_scopes]
        conditional = False
        decision: Decision = Denied()
        for scope in self._places(request.scope, grants):
            decision = decide(replace(request, scope=scope), denies, grants, self.hierarchy)
            conditional = conditional or decision.conditional
            if isinstance(decision, Allowed):
                break
        return replace(decision, conditional=conditional)

    def grants_below(self, request: AccessRequest) -> list[Grant]:
        """What allows the action at the scope, else what does so at the widest scopes below it."""
        found: list[Grant] = []
        for scope in sorted(self._places(request.scope, self._asked(request.principal_ids)), key=_depth):
            decision = self.decide(replace(request, scope=scope))
            if isinstance(decision, Allowed):
                if scope == request.scope:
                    return [decision.by]
                if not any(self.hierarchy.covers(one.scope, scope) for one in found):
                    found.append(decision.by)
        return found

    def with_assignments(
        self, gone: Iterable[RoleAssignment], come: Iterable[RoleAssignment], roles: Mapping[str, Role]
    ) -> Snapshot:
        """The snapshot without some role assignments and with others; what else there is, is shared."""
        gone_ids = {guid_key(assignment.id): guid_key(assignment.principal_id) for assignment in gone}
        added = _by_principal(_grants(come, roles))
        grants = dict(self._grants)
        for key in {*gone_ids.values(), *added}:
            kept = [grant for grant in grants.get(key, ()) if guid_key(grant.assignment.id) not in gone_ids]
            grants[key] = _in_order([*kept, *added.get(key, ())])
            if not grants[key]:
                del grants[key]
        return Snapshot(grants, self.denies, self.memberships, self.hierarchy)

    def with_all_assignments(
        self, assignments: Iterable[RoleAssignment], roles: Mapping[str, Role]
    ) -> Snapshot:
        """The snapshot with these role assignments and no others."""
        grants = _by_principal(_grants(assignments, roles))
        return Snapshot(grants, self.denies, self.memberships, self.hierarchy)

    def with_denies(self, denies: Iterable[DenyAssignment]) -> Snapshot:
        """The snapshot with these deny assignments and no others."""
        return Snapshot(self._grants, map(compile_deny, denies), self.memberships, self.hierarchy)

    def with_memberships(self, memberships: Memberships) -> Snapshot:
        """The snapshot with other groups."""
        return Snapshot(self._grants, self.denies, memberships, self.hierarchy)

    def with_hierarchy(self, hierarchy: Hierarchy) -> Snapshot:
        """The snapshot with other management groups."""
        return Snapshot(self._grants, self.denies, self.memberships, hierarchy)

    def _asked(self, principal_ids: frozenset[str]) -> list[Grant] | tuple[Grant, ...]:
        """The assignments of ids that are written as they compare."""
        if len(principal_ids) == 1:
            (only,) = principal_ids
            return self._grants.get(only, ())
        return [grant for key in sorted(principal_ids) for grant in self._grants.get(key, ())]

    def _places(self, scope: ResourceId, grants: Iterable[Grant]) -> Iterator[ResourceId]:
        """A scope, and the scopes below it at which something is granted."""
        yield scope
        below = {grant.scope: None for grant in grants if self.hierarchy.covers(scope, grant.scope)}
        yield from below


def _depth(scope: ResourceId) -> int:
    return len(scope.key)


def compile_snapshot(
    assignments: Iterable[RoleAssignment],
    roles: Mapping[str, RoleDefinition] | Iterable[RoleDefinition],
    denies: Iterable[DenyAssignment] = (),
    memberships: Memberships = NO_GROUPS,
    hierarchy: Hierarchy = FLAT,
) -> Snapshot:
    """Join assignments with their roles (by id); an assignment of an unknown role grants nothing."""
    given = roles.values() if isinstance(roles, Mapping) else roles
    empty = Snapshot({}, map(compile_deny, denies), memberships, hierarchy)
    return empty.with_all_assignments(assignments, compile_roles(given))


def compile_roles(definitions: Iterable[RoleDefinition]) -> dict[str, Role]:
    """Role definitions made ready, by id as ids compare."""
    return {guid_key(definition.id): Role.of(definition) for definition in definitions}


def compile_deny(assignment: DenyAssignment) -> Deny:
    """A deny assignment made ready."""
    return Deny(
        assignment,
        Permissions(assignment.permissions),
        assignment.scope_id,
        None if assignment.is_for_all else frozenset(guid_key(one.id) for one in assignment.principals),
        frozenset(guid_key(one.id) for one in assignment.exclude_principals),
        guard_of(assignment.condition, assignment.condition_version),
    )


def _grants(assignments: Iterable[RoleAssignment], roles: Mapping[str, Role]) -> Iterator[Grant]:
    """Assignments joined with their roles; ids and scopes that many have are kept once."""
    scopes: dict[str, ResourceId] = {}
    keys: dict[str, str] = {}
    for assignment in assignments:
        role = roles.get(guid_key(assignment.role_definition_id))
        if role is None:
            continue
        scope = scopes.get(assignment.scope)
        if scope is None:
            scope = scopes[assignment.scope] = assignment.scope_id.interned()
        key = guid_key(assignment.principal_id)
        guard = guard_of(assignment.condition, assignment.condition_version)
        yield Grant(assignment, role, scope, keys.setdefault(key, key), guard)


def _by_principal(grants: Iterable[Grant]) -> dict[str, tuple[Grant, ...]]:
    found: dict[str, list[Grant]] = {}
    for grant in grants:
        found.setdefault(grant.principal_key, []).append(grant)
    return {key: _in_order(several) for key, several in found.items()}


def _in_order(grants: list[Grant]) -> tuple[Grant, ...]:
    return tuple(sorted(grants, key=lambda grant: grant.assignment.id)) if len(grants) > 1 else tuple(grants)
