"""Which calls of client libraries are found in code, and which argument of them the credential is."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.clients import ClientUse, client_uses
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Call
from keyless.catalog.client_calls import Form


def uses_in(path: str, text: str, **others: str) -> list[ClientUse]:
    sources = [read(path, text.encode()), *(read(name, other.encode()) for name, other in others.items())]
    found = client_uses(Repository([one for one in sources if one is not None], datetime.date(2026, 1, 1)))
    return [one for one in found if one.within.unit.path == path]


def told(path: str, text: str) -> list[tuple[str, str, str]]:
    """Service, form, and the text of the argument."""
    data = text.encode()
    return [
        (one.service, one.form.value, data[one.argument.span.start : one.argument.span.end].decode())
        for one in uses_in(path, text)
    ]


BLOB = "from azure.storage.blob import BlobServiceClient\n"
SEARCH = (
    "from azure.search.documents import SearchClient\nfrom azure.core.credentials import AzureKeyCredential\n"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BLOB + "c = BlobServiceClient.from_connection_string(x)", ("blob", "connection-string", "x")),
        (BLOB + "c = BlobServiceClient(url, credential=key)", ("blob", "any", "key")),
        (
            "from azure.storage import blob as b\nc = b.BlobServiceClient.from_connection_string(conn_str=x)",
            ("blob", "connection-string", "x"),
        ),
        (BLOB + "o = {'credential': key}\nc = BlobServiceClient(url, **o)", ("blob", "any", "key")),
        (
            BLOB + "make = BlobServiceClient.from_connection_string\nc = make(x)",
            ("blob", "connection-string", "x"),
        ),
        (SEARCH + "SearchClient(e, 'i', AzureKeyCredential(k))", ("search", "api-key", "k")),
        (SEARCH + "c = AzureKeyCredential(k)\nSearchClient(e, 'i', c)", ("search", "api-key", "k")),
        (
            SEARCH + "class A:\n    def __init__(self, k):\n        self.c = AzureKeyCredential(k)\n"
            "    def f(self):\n        SearchClient(e, 'i', credential=self.c)",
            ("search", "api-key", "k"),
        ),
        ("import psycopg2\npsycopg2.connect(host=h, password=p)", ("postgres", "password", "p")),
        ("import redis\nr = redis.Redis(host=h, password=p)", ("redis", "account-key", "p")),
        (
            "from azure.identity import ClientSecretCredential as C\nC(t, c, s)",
            ("entra", "entra-secret", "s"),
        ),
        (
            "from azure.cosmos import CosmosClient\nCosmosClient(u, {'masterKey': k})",
            ("cosmos", "account-key", "k"),
        ),
        (
            "import requests\nrequests.post(f'{h}/openai/x', headers={'api-key': k})",
            ("openai", "api-key", "k"),
        ),
        ("u = f'https://{a}.azurewebsites.net/api/x?code={k}'", ("functions", "api-key", "k")),
    ],
)
def test_python_calls_are_told_by_their_imports(text: str, expected: tuple[str, str, str]) -> None:
    assert told("a.py", text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "from mine import BlobServiceClient\nBlobServiceClient.from_connection_string(x)",
        "import psycopg2\nconn.connect(password=p)",
        "import requests\nrequests.post('https://example.org', headers={'api-key': k})",
        BLOB + "BlobServiceClient(url)",
        BLOB + "BlobServiceClient.from_connection_string(None)",
    ],
)
def test_what_is_of_another_library_is_no_use(text: str) -> None:
    assert told("a.py", text) == []


def test_of_two_credentials_that_may_be_given_the_stored_one_counts_and_is_said_to_be_optional() -> None:
    text = SEARCH + "SearchClient(e, 'i', AzureKeyCredential(k) if k else DefaultAzureCredential())"
    (found,) = uses_in("a.py", text)
    assert (found.form, found.optional, found.certain) == (Form.API_KEY, True, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'import { BlobServiceClient as B } from "@azure/storage-blob";\nB.fromConnectionString(x);',
            ("blob", "connection-string", "x"),
        ),
        (
            'import { CosmosClient } from "@azure/cosmos";\nconst o = { key: k };\nnew CosmosClient(o);',
            ("cosmos", "account-key", "k"),
        ),
        (
            (
                'import { BlobServiceClient, StorageSharedKeyCredential } from "@azure/storage-blob";\n'
                "new BlobServiceClient(url, new StorageSharedKeyCredential(a, k));"
            ),
            ("blob", "account-key", "k"),
        ),
        (
            (
                'import create from "@azure-rest/ai-vision-image-analysis";\n'
                'import { AzureKeyCredential } from "@azure/core-auth";\n'
                "create(e, new AzureKeyCredential(k));"
            ),
            ("cognitive", "api-key", "k"),
        ),
        ('const sql = require("mssql");\nsql.connect({ user: u, password: p });', ("sql", "password", "p")),
        (
            'import { Pool } from "pg";\nnew Pool({ connectionString: c });',
            ("postgres", "connection-string", "c"),
        ),
        ('fetch(u, { headers: { "x-functions-key": k } });', ("functions", "api-key", "k")),
        ('h.set("aeg-sas-key", k);', ("eventgrid", "api-key", "k")),
        ('h["aeg-sas-key"] = k;', ("eventgrid", "api-key", "k")),
    ],
)
def test_javascript_calls_are_told_by_their_imports(text: str, expected: tuple[str, str, str]) -> None:
    assert told("a.ts", text) == [expected]


def csharp(using: str, body: str, parameters: str = "") -> str:
    return f"using {using}; class A {{ void F({parameters}) {{ {body} }} }}"


@pytest.mark.parametrize(
    ("using", "body", "expected"),
    [
        ("Azure.Storage.Blobs", 'new BlobServiceClient(c["X"]);', ("blob", "connection-string", 'c["X"]')),
        (
            "Azure.Storage.Blobs",
            'new BlobServiceClient(new Uri(u), new StorageSharedKeyCredential("a", k));',
            ("blob", "account-key", "k"),
        ),
        (
            "Microsoft.Azure.Cosmos",
            'new CosmosClient(c["Endpoint"], c["Key"]);',
            ("cosmos", "any", 'c["Key"]'),
        ),
        (
            "Microsoft.Azure.Cosmos",
            "new CosmosClient(connection, new CosmosClientOptions());",
            ("cosmos", "connection-string", "connection"),
        ),
        (
            "X",
            's.AddDbContext<C>(o => o.UseSqlServer(c.GetConnectionString("M")));',
            ("sql", "connection-string", 'c.GetConnectionString("M")'),
        ),
        (
            "X",
            's.AddStackExchangeRedisCache(o => { o.Configuration = c["R"]; });',
            ("redis", "connection-string", 'c["R"]'),
        ),
        (
            "X",
            'b.AddAzureAppConfiguration(o => o.Connect(c["AppConfig"]).Select("*"));',
            ("appconfig", "connection-string", 'c["AppConfig"]'),
        ),
        (
            "Microsoft.Identity.Client",
            "ConfidentialClientApplicationBuilder.Create(i).WithClientSecret(s).Build();",
            ("entra", "entra-secret", "s"),
        ),
        (
            "StackExchange.Redis",
            "var o = new ConfigurationOptions { Password = p };",
            ("redis", "account-key", "p"),
        ),
    ],
)
def test_csharp_overloads_are_told_apart(using: str, body: str, expected: tuple[str, str, str]) -> None:
    assert told("a.cs", csharp(using, body)) == [expected]


def test_an_address_with_an_identity_is_no_connection_string() -> None:
    body = "new BlobServiceClient(u, new DefaultAzureCredential());"
    (found,) = uses_in("a.cs", csharp("Azure.Storage.Blobs", body, "Uri u"))
    assert found.form is Form.ANY
    assert isinstance(found.argument, Call)


def test_global_usings_count_in_every_file_of_csharp() -> None:
    found = uses_in(
        "a.cs",
        "class A { void F() { new BlobServiceClient(connectionString); } }",
        **{"Usings.cs": "global using Azure.Storage.Blobs;"},
    )
    assert [one.service for one in found] == ["blob"]


def test_a_key_credential_that_goes_to_nothing_known_is_of_the_only_library_there_is() -> None:
    text = (
        "from azure.search.documents import SearchItemPaged\n"
        "from azure.core.credentials import AzureKeyCredential\nreturn_(AzureKeyCredential(k))"
    )
    assert told("a.py", text) == [("search", "api-key", "k")]
