"""What holds for every resource id: containment orders whole segments, and no name leaves its segment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keyless.model.resource_id import ROOT, ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_value_scope, secret_scope

NAMES = st.sampled_from(
    ["app", "App", "app-prod", "providers", "subscriptions", "secrets", "a.b", "%2F", "é"]
)
ANY_NAME = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@st.composite
def resource_ids(draw: st.DrawFn) -> ResourceId:
    """An id somewhere between a subscription and a thing in a resource, of few names."""
    text = f"/subscriptions/{draw(NAMES)}"
    if draw(st.booleans()):
        text += f"/resourceGroups/{draw(NAMES)}"
    if draw(st.booleans()):
        text += f"/providers/Microsoft.KeyVault/vaults/{draw(NAMES)}"
        if draw(st.booleans()):
            text += f"/secrets/{draw(NAMES)}"
    return ResourceId.parse(text)


@given(resource_ids())
def test_an_id_comes_back_from_its_text(scope: ResourceId) -> None:
    assert ResourceId.parse(scope.text).text == scope.text


@given(resource_ids())
def test_an_id_contains_itself_and_the_root_contains_it(scope: ResourceId) -> None:
    assert scope.contains(scope)
    assert ROOT.contains(scope)
    assert not scope.contains(ROOT)


@given(resource_ids(), resource_ids())
def test_two_ids_that_contain_each_other_are_one(a: ResourceId, b: ResourceId) -> None:
    assert (a.contains(b) and b.contains(a)) == (a == b)


@given(resource_ids(), resource_ids(), resource_ids())
def test_containment_carries_over(a: ResourceId, b: ResourceId, c: ResourceId) -> None:
    if a.contains(b) and b.contains(c):
        assert a.contains(c)


@given(resource_ids(), resource_ids())
def test_containment_does_not_look_at_case(a: ResourceId, b: ResourceId) -> None:
    assert a.contains(b) == ResourceId.parse(a.text.swapcase()).contains(b)
    assert a.contains(b) == a.contains(ResourceId.parse(b.text.swapcase()))


@given(resource_ids(), st.text("abz0-.", min_size=1, max_size=3))
def test_a_longer_name_is_another_thing(scope: ResourceId, more: str) -> None:
    longer = ResourceId.parse(scope.text + more)
    assert not scope.contains(longer)
    assert not longer.contains(scope)


@given(resource_ids())
def test_every_id_lies_in_its_parent(scope: ResourceId) -> None:
    assert scope.parent.contains(scope)
    assert scope.parent != scope
    assert ResourceId.parse(scope.parent.text) == scope.parent


@given(resource_ids(), ANY_NAME)
def test_a_child_lies_in_its_parent_alone_and_keeps_its_name(scope: ResourceId, name: str) -> None:
    child = scope.child("secrets", name)
    assert scope.contains(child)
    assert len(child.segments) == len(scope.segments) + 2
    assert child.name == name


VAULT = ResourceId.parse(f"/subscriptions/s/resourceGroups/g/providers/{VAULT_TYPE}/v")
STORE = ResourceId.parse(f"/subscriptions/s/resourceGroups/g/providers/{STORE_TYPE}/c")


@given(ANY_NAME)
def test_whatever_a_secret_is_called_its_scope_can_be_read_back(name: str) -> None:
    scope = ResourceId.parse(secret_scope(VAULT, name).text)
    assert scope.is_type(f"{VAULT_TYPE}/secrets")
    assert scope.ancestor_of_type(VAULT_TYPE) == VAULT
    assert scope.name == name


KEYS = ANY_NAME | st.text("a$~24E7", min_size=1, max_size=3)


@given(KEYS, st.none() | KEYS, KEYS, st.none() | KEYS)
def test_no_two_key_values_share_a_scope(key: str, label: str | None, key2: str, label2: str | None) -> None:
    same = (key, label) == (key2, label2)
    one, other = key_value_scope(STORE, key, label), key_value_scope(STORE, key2, label2)
    assert (one.text == other.text) == same
