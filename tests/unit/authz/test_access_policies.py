"""Access policies: which entry counts for whom, and what it gives."""

from __future__ import annotations

import pytest

from keyless.authz.access_policies import settling_policy
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.identities import Principal, PrincipalKind

TENANT = "11111111-2222-3333-4444-555555555555"
READS = PolicyPermissions(secrets=("get",))


def caller(
    principal_id: str = "ada", client_id: str = "cli", kind: PrincipalKind = PrincipalKind.APPLICATION
) -> Principal:
    """Somebody of the tenant."""
    return Principal(principal_id, client_id, TENANT, "issuer", kind)


def allows(
    policy: AccessPolicy, needed: str = "secrets/get", who: Principal | None = None, *groups: str
) -> bool:
    """Whether a single entry settles it."""
    who = who or caller()
    return settling_policy([policy], who, (who.principal_id, *groups), needed) is policy


def test_without_an_entry_the_answer_is_no() -> None:
    assert settling_policy([], caller(), ("ada",), "secrets/get") is None


def test_an_entry_gives_what_it_lists_and_nothing_else() -> None:
    policy = AccessPolicy(TENANT, "ada", READS)
    assert allows(policy)
    for other in (
        "secrets/set",
        "secrets/list",
        "keys/get",
        "certificates/get",
        "storage/get",
        "",
        "secrets/",
    ):
        assert not allows(policy, other)


def test_an_entry_is_for_its_own_principal_or_the_members_of_its_group() -> None:
    policy = AccessPolicy(TENANT, "ADA", READS)
    assert allows(policy)
    assert not allows(policy, "secrets/get", caller("bob"))
    assert allows(policy, "secrets/get", caller("bob"), "readers", "ada")


def test_an_entry_of_another_tenant_gives_nothing() -> None:
    assert not allows(AccessPolicy("99999999-2222-3333-4444-555555555555", "ada", READS))


@pytest.mark.parametrize("kind", ["keys", "secrets", "certificates", "storage"])
def test_all_is_every_permission_of_its_kind_but_purge(kind: str) -> None:
    policy = AccessPolicy(TENANT, "ada", PolicyPermissions(**{kind: ("all",)}))
    assert allows(policy, f"{kind}/get")
    assert not allows(policy, f"{kind}/purge")
    others = {"keys", "secrets", "certificates", "storage"} - {kind}
    assert not any(allows(policy, f"{other}/get") for other in others)


def test_purge_is_given_by_its_own_name() -> None:
    policy = AccessPolicy(TENANT, "ada", PolicyPermissions(secrets=("all", "purge")))
    assert allows(policy, "secrets/purge")


@pytest.mark.parametrize(
    ("who", "counts"),
    [
        (caller("ada", "APP", PrincipalKind.USER), True),
        (caller("ada", "other", PrincipalKind.USER), False),
        (caller("ada", "app", PrincipalKind.APPLICATION), False),
        (caller("ada", "app", PrincipalKind.MANAGED_IDENTITY), False),
        (caller("app", "app", PrincipalKind.APPLICATION), False),
    ],
)
def test_a_compound_identity_is_a_user_through_that_application_alone(who: Principal, counts: bool) -> None:
    policy = AccessPolicy(TENANT, "ada", READS, "app")
    assert allows(policy, "secrets/get", who) == counts


def test_entries_add_up_and_the_first_that_gives_is_named() -> None:
    first = AccessPolicy(TENANT, "ada", READS)
    second = AccessPolicy(TENANT, "readers", PolicyPermissions(secrets=("get", "list")), "app")
    third = AccessPolicy(TENANT, "readers", PolicyPermissions(secrets=("get", "list")))
    everyone = ("ada", "readers")
    assert settling_policy([first, second, third], caller(), everyone, "secrets/get") is first
    assert settling_policy([first, second, third], caller(), everyone, "secrets/list") is third
    assert [one.name for one in (first, second)] == ["accessPolicy:ada", "accessPolicy:readers+app"]
