"""What a JSON document is, by its content, and the entries in it.

Rules:
- the Azure CLI prints a list, or one object; the REST API and Microsoft Graph put the list under `value`,
  Resource Graph under `data`;
- where a document says that its list goes on elsewhere, it is not whole, and that is said;
- PowerShell redirects in UTF-16, and editors add a byte order mark: both are understood.

Sources: https://learn.microsoft.com/cli/azure/format-output-azure-cli,
https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from keyless.estate.imported.entry import CannotRead, Entry, File

_GOES_ON = ("nextLink", "@odata.nextLink", "skip_token", "skipToken", "$skipToken")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(file: File) -> str:
    """The text of a file.

    Raises:
        CannotRead: it is not one.
    """
    encoding = "utf-16" if file.content.startswith(_UTF_16) else "utf-8-sig"
    try:
        return file.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CannotRead("it is not a text in UTF-8 or UTF-16") from error


def document_of(file: File) -> Any:  # noqa: ANN401  # JSON is anything
    """The JSON document of a file.

    Raises:
        CannotRead: it is none.
    """
    try:
        return msgspec.json.decode(text_of(file).strip())
    except msgspec.DecodeError as error:
        raise CannotRead("it is not JSON: " + str(error).lower()) from error
    except RecursionError as error:
        raise CannotRead("it is nested too deep") from error


def is_list_document(document: object) -> bool:
    """Whether a document is a list of things, or one thing, as Azure's tools print them."""
    if isinstance(document, list):
        return True
    return isinstance(document, dict) and (
        isinstance(document.get("value"), list) or isinstance(document.get("data"), list) or "id" in document
    )


def listed(document: Any, file: str) -> Iterator[Entry]:  # noqa: ANN401  # JSON is anything
    """The things that a document lists."""
    things, name = _things(document)
    for number, one in enumerate(things):
        yield Entry(one if isinstance(one, dict) else {}, file, f"{name}[{number}]" if name else "")


def goes_on(document: object) -> bool:
    """Whether the list is only a part, and its document says where the rest is."""
    return isinstance(document, Mapping) and any(document.get(name) for name in _GOES_ON)


def _things(document: Any) -> tuple[list[Any], str]:  # noqa: ANN401  # JSON is anything
    if isinstance(document, list):
        return document, "entry "
    for name in ("value", "data"):
        if isinstance(document.get(name), list):
            return document[name], name
    return [document], ""
