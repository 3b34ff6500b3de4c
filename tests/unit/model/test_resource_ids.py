"""Resource ids: what is one, what lies in what, and what an id says about itself."""

from __future__ import annotations

import pytest

from keyless.model.resource_id import (
    ROOT,
    InvalidResourceId,
    ResourceId,
    group_scope,
    resource_scope,
    subscription_scope,
)

GROUP = "/subscriptions/s1/resourceGroups/g1"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/app"


def parse(text: str) -> ResourceId:
    return ResourceId.parse(text)


def test_the_text_keeps_its_casing_and_equality_does_not_look_at_it() -> None:
    other = parse(VAULT.upper())
    assert other.text == VAULT.upper()
    assert str(other) == other.text
    assert other == parse(VAULT)
    assert hash(other) == hash(parse(VAULT))
    assert other != VAULT


def test_a_trailing_slash_is_ignored() -> None:
    assert parse(f"{GROUP}/") == parse(GROUP)
    assert parse("/") == ROOT


def test_the_repr_shows_the_id() -> None:
    assert repr(parse(GROUP)) == f"ResourceId('{GROUP}')"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin with `/`"),
        ("subscriptions/s", "must begin with `/`"),
        ("//", "empty segment"),
        ("//subscriptions/s", "empty segment"),
        ("/subscriptions//resourceGroups/g", "empty segment"),
        (f"{GROUP}//", "empty segment"),
        ("/subscriptions/s\nx", "control character"),
        ("/subscriptions/s\x00x", "control character"),
        ("/subscriptions", "names no subscription"),
        ("/subscriptions/s/resourceGroups", "ends with a type and no name"),
        (f"{GROUP}/providers/Microsoft.KeyVault", "provider/type/name"),
        (f"{GROUP}/providers/Microsoft.KeyVault/vaults", "provider/type/name"),
        (f"{VAULT}/secrets", "provider/type/name"),
        (f"{GROUP}/providers/KeyVault/vaults/v", "is not a resource provider"),
    ],
)
def test_what_is_not_a_resource_id_is_refused_and_the_message_says_why(text: str, said: str) -> None:
    with pytest.raises(InvalidResourceId, match=said):
        parse(text)


def test_a_scope_contains_itself_and_what_lies_below() -> None:
    assert parse(GROUP).contains(parse(VAULT))
    assert parse(VAULT).contains(parse(VAULT))
    assert parse(VAULT).contains(parse(f"{VAULT}/secrets/db"))
    assert not parse(VAULT).contains(parse(GROUP))


def test_a_scope_does_not_contain_one_whose_name_only_begins_like_it() -> None:
    assert not parse(VAULT).contains(parse(f"{VAULT}-prod"))
    assert not parse("/subscriptions/s1").contains(parse("/subscriptions/s12/resourceGroups/g1"))


def test_scopes_compare_without_case() -> None:
    assert parse(VAULT.upper()).contains(parse(f"{VAULT}/secrets/db"))


def test_the_root_scope_contains_everything() -> None:
    assert ROOT.contains(parse(VAULT))
    assert ROOT.contains(ROOT)


def test_an_id_says_where_it_lies_and_what_it_is() -> None:
    secret = parse(f"{VAULT}/secrets/db")
    assert secret.subscription_id == "s1"
    assert secret.resource_group == "g1"
    assert secret.resource_type == "Microsoft.KeyVault/vaults/secrets"
    assert secret.is_type("microsoft.keyvault/VAULTS/secrets")
    assert not secret.is_type("Microsoft.KeyVault/vaults")
    assert secret.name == "db"


def test_a_scope_above_resources_has_no_type() -> None:
    for scope in (ROOT, parse("/subscriptions/s1"), parse(GROUP)):
        assert scope.resource_type is None
        assert scope.ancestor_of_type("Microsoft.KeyVault/vaults") is None
    assert ROOT.subscription_id is None
    assert ROOT.name == ""
    assert parse("/subscriptions/s1").resource_group is None


def test_a_management_group_is_a_scope_of_the_root() -> None:
    scope = parse("/providers/Microsoft.Management/managementGroups/top")
    assert scope.resource_type == "Microsoft.Management/managementGroups"
    assert scope.parent == ROOT


def test_an_id_lies_directly_in_the_resource_or_group_above_it() -> None:
    assert parse(f"{VAULT}/secrets/db").parent == parse(VAULT)
    assert parse(VAULT).parent == parse(GROUP)
    assert parse(GROUP).parent == parse("/subscriptions/s1")
    assert parse("/subscriptions/s1").parent == ROOT
    assert ROOT.parent == ROOT


def test_an_extension_resource_lies_in_the_resource_that_it_extends() -> None:
    assert parse(f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/r").parent == parse(VAULT)


@pytest.mark.parametrize(
    "text",
    [
        f"{VAULT}/secrets/providers",
        f"{GROUP}/providers/Microsoft.KeyVault/vaults/providers/secrets/db",
        "/subscriptions/s1/resourceGroups/providers/providers/Microsoft.KeyVault/vaults/v/secrets/db",
    ],
)
def test_a_thing_may_be_called_providers(text: str) -> None:
    scope = parse(text)
    assert scope.resource_type == "Microsoft.KeyVault/vaults/secrets"
    vault = scope.ancestor_of_type("Microsoft.KeyVault/vaults")
    assert vault is not None
    assert vault == scope.parent


def test_an_ancestor_is_the_id_cut_off_at_its_type() -> None:
    version = parse(f"{VAULT}/secrets/db/versions/1")
    assert version.ancestor_of_type("microsoft.keyvault/vaults") == parse(VAULT)
    assert version.ancestor_of_type("Microsoft.KeyVault/vaults/secrets") == parse(f"{VAULT}/secrets/db")
    assert parse(VAULT).ancestor_of_type("Microsoft.KeyVault/vaults") == parse(VAULT)
    assert parse(VAULT).ancestor_of_type("Microsoft.KeyVault/vaults/secrets") is None
    assert parse(VAULT).ancestor_of_type("Microsoft.Web/sites") is None


def test_a_childs_name_is_one_segment_whatever_is_in_it() -> None:
    child = parse(VAULT).child("secrets", "a/b c%é")
    assert len(child.segments) == len(parse(VAULT).segments) + 2
    assert child.name == "a/b c%é"
    assert parse(child.text) == child


def test_scopes_are_built_from_their_names() -> None:
    assert subscription_scope("s1").text == "/subscriptions/s1"
    assert group_scope("s1", "g1").text == GROUP
    assert resource_scope(parse(GROUP), "Microsoft.KeyVault/vaults", "app").text == VAULT
    deeper = resource_scope(parse(GROUP), "Microsoft.KeyVault/vaults/secrets", "app", "db")
    assert deeper.text == f"{VAULT}/secrets/db"


def test_a_resource_needs_as_many_names_as_types() -> None:
    with pytest.raises(ValueError, match="argument"):
        resource_scope(parse(GROUP), "Microsoft.KeyVault/vaults/secrets", "app")


def test_letters_that_only_full_case_folding_equates_stay_apart() -> None:
    vault = ResourceId.parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v")
    assert not vault.child("secrets", "straße").contains(vault.child("secrets", "strasse"))
