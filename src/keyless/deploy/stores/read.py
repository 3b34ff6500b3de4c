"""Which kind of source a file is, and what it holds for a configuration store.

What a file is follows from its name, and for JSON from what is in it; whoever knows better says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from keyless.deploy.sources import Choice, NotASource, decoded
from keyless.deploy.stores.documents import parsed_json, parsed_yaml
from keyless.deploy.stores.feature_sections import take_sections
from keyless.deploy.stores.flat import add_nested
from keyless.deploy.stores.flat_files import add_env, add_properties
from keyless.deploy.stores.formats import OF_DOTNET, UNKNOWN, Format, format_by_name
from keyless.deploy.stores.found import Form, FoundSettings
from keyless.deploy.stores.kvset import add_kvset, is_kvset


@dataclass(frozen=True, slots=True)
class File:
    """A file's name and content, and the format that it is said to have."""

    name: str
    data: bytes
    format: Format | None = None

    def __repr__(self) -> str:
        return "File(…)"


def read_file(file: File, form: Form, choice: Choice) -> FoundSettings:
    """What a file holds for a store.

    Raises:
        NotASource: it cannot be read; the message holds no value.
    """
    text = decoded(file.data)
    format_ = file.format or _format_of(file.name, text)
    if format_ is Format.APPSETTINGS and not form.separator:
        form = replace(form, separator=OF_DOTNET)
    found = FoundSettings(form, choice)
    if format_ is Format.ENV:
        add_env(text, found)
    elif format_ is Format.PROPERTIES:
        add_properties(text, found)
    else:
        _add_document(text, file.format or format_, found, said=file.format is not None)
    return found


def _add_document(text: str, format_: Format, found: FoundSettings, *, said: bool) -> None:
    document = parsed_yaml(text) if format_ is Format.YAML else parsed_json(text)
    if format_ is Format.KVSET or (not said and format_ is Format.JSON and is_kvset(document)):
        add_kvset(document, found)
        return
    add_nested(take_sections(document, found) if isinstance(document, dict) else document, found)


def _format_of(name: str, text: str) -> Format:
    found = format_by_name(name)
    if found is None and text.lstrip().startswith(("{", "[", "//", "/*")):
        found = Format.JSON
    if found is None:
        raise NotASource(UNKNOWN)
    return found
