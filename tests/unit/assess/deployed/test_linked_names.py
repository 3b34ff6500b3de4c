"""Where names of templates lead to."""

from __future__ import annotations

import pytest

from expressions_shown import shown
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.syntax.expressions import entry_of
from repositories_made import repository


def _ends(files: dict[str, str], output: str = "it") -> tuple[Linked, ...]:
    made = repository(files)
    template, found = next(
        (template, one) for template in made.templates for one in template.outputs if one.name == output
    )
    return linked(made, template, found.value)


def _shown(files: dict[str, str], output: str = "it") -> list[str]:
    return sorted(shown(one.expression) for one in _ends(files, output))


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ("var a = 'x'\noutput it string = a", "'x'"),
        ("var a = b\nvar b = 'x'\noutput it string = a", "'x'"),
        ("param a string = 'x'\noutput it string = a", "'x'"),
        ("param a string\noutput it string = a", "a"),
        ("var a = { b: { c: 'x' } }\noutput it string = a.b.c", "'x'"),
        ("var a = { b: 'x' }\noutput it string = a['B']", "'x'"),
        ("var k = 'b'\nvar a = { b: 'x', c: 'y' }\noutput it string = a[k]", "'x'"),
        ("var a = ['w', 'x']\noutput it string = a[1]", "'x'"),
        ("param o object = { a: 'x' }\nvar a = { ...o }\noutput it string = a.a", "'x'"),
        ("var a = union({ b: 'x' }, c)\nvar c = {}\noutput it string = a.b", "'x'"),
        ("var a = { b: 'x' }\noutput it string = a.c", "None"),
        ("var a = any(b)\nvar b = 'x'\noutput it string = a", "'x'"),
        ("var a = concat('x', b)\nvar b = 'y'\noutput it string = a", "concat('x', b)"),
        (
            (
                "resource r 'X.Y/z@1' existing = {\n  name: 'n'\n}\nvar a = r\n"
                "output it string = a.listKeys().key"
            ),
            "r.listKeys().key",
        ),
        (
            (
                "resource r 'X.Y/z@1' existing = {\n  name: 'n'\n}\nvar a = { b: r.properties }\n"
                "output it string = a.b.c"
            ),
            "r.properties.c",
        ),
    ],
)
def test_names_of_bicep_lead_to_what_is_declared(written: str, end: str) -> None:
    assert _shown({"main.bicep": written + "\n"}) == [end]


def test_a_choice_is_an_end_and_what_is_taken_of_it_is_taken_of_each_side() -> None:
    files = {
        "main.bicep": "param c bool\nvar a = c ? { b: 'x' } : { b: 'y' }\n"
        "output it string = a.b\noutput whole object = a\n"
    }
    assert _shown(files) == ["'x'", "'y'"]
    assert _shown(files, "whole") == ["(c ? {'b': 'x'} | {'b': 'y'})"]


def test_what_refers_to_itself_has_no_end() -> None:
    assert _shown({"main.bicep": "var a = b\nvar b = a\noutput it string = a\n"}) == []
    assert _shown({"main.bicep": "var a = { b: a.b }\noutput it string = a.b\n"}) == []


_MODULE = "param key string = 'own'\noutput given string = key\noutput fixed string = 'f'\n"


def test_a_parameter_is_what_each_use_hands_to_it() -> None:
    files = {
        "main.bicep": "module a './m.bicep' = {\n  name: 'a'\n  params: { key: 'one' }\n}\n"
        "module b 'm.bicep' = {\n  name: 'b'\n  params: { key: 'two' }\n}\n"
        "module c 'm.bicep' = {\n  name: 'c'\n}\n",
        "m.bicep": _MODULE,
    }
    assert _shown(files, "given") == ["'one'", "'own'", "'two'"]


def test_a_way_goes_out_through_the_use_that_it_came_in_by() -> None:
    files = {
        "main.bicep": "module a './m.bicep' = {\n  name: 'a'\n  params: { key: 'one' }\n}\n"
        "module b './m.bicep' = [for i in range(0, 2): {\n  name: 'b'\n  params: { key: 'two' }\n}]\n"
        "output it string = b[0].outputs.given\noutput other string = a.outputs.given\n"
        "output f string = a.outputs.fixed\n",
        "m.bicep": _MODULE,
    }
    assert _shown(files) == ["'two'"]
    assert _shown(files, "other") == ["'one'"]
    assert _shown(files, "f") == ["'f'"]


def test_the_steps_say_what_was_gone_past_in_which_file() -> None:
    files = {
        "main.bicep": "var k = 'one'\nmodule a './m.bicep' = {\n  name: 'a'\n"
        "  params: { key: k }\n}\noutput it string = a.outputs.given\n",
        "m.bicep": _MODULE,
    }
    (end,) = _ends(files)
    assert [(one.place.path, one.what) for one in end.steps] == [
        ("m.bicep", "output `given` of module `a`"),
        ("main.bicep", "`key` of module `a`"),
        ("main.bicep", "variable `k`"),
    ]
    assert (end.place.path, end.place.span.line) == ("main.bicep", 1)


def test_modules_that_use_each_other_end() -> None:
    files = {
        "a.bicep": "module b 'b.bicep' = {\n  name: 'b'\n  params: { p: b.outputs.o }\n}\n"
        "param p string\noutput o string = b.outputs.o\noutput it string = p\n",
        "b.bicep": "module a 'a.bicep' = {\n  name: 'a'\n  params: { p: p }\n}\nparam p string\n"
        "output o string = a.outputs.o\n",
    }
    assert _shown(files) == []


def test_the_item_of_a_loop_is_each_of_what_it_goes_through() -> None:
    files = {
        "main.bicep": "var all = [{ n: 'x' }, { n: 'y' }]\n"
        "module m 'm.bicep' = [for one in all: {\n  name: one.n\n  params: { key: one.n }\n}]\n",
        "m.bicep": _MODULE,
    }
    assert _shown(files, "given") == ["'x'", "'y'"]


def test_values_of_files_of_parameters_stand_beside_the_default() -> None:
    files = {
        "infra/main.bicep": "param a string = 'x'\noutput it string = a\n",
        "infra/main.bicepparam": "using './main.bicep'\nparam a = 'y'\n",
    }
    assert _shown(files) == ["'x'", "'y'"]


def test_imported_variables_are_found_in_their_file() -> None:
    files = {
        "main.bicep": "import { a as b } from 'shared.bicep'\n"
        "import * as all from 'shared.bicep'\noutput it string = b.c\noutput other string = all.a.c\n",
        "shared.bicep": "@export()\nvar a = { c: 'x' }\n",
    }
    assert _shown(files) == ["'x'"]
    assert _shown(files, "other") == ["'x'"]


@pytest.mark.parametrize(
    ("written", "end"),
    [
        ('locals {\n  a = "x"\n}\noutput "it" {\n  value = local.a\n}', "'x'"),
        ('variable "a" {\n  default = { b = "x" }\n}\noutput "it" {\n  value = var.a.b\n}', "'x'"),
        ('variable "a" {}\noutput "it" {\n  value = sensitive(var.a)\n}', "var.a"),
        (
            'output "it" {\n  value = azurerm_storage_account.a[0].primary_access_key\n}',
            "azurerm_storage_account.a[0].primary_access_key",
        ),
        (
            'locals {\n  s = azurerm_storage_account.a\n}\noutput "it" {\n  value = local.s.name\n}',
            "azurerm_storage_account.a.name",
        ),
        (
            (
                'locals {\n  m = merge({ a = "x" }, var.o)\n}\nvariable "o" {\n  default = {}\n}\n'
                'output "it" {\n  value = local.m["a"]\n}'
            ),
            "'x'",
        ),
    ],
)
def test_names_of_terraform_lead_to_what_is_declared(written: str, end: str) -> None:
    assert _shown({"main.tf": written + "\n"}) == [end]


def test_a_folder_of_terraform_is_one_module_and_may_be_used_by_others() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./modules/m"\n  key = local.k\n}\noutput "it" {\n'
        "  value = module.m.out\n}\n",
        "locals.tf": "locals {\n  k = azurerm_storage_account.s.primary_access_key\n}\n",
        "modules/m/variables.tf": 'variable "key" {}\n',
        "modules/m/outputs.tf": 'output "out" {\n  value = var.key\n}\n',
    }
    assert _shown(files) == ["azurerm_storage_account.s.primary_access_key"]
    assert _shown(files, "out") == ["azurerm_storage_account.s.primary_access_key"]


def test_values_of_tfvars_are_those_of_the_folder_above() -> None:
    files = {
        "infra/v.tf": 'variable "a" {}\noutput "it" {\n  value = var.a\n}\n',
        "infra/env/dev.tfvars": 'a = "x"\n',
    }
    assert _shown(files) == ["'x'"]


def test_each_value_is_each_entry_of_what_is_gone_through() -> None:
    files = {
        "main.tf": 'module "m" {\n  source = "./m"\n'
        '  for_each = { a = { k = "x" }, b = { k = "y" } }\n  key = each.value.k\n}\n',
        "m/main.tf": 'variable "key" {}\noutput "it" {\n  value = var.key\n}\n',
    }
    assert _shown(files) == ["'x'", "'y'"]


def test_the_item_of_a_loop_is_known_in_resources_within_it() -> None:
    files = {
        "main.bicep": "resource s 'X.Y/z@1' = [for one in ['a', 'b']: {\n  name: one\n"
        "  resource c 'child' = {\n    name: '${one}-c'\n    properties: { p: one }\n  }\n}]\n"
    }
    made = repository(files)
    (template,) = made.templates
    child = template.resources[1]
    entry = entry_of(child.body, "properties", "p")
    assert entry is not None
    assert [shown(one.expression) for one in linked(made, template, entry.value)] == ["'a'", "'b'"]


@pytest.mark.parametrize(
    ("loop", "value"),
    [
        ('for_each = toset(["x", "y"])', "each.value"),
        ('for_each = toset(concat(["x"], ["y"]))', "each.key"),
        ("count = length(local.all)", "local.all[count.index]"),
    ],
)
def test_loops_of_terraform_over_lists_give_each_of_them(loop: str, value: str) -> None:
    files = {
        "main.tf": f'module "m" {{\n  source = "./m"\n  {loop}\n  key = {value}\n}}\n'
        'locals {\n  all = ["x", "y"]\n}\n',
        "m/main.tf": 'variable "key" {}\noutput "it" {\n  value = var.key\n}\n',
    }
    assert _shown(files) == ["'x'", "'y'"]
