"""Code frames and texts of findings show no value, in whatever form a line has it."""

from __future__ import annotations

import pytest

from assessed_made import made
from keyless.assess.files.texts import Texts
from keyless.assess.findings.finding import Confidence, Finding, Fix, Remedy, Severity, Step
from keyless.assess.findings.hushed import hushed
from keyless.assess.reports.frames import frame
from keyless.assess.syntax.span import Place, Span

WORD = "sommerregen"
"""Nothing about it looks drawn: only where it stands says what it is."""
BASE64 = "CrOm/9DuqgsaFCLGIrkGjaqT/k2p3m+AbCdEfGh/iJ8kL9mN0oPqRs=="
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiAxMTc1LCAieCI6IDAuNzYzfQ.LFyd5FQmvCexMZyxg1KQpRxgcjc"


def shown(tmp_path, path: str, line: str, column: int = 1, *, secret: bool = True) -> str:
    made(tmp_path, {path: f"{line}\n"})
    found = frame(Place(path, Span(1, column, 1, column + 3, 0, 0)), Texts(tmp_path.resolve()), secret=secret)
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.sh", "az login --service-principal -u a -p {} --tenant t"),
        ("a.sh", "az storage blob upload --account-key {}"),
        ("a.sh", "az webapp config appsettings set --settings KEY={} A=b"),
        ("a.sh", "echo {} | docker login x.azurecr.io --password-stdin"),
        ("a.sh", "curl -u me:{} https://x"),
        ("a.sh", "curl -H 'Authorization: Bearer {}' https://x"),
        ("a.sh", "net use x: '\\\\srv\\share' {} /user:corp\\a"),
        ("a.ps1", "New-AzStorageContext -StorageAccountName a -StorageAccountKey {}"),
        ("a.ps1", "sc.exe config svc obj= corp\\a password= {}"),
        ("a.ps1", "Set-AzWebApp -AppSettings @{{ KEY='{}' }}"),
        ("Dockerfile", "RUN az login -u a -p {} && docker login -u b"),
        ("a.ts", "new CosmosClient({{ endpoint: 'https://x', key: `{}` }});"),
        ("a.py", "call(a, b, '{}')  # the place is further to the left"),
        ("a.py", "# don't take '{}'"),
        ("a.py", 'f"AccountName=a;AccountKey={{KEY}}{}"'),
        ("a.py", '"Pa$word{}"'),
        ("a.py", '"<{}"'),
        ("a.py", "get('https://x.azurewebsites.net/api/f?code={}')"),
        ("a.bicep", "resource s 'a@1' = {{ properties: {{ value: '{}' }} }}"),
        ("a.tf", 'app_settings = {{ "KEY" = "{}" }}'),
        ("a.config", '<add value="{}" key="Secret"/>'),
        ("a.config", "<add><password>{}</password></add>"),
    ],
)
def test_a_value_is_hidden_wherever_in_the_line_it_stands(tmp_path, path, line):
    assert WORD not in shown(tmp_path, path, line.format(WORD))


def test_a_value_in_the_property_of_another_kind_of_finding_is_hidden_as_well(tmp_path):
    line = f"appSettings: [ {{ name: 'Mode', value: '{WORD}' }} ]"
    assert shown(tmp_path, "a.bicep", line, secret=False) == "appSettings: [ { name: 'Mode', value: '…' } ]"


def test_of_base64_nothing_is_left(tmp_path):
    assert shown(tmp_path, "a.py", f"x = {BASE64}", secret=False) == "x = …"


def test_of_a_text_that_the_window_cuts_nothing_is_left(tmp_path):
    line = '{"a": "' + f"{WORD} " * 2000 + '", "b": 1}'
    assert WORD not in shown(tmp_path, "a.json", line, 9000)


@pytest.mark.parametrize(
    "line",
    [
        "resource s 'Microsoft.Storage/storageAccounts@2023-01-01' = {",
        "value: 'AccountName=${s.name};AccountKey=${s.listKeys().keys[0].value}'",
        "x: 'https://${s.name}.blob.core.windows.net/'",
    ],
)
def test_names_and_expressions_stay_readable(tmp_path, line):
    assert shown(tmp_path, "a.bicep", line) == line


def test_a_credential_that_is_a_name_is_in_no_text_of_a_finding():
    place = Place("a.bicep", Span(1, 1, 1, 2, 0, 1))
    finding = Finding(
        rule="a",
        place=place,
        message=f"`{JWT}` in the app settings of `w` is a secret",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        subject=JWT,
        steps=(Step(place, f"set as `{JWT}`"),),
        remedy=Remedy(instead=f"configuration['{JWT}__blobServiceUri']\nuses: azure/login@v2"),
        fix=Fix(f"take `{JWT}` out", ()),
    )
    found = hushed(finding)
    assert JWT not in repr(found)
    assert found.message == "`…` in the app settings of `w` is a secret"
    assert found.remedy is not None
    assert "azure/login@v2" in found.remedy.instead
