"""The scopes of single objects: one id per secret and per key-value, and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keyless.model.resource_id import ResourceId
from keyless.model.resources import key_and_label, key_value_scope, secret_scope

VAULT = ResourceId.parse("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v")
STORE = ResourceId.parse(
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.AppConfiguration/configurationStores/c"
)

KEYS = st.text(st.characters(codec="utf-8", exclude_characters="%"), min_size=1, max_size=12) | st.text(
    "a$~24E7/", min_size=1
)


def test_a_secret_lies_within_its_vault() -> None:
    scope = secret_scope(VAULT, "db-password")
    assert scope.text == f"{VAULT}/secrets/db-password"
    assert VAULT.contains(scope)


def test_a_key_value_is_named_by_key_and_label() -> None:
    assert key_value_scope(STORE, "orders:db", "prod").name == "orders:db$prod"
    assert key_value_scope(STORE, "orders:db", None).name == "orders:db"


def test_a_dollar_in_a_key_is_not_a_label() -> None:
    assert key_value_scope(STORE, "a$b", None) != key_value_scope(STORE, "a", "b")


@given(key=KEYS, label=st.none() | KEYS)
def test_key_and_label_come_back_from_the_scope(key: str, label: str | None) -> None:
    scope = key_value_scope(STORE, key, label)
    assert key_and_label(ResourceId.parse(scope.text)) == (key, label)
    assert scope.is_type("Microsoft.AppConfiguration/configurationStores/keyValues")
    assert STORE.contains(scope)
