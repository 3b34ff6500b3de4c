"""Users, groups and roles of the directory, as a file declares them."""

from __future__ import annotations

import pytest
from rich.console import Console

from keyless.estate.export import export_text
from keyless.estate.problems import InvalidEstate
from keyless.estate.read import read_text
from keyless.estate.show import estate_tree
from keyless.model.directory import GLOBAL_ADMINISTRATOR

TEXT = """
version: 1
tenant: contoso
subscription: s
resourceGroups:
  g:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
    identities:
      shared:
    vaults:
      contoso:
applications:
  billing: {clientSecret: {value: s3cret}}
users:
  Ada Byron:
  Bob: {userPrincipalName: bob@example.org, id: b0b00000-0000-4000-8000-000000000001}
groups:
  devs: {members: [Ada Byron, web, bob@example.org, {application: billing}]}
  everyone: {members: [devs, {user: Bob}], description: all of us}
directoryRoles:
  - {principal: shared, role: Directory Readers}
  - {principal: {user: Bob}, role: global administrator}
roleAssignments:
  - {principal: {group: devs}, role: Key Vault Secrets User, scope: {vault: contoso}}
  - {principal: Ada Byron, role: Reader, scope: {resourceGroup: g}}
  - {principal: shared, role: Reader, scope: {resourceGroup: g}}
"""


def problems(text: str) -> list[str]:
    """What is said of a file."""
    with pytest.raises(InvalidEstate) as error:
        read_text(text, {})
    return [problem.message for problem in error.value.problems]


def test_users_groups_and_roles_are_read_by_name() -> None:
    estate = read_text(TEXT, {})
    ada, bob = estate.users
    assert (ada.display_name, ada.user_principal_name) == ("Ada Byron", "ada-byron@contoso.onmicrosoft.com")
    assert bob.principal_id == "b0b00000-0000-4000-8000-000000000001"
    devs, everyone = estate.security_groups
    own = estate.compute[0].system_assigned
    assert own is not None
    billing = estate.applications[0].principal_id
    assert devs.members == (ada.principal_id, own.principal_id, bob.principal_id, billing)
    assert everyone.members == (devs.principal_id, bob.principal_id)
    assert [one.principal_id for one in estate.directory_roles] == [
        estate.identities[0].principal_id,
        bob.principal_id,
    ]
    assert estate.directory_roles[1].role_definition_id == GLOBAL_ADMINISTRATOR


def test_an_assignment_has_the_type_of_its_principal_unless_it_says_otherwise() -> None:
    types = [one.principal_type for one in read_text(TEXT, {}).assignments]
    assert types == ["Group", "User", "ServicePrincipal"]
    said = TEXT.replace(
        "{principal: Ada Byron, role", "{principalType: ForeignGroup, principal: Ada Byron, role"
    )
    assert read_text(said, {}).assignments[1].principal_type == "ForeignGroup"


def test_the_same_directory_comes_back_from_the_exported_file() -> None:
    estate = read_text(TEXT, {})
    again = read_text(export_text(estate).replace("env:", "value:"), {})
    assert (again.users, again.security_groups) == (estate.users, estate.security_groups)
    assert again.directory_roles == estate.directory_roles
    assert again.assignments == estate.assignments


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[devs, {user: Bob}]", "[everyone]", "a group cannot be in itself"),
        ("[devs, {user: Bob}]", "[nobody]", "no principal is called `nobody`"),
        ("{group: devs}, role", "{group: dev}, role", "no group is called `dev`"),
        (
            "role: Directory Readers",
            "role: Directory Reader",
            "`Directory Reader` is no role of the directory",
        ),
        ("principal: shared, role: Directory", "principal: devs, role: Directory", "a group gets no role"),
        ("Ada Byron:\n", "Ada Byron: {userPrincipalName: BOB@example.org}\n", "is another user's name"),
        ("bob@example.org, id", "bob, id", "a user principal name"),
    ],
)
def test_a_mistake_is_reported_where_it_stands(before: str, after: str, said: str) -> None:
    assert before in TEXT
    assert any(said in message for message in problems(TEXT.replace(before, after, 1)))


def test_the_directory_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    Console(width=120).print(estate_tree(read_text(TEXT, {})))
    shown = capsys.readouterr().out
    for text in ("ada-byron@contoso.onmicrosoft.com", "devs", "Directory Readers", "Global Administrator"):
        assert text in shown
