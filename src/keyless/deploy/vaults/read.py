"""Which kind of source a file is, and what it holds.

What a file is follows from what is in it: the beginning of a sealed file, an object of JSON with the vaults
of a Lowkey Vault, another object of JSON, else lines of a `.env` file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from keyless.deploy.sources import Choice, NotASource, decoded
from keyless.deploy.vaults.env_file import read_env
from keyless.deploy.vaults.export import read_export
from keyless.deploy.vaults.found import Found, Making
from keyless.deploy.vaults.json_file import read_json
from keyless.deploy.vaults.lowkey import fill_in, is_export, read_lowkey
from keyless.deploy.vaults.sealed import Opener
from keyless.model.resources import Vault


@dataclass(frozen=True, slots=True)
class File:
    """A file's content, what a sealed one opens with, and which of several vaults in it is wanted."""

    data: bytes
    opener: Opener | None = None
    vault: str | None = None

    def __repr__(self) -> str:
        return "File(…)"


def read_file(file: File, vault: Vault, choice: Choice, making: Making) -> Found:
    """What a file holds for a vault.

    Raises:
        NotASource: it cannot be read; the message holds no value.
    """
    if file.opener is not None:
        return read_export(file.data, file.opener, vault, choice)
    text = decoded(file.data)
    if not text.lstrip().startswith(("{", "[")):
        return read_env(text, choice, making)
    document = _json_of(text, making)
    if is_export(document):
        return read_lowkey(document, file.vault, vault, choice, making)
    return read_json(document, choice, making)


def _json_of(text: str, making: Making) -> Any:  # noqa: ANN401  # any JSON
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        problem = str(error)
    try:
        return msgspec.json.decode(fill_in(text, making.now))
    except msgspec.DecodeError:
        raise NotASource(problem) from None
