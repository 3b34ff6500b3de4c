"""What is known of the calls of client libraries."""

import pytest

from keyless.catalog.client_calls import (
    DATABASE,
    MONGO,
    ClientLibrary,
    CredentialCall,
    Form,
    Style,
    calls_by_word,
    client_libraries,
    is_of,
)
from keyless.catalog.replacements import replacements
from keyless.catalog.services import services

_CALLS = [(library, call) for library in client_libraries() for call in library.calls]
_LANGUAGES = ("python", "csharp", "java", "javascript", "go")


def test_every_service_of_a_library_is_one_of_the_catalog() -> None:
    known = {one.key for one in services()} | {"", DATABASE, MONGO, "entra"}
    assert {one.service for one in client_libraries()} <= known


def test_every_call_says_where_its_credential_is() -> None:
    unplaced = [
        call
        for _, call in _CALLS
        if call.at is None and not call.argument and call.style is not Style.PROPERTY
    ]
    assert unplaced == []


def test_every_call_has_the_words_that_its_style_needs() -> None:
    typed = {Style.NEW, Style.STATIC, Style.BUILDER, Style.PROPERTY}
    assert all(call.on for _, call in _CALLS if call.style in typed)
    assert all(call.names for _, call in _CALLS if call.style is not Style.NEW)


def test_what_wraps_belongs_to_no_service_and_holds_a_key() -> None:
    assert all((library.service == "") is call.wraps for library, call in _CALLS)
    assert all(call.form is not Form.ANY for _, call in _CALLS if call.wraps)


def test_what_may_be_an_identity_is_not_certainly_a_credential() -> None:
    assert not [call for _, call in _CALLS if call.form is Form.ANY and call.certain]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_each_language_has_its_calls_by_their_last_word(language: str) -> None:
    words = calls_by_word(language)
    assert sum(map(len, words.values())) > 40
    assert all(library.language == language for known in words.values() for library, _ in known)


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("service", ["blob", "servicebus", "cosmos", "appconfig", "sql", "redis", "entra"])
def test_the_common_services_are_known_in_each_language(service: str, language: str) -> None:
    found = {one.service for one in client_libraries() if one.language == language}
    assert service in found


def test_a_library_with_calls_has_a_replacement_in_words() -> None:
    lacking = [
        (one.service, one.language)
        for one in client_libraries()
        if one.service not in {"", DATABASE, MONGO, "notificationhubs"}
        and not one.instead
        and one.language not in replacements()[one.service].calls
    ]
    assert lacking == []


def test_a_module_below_a_library_is_of_it_and_one_beside_it_is_not() -> None:
    library = ClientLibrary(
        language="python",
        libraries=("azure.cosmos",),
        calls=(CredentialCall(style=Style.NEW, on=("X",), at=0, form=Form.ANY),),
    )
    assert is_of(library, "azure.cosmos")
    assert is_of(library, "azure.cosmos.aio")
    assert not is_of(library, "azure.cosmosdb.table")
