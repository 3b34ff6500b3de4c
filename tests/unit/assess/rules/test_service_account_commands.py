"""Which commands run something as an account with a password, and which do not."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.repository import Repository
from keyless.assess.rules.hybrid.service_account import RULE
from keyless.assess.sources.read import read


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ('sc create a obj= "D\\u" password= $p', True),
        ('sc.exe config a obj= "D\\u" password= $p', True),
        ('sc.exe config a obj= "D\\u$" password= ""', False),
        ('sc.exe config a obj= "LocalSystem" password= $p', False),
        ("sc.exe query a", False),
        ("schtasks /create /tn a /ru D\\u /rp $p", True),
        ("schtasks /create /tn a /ru SYSTEM", False),
        ("Register-ScheduledTask -TaskName a -User D\\u -Password $p", True),
        ("runas /user:D\\u /savecred a.exe", True),
        ("runas /user:D\\u a.exe", False),
        ("psexec \\\\h -u D\\u -p $p a.exe", True),
        ("net use X: \\\\h\\s $p /user:D\\u", True),
        ("net use X: \\\\h\\s", False),
        ("Set-Service -Name a -Credential $c", True),
        ("Get-Service -Name a", False),
    ],
)
def test_a_command_runs_something_as_an_account(command: str, found: bool) -> None:
    source = read("install.ps1", command.encode())
    assert source is not None
    assert bool(list(RULE.check(Repository([source], datetime.date(2026, 6, 1))))) is found
