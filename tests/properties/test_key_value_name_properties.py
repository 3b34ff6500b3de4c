"""Key-values as resources: every key and label has a name, and however it is spelled it means the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, key_value_scope
from keyless.planes.arm.appconfiguration.access import key_value_of, of_key_value

PLACE = {"subscription_id": "s", "resource_group": "g", "store_name": "contoso"}
STORE = resource_scope(group_scope("s", "g"), STORE_TYPE, "contoso")
keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)
labels = st.none() | keys


def encoded(text: str, kept: str) -> str:
    """A text with all but some characters written as escapes."""
    return "".join(one if one in kept else "".join(f"~{byte:02X}" for byte in one.encode()) for one in text)


def spelled(key: str, label: str | None, kept: str) -> dict[str, str]:
    """A route's parameters for a key-value."""
    name = encoded(key, kept) if label is None else f"{encoded(key, kept)}${encoded(label, kept)}"
    return {**PLACE, "key_value_name": name}


@given(keys, labels, st.sampled_from(["", "abcdefghijklmnopqrstuvwxyz:.", "0123456789ABCDEFabcdef"]))
def test_a_name_means_the_key_and_label_that_it_encodes(key: str, label: str | None, kept: str) -> None:
    assert key_value_of(spelled(key, label, kept)) == (key, label)


@given(keys, labels)
def test_every_spelling_of_a_name_is_decided_on_at_one_scope(key: str, label: str | None) -> None:
    scopes = {of_key_value(None, spelled(key, label, kept)) for kept in ("", "abc:.")}
    assert scopes == {key_value_scope(STORE, key, label)}


@given(keys)
def test_an_empty_label_is_none_and_decided_on_as_none(key: str) -> None:
    empty = spelled(key, "", "")
    assert key_value_of(empty) == (key, None)
    assert of_key_value(None, empty) == key_value_scope(STORE, key, None)


@given(keys, labels, keys, labels)
def test_two_key_values_share_no_name(
    key: str, label: str | None, other: str, other_label: str | None
) -> None:
    same = spelled(key, label, "") == spelled(other, other_label, "")
    assert same == ((key, label) == (other, other_label))
