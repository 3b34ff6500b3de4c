"""Which compute is said to lack an identity, how gravely, and which is left."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.rules.registry import rules
from repositories_made import repository

APP = 'resource "azurerm_linux_web_app" "a" {{\n  name = "a"\n{rest}}}\n'


def found(files: dict[str, str]) -> list[Finding]:
    """What is found in a repository."""
    return list(rules()["compute-without-identity"].check(repository(files)))


def weight(files: dict[str, str]) -> list[tuple[Severity, Confidence]]:
    """How grave and how sure what is found is."""
    return [(one.severity, one.confidence) for one in found(files)]


def bicep(kind: str, rest: str = "") -> str:
    """A resource of Bicep."""
    return f"param given object\nresource r '{kind}@2024-03-01' = {{\n  name: 'r'\n{rest}}}\n"


def test_a_host_that_gets_keys_wants_an_identity_more_gravely() -> None:
    keys = "  app_settings = {\n    KEY = azurerm_storage_account.s.primary_access_key\n  }\n"
    assert weight({"main.tf": APP.format(rest=keys)}) == [(Severity.MEDIUM, Confidence.MEDIUM)]
    assert weight({"main.tf": APP.format(rest="")}) == [(Severity.LOW, Confidence.MEDIUM)]


@pytest.mark.parametrize(
    "kind",
    [
        "Microsoft.Web/sites",
        "Microsoft.App/containerApps",
        "Microsoft.App/jobs",
        "Microsoft.ContainerInstance/containerGroups",
        "Microsoft.AppPlatform/Spring/apps",
        "Microsoft.Compute/virtualMachines",
        "Microsoft.Compute/virtualMachineScaleSets",
        "Microsoft.ContainerService/managedClusters",
        "Microsoft.Logic/workflows",
        "Microsoft.Automation/automationAccounts",
    ],
)
def test_all_compute_without_an_identity_is_told_of(kind: str) -> None:
    assert weight({"main.bicep": bicep(kind)}) == [(Severity.LOW, Confidence.MEDIUM)]
    none = "  identity: {\n    type: 'None'\n  }\n"
    assert weight({"main.bicep": bicep(kind, none)}) == [(Severity.LOW, Confidence.MEDIUM)]


@pytest.mark.parametrize("kind", ["Microsoft.Web/staticSites", "Microsoft.Web/sites/slots"])
def test_static_sites_and_slots_are_left(kind: str) -> None:
    assert found({"main.bicep": bicep(kind)}) == []


def test_what_only_moves_data_is_of_low_confidence() -> None:
    assert weight({"main.bicep": bicep("Microsoft.DataFactory/factories")}) == [
        (Severity.LOW, Confidence.LOW)
    ]


@pytest.mark.parametrize(
    "identity",
    [
        "  identity: given\n",
        "  identity: empty(given) ? null : given\n",
        "  identity: {\n    type: given.type\n  }\n",
        "  identity: {\n    type: 'SystemAssigned, UserAssigned'\n  }\n",
    ],
)
def test_an_identity_that_is_there_or_cannot_be_told_is_left(identity: str) -> None:
    assert found({"main.bicep": bicep("Microsoft.Web/sites", identity)}) == []


@pytest.mark.parametrize(
    "identity",
    [
        '  identity {\n    type = "SystemAssigned"\n  }\n',
        "  identity {\n    type = var.kind\n  }\n",
        '  dynamic "identity" {\n    for_each = var.kinds\n    content {\n    }\n  }\n',
    ],
)
def test_blocks_of_terraform_that_give_an_identity_are_seen(identity: str) -> None:
    assert found({"main.tf": APP.format(rest=identity)}) == []


def test_what_is_only_referred_to_is_left() -> None:
    data = 'data "azurerm_linux_web_app" "a" {\n  name = "a"\n}\n'
    existing = "resource r 'Microsoft.Web/sites@2024-03-01' existing = {\n  name: 'r'\n}\n"
    assert found({"main.tf": data, "main.bicep": existing}) == []


def test_a_script_that_gives_apps_identities_may_give_this_one_an_identity() -> None:
    script = "az webapp identity assign --name $APP --resource-group $GROUP\n"
    machine = bicep("Microsoft.Compute/virtualMachines")
    files = {"main.tf": APP.format(rest=""), "main.bicep": machine, "setup.sh": script}
    assert [one.place.path for one in found(files)] == ["main.bicep"]


def test_an_app_that_gets_keys_is_told_of_whatever_scripts_do() -> None:
    keys = "  app_settings = {\n    KEY = azurerm_storage_account.s.primary_access_key\n  }\n"
    script = "az webapp identity assign --name $APP --resource-group $GROUP\n"
    assert len(found({"main.tf": APP.format(rest=keys), "setup.sh": script})) == 1


@pytest.mark.parametrize(("option", "count"), [("--enable-managed-identity", 0), ("--yes", 1)])
def test_an_update_gives_a_cluster_an_identity_only_where_it_says_so(option: str, count: int) -> None:
    script = f"az aks update --name c --resource-group g {option}\n"
    cluster = bicep("Microsoft.ContainerService/managedClusters")
    assert len(found({"main.bicep": cluster, "setup.sh": script})) == count


def test_what_a_public_module_makes_is_of_low_confidence_and_left_where_it_cannot_be_told() -> None:
    module = (
        "param given object\nmodule m 'br/public:avm/res/web/site:0.6.0' = {{\n  name: 'm'\n  params: {{\n"
        "    name: 'a'\n{rest}  }}\n}}\n"
    )
    assert weight({"main.bicep": module.format(rest="")}) == [(Severity.LOW, Confidence.LOW)]
    handed = "    managedIdentities: given\n"
    assert found({"main.bicep": module.format(rest=handed)}) == []
