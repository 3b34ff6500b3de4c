"""Another store as a source, where it cannot be read: why is told, and what to do."""

from __future__ import annotations

import sys

import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.stores.azure import read_store
from keyless.deploy.stores.found import Form
from keyless.model.secret_text import SecretText

ADDRESS = "https://s.azconfig.io"


@pytest.mark.parametrize("address", ["http://s.azconfig.io", "https://", "https://s.azconfig.io/kv"])
def test_what_is_no_address_of_a_store_is_refused(address: str) -> None:
    with pytest.raises(NotASource, match=r"such as `https://NAME\.azconfig\.io`"):
        read_store(address, Form(), Choice())


@pytest.mark.parametrize("lacking", ["azure.identity", "azure.appconfiguration"])
def test_without_the_client_libraries_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    with pytest.raises(NotASource, match=rf"needs `{lacking}`.*pip install 'keyless\[store\]'"):
        read_store(ADDRESS, Form(), Choice())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Endpoint=https://other.azconfig.io;Id=a;Secret=PLANTED", "is not one of `https://s.azconfig.io`"),
        ("PLANTED", "is not one of"),
        ("Endpoint=https://S.azconfig.io/;Id=PLANTED", "has no id, or no secret"),
        ("Endpoint=https://s.azconfig.io;Id=a;Secret=PLANTED!!", "or no secret in base64"),
        ("Endpoint=https://s.azconfig.io;Id=a;Secret=PLANTÉD=", "or no secret in base64"),
    ],
)
def test_a_connection_string_must_be_the_stores(text: str, why: str) -> None:
    with pytest.raises(NotASource, match=why) as refused:
        read_store(ADDRESS, Form(), Choice(), SecretText(text))
    assert "PLANTED" not in str(refused.value)
