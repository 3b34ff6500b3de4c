"""What is said of secrets in vaults, outputs and settings, and what is left to others."""

from __future__ import annotations

import pytest

from keyless.assess.findings.finding import Confidence, Finding, Severity
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


BUS = 'resource "azurerm_servicebus_namespace" "bus" {\n  name = "bus"\n}\n'
BUS_OUTPUT = (
    'output "bus" {{\n  value = azurerm_servicebus_namespace.bus.default_primary_connection_string\n'
    "  sensitive = {sensitive}\n}}\n"
)


def outputs(*files: str) -> list[Finding]:
    """What is found in the outputs of files of one folder of Terraform."""
    named = {f"{number}.tf": text for number, text in enumerate(files)}
    return list(rules()["secret-in-output"].check(repository(named)))


def output(value: str) -> str:
    """An output of Terraform."""
    return f'output "o" {{\n  value = {value}\n}}\n'


def test_a_sensitive_output_is_a_departure_of_its_own_whatever_uses_it_further_on() -> None:
    script = "export BUS=$(terraform output -raw bus)\n"
    code = (
        "import os\nfrom azure.servicebus import ServiceBusClient\n"
        'client = ServiceBusClient.from_connection_string(os.environ["BUS"])\n'
    )
    used = {"setup.sh": script, "app.py": code}
    hidden = BUS + BUS_OUTPUT.format(sensitive="true")
    assert found("secret-in-output", {"main.tf": hidden}) == [("main.tf", 4)]
    assert found("secret-in-output", {"main.tf": hidden, **used}) == [("main.tf", 4)]
    shown = BUS + BUS_OUTPUT.format(sensitive="false")
    assert found("secret-in-output", {"main.tf": shown, **used}) == [("main.tf", 4)]


def test_an_output_that_is_sensitive_weighs_less_than_one_that_is_shown() -> None:
    (hidden,) = outputs(BUS + BUS_OUTPUT.format(sensitive="true"))
    (shown,) = outputs(BUS + BUS_OUTPUT.format(sensitive="false"))
    assert (hidden.severity, hidden.confidence) == (Severity.LOW, Confidence.MEDIUM)
    assert (shown.severity, shown.confidence) == (Severity.HIGH, Confidence.HIGH)


def test_a_secure_output_of_bicep_hands_a_key_on_and_is_not_said_to_show_it() -> None:
    text = STORE + "@secure()\noutput key string = store.listKeys().keys[0].value\n"
    (one,) = rules()["secret-in-output"].check(repository({"main.bicep": text}))
    assert (one.severity, one.confidence) == (Severity.LOW, Confidence.MEDIUM)
    assert "history" not in one.message


@pytest.mark.parametrize(
    "password",
    [
        '"Vk8-plainly-written"',
        "var.typed",
        "random_string.drawn.result",
        "random_password.drawn.result",
        "data.azurerm_key_vault_secret.kept.value",
    ],
)
def test_the_password_of_a_user_is_secret_however_the_user_got_it(password: str) -> None:
    user = f'resource "azuread_user" "u" {{\n  password = {password}\n}}\nvariable "typed" {{}}\n'
    (one,) = outputs(user, output("azuread_user.u.password"))
    assert one.place.path == "1.tf"
    assert "plainly" not in one.message + "".join(step.what for step in one.steps)


def test_the_way_of_a_password_goes_through_the_file_that_sets_it() -> None:
    user = 'resource "azuread_user" "u" {\n  password = "Vk8-plainly-written"\n}\n'
    (one,) = outputs(user, output("azuread_user.u.password"))
    assert [(step.place.path, step.place.span.line) for step in one.steps] == [
        ("0.tf", 2),
        ("0.tf", 2),
        ("1.tf", 1),
    ]


@pytest.mark.parametrize("name", ["admin_password", "client_secret", "storage_account_key"])
def test_a_variable_that_is_named_like_a_secret_is_one_in_an_output(name: str) -> None:
    assert len(outputs(f'variable "{name}" {{\n  type = string\n}}\n' + output(f"var.{name}"))) == 1


@pytest.mark.parametrize("name", ["user_name", "password_length", "key_vault_secret_name", "client_id"])
def test_a_variable_that_only_speaks_of_a_secret_is_none_in_an_output(name: str) -> None:
    assert outputs(f'variable "{name}" {{\n  type = string\n}}\n' + output(f"var.{name}")) == []


@pytest.mark.parametrize(
    "value",
    [
        "azuread_user.u.user_principal_name",
        "azuread_user.u.password",
        "azurerm_key_vault_secret.password.id",
        "azurerm_key_vault_secret.password.name",
        "azuread_user.u",
        "random_string.suffix.result",
    ],
)
def test_names_ids_placeholders_and_drawn_suffixes_are_no_secrets_in_an_output(value: str) -> None:
    rest = (
        'resource "azuread_user" "u" {\n  user_principal_name = "u@contoso.com"\n'
        '  password = "<your-password>"\n}\n'
        'resource "azurerm_key_vault_secret" "password" {\n  name = "password"\n'
        "  value = azuread_user.u.password\n}\n"
        'resource "random_string" "suffix" {\n  length = 5\n}\n'
    )
    assert outputs(rest + output(value)) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ('{\n    name = "u"\n    password = azuread_user.u.password\n  }', 1),
        ('["u", { inner = [azuread_user.u.password, azuread_user.u.password] }]', 1),
        ('{\n    name = "u"\n    password = "in the vault"\n  }', 0),
        ("{}", 0),
        ('"${azuread_user.u.password}"', 1),
        ("length(azuread_user.u.password)", 0),
        ('azuread_user.u.password == "" ? "no" : "yes"', 0),
    ],
)
def test_a_secret_in_a_record_list_or_text_of_an_output_is_one_finding(value: str, count: int) -> None:
    user = 'variable "typed" {}\nresource "azuread_user" "u" {\n  password = var.typed\n}\n'
    assert len(outputs(user, output(value))) == count


def test_a_secret_in_an_object_of_bicep_is_one_as_well() -> None:
    text = STORE + "output o object = {\n  name: store.name\n  key: store.listKeys().keys[0].value\n}\n"
    assert found("secret-in-output", {"main.bicep": text}) == [("main.bicep", 4)]


def test_a_whole_resource_hands_on_the_keys_that_it_keeps() -> None:
    secret = 'resource "azuread_application_password" "app" {\n  application_id = "a"\n}\n'
    (one,) = outputs(secret + output("azuread_application_password.app"))
    assert "client secret of `app`" in one.message
    assert outputs(secret + output("azuread_application_password.app.key_id")) == []


def test_what_terraform_reads_from_a_vault_is_copied_by_an_output_and_a_reference_is_not() -> None:
    data = 'data "azurerm_key_vault_secret" "kept" {\n  name = "kept"\n  key_vault_id = "v"\n}\n'
    assert len(outputs(data + output("data.azurerm_key_vault_secret.kept.value"))) == 1
    reference = '"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/kept)"'
    assert outputs(data + output(reference)) == []
    assert outputs(data + output("data.azurerm_key_vault_secret.kept.id")) == []


def test_a_password_in_an_output_of_a_module_that_is_given_out_is_one_finding() -> None:
    inner = 'variable "admin_password" {}\n' + output("var.admin_password")
    outer = (
        'variable "entry_password" {}\nmodule "m" {\n  source = "./m"\n'
        "  admin_password = var.entry_password\n}\n" + output("module.m.o")
    )
    assert found("secret-in-output", {"m/main.tf": inner, "main.tf": outer}) == [("main.tf", 6)]


def test_a_variable_that_a_plain_output_holds_is_not_made_sensitive_by_an_edit() -> None:
    variable = 'variable "db_password" {\n  type = string\n}\n'
    output = 'output "x" {\n  value = var.db_password\n}\n'
    check = rules()["secret-in-deployment"].check
    (alone,) = check(repository({"main.tf": variable}))
    (put_out,) = check(repository({"main.tf": variable, "out.tf": output}))
    assert alone.fix is not None
    assert put_out.fix is None


@pytest.mark.parametrize(("default", "offered"), [("", True), ('  default = "Hf7#kQ2pLw9x"\n', False)])
def test_a_default_of_a_plain_parameter_is_told_with_it_and_takes_a_person(
    default: str, offered: bool
) -> None:
    text = f'variable "db_password" {{\n  type = string\n{default}}}\n'
    (one,) = rules()["secret-in-deployment"].check(repository({"main.tf": text}))
    assert (one.fix is not None) is offered
    assert ("leave its default out" in one.message) is not offered
