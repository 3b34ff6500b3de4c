"""Where the endpoint stands beside the key, an identity takes the key's place, and nothing else changes."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.assess import assess
from keyless.assess.fixes.apply import fixed
from keyless.assess.messages import digest
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)
PYTHON = """import os
from azure.core.credentials import AzureKeyCredential
from azure.cosmos import CosmosClient
from azure.identity import DefaultAzureCredential
from azure.search.documents import SearchClient

client = {call}
"""
CSHARP = """using Azure;
using Azure.Identity;
using Azure.Search.Documents;
using Microsoft.Azure.Cosmos;
class A {{ void F(IConfiguration c) {{ var client = {call}; }} }}
"""
JAVASCRIPT = """import {{ DefaultAzureCredential }} from "@azure/identity";
import {{ AzureKeyCredential, SearchClient }} from "@azure/search-documents";
const client = {call};
"""


def after(path: str, text: str) -> str:
    """A file after its fixes; nothing that was found is found then, and nothing else but how it signs in."""
    data = text.encode()
    source = read(path, data)
    assert source is not None
    before = assess([source], TODAY)
    done = fixed(before.findings, {path: data}.get, {path: digest(data)})
    assert not done.refused
    given = done.files[0].after if done.files else data
    again = read(path, given)
    assert again is not None
    assert not again.problems
    if done.files:
        assert {one.rule for one in assess([again], TODAY).findings} <= {"ambient-credential"}
    return given.decode()


@pytest.mark.parametrize(
    ("path", "text", "call", "expected"),
    [
        (
            "app.py",
            PYTHON,
            'CosmosClient(os.environ["URL"], credential=os.environ["COSMOS_KEY"])',
            'CosmosClient(os.environ["URL"], credential=DefaultAzureCredential())',
        ),
        (
            "app.py",
            PYTHON,
            'SearchClient(os.environ["URL"], "orders", AzureKeyCredential(os.environ["SEARCH_KEY"]))',
            'SearchClient(os.environ["URL"], "orders", DefaultAzureCredential())',
        ),
        (
            "A.cs",
            CSHARP,
            'new CosmosClient(c["Cosmos:Endpoint"], c["Cosmos:Key"])',
            'new CosmosClient(c["Cosmos:Endpoint"], new DefaultAzureCredential())',
        ),
        (
            "A.cs",
            CSHARP,
            'new SearchClient(new Uri(c["Url"]), "orders", new AzureKeyCredential(c["Search:Key"]))',
            'new SearchClient(new Uri(c["Url"]), "orders", new DefaultAzureCredential())',
        ),
        (
            "a.ts",
            JAVASCRIPT,
            'new SearchClient(process.env.URL!, "orders", new AzureKeyCredential(process.env.SEARCH_KEY!))',
            'new SearchClient(process.env.URL!, "orders", new DefaultAzureCredential())',
        ),
    ],
)
def test_only_the_argument_of_the_key_changes(path: str, text: str, call: str, expected: str) -> None:
    assert after(path, text.format(call=call)) == text.format(call=expected)


@pytest.mark.parametrize(
    ("path", "text", "call"),
    [
        (
            "A.cs",
            CSHARP,
            'new CosmosClient(c["Cosmos:Endpoint"], c["Cosmos:Key"], new CosmosClientOptions())',
        ),
        ("app.py", PYTHON, 'CosmosClient(os.environ["URL"], {"masterKey": os.environ["COSMOS_KEY"]})'),
        (
            "app.py",
            PYTHON,
            'SearchClient(os.environ["URL"], "a", AzureKeyCredential(os.environ["SEARCH_KEY"]), b="c")',
        ),
    ],
)
def test_a_call_of_another_form_is_left(path: str, text: str, call: str) -> None:
    assert after(path, text.format(call=call)) == text.format(call=call)


def test_an_asynchronous_client_is_left_since_it_takes_another_credential() -> None:
    text = PYTHON.replace("azure.cosmos", "azure.cosmos.aio")
    call = 'CosmosClient(os.environ["URL"], credential=os.environ["COSMOS_KEY"])'
    assert after("app.py", text.format(call=call)) == text.format(call=call)


def test_a_key_that_has_a_name_is_left_since_it_may_be_an_identity_elsewhere() -> None:
    text = (
        PYTHON
        + "\n\ndef make(credential):\n    return CosmosClient(os.environ['URL'], credential=credential)\n"
    )
    given = text.format(call='make(os.environ["COSMOS_KEY"])')
    assert after("app.py", given) == given
