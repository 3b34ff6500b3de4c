"""Who may do what in the directory."""

from __future__ import annotations

import pytest

from keyless.authz.directory import (
    APPLICATIONS,
    GROUPS,
    SERVICE_PRINCIPALS,
    DirectoryObject,
    DirectorySnapshot,
    object_scope,
)
from keyless.catalog.directory_roles import (
    UnknownDirectoryRole,
    directory_roles,
    entra_roles,
    find_directory_role,
    graph_permissions,
    is_permission,
    least_directory_role,
    member_role,
)
from keyless.model.actions import ActionPlane
from keyless.model.directory import GLOBAL_ADMINISTRATOR, DirectoryRoleAssignment
from keyless.model.resource_id import ROOT, ResourceId
from keyless.model.roles import Permission

READ_APPLICATIONS = "microsoft.directory/applications/standard/read"
READ_PRINCIPALS = "microsoft.directory/servicePrincipals/standard/read"
CREDENTIALS = "microsoft.directory/applications/credentials/update"
CREATE = "microsoft.directory/applications/create"
BILLING = object_scope(APPLICATIONS, "app-object")


def snapshot(**given: str) -> DirectorySnapshot:
    """A directory where each named principal has the role of a name; `ada` is a member user."""
    assignments = [
        DirectoryRoleAssignment(f"assignment of {who}", who, find_directory_role(role).id)
        for who, role in given.items()
    ]
    objects = [
        DirectoryObject(APPLICATIONS, ("app-object", "app-client"), ("ada", "owner"), "billing"),
        DirectoryObject(SERVICE_PRINCIPALS, ("billing", "app-client"), ("ada", "owner"), "billing"),
        DirectoryObject(APPLICATIONS, ("bare-object", "bare-client")),
        DirectoryObject(GROUPS, ("devs",), ("ada",)),
    ]
    return DirectorySnapshot(assignments, directory_roles(), ["Ada"], objects, member_role())


def test_nobody_may_do_anything_by_default() -> None:
    directory = snapshot()
    for action in (READ_APPLICATIONS, CREATE, CREDENTIALS, "microsoft.directory/users/standard/read"):
        assert not directory.decide("stranger", action, ROOT).allowed
        assert not directory.decide("", action, object_scope(APPLICATIONS, "bare-object")).allowed


def test_a_role_allows_its_actions_everywhere_and_names_its_assignment() -> None:
    directory = snapshot(ops="Application Administrator")
    assert directory.decide("OPS", CREDENTIALS, BILLING) == (True, "assignment of ops")
    assert directory.decide("ops", CREATE, ROOT).allowed
    assert not directory.decide("ops", "microsoft.directory/groups/create", ROOT).allowed


def test_every_role_reads_the_directory_and_a_permission_does_not() -> None:
    for role in entra_roles():
        assert snapshot(ops=role.name).decide("ops", READ_APPLICATIONS, ROOT).allowed
    directory = snapshot(ops="User.Read.All")
    assert not directory.decide("ops", READ_APPLICATIONS, ROOT).allowed
    assert directory.decide("ops", "microsoft.directory/users/memberOf/read", ROOT).allowed


def test_the_global_administrator_may_do_everything_in_the_directory() -> None:
    directory = snapshot(admin="Global Administrator")
    assert find_directory_role("global administrator").id == GLOBAL_ADMINISTRATOR
    for action in (CREATE, CREDENTIALS, "microsoft.directory/users/delete"):
        assert directory.decide("admin", action, ROOT).allowed


def test_a_member_reads_registers_and_changes_what_he_owns_and_nothing_else() -> None:
    directory = snapshot()
    assert directory.decide("ada", READ_APPLICATIONS, ROOT) == (True, "")
    assert directory.decide("ada", CREATE, ROOT).allowed
    assert directory.decide("ada", CREDENTIALS, BILLING).allowed
    assert directory.decide("ada", CREDENTIALS, object_scope(APPLICATIONS, "APP-CLIENT")).allowed
    assert directory.decide("ada", "microsoft.directory/groups/members/update", object_scope(GROUPS, "devs"))
    assert not directory.decide("ada", CREDENTIALS, object_scope(APPLICATIONS, "bare-object")).allowed
    assert not directory.decide("ada", CREDENTIALS, ROOT).allowed
    assert not directory.decide("ada", "microsoft.directory/users/create", ROOT).allowed


def test_an_application_that_owns_another_changes_it_only_with_the_permission_for_that() -> None:
    assert not snapshot().decide("owner", CREDENTIALS, BILLING).allowed
    directory = snapshot(owner="Application.ReadWrite.OwnedBy")
    assert directory.decide("owner", CREDENTIALS, BILLING).allowed
    assert directory.decide("owner", CREATE, ROOT).allowed
    assert not directory.decide("owner", CREDENTIALS, object_scope(APPLICATIONS, "bare-object")).allowed


def test_an_application_reads_itself_and_no_other() -> None:
    directory = snapshot()
    assert directory.decide("billing", READ_APPLICATIONS, BILLING).allowed
    assert directory.decide("billing", READ_PRINCIPALS, object_scope(SERVICE_PRINCIPALS, "billing")).allowed
    assert not directory.decide("billing", READ_APPLICATIONS, object_scope(APPLICATIONS, "bare-object"))[0]
    assert not directory.decide("billing", CREDENTIALS, BILLING).allowed
    assert not directory.decide("billing", READ_APPLICATIONS, ROOT).allowed


def test_an_assignment_of_a_role_that_is_not_known_allows_nothing() -> None:
    given = [DirectoryRoleAssignment("a", "ops", "00000000-0000-0000-0000-00000000dead")]
    directory = DirectorySnapshot(given, directory_roles(), [], [], member_role())
    assert not directory.decide("ops", READ_APPLICATIONS, ROOT).allowed


def test_no_role_of_azure_rbac_speaks_of_the_directory() -> None:
    everything = Permission(actions=("*",), data_actions=("*",))
    assert not everything.grants(ActionPlane.DIRECTORY, READ_APPLICATIONS)


def test_a_role_is_found_by_name_or_id_and_an_unknown_one_has_its_nearest() -> None:
    assert find_directory_role("directory  READERS").name == "Directory Readers"
    assert find_directory_role(GLOBAL_ADMINISTRATOR.upper()).name == "Global Administrator"
    with pytest.raises(UnknownDirectoryRole) as error:
        find_directory_role("Directory Reader")
    assert error.value.nearest[0] == "Directory Readers"
    assert all(is_permission(one.id) for one in graph_permissions())
    assert not is_permission(GLOBAL_ADMINISTRATOR)


@pytest.mark.parametrize("name", ["a/b", "x\n", "\x00", "ada@contoso", "O'Brien #1"])
def test_an_object_is_one_segment_of_a_scope_whatever_it_is_called(name: str) -> None:
    scope = object_scope("users", name)
    assert len(scope.key) == 2
    assert ResourceId.parse(scope.text) == scope
    assert scope.name == name


def test_the_least_role_allows_all_that_was_asked_and_the_fewest_others() -> None:
    def least(*actions: str) -> str | None:
        role = least_directory_role(f"microsoft.directory/{action}" for action in actions)
        return role.name if role is not None else None

    assert least("applications/standard/read") == "Application.Read.All"
    assert least("users/standard/read", "groups/standard/read") == "Directory Readers"
    assert least("applications/create") == "Application Developer"
    assert least("groups/standard/read") == "Group.Read.All"
    assert least("users/create", "applications/create") == "Global Administrator"
    assert least("nothing/of/ours") == "Global Administrator"
