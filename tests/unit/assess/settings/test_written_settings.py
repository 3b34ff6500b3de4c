"""What is known of where settings get their values."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.repository import Repository
from keyless.assess.settings.setting import (
    Realm,
    Written,
    cluster_secret_of,
    pipeline_secret_of,
    setting_of,
    vault_secret_of,
)
from keyless.assess.settings.written import written
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Expr, Index, Literal, dotted, text_of


def written_at(files: dict[str, str]) -> list[Written]:
    sources = [read(path, text.encode()) for path, text in files.items()]
    repository = Repository([one for one in sources if one is not None], datetime.date(2026, 1, 1))
    assert not [problem for source in repository.sources for problem in source.problems]
    return list(repository.view(written))


def shown(value: Expr) -> str:
    if isinstance(value, Index):
        return f"{dotted(value.base)}[{text_of(value.key)}]"
    if isinstance(value, Literal):
        return str(value.value)
    return dotted(value) or type(value).__name__


def pairs(path: str, text: str) -> list[tuple[str, str]]:
    return [(one.name, shown(one.value)) for one in written_at({path: text})]


def test_settings_of_dotnet_are_flattened() -> None:
    text = '{"ConnectionStrings": {"Main": "Server=x"}, "A": {"B": [{"C": 1}]}}'
    found = written_at({"src/appsettings.json": text})
    assert [(one.name, one.runs) for one in found] == [("ConnectionStrings:Main", True), ("A:B:0:C", True)]
    assert found[0].setting == setting_of("ConnectionStrings__Main")
    span = found[0].place.span
    assert text[span.start : span.end] == '"Main": "Server=x"'


def test_settings_of_a_developer_s_machine_run_nowhere() -> None:
    (one, other) = written_at({"local.settings.json": '{"Values": {"Key": "v"}, "IsEncrypted": false}'})
    assert (one.name, one.runs) == ("Key", False)
    assert other.name == "IsEncrypted"
    for path in (
        "appsettings.Development.json",
        "src/test/resources/application.yml",
        "application-local.yml",
    ):
        assert [one.runs for one in written_at({path: '{"a": "b"}'})] == [False]


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        (".env", True),
        (".env.production", True),
        (".env.example", False),
        (".env.local", False),
        ("tests/.env", False),
    ],
)
def test_environment_files_run_but_for_examples(path: str, runs: bool) -> None:
    assert [(one.name, one.runs) for one in written_at({path: "KEY=v"})] == [("KEY", runs)]


def test_settings_of_spring_are_flattened_with_dots() -> None:
    assert pairs("src/main/resources/application.yml", "spring: {datasource: {password: x}}") == [
        ("spring.datasource.password", "x")
    ]
    assert pairs("application.properties", "a.b=c") == [("a.b", "c")]


def test_web_config_has_settings_and_connection_strings() -> None:
    text = (
        '<configuration><appSettings><add key="K" value="v"/></appSettings><connectionStrings>'
        '<add name="Db" connectionString="Server=x"/></connectionStrings></configuration>'
    )
    assert pairs("Web.config", text) == [("K", "v"), ("ConnectionStrings:Db", "Server=x")]


def test_environments_of_compose() -> None:
    text = (
        "services:\n  a:\n    image: x\n    environment:\n      K: v\n"
        "  b:\n    image: x\n    environment: [K=$V, L]\n"
    )
    assert pairs("compose.yml", text) == [("K", "v"), ("K", "env.V")]


MANIFESTS = """\
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {key: Z2VoZWlt, raw: "***"}
stringData: {plain: x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {A: b}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  template:
    spec:
      containers:
      - env:
        - {name: E, value: f}
        - name: G
          valueFrom: {secretKeyRef: {name: s, key: key}}
"""


def test_manifests_write_secrets_maps_and_environments() -> None:
    found = written_at({"k8s/a.yaml": MANIFESTS})
    assert [(one.setting.realm, one.name, shown(one.value)) for one in found] == [
        (Realm.CLUSTER_SECRET, "plain", "x"),
        (Realm.SETTING, "plain", "x"),
        (Realm.CLUSTER_SECRET, "key", "geheim"),
        (Realm.SETTING, "key", "geheim"),
        (Realm.CLUSTER_SECRET, "raw", "***"),
        (Realm.SETTING, "raw", "***"),
        (Realm.SETTING, "A", "b"),
        (Realm.SETTING, "E", "f"),
        (Realm.SETTING, "G", "cluster-secret[s/key]"),
    ]
    assert found[2].setting == cluster_secret_of("s", "key")
    assert found[-1].by == "environment of `d`"


def test_a_list_of_manifests_is_its_items() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- {kind: ConfigMap, metadata: {name: c}, data: {A: b}}\n"
    assert pairs("a.yaml", text) == [("A", "b")]


def test_values_of_a_chart_go_by_their_path_and_as_environments() -> None:
    assert pairs("chart/values.yaml", "a: {b: c}\nenv:\n- {name: K, value: v}\n") == [
        ("Values.a.b", "c"),
        ("Values.env.0.name", "K"),
        ("Values.env.0.value", "v"),
        ("K", "v"),
    ]


WORKFLOW = """\
env: {A: "${{ secrets.A }}"}
jobs:
  deploy:
    env: {B: b}
    steps:
    - uses: azure/appservice-settings@v1
      with:
        app-settings-json: '[{"name": "C", "value": "${{ secrets.C }}"}, {"name": "D", "value": "d"}]'
        connection-strings-json: '[{"name": "E", "value": "e"}]'
    - uses: azure/container-apps-deploy-action@v1
      with:
        environmentVariables: F=f G=${{ secrets.G }} H=secretref:h
    - run: echo "I=${{ secrets.I }}" >> $GITHUB_ENV
"""


def test_workflows_write_environments_and_settings_that_run() -> None:
    found = written_at({".github/workflows/a.yml": WORKFLOW})
    assert [(one.name, shown(one.value), one.runs) for one in found] == [
        ("A", "secrets.A", False),
        ("B", "b", False),
        ("C", "secrets.C", True),
        ("ConnectionStrings:E", "e", True),
        ("F", "f", True),
        ("G", "secrets.G", True),
        ("H", "cluster-secret[/h]", True),
        ("I", "secrets.I", False),
    ]
    assert found[1].by == "environment of job `deploy`"


PIPELINE = """\
variables:
- {name: A, value: a}
- group: g
steps:
- script: echo "##vso[task.setvariable variable=B;issecret=true]$(C)"
  env: {D: $(E)}
- task: AzureWebApp@1
  inputs:
    appSettings: -F "f g" -H $(I)
"""


def test_pipelines_write_variables_environments_and_app_settings() -> None:
    found = written_at({"azure-pipelines.yml": PIPELINE})
    assert [(one.name, shown(one.value), one.runs) for one in found] == [
        ("A", "a", False),
        ("D", "variables.E", False),
        ("F", "f g", True),
        ("H", "variables.I", True),
        ("B", "variables.C", False),
    ]


@pytest.mark.parametrize(
    ("command", "setting", "value"),
    [
        ("az webapp config appsettings set -n x --settings K=v", setting_of("K"), "v"),
        ("az functionapp config appsettings set --settings K=$V", setting_of("K"), "V"),
        (
            "az webapp config connection-string set -t SQLAzure --settings K=v",
            setting_of("ConnectionStrings:K"),
            "v",
        ),
        ("az staticwebapp appsettings set --setting-names K=v", setting_of("K"), "v"),
        ("az containerapp create --env-vars K=secretref:s", setting_of("K"), "cluster-secret[/s]"),
        ("az containerapp update --set-env-vars K=v", setting_of("K"), "v"),
        ("az containerapp secret set --secrets s=$V", cluster_secret_of("", "s"), "V"),
        ("az container create --secure-environment-variables K=v", setting_of("K"), "v"),
        ("az keyvault secret set --vault-name x --name my-key --value $V", vault_secret_of("my-key"), "V"),
        ("az appconfig kv set --key a:b --value v", setting_of("a:b"), "v"),
        ("gh secret set NAME --body $V", pipeline_secret_of("NAME"), "V"),
        ("gh variable set NAME -b v", setting_of("NAME"), "v"),
        ("azd env set NAME v", setting_of("NAME"), "v"),
        ("kubectl create secret generic s --from-literal=k=v", cluster_secret_of("s", "k"), "v"),
        ("kubectl create configmap c --from-literal=k=v", setting_of("k"), "v"),
        ("docker run -e K=v image", setting_of("K"), "v"),
        ("helm upgrade x ./chart --set a.b=v", setting_of("Values.a.b"), "v"),
        ("export K=v", setting_of("K"), "v"),
        ("echo K=v >> .env", setting_of("K"), "v"),
    ],
)
def test_commands_write_settings(command: str, setting: object, value: str) -> None:
    (found,) = written_at({"deploy.sh": command})
    assert (found.setting, shown(found.value)) == (setting, value)
    assert found.within is not None


def test_a_here_document_writes_its_lines() -> None:
    assert pairs("a.sh", "cat > .env <<EOF\nexport A=$B\nno\nC=d\nEOF\n") == [("A", "B"), ("C", "d")]


def test_variables_of_a_script_are_its_own() -> None:
    assert pairs("a.sh", "A=b") == []
    assert pairs("a.ps1", "$a = 'b'") == []


def test_powershell_writes_environments_secrets_and_settings() -> None:
    text = (
        "$env:A = $b\n[Environment]::SetEnvironmentVariable('C', $d, 'User')\n"
        "Set-AzKeyVaultSecret -VaultName x -Name s -SecretValue $v\n"
        "if ($x) { $h = @{ K = 'v' } }\nSet-AzWebApp -Name w -AppSettings $h\n"
        "Set-AzWebApp -ConnectionStrings @{ Db = 'x' }\n"
    )
    assert pairs("a.ps1", text) == [
        ("A", "b"),
        ("C", "d"),
        ("s", "v"),
        ("K", "v"),
        ("Db", "x"),
    ]


def test_images_write_their_environment() -> None:
    assert pairs("Dockerfile", "FROM x\nARG A=1\nENV K=v\n") == [("K", "v")]


def test_other_documents_count_where_their_name_says_so() -> None:
    assert pairs("config/settings.json", '{"a": {"b": "c"}}') == [("a.b", "c")]
    assert pairs("data/list.json", '{"a": {"b": "c"}}') == []


def test_the_yaml_of_a_container_app_has_environments() -> None:
    text = (
        "properties:\n  template:\n    containers:\n    - env:\n      - {name: A, value: b}\n"
        "      - {name: C, secretRef: d}\n"
    )
    assert pairs("app.yaml", text) == [("A", "b"), ("C", "cluster-secret[/d]")]
