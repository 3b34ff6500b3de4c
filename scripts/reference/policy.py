"""`docs/reference/policy.md` and the policy's JSON schema: from the sections' own classes."""

from __future__ import annotations

import enum
import inspect
import json
import re
import typing
from collections.abc import Iterator

import msgspec

from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.runtime.policy_words import is_section, wanted
from keyless.runtime.project import POLICY_FILE
from reference.markdown import head, one_line, table

SCHEMA_FILE = "keyless.policy.schema.json"
_TEXT = f"""
`{POLICY_FILE}` stands beside `keyless.yaml`, and says what you decide about plans; `keyless plan --policy
FILE` reads another one. Every key may be left out. An unknown key is an error, with its line. Flags of
`keyless plan` go before the file. [Set a policy](../how-to/set-a-policy.md) says when to write what.

Editors complete and check the file with the [JSON schema]({SCHEMA_FILE}): put
`# yaml-language-server: $schema=PATH` on its first line.
"""


def page() -> str:
    """The whole page."""
    return head("The policy of a plan, `keyless.policy.yaml`", "src/keyless/plan/policy/", _TEXT) + "".join(
        _section(name, section, default) for name, section, default in _sections(DEFAULT_POLICY, "")
    )


def schema() -> str:
    """The JSON schema, for editors."""
    shaped = msgspec.json.schema(PlanPolicy)
    shaped["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    shaped["title"] = f"{POLICY_FILE} of Keyless"
    for name, kind in _named(PlanPolicy):
        shaped["$defs"][name]["description"] = about(kind)
    return json.dumps(shaped, indent=1, ensure_ascii=False) + "\n"


def _sections(policy: msgspec.Struct, path: str) -> Iterator[tuple[str, type[msgspec.Struct], object]]:
    for one in msgspec.structs.fields(type(policy)):
        inner = f"{path}.{one.encode_name}" if path else one.encode_name
        for kind in _structs_in(one.type):
            value = getattr(policy, one.name)
            yield inner, kind, value if isinstance(value, kind) else kind
            if isinstance(value, kind):
                yield from _sections(value, inner)


def _structs_in(kind: object) -> Iterator[type[msgspec.Struct]]:
    """The sections that a key's value is, or holds."""
    if is_section(kind):
        yield kind
    for inside in typing.get_args(kind):
        yield from _structs_in(inside)


def _section(name: str, section: type[msgspec.Struct], default: object) -> str:
    rows = [
        (f"`{one.encode_name}`", wanted(one.type), _default(one, default))
        for one in msgspec.structs.fields(section)
    ]
    words = {
        kind: one.encode_name
        for one in reversed(msgspec.structs.fields(section))
        for kind in _choices(one.type)
    }
    meanings = "".join(_meanings(key, kind) for kind, key in reversed(words.items()))
    return (
        f"\n## `{name}`\n\n{about(section)}\n\n{table(('key', 'what to write', 'default'), rows)}{meanings}"
    )


def _default(field: msgspec.structs.FieldInfo, default: object) -> str:
    if field.required:
        return "must be there"
    given = getattr(default, field.name) if isinstance(default, msgspec.Struct) else field.default
    value = msgspec.to_builtins(given)
    if value is None:
        return "none"
    if is_section(field.type):
        return "see its own section"
    return f"`{json.dumps(value) if not isinstance(value, str) else value}`"


def _choices(kind: object) -> Iterator[type[enum.Enum]]:
    """The choices of words that a key's value is, or holds."""
    for one in (kind, *typing.get_args(kind)):
        if isinstance(one, type) and issubclass(one, enum.Enum):
            yield one


def _meanings(name: str, choice: type[enum.Enum]) -> str:
    """What each word of a choice means, where its class says so."""
    return f"\n`{name}`:\n\n" + "".join(f"- `{word}`: {text}\n" for word, text in said(choice))


def said(choice: type[enum.Enum]) -> Iterator[tuple[str, str]]:
    """The words of a choice with the texts that follow them in its source."""
    source = inspect.getsource(choice)
    for one in choice:
        after = re.search(rf'\b{one.name} = "[^"]*"\s+"""(.*?)"""', source, re.DOTALL)
        yield str(one.value), one_line(after[1]) if after else ""


def about(section: type) -> str:
    """What a class says of itself, with its fields as they are called in the file."""
    text = inspect.cleandoc(section.__doc__ or "")
    is_struct = issubclass(section, msgspec.Struct)
    keys = {one.name: one.encode_name for one in msgspec.structs.fields(section)} if is_struct else {}
    text = re.sub(r"``([^`]*)``", lambda found: f"`{keys.get(found[1], found[1])}`", text)
    return "\n\n".join(one_line(paragraph) for paragraph in text.split("\n\n"))


def _named(section: type[msgspec.Struct]) -> Iterator[tuple[str, type[msgspec.Struct]]]:
    """Every section by the name that the schema gives it."""
    yield section.__name__, section
    for one in msgspec.structs.fields(section):
        for kind in _structs_in(one.type):
            yield from _named(kind)
