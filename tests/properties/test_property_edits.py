"""Edits of properties: where one is missing or wrong it is right afterwards, and all else is kept."""

from __future__ import annotations

import datetime

from hypothesis import given
from hypothesis import strategies as st

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.deployed import Deployed
from keyless.assess.fixes.properties import property_set
from keyless.assess.repository import Repository
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Expr, Items, Record, text_of
from keyless.assess.syntax.spelled import spelled

PATH = "properties.disableLocalAuth"
OTHERS = {
    "zoneRedundant": ("true", "zone_redundant", "true"),
    "minimumTlsVersion": ("'1.2'", "minimum_tls_version", '"1.2"'),
    "premiumMessagingPartitions": ("1", "premium_messaging_partitions", "1"),
}


@st.composite
def bicep(draw: st.DrawFn) -> str:
    """A namespace, with any of its properties, whatever space, comments and line ends."""
    indent = draw(st.sampled_from(["  ", "    ", "\t"]))
    names = draw(st.lists(st.sampled_from(sorted(OTHERS)), unique=True))
    lines = [f"{indent}{indent}{name}: {OTHERS[name][0]}{_comment(draw, '//')}" for name in names]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), f"{indent}{indent}disableLocalAuth: false")
    inner = [f"{indent}properties: {{", *lines, f"{indent}}}"] if lines else []
    body = [f"{indent}name: 'bus'{_comment(draw, '//')}", f"{indent}location: 'westeurope'", *inner]
    head = "resource bus 'Microsoft.ServiceBus/namespaces@2022-10-01-preview' = {"
    return draw(st.sampled_from(["\n", "\r\n"])).join([head, *body, "}", ""])


@st.composite
def terraform(draw: st.DrawFn) -> str:
    """The same for azurerm."""
    names = draw(st.lists(st.sampled_from(sorted(OTHERS)), unique=True))
    lines = [f"  {OTHERS[name][1]} = {OTHERS[name][2]}{_comment(draw, '#')}" for name in names]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), "  local_auth_enabled = true")
    if draw(st.booleans()):
        lines += ["", "  identity {", '    type = "SystemAssigned"', "  }"]
    head = 'resource "azurerm_servicebus_namespace" "bus" {'
    return "\n".join([head, '  name = "bus"', *lines, "}", ""])


@st.composite
def arm(draw: st.DrawFn) -> str:
    """The same for an ARM template."""
    names = draw(st.lists(st.sampled_from(sorted(OTHERS)), unique=True))
    values = [f'"{name}": {OTHERS[name][2]}' for name in names]
    if draw(st.booleans()):
        values.append('"disableLocalAuth": false')
    between = draw(st.sampled_from([", ", ",\n        "]))
    inner = f', "properties": {{{between.join(values)}}}' if values else ""
    return (
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",\n'
        '  "resources": [\n    {\n      "type": "Microsoft.ServiceBus/namespaces",\n'
        f'      "apiVersion": "2022-10-01-preview", "name": "bus"{inner}\n    }}\n  ]\n}}\n'
    )


def _comment(draw: st.DrawFn, mark: str) -> str:
    return draw(st.sampled_from(["", f" {mark} kept as it is"]))


def read_one(path: str, text: str) -> Deployed:
    """The one resource of a template."""
    source = read(path, text.encode())
    assert source is not None
    assert not source.problems
    (found,) = deployed(Repository([source], datetime.date(2026, 1, 1)))
    return found


def written(expression: Expr, way: str = "") -> set[str]:
    """Every plain value, with the way to it."""
    if isinstance(expression, Record):
        return set().union(*(written(one.value, f"{way}.{text_of(one.key)}") for one in expression.entries))
    if isinstance(expression, Items):
        return set().union(*(written(one, f"{way}[]") for one in expression.items))
    return {f"{way}={spelled(expression)}"}


def check(path: str, text: str, own: str) -> None:
    """Make the edits, and look at what became of it."""
    before = read_one(path, text)
    edits = property_set(before, PATH, True)
    assert edits
    data = text.encode()
    for edit in sorted(edits, reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    after = read_one(path, data.decode())
    assert after.value(PATH).is_(True)
    kept = {one for one in written(before.declared.body) if own not in one}
    assert {one for one in written(after.declared.body) if own not in one} == kept


@given(bicep())
def test_an_edit_of_bicep_sets_the_property_and_keeps_the_rest(text: str) -> None:
    check("main.bicep", text, "disableLocalAuth")


@given(terraform())
def test_an_edit_of_terraform_sets_the_property_and_keeps_the_rest(text: str) -> None:
    check("main.tf", text, "local_auth_enabled")


@given(arm())
def test_an_edit_of_an_arm_template_sets_the_property_and_keeps_the_rest(text: str) -> None:
    check("main.json", text, "disableLocalAuth")
