"""How `az` signs in, unmodified, each command a process of its own: as owner, workload, service principal."""

from __future__ import annotations

import json
import shlex
import stat
import sys
from collections.abc import Callable
from typing import Any

import pytest
from azure_cli import AS_PIPELINE, AZ, DB_PASSWORD, ESTATE, MISSING, PIPELINE_SECRET
from keyless_command import Project, Ran

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the kernel says here whose process asks"
)


@pytest.fixture
def desk(project: Project, skip_loudly: Callable[[str], None]) -> Project:
    """A project with an estate, at a machine where the Azure CLI is installed."""
    if not AZ.exists():
        skip_loudly(MISSING)
    project.estate.write_text(ESTATE)
    project.environment |= {"DB_PASSWORD": DB_PASSWORD, "PIPELINE_SECRET": PIPELINE_SECRET}
    return project


def az(desk: Project, by: tuple[str, ...], *commands: str) -> Ran:
    """Run commands of `az` one after the other, each in a process of its own, until one fails."""
    script = " && ".join(f"{shlex.quote(str(AZ))} {command} --output json" for command in commands)
    return desk(*by, "--offline", "--", "/bin/sh", "-c", script)


def printed(ran: Ran) -> Any:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


OWNER = ("shell",)
WEB = ("run", "--as", "web")
AGENT = ("run", "--as", "agent")


def test_the_owner_needs_no_sign_in_and_gets_what_one_would_have_given(desk: Project) -> None:
    before = printed(az(desk, OWNER, "account show"))
    profile = desk.state / "shell" / "azure-cli" / "azureProfile.json"
    written = json.loads(profile.read_bytes())["subscriptions"]
    ran = az(desk, OWNER, "login --identity --query '[0].user.type'")
    assert printed(ran) == "user"
    signed_in = json.loads(profile.read_bytes().decode("utf-8-sig"))["subscriptions"]
    assert [set(one) for one in signed_in] == [set(one) for one in written]
    assert signed_in == written
    assert before["user"] == {"name": before["user"]["name"], "type": "user", "cloudShellID": True}
    assert not list(profile.parent.glob("msal_token_cache*"))


def test_a_workload_signs_in_with_its_managed_identity_on_each_kind_of_host(desk: Project) -> None:
    login = "login --identity --allow-no-subscriptions --query '[0].user.assignedIdentityInfo'"
    assert printed(az(desk, WEB, login)) == "MSI"
    assert printed(az(desk, AGENT, login)) == "MSI"
    token = "account get-access-token --resource https://vault.azure.net --query tokenType"
    assert printed(az(desk, WEB, token)) == "Bearer"
    directories = [desk.state / "azure-cli" / name for name in ("web", "agent")]
    assert [stat.S_IMODE(directory.stat().st_mode) for directory in directories] == [0o700, 0o700]


def test_a_workload_is_not_the_owner_and_the_owner_is_no_workload(desk: Project) -> None:
    assert az(desk, WEB, "account show").code != 0
    az(desk, WEB, "login --identity --allow-no-subscriptions")
    user = printed(az(desk, OWNER, "account show --query user.type"))
    identity = printed(az(desk, WEB, "account show --query user.type"))
    assert (user, identity) == ("user", "servicePrincipal")


def test_a_service_principal_signs_in_with_its_secret_and_with_no_other(desk: Project) -> None:
    login = shlex.join(["login", *AS_PIPELINE, "--password", PIPELINE_SECRET])
    wrong = az(desk, AGENT, shlex.join(["login", *AS_PIPELINE, "--password", "another"]))
    assert wrong.code != 0
    assert "AADSTS7000215" in wrong.err
    (found,) = printed(az(desk, AGENT, login))
    assert (found["user"]["type"], found["name"]) == ("servicePrincipal", "dev")
    assert printed(az(desk, AGENT, "group list --query '[].name'")) == ["orders-rg"]


def test_nothing_of_it_is_in_the_users_own_directory_of_the_azure_cli(desk: Project) -> None:
    own = desk.root.parent / ".azure"
    assert az(desk, OWNER, "group list", "account show").code == 0
    assert not own.exists()


def test_whoever_signs_out_in_the_owners_shell_is_signed_in_when_it_opens_again(desk: Project) -> None:
    az(desk, OWNER, "logout")
    assert printed(az(desk, OWNER, "account show --query user.type")) == "user"


IDENTITY = """
import base64, json
from azure.identity import AzureCliCredential, DefaultAzureCredential
def kind(credential):
    payload = credential.get_token("https://vault.azure.net/.default").token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["idtyp"]
print(json.dumps([kind(one()) for one in (AzureCliCredential, DefaultAzureCredential)]))
"""


def test_the_azure_sdks_find_the_owner_by_the_cli_and_without_it(desk: Project) -> None:
    path = f"{AZ.parent}:{desk.environment['PATH']}"
    words = ("--offline", "--", sys.executable, "-c", IDENTITY)
    assert printed(desk(*OWNER, *words, env={"PATH": path})) == ["user", "user"]
    signed_in = az(desk, WEB, "login --identity --allow-no-subscriptions")
    assert signed_in.code == 0
    assert printed(desk(*WEB, *words, env={"PATH": path})) == ["app", "app"]
