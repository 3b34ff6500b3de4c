"""The roles that templates define themselves."""

from __future__ import annotations

from keyless.assess.deployed.all_grants import grants
from keyless.assess.rules.registry import rules
from repositories_made import repository

ROLE = """
resource "azurerm_role_definition" "own" {{
  name  = "Own"
  scope = var.scope

  permissions {{
    actions = {actions}
  }}
}}

resource "azurerm_role_assignment" "a" {{
  scope              = var.scope
  role_definition_id = azurerm_role_definition.own.role_definition_resource_id
  principal_id       = azuread_service_principal.ci.object_id
}}

variable "scope" {{}}
variable "actions" {{}}
"""


def test_a_role_that_is_written_out_is_known() -> None:
    (grant,) = repository({"main.tf": ROLE.format(actions='["Microsoft.Web/sites/read"]')}).view(grants)
    assert grant.role is not None
    assert (grant.role_name, grant.role.custom) == ("Own", True)


def test_a_role_that_a_parameter_adds_to_is_not() -> None:
    (grant,) = repository({"main.tf": ROLE.format(actions="var.actions")}).view(grants)
    assert (grant.role, grant.role_name) == (None, "Own")


def test_a_custom_role_that_assigns_roles_is_privileged_and_unguarded() -> None:
    text = ROLE.format(actions='["Microsoft.Authorization/roleAssignments/write"]')
    for rule in ("privileged-role", "unguarded-role-assigner"):
        assert len(list(rules()[rule].check(repository({"main.tf": text})))) == 1


def test_a_role_of_bicep_goes_by_its_own_name() -> None:
    text = (
        "resource own 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {\n  name: guid('own')\n"
        "  properties: {\n    roleName: 'Own'\n    permissions: [\n      {\n        actions: [\n"
        "          '*'\n        ]\n        notActions: []\n      }\n    ]\n  }\n}\n"
        "resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {\n  name: guid('a')\n"
        "  properties: {\n    roleDefinitionId: own.id\n    principalId: app.identity.principalId\n  }\n}\n"
    )
    (grant,) = repository({"main.bicep": text}).view(grants)
    assert grant.role is not None
    assert grant.role.permissions[0].actions == ("*",)
    assert grant.role_name == "Own"
