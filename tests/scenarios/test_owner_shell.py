"""The terminal of the person who owns the estate, and what a workload does not get of it."""

from __future__ import annotations

import base64
import json
import shlex
import stat
import sys
from typing import Any

import pytest
from keyless_command import Project

ASK = """
import json, os, urllib.request
def token(resource="https://vault.azure.net"):
    body = f"resource={resource}".encode()
    request = urllib.request.Request(os.environ["MSI_ENDPOINT"], body, {"Metadata": "true"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]
"""
"""A program that asks as the client libraries do in Cloud Shell: directly, known by its process alone."""

READ_SECRET = """
url = "https://contoso-orders.vault.azure.net/secrets/db-password?api-version=7.4"
urllib.request.urlopen(urllib.request.Request(url, headers={"Authorization": f"Bearer {token()}"}))
"""


def claims(token: str) -> dict[str, Any]:
    payload = token.strip().split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return found


def program(code: str) -> list[str]:
    return ["--", sys.executable, "-I", "-c", ASK + code]


def test_the_owner_prints_a_token_of_the_owners(declared: Project) -> None:
    ran = declared("token")
    assert (ran.code, ran.err) == (0, "")
    found = claims(ran.out)
    assert (found["aud"], found["idtyp"]) == ("https://management.azure.com/", "user")
    assert found["upn"].endswith("@local.onmicrosoft.com")
    other = claims(declared("token", "--resource", "https://vault.azure.net").out)
    assert (other["aud"], other["oid"]) == ("https://vault.azure.net", found["oid"])


def test_a_resource_that_nobody_serves_is_a_plain_reason(declared: Project) -> None:
    ran = declared("token", "--resource", "https://nobody.example")
    assert (ran.code, ran.out) == (1, "")
    assert "https://nobody.example was not found" in ran.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel says here who asks")
def test_in_the_owners_shell_the_owner_is_asked_for_nothing(declared: Project) -> None:
    ran = declared("shell", *program("print(token())"))
    assert (ran.code, ran.err) == (0, "")
    assert claims(ran.out)["idtyp"] == "user"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel says here who asks")
def test_a_workload_gets_its_own_token_even_in_the_owners_shell(declared: Project) -> None:
    run = [sys.executable, "-m", "keyless.cli.main", "run", "--as", "web", "--host-kind", "cloud-shell"]
    inner = shlex.join([*run, *program("print(token())")])
    ran = declared("shell", "--", "/bin/sh", "-c", inner)
    assert ran.code == 0, ran.err
    assert "upn" not in claims(ran.out)
    assert claims(ran.out)["xms_mirid"].endswith("/sites/web")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel says here who asks")
@pytest.mark.parametrize("words", [["token"], ["shell", "--", "true"]], ids=lambda words: words[0])
def test_a_workload_gets_neither_a_shell_nor_a_token_of_the_owners(
    declared: Project, words: list[str]
) -> None:
    command = [sys.executable, "-m", "keyless.cli.main", *words]
    ran = declared("run", "--as", "web", "--", *command)
    assert (ran.code, ran.out) == (125 if words[0] == "shell" else 1, "")
    assert any("a workload is not the owner of the estate" in line for line in ran.said)


def test_a_workload_finds_nothing_of_the_owners_in_its_environment(declared: Project) -> None:
    names = ["ACC_CLOUD", "AZUREPS_HOST_ENVIRONMENT", "KEYLESS_SHELL"]
    code = (
        f"import os; print([name for name in {names} if name in os.environ], os.environ['AZURE_CONFIG_DIR'])"
    )
    run = [sys.executable, "-m", "keyless.cli.main", "run", "--as", "web", "--", sys.executable, "-c", code]
    ran = declared("shell", "--", *run)
    assert ran.out.strip() == f"[] {declared.state / 'azure-cli' / 'web'}", ran.err
    assert stat.S_IMODE((declared.state / "azure-cli" / "web").stat().st_mode) == 0o700


def test_an_owner_does_not_read_secrets_by_being_one(declared: Project) -> None:
    ran = declared("shell", *program(READ_SECRET))
    assert "HTTP Error 403" in ran.err
    assert any(line.startswith("denied: ") and "@local.onmicrosoft.com may not" in line for line in ran.said)


def test_the_shell_is_the_users_own_and_says_who_is_in_it(declared: Project) -> None:
    ran = declared("shell", stdin="echo in $KEYLESS_SHELL; exit 3\n", env={"SHELL": "/bin/sh"})
    assert (ran.code, ran.out) == (3, "in orders\n")
    (welcome,) = ran.said
    assert welcome.endswith("@local.onmicrosoft.com`, the owner of this estate; leave with `exit`")


def test_nothing_of_the_owner_is_written_into_an_estate_file_or_removed_by_one(declared: Project) -> None:
    owner = claims(declared("token").out)
    exported = declared("estate", "export").out
    assert owner["oid"] not in exported
    assert owner["upn"].partition("@")[0] not in exported.split()
    pruned = declared("estate", "apply", "--prune")
    assert (pruned.code, owner["oid"] in pruned.err) == (0, False)
    explained = declared("explain", owner["upn"], "Microsoft.KeyVault/vaults/write", "/")
    assert "because it has `Owner` at `/`" in explained.out


def test_what_the_owner_does_is_no_part_of_a_plan(declared: Project) -> None:
    declared("shell", *program(READ_SECRET))
    planned = json.loads(declared("plan", "--format", "json").out)
    owner = claims(declared("token").out)["oid"]
    assert owner not in json.dumps(planned)
