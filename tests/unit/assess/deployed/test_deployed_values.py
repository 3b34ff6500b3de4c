"""What resources of templates deploy, in ARM's terms."""

from __future__ import annotations

import pytest

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed, Told, Value
from repositories_made import repository


def _deployed(files: dict[str, str], symbol: str) -> Deployed:
    made = repository(files)
    return next(one for one in made.view(deployed) if one.symbol == symbol)


def _bicep(body: str, before: str = "") -> Deployed:
    text = f"{before}\nresource s 'Microsoft.Search/searchServices@2023-11-01' = {{\n{body}\n}}\n"
    return _deployed({"main.bicep": text}, "s")


def _value(body: str, before: str = "", path: str = "properties.disableLocalAuth") -> Value:
    return _bicep(body, before).value(path)


@pytest.mark.parametrize(
    ("body", "before", "told", "literal"),
    [
        ("properties: {\n disableLocalAuth: true\n}", "", Told.WRITTEN, True),
        ("properties: {\n DisableLocalAuth: true\n}", "", Told.WRITTEN, True),
        ("properties: {}", "", Told.ABSENT, None),
        ("name: 'x'", "", Told.ABSENT, None),
        ("properties: {\n disableLocalAuth: null\n}", "", Told.ABSENT, None),
        ("properties: {\n disableLocalAuth: p\n}", "param p bool = false", Told.WRITTEN, False),
        ("properties: {\n disableLocalAuth: !p\n}", "param p bool = false", Told.WRITTEN, True),
        ("properties: {\n disableLocalAuth: p\n}", "param p bool", Told.UNKNOWN, None),
        ("properties: {\n disableLocalAuth: p ? true : false\n}", "param p bool", Told.UNKNOWN, None),
        ("properties: {\n disableLocalAuth: p ? true : true\n}", "param p bool", Told.WRITTEN, True),
        (
            "properties: {\n disableLocalAuth: empty(p) ? true : false\n}",
            "param p string = ''",
            Told.WRITTEN,
            True,
        ),
        (
            "properties: {\n disableLocalAuth: p == 'x' && !q\n}",
            "param p string = 'x'\nparam q bool = false",
            Told.WRITTEN,
            True,
        ),
        ("properties: p", "var p = { disableLocalAuth: true }", Told.WRITTEN, True),
        ("properties: p", "param p object", Told.UNKNOWN, None),
        ("properties: union(p, { disableLocalAuth: true })", "param p object", Told.WRITTEN, True),
        ("properties: union({ disableLocalAuth: true }, p)", "param p object", Told.UNKNOWN, None),
        ("properties: {\n ...p\n disableLocalAuth: true\n}", "param p object", Told.WRITTEN, True),
        ("properties: {\n ...p\n}", "var p = { disableLocalAuth: true }", Told.WRITTEN, True),
        ("properties: p ? { disableLocalAuth: true } : {}", "param p bool", Told.UNKNOWN, None),
        ("properties: p ? { disableLocalAuth: true } : {}", "param p bool = true", Told.WRITTEN, True),
        (
            "properties: p ? { disableLocalAuth: true } : { disableLocalAuth: true }",
            "param p bool",
            Told.WRITTEN,
            True,
        ),
    ],
)
def test_a_property_is_told_where_it_can_be(body: str, before: str, told: Told, literal: bool | None) -> None:
    found = _value(body, before)
    assert (found.told, found.literal) == (told, literal)


def test_a_property_has_the_place_of_its_entry_and_an_absent_one_that_of_the_head() -> None:
    found = _value("properties: {\n  disableLocalAuth: p\n}", "param p bool = true")
    assert found.entry is not None
    assert (found.entry.span.line, found.entry.span.column) == (4, 3)
    absent = _value("properties: {}")
    assert (absent.place.span.line, absent.entry) == (2, None)


def test_a_list_that_stands_elsewhere_is_what_it_means() -> None:
    found = _value("properties: {\n  modes: m\n}", "var m = ['AAD']", "properties.modes")
    assert found.told is Told.WRITTEN
    assert found.means is not None
    assert found.means is not found.expression


def test_what_files_of_parameters_give_otherwise_is_unknown() -> None:
    files = {
        "main.bicep": "param p bool = true\nresource s 'X.Y/z@1' = {\n  name: 'a'\n"
        "  properties: { p: p }\n}\n",
        "dev.bicepparam": "using 'main.bicep'\nparam p = false\n",
    }
    assert _deployed(files, "s").value("properties.p").told is Told.UNKNOWN
    files["dev.bicepparam"] = "using 'main.bicep'\nparam p = true\n"
    assert _deployed(files, "s").value("properties.p").is_(True)


def test_what_uses_of_a_module_give_otherwise_is_unknown() -> None:
    module = "param p bool = true\nresource s 'X.Y/z@1' = {\n  name: 'a'\n  properties: { p: p }\n}\n"
    use = "module {0} 'm.bicep' = {{\n  name: '{0}'\n  params: {{ p: {1} }}\n}}\n"
    same = {"m.bicep": module, "main.bicep": use.format("a", "false") + use.format("b", "false")}
    assert _deployed(same, "s").value("properties.p").is_(False)
    differing = {"m.bicep": module, "main.bicep": use.format("a", "false") + use.format("b", "true")}
    assert _deployed(differing, "s").value("properties.p").told is Told.UNKNOWN


def _terraform(body: str, kind: str = "azurerm_storage_account", before: str = "") -> Deployed:
    text = f'{before}\nresource "{kind}" "s" {{\n{body}\n}}\n'
    return _deployed({"main.tf": text}, f"{kind}.s")


def test_arguments_of_azurerm_stand_for_properties_of_arm() -> None:
    found = _terraform('shared_access_key_enabled = false\nidentity {\n  type = "SystemAssigned"\n}')
    assert found.arm_type == "Microsoft.Storage/storageAccounts"
    assert found.value("properties.allowSharedKeyAccess").is_(False)
    assert found.value("identity.type").is_("systemassigned")
    assert found.value("properties.unheardOf").told is Told.ABSENT


def test_arguments_that_say_the_opposite_are_turned_round() -> None:
    found = _terraform(
        "local_auth_enabled = var.on", "azurerm_app_configuration", 'variable "on" {\n  default = true\n}'
    )
    value = found.value("properties.disableLocalAuth")
    assert value.is_(False)
    assert value.negated


def test_a_dynamic_block_is_not_sure_to_be_there() -> None:
    found = _terraform(
        'dynamic "identity" {\n  for_each = var.x\n  content {\n    type = "SystemAssigned"\n  }\n}'
    )
    assert found.value("identity.type").told is Told.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        "{ properties = { disableLocalAuth = true } }",
        "jsonencode({ properties = { disableLocalAuth = true } })",
    ],
)
def test_azapi_has_properties_of_arm_in_its_body(body: str) -> None:
    kind = 'type = "Microsoft.Search/searchServices@2023-11-01"'
    identity = 'identity {\n  type = "UserAssigned"\n  identity_ids = [a.b.id]\n}'
    found = _terraform(f"{kind}\nbody = {body}\n{identity}", "azapi_resource")
    assert found.arm_type == "Microsoft.Search/searchServices"
    assert found.value("properties.disableLocalAuth").is_(True)
    assert found.value("identity.type").is_("UserAssigned")
    assert found.value("identity.userAssignedIdentities").told is Told.WRITTEN


def test_what_is_only_referred_to_exists_already() -> None:
    files = {"main.tf": 'data "azurerm_key_vault" "v" {\n  name = "v"\n}\n'}
    assert _deployed(files, "data.azurerm_key_vault.v").existing


def test_a_name_is_there_where_it_is_plain() -> None:
    assert _bicep("name: toLower('${p}-X')", "param p string = 'a'").name == "a-x"
    assert _bicep("name: uniqueString(p)", "param p string = 'a'").name == ""
