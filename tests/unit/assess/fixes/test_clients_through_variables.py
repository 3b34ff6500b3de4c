"""The value may go through a variable of its own, and the library come into the project's manifest."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.assess import assess
from keyless.assess.fixes.apply import fixed
from keyless.assess.messages import digest
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)
BICEP = """resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {
  name: 'contoso'
}

resource site 'Microsoft.Web/sites@2023-12-01' = {
  name: 'contoso'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    siteConfig: {
      appSettings: [
        {
          name: 'Storage__Connection'
          value: 'AccountName=${store.name};AccountKey=${store.listKeys().keys[0].value}'
        }
      ]
    }
  }
}
"""
CSHARP = """using Azure.Storage.Blobs;

var builder = WebApplication.CreateBuilder(args);
var connection = builder.Configuration["Storage:Connection"];
builder.Services.AddSingleton(new BlobServiceClient(connection));
"""
PROJECT = """<Project Sdk="Microsoft.NET.Sdk.Web">
  <ItemGroup>
    <PackageReference Include="Azure.Storage.Blobs" Version="12.21.0" />
  </ItemGroup>
</Project>
"""
PYTHON = """from __future__ import annotations

import os
from azure.storage.blob import BlobServiceClient


def client():
    connection = os.environ["Storage__Connection"]
    return BlobServiceClient.from_connection_string(connection)
"""
REQUIRED = """const { BlobServiceClient } = require("@azure/storage-blob");
const connection = process.env.Storage__Connection;
module.exports = () => BlobServiceClient.fromConnectionString(connection);
"""
IMPORTED = """import {
  BlobServiceClient,
} from "@azure/storage-blob";
const connection = process.env.Storage__Connection!;
const blobs = BlobServiceClient.fromConnectionString(connection);
"""
PACKAGE = """{
  "dependencies": {
    "@azure/storage-blob": "^12.0.0"
  }
}
"""
JAVA = """import com.azure.storage.blob.BlobServiceClientBuilder;
class A {
    Object f() {
        String connection = System.getenv("Storage__Connection");
        return new BlobServiceClientBuilder().connectionString(connection).buildClient();
    }
}
"""
POM = """<project>
  <dependencies>
    <dependency><groupId>com.azure</groupId><artifactId>azure-identity</artifactId></dependency>
  </dependencies>
</project>
"""


def after_fix(files: dict[str, str]) -> dict[str, str]:
    """The files that the fix of the credential changes, as they are then; all of them are read whole."""
    data = {path: text.encode() for path, text in files.items()}
    sources = [one for path, given in data.items() if (one := read(path, given)) is not None]
    findings = [one for one in assess(sources, TODAY).findings if one.rule == "storage-credential"]
    done = fixed(findings, data.get, {path: digest(given) for path, given in data.items()})
    assert not done.refused
    changed = {one.path: one.after for one in done.files}
    again = [one for path, given in (data | changed).items() if (one := read(path, given)) is not None]
    assessed = assess(again, TODAY)
    assert not assessed.problems
    assert not done.files or "storage-credential" not in {one.rule for one in assessed.findings}
    return {path: given.decode() for path, given in changed.items()}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"Program.cs": CSHARP, "App.csproj": PROJECT},
            {
                "Program.cs": "(new System.Uri(connection), new DefaultAzureCredential())",
                "App.csproj": '    <PackageReference Include="Azure.Identity" Version="',
            },
        ),
        (
            {"app.py": PYTHON, "requirements.txt": "flask\nazure-storage-blob==12.2  # for orders\n"},
            {
                "app.py": "\n\nfrom azure.identity import DefaultAzureCredential\nimport os\n",
                "requirements.txt": "# for orders\nazure-identity>=",
            },
        ),
        (
            {"index.js": REQUIRED, "package.json": PACKAGE},
            {
                "index.js": 'const { DefaultAzureCredential } = require("@azure/identity");\nconst',
                "package.json": '^12.0.0",\n    "@azure/identity": "',
            },
        ),
        (
            {"src/index.ts": IMPORTED, "package.json": PACKAGE},
            {
                "src/index.ts": 'import { DefaultAzureCredential } from "@azure/identity";\nimport {\n',
                "package.json": '"@azure/identity": "',
            },
        ),
        ({"src/A.java": JAVA, "pom.xml": POM}, {"src/A.java": ".endpoint(connection).credential("}),
    ],
)
def test_client_setting_and_manifest_change_together(files: dict[str, str], expected: dict[str, str]) -> None:
    after = after_fix({"main.bicep": BICEP, **files})
    assert after.keys() == {"main.bicep", *expected}
    assert "listKeys" not in after["main.bicep"]
    for path, text in expected.items():
        assert text in after[path]


@pytest.mark.parametrize(
    "files",
    [
        {"Program.cs": f"{CSHARP}System.Console.WriteLine(connection.Length);\n", "App.csproj": PROJECT},
        {"Program.cs": CSHARP.replace("];", '] + ";Other=1";'), "App.csproj": PROJECT},
        {"Program.cs": CSHARP.replace("];", '] ?? "UseDevelopmentStorage=true";'), "App.csproj": PROJECT},
        {"Program.cs": CSHARP, "App.csproj": PROJECT.replace(' Version="12.21.0"', "")},
        {"Program.cs": CSHARP, "App.csproj": PROJECT, "Other.csproj": PROJECT},
        {"Program.cs": CSHARP},
        {"app.py": PYTHON, "requirements.txt": "azure-storage-blob==12.2 --hash=sha256:00\n"},
        {"app.py": PYTHON},
        {"src/A.java": JAVA, "pom.xml": POM.replace("azure-identity", "azure-storage-blob")},
        {"index.js": REQUIRED, "package.json": '{"dependencies": {"@azure/storage-blob": "12"}}'},
        {
            "settings.py": 'import os\n\nCONNECTION = os.environ["Storage__Connection"]\n',
            "app.py": (
                "from azure.storage.blob import BlobServiceClient\nfrom settings import CONNECTION\n"
                "client = BlobServiceClient.from_connection_string(CONNECTION)\n"
            ),
            "requirements.txt": "azure-identity\n",
        },
    ],
)
def test_what_is_used_twice_or_has_no_manifest_to_add_to_is_left(files: dict[str, str]) -> None:
    assert not after_fix({"main.bicep": BICEP, **files})


def test_an_exception_may_take_the_place_of_a_missing_setting() -> None:
    thrown = CSHARP.replace("];", '] ?? throw new System.Exception("no setting");')
    assert after_fix({"main.bicep": BICEP, "Program.cs": thrown, "App.csproj": PROJECT})
