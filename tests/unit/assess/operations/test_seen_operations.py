"""Operations of services are seen in code by the types of clients, in five languages, and nothing else is."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.operations import seen_operations
from keyless.assess.operations.seen import is_test
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)
PYTHON = "from azure.storage.blob import BlobServiceClient\n"
KEYS = "from azure.keyvault.keys.crypto import CryptographyClient\n"


def seen(**files: str) -> list[tuple[str, str, int]]:
    """Service, operation and line; file names have `_` before their ending."""
    sources = [
        read(name.replace("__", "/").replace("_DOT_", "."), text.encode()) for name, text in files.items()
    ]
    repository = Repository([one for one in sources if one is not None], TODAY)
    return [
        (one.service, one.operation.operation, one.place.span.line)
        for one in repository.view(seen_operations)
    ]


def of_python(text: str) -> list[tuple[str, str, int]]:
    return seen(a_DOT_py=text)


BLOB = ("blob", "delete a blob")
CASES = {
    "a.py": (
        PYTHON + "s = BlobServiceClient(url, credential=c)\ns.get_blob_client('a', 'b').delete_blob()\n",
        [(*BLOB, 3)],
    ),
    "b.py": (
        PYTHON + "class A:\n def __init__(self):\n  self.s = BlobServiceClient.from_connection_string(x)\n"
        " async def f(self):\n  async with self.s.get_container_client('a') as c:\n"
        "   await c.delete_blob('b')\n",
        [(*BLOB, 7)],
    ),
    "a.cs": (
        (
            "using Azure.Storage.Blobs;\nvar s = new BlobServiceClient(u, c);\n"
            'await s.GetBlobContainerClient("a").GetBlobClient("b").DeleteIfExistsAsync();'
        ),
        [(*BLOB, 3)],
    ),
    "b.cs": (
        "class A(BlobContainerClient c) { Task F() => c.DeleteBlobAsync(x); Task G() => c.DeleteAsync(); }",
        [(*BLOB, 1), ("blob", "delete a container", 1)],
    ),
    "A.java": (
        (
            "import com.azure.storage.blob.*;\nclass A { @Autowired BlobServiceClient s; void f() {\n"
            'BlobContainerClient c = s.getBlobContainerClient("a");\n'
            'c.getBlobClient("b").delete(); c.listBlobs(); } }'
        ),
        [(*BLOB, 4), ("blob", "list blobs", 4)],
    ),
    "B.java": (
        (
            "import com.azure.messaging.servicebus.*;\nclass A { void f() {\n"
            "var s = new ServiceBusClientBuilder().credential(c).sender().queueName(q).buildClient();\n"
            "s.sendMessage(m); } }"
        ),
        [("servicebus", "send messages", 4)],
    ),
    "C.java": (
        (
            "import com.azure.messaging.eventhubs.*;\nclass A { EventHubProducerClient p =\n"
            " new EventHubClientBuilder().credential(c).buildProducerClient(); void f() { p.send(b); } }"
        ),
        [("eventhubs", "send events", 3)],
    ),
    "a.ts": (
        (
            'import { BlobServiceClient } from "@azure/storage-blob";\n'
            "const s = new BlobServiceClient(u, c);\n"
            'const k = s.getContainerClient("a");\nawait k.getBlockBlobClient("b").uploadData(d);\n'
            "await k.delete();"
        ),
        [("blob", "write a blob", 4), ("blob", "delete a container", 5)],
    ),
    "b.js": (
        (
            'const { CosmosClient } = require("@azure/cosmos");\nconst s = new CosmosClient(o);\n'
            'const c = s.database("a").container("b");\nc.items.create(x);\nc.item(i, k).delete();\n'
            "c.items.query(q);"
        ),
        [("cosmos", "create an item", 4), ("cosmos", "delete an item", 5), ("cosmos", "query items", 6)],
    ),
    "c.js": (
        (
            'const { AzureOpenAI } = require("openai");\nconst a = new AzureOpenAI(o);\n'
            "a.chat.completions.create(x);\nother.chat.completions.create(x);"
        ),
        [("openai", "complete a chat", 3)],
    ),
    "a.go": (
        (
            'package m\nimport "github.com/Azure/azure-sdk-for-go/sdk/storage/azblob"\nfunc f() {\n'
            "c, err := azblob.NewClient(u, cred, nil)\n_, err = c.UploadBuffer(ctx, a, b, d, nil)\n"
            "c.ServiceClient().NewContainerClient(a).NewBlobClient(b).Delete(ctx, nil)\n}"
        ),
        [("blob", "write a blob", 5), (*BLOB, 6)],
    ),
    "b.go": (
        (
            'package m\nimport "github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"\n'
            'func f(c *azsecrets.Client) {\n c.SetSecret(ctx, "a", p, nil)\n}'
        ),
        [("keyvault", "set secret", 4)],
    ),
    "c.cs": (
        (
            "using Microsoft.Azure.Cosmos;\nclass A { readonly Container _c; A(CosmosClient k) {\n"
            '_c = k.GetContainer("a", "b"); }\nTask F() => _c.UpsertItemAsync(x); }'
        ),
        [("cosmos", "create or replace an item", 4)],
    ),
    "d.cs": (
        'builder.Configuration.AddAzureKeyVault(new Uri("https://v.vault.azure.net"), c);',
        [("keyvault", "load all secrets", 1)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_operation_is_seen_by_the_type_of_its_client(name: str) -> None:
    text, wanted = CASES[name]
    assert seen(**{name.replace(".", "_DOT_"): text}) == wanted


MORE = {
    "a.cs": (
        "var b = app.Services.GetRequiredService<BlobServiceClient>();\nb.DeleteBlobContainer(x);",
        [("blob", "delete a container", 2)],
    ),
    "b.cs": (
        "var b = a ? c : new BlobServiceClient(u);\nb.DeleteBlobContainer(x);",
        [("blob", "delete a container", 2)],
    ),
    "c.cs": (
        "class A { BlobServiceClient Make() => x; void F() { Make().DeleteBlobContainer(x); } }",
        [("blob", "delete a container", 1)],
    ),
    "a.py": (
        PYTHON + "def f(c: BlobServiceClient | None):\n    c.delete_container('a')\n",
        [("blob", "delete a container", 3)],
    ),
    "b.py": (
        "from azure.appconfiguration.provider import load\nsettings = load(endpoint=e)\n",
        [("appconfig", "load key-values", 2)],
    ),
    "c.py": ("from yaml import load\nsettings = load(e)\n", []),
    "d.py": (
        (
            "from openai import AzureOpenAI\nfrom azure.cosmos import CosmosClient\nc = CosmosClient(u)\n"
            "c.get_database_client('a').get_container_client('b').upsert_item(x)\n"
        ),
        [("cosmos", "create or replace an item", 4)],
    ),
    "e.py": (
        (
            "from azure.storage.queue import QueueClient\nfrom azure.servicebus import ServiceBusClient\n"
            "def f(c, n=0):\n    c.peek_messages()\n"
        ),
        [],
    ),
}


@pytest.mark.parametrize("name", MORE)
def test_types_are_told_in_many_ways(name: str) -> None:
    text, wanted = MORE[name]
    assert seen(**{name.replace(".", "_DOT_"): text}) == wanted


def test_a_client_that_another_file_makes_is_followed_there() -> None:
    made = PYTHON + "def blobs():\n    return BlobServiceClient(url, credential=c)\n"
    used = "from made import blobs\ndef f():\n    blobs().delete_container('a')\n"
    assert seen(made_DOT_py=made, used_DOT_py=used) == [("blob", "delete a container", 3)]


def test_a_parameter_is_what_callers_give_it() -> None:
    text = PYTHON + "def f(c):\n    c.create_container('x')\n    c.delete()\nf(BlobServiceClient(u))\n"
    assert of_python(text) == [("blob", "create a container", 3)]


def test_without_a_type_a_telling_name_counts_where_its_library_is_imported() -> None:
    assert of_python(PYTHON + "client.delete_blob('b')\n") == [(*BLOB, 2)]
    assert of_python("client.delete_blob('b')\n") == []
    assert of_python(KEYS + "x.unwrap_key(a)\nx.sign(a)\n") == [("keyvault", "unwrap key", 2)]


@pytest.mark.parametrize(
    "text",
    [
        PYTHON + "client.delete('b')\n",
        PYTHON + "class Repo:\n    pass\nr = Repo()\nr.delete_blob('b')\n",
        PYTHON + "# client.delete_blob('b')\ntext = 'delete_blob'\n",
        PYTHON + "def delete_blob(a): ...\ndelete_blob(1)\n",
        "from azure.keyvault.secrets import SecretClient\nclient.sign(a)\n",
        "def f(client: Session):\n    client.get_secret('a')\n",
    ],
)
def test_a_name_alone_is_no_operation(text: str) -> None:
    assert of_python(text) == []


def test_tests_are_no_part_of_what_a_workload_does() -> None:
    text = PYTHON + "BlobServiceClient(u).delete_container('a')\n"
    assert seen(tests__a_DOT_py=text, test_a_DOT_py=text) == []
    assert is_test("src/app.test.ts")
    assert is_test("a/FooTests.cs")
    assert not is_test("src/contest.py")
