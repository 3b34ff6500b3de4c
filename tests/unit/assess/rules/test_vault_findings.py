"""What is said of secrets in vaults, outputs and settings, and what is left to others."""

from __future__ import annotations

from keyless.assess.findings.finding import Severity
from keyless.assess.rules.registry import rules
from repositories_made import repository

VAULT = "resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = {\n  name: 'v'\n}\n"
STORE = "resource store 'Microsoft.Storage/storageAccounts@2023-05-01' existing = {\n  name: 's'\n}\n"
SECRET = """
resource secret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {{
  parent: vault
  name: '{name}'
  properties: {{
    value: {value}
  }}
}}
"""


def found(rule: str, files: dict[str, str]) -> list[tuple[str, int]]:
    """Where a rule finds something."""
    return [(one.place.path, one.place.span.line) for one in rules()[rule].check(repository(files))]


def test_a_secret_that_is_the_key_of_a_service_has_to_go_and_not_to_rotate() -> None:
    key = SECRET.format(name="storage", value="store.listKeys().keys[0].value")
    other = "@secure()\nparam hook string\n" + SECRET.format(name="hook", value="hook")
    assert found("secret-without-rotation", {"main.bicep": VAULT + STORE + key}) == []
    assert len(found("secret-without-rotation", {"main.bicep": VAULT + other})) == 1


def test_a_secret_whose_name_is_that_of_an_id_need_not_rotate() -> None:
    text = VAULT + "@secure()\nparam id string\n" + SECRET.format(name="client-id", value="id")
    assert found("secret-without-rotation", {"main.bicep": text}) == []


def test_an_output_that_another_gives_out_further_is_one_finding_with_it() -> None:
    inner = STORE + "output key string = store.listKeys().keys[0].value\n"
    outer = "module a 'inner.bicep' = {\n  name: 'a'\n}\noutput storageKey string = a.outputs.key\n"
    assert found("secret-in-output", {"inner.bicep": inner, "main.bicep": outer}) == [("main.bicep", 4)]


def test_a_sensitive_parameter_with_an_id_in_it_is_no_secret() -> None:
    text = "@secure()\nparam tenantId string\noutput tenant string = tenantId\n"
    assert found("secret-in-output", {"main.bicep": text}) == []


def test_the_address_and_authority_of_a_cluster_are_no_secrets_and_its_key_is() -> None:
    output = 'output "{0}" {{\n  value = azurerm_kubernetes_cluster.c.kube_config[0].{0}\n}}\n'
    cluster = 'resource "azurerm_kubernetes_cluster" "c" {\n  name = "c"\n}\n'
    outputs = "".join(output.format(one) for one in ("host", "cluster_ca_certificate", "client_key"))
    assert found("secret-in-output", {"main.tf": outputs + cluster}) == [("main.tf", 7)]


def test_what_bicep_was_compiled_to_is_not_looked_at_beside_its_source() -> None:
    compiled = (
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
        '"resources": [{"type": "Microsoft.KeyVault/vaults", "apiVersion": "2023-07-01", "name": "v"}]}'
    )
    assert len(found("vault-unprotected", {"main.json": compiled})) == 1
    assert found("vault-unprotected", {"main.json": compiled, "main.bicep": VAULT}) == []


def test_a_default_of_a_secret_parameter_is_grave_and_an_empty_one_is_none() -> None:
    text = "@secure()\nparam one string = 'Vk8!plainly-written'\n@secure()\nparam two string = ''\n"
    text += "@secure()\nparam three string = 'ssh-rsa AAAAB3NzaC1yc2E someone'\n"
    (finding,) = rules()["secret-in-deployment"].check(repository({"main.bicep": text}))
    assert finding.severity is Severity.HIGH
    assert "plainly" not in finding.message


def test_a_cluster_that_signs_in_with_a_secret_is_sure_to_want_an_identity() -> None:
    text = (
        'resource "azurerm_kubernetes_cluster" "c" {\n  name = "c"\n\n  service_principal {\n'
        '    client_id     = var.id\n    client_secret = var.s\n  }\n}\nvariable "id" {}\nvariable "s" {}\n'
    )
    (finding,) = rules()["compute-without-identity"].check(repository({"main.tf": text}))
    assert "client secret" in finding.message


def test_a_vault_whose_policies_name_someone_gets_no_edit() -> None:
    vault = (
        "param who string\nresource v 'Microsoft.KeyVault/vaults@2023-07-01' = {{\n  name: 'v'\n"
        "  properties: {{\n"
        "    accessPolicies: {policies}\n  }}\n}}\n"
    )
    rule = rules()["vault-access-policies"]
    (nobody,) = rule.check(repository({"main.bicep": vault.format(policies="[]")}))
    named = "[\n      {\n        objectId: who\n      }\n    ]"
    (someone,) = rule.check(repository({"main.bicep": vault.format(policies=named)}))
    assert (nobody.fix is None, someone.fix is None) == (False, True)


def test_a_sensitive_output_is_told_with_what_uses_it_further_on() -> None:
    bus = 'resource "azurerm_servicebus_namespace" "bus" {\n  name = "bus"\n}\n'
    output = (
        'output "bus" {{\n  value = azurerm_servicebus_namespace.bus.default_primary_connection_string\n'
        "  sensitive = {sensitive}\n}}\n"
    )
    script = "export BUS=$(terraform output -raw bus)\n"
    code = (
        "import os\nfrom azure.servicebus import ServiceBusClient\n"
        'client = ServiceBusClient.from_connection_string(os.environ["BUS"])\n'
    )
    used = {"setup.sh": script, "app.py": code}
    hidden = bus + output.format(sensitive="true")
    assert found("secret-in-output", {"main.tf": hidden}) == [("main.tf", 4)]
    assert found("secret-in-output", {"main.tf": hidden, **used}) == []
    shown = bus + output.format(sensitive="false")
    assert found("secret-in-output", {"main.tf": shown, **used}) == [("main.tf", 4)]


def test_a_variable_that_a_plain_output_holds_is_not_made_sensitive_by_an_edit() -> None:
    variable = 'variable "db_password" {\n  type = string\n}\n'
    output = 'output "x" {\n  value = var.db_password\n}\n'
    check = rules()["secret-in-deployment"].check
    (alone,) = check(repository({"main.tf": variable}))
    (put_out,) = check(repository({"main.tf": variable, "out.tf": output}))
    assert alone.fix is not None
    assert put_out.fix is None
