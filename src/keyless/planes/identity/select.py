"""Which identity a token request means.

Rules:
- an identity is named by its client id, its object (principal) id or its ARM id, by at most one of them;
  all compare without case;
- only identities of the resource that the workload runs as are found: one that belongs to another resource
  is as unknown as one that does not exist;
- with none named, the system-assigned identity is meant. Where there is none, hosts differ (`HostRules`);
- a host that offers no choice refuses a request that makes one, rather than give another identity's token.

Pure: what the resource has is given.

Sources: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
and https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, ManagedIdentity


class IdKind(enum.Enum):
    """The three ways to name an identity."""

    CLIENT = "client_id"
    OBJECT = "object_id"
    RESOURCE = "msi_res_id"


PARAMETERS = {
    "client_id": IdKind.CLIENT,
    "clientid": IdKind.CLIENT,
    "object_id": IdKind.OBJECT,
    "principal_id": IdKind.OBJECT,
    "msi_res_id": IdKind.RESOURCE,
    "mi_res_id": IdKind.RESOURCE,
    "resource_id": IdKind.RESOURCE,
}
"""The query parameters that name an identity: every name that a host documents or a client library sends."""


@dataclass(frozen=True, slots=True)
class Named:
    """An identity as a request names it."""

    kind: IdKind
    value: str


@dataclass(frozen=True, slots=True)
class HostRules:
    """What hosts differ in.

    ``lone_user_assigned``: with none named and no system-assigned identity, the only user-assigned one is
    meant. ``system_assigned_by_id``: the system-assigned identity may be named by its ids. ``choice``: an
    identity may be named at all.
    """

    lone_user_assigned: bool
    system_assigned_by_id: bool
    choice: bool = True


RULES: Mapping[HostKind, HostRules] = {
    HostKind.APP_SERVICE: HostRules(lone_user_assigned=False, system_assigned_by_id=False),
    HostKind.VM: HostRules(lone_user_assigned=True, system_assigned_by_id=True),
    HostKind.ARC: HostRules(lone_user_assigned=True, system_assigned_by_id=True),
    HostKind.SERVICE_FABRIC: HostRules(lone_user_assigned=True, system_assigned_by_id=True),
    HostKind.AML: HostRules(lone_user_assigned=True, system_assigned_by_id=True),
    HostKind.CLOUD_SHELL: HostRules(lone_user_assigned=True, system_assigned_by_id=True, choice=False),
}
"""By the kinds of host that have an endpoint of their own."""


class Refusal(enum.Enum):
    """Why a request means no identity."""

    NO_CHOICE = "an identity named where there is no choice"
    SEVERAL_NAMED = "several identities named"
    UNKNOWN = "no such identity here"
    AMBIGUOUS = "several user-assigned identities and none named"
    NONE = "no identity to fall back to"


class SelectionRefused(Exception):
    """A request that means no identity: ``why``."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(why.value)
        self.why = why


def named_identity(parameters: Iterable[tuple[str, str]]) -> Named | None:
    """The identity that a request's parameters (lower-case name, value) name; none where none does.

    The same identity named twice in the same way is named once. An empty `clientid` names none: the Go client
    sends it where it knows no identity.

    Raises:
        SelectionRefused: they name more than one.
    """
    named = {
        Named(PARAMETERS[name], value.strip().rstrip("/").casefold())
        for name, value in parameters
        if name in PARAMETERS and (value or name != "clientid")
    }
    if len(named) > 1:
        raise SelectionRefused(Refusal.SEVERAL_NAMED)
    return next(iter(named), None)


def select_identity(
    compute: ComputeResource,
    user_assigned: Sequence[ManagedIdentity],
    named: Named | None,
    rules: HostRules,
) -> ManagedIdentity:
    """The identity meant, among those that ``compute`` has; ``user_assigned`` are the records of those given.

    Raises:
        SelectionRefused: none is.
    """
    if named is not None and not rules.choice:
        raise SelectionRefused(Refusal.NO_CHOICE)
    if named is None:
        return _default(compute.system_assigned, user_assigned, rules)
    candidates = list(user_assigned)
    if rules.system_assigned_by_id and compute.system_assigned is not None:
        candidates.append(compute.system_assigned)
    for identity in candidates:
        if _id_of(identity, named.kind).casefold() == named.value:
            return identity
    raise SelectionRefused(Refusal.UNKNOWN)


def _default(
    system_assigned: ManagedIdentity | None, user_assigned: Sequence[ManagedIdentity], rules: HostRules
) -> ManagedIdentity:
    if system_assigned is not None:
        return system_assigned
    if not rules.lone_user_assigned or not user_assigned:
        raise SelectionRefused(Refusal.NONE)
    if len(user_assigned) > 1:
        raise SelectionRefused(Refusal.AMBIGUOUS)
    return user_assigned[0]


def _id_of(identity: ManagedIdentity, kind: IdKind) -> str:
    return {
        IdKind.CLIENT: identity.client_id,
        IdKind.OBJECT: identity.principal_id,
        IdKind.RESOURCE: identity.resource_id,
    }[kind]
