"""What the fix of a login writes."""

from __future__ import annotations

import datetime

import pytest
import yaml

from keyless.assess.findings.finding import Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.credentials.pipeline_credential import RULE
from keyless.assess.sources.read import read

PATH = ".github/workflows/a.yml"


def found_in(text: str, path: str = PATH) -> list[Finding]:
    source = read(path, text.encode())
    assert source is not None
    return list(RULE.check(Repository([source], datetime.date(2026, 1, 1))))


def fixed(text: str) -> dict[str, object]:
    (finding,) = found_in(text)
    assert finding.fix is not None
    data = text.encode()
    for edit in sorted(finding.fix.edits, reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    made = yaml.safe_load(data)
    assert not found_in(data.decode())
    assert isinstance(made, dict)
    return made


LOGIN = """\
    runs-on: ubuntu-latest
{permissions}    steps:
      - name: é
        uses: azure/login@v2
        with:
          creds: ${{{{ secrets.AZURE_CREDENTIALS }}}}
          enable-AzPSSession: true
"""


def workflow(top: str = "", permissions: str = "") -> str:
    return f"name: x\n{top}jobs:\n  a:\n" + LOGIN.format(permissions=permissions)


@pytest.mark.parametrize(
    ("top", "own", "expected"),
    [
        ("", "", {"id-token": "write", "contents": "read"}),
        ("", "    permissions:\n      contents: write\n", {"id-token": "write", "contents": "write"}),
        ("", "    permissions:\n      id-token: write\n", {"id-token": "write"}),
    ],
)
def test_a_login_with_a_secret_becomes_one_with_a_token(top: str, own: str, expected: object) -> None:
    made = fixed(workflow(top, own))
    job = made["jobs"]["a"]  # type: ignore[index]
    assert job["permissions"] == expected
    assert job["steps"][0]["with"] == {
        "client-id": "${{ vars.AZURE_CLIENT_ID }}",
        "tenant-id": "${{ vars.AZURE_TENANT_ID }}",
        "subscription-id": "${{ vars.AZURE_SUBSCRIPTION_ID }}",
        "enable-AzPSSession": True,
    }


def test_permissions_of_the_workflow_are_added_to() -> None:
    made = fixed(workflow("permissions:\n  contents: read\n"))
    assert made["permissions"] == {"id-token": "write", "contents": "read"}
    assert "permissions" not in made["jobs"]["a"]  # type: ignore[index]


def test_permissions_for_everything_need_no_more() -> None:
    made = fixed(workflow("permissions: write-all\n"))
    assert made["permissions"] == "write-all"


@pytest.mark.parametrize(
    "text",
    [
        workflow("permissions: read-all\n"),
        workflow("permissions: {contents: read}\n"),
        workflow("permissions: {}\n"),
        workflow()
        + "      - run: gh release create x\n        env:\n          T: ${{ secrets.GITHUB_TOKEN }}\n",
        "jobs:\n  a:\n    steps:\n      - {uses: azure/login@v2, with: {creds: '${{ secrets.X }}'}}\n",
        "runs:\n  steps:\n    - uses: azure/login@v2\n      with:\n        creds: ${{ inputs.creds }}\n",
    ],
)
def test_what_is_not_plain_is_left_to_a_person(text: str) -> None:
    (finding,) = found_in(text)
    assert finding.fix is None
    assert finding.remedy is not None


def test_no_finding_holds_a_value() -> None:
    text = "az login --service-principal -u x -p 'Geheim-1234!'\n"
    (finding,) = found_in(text, "a.sh")
    assert "Geheim" not in repr(finding)


@pytest.mark.parametrize(
    "text",
    [
        "az login --service-principal -u x --tenant t --federated-token $T",
        "az login --identity",
        "az login -u me -p secret",
        "azd auth login --federated-credential-provider github --client-id x",
        'docker login contoso.azurecr.io -u 00000000-0000-0000-0000-000000000000 -p "$TOKEN"',
        'docker login ghcr.io -u me -p "$P"',
        'docker login -u me -p "$P"',
        'docker login contoso.azurecr.io -u me -p "$(az acr login -n contoso --expose-token -o tsv)"',
        "az acr login -n contoso",
        "az ad sp create-for-rbac --name x --create-cert",
    ],
)
def test_sign_ins_without_a_stored_secret_are_none(text: str) -> None:
    assert found_in(text, "a.sh") == []


@pytest.mark.parametrize(
    "text",
    [
        "az login --service-principal -u x --certificate cert.pem",
        "azd auth login --client-id x --client-secret $S",
        'helm registry login contoso.azurecr.io -u me -p "$P"',
        'echo $P | docker login "$ACR_LOGIN_SERVER" -u me --password-stdin',
        "az acr login -n contoso -u me -p $P",
    ],
)
def test_sign_ins_with_a_stored_secret_are_found(text: str) -> None:
    assert len(found_in(text, "a.sh")) == 1


def test_the_way_of_a_secret_goes_over_the_environment() -> None:
    text = (
        "jobs:\n  a:\n    steps:\n    - env:\n        PW: ${{ secrets.DEPLOY }}\n"
        "      run: az login --service-principal -u x -p $PW\n"
    )
    (finding,) = found_in(text)
    assert [step.what for step in finding.steps] == [
        "stored as the secret `DEPLOY` of the pipeline",
        "handed on as `PW`",
        "signs in with it",
    ]


def test_credentials_put_together_from_ids_are_no_secret() -> None:
    text = (
        "jobs:\n  a:\n    steps:\n    - uses: azure/login@v2\n      with:\n"
        '        creds: \'{"clientId":"${{ vars.C }}","tenantId":"${{ vars.T }}"}\'\n'
    )
    assert found_in(text) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ("${{ secrets.SQL }}", 1),
        ("Server=x;Authentication=Active Directory Default;Database=${{ secrets.DB }}", 0),
        ("Server=x;Database=y", 0),
    ],
)
def test_connection_strings_of_database_actions(value: str, count: int) -> None:
    text = (
        "jobs:\n  a:\n    steps:\n    - uses: azure/sql-action@v2\n      with:\n"
        f"        connection-string: {value}\n"
    )
    assert len(found_in(text)) == count


def test_a_variable_that_a_sign_in_takes_is_one_finding() -> None:
    text = "export ARM_CLIENT_SECRET=$(cat s)\naz login --service-principal -u x -p $ARM_CLIENT_SECRET\n"
    assert [one.place.span.line for one in found_in(text, "a.sh")] == [2]
    assert [one.place.span.line for one in found_in("export ARM_CLIENT_SECRET=$(cat s)\n", "a.sh")] == [1]
