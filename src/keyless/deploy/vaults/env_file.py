"""Secrets of a `.env` file: each name and value is one.

Rules:
- the file is read as `keyless assess` reads it: `export`, comments, quotes, values over several lines;
- a value that refers to another name (`${NAME}`) is left out, as there is no telling what it would come to;
  in single quotes it stands as it is;
- a name without a value is left out.
"""

from __future__ import annotations

import re

from keyless.assess.sources.dotenv import lines_of
from keyless.deploy.vaults.found import Choice, Found, Left, Making, name_in_vault, secret_arrival
from keyless.model.secret_text import SecretText
from keyless.wire.errors import WireError

_REFERENCE = re.compile(r"(?<!\\)\$\{")


def read_env(text: str, choice: Choice, making: Making) -> Found:
    """What a file of environment variables holds."""
    found = Found()
    for line in lines_of(text):
        try:
            name = name_in_vault(line.name)
        except ValueError as error:
            if choice.takes(line.name):
                found.left.append(Left(line.name, str(error)))
            continue
        if choice.takes(line.name, name):
            _add(found, line.name, name, SecretText(line.value.text), making, literal=line.value.literal)
    return found


def _add(found: Found, called: str, name: str, value: SecretText, making: Making, *, literal: bool) -> None:
    text = value.reveal()
    if not text:
        found.left.append(Left(called, "it has no value"))
    elif not literal and _REFERENCE.search(text):
        found.left.append(
            Left(
                called, "its value refers to another name: write the value itself, or put it in single quotes"
            )
        )
    else:
        try:
            found.add(secret_arrival(name, value, making), called)
        except WireError as error:
            found.left.append(Left(called, str(error)))
