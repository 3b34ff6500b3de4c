"""What public Bicep modules deploy and assign."""

from __future__ import annotations

import pytest

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.deployed import Deployed, Told
from keyless.assess.deployed.grants import Grant, ScopeKind
from keyless.catalog.avm import avm_module, avm_path
from repositories_made import repository


def _module(path: str, arguments: str, before: str = "") -> dict[str, str]:
    return {
        "main.bicep": f"{before}\nmodule m 'br/public:{path}:0.9.0' = {{\n  name: 'm'\n"
        f"  params: {{\n    name: 'it'\n{arguments}\n  }}\n}}\n"
    }


def _made(path: str, arguments: str = "", before: str = "") -> Deployed:
    (found,) = repository(_module(path, arguments, before)).view(deployed)
    return found


_STORE = "avm/res/storage/storage-account"


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("br/public:avm/res/storage/storage-account:0.9.0", "avm/res/storage/storage-account"),
        ("br:mcr.microsoft.com/bicep/avm/res/key-vault/vault:0.1.0", "avm/res/key-vault/vault"),
        ("br/public:avm/ptn/authorization/role-assignment:0.1.0", "avm/ptn/authorization/role-assignment"),
        ("./avm/res/storage/storage-account/main.bicep", ""),
        ("ts:x/y/z:1", ""),
    ],
)
def test_a_module_goes_by_its_path_in_the_registry(source: str, path: str) -> None:
    assert avm_path(source) == path


def test_what_a_module_is_handed_is_the_property() -> None:
    found = _made(_STORE, "    allowSharedKeyAccess: false")
    assert (found.arm_type, found.symbol, found.name) == ("Microsoft.Storage/storageAccounts", "m", "it")
    value = found.value("properties.allowSharedKeyAccess")
    assert value.is_(False)
    assert value.entry is not None
    assert value.entry.span.line == 6


@pytest.mark.parametrize(
    ("path", "wanted", "literal"),
    [
        (_STORE, "properties.allowSharedKeyAccess", True),
        ("avm/res/container-registry/registry", "properties.adminUserEnabled", False),
        ("avm/res/document-db/database-account", "properties.disableLocalAuth", True),
        ("avm/res/key-vault/vault", "properties.enableRbacAuthorization", True),
        ("avm/res/db-for-postgre-sql/flexible-server", "properties.authConfig.passwordAuth", "Disabled"),
    ],
)
def test_without_that_it_is_the_module_s_default(path: str, wanted: str, literal: bool | str) -> None:
    value = _made(path).value(wanted)
    assert value.is_(literal)
    assert (value.entry, value.place.span.line) == (None, 2)


def test_what_a_module_works_out_itself_is_unknown_and_what_it_does_not_say_is_absent() -> None:
    found = _made(_STORE)
    assert found.value("properties.networkAcls.defaultAction").told is Told.UNKNOWN
    assert (
        _made("avm/res/sql/server").value("properties.administrators.azureADOnlyAuthentication").told
        is Told.ABSENT
    )


def test_a_name_that_a_parameter_had_before_counts() -> None:
    found = _made("avm/res/document-db/database-account", "    disableLocalAuth: false")
    assert found.value("properties.disableLocalAuth").is_(False)


@pytest.mark.parametrize(
    ("arguments", "told", "literal"),
    [
        ("", Told.ABSENT, None),
        ("managedIdentities: { systemAssigned: true }", Told.WRITTEN, "SystemAssigned"),
        ("managedIdentities: { userAssignedResourceIds: [id] }", Told.WRITTEN, "UserAssigned"),
        (
            "managedIdentities: { systemAssigned: true, userAssignedResourceIds: [id] }",
            Told.WRITTEN,
            "SystemAssigned, UserAssigned",
        ),
        ("managedIdentities: { userAssignedResourceIds: [] }", Told.ABSENT, None),
        ("managedIdentities: given", Told.UNKNOWN, None),
    ],
)
def test_identities_are_handed_in_one_way(arguments: str, told: Told, literal: str | None) -> None:
    value = _made(_STORE, arguments, "param given object\nparam id string").value("identity.type")
    assert (value.told, value.literal) == (told, literal)


def _granted(path: str, arguments: str, before: str = "") -> tuple[Grant, ...]:
    return repository(_module(path, arguments, before)).view(grants)


_APP = "resource app 'Microsoft.Web/sites@2022-03-01' = {\n  name: 'app'\n}"


@pytest.mark.parametrize(
    ("role", "by_name"),
    [("'Reader'", True), ("'acdd72a7-3385-48ef-bd42-f606fba81ae7'", False)],
)
def test_role_assignments_of_a_module_are_at_its_resource(role: str, by_name: bool) -> None:
    one = f"{{ roleDefinitionIdOrName: {role}, principalId: app.identity.principalId }}"
    (found,) = _granted(_STORE, f"    roleAssignments: [{one}]", _APP)
    assert found.role is not None
    assert (found.role.name, found.by_name, found.to) == ("Reader", by_name, "app")
    assert (found.scope, found.at) == (ScopeKind.RESOURCE, "m")
    assert found.principal_type.told is Told.ABSENT


def test_a_module_for_one_assignment_is_one() -> None:
    arguments = (
        "    roleDefinitionIdOrName: 'Owner'\n    principalId: 'x'\n    principalType: 'ServicePrincipal'"
    )
    (found,) = _granted("avm/ptn/authorization/role-assignment", f"{arguments}\n    subscriptionId: 's'")
    assert (found.role_name, found.scope, found.at) == ("Owner", ScopeKind.SUBSCRIPTION, "")
    assert found.principal_type.is_("ServicePrincipal")


def test_a_module_that_the_table_does_not_have_is_not_there() -> None:
    assert repository(_module("avm/res/unheard/of", "")).view(deployed) == ()
    assert avm_module("br/public:avm/res/unheard/of:1") is None


_LISTING = """param roleAssignments array = []
module grant 'br/public:avm/ptn/authorization/resource-role-assignment:0.1.2' = [for one in roleAssignments: {
  name: 'grant'
  params: {
    principalId: one.principalId
    roleDefinitionId: one.roleDefinitionId
    resourceId: one.resourceId
  }
}]
"""
_LISTED = """resource app 'Microsoft.Web/sites@2022-03-01' = {
  name: 'app'
}
resource other 'Microsoft.Web/sites@2022-03-01' = {
  name: 'other'
}
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'store'
}
param more bool
var all = concat([
  {
    principalId: app.identity.principalId
    roleDefinitionId: 'acdd72a7-3385-48ef-bd42-f606fba81ae7'
    resourceId: store.id
  }
], more ? [
  {
    principalId: other.identity.principalId
    roleDefinitionId: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635'
    resourceId: store.id
  }
] : [])
module m 'roles.bicep' = {
  name: 'm'
  params: { roleAssignments: all }
}
"""


def test_a_list_that_a_module_of_the_repository_is_handed_counts_where_it_is_written() -> None:
    found = repository({"main.bicep": _LISTED, "roles.bicep": _LISTING}).view(grants)
    assert [(one.head.path, one.role_name, one.to, one.at, one.scope) for one in found] == [
        ("main.bicep", "Reader", "app", "store", ScopeKind.RESOURCE),
        ("main.bicep", "Owner", "other", "store", ScopeKind.RESOURCE),
    ]


def test_of_several_roles_and_principals_it_is_not_known_who_gets_which() -> None:
    one_file = _LISTING.replace("param roleAssignments array = []", "var roleAssignments = all") + _LISTED
    found = repository({"main.bicep": one_file.partition("module m ")[0]}).view(grants)
    assert sorted((one.role_name, one.to) for one in found) == [("Owner", ""), ("Reader", "")]
