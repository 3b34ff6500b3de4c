from __future__ import annotations

import time

import pytest
from plan_worlds import DELETE, GET, LIST, READ_CONFIGURATION, SECRETS, SET

from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleDefinition
from keyless.plan.index import RankedRole, general_roles, is_for_all, role_index
from keyless.plan.milp import SolverFailed, solve_in_stages
from keyless.plan.reduce import Candidate, NotCoverable, Problem, reduced
from keyless.plan.solve import coverable, minimum_cover

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


def ranked(name, bits, for_all=True):
    return RankedRole(RoleDefinition(f"id of {name}", name, ()), bits, for_all)


def names(cover):
    return [one.role.name for one in cover.roles]


def cover_of(*actions, plane=ActionPlane.DATA, roles=None):
    index = role_index(frozenset((plane, action) for action in actions), roles)
    demand = 0
    for action in actions:
        demand |= index.bit((plane, action))
    cover = minimum_cover(demand, index.roles)
    return names(cover), cover.excess.bit_count(), index.universe.names(cover.excess)


def test_reading_secrets_takes_key_vault_secrets_user():
    assert cover_of(GET) == (["Key Vault Secrets User"], 1, (LIST,))
    assert cover_of(GET, LIST) == (["Key Vault Secrets User"], 0, ())
    assert cover_of(LIST)[0] == ["Key Vault Secrets User"]


def test_reading_configuration_takes_the_data_reader():
    chosen, excess, _ = cover_of(READ_CONFIGURATION)
    assert (chosen, excess) == (["App Configuration Data Reader"], 1)


def test_getting_setting_and_deleting_secrets_takes_the_secrets_officer():
    chosen, excess, extra = cover_of(GET, SET, DELETE)
    assert chosen == ["Key Vault Secrets Officer"]
    assert excess == 76
    assert f"{SECRETS}/purge/action" in extra


def test_two_narrow_roles_beat_a_wide_one_even_if_one_of_them_is_a_services_own():
    assert cover_of(GET, SET)[:2] == (
        ["Key Vault Secrets User", "Operator Nexus Key Vault Writer Service Role (Preview)"],
        2,
    )
    assert cover_of(GET, SET, roles=general_roles())[:2] == (["Key Vault Secrets Officer"], 77)


def test_reading_blobs_takes_the_blob_data_reader():
    assert cover_of(f"{BLOBS}/read")[0] == ["Storage Blob Data Reader"]


def test_control_plane_actions_are_not_covered_by_data_actions():
    index = role_index(frozenset({(ActionPlane.CONTROL, "Microsoft.KeyVault/vaults/read")}))
    demand = index.bit((ActionPlane.CONTROL, "Microsoft.KeyVault/vaults/read"))
    assert minimum_cover(demand, index.roles).roles[0].role.permissions[0].actions


def test_an_empty_demand_needs_no_role():
    cover = minimum_cover(0, role_index().roles)
    assert (cover.roles, cover.excess) == ((), 0)


def test_fewer_excess_permissions_count_more_than_fewer_roles():
    roles = [ranked("Both", 0b1111), ranked("First", 0b0001), ranked("Second", 0b0010)]
    assert names(minimum_cover(0b0011, roles)) == ["First", "Second"]


def test_what_is_held_otherwise_is_neither_demanded_nor_excess():
    roles = [ranked("Both", 0b0111), ranked("Other", 0b1001)]
    assert names(minimum_cover(0b0001, roles)) == ["Other"]
    cover = minimum_cover(0b0001, roles, held=0b0110)
    assert (names(cover), cover.excess) == (["Both"], 0)


def test_fewer_roles_count_more_than_names_and_maturity():
    roles = [ranked("A", 0b01), ranked("B", 0b10), ranked("Z (Preview)", 0b11, for_all=False)]
    assert names(minimum_cover(0b11, roles)) == ["Z (Preview)"]


def test_roles_for_general_use_go_before_preview_ones_and_then_by_name():
    roles = [ranked("A (Preview)", 0b101, for_all=False), ranked("C", 0b101), ranked("B", 0b101)]
    assert names(minimum_cover(0b001, roles)) == ["B"]


def test_a_demand_that_no_role_grants_is_said_to_be_so():
    with pytest.raises(NotCoverable) as caught:
        minimum_cover(0b111, [ranked("A", 0b001)])
    assert caught.value.missing == 0b110
    assert coverable(0b111, [ranked("A", 0b001)]) == 0b001


@pytest.mark.parametrize(
    ("name", "for_all"),
    [
        ("Key Vault Secrets User", True),
        ("Key Vault Crypto Service Encryption User", True),
        ("Operator Nexus Key Vault Writer Service Role (Preview)", False),
        ("Migrate Arc Discovery Reader - Preview", False),
        ("Purview role 1 (Deprecated)", False),
        ("Azure Advisor Service Role", False),
        ("Security Manager (Legacy)", False),
        ("Previewer", True),
        ("Backup Operator", False),
        ("Defender for Storage Data Scanner", False),
    ],
)
def test_a_name_says_whether_a_role_is_for_general_use(name, for_all):
    assert is_for_all(RoleDefinition("id", name, ())) is for_all


def test_an_unknown_action_is_still_looked_for_in_wildcards():
    chosen, _, extra = cover_of("Microsoft.KeyVault/vaults/frobnicate/action")
    assert chosen == ["Key Vault Administrator"]
    assert "Microsoft.KeyVault/vaults/frobnicate/action" not in extra


def test_a_grant_whose_actions_are_not_known_is_not_taken_for_nothing():
    index = role_index()
    for one in index.roles:
        if any(
            block.condition is None and (block.actions or block.data_actions)
            for block in one.role.permissions
        ):
            assert one.bits, one.role.name


def overlapping_problem():
    """Twelve roles that each cover two of six actions, with excess that overlaps and no two alike."""
    roles = [
        Candidate(
            ranked(f"R{i:02}", 0), 1 << i % 6 | 1 << (i * 5 + 1) % 6, (0x155 << i % 7 ^ 0x37 << i) & 0xFFFF
        )
        for i in range(12)
    ]
    return Problem(0b111111, tuple(roles))


def test_the_solver_prints_nothing(capfd):
    assert solve_in_stages(overlapping_problem()).chosen
    assert capfd.readouterr() == ("", "")


def test_the_solver_says_so_when_a_problem_cannot_be_solved():
    impossible = Problem(0b11, (Candidate(ranked("A", 0b01), 0b01, 0),))
    with pytest.raises(SolverFailed, match="infeasible"):
        solve_in_stages(impossible)


def test_a_typical_cover_is_found_without_the_solver_and_at_once():
    index = role_index()
    demand = 0
    for action in (GET, SET, DELETE, READ_CONFIGURATION, f"{BLOBS}/read", f"{BLOBS}/write"):
        demand |= index.bit((ActionPlane.DATA, action))
    assert len(reduced(demand, index.roles).candidates) < 10
    started = time.perf_counter()
    minimum_cover(demand, index.roles)
    assert time.perf_counter() - started < 0.5


def test_even_a_demand_over_all_of_azure_is_covered_within_seconds():
    index = role_index()
    demand = 0
    for one in index.roles[::30]:
        demand |= one.bits & -one.bits | (1 << one.bits.bit_length() >> 1)
    started = time.perf_counter()
    cover = minimum_cover(demand, index.roles)
    assert time.perf_counter() - started < 6
    granted = 0
    for one in cover.roles:
        granted |= one.bits
    assert not demand & ~granted
