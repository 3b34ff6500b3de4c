"""Which kind of source a file is, and what it holds.

What a file is follows from what is in it: an object of JSON, else lines of a `.env` file.
"""

from __future__ import annotations

import msgspec

from keyless.deploy.vaults.env_file import read_env
from keyless.deploy.vaults.found import Choice, Found, Making, NotASource
from keyless.deploy.vaults.json_file import read_json


def read_file(data: bytes, choice: Choice, making: Making) -> Found:
    """What a file holds.

    Raises:
        NotASource: it cannot be read; the message holds no value.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotASource("it is not UTF-8 text") from None
    if not text.lstrip().startswith(("{", "[")):
        return read_env(text, choice, making)
    try:
        return read_json(msgspec.json.decode(text), choice, making)
    except msgspec.DecodeError as error:
        raise NotASource(str(error)) from None
