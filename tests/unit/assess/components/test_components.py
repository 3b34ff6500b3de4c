"""The parts of a repository that are deployed by themselves, and what each uses."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.components import Authentication, Component, components
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 1, 1)
AZD = (
    "services:\n  api:\n    project: ./src/api\n    host: appservice\n"
    "  web:\n    project: ./src/web\n    host: staticwebapp\n"
)
BLOBS = "from azure.storage.blob import BlobServiceClient\n"
IDENTITY = BLOBS + "from azure.identity import DefaultAzureCredential\n"
MADE = "b = BlobServiceClient(url, credential=DefaultAzureCredential())\nb.delete_container('a')\n"
KEY = "k = BlobServiceClient.from_connection_string(os.environ['STORAGE'])\n"


def found(files: dict[str, str]) -> tuple[Component, ...]:
    sources = [read(path, text.encode()) for path, text in files.items()]
    return Repository([one for one in sources if one is not None], TODAY).view(components)


def test_the_services_of_azd_are_components_with_what_they_are_deployed_to() -> None:
    api, web = found({"azure.yaml": AZD, "src/api/main.py": IDENTITY + MADE, "src/web/index.js": "f()"})
    assert (api.name, api.root, api.host, api.known_by) == (
        "api",
        "src/api",
        "appservice",
        ("azure.yaml", "main.py"),
    )
    assert [(one.service, one.authentication) for one in api.services] == [("blob", Authentication.IDENTITY)]
    assert [(one.operation, one.place.path) for one in api.operations] == [
        ("delete a container", "src/api/main.py")
    ]
    assert (web.host, web.languages, web.services) == ("staticwebapp", ("javascript",), ())


@pytest.mark.parametrize(
    ("path", "text", "known_by"),
    [
        ("svc/Dockerfile", "FROM x\n", "Dockerfile"),
        ("svc/host.json", '{"version": "2.0"}', "host.json"),
        ("svc/package.json", '{"scripts": {"start": "node ."}}', "package.json"),
        ("svc/pom.xml", "<project><artifactId>a</artifactId></project>", "pom.xml"),
        ("svc/function_app.py", "f()\n", "function_app.py"),
        ("svc/main.go", "package main\nfunc main() {}\n", "main package"),
        ("svc/Program.cs", "var b = WebApplication.CreateBuilder(args);", "program"),
        ("svc/Run.cs", "class Run { static void Main() { } }", "program"),
    ],
)
def test_what_says_that_a_folder_is_deployed(path: str, text: str, known_by: str) -> None:
    (one,) = found({path: text})
    assert (one.name, one.root, one.known_by) == ("svc", "svc", (known_by,))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("lib/package.json", '{"name": "lib"}'),
        ("pom.xml", "<project><modules><module>a</module></modules></project>"),
        (".devcontainer/Dockerfile", "FROM x\n"),
        ("tests/main.py", "f()\n"),
        ("lib/util.go", "package util\nfunc main() {}\n"),
        ("lib/a.cs", "class A { void Main() { } }"),
        ("a/azure.yaml", "name: x\n"),
    ],
)
def test_what_is_no_component(path: str, text: str) -> None:
    assert found({path: text}) == ()


def test_a_part_within_another_is_of_it_unless_azd_names_it() -> None:
    files = {"svc/Dockerfile": "FROM x\n", "svc/inner/main.py": IDENTITY + MADE}
    (one,) = found(files)
    assert (one.root, len(one.operations)) == ("svc", 1)
    named = found({**files, "svc/azure.yaml": "services:\n  in:\n    project: inner\n    host: function\n"})
    assert [(one.name, len(one.operations)) for one in named] == [("svc", 0), ("in", 1)]


def test_code_that_lies_in_no_part_is_of_the_repository() -> None:
    whole, svc = found({"svc/Dockerfile": "FROM x\n", "lib/a.py": IDENTITY + MADE})
    assert (whole.name, whole.root, len(whole.operations)) == ("repository", "", 1)
    assert svc.operations == ()


def test_how_a_part_signs_in_is_told_from_its_code() -> None:
    def way(text: str) -> list[Authentication]:
        (one,) = found({"svc/app.py": text})
        return [used.authentication for used in one.services]

    assert way(IDENTITY + MADE) == [Authentication.IDENTITY]
    assert way(BLOBS + KEY) == [Authentication.CREDENTIAL]
    assert way(IDENTITY + MADE + KEY) == [Authentication.BOTH]
    go = 'package main\nimport "github.com/Azure/azure-sdk-for-go/sdk/%s"\n'
    made = (
        go % "storage/azblob"
        + go.partition("\n")[2] % "azidentity"
        + (
            "func main() {\ncred, err := azidentity.NewDefaultAzureCredential(nil)\n"
            "c, err := azblob.NewClient(url, cred, nil)\nc.DeleteContainer(ctx, a, nil)\n}\n"
        )
    )
    (one,) = found({"svc/main.go": made})
    assert [used.authentication for used in one.services] == [Authentication.IDENTITY]
    assert way(BLOBS + "def f(c):\n    c.delete_blob('a')\n") == [Authentication.UNKNOWN]


def test_a_compute_resource_is_of_the_part_that_its_tag_names() -> None:
    site = (
        "resource {0} 'Microsoft.Web/sites@2023-12-01' = {{\n  name: '{0}'\n  location: 'x'\n"
        "  tags: {{ 'azd-service-name': '{0}' }}\n}}\n"
    )
    api, web = found({"azure.yaml": AZD, "infra/main.bicep": site.format("api") + site.format("web")})
    assert [(one.type, one.symbol) for one in api.compute] == [("Microsoft.Web/sites", "api")]
    assert [one.symbol for one in web.compute] == ["web"]


def test_the_only_compute_resource_is_of_the_only_part() -> None:
    bicep = "resource site 'Microsoft.Web/sites@2023-12-01' = {\n  name: 'a'\n  location: 'x'\n}\n"
    (one,) = found({"svc/app.py": "f()\n", "infra/main.bicep": bicep})
    assert [each.symbol for each in one.compute] == ["site"]
