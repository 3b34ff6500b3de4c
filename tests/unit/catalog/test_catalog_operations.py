from __future__ import annotations

from keyless.catalog.operations import is_known, known_actions, unnamed_grants
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane

PLANES = (ActionPlane.CONTROL, ActionPlane.DATA)


def test_the_actions_of_both_planes_are_there():
    assert len(known_actions(ActionPlane.CONTROL)) == 11_157
    assert len(known_actions(ActionPlane.DATA)) == 966


def test_actions_are_whole_and_distinct():
    for plane in PLANES:
        actions = known_actions(plane)
        assert len({action.casefold() for action in actions}) == len(actions)
        assert all("*" not in action and action.count("/") >= 1 for action in actions)


def test_an_action_is_known_on_its_own_plane_and_whatever_its_case():
    action = "microsoft.keyvault/VAULTS/secrets/getsecret/action"
    assert is_known(ActionPlane.DATA, action)
    assert not is_known(ActionPlane.CONTROL, action)


def test_every_single_action_that_a_role_grants_is_known_or_listed_as_unnamed():
    for plane in PLANES:
        listed = {action.casefold() for action in (*known_actions(plane), *unnamed_grants(plane))}
        for role in built_in_roles():
            for block in role.permissions:
                granted = block.data_actions if plane is ActionPlane.DATA else block.actions
                assert {action.casefold() for action in granted if "*" not in action} <= listed
