"""`docs/reference/plan.md` and the JSON schema of a plan: from the structs that a plan is made of."""

from __future__ import annotations

import enum
import json
import typing
from collections.abc import Iterator
from typing import Any

import msgspec

from keyless.plan.result import SCHEMA, Plan
from reference.markdown import head, table
from reference.policy import about, said

SCHEMA_FILE = "plan.schema.json"
_TEXT = f"""
`keyless plan --format json` and `.keyless/plan.json` are a plan as JSON, and so is what `keyless prove
--plan`, `keyless plan --diff` and `keyless plan --check` read. `schema` is `{SCHEMA}`: a field that means
something else, or is gone, gets another number, and a plan of another number is refused. New fields may come
under the same one, so a tool has to pass over those that it does not know. The [JSON schema]({SCHEMA_FILE})
says the same for tools. Names are Azure's own, ids are whole, and no value of a secret is in it.
"""
_PLAIN = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


def schema() -> str:
    """The JSON schema."""
    shaped = msgspec.json.schema(Plan)
    definitions = shaped["$defs"]
    for kind in _kinds():
        definitions[_name(kind, definitions)]["description"] = about(kind)
    definitions["Plan"]["properties"]["schema"] = {"const": SCHEMA}
    definitions["Plan"].setdefault("required", []).append("schema")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of Keyless",
        **shaped,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def page() -> str:
    """The whole page."""
    definitions = json.loads(schema())["$defs"]
    top = head("The plan as JSON", "src/keyless/plan/result.py and src/keyless/plan/results/", _TEXT)
    return top + "".join(_section(kind, definitions) for kind in _kinds())


def _name(kind: type, definitions: dict[str, Any]) -> str:
    """What the schema calls a struct: two of one name go by their modules."""
    return kind.__name__ if kind.__name__ in definitions else f"{kind.__module__}.{kind.__qualname__}"


def _kinds() -> list[type]:
    """The structs and choices that a plan is made of, each after what it is first named in."""
    found: dict[type, None] = {}
    waiting: list[type] = [Plan]
    while waiting:
        kind = waiting.pop(0)
        if kind not in found:
            found[kind] = None
            waiting += _named_in(kind)
    return list(found)


def _named_in(kind: type) -> Iterator[type]:
    if issubclass(kind, msgspec.Struct):
        for one in msgspec.structs.fields(kind):
            yield from _inside(one.type)


def _inside(kind: object) -> Iterator[type]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct | enum.Enum):
        yield kind
    for one in typing.get_args(kind):
        yield from _inside(one)


def _section(kind: type, definitions: dict[str, Any]) -> str:
    name = _name(kind, definitions)
    return f"\n## `{name}`\n\n{about(kind)}\n\n{_content(kind, definitions[name])}"


def _content(kind: type, shaped: dict[str, Any]) -> str:
    if issubclass(kind, enum.Enum):
        return "".join(f"- `{word}`{f': {text}' if text else ''}\n" for word, text in said(kind))
    needed = set(shaped.get("required", ()))
    rows = [
        (f"`{name}`", _in_words(one), "" if name in needed else "may be left out")
        for name, one in shaped["properties"].items()
    ]
    return table(("field", "what it is", ""), rows)


def _in_words(shaped: dict[str, Any]) -> str:
    """What a field holds, from its part of the schema."""
    if "$ref" in shaped:
        name = shaped["$ref"].rpartition("/")[2]
        return f"[`{name}`](#{name.lower().replace('.', '')})"
    if "const" in shaped:
        return f"`{shaped['const']}`"
    if "anyOf" in shaped:
        kinds = [_in_words(one) for one in shaped["anyOf"] if one.get("type") != "null"]
        return f"{' or '.join(kinds)}, or null"
    if shaped.get("type") == "array":
        return f"list of {_in_words(shaped['items']) if 'items' in shaped else 'values'}"
    return _PLAIN.get(str(shaped.get("type")), "value")
