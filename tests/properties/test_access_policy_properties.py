"""Access policies on generated entries: the decision against a plain one, changes, and the way to roles."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from keyless.authz.access_policies import settling_policy
from keyless.authz.decide import role_grants
from keyless.catalog.roles import role_by_id
from keyless.catalog.vault_permissions import actions_of, every_permission, permissions_given
from keyless.model.access_policies import ALL, PERMISSIONS, AccessPolicy, PolicyPermissions
from keyless.model.actions import ActionPlane
from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.plan.given import VaultPolicies
from keyless.plan.problem import Subject, SubjectKind
from keyless.planes.arm.keyvault.policies import Change, changed
from plans_made import planned

IDS = st.sampled_from(["ada", "Ada", "bob", "readers"])
TENANTS = st.sampled_from(["t1", "T1", "t2"])
APPS = st.sampled_from(["app", "APP", "other"])
PERMITTED = st.builds(
    PolicyPermissions,
    **{
        kind: st.lists(st.sampled_from((*names, ALL)), max_size=3, unique=True).map(tuple)
        for kind, names in PERMISSIONS.items()
    },
)
ENTRIES = st.builds(AccessPolicy, TENANTS, IDS, PERMITTED, st.none() | APPS)
LISTS = st.lists(ENTRIES, max_size=4).map(tuple)
NEEDED = st.sampled_from(list(every_permission()))
CALLERS = st.builds(
    Principal,
    IDS,
    APPS,
    TENANTS,
    st.just("issuer"),
    st.sampled_from([PrincipalKind.USER, PrincipalKind.APPLICATION]),
)
GROUPS = st.lists(IDS, max_size=2)


def plainly(policy: AccessPolicy, caller: Principal, ids: set[str], needed: str) -> bool:
    """The rule, word by word."""
    kind, permission = needed.split("/")
    if policy.tenant_id.lower() != caller.tenant_id.lower():
        return False
    if policy.object_id.lower() not in ids:
        return False
    if policy.application_id is not None:
        if caller.kind != PrincipalKind.USER:
            return False
        if policy.application_id.lower() != caller.client_id.lower():
            return False
    listed = {"keys": policy.permissions.keys, "secrets": policy.permissions.secrets}
    listed |= {"certificates": policy.permissions.certificates, "storage": policy.permissions.storage}
    if permission == "purge":
        return "purge" in listed[kind]
    return permission in listed[kind] or "all" in listed[kind]


@given(LISTS, CALLERS, GROUPS, NEEDED)
def test_the_decision_is_the_plain_one(
    policies: tuple[AccessPolicy, ...], caller: Principal, groups: list[str], needed: str
) -> None:
    ids = {caller.principal_id.lower(), *(group.lower() for group in groups)}
    found = settling_policy(policies, caller, (caller.principal_id, *groups), needed)
    giving = [one for one in policies if plainly(one, caller, ids, needed)]
    assert found == (giving[0] if giving else None)


@given(LISTS, ENTRIES, CALLERS, GROUPS, NEEDED)
def test_another_entry_takes_nothing_away(
    policies: tuple[AccessPolicy, ...], more: AccessPolicy, caller: Principal, groups: list[str], needed: str
) -> None:
    ids = (caller.principal_id, *groups)
    if settling_policy(policies, caller, ids, needed) is not None:
        assert settling_policy((more, *policies), caller, ids, needed) is not None


def _given(policies: tuple[AccessPolicy, ...], who: AccessPolicy) -> set[str]:
    """What the entry of an identity lists."""
    mine = [
        one for one in policies if (one.object_id, one.application_id) == (who.object_id, who.application_id)
    ]
    return {f"{kind}/{name}" for one in mine for kind in PERMISSIONS for name in one.permissions.of(kind)}


@given(LISTS, ENTRIES)
def test_a_change_is_one_of_the_identitys_entry_alone(
    entries: tuple[AccessPolicy, ...], entry: AccessPolicy
) -> None:
    policies = changed((), entries, Change.ADD)
    before, own = _given(policies, entry), _given((entry,), entry)
    assert _given(changed(policies, (entry,), Change.ADD), entry) == before | own
    assert _given(changed(policies, (entry,), Change.REPLACE), entry) == own
    assert _given(changed(policies, (entry,), Change.REMOVE), entry) == before - own
    for change in Change:
        after = changed(policies, (entry,), change)
        assert changed(after, (entry,), change) == after
        others = [
            one
            for one in policies
            if (one.object_id, one.application_id) != (entry.object_id, entry.application_id)
        ]
        assert [one for one in after if one in others] == others


VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
WEB = Subject("web", "web", SubjectKind.SYSTEM_ASSIGNED)


@settings(max_examples=25, deadline=None)
@given(PERMITTED)
def test_the_roles_for_a_whole_policy_lose_nothing_and_what_changes_is_told(
    permitted: PolicyPermissions,
) -> None:
    entry = AccessPolicy("t", "web", permitted)
    vault = Vault(VAULT, "v", "westeurope", enable_rbac_authorization=False, access_policies=(entry,))
    plan = planned([WEB], [], policies=VaultPolicies((vault,), "t"), flags={"whole_policies": True})
    (told,) = plan.migrations
    wanted = permissions_given(permitted)
    assert (set(told.kept), told.lost) == (set(wanted), ())
    assert not set(told.gained) & set(wanted)
    roles = [
        role_by_id(one.role_id) for one in plan.assignments if one.scope_id.contains(ResourceId.parse(VAULT))
    ]
    for permission in every_permission():
        granted = all(
            any(role is not None and role_grants(role, ActionPlane.DATA, action) for role in roles)
            for action in actions_of(permission)
        )
        assert granted == (permission in {*told.kept, *told.gained})
