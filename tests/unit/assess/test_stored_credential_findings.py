"""Which credentials are found to be stored, how sure that is, and what is to take their place."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Group
from keyless.assess.sources.read import read

BLOB = "import os\nfrom azure.storage.blob import BlobServiceClient\n"
SEARCH = (
    "import os\nfrom azure.core.credentials import AzureKeyCredential\n"
    "from azure.identity import DefaultAzureCredential\nfrom azure.search.documents import SearchClient\n"
)
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


def found_in(files: dict[str, str]) -> list[Finding]:
    sources = [one for path, text in files.items() if (one := read(path, text.encode())) is not None]
    repository = Repository(sources, datetime.date(2026, 1, 1))
    own = [rule for rule in rules().values() if rule.group is Group.CREDENTIALS and rule.id not in _OTHERS]
    return sorted((one for rule in own for one in rule.check(repository)), key=lambda one: one.place)


_OTHERS = {"secret-value", "pipeline-credential", "publish-profile", "devops-credential"}


def test_a_key_that_a_template_reads_and_code_uses_is_one_finding_with_the_whole_way() -> None:
    code = BLOB + 'BlobServiceClient.from_connection_string(os.environ["ORDERS"])\n'
    (finding,) = found_in({"infra/main.bicep": BICEP, "app.py": code})
    assert (finding.rule, finding.place.path, finding.place.span.line) == ("storage-credential", "app.py", 3)
    assert [(one.place.path, one.place.span.line) for one in finding.steps] == [
        ("infra/main.bicep", 8),
        ("infra/main.bicep", 8),
        ("app.py", 3),
        ("app.py", 3),
    ]
    assert (finding.severity, finding.confidence, finding.subject) == (
        Severity.HIGH,
        Confidence.HIGH,
        "store",
    )


def test_a_finding_has_one_whole_way_and_says_apart_where_else_the_credential_comes_from() -> None:
    code = BLOB + 'BlobServiceClient.from_connection_string(os.environ["ORDERS"])\n'
    workflow = """on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
    - run: az webapp config appsettings set -n web --settings ORDERS="${{ secrets.ORDERS_STRING }}"
"""
    files = {"infra/main.bicep": BICEP, "app.py": code, ".github/workflows/deploy.yml": workflow}
    finding = next(one for one in found_in(files) if one.place.path == "app.py")
    assert [one.place.path for one in finding.steps] == [
        "infra/main.bicep",
        "infra/main.bicep",
        "app.py",
        "app.py",
    ]
    assert [one.place.path for one in finding.also] == [".github/workflows/deploy.yml"]
    assert ".github/workflows/deploy.yml" in {one.path for one in finding.places}


def test_two_settings_that_one_field_is_bound_to_are_both_said() -> None:
    code = """
    import com.azure.storage.blob.BlobServiceClientBuilder;
    class StoreProperties {
        private String connection;
        public String getConnection() { return connection; }
        public void setConnection(String connection) { this.connection = connection; }
    }
    class Configuration {
        @Bean @ConfigurationProperties("orders") StoreProperties orders() { return new StoreProperties(); }
        @Bean @ConfigurationProperties("bills") StoreProperties bills() { return new StoreProperties(); }
        Object client(StoreProperties properties) {
            return new BlobServiceClientBuilder().connectionString(properties.getConnection()).buildClient();
        }
    }
    """
    (finding,) = found_in({"Configuration.java": code})
    begun = (finding.steps[0], *finding.also)
    assert [one.what for one in begun] == [
        "bound to setting `orders.connection`",
        "bound to setting `bills.connection`",
    ]
    assert len({one.place for one in begun}) == 1


def test_a_key_that_no_code_reads_is_found_at_its_setting() -> None:
    (finding,) = found_in({"infra/main.bicep": BICEP})
    assert (finding.place.path, finding.place.span.line) == ("infra/main.bicep", 8)
    assert finding.remedy is not None
    assert finding.remedy.instead.startswith("ORDERS__blobServiceUri = ")


def test_the_remedy_names_the_call_the_roles_and_what_to_turn_off() -> None:
    code = BLOB + 'c = BlobServiceClient.from_connection_string(os.environ["A"])\nc.create_container("a")\n'
    (finding,) = found_in({"app.py": code})
    assert finding.remedy is not None
    assert "DefaultAzureCredential()" in finding.remedy.instead
    assert finding.remedy.language == "python"
    assert "Storage Blob Data Contributor" in finding.remedy.roles
    assert "allowSharedKeyAccess" in finding.remedy.local_auth_off


@pytest.mark.parametrize(
    ("calls", "role"),
    [
        ("c.get_blob_client('a').download_blob()", ("Storage Blob Data Reader",)),
        ("c.create_container('a')", ("Storage Blob Data Contributor",)),
        ("c.url", ("Storage Blob Data Reader", "Storage Blob Data Contributor")),
    ],
)
def test_the_role_is_that_of_what_the_file_does(calls: str, role: tuple[str, ...]) -> None:
    code = BLOB + f'c = BlobServiceClient.from_connection_string(os.environ["A"])\n{calls}\n'
    (finding,) = found_in({"app.py": code})
    assert finding.remedy is not None
    assert finding.remedy.roles == role


def test_a_key_that_may_be_left_out_matters_less() -> None:
    code = SEARCH + (
        'k = os.environ["SEARCH_KEY"]\n'
        "SearchClient('e', 'i', AzureKeyCredential(k) if k else DefaultAzureCredential())\n"
    )
    (finding,) = found_in({"app.py": code})
    assert finding.severity is Severity.MEDIUM
    assert "if it is set" in finding.message


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("src/app.py", Severity.HIGH),
        ("samples/app.py", Severity.LOW),
        ("tests/test_app.py", Severity.LOW),
        ("src/main/java/example/app.py", Severity.HIGH),
    ],
)
def test_tests_and_samples_matter_least(path: str, severity: Severity) -> None:
    code = BLOB + 'BlobServiceClient.from_connection_string(os.environ["A"])\n'
    (finding,) = found_in({path: code})
    assert finding.severity is severity


@pytest.mark.parametrize(
    "code",
    [
        BLOB + "def f(credential):\n    return BlobServiceClient('https://a', credential=credential)\n",
        BLOB + "BlobServiceClient.from_connection_string('UseDevelopmentStorage=true')\n",
        "import psycopg2\npsycopg2.connect('postgresql://app:app@localhost/app')\n",
        "import docker\ndocker.from_env().login('a', password=open('b').read(), registry='ghcr.io')\n",
        (
            "import os\nfrom azure.monitor.opentelemetry import configure_azure_monitor\n"
            'configure_azure_monitor(connection_string=os.environ["APPLICATIONINSIGHTS_CONNECTION_STRING"])\n'
        ),
    ],
)
def test_identities_emulators_servers_at_hand_and_addresses_are_no_findings(code: str) -> None:
    assert found_in({"app.py": code}) == []


def test_a_database_that_may_be_anywhere_counts_little_where_nothing_says_that_it_is_the_clouds() -> None:
    code = 'import os\nimport psycopg2\npsycopg2.connect(host="db", password=os.environ["PASSWORD"])\n'
    (little,) = found_in({"app.py": code})
    (much,) = found_in({"app.py": code + 'HOST = "a.postgres.database.azure.com"\n'})
    assert (little.confidence, much.confidence) == (Confidence.LOW, Confidence.MEDIUM)


def test_a_setting_with_the_same_origin_as_a_servers_password_is_that_servers() -> None:
    template = """@secure()
param secret string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: 'contoso'
  properties: {
    administratorLoginPassword: secret
  }
}

resource settings 'Microsoft.Web/sites/config@2023-12-01' = {
  name: 'contoso/appsettings'
  properties: {
    WHATEVER: secret
  }
}
"""
    (finding,) = found_in({"main.bicep": template})
    assert (finding.rule, finding.place.span.line) == ("postgresql-credential", 14)


def test_no_value_is_in_what_is_said() -> None:
    value = "".join(("abcdefgh", "12345678"))
    code = BLOB + f"BlobServiceClient('https://a', credential={value!r})\n"
    for finding in found_in({"app.py": code}):
        assert value not in repr(finding)


def test_values_that_are_made_of_one_another_end() -> None:
    code = (
        "using Azure.Storage.Blobs;\nclass X { Y a; Y b; void F() { a = b.Next(); b = a.Next();"
        " var c = new BlobServiceClient(a.Other().Value); } }"
    )
    assert len(found_in({"A.cs": code})) == 1


def test_a_credential_in_a_test_is_less_sure_by_one_level() -> None:
    code = BLOB + 'BlobServiceClient.from_connection_string(os.environ["ORDERS"])\n'
    (finding,) = found_in({"tests/test_app.py": code})
    assert finding.confidence is Confidence.MEDIUM


def test_headers_that_a_test_compares_with_are_none() -> None:
    code = 'import x\nassert x.sent() == {"api-key": KEY, "to": "https://a.openai.azure.com"}\n'
    assert not found_in({"code/tests/test_app.py": code})


def test_the_password_of_a_database_that_is_called_a_token_is_one_of_entra() -> None:
    code = (
        "import os, psycopg2\nHOST = 'a.postgres.database.azure.com'\n"
        "psycopg2.connect(host=HOST, password=os.environ['{}'])\n"
    )
    assert not found_in({"app.py": code.format("PG_ACCESS_TOKEN")})
    assert len(found_in({"app.py": code.format("PG_PASSWORD")})) == 1


def test_the_call_to_write_instead_is_one_of_the_client_that_is_used() -> None:
    code = "import os\nfrom openai import AsyncAzureOpenAI\nAsyncAzureOpenAI(api_key=os.environ['A_KEY'])\n"
    (finding,) = found_in({"app.py": code})
    assert finding.remedy is not None
    assert finding.remedy.instead.startswith("AsyncAzureOpenAI(azure_ad_token_provider=")
