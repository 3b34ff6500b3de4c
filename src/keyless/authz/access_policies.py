"""The decision of a vault that is not in RBAC mode: does an entry of its access policies give the permission?

Rules:
- the answer is no unless an entry says yes; role assignments and deny assignments are not looked at;
- an entry counts in its own tenant, for its own principal or for the members of the group that it names;
- one with an application id (a compound identity) counts only where a user asks through that very
  application, which acts on behalf of the user: never for the application alone, nor for the user through
  another one;
- `all` stands for every permission of its kind but `purge`, which is only ever given by its own name;
- several entries add up, and none takes anything away.

Sources: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy,
https://learn.microsoft.com/azure/key-vault/general/authentication (compound identities)
Left to others: expanding groups into principal ids, verifying who calls, recording the outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from keyless.model.access_policies import ALL, PERMISSIONS, PURGE, AccessPolicy
from keyless.model.identities import Principal, PrincipalKind


def settling_policy(
    policies: Iterable[AccessPolicy], caller: Principal, principal_ids: Collection[str], needed: str
) -> AccessPolicy | None:
    """The first entry that gives a caller a permission such as `secrets/get`; none where none does.

    ``principal_ids`` are the caller's own id and those of its groups.
    """
    folded = frozenset(one.casefold() for one in principal_ids)
    return next((one for one in policies if counts_for(one, caller, folded) and gives(one, needed)), None)


def counts_for(policy: AccessPolicy, caller: Principal, principal_ids: Collection[str]) -> bool:
    """Whether an entry is one for this caller; ``principal_ids`` are case-folded."""
    return (
        policy.tenant_id.casefold() == caller.tenant_id.casefold()
        and policy.object_id.casefold() in principal_ids
        and (policy.application_id is None or _acts_through(caller, policy.application_id))
    )


def gives(policy: AccessPolicy, needed: str) -> bool:
    """Whether an entry lists a permission such as `secrets/get`, by its name or by `all`."""
    kind, _, permission = needed.casefold().partition("/")
    if kind not in PERMISSIONS or not permission:
        return False
    listed = policy.permissions.of(kind)
    return permission in listed or (ALL in listed and permission != PURGE)


def _acts_through(caller: Principal, application_id: str) -> bool:
    is_user = caller.kind is PrincipalKind.USER
    return is_user and caller.client_id.casefold() == application_id.casefold()
