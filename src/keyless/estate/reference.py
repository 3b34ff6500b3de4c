"""The reference page of the estate file, in Markdown: made from the declaration."""

from __future__ import annotations

from importlib import resources
from typing import Any

from keyless.estate.declared.estate import ESTATE
from keyless.estate.schema import SCHEMA_FILE
from keyless.estate.shapes.base import Shape, Where
from keyless.estate.shapes.containers import ListOf, ListOrMap, MapOf
from keyless.estate.shapes.record import Alternatives, Field, Record, RecordOf, about

_HEAD = """\
# The estate file, `keyless.yaml`

<!-- Made by scripts/build_estate_reference.py: change src/keyless/estate/declared/ instead. -->

The estate file says what a project's world consists of: its resources, the identities of its workloads, role
assignments, secrets and settings. `keyless estate init` writes a commented starter, `keyless estate show`
draws what a file says. Every mistake in a file is reported with its line and what to write instead.

- Ids that are left out are derived from the names: the same file means the same principals on every machine.
- Names are Azure's, and compare without case; the keys and labels of settings are the exception.
- Text that YAML would take for something else (`20`, `true`, `2026-01-01`) belongs in quotes.
- YAML anchors, aliases and merge keys (`<<`) may be used.

Editors complete and check the file with the [JSON schema]({schema}): put
`# yaml-language-server: $schema=PATH` on its first line.

## Example

```yaml
{example}```
"""


def reference_text() -> str:
    """The whole page."""
    sections = [_section(record, places) for record, places in _records().items()]
    return _HEAD.format(schema=SCHEMA_FILE, example=example_text()) + "".join(sections)


def example_text() -> str:
    """An estate that uses most of what there is."""
    return (resources.files("keyless.estate") / "data" / "example.yaml").read_text("utf-8")


def _section(record: type[Record], places: list[str]) -> str:
    """What one record is, where it stands, and its keys."""
    rows = "".join(_row(field) for field in record.fields.values())
    where = f"At {', '.join(f'`{place}`' for place in places)}.\n\n" if any(places) else ""
    return (
        f"\n## {_heading(record)}\n\n{about(record)}\n\n{where}"
        f"| key | what to write | what it means |\n|---|---|---|\n{rows}"
    )


def _heading(record: type[Record]) -> str:
    article, _, noun = record.title.partition(" ")
    title = f"{noun[0].upper()}{noun[1:]}" if article in {"a", "an", "the"} else record.title
    return title if record.told_by is None else f"{title}, with `{record.told_by}`"


def _row(field: Field[Any]) -> str:
    need = " (required)" if field.required else ""
    default = ""
    if isinstance(field.default, bool):
        default = f" Default: `{str(field.default).lower()}`."
    elif isinstance(field.default, str | int) and field.default != "":
        default = f" Default: `{field.default}`."
    return f"| `{field.key}`{need} | {field.shape.words()} | {field.about}{default} |\n"


def _records() -> dict[type[Record], list[str]]:
    """Every record of the file with its places in it, each before what it holds."""
    found: dict[type[Record], list[str]] = {}
    waiting: list[tuple[str, Shape[Any]]] = [("", ESTATE)]
    while waiting:
        above, shape = waiting.pop(0)
        for place, record in _records_in(shape, above):
            if record not in found:
                dot = f"{place}." if place else ""
                waiting += [(f"{dot}{field.key}", field.shape) for field in record.fields.values()]
            found.setdefault(record, []).append(place)
    return found


def _records_in(shape: Shape[Any], place: str) -> list[tuple[str, type[Record]]]:
    """The records that a value of a shape is made of, without those within them, and their places."""
    if isinstance(shape, RecordOf):
        return [(place, shape.record)]
    if isinstance(shape, Alternatives):
        return [(place, record) for record in shape.records]
    if isinstance(shape, ListOrMap):
        return [*_records_in(shape.items, place), *_records_in(shape.entries, place)]
    if isinstance(shape, ListOf):
        return _records_in(shape.item, f"{place}[]")
    if isinstance(shape, MapOf):
        return _records_in(shape.value, f"{place}.NAME")
    return _records_in(shape.shape, place) if isinstance(shape, Where) else []
