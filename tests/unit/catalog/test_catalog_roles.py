from __future__ import annotations

import pytest

from keyless.catalog.roles import (
    UnknownRole,
    built_in_roles,
    find_role,
    removed_roles,
    role_by_id,
    unlisted_roles,
)
from keyless.model.actions import ActionPlane

SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


def test_all_928_built_in_roles_are_there_with_distinct_ids_and_names():
    roles = built_in_roles()
    assert len(roles) == 928
    assert len({role.id for role in roles}) == 928
    assert len({role.name.casefold() for role in roles}) == 928


def test_every_role_has_blocks_and_only_four_grant_nothing_in_azure_either():
    silent = [r for r in built_in_roles() if not any(b.actions or b.data_actions for b in r.permissions)]
    assert all(role.permissions for role in built_in_roles())
    assert len(silent) == 4


def test_29_roles_carry_conditions_and_they_stay_on_their_own_block():
    conditional = [r for r in built_in_roles() if any(block.condition for block in r.permissions)]
    assert len(conditional) == 29
    storage_scanner = find_role("Defender CSPM Storage Scanner Operator")
    assert [block.condition is not None for block in storage_scanner.permissions] == [False, True, True]
    assert all(b.condition_version for r in conditional for b in r.permissions if b.condition)


def test_16_roles_have_several_blocks():
    assert sum(len(role.permissions) > 1 for role in built_in_roles()) == 16


def test_a_known_role_says_exactly_what_azure_says():
    role = find_role("Key Vault Secrets User")
    (block,) = role.permissions
    assert role.id == SECRETS_USER
    assert block.actions == ()
    assert block.data_actions == (
        "Microsoft.KeyVault/vaults/secrets/getSecret/action",
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Key Vault Secrets User",
        "key vault SECRETS user",
        "  Key Vault  Secrets User ",
        SECRETS_USER,
        SECRETS_USER.upper(),
        f"/subscriptions/0/providers/Microsoft.Authorization/roleDefinitions/{SECRETS_USER}",
        f"/providers/microsoft.authorization/roledefinitions/{SECRETS_USER}",
    ],
)
def test_a_role_is_found_by_name_or_id_however_it_is_written(text):
    assert find_role(text).id == SECRETS_USER


def test_a_role_is_found_by_a_name_that_it_had_before():
    assert find_role("impact reporter").name == "Azure impact Reporter role"


def test_a_previous_name_never_hides_a_role_that_has_the_name_now():
    for role in built_in_roles():
        assert find_role(role.name) is role


def test_roles_outside_the_default_list_are_found_but_kept_apart():
    assert len(unlisted_roles()) == 3
    assert find_role("Savings plan Reader") in unlisted_roles()
    assert not set(unlisted_roles()) & set(built_in_roles())


def test_an_unknown_name_gets_the_nearest_ones():
    with pytest.raises(UnknownRole, match="the nearest are `Key Vault Secrets User`") as caught:
        find_role("Key Vault Secret User")
    assert caught.value.name == "Key Vault Secret User"
    assert caught.value.nearest[0] == "Key Vault Secrets User"
    assert len(caught.value.nearest) == 3
    assert caught.value.removed is None


@pytest.mark.parametrize("text", ["00000000-0000-0000-0000-000000000000", "zzzzzzzzzz"])
def test_where_nothing_is_near_the_error_says_how_to_look_it_up(text):
    with pytest.raises(UnknownRole, match="az role definition list") as caught:
        find_role(text)
    assert caught.value.nearest == ()


@pytest.mark.parametrize("text", ["app configuration data sas user", "7fd69092-c9bc-4b59-9e2e-bca63317e147"])
def test_a_removed_role_is_said_to_be_removed(text):
    with pytest.raises(
        UnknownRole, match="`App Configuration Data SAS User` was removed from Azure"
    ) as caught:
        find_role(text)
    assert caught.value.removed in removed_roles()
    assert "App Configuration Data Reader" in caught.value.nearest


def test_role_by_id_gives_nothing_for_a_name():
    assert role_by_id("Key Vault Secrets User") is None
    assert role_by_id(SECRETS_USER) is find_role("Key Vault Secrets User")


def test_the_planes_of_a_role_are_not_mixed_up():
    owner = find_role("Owner")
    assert owner.permissions[0].grants(ActionPlane.CONTROL, "Microsoft.KeyVault/vaults/read")
    assert not owner.permissions[0].grants(
        ActionPlane.DATA, "Microsoft.KeyVault/vaults/secrets/getSecret/action"
    )
