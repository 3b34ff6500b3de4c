"""Files of Terraform, construct by construct."""

from __future__ import annotations

import time

import pytest

from expressions_shown import shown
from keyless.assess.sources.terraform import read
from keyless.assess.syntax.source import Lack, Source
from keyless.assess.syntax.templates import Template


def _template(text: str, path: str = "infra/main.tf") -> Template:
    source: Source = read(path, text)
    assert source.problems == ()
    assert source.template is not None
    return source.template


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"a"', "'a'"),
        ('""', "''"),
        ('"a ${b} ${c} d"', "J('a ', b, ' ', c, ' d')"),
        ('"${var.a}"', "var.a"),
        ('"a\\n\\"\\u00e9 $${x} %%{y}"', repr('a\n"\u00e9 ${x} %{y}')),
        ('"%{ if a }b%{ else }c%{ endif }d"', "J(<template_directive a 'b' 'c'>, 'd')"),
        ('"%{ for x in xs ~}${x},%{ endfor ~}"', "J(<template_directive xs x ','>)"),
        ("1", "1"),
        ("1.5", "1.5"),
        ("-1", "-1"),
        ("true", "True"),
        ("null", "None"),
        ("var.a ? b : c", "(var.a ? b | c)"),
        ('var.x.y != "" ? 1 : -local.z.k', "(<!= var.x.y ''> ? 1 | <- local.z.k>)"),
        ("!a && b || c", "<|| <&& <! a> b> c>"),
        ("1 + 2 * 3", "<+ 1 <* 2 3>>"),
        ("(1 + 2)", "<+ 1 2>"),
        ("(a).b", "a.b"),
        ("x.y[0].z", "x.y[0].z"),
        ('x.y["k"]', "x.y['k']"),
        ("x.y.0.z", "x.y[0].z"),
        ("x.y[*].id", "x.y['*'].id"),
        ("x.y.*.id", "x.y['*'].id"),
        ("x.y[each.key]", "x.y[each.key]"),
        ('foo("a").b[0]', "foo('a').b[0]"),
        ("merge(a, b...)", "merge(a, *b)"),
        ("provider::azurerm::parse(a)", "provider::azurerm::parse(a)"),
        ("[1, # one\n 2,]", "[1, 2]"),
        ('{ a = 1, "b" = 2, (var.k) = 3, c : 4 }', "{'a': 1, 'b': 2, var.k: 3, 'c': 4}"),
        ("[for x in xs : x.name]", "for(x in xs: x.name)"),
        ('[for k, v in m : upper(v) if v != ""]', "for(k, v in m: (<!= v ''> ? upper(v)))"),
        ("{ for k, v in m : k => v... }", "for(k, v in m: {k: v})"),
        ("<<EOT\na ${b}\n  c\nEOT\n", "J('a ', b, '\\n  c\\n')"),
        ("<<-EOT\n    a\n      b\n  EOT\n", repr("a\n  b\n")),
        ('jsonencode({ a = [{ b = "c" }] })', "jsonencode({'a': [{'b': 'c'}]})"),
    ],
)
def test_an_expression_means_what_terraform_means_by_it(written: str, meant: str) -> None:
    (found,) = _template(f"locals {{\n  it = {written}\n}}\n").variables
    assert shown(found.value) == meant


def test_variables_have_types_defaults_and_whether_they_are_sensitive() -> None:
    template = _template(
        'variable "a" {}\nvariable "b" {\n  type = map(object({\n    c = string\n  }))\n  default = {}\n'
        "  sensitive = true\n}\n"
    )
    assert [(one.name, one.type, one.secure, shown(one.default)) for one in template.parameters] == [
        ("a", "", False, "-"),
        ("b", "map(object({ c = string }))", True, "{}"),
    ]


_RESOURCES = """
resource "azurerm_storage_account" "store" {
  count = var.wanted ? 1 : 0
  name  = "store"
  identity {
    type = "SystemAssigned"
  }
}
data "azurerm_key_vault" "vault" {
  name = "vault"
}
resource "azapi_resource" "search" {
  type = "Microsoft.Search/searchServices@2023-11-01"
  name = "search"
  body = {
    properties = { disableLocalAuth = true }
  }
}
"""


def test_resources_go_by_their_addresses() -> None:
    found = _template(_RESOURCES).resources
    assert [(one.symbol, one.type, one.arm_type, one.api_version, one.existing) for one in found] == [
        ("azurerm_storage_account.store", "azurerm_storage_account", "", "", False),
        ("data.azurerm_key_vault.vault", "azurerm_key_vault", "", "", True),
        ("azapi_resource.search", "azapi_resource", "Microsoft.Search/searchServices", "2023-11-01", False),
    ]
    assert shown(found[0].repeated) == "(var.wanted ? 1 | 0)"
    assert shown(found[0].name) == "'store'"
    assert (found[0].head.line, found[0].head.end_line, found[0].head.end_column) == (2, 2, 43)


def test_blocks_are_records_and_several_of_one_name_are_items() -> None:
    (found,) = _template(
        'resource "a" "b" {\n  one {\n    x = 1\n  }\n  two {\n    y = 1\n  }\n  two {\n    y = 2\n  }\n'
        '  dynamic "two" {\n    for_each = var.ys\n    iterator = it\n'
        "     content {\n      y = it.value\n    }\n  }\n}\n"
    ).resources
    assert (
        shown(found.body)
        == "{'one': {'x': 1}, 'two': [{'y': 1}, {'y': 2}, for(it in var.ys: {'y': it.value})]}"
    )


def test_modules_have_what_is_handed_to_them() -> None:
    (found,) = _template('module "m" {\n  source = "./m"\n  for_each = var.x\n  key = a.b[0].c\n}\n').modules
    assert (found.symbol, found.source, shown(found.repeated)) == ("m", "./m", "var.x")
    assert shown(found.arguments) == "{'source': './m', 'for_each': var.x, 'key': a.b[0].c}"


def test_outputs_tell_whether_they_are_sensitive() -> None:
    found = _template(
        'output "a" {\n  value = b.c\n}\noutput "d" {\n  value = e\n  sensitive = true\n}\n'
    ).outputs
    assert [(one.name, one.secure, shown(one.value)) for one in found] == [
        ("a", False, "b.c"),
        ("d", True, "e"),
    ]


def test_providers_and_backends_are_resources_and_checks_are_gone_into() -> None:
    found = _template(
        'terraform {\n  backend "azurerm" {\n    access_key = var.k\n  }\n}\n'
        'provider "azurerm" {\n  features {}\n  client_secret = var.s\n}\n'
        'check "c" {\n  data "http" "x" {\n    url = "u"\n  }\n  assert {\n    condition = true\n  }\n}\n'
        'moved {\n  from = a.b\n  to = a.c\n}\nimport {\n  to = a.b\n  id = "x"\n}\n'
        'ephemeral "azurerm_key_vault_secret" "e" {\n  name = "n"\n}\n'
    ).resources
    assert [(one.symbol, one.type, one.existing) for one in found] == [
        ("backend.azurerm", "backend", True),
        ("provider.azurerm", "provider", True),
        ("data.http.x", "http", True),
        ("ephemeral.azurerm_key_vault_secret.e", "azurerm_key_vault_secret", True),
    ]


def test_a_file_of_values_gives_them() -> None:
    template = _template('a = "x"\nb = [1]\n', "infra/prod.tfvars")
    assert shown(template.given) == "{'a': 'x', 'b': [1]}"


def test_what_is_not_understood_is_said_and_the_rest_is_read() -> None:
    source = read("a.tf", 'locals {\n  a = = 1\n}\nvariable "b" {}\n')
    assert source.problems[0].lack is Lack.NOT_PARSED
    assert source.template is not None
    assert [one.name for one in source.template.parameters] == ["b"]


@pytest.mark.parametrize("nested", ["[" * 3000 + "]" * 3000, "1 + " * 3000 + "1", "a ? b : " * 2000 + "c"])
def test_what_is_nested_too_deeply_is_said(nested: str) -> None:
    source = read("a.tf", f"locals {{\n  a = {nested}\n}}\n")
    assert Lack.TOO_DEEP in {one.lack for one in source.problems}


def test_spans_are_those_of_the_file() -> None:
    (found,) = _template('locals {\n  a = "\u00e9${b}"\n}\n').variables
    name = found.value.parts[1]  # type: ignore[union-attr]
    assert (name.span.line, name.span.column, name.span.start) == (2, 11, 20)


def test_very_many_blocks_of_one_name_are_read_in_time_that_grows_with_them() -> None:
    text = 'resource "a" "b" {\n' + "  two {\n    y = 1\n  }\n" * 5000 + "}\n"
    start = time.process_time()
    (found,) = _template(text).resources
    assert time.process_time() - start < 6
    assert len(found.body.entries[0].value.items) == 5000  # type: ignore[union-attr]
