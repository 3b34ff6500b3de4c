"""HCL as `terraform fmt` would leave it: strings, attributes, objects and blocks.

The equals signs of attributes on consecutive lines stand under each other; a value on several lines ends the
run.

Source: https://developer.hashicorp.com/terraform/language/style
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Value: TypeAlias = "str | Mapping[str, Value] | list[str]"
"""An expression; an object; a list of expressions, each on its line."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_PROVIDERS = {
    "azurerm": ("hashicorp/azurerm", ">= 4.0", "{\n  features {}\n}"),
    "azapi": ("Azure/azapi", ">= 2.0", "{}"),
}


def quote(text: str, *, before: str | None = None) -> str:
    """A string of HCL on one line, with an expression put before the text if there is one."""
    escaped = "".join(_ESCAPES.get(one, one) for one in text).replace("${", "$${").replace("%{", "%%{")
    plain = "".join(one if one.isprintable() else _by_number(one) for one in escaped)
    return f'"${{{before}}}{plain}"' if before else f'"{plain}"'


def _by_number(one: str) -> str:
    return f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}"


def block(kind: str, labels: tuple[str, ...], lines: list[str], inner: Iterable[str] = ()) -> str:
    """A block of attributes (``name = value``) and, behind them, lines that stand as they are."""
    head = " ".join([kind, *(f'"{label}"' for label in labels)])
    body = [*_aligned([_apart(line) for line in lines], "  "), *inner]
    return "\n".join([f"{head} {{", *body, "}"]) + "\n" if body else f"{head} {{}}\n"


def nested(name: str, value: Mapping[str, Value]) -> list[str]:
    """A block within a block."""
    return ["", f"  {name} {{", *_attributes(value, "    "), "  }"]


def attribute(name: str, value: Value, indent: str = "  ") -> list[str]:
    """An attribute on one line or on several."""
    key = name if _IDENTIFIER.fullmatch(name) else quote(name)
    if isinstance(value, str):
        return [f"{indent}{key} = {value}"]
    if isinstance(value, list):
        items = [f"{indent}  {item}," for item in value]
        return [f"{indent}{key} = [", *items, f"{indent}]"] if items else [f"{indent}{key} = []"]
    return [f"{indent}{key} = {{", *_attributes(value, f"{indent}  "), f"{indent}}}"]


def _attributes(value: Mapping[str, Value], indent: str) -> list[str]:
    """Attributes, those of one line aligned in runs."""
    lines: list[str] = []
    run: list[tuple[str, str]] = []
    for name, inner in value.items():
        written = attribute(name, inner, indent)
        if len(written) == 1:
            run.append(_apart(written[0].strip()))
            continue
        lines += [*_aligned(run, indent), *written]
        run = []
    return [*lines, *_aligned(run, indent)]


def _apart(line: str) -> tuple[str, str]:
    key, _, value = line.partition(" = ")
    return key, value


def _aligned(run: list[tuple[str, str]], indent: str) -> list[str]:
    width = max((len(key) for key, _ in run), default=0)
    return [f"{indent}{key:<{width}} = {value}" for key, value in run]


def versions(providers: Iterable[str]) -> str:
    """Which providers there must be."""
    entries = []
    for name in providers:
        source, version, _ = _PROVIDERS[name]
        lines = [f"      source  = {quote(source)}", f"      version = {quote(version)}"]
        entries.append("\n".join([f"    {name} = {{", *lines, "    }"]))
    inner = "\n".join(["  required_providers {", *entries, "  }"])
    return f'terraform {{\n  required_version = ">= 1.5"\n{inner}\n}}\n'


def configured(providers: Iterable[str]) -> str:
    """How the providers are set up, where the files are no module."""
    blocks = [f'provider "{name}" {_PROVIDERS[name][2]}\n' for name in providers]
    return "\n".join(["# Leave this file out where these files are used as a module.\n", *blocks])
