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
from keyless.deploy.sources import Choice, Left
from keyless.deploy.vaults.found import Found, Making, name_in_vault, secret_arrival
from keyless.model.secret_text import SecretText
from keyless.wire.errors import WireError

REFERS = "its value refers to another name: write the value itself, or put it in single quotes"
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
    elif not literal and refers(text):
        found.left.append(Left(called, REFERS))
    else:
        try:
            found.add(secret_arrival(name, value, making), called)
        except WireError as error:
            found.left.append(Left(called, str(error)))


def refers(text: str) -> bool:
    """Whether a value that is not literal refers to another name, so that there is no telling what it is."""
    return _REFERENCE.search(text) is not None
