"""What scripts ask of Azure's and other tools."""

from __future__ import annotations

import datetime

import pytest

from keyless.assess.az_commands import AzCommand, az_commands
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import dotted, text_of


def commands_in(path: str, text: str) -> list[AzCommand]:
    source = read(path, text.encode())
    assert source is not None
    return list(Repository([source], datetime.date(2026, 1, 1)).view(az_commands))


def test_the_path_of_a_command_ends_at_the_first_option() -> None:
    (found,) = commands_in("a.sh", "K=$(az storage account keys list -n $N --query=x -o tsv --a b c)")
    assert (found.tool, found.path) == ("az", "storage account keys list")
    assert dotted(found.one("account-name", "n") or found.command) == "N"
    assert [text_of(one) for one in (*found.all("query"), *found.all("a"))] == ["x", "b", "c"]
    assert not found.has("missing")
    assert found.one("missing") is None


def test_what_is_no_plain_word_is_a_value() -> None:
    (found,) = commands_in("a.sh", "sudo docker login reg.azurecr.io -u x --password-stdin < f")
    assert (found.tool, found.path) == ("docker", "login")
    assert [text_of(one) for one in found.values] == ["reg.azurecr.io"]
    assert found.has("password-stdin")


def test_cmdlets_are_known_in_powershell_alone() -> None:
    (found,) = commands_in("a.ps1", "Get-AzStorageAccountKey -Name x")
    assert (found.tool, found.path, text_of(found.one("name"))) == ("", "get-azstorageaccountkey", "x")
    assert commands_in("a.sh", "Get-AzStorageAccountKey -Name x") == []


def test_commands_of_other_programs_and_of_names_are_left() -> None:
    assert commands_in("a.sh", "ls -l\n$TOOL login\n") == []


def test_options_of_joined_words_keep_what_is_in_them() -> None:
    (found,) = commands_in("a.sh", 'az login --password="a$B"')
    value = found.one("password")
    assert value is not None
    assert text_of(value) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.sh", "cat names | while read -r n; do {}; done"),
        ("a.sh", "cat names | while read -r n; do {}; done > out"),
        ("a.sh", "for n in a b; do {}; done | sort"),
        ("a.sh", "ls | ( {}; ls )"),
        ("a.sh", "{{ {}; ls; }} | A=1 sort"),
        ("a.sh", "K=$(for n in a b; do {}; done)"),
        ("a.sh", 'echo "$(ls | if test -f a; then {}; fi)"'),
        ("a.sh", "cat <(while true; do {}; done)"),
        ("a.ps1", "$k = $(foreach ($n in $names) {{ {} }})"),
        ("a.ps1", "$k = @(foreach ($n in $names) {{ {} }})"),
    ],
)
def test_commands_in_blocks_of_a_pipe_or_a_value_are_seen_once(path: str, text: str) -> None:
    (found,) = (one for one in commands_in(path, text.format("az account show")) if one.tool == "az")
    assert found.path == "account show"
    assert found.within.in_loop is (path == "a.sh" and text.startswith(("cat names", "for")))


def test_a_loop_that_a_pipe_goes_through_stands_between_its_parts() -> None:
    source = read("a.sh", b"ls | while read n; do K=$n; done | sort\n")
    assert source is not None
    kinds = [type(one).__name__ for one in source.units[0].body]
    assert kinds == ["Evaluate", "Repeat", "Evaluate"]
