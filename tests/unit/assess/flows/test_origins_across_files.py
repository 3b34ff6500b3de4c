"""Values that travel as settings and secrets: from scripts, pipelines, documents and vaults into code."""

from __future__ import annotations

from flows_shown import used, ways


def _read_in_python(name: str, path: str, text: str, **others: str) -> set[str]:
    files = {"app.py": f"import os\nuse(os.environ['{name}'])\n", path: text, **others}
    (found,) = used(files)
    return found


def test_a_key_that_a_script_reads_and_sets_is_read_by_code() -> None:
    script = """
    KEY=$(az storage account keys list -n store --query "[0].value" -o tsv)
    az webapp config appsettings set -n web --settings STORAGE_KEY="$KEY" OTHER=1
    """
    files = {"app.py": "import os\nuse(os.environ['STORAGE_KEY'])\n", "deploy.sh": script}
    assert ways(files) == [
        [
            "deploy.sh:2 read with `az storage account keys list`",
            "deploy.sh:2 assigned to `KEY`",
            "deploy.sh:3 set as `STORAGE_KEY` by `az webapp config appsettings set`",
            "app.py:2 read from setting `STORAGE_KEY`",
        ]
    ]


def test_powershell_reads_keys_as_well() -> None:
    script = """
    $keys = Get-AzStorageAccountKey -ResourceGroupName g -Name store
    $env:STORAGE_KEY = $keys[0].Value
    """
    assert _read_in_python("STORAGE_KEY", "deploy.ps1", script) == {"key-of-resource blob store"}


def test_a_secret_of_a_pipeline_is_the_origin() -> None:
    workflow = """
    on: push
    jobs:
      deploy:
        runs-on: ubuntu-latest
        steps:
        - run: az webapp config appsettings set -n web --settings KEY="${{ secrets.STORAGE }}"
    """
    assert _read_in_python("KEY", ".github/workflows/a.yml", workflow) == {"pipeline-secret STORAGE"}


def test_environments_of_containers_refer_to_other_files() -> None:
    compose = """
    services:
      web:
        image: web
        environment:
          CONNECTION: "AccountName=a;AccountKey=${KEY}"
    """
    found = _read_in_python(
        "CONNECTION", "docker-compose.yml", compose, **{".env": "KEY=hKu3NnX9yR2mPq7Zt5Wv8bDc\n"}
    )
    assert found == {"written"}


def test_secrets_of_a_cluster_are_followed_to_their_manifest() -> None:
    deployment = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web}
    spec:
      containers:
      - name: web
        env:
        - name: KEY
          valueFrom:
            secretKeyRef: {name: store, key: key}
    """
    assert _read_in_python("KEY", "k8s/pod.yaml", deployment) == {"setting store/key"}
    secret = """
    apiVersion: v1
    kind: Secret
    metadata: {name: store}
    stringData: {key: hKu3NnX9yR2mPq7Zt5Wv8bDc}
    """
    assert _read_in_python("KEY", "k8s/pod.yaml", deployment, **{"k8s/s.yaml": secret}) == {"written"}


def test_a_secret_that_a_script_puts_into_a_vault_is_followed_through_it() -> None:
    code = """
    from azure.keyvault.secrets import SecretClient
    use(SecretClient(url, credential).get_secret("storage-key").value)
    """
    script = (
        "az keyvault secret set --vault-name v --name storage-key "
        "--value $(az storage account keys list -n s --query [0].value -o tsv)\n"
    )
    assert used({"app.py": code, "deploy.sh": script}) == [{"key-of-resource blob s"}]


def test_an_output_of_terraform_that_a_script_sets_is_followed() -> None:
    output = 'output "key" {\n  value = azurerm_storage_account.s.primary_access_key\n}\n'
    script = "export KEY=$(terraform output -raw key)\n"
    found = _read_in_python("KEY", "run.sh", script, **{"main.tf": output})
    assert found == {"key-of-resource blob s"}


def test_settings_of_dotnet_and_spring_are_read_under_their_own_forms() -> None:
    found = used(
        {
            "appsettings.json": '{"Storage": {"Key": "hKu3NnX9yR2mPq7Zt5Wv8bDc"}}',
            "A.cs": 'class A { void M(IConfiguration config) { use(config["Storage:Key"]); } }',
        }
    )
    assert found == [{"written"}]


def test_placeholders_and_empty_values_write_nothing() -> None:
    text = '{"Storage": {"Key": "", "Other": "<your-key>"}}'
    code = 'class A { void M(IConfiguration c) { use(c["Storage:Key"], c["Storage:Other"]); } }'
    assert used({"appsettings.json": text, "A.cs": code}) == [
        {"setting Storage:Key"},
        {"setting Storage:Other"},
    ]


def test_settings_that_write_each_other_end() -> None:
    compose = """
    services:
      web:
        image: web
        environment:
          A: "${B}"
          B: "${A}"
    """
    assert _read_in_python("A", "docker-compose.yml", compose) == {"setting A"}


def test_names_that_a_package_hands_on_are_those_of_the_file_that_has_them() -> None:
    files = {
        "app.py": "from pkg import KEY, make, OTHER\nuse(KEY, make(), OTHER)\n",
        "pkg/__init__.py": "from .impl import KEY, create as make\nfrom .more import *\n",
        "pkg/impl.py": "import os\nKEY = os.environ['A']\ndef create():\n    return os.environ['B']\n",
        "pkg/more.py": "import os\nOTHER = os.environ['C']\n",
    }
    assert used(files) == [{"setting A"}, {"setting B"}, {"setting C"}]


def test_names_that_a_barrel_hands_on_are_those_of_the_file_that_has_them() -> None:
    files = {
        "app.ts": 'import { key, make, other } from "./lib";\nuse(key, make(), other);\n',
        "lib/index.ts": 'export { key, create as make } from "./impl";\nexport * from "./more";\n',
        "lib/impl.ts": "export const key = process.env.A;\n"
        "export function create() { return process.env.B; }\n",
        "lib/more.ts": "export const other = process.env.C;\n",
    }
    assert used(files) == [{"setting A"}, {"setting B"}, {"setting C"}]


def test_files_that_import_a_name_from_each_other_have_it_from_nowhere() -> None:
    files = {
        "a.py": "from b import KEY, make\nuse(KEY, make())\n",
        "b.py": "from a import KEY, make\n",
    }
    assert used(files) == [{"unknown"}, {"unknown"}]
