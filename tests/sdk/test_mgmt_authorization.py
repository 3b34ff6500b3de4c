"""Microsoft.Authorization through `azure-mgmt-authorization`, unmodified, against a running plane."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from azure.keyvault.secrets import SecretClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.authorization.v2022_04_01.models import Permission, RoleDefinition
from azure.mgmt.msi import ManagedServiceIdentityClient
from sdk_estates import GROUP, SUBSCRIPTION_ID, TENANT_ID, VAULT_ID, VAULT_URL
from sdk_management import Manager, refused, running_managers
from sdk_site import Site

SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
OTHER_GROUP = f"{SUBSCRIPTION}/resourceGroups/other-rg"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
RBAC_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
DATA_ACCESS_ADMINISTRATOR = "8b54135c-b56d-4d72-a534-26097cfdc8d8"
TEAM = "77777777-0000-4000-8000-000000000001"
EVERYBODY = "77777777-0000-4000-8000-000000000002"
GUARDED_GROUP = f"{SUBSCRIPTION}/resourceGroups/guarded-rg"
NOBODY_ID = "99999999-9999-4999-8999-999999999999"
WORKLOADS = ("admin", "reader", "nobody", "delegate", "keeper", "group-owner", "app")
_HOSTS = "".join(
    f"      orders-{one}: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}\n"
    for one in WORKLOADS
)
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
subscription: {{name: orders-dev, id: {SUBSCRIPTION_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{}}
    compute:
{_HOSTS}\
    vaults:
      contoso-orders: {{secrets: {{greeting: hello, other: world}}}}
  other-rg:
    identities:
      other-shared: {{}}
  guarded-rg: {{}}
groups:
  readers: {{id: {TEAM}, members: [orders-app]}}
  everybody: {{id: {EVERYBODY}, members: [readers]}}
denyAssignments:
  - name: No new roles
    scope: {{resourceGroup: guarded-rg}}
    permissions: [{{actions: [Microsoft.Authorization/roleAssignments/write]}}]
    principals: [{{everyone: true}}]
    excludePrincipals: [orders-keeper]
roleAssignments:
  - {{principal: orders-admin, role: Owner, scope: {{subscription: true}}}}
  - {{principal: orders-reader, role: Reader, scope: {{resourceGroup: orders-rg}}}}
  - {{principal: orders-keeper, role: {DATA_ACCESS_ADMINISTRATOR}, scope: {{resourceGroup: orders-rg}}}}
  - {{principal: orders-group-owner, role: Owner, scope: {{resourceGroup: other-rg}}}}
"""
_numbers = itertools.count(1)


def guid() -> str:
    """A GUID that no test has used."""
    return f"00000000-0000-4000-8000-{next(_numbers):012d}"


def role_id(role: str, scope: str = SUBSCRIPTION) -> str:
    """The full id of a role definition."""
    return f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"


@pytest.fixture(scope="module")
def managers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Manager]]:
    """Every workload, running."""
    site = Site.made(tmp_path_factory.mktemp("authorization"))
    with running_managers(site, ESTATE, WORKLOADS) as running:
        yield running


@pytest.fixture(scope="module")
def clients(managers: dict[str, Manager]) -> dict[str, Any]:
    """The client of each."""
    return {one: manager.client(AuthorizationManagementClient) for one, manager in managers.items()}


@pytest.fixture(scope="module")
def admin(clients: dict[str, Any]) -> Any:
    """The owner's client."""
    return clients["admin"]


@pytest.fixture(scope="module")
def ids(managers: dict[str, Manager]) -> dict[str, str]:
    """The object id of each workload's identity, and of the two user-assigned ones."""
    client = managers["admin"].client(ManagedServiceIdentityClient)
    given = {one.name: one.principal_id for one in client.user_assigned_identities.list_by_subscription()}
    own = {
        one: client.system_assigned_identities.get_by_scope(
            f"{GROUP}/providers/Microsoft.Web/sites/orders-{one}"
        ).principal_id
        for one in WORKLOADS
    }
    return given | own


def assign(client: Any, at: str, role: str, principal: str, **changed: Any) -> Any:
    """Assign a role at a scope; gives the assignment."""
    name = changed.pop("name", None) or guid()
    properties = {"roleDefinitionId": role_id(role), "principalId": principal} | changed
    body = json.dumps({"properties": properties}).encode()
    return client.role_assignments.create(at, name, io.BytesIO(body), content_type="application/json")


def secret(manager: Manager, name: str = "greeting") -> str | None:
    """A secret, as the workload reads it."""
    options = manager.connection() | {"per_call_policies": []}
    with SecretClient(VAULT_URL, manager.credential, **options) as client:
        return client.get_secret(name).value


class TestRoleDefinitions:
    def test_every_built_in_role_is_listed_and_found_by_name_and_type(self, admin: Any) -> None:
        listed = list(admin.role_definitions.list(SUBSCRIPTION, filter="type eq 'BuiltInRole'"))
        assert len(listed) == 928
        (one,) = admin.role_definitions.list(SUBSCRIPTION, filter="roleName eq 'key vault secrets user'")
        assert (one.id, one.name, one.role_type) == (role_id(SECRETS_USER), SECRETS_USER, "BuiltInRole")
        assert one.permissions[0].data_actions == [
            "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        ]
        assert list(admin.role_definitions.list(SUBSCRIPTION, filter="roleName eq 'None of them'")) == []

    def test_one_is_found_by_scope_and_by_its_full_id_in_any_casing(self, admin: Any) -> None:
        for found in (
            admin.role_definitions.get(GROUP, OWNER.upper()),
            admin.role_definitions.get_by_id(role_id(OWNER)),
            admin.role_definitions.get_by_id(role_id(OWNER, "").lower()),
        ):
            assert (found.name, found.role_name) == (OWNER, "Owner")
        for absent in (NOBODY_ID, "owner"):
            with refused(404, "RoleDefinitionDoesNotExist"):
                admin.role_definitions.get(SUBSCRIPTION, absent)

    def test_conditions_of_a_role_are_shown_by_the_version_that_knows_them(
        self, managers: dict[str, Manager]
    ) -> None:
        client = managers["admin"].client(AuthorizationManagementClient, api_version="2022-05-01-preview")
        role = client.role_definitions.get(SUBSCRIPTION, DATA_ACCESS_ADMINISTRATOR)
        assert SECRETS_USER in (role.permissions[0].condition or "")
        assert role.permissions[0].condition_version == "2.0"

    @pytest.mark.parametrize("version", ["2015-07-01", "2018-01-01-preview"])
    def test_older_versions_show_what_they_know(self, managers: dict[str, Manager], version: str) -> None:
        client = managers["admin"].client(AuthorizationManagementClient, api_version=version)
        assert client.role_definitions.get(SUBSCRIPTION, OWNER).role_name == "Owner"
        assert list(client.role_assignments.list_for_scope(SUBSCRIPTION))

    def test_who_has_no_role_sees_none(self, clients: dict[str, Any]) -> None:
        with refused(403, "AuthorizationFailed"):
            list(clients["nobody"].role_definitions.list(SUBSCRIPTION))


def custom(
    name: str, *actions: str, scopes: tuple[str, ...] = (SUBSCRIPTION,), **more: Any
) -> dict[str, Any]:
    """A custom role, as the client takes it."""
    return {
        "role_name": name,
        "role_type": "CustomRole",
        "description": "made by a test",
        "assignable_scopes": list(scopes),
        "permissions": [{"actions": list(actions), "not_actions": []} | more],
    }


def put_role(
    client: Any, definition: dict[str, Any], name: str | None = None, scope: str = SUBSCRIPTION
) -> Any:
    blocks = [Permission(**block) for block in definition["permissions"]]
    body = RoleDefinition(**(definition | {"permissions": blocks}))
    return client.role_definitions.create_or_update(scope, name or guid(), body)


GROUPS_READ = "Microsoft.Resources/subscriptions/resourceGroups/read"


class TestCustomRoles:
    def test_one_is_made_changed_listed_assigned_and_deleted(
        self, admin: Any, clients: dict[str, Any], ids: dict[str, str]
    ) -> None:
        made = put_role(admin, custom("Look around", "Microsoft.Authorization/roleDefinitions/read"))
        assert (made.role_type, made.assignable_scopes) == ("CustomRole", [SUBSCRIPTION])
        (listed,) = admin.role_definitions.list(SUBSCRIPTION, filter="type eq 'CustomRole'")
        assert listed.id == made.id == role_id(made.name)
        given = assign(admin, SUBSCRIPTION, made.name, ids["nobody"])
        assert clients["nobody"].role_definitions.get(SUBSCRIPTION, OWNER).role_name == "Owner"
        with refused(400, "RoleDefinitionHasAssignments"):
            admin.role_definitions.delete(SUBSCRIPTION, made.name)
        put_role(admin, custom("Look around", GROUPS_READ), made.name)
        with refused(403, "AuthorizationFailed"):
            clients["nobody"].role_definitions.get(SUBSCRIPTION, OWNER)
        admin.role_assignments.delete(SUBSCRIPTION, given.name)
        assert admin.role_definitions.delete(SUBSCRIPTION, made.name).name == made.name
        assert admin.role_definitions.delete(SUBSCRIPTION, made.name) is None

    def test_it_is_there_where_it_can_be_assigned_and_above(self, admin: Any, ids: dict[str, str]) -> None:
        made = put_role(admin, custom("Here alone", GROUPS_READ, scopes=(GROUP,)), scope=GROUP)
        assert made.name in [one.name for one in admin.role_definitions.list(VAULT_ID)]
        assert made.name not in [one.name for one in admin.role_definitions.list(SUBSCRIPTION)]
        below = admin.role_definitions.list(SUBSCRIPTION, filter="atScopeAndBelow() and type eq 'CustomRole'")
        assert made.name in [one.name for one in below]
        assert admin.role_definitions.get(SUBSCRIPTION, made.name).role_name == "Here alone"
        with refused(404, "RoleDefinitionDoesNotExist"):
            admin.role_definitions.get(OTHER_GROUP, made.name)
        with refused(400, "RoleAssignmentScopeNotAssignableToRoleDefinition"):
            assign(admin, OTHER_GROUP, made.name, ids["nobody"])
        admin.role_assignments.delete(GROUP, assign(admin, GROUP, made.name, ids["nobody"]).name)
        admin.role_definitions.delete(GROUP, made.name)

    def test_its_name_is_unique_in_the_tenant(self, admin: Any) -> None:
        put_role(admin, custom("Only one", GROUPS_READ))
        for name in ("ONLY ONE", "Owner"):
            with refused(409, "RoleDefinitionWithSameNameExists"):
                put_role(admin, custom(name, GROUPS_READ))

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"role_name": " "}, "RoleDefinitionNameNullOrEmpty"),
            ({"role_type": "BuiltInRole"}, "InvalidRoleDefinitionType"),
            ({"assignable_scopes": []}, "MissingAssignableScopes"),
            ({"assignable_scopes": ["/"]}, "LinkedInvalidPropertyId"),
            ({"assignable_scopes": [f"{SUBSCRIPTION}/resourceGroups/*"]}, "LinkedInvalidPropertyId"),
            ({"assignable_scopes": ["nowhere"]}, "LinkedInvalidPropertyId"),
            ({"permissions": []}, "InvalidRoleDefinitionPermissions"),
            ({"permissions": [{"actions": ["a b"]}]}, "InvalidActionOrNotAction"),
            (
                {"permissions": [{"actions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"]}]},
                "InvalidActionOrNotAction",
            ),
            (
                {"permissions": [{"data_actions": ["Microsoft.KeyVault/vaults/read"]}]},
                "InvalidDataActionOrNotDataAction",
            ),
        ],
    )
    def test_what_no_role_can_be_is_refused(self, admin: Any, changed: dict[str, Any], code: str) -> None:
        with refused(400, code):
            put_role(admin, custom(f"Never {guid()}", GROUPS_READ) | changed)

    def test_with_a_management_group_it_has_no_data_actions(self, admin: Any) -> None:
        tenant_root = f"/providers/Microsoft.Management/managementGroups/{TENANT_ID}"
        definition = custom(
            "Data", scopes=(tenant_root,), data_actions=["Microsoft.KeyVault/vaults/secrets/*"]
        )
        with refused(400, "DataActionsNotAllowedAtManagementGroup"):
            put_role(admin, definition)

    def test_scopes_that_are_not_there_are_told(self, admin: Any) -> None:
        with refused(404, "ResourceGroupNotFound"):
            put_role(admin, custom("Nowhere", GROUPS_READ, scopes=(f"{SUBSCRIPTION}/resourceGroups/none",)))
        with refused(404, "SubscriptionNotFound"):
            put_role(admin, custom("Nowhere", GROUPS_READ, scopes=(f"/subscriptions/{NOBODY_ID}",)))

    def test_built_in_roles_are_never_written(self, admin: Any) -> None:
        for name in (OWNER, OWNER.upper()):
            with refused(409, "RoleDefinitionExists"):
                put_role(admin, custom("My owner", GROUPS_READ), name)
            with refused(409, "RoleDefinitionExists"):
                admin.role_definitions.delete(SUBSCRIPTION, name)

    def test_who_owns_a_group_makes_none_for_more_than_that(self, clients: dict[str, Any]) -> None:
        owner = clients["group-owner"]
        for scopes in ((SUBSCRIPTION,), (OTHER_GROUP, GROUP), (OTHER_GROUP, SUBSCRIPTION)):
            with refused(403, "LinkedAuthorizationFailed"):
                put_role(owner, custom("Too wide", "*", scopes=scopes), scope=OTHER_GROUP)
        made = put_role(owner, custom("Just right", "*", scopes=(OTHER_GROUP,)), scope=OTHER_GROUP)
        with refused(403, "LinkedAuthorizationFailed"):
            put_role(owner, custom("Just right", "*", scopes=(OTHER_GROUP, GROUP)), made.name, OTHER_GROUP)
        owner.role_definitions.delete(OTHER_GROUP, made.name)

    def test_who_owns_a_group_changes_no_role_that_others_use(
        self, admin: Any, clients: dict[str, Any]
    ) -> None:
        made = put_role(admin, custom("Of all", GROUPS_READ))
        owner = clients["group-owner"]
        with refused(403, "LinkedAuthorizationFailed"):
            put_role(owner, custom("Of all", "*", scopes=(OTHER_GROUP,)), made.name, OTHER_GROUP)
        with refused(403, "LinkedAuthorizationFailed"):
            owner.role_definitions.delete(OTHER_GROUP, made.name)
        assert admin.role_definitions.get(SUBSCRIPTION, made.name).permissions[0].actions == [GROUPS_READ]


class TestRoleAssignments:
    def test_one_is_made_read_changed_and_deleted(self, admin: Any, ids: dict[str, str]) -> None:
        made = assign(admin, GROUP, READER, ids["app"], principalType="ServicePrincipal", description="why")
        assert made.id == f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/{made.name}"
        assert (made.scope, made.role_definition_id) == (GROUP, role_id(READER))
        assert (made.principal_id, made.principal_type) == (ids["app"], "ServicePrincipal")
        assert (made.created_by, made.updated_by, made.description) == (ids["admin"], ids["admin"], "why")
        assert made.created_on == made.updated_on
        for found in (
            admin.role_assignments.get(GROUP, made.name.upper()),
            admin.role_assignments.get_by_id(made.id),
        ):
            assert found.as_dict() == made.as_dict()
        changed = assign(admin, GROUP, READER, ids["app"], name=made.name, description="another reason")
        assert (changed.description, changed.created_on) == ("another reason", made.created_on)
        assert admin.role_assignments.delete_by_id(made.id).name == made.name
        assert admin.role_assignments.delete_by_id(made.id) is None
        with refused(404, "RoleAssignmentNotFound"):
            admin.role_assignments.get(GROUP, made.name)

    def test_a_tool_that_makes_it_again_is_told_so(self, admin: Any, ids: dict[str, str]) -> None:
        made = assign(admin, GROUP, READER, ids["app"])
        with refused(409, "RoleAssignmentExists") as caught:
            assign(
                admin, GROUP.upper().replace("/SUBSCRIPTIONS", "/subscriptions"), READER, ids["app"].upper()
            )
        assert made.name.replace("-", "") in caught.value.error.message
        admin.role_assignments.delete(GROUP, made.name)

    def test_it_never_becomes_another(self, admin: Any, ids: dict[str, str]) -> None:
        made = assign(admin, GROUP, READER, ids["app"])
        for scope, role, principal in (
            (GROUP, READER, ids["nobody"]),
            (SUBSCRIPTION, READER, ids["app"]),
            (GROUP, OWNER, ids["app"]),
        ):
            with refused(400, "RoleAssignmentUpdateNotPermitted"):
                assign(admin, scope, role, principal, name=made.name)
        admin.role_assignments.delete(GROUP, made.name)

    def test_a_principal_must_be_there_or_its_type_be_told(self, admin: Any, ids: dict[str, str]) -> None:
        with refused(400, "PrincipalNotFound"):
            assign(admin, GROUP, READER, NOBODY_ID)
        with refused(400, "PrincipalNotFound"):
            assign(admin, GROUP, READER, NOBODY_ID, principalType="Device")
        made = assign(admin, GROUP, READER, NOBODY_ID, principalType="User")
        assert made.principal_type == "User"
        admin.role_assignments.delete(GROUP, made.name)
        with refused(400, "UnmatchedPrincipalType"):
            assign(admin, GROUP, READER, ids["app"], principalType="Group")

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"principalId": "someone"}, "InvalidPrincipalId"),
            ({"principalId": None}, "InvalidPrincipalId"),
            ({"roleDefinitionId": READER}, "BadRequestFormat"),
            ({"roleDefinitionId": None}, "BadRequestFormat"),
            ({"roleDefinitionId": role_id(NOBODY_ID)}, "RoleDefinitionDoesNotExist"),
            (
                {"roleDefinitionId": role_id(READER, f"/subscriptions/{NOBODY_ID}")},
                "RoleDefinitionDoesNotExist",
            ),
            ({"conditionVersion": "2.0"}, "InvalidConditionVersion"),
            ({"condition": "@Resource[a] x", "conditionVersion": "2.0"}, "InvalidCondition"),
            (
                {"condition": "@Resource[a:b] StringEquals 'c'", "conditionVersion": "1.0"},
                "InvalidConditionVersion",
            ),
            ({"name": "not-a-guid"}, "InvalidRoleAssignmentId"),
        ],
    )
    def test_what_no_assignment_can_be_is_refused(
        self, admin: Any, ids: dict[str, str], changed: dict[str, Any], code: str
    ) -> None:
        with refused(400, code):
            assign(admin, GROUP, READER, ids["app"], **changed)

    def test_a_condition_that_cannot_be_read_is_pointed_at(self, admin: Any, ids: dict[str, str]) -> None:
        text = "@Request[a:b] StringEquals 'c' AND"
        with refused(400, "InvalidCondition") as caught:
            assign(admin, GROUP, READER, ids["app"], condition=text, conditionVersion="2.0")
        assert f"position {len(text)}" in caught.value.error.message

    @pytest.mark.parametrize(
        ("scope", "code"),
        [
            (f"{SUBSCRIPTION}/resourceGroups/none", "ResourceGroupNotFound"),
            (f"{GROUP}/providers/Microsoft.KeyVault/vaults/none", "ResourceNotFound"),
        ],
    )
    def test_a_scope_that_is_not_there_is_told(
        self, admin: Any, ids: dict[str, str], scope: str, code: str
    ) -> None:
        with refused(404, code):
            assign(admin, scope, READER, ids["app"])

    def test_the_scope_is_the_routes_whatever_the_body_says(
        self, clients: dict[str, Any], ids: dict[str, str]
    ) -> None:
        owner = clients["group-owner"]
        made = assign(owner, OTHER_GROUP, READER, ids["app"], scope=SUBSCRIPTION)
        assert made.scope == OTHER_GROUP
        owner.role_assignments.delete(OTHER_GROUP, made.name)

    def test_nobody_assigns_above_their_own_scope_or_beside_it(
        self, clients: dict[str, Any], ids: dict[str, str]
    ) -> None:
        for scope in ("/", SUBSCRIPTION, GROUP, VAULT_ID):
            with refused(403, "AuthorizationFailed"):
                assign(clients["group-owner"], scope, OWNER, ids["group-owner"])
        with refused(403, "AuthorizationFailed"):
            assign(clients["admin"], "/", OWNER, ids["admin"])
        with refused(403, "AuthorizationFailed"):
            assign(clients["reader"], GROUP, OWNER, ids["reader"])

    def test_none_is_deleted_by_way_of_another_scope(
        self, admin: Any, clients: dict[str, Any], ids: dict[str, str]
    ) -> None:
        made = assign(admin, SUBSCRIPTION, READER, ids["app"])
        assert clients["group-owner"].role_assignments.delete(OTHER_GROUP, made.name) is None
        with refused(403, "AuthorizationFailed"):
            clients["group-owner"].role_assignments.delete(SUBSCRIPTION, made.name)
        assert admin.role_assignments.delete(SUBSCRIPTION, made.name).name == made.name

    def test_lists_show_what_holds_at_a_scope_and_what_is_below(
        self, admin: Any, ids: dict[str, str]
    ) -> None:
        at_vault = assign(admin, VAULT_ID, SECRETS_USER, ids["app"])
        everything = [one.name for one in admin.role_assignments.list_for_subscription()]
        assert at_vault.name in everything
        here = list(admin.role_assignments.list_for_scope(GROUP, filter="atScope()"))
        assert {one.scope for one in here} == {"/", SUBSCRIPTION, GROUP}
        of_group = [one.name for one in admin.role_assignments.list_for_resource_group("orders-rg")]
        assert at_vault.name in of_group
        of_vault = admin.role_assignments.list_for_resource(
            "orders-rg", "Microsoft.KeyVault", "vaults", "contoso-orders", filter="atScope()"
        )
        assert at_vault.name in [one.name for one in of_vault]
        for wanted in (f"principalId eq '{ids['app'].upper()}'", f"assignedTo('{ids['app']}')"):
            (only,) = admin.role_assignments.list_for_subscription(filter=wanted)
            assert only.name == at_vault.name
        assert (
            list(admin.role_assignments.list_for_scope(OTHER_GROUP, filter=f"assignedTo('{ids['app']}')"))
            == []
        )
        admin.role_assignments.delete(VAULT_ID, at_vault.name)

    @pytest.mark.parametrize(
        "wanted", ["atScope(", "atScope('x')", "assignedTo()", "scope eq '/'", "nonsense"]
    )
    def test_a_filter_that_is_not_understood_is_refused(self, admin: Any, wanted: str) -> None:
        with refused(400, "InvalidFilterInQueryString"):
            list(admin.role_assignments.list_for_subscription(filter=wanted))

    def test_a_list_needs_the_permission_at_its_own_scope(self, clients: dict[str, Any]) -> None:
        assert list(clients["reader"].role_assignments.list_for_resource_group("orders-rg"))
        with refused(403, "AuthorizationFailed"):
            list(clients["reader"].role_assignments.list_for_subscription())


_ATTRIBUTE = "Microsoft.Authorization/roleAssignments"


def _constraint(verb: str, source: str) -> str:
    """That an assignment which is written or deleted is of one role, to a service principal."""
    return (
        f"(!(ActionMatches{{'{_ATTRIBUTE}/{verb}'}}) OR "
        f"(@{source}[{_ATTRIBUTE}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{SECRETS_USER}}} AND "
        f"@{source}[{_ATTRIBUTE}:PrincipalType] "
        "ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}))"
    )


CONSTRAINT = f"{_constraint('write', 'Request')} AND {_constraint('delete', 'Resource')}"


@pytest.fixture(scope="module")
def delegate(admin: Any, clients: dict[str, Any], ids: dict[str, str]) -> Any:
    """Who may assign one role to service principals, and nothing else."""
    assign(admin, GROUP, RBAC_ADMINISTRATOR, ids["delegate"], condition=CONSTRAINT, conditionVersion="2.0")
    return clients["delegate"]


class TestConstrainedDelegation:
    def test_it_assigns_what_its_condition_lets_it_and_takes_it_back(
        self, delegate: Any, ids: dict[str, str]
    ) -> None:
        made = assign(
            delegate, VAULT_ID, SECRETS_USER, ids["orders-shared"], principalType="ServicePrincipal"
        )
        assert delegate.role_assignments.delete(VAULT_ID, made.name).name == made.name
        made = assign(delegate, VAULT_ID, SECRETS_USER, ids["orders-shared"])  # its type is known
        delegate.role_assignments.delete(VAULT_ID, made.name)

    def test_it_assigns_no_other_role_and_no_other_type(self, delegate: Any, ids: dict[str, str]) -> None:
        for role in (OWNER, RBAC_ADMINISTRATOR, SECRETS_OFFICER):
            for scope in (GROUP, VAULT_ID):
                with refused(403, "AuthorizationFailed"):
                    assign(delegate, scope, role, ids["orders-shared"])
        with refused(403, "AuthorizationFailed"):
            assign(delegate, VAULT_ID, SECRETS_USER, NOBODY_ID, principalType="User")
        with refused(403, "AuthorizationFailed"):
            assign(delegate, VAULT_ID, SECRETS_USER, NOBODY_ID)
        with refused(403, "AuthorizationFailed"):
            assign(delegate, SUBSCRIPTION, SECRETS_USER, ids["orders-shared"])

    def test_it_does_not_rid_itself_of_its_condition(self, delegate: Any, ids: dict[str, str]) -> None:
        (own,) = delegate.role_assignments.list_for_scope(GROUP, filter=f"principalId eq '{ids['delegate']}'")
        with refused(403, "AuthorizationFailed"):
            assign(delegate, GROUP, RBAC_ADMINISTRATOR, ids["delegate"], name=own.name)
        with refused(403, "AuthorizationFailed"):
            assign(delegate, GROUP, SECRETS_USER, ids["orders-shared"], name=own.name, roleDefinitionId="x")
        with refused(400, "RoleAssignmentUpdateNotPermitted"):
            assign(delegate, GROUP, SECRETS_USER, ids["orders-shared"], name=own.name)

    def test_it_deletes_nobody_elses(self, admin: Any, delegate: Any, ids: dict[str, str]) -> None:
        made = assign(admin, VAULT_ID, SECRETS_OFFICER, ids["orders-shared"])
        with refused(403, "AuthorizationFailed"):
            delegate.role_assignments.delete(VAULT_ID, made.name)
        admin.role_assignments.delete(VAULT_ID, made.name)

    def test_a_built_in_role_whose_block_has_a_condition_is_held_to_it(
        self, clients: dict[str, Any], ids: dict[str, str]
    ) -> None:
        keeper = clients["keeper"]
        made = assign(keeper, VAULT_ID, SECRETS_OFFICER, ids["orders-shared"])
        assert keeper.role_assignments.delete(VAULT_ID, made.name).name == made.name
        for role in (OWNER, READER, DATA_ACCESS_ADMINISTRATOR):
            with refused(403, "AuthorizationFailed"):
                assign(keeper, VAULT_ID, role, ids["keeper"])


class TestOthers:
    def test_permissions_are_the_blocks_of_the_roles_that_the_caller_has(
        self, clients: dict[str, Any]
    ) -> None:
        (block,) = clients["admin"].permissions.list_for_resource_group("orders-rg")
        assert (block.actions, block.not_actions) == (["*"], [])
        with refused(403, "AuthorizationFailed"):
            list(clients["nobody"].permissions.list_for_resource_group("orders-rg"))

    def test_permissions_on_a_resource_are_asked_for_as_the_client_does(
        self, managers: dict[str, Manager]
    ) -> None:
        """The client sends an empty segment for the parent that a vault does not have."""
        client = managers["reader"].client(AuthorizationManagementClient, per_call_policies=[])
        (block,) = client.permissions.list_for_resource(
            "orders-rg", "Microsoft.KeyVault", "", "vaults", "contoso-orders"
        )
        assert block.actions == ["*/read"]

    def test_there_are_no_classic_administrators(self, managers: dict[str, Manager]) -> None:
        client = managers["admin"].client(AuthorizationManagementClient, api_version="2015-07-01")
        assert list(client.classic_administrators.list()) == []

    def test_deny_assignments_are_obeyed_listed_and_never_written(
        self, managers: dict[str, Manager], admin: Any, ids: dict[str, str]
    ) -> None:
        with refused(403, "DenyAssignmentAuthorizationFailed") as caught:
            assign(admin, GUARDED_GROUP, READER, ids["app"])
        assert "No new roles" in caught.value.error.message
        assert list(admin.deny_assignments.list(filter="atScope()")) == []
        (deny,) = admin.deny_assignments.list()
        assert (deny.deny_assignment_name, deny.scope) == ("No new roles", GUARDED_GROUP)
        assert [one.display_name for one in deny.principals] == ["All Principals"]
        assert [one.id for one in deny.exclude_principals] == [ids["keeper"]]
        assert admin.deny_assignments.get_by_id(deny.id).as_dict() == deny.as_dict()
        path = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/denyAssignments/{guid()}"
        answer = managers["admin"].ask("PUT", f"{path}?api-version=2022-04-01", b"{}")
        assert (answer.status, answer.json["error"]["code"]) == (405, "MethodNotAllowed")
        with refused(404, "DenyAssignmentNotFound"):
            admin.deny_assignments.get(SUBSCRIPTION, guid())

    def test_operations_of_providers_are_told(self, clients: dict[str, Any]) -> None:
        found = clients["reader"].provider_operations_metadata.get(
            "microsoft.keyvault", expand="resourceTypes"
        )
        assert found.name == "Microsoft.KeyVault"
        secrets = next(one for one in found.resource_types if one.name == "vaults/secrets")
        (get,) = [one for one in secrets.operations if one.name.endswith("/getSecret/action")]
        assert get.is_data_action
        assert len(list(clients["admin"].provider_operations_metadata.list())) > 200
        with refused(404, "ProviderNotFound"):
            clients["admin"].provider_operations_metadata.get("Microsoft.Nothing")
        with refused(403, "AuthorizationFailed"):
            clients["nobody"].provider_operations_metadata.get("Microsoft.KeyVault")

    def test_what_is_not_served_is_not_found(self, managers: dict[str, Manager]) -> None:
        path = (
            f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleManagementPolicies?api-version=2020-10-01"
        )
        assert managers["admin"].ask("GET", path).status == 404

    def test_two_slashes_where_a_scope_begins_are_one(self, managers: dict[str, Manager]) -> None:
        path = f"/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
        assert managers["admin"].ask("GET", f"{path}?api-version=2022-04-01").status == 200


class TestTheStory:
    def test_an_assignment_opens_the_vault_at_once_and_its_end_closes_it_at_once(
        self, managers: dict[str, Manager], admin: Any, ids: dict[str, str]
    ) -> None:
        app = managers["app"]
        with refused(403, "Forbidden"):
            secret(app)
        made = assign(admin, f"{VAULT_ID}/secrets/greeting", SECRETS_USER, ids["app"])
        assert secret(app) == "hello"
        with refused(403, "Forbidden"):
            secret(app, "other")
        admin.role_assignments.delete(f"{VAULT_ID}/secrets/greeting", made.name)
        with refused(403, "Forbidden"):
            secret(app)

    def test_a_role_of_a_group_is_that_of_its_members_and_of_the_groups_in_it(
        self, managers: dict[str, Manager], admin: Any, ids: dict[str, str]
    ) -> None:
        made = assign(admin, VAULT_ID, SECRETS_USER, EVERYBODY)
        assert made.principal_type == "Group"
        assert secret(managers["app"], "other") == "world"
        listed = admin.role_assignments.list_for_scope(VAULT_ID, filter=f"assignedTo('{ids['app']}')")
        assert [one.name for one in listed] == [made.name]
        admin.role_assignments.delete(VAULT_ID, made.name)
        with refused(403, "Forbidden"):
            secret(managers["app"], "other")

    def test_an_identity_made_anew_has_nothing_of_the_old_ones(
        self, managers: dict[str, Manager], admin: Any
    ) -> None:
        identities = managers["admin"].client(ManagedServiceIdentityClient).user_assigned_identities
        first = identities.create_or_update("orders-rg", "orders-made", {"location": "westeurope"})
        made = assign(admin, VAULT_ID, SECRETS_USER, first.principal_id)
        identities.delete("orders-rg", "orders-made")
        second = identities.create_or_update("orders-rg", "orders-made", {"location": "westeurope"})
        held = admin.role_assignments.list_for_subscription(filter=f"principalId eq '{second.principal_id}'")
        assert list(held) == []
        with refused(400, "PrincipalNotFound"):
            assign(admin, GROUP, SECRETS_USER, first.principal_id)
        assert admin.role_assignments.get(VAULT_ID, made.name).principal_id == first.principal_id

    def test_every_answer_was_held_to_the_documents(self, managers: dict[str, Manager]) -> None:
        assert managers["admin"].validator.seen > 20
