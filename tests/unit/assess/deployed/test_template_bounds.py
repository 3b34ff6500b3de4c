"""Templates that say few things very often take bounded time, and what cannot be told then is not."""

from __future__ import annotations

import time

import pytest

from keyless.assess.deployed.all import deployed
from keyless.assess.deployed.all_grants import grants
from keyless.assess.deployed.settings_of import settings_of
from repositories_made import repository

_TIMES = 12


def _chain(write: str, last: str) -> str:
    """`var v0 = …v1…v1…`, each made of the next ten times over."""
    lines = [f"var v{n} = " + write.format(", ".join([f"v{n + 1}"] * 10)) for n in range(_TIMES)]
    return "\n".join([*lines, f"var v{_TIMES} = {last}"])


def _bicep(before: str, **given: str) -> str:
    said = {"settings": "[]", "switch": "true", "role": "'x'", "principal": "'y'"} | given
    return f"""{before}
resource site 'Microsoft.Web/sites@2022-03-01' = {{
  name: 'a'
  properties: {{
    enabled: {said["switch"]}
    siteConfig: {{
      appSettings: {said["settings"]}
    }}
  }}
}}
resource grant 'Microsoft.Authorization/roleAssignments@2022-04-01' = {{
  name: 'b'
  properties: {{
    roleDefinitionId: {said["role"]}
    principalId: {said["principal"]}
  }}
}}
"""


@pytest.mark.parametrize(
    "text",
    [
        _bicep(_chain("concat({})", "[]"), settings="v0"),
        _bicep(_chain("union({})", "{}"), settings="items(v0)"),
        _bicep(_chain("union({})", "{}"), switch="v0.x"),
        _bicep("param c bool\n" + _chain("coalesce({})", "c ? 'a' : 'b'"), role="v0", principal="v0"),
        _bicep("param c bool\n" + _chain("[{}][0]", "c"), switch="v0"),
        _bicep("var a = '${a}${a}'", switch="a", role="a", principal="a"),
        _bicep("param c bool\nvar a = c ? a : b\nvar b = c ? b : a", switch="a", role="a", principal="a"),
        _bicep("var m = { k: m[m.k] }", switch="m[m.k]"),
    ],
)
def test_what_is_said_over_and_over_takes_bounded_time(text: str) -> None:
    made = repository({"main.bicep": text})
    start = time.process_time()
    for one in made.view(deployed):
        one.value("properties.enabled")
        one.value("properties.siteConfig.appSettings")
    made.view(grants)
    made.view(settings_of)
    assert time.process_time() - start < 6


def test_a_module_that_uses_itself_is_no_module_of_its_own() -> None:
    files = {
        "a.bicep": "param x string\nmodule a 'a.bicep' = {\n  name: 'a'\n  params: { x: x }\n}\n"
        "resource r 'X.Y/z@1' = {\n  name: x\n}\n"
    }
    (found,) = repository(files).view(deployed)
    assert found.name == ""


def test_forty_modules_that_use_each_other_take_bounded_time() -> None:
    files = {}
    for n in range(40):
        uses = "".join(
            f"module m{k} 'm{(n * 7 + k) % 40}.bicep' = {{\n  name: 'm{k}'\n  params: {{ x: x }}\n}}\n"
            for k in range(4)
        )
        files[f"m{n}.bicep"] = (
            f"param x string\n{uses}resource r 'X.Y/z@1' = {{\n  name: 'a'\n  properties: {{ p: x }}\n}}\n"
        )
    made = repository(files)
    start = time.process_time()
    for one in made.view(deployed):
        one.value("properties.p")
    made.view(grants)
    assert time.process_time() - start < 9
