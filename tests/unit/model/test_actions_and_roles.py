"""Action patterns and permission blocks."""

from __future__ import annotations

import pytest

from keyless.model.actions import ActionPlane, action_matches, any_matches
from keyless.model.roles import Permission, RoleAssignment

GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


@pytest.mark.parametrize(
    ("pattern", "action"),
    [
        (GET, GET),
        (GET.upper(), GET),
        ("*", GET),
        ("Microsoft.KeyVault/*", GET),
        ("*/action", GET),
        ("Microsoft.KeyVault/vaults/*/action", GET),
        ("microsoft.keyvault/VAULTS/secrets/*", GET),
        ("Microsoft.*/read", "Microsoft.Network/a/b/c/read"),
        ("a*b*c", "aXbYbZc"),
        ("*", ""),
    ],
)
def test_a_pattern_covers(pattern: str, action: str) -> None:
    assert action_matches(pattern, action)


@pytest.mark.parametrize(
    ("pattern", "action"),
    [
        ("Microsoft.Network/*/read", "Microsoft.NetworkCloud/racks/read"),
        ("Microsoft.KeyVault/vaults/secrets", GET),
        ("Microsoft.KeyVault/vaults/*/read", GET),
        ("Microsoft.KeyVault/vaults/secrets/getSecret/actio", GET),
        ("MicrosoftXKeyVault/*", GET),
        ("a*b*c", "ac"),
        ("", GET),
    ],
)
def test_a_pattern_does_not_cover(pattern: str, action: str) -> None:
    assert not action_matches(pattern, action)


def test_only_the_asterisk_is_special_in_a_pattern() -> None:
    assert not action_matches("a.c/*", "abc/x")
    assert not action_matches("[a]/*", "a/x")
    assert action_matches("a+(b)/*", "a+(b)/x")


def test_any_of_several_patterns_suffices() -> None:
    assert any_matches(("x/*", "*/action"), GET)
    assert not any_matches((), GET)


def test_a_block_grants_what_it_lists_on_that_plane_alone() -> None:
    block = Permission(actions=("*",), data_actions=("a/*",))
    assert block.grants(ActionPlane.CONTROL, "b/read")
    assert not block.grants(ActionPlane.DATA, "b/read")
    assert block.grants(ActionPlane.DATA, "a/read")


def test_a_block_takes_out_what_it_says_on_that_plane_alone() -> None:
    block = Permission(actions=("*",), not_actions=("a/*",), data_actions=("*",), not_data_actions=("b/*",))
    assert not block.grants(ActionPlane.CONTROL, "a/read")
    assert block.grants(ActionPlane.CONTROL, "b/read")
    assert block.grants(ActionPlane.DATA, "a/read")
    assert not block.grants(ActionPlane.DATA, "b/read")


def test_an_assignments_scope_is_a_resource_id() -> None:
    assert RoleAssignment("a", "p", "r", "/subscriptions/s").scope_id.subscription_id == "s"
