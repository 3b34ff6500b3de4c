"""Clients of libraries by names of the code's own: aliases, classes that derive, what files hand on."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from keyless.assess.clients import client_uses
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read


def clients_in(files: Mapping[str, str]) -> set[tuple[str, str]]:
    """What each client is called, with the text of its argument."""
    sources = [read(path, text.encode()) for path, text in files.items()]
    found = client_uses(Repository([one for one in sources if one is not None], datetime.date(2026, 1, 1)))
    return {
        (
            one.client,
            _text(files[one.argument_within.unit.path], one.argument.span.start, one.argument.span.end),
        )
        for one in found
    }


def _text(text: str, start: int, end: int) -> str:
    return text.encode()[start:end].decode()


BLOB = "from azure.storage.blob import BlobServiceClient\n"
COSMOS = "from azure.cosmos import CosmosClient\n"
STRING, KEY = "BlobServiceClient.from_connection_string", "CosmosClient"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BLOB + "Client = BlobServiceClient\nClient.from_connection_string(x)", STRING),
        (BLOB + "def f():\n    c = BlobServiceClient\n    c.from_connection_string(x)", STRING),
        (BLOB + "getattr(BlobServiceClient, 'from_connection_string')(x)", STRING),
        (BLOB + "C = {'blob': BlobServiceClient}\nC['blob'].from_connection_string(x)", STRING),
        (BLOB + "def f(c):\n    c.from_connection_string(x)\nf(BlobServiceClient)", STRING),
        (
            BLOB + "class A:\n    of = BlobServiceClient\n    def f(self):\n"
            "        self.of.from_connection_string(x)",
            STRING,
        ),
        (BLOB + "class Mine(BlobServiceClient):\n    pass\nMine.from_connection_string(x)", STRING),
        (COSMOS + "class Mine(CosmosClient):\n    pass\nMine(url, x)", KEY),
        (COSMOS + "class A(CosmosClient):\n    pass\nclass B(A):\n    pass\nB(url, x)", KEY),
        (
            COSMOS + "class Mine(CosmosClient):\n    def __init__(self, url, x):\n"
            "        super().__init__(url, credential=x)\nMine(url, other)",
            KEY,
        ),
        (
            "try:\n    from azure.cosmos import CosmosClient as C\nexcept E:\n    C = None\nC(url, x)",
            KEY,
        ),
    ],
)
def test_a_client_of_python_is_one_by_whatever_name(text: str, expected: str) -> None:
    assert clients_in({"app.py": text}) == {(expected, "x")}


def test_a_client_that_a_file_of_python_hands_on_is_one() -> None:
    files = {
        "app.py": "import compat\nfrom compat import BlobServiceClient, Other, Mine\n"
        "BlobServiceClient.from_connection_string(a)\nOther.from_connection_string(b)\nMine(url, c)\n"
        "compat.BlobServiceClient.from_connection_string(d)\n",
        "compat.py": BLOB + "from azure.cosmos import CosmosClient as _C\nOther = BlobServiceClient\n"
        "class Mine(_C):\n    pass\n",
    }
    assert clients_in(files) == {(STRING, "a"), (STRING, "b"), (KEY, "c"), (STRING, "d")}


def test_a_class_of_ones_own_with_the_name_of_a_client_is_none() -> None:
    text = "class BlobServiceClient:\n    pass\nClient = BlobServiceClient\nClient.from_connection_string(x)"
    assert clients_in({"app.py": text}) == set()


def test_a_client_of_javascript_is_one_by_whatever_name() -> None:
    files = {
        "lib.ts": 'export { BlobServiceClient } from "@azure/storage-blob";\n'
        'export * from "@azure/cosmos";\n'
        'import { TableClient } from "@azure/data-tables";\n'
        "export const Tables = TableClient;\nexport default TableClient;\n",
        "app.ts": 'import T, { BlobServiceClient, CosmosClient, Tables } from "./lib";\n'
        'import * as lib from "./lib";\nimport * as cosmos from "@azure/cosmos";\n'
        "class Mine extends cosmos.CosmosClient {}\n"
        "class Own extends cosmos.CosmosClient {\n  constructor(g) { super({ endpoint: e, key: g }); }\n}\n"
        "BlobServiceClient.fromConnectionString(a);\nnew CosmosClient({ endpoint: e, key: b });\n"
        'Tables.fromConnectionString(c, "t");\nT.fromConnectionString(d, "t");\n'
        "lib.BlobServiceClient.fromConnectionString(e);\nnew Mine({ endpoint: e, key: f });\nnew Own(h);\n",
    }
    found = clients_in(files)
    blob, table = "BlobServiceClient.fromConnectionString", "TableClient.fromConnectionString"
    assert found == {(blob, "a"), (KEY, "b"), (table, "c"), (table, "d"), (blob, "e"), (KEY, "f"), (KEY, "g")}


def test_a_client_of_csharp_is_one_by_whatever_name() -> None:
    files = {
        "Mine.cs": "using Azure.Messaging.ServiceBus;\nclass Mine : ServiceBusClient {\n"
        "  public Mine(string a) : base(a) { }\n}\nclass Plain : ServiceBusClient { }\n",
        "A.cs": "using Bus = Azure.Messaging.ServiceBus.ServiceBusClient;\nclass A {\n"
        "  void M() { var b = new Bus(x); var c = new Plain(y); var d = new Mine(z); }\n}\n",
    }
    assert clients_in(files) == {("ServiceBusClient", one) for one in ("a", "x", "y")}


def test_a_builder_of_java_is_one_wherever_its_chain_begins() -> None:
    files = {
        "Mine.java": "import com.azure.storage.blob.BlobServiceClientBuilder;\n"
        "class Mine extends BlobServiceClientBuilder {}\n",
        "Make.java": "import com.azure.storage.blob.BlobServiceClientBuilder;\n"
        "class Make { static BlobServiceClientBuilder one() { return new BlobServiceClientBuilder(); } }\n",
        "A.java": "class A { void m() {\n  new Mine().connectionString(x).buildClient();\n"
        "  Make.one().connectionString(y).buildClient();\n} }\n",
    }
    client = "BlobServiceClientBuilder.connectionString"
    assert clients_in(files) == {(client, "x"), (client, "y")}


def test_a_function_of_go_is_one_in_a_variable() -> None:
    text = (
        'package main\nimport "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"\nfunc main() {\n'
        "  create := azblob.NewClientFromConnectionString\n  create(x, nil)\n}\n"
    )
    assert {argument for _, argument in clients_in({"main.go": text})} == {"x"}
