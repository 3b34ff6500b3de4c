"""A credential that takes any identity is told of where several are attached and nothing chooses."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.findings.finding import Confidence
from keyless.assess.repository import Repository
from keyless.assess.rules.identity.ambient_credential import RULE
from keyless.assess.sources.read import read

_CODE = "from azure.identity import DefaultAzureCredential\nc = DefaultAzureCredential()\n"
_ONE = "azurerm_user_assigned_identity.a.id"


def _host(name: str, identities: str) -> str:
    return (
        f'resource "azurerm_linux_web_app" "{name}" {{\n  name = "{name}"\n  identity {{\n'
        f'    type = "UserAssigned"\n    identity_ids = [{identities}]\n  }}\n}}\n'
    )


def _found(**files: str) -> list[Confidence]:
    sources = [read(path, text.encode()) for path, text in files.items()]
    repository = Repository([one for one in sources if one is not None], datetime.date(2026, 6, 1))
    return [one.confidence for one in RULE.check(repository)]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (_host("a", f"{_ONE}, azurerm_user_assigned_identity.b.id"), [Confidence.MEDIUM]),
        (_host("a", _ONE), []),
        (_host("a", f"{_ONE}, azurerm_user_assigned_identity.b.id") + _host("b", _ONE), [Confidence.LOW]),
        (_host("a", "var.identities..."), []),
    ],
)
def test_several_identities_have_to_be_seen(template: str, expected: list[Confidence]) -> None:
    assert _found(**{"main.tf": template, "app.py": _CODE}) == expected


def test_a_client_id_among_the_settings_chooses() -> None:
    template = _host("a", f"{_ONE}, azurerm_user_assigned_identity.b.id")
    files = {"main.tf": template, "app.py": _CODE, ".env": "AZURE_CLIENT_ID=1f1a\n"}
    assert _found(**files) == []


def test_tests_are_left_out() -> None:
    template = _host("a", f"{_ONE}, azurerm_user_assigned_identity.b.id")
    assert _found(**{"main.tf": template, "tests/app.py": _CODE}) == []
