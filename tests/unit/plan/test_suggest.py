from __future__ import annotations

import time

from plan_worlds import DELETE, GET, LIST, READ_CONFIGURATION, SET

from keyless.authz.decide import role_grants
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.plan.index import is_for_all
from keyless.plan.suggest import roles_for


def first(action, plane=ActionPlane.DATA):
    role, excess = roles_for(plane, action)[0]
    return role.name, excess


def test_the_role_with_the_least_besides_comes_first():
    assert first(GET) == ("Key Vault Secrets User", 1)
    assert first(GET.upper()) == ("Key Vault Secrets User", 1)
    assert first(LIST) == ("Key Vault Secrets User", 1)
    assert first(READ_CONFIGURATION) == ("App Configuration Data Reader", 1)
    assert first(DELETE)[0] == "Key Vault Secrets Officer"


def test_roles_of_some_service_come_after_all_others_even_if_they_grant_less():
    found = roles_for(ActionPlane.DATA, SET)
    assert found[0][0].name == "Key Vault Secrets Officer"
    assert found[-1][0].name == "Operator Nexus Key Vault Writer Service Role (Preview)"
    general = [is_for_all(role) for role, _ in found]
    assert general == sorted(general, reverse=True)


def test_every_role_that_grants_the_action_is_there_and_no_other():
    found = {role.id for role, _ in roles_for(ActionPlane.DATA, GET)}
    assert found == {role.id for role in built_in_roles() if role_grants(role, ActionPlane.DATA, GET)}


def test_an_action_of_the_other_plane_is_not_granted():
    names = [role.name for role, _ in roles_for(ActionPlane.CONTROL, GET)]
    assert "Key Vault Secrets User" not in names


def test_an_action_that_no_role_grants_gets_no_suggestion():
    assert roles_for(ActionPlane.DATA, "Contoso.Things/things/read") == []


def test_an_action_that_is_not_in_the_catalog_is_found_in_wildcards():
    assert first("Microsoft.KeyVault/vaults/secrets/frobnicate/action")[0] == "Key Vault Secrets Officer"


def test_a_suggestion_takes_no_noticeable_time_once_the_roles_are_loaded():
    roles_for(ActionPlane.DATA, GET)
    started = time.perf_counter()
    roles_for(ActionPlane.DATA, LIST)
    assert time.perf_counter() - started < 0.1


def test_in_the_directory_no_role_of_azures_is_suggested():
    create = "microsoft.directory/applications/create"
    assert roles_for(ActionPlane.DIRECTORY, create) == []
