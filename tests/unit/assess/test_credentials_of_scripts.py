"""Which commands of scripts make secrets of applications that are then used."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.stored.of_scripts import stored_in_scripts

MADE = "az ad sp create-for-rbac --name app"
RESET = "az ad sp credential reset --id app"
POWERSHELL = f"$sp = $({MADE} -o json | ConvertFrom-Json)\n"


def lines_in(path: str, text: str) -> list[int]:
    source = read(path, text.encode())
    assert source is not None
    found = stored_in_scripts(Repository([source], datetime.date(2026, 1, 1)))
    return [one.place.span.line for one in found]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sh", f"SECRET=$({MADE} --query password -o tsv)\n"),
        (
            "a.sh",
            f"SECRET=$({RESET} --query password -o tsv)\n",
        ),
        ("a.sh", f"SP=$({MADE})\nSECRET=$(echo $SP | jq -r .password)\n"),
        ("a.ps1", POWERSHELL + "$secret = $sp.password\n"),
    ],
)
def test_a_secret_that_a_script_makes_and_takes_is_one(path: str, text: str) -> None:
    assert lines_in(path, text) == [1]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sh", f"{MADE}\n"),
        ("a.sh", f"ID=$({MADE} --query appId -o tsv)\n"),
        ("a.sh", f"CERT=$({MADE} --create-cert)\n"),
        ("a.ps1", POWERSHELL + "$id = $sp.appId\n"),
        ("tests/a.sh", f"SECRET=$({MADE} --query password -o tsv)\n"),
    ],
)
def test_what_takes_no_secret_is_none(path: str, text: str) -> None:
    assert not lines_in(path, text)
