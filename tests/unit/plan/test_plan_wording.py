from __future__ import annotations

import pytest
from plan_worlds import GROUP, STORE, SUBSCRIPTION, VAULT

from keyless.model.resource_id import ResourceId
from keyless.plan.wording import counted, listed, quoted, short_scope


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        (VAULT, "vault contoso-orders"),
        (f"{VAULT}/secrets/db", "secret contoso-orders/db"),
        (STORE, "store contoso-orders"),
        (f"{GROUP}/providers/Contoso.Machines/machines/m", "machines m"),
        (GROUP, "resource group orders"),
        (SUBSCRIPTION, "subscription 11111111-1111-1111-1111-111111111111"),
        ("/", "/"),
    ],
)
def test_a_scope_is_named_as_people_name_it(scope, words):
    assert short_scope(ResourceId.parse(scope)) == words


def test_numbers_agree_with_their_nouns():
    assert [counted(n, "role") for n in (0, 1, 2, 1200)] == ["0 roles", "1 role", "2 roles", "1,200 roles"]


def test_lists_read_as_sentences_do():
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert quoted(["a", "b"]) == "`a` and `b`"
    assert quoted(list("abcd")) == "the 4 actions"
