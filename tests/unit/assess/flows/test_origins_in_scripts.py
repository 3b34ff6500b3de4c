"""Where values of scripts, workflows and charts come from."""

from __future__ import annotations

from flows_shown import used


def _read(name: str, **files: str) -> set[str]:
    named = {path.replace("__", "/").replace("_dot_", "."): text for path, text in files.items()}
    (found,) = used({"app.py": f"import os\nuse(os.environ['{name}'])\n", **named})
    return found


def test_parameters_variables_and_other_commands_of_scripts() -> None:
    script = """
    param([SecureString]$Secret, [string]$Plain)
    $env:A = $Secret
    $env:B = $Plain
    $env:C = $env:OUTSIDE
    $env:D = ConvertTo-SecureString $Plain -AsPlainText -Force
    $env:E = (New-Guid).Guid
    $env:F = if ($Plain) { "hKu3NnX9yR2mPq7Zt5Wv8bDc" } else { $Plain }
    $env:G = az keyvault secret show --name kept --query value -o tsv | Out-String
    """
    names = {name: _read(name, run_dot_ps1=script) for name in "ABCDEG"}
    assert names == {
        "A": {"parameter Secret"},
        "B": {"parameter Plain"},
        "C": {"setting OUTSIDE"},
        "D": {"parameter Plain"},
        "E": {"generated new-guid"},
        "G": {"vault keyvault kept"},
    }


def test_a_shell_reads_arguments_environments_and_outputs_of_deployments() -> None:
    script = """
    export A="$1"
    export B=$NOT_SET_HERE
    export C=$(az deployment group show -n d --query properties.outputs.key.value -o tsv)
    export D=$(azd env get-value STORED)
    export E=$(openssl rand -base64 32)
    export F=$(echo "$1" | base64)
    """
    bicep = """
    resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'name' }
    output key string = store.listKeys().keys[0].value
    """
    found = {name: _read(name, run_dot_sh=script, main_dot_bicep=bicep) for name in "ABCDEF"}
    assert found == {
        "A": {"parameter 1"},
        "B": {"setting NOT_SET_HERE"},
        "C": {"key-of-resource blob store"},
        "D": {"setting STORED"},
        "E": {"generated openssl"},
        "F": {"parameter 1"},
    }


def test_workflows_and_charts_have_names_of_their_own() -> None:
    workflow = """
    on: workflow_dispatch
    env:
      SHARED: ${{ vars.OUTSIDE }}
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
        - run: az webapp config appsettings set -n w --settings A="${{ env.SHARED }}" B="${{ inputs.key }}"
        - run: az webapp config appsettings set -n w --settings C="${{ secrets.GITHUB_TOKEN }}"
    """
    found = {name: _read(name, _dot_github__workflows__a_dot_yml=workflow) for name in "ABC"}
    assert found == {"A": {"setting OUTSIDE"}, "B": {"parameter key"}, "C": {"address GITHUB_TOKEN"}}


def test_values_of_a_chart_are_followed() -> None:
    template = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      containers:
      - name: web
        env:
        - {name: KEY, value: "{{ .Values.store.key }}"}
    """
    found = _read(
        "KEY",
        charts__web__templates__pod_dot_yaml=template,
        charts__web__values_dot_yaml="store:\n  key: AccountName=a;AccountKey=hKu3NnX9yR2mPq7Zt5Wv8bDc\n",
    )
    assert found == {"written blob"}
