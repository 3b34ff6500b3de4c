"""What the catalog knows of the operations of client libraries holds together, and fits its roles."""

from __future__ import annotations

import pytest

from keyless.catalog.client_operations import (
    clients,
    clients_by_type,
    functions_by_word,
    library_of,
    makers,
    operation_of,
    operations_by_word,
    word_of,
)
from keyless.catalog.native_roles import COSMOS_ACTIONS
from keyless.catalog.roles import built_in_roles
from keyless.catalog.services import service
from keyless.model.actions import ActionPlane, any_matches

OPERATIONS = {
    (client.client, word): operation
    for word, several in operations_by_word().items()
    for client in several
    if (operation := operation_of(client, word)) is not None
}


def _is_granted(action: str, plane: ActionPlane) -> bool:
    if action in COSMOS_ACTIONS:
        return True
    for role in built_in_roles():
        for block in role.permissions:
            data = plane is ActionPlane.DATA
            given, taken = (
                (block.data_actions, block.not_data_actions) if data else (block.actions, block.not_actions)
            )
            if "*" not in given and any_matches(given, action) and not any_matches(taken, action):
                return True
    return False


def test_every_action_is_granted_by_a_role_that_does_not_grant_everything() -> None:
    operations = {*OPERATIONS.values(), *(operation for _, operation in functions_by_word().values())}
    unknown = [
        (one.operation, action)
        for one in operations
        for action in one.actions
        if not _is_granted(action, one.plane)
    ]
    assert unknown == []


def test_every_client_is_of_a_service_of_the_catalog_and_has_a_type() -> None:
    for client in clients():
        assert service(library_of(client).service).key == library_of(client).service
        assert client.types or client.members or client.made_by
    assert len({one.client for one in clients()}) == len(clients())


def test_words_are_written_as_they_compare() -> None:
    for client in clients():
        words = [word for several in client.methods.values() for word in several]
        for word in (*words, *client.made_by, *client.members):
            assert ".".join(map(word_of, word.split("."))) == word
    assert set(functions_by_word()) == {word_of(one) for one in functions_by_word()}


def test_clients_of_one_library_agree_on_what_a_telling_method_does() -> None:
    deletes = {OPERATIONS[one.client, "deleteblob"].actions for one in operations_by_word()["deleteblob"]}
    assert len(deletes) == 1


@pytest.mark.parametrize(
    ("method", "word"),
    [
        ("delete_blob", "deleteblob"),
        ("DeleteBlobAsync", "deleteblob"),
        ("deleteBlobWithResponse", "deleteblob"),
        ("begin_delete_secret", "begindeletesecret"),
    ],
)
def test_languages_write_one_word_in_their_own_ways(method: str, word: str) -> None:
    assert word_of(method) == word


def test_what_python_begins_others_start_or_just_do() -> None:
    for word in ("begindeletesecret", "startdeletesecret", "deletesecret"):
        assert OPERATIONS["secrets", word].actions == ("Microsoft.KeyVault/vaults/secrets/delete",)


def test_types_and_makers_lead_to_clients() -> None:
    assert [one.client for one in clients_by_type()["BlobServiceClient"]] == ["blob service"]
    assert {one.library for one in makers()["getcontainerclient"]} == {"blob", "cosmos"}
