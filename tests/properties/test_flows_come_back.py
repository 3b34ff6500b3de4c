"""Whatever way a value takes through code, files and settings, it is followed back to where it began.

A chain is drawn: each link hands the value on by another mechanism, and the last expression is used. The flow
must come back to the key of the resource, by as many files as the chain has, whatever things are called, and
whatever other code lies beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from flows_shown import repository, shown
from keyless.assess.calls import calls
from keyless.assess.flows.flow import Flow
from keyless.assess.flows.origins import origins

_NAMES = st.lists(st.from_regex(r"n_[a-z]{3,8}", fullmatch=True), min_size=8, max_size=8, unique=True)


@dataclass
class Chain:
    """A chain that is being written: the lines of the module at its end, and the files that are closed."""

    names: list[str]
    expression: str
    lines: list[str] = field(default_factory=lambda: ["import os"])
    files: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def name(self) -> str:
        """A name that no other link has."""
        self.count += 1
        return f"{self.names[self.count % len(self.names)]}_{self.count}"


def _local(chain: Chain) -> None:
    name = chain.name()
    chain.lines.append(f"{name} = {chain.expression}")
    chain.expression = name


def _result(chain: Chain) -> None:
    name = chain.name()
    chain.lines += [f"def {name}():", f"    return {chain.expression}"]
    chain.expression = f"{name}()"


def _argument(chain: Chain) -> None:
    name, given_as = chain.name(), chain.name()
    chain.lines += [f"def {name}(first, {given_as}=None):", f"    return {given_as}"]
    chain.expression = f"{name}(1, {given_as}={chain.expression})"


def _field(chain: Chain) -> None:
    name, kept = chain.name(), chain.name()
    chain.lines += [
        f"class {name}:",
        "    def __init__(self, value):",
        f"        self.{kept} = value",
        f"made_{name} = {name}({chain.expression})",
    ]
    chain.expression = f"made_{name}.{kept}"


def _entry(chain: Chain) -> None:
    name, key = chain.name(), chain.name()
    chain.lines.append(f"{name} = {{'{key}': {chain.expression}, 'other': 'x'}}")
    chain.expression = f"{name}['{key}']"


def _tuple(chain: Chain) -> None:
    first, second = chain.name(), chain.name()
    chain.lines.append(f"{first}, {second} = 1, {chain.expression}")
    chain.expression = second


def _text(chain: Chain) -> None:
    name = chain.name()
    chain.lines.append(f"{name} = f'AccountName=a;AccountKey={{{chain.expression}}};EndpointSuffix=b'")
    chain.expression = name


def _choice(chain: Chain) -> None:
    name = chain.name()
    chain.lines.append(f"{name} = {chain.expression} if len(os.name) else ''")
    chain.expression = name


def _wrapped(chain: Chain) -> None:
    chain.expression = f"str({chain.expression}).strip()"


def _module(chain: Chain) -> None:
    name, module = chain.name(), chain.name()
    chain.files[f"{module}.py"] = "\n".join([*chain.lines, f"{name} = {chain.expression}", ""])
    chain.lines = ["import os", f"from {module} import {name}"]
    chain.expression = name


_LINKS: list[Callable[[Chain], None]] = [
    _local,
    _result,
    _argument,
    _field,
    _entry,
    _tuple,
    _text,
    _choice,
    _wrapped,
    _module,
]
_TEMPLATE = """
resource store 'Microsoft.Storage/storageAccounts@2023-01-01' existing = { name: 'store' }
resource web 'Microsoft.Web/sites@2022-03-01' = {
  name: 'web'
  properties: { siteConfig: { appSettings: [ { name: 'THE_KEY', value: store.listKeys().keys[0].value } ] } }
}
"""
_BEGINNINGS = {
    "template": ("os.environ['THE_KEY']", {"main.bicep": _TEMPLATE}),
    "script": (
        "os.environ['THE_KEY']",
        {"run.sh": "export THE_KEY=$(az storage account keys list -n store -o tsv)\n"},
    ),
    "terraform": (
        "os.environ['THE_KEY']",
        {
            "main.tf": 'resource "azurerm_linux_web_app" "w" {\n'
            "  app_settings = { THE_KEY = azurerm_storage_account.store.primary_access_key }\n}\n"
        },
    ),
}
_OTHER = """
import os
key = os.environ.get("SOMETHING_ELSE")
class Unrelated:
    def __init__(self, key):
        self.key = key
def unrelated(value):
    return Unrelated(value).key
unrelated(key)
unrelated("text")
"""


def _written(links: list[Callable[[Chain], None]], names: list[str], beginning: str) -> dict[str, str]:
    expression, files = _BEGINNINGS[beginning]
    chain = Chain(names, expression, files=dict(files))
    for link in links:
        link(chain)
    chain.files["the_end.py"] = "\n".join([*chain.lines, f"the_use({chain.expression})", ""])
    return chain.files


def _flows(files: dict[str, str]) -> tuple[Flow, ...]:
    found = repository(files)
    use = next(one for one in found.view(calls) if one.method == "the_use")
    return origins(found, use.call.arguments[0].value, use.within)


_CHAINS = st.lists(st.sampled_from(_LINKS), max_size=7)


@settings(max_examples=60, deadline=None)
@given(_CHAINS, _NAMES, st.sampled_from(sorted(_BEGINNINGS)))
def test_a_chain_comes_back_to_the_key_that_it_began_with(
    links: list[Callable[[Chain], None]], names: list[str], beginning: str
) -> None:
    found = _flows(_written(links, names, beginning))
    assert [shown(one) for one in found] == ["key-of-resource blob store"]


@settings(max_examples=30, deadline=None)
@given(_CHAINS, _NAMES, _NAMES)
def test_other_names_change_nothing_but_the_names(
    links: list[Callable[[Chain], None]], names: list[str], others: list[str]
) -> None:
    one, other = (_flows(_written(links, drawn, "template")) for drawn in (names, others))
    assert [len(flow.steps) for flow in one] == [len(flow.steps) for flow in other]
    assert [flow.origin for flow in one] == [flow.origin for flow in other]


@settings(max_examples=30, deadline=None)
@given(_CHAINS, _NAMES)
def test_unrelated_code_adds_no_flow(links: list[Callable[[Chain], None]], names: list[str]) -> None:
    files = _written(links, names, "template")
    alone, beside = _flows(files), _flows({**files, "unrelated.py": _OTHER})
    assert list(map(shown, alone)) == list(map(shown, beside))
