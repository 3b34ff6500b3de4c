"""What is said of outputs and of compute does not hang on how a template is written.

A password is drawn into an output by a chain of locals, files and modules; compute is written in Bicep, as an
ARM template and in Terraform, with and without an identity.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from keyless.assess.findings.finding import Finding
from keyless.assess.rules.registry import rules
from repositories_made import repository

_ATTRIBUTES = {"password": True, "user_principal_name": False, "object_id": False, "display_name": False}
_KINDS = {
    "Microsoft.Web/sites": "azurerm_linux_web_app",
    "Microsoft.App/containerApps": "azurerm_container_app",
    "Microsoft.ContainerInstance/containerGroups": "azurerm_container_group",
    "Microsoft.Compute/virtualMachines": "azurerm_linux_virtual_machine",
    "Microsoft.Automation/automationAccounts": "azurerm_automation_account",
}
_IDENTITIES = st.sampled_from([None, "SystemAssigned", "UserAssigned"])


def _found(rule: str, files: dict[str, str]) -> list[Finding]:
    return list(rules()[rule].check(repository(files)))


def _user(password: str) -> str:
    return (
        'resource "azuread_user" "u" {\n  user_principal_name = "u@contoso.com"\n  display_name = "U"\n'
        f"  password = {password}\n}}\n"
        'variable "typed" {}\nresource "random_password" "drawn" {\n  length = 20\n}\n'
    )


def _through_locals(value: str, names: Iterable[str]) -> tuple[str, str]:
    """Locals that hand a value on, and what the last is called."""
    lines = ["locals {"]
    for name in names:
        lines.append(f"  {name} = {value}")
        value = f"local.{name}"
    return "\n".join([*lines, "}\n"]), value


@given(
    password=st.sampled_from(['"Vk8-plainly-written"', "var.typed", "random_password.drawn.result"]),
    attribute=st.sampled_from(sorted(_ATTRIBUTES)),
    names=st.lists(st.from_regex(r"n_[a-z]{3,8}", fullmatch=True), unique=True, max_size=4),
    modules=st.integers(0, 3),
    sensitive=st.booleans(),
)
def test_an_output_is_told_of_just_where_it_hands_the_password_on(
    password: str, attribute: str, names: list[str], modules: int, sensitive: bool
) -> None:
    handed, value = _through_locals(f"azuread_user.u.{attribute}", names)
    mark = f"  sensitive = {str(sensitive).lower()}\n"
    folders = ["/".join(["m"] * depth) for depth in range(modules, -1, -1)]
    files = {f"{folders[0]}/user.tf".lstrip("/"): _user(password)}
    for folder in folders:
        module = "" if folder == folders[0] else 'module "inner" {\n  source = "./m"\n}\n'
        inner = value if folder == folders[0] else "module.inner.o"
        text = f'{module}output "o" {{\n  value = {inner}\n{mark}}}\n'
        files[f"{folder}/outputs.tf".lstrip("/")] = text
    files[f"{folders[0]}/locals.tf".lstrip("/")] = handed
    found = _found("secret-in-output", files)
    assert [one.place.path for one in found] == ["outputs.tf"] * _ATTRIBUTES[attribute]


def _bicep(kind: str, identity: str | None) -> str:
    given = f"  identity: {{\n    type: '{identity}'\n  }}\n" if identity else ""
    return f"resource r '{kind}@2024-03-01' = {{\n  name: 'r'\n  location: 'westeurope'\n{given}}}\n"


def _arm(kind: str, identity: str | None) -> str:
    given = {"identity": {"type": identity}} if identity else {}
    made = {"type": kind, "apiVersion": "2024-03-01", "name": "r", "location": "westeurope", **given}
    schema = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
    return json.dumps({"$schema": schema, "contentVersion": "1.0.0.0", "resources": [made]})


def _terraform(kind: str, identity: str | None) -> str:
    given = f'  identity {{\n    type = "{identity}"\n  }}\n' if identity else ""
    return f'resource "{_KINDS[kind]}" "r" {{\n  name = "r"\n{given}}}\n'


@given(kind=st.sampled_from(sorted(_KINDS)), identity=_IDENTITIES)
def test_compute_is_said_to_lack_an_identity_just_where_it_does_in_every_language(
    kind: str, identity: str | None
) -> None:
    written = {
        "main.bicep": _bicep(kind, identity),
        "azuredeploy.json": _arm(kind, identity),
        "main.tf": _terraform(kind, identity),
    }
    told = {
        path: [(one.severity, one.confidence) for one in _found("compute-without-identity", {path: text})]
        for path, text in written.items()
    }
    assert len({tuple(one) for one in told.values()}) == 1
    assert [len(one) for one in told.values()] == [0 if identity else 1] * 3
