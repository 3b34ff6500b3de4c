"""Edits that give a resource's property a value: exact ones, in the language of its file.

Rules:
- a property that is written as a literal gets the other literal in its place, and nothing else is touched;
- one that is not written is put behind what is written last beside it, with its indentation; what lies
  between on the way to it (`properties`, `features`) is made where it is missing;
- of a public module it is the parameter that stands for the property;
- what cannot be done exactly (a value from a parameter, a body that is spread or built by a function, a block
  of Terraform on one line) is left to a person: there are no edits then.
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.assess.deployed.deployed import Deployed, Told, Value
from keyless.assess.findings.finding import Edit
from keyless.assess.syntax.expressions import Entry, Items, Literal, Record, entry_of, text_of
from keyless.assess.syntax.templates import Dialect, Module, Resource
from keyless.catalog.avm import avm_module
from keyless.catalog.azurerm import AzurermArgument, azurerm_type

Plain = str | bool | int
_STEP = {Dialect.BICEP: 2, Dialect.ARM: 2, Dialect.TERRAFORM: 2}


def property_set(found: Deployed, path: str, wanted: Plain) -> tuple[Edit, ...]:
    """The edits after which the property at ARM's path is ``wanted``; none where that takes a person."""
    value = found.value(path)
    if value.told is Told.UNKNOWN:
        return ()
    if value.expression is not None:
        return _replaced(found, path, value, wanted)
    return _inserted(found, path, wanted)


def entries_added(
    path: str, dialect: Dialect, record: Record, wanted: Mapping[tuple[str, ...], Plain]
) -> tuple[Edit, ...]:
    """The edit that puts entries behind the last one of a record; a long key makes what is between."""
    if not record.entries:
        return ()
    first, last = record.entries[0], record.entries[-1]
    same_line = first.span.line == record.span.line and record.span.start < first.span.start
    if same_line and dialect is Dialect.TERRAFORM:
        return ()
    width = max(len(key[0]) for key in wanted) if dialect is Dialect.TERRAFORM else 0
    texts = [_written(dialect, key, value, first.span.column - 1, width) for key, value in wanted.items()]
    between = _between(dialect, first, same_line)
    tight = between.replace("\n\n", "\n")
    return (Edit(path, last.span.end, last.span.end, between + tight.join(texts)),)


def _replaced(found: Deployed, path: str, value: Value, wanted: Plain) -> tuple[Edit, ...]:
    if not isinstance(value.expression, Literal) or value.entry is None:
        return ()
    given = _said_by(found, path, value, wanted)
    span = value.expression.span
    return (Edit(value.entry.path, span.start, span.end, rendered(found.template.dialect, given)),)


def _said_by(found: Deployed, path: str, value: Value, wanted: Plain) -> Plain:
    """What the entry that is there must say: an enumeration of ARM is a switch in some arguments."""
    if value.negated and isinstance(wanted, bool):
        return not wanted
    known = azurerm_type(found.declared.type) if isinstance(found.declared, Resource) else None
    arguments = known.of_path(path) if known is not None else ()
    return given_by(arguments[0], wanted) if arguments and arguments[0].texts is not None else wanted


def _inserted(found: Deployed, path: str, wanted: Plain) -> tuple[Edit, ...]:
    declared = found.declared
    named = own_names(declared, path, wanted)
    if named is None:
        return ()
    keys, given = named
    record: Record | None = declared.body if isinstance(declared, Resource) else declared.arguments
    while record is not None and len(keys) > 1:
        entry = entry_of(record, keys[0])
        if entry is None:
            break
        record, keys = _record_in(entry), keys[1:]
    if record is None or not keys or not _is_plain(record):
        return ()
    return entries_added(found.template.path, found.template.dialect, record, {keys: given})


def _record_in(entry: Entry) -> Record | None:
    value = entry.value
    if isinstance(value, Items) and len(value.items) == 1:
        value = value.items[0]
    return value if isinstance(value, Record) else None


def _is_plain(record: Record) -> bool:
    return all(text_of(entry.key) is not None for entry in record.entries)


Named = tuple[tuple[str, ...], Plain]
"""The keys on the way to an entry, and the value that it must have there."""


def own_names(declared: Resource | Module, path: str, wanted: Plain) -> Named | None:
    """A path as the file itself has it, and what means ``wanted`` there; none if it has none."""
    if isinstance(declared, Module):
        return _parameter(declared, path, wanted)
    if declared.type == "azapi_resource":
        return ("body", *path.split(".")), wanted
    known = azurerm_type(declared.type)
    if known is None:
        return None if declared.type.startswith("azurerm_") else (tuple(path.split(".")), wanted)
    arguments = known.of_path(path)
    if not arguments:
        return None
    return tuple(arguments[0].name.split(".")), given_by(arguments[0], wanted)


def _parameter(module: Module, path: str, wanted: Plain) -> Named | None:
    """The parameter of a public module that stands for a property."""
    known = avm_module(module.source)
    told, rest = (known.told_by(path) if known is not None else None) or (None, "")
    if told is None or not told.of:
        return None
    name = f"{told.of}.{rest}" if rest else told.of
    return tuple(name.split(".")), (not wanted) if told.negated and isinstance(wanted, bool) else wanted


def given_by(argument: AzurermArgument, wanted: Plain) -> Plain:
    """What an argument must be, for its property to be ``wanted``."""
    if argument.texts is not None:
        return wanted == argument.texts[0]
    return (not wanted) if argument.negated and isinstance(wanted, bool) else wanted


def rendered(dialect: Dialect, value: Plain) -> str:
    """A plain value as a language writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return f"'{value}'" if dialect is Dialect.BICEP else f'"{value}"'


def _written(dialect: Dialect, key: tuple[str, ...], value: Plain, indent: int, width: int = 0) -> str:
    name = f'"{key[0]}"' if dialect is Dialect.ARM else key[0]
    if len(key) == 1:
        return f"{name.ljust(width)}{_assigns(dialect)}{rendered(dialect, value)}"
    deeper = indent + _STEP[dialect]
    inner = _written(dialect, key[1:], value, deeper)
    opening = f"{name} {{" if dialect is Dialect.TERRAFORM else f"{name}: {{"
    return f"{opening}\n{' ' * deeper}{inner}\n{' ' * indent}}}"


def _assigns(dialect: Dialect) -> str:
    return " = " if dialect is Dialect.TERRAFORM else ": "


def _between(dialect: Dialect, beside: Entry, same_line: bool) -> str:
    """What stands between the last entry and a new one; a blank line keeps Terraform's columns."""
    if same_line:
        return ", "
    lines = {Dialect.ARM: ",\n", Dialect.BICEP: "\n", Dialect.TERRAFORM: "\n\n"}[dialect]
    return lines + " " * (beside.span.column - 1)
