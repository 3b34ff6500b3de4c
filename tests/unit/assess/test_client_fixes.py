"""A client and its setting are taken off a connection string together, or not at all."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Fix
from keyless.assess.fixes.edits import Original
from keyless.assess.repository import Repository
from keyless.assess.rules.registry import rules
from keyless.assess.sources.read import read

BICEP = """resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: 'contoso'
}

resource settings 'Microsoft.Web/sites/config@2023-12-01' = {
  name: 'contoso/appsettings'
  properties: {
    ORDERS: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${store.listKeys().keys[0].value}'
  }
}
"""
FIXED = "    ORDERS: store.properties.primaryEndpoints.blob\n"
PYTHON = """import os
from azure.storage.blob import BlobServiceClient

client = BlobServiceClient.from_connection_string(os.environ["ORDERS"])
"""
CSHARP = """using Azure.Storage.Blobs;
class A { void F(IConfiguration c) { var s = new BlobServiceClient(c["ORDERS"]); } }
"""
JAVA = """import com.azure.storage.blob.BlobServiceClientBuilder;
class A {
Object f() { return new BlobServiceClientBuilder().connectionString(System.getenv("ORDERS")).buildClient(); }
}
"""
TYPESCRIPT = """import { DefaultAzureCredential } from "@azure/identity";
import { BlobServiceClient } from "@azure/storage-blob";
const client = BlobServiceClient.fromConnectionString(process.env.ORDERS!);
"""
IDENTITY = {
    "app.py": ("other.py", "from azure.identity import ManagedIdentityCredential\n"),
    "A.cs": ("B.cs", "using Azure.Identity;\n"),
    "A.java": ("B.java", "import com.azure.identity.ManagedIdentityCredentialBuilder;\n"),
    "a.ts": ("b.ts", ""),
}


def fix_in(files: dict[str, str]) -> Fix | None:
    sources = [one for path, text in files.items() if (one := read(path, text.encode())) is not None]
    repository = Repository(sources, datetime.date(2026, 1, 1))
    (finding,) = rules()["storage-credential"].check(repository)
    return finding.fix


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "app.py",
            PYTHON,
            'client = BlobServiceClient(os.environ["ORDERS"], credential=DefaultAzureCredential())',
        ),
        (
            "A.cs",
            CSHARP,
            'new BlobServiceClient(new System.Uri(c["ORDERS"]), new DefaultAzureCredential())',
        ),
        (
            "A.java",
            JAVA,
            (
                '.endpoint(System.getenv("ORDERS")).credential(new DefaultAzureCredentialBuilder().build())'
                ".buildClient()"
            ),
        ),
        (
            "a.ts",
            TYPESCRIPT,
            "new BlobServiceClient(process.env.ORDERS!, new DefaultAzureCredential())",
        ),
    ],
)
def test_the_setting_and_the_constructor_change_together(path: str, text: str, expected: str) -> None:
    other, more = IDENTITY[path]
    files = {"main.bicep": BICEP, path: text, other: more}
    fix = fix_in(files)
    assert fix is not None
    after = {
        name: Original(files[name].encode()).edited(one for one in fix.edits if one.path == name).decode()
        for name in {one.path for one in fix.edits}
    }
    assert FIXED in after["main.bicep"]
    assert "listKeys" not in after["main.bicep"]
    assert expected in after[path]
    assert "DefaultAzureCredential" in after[path].partition("class")[0] or path == "A.cs"
    assert path != "A.cs" or after[path].startswith("using Azure.Identity;\nusing Azure.Storage.Blobs;")


@pytest.mark.parametrize(
    "more",
    [
        {".env": "ORDERS=UseDevelopmentStorage=true\n"},
        {"again.py": 'import os\n\nprint(os.environ["ORDERS"])\n'},
        {"other.py": ""},
    ],
)
def test_nothing_is_offered_where_it_would_not_be_the_whole(more: dict[str, str]) -> None:
    other, text = IDENTITY["app.py"]
    assert fix_in({"main.bicep": BICEP, "app.py": PYTHON, other: text, **more}) is None
