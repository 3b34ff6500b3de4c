"""Estate files for the tests, and what reading them says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from keyless.estate.problems import EstateProblem, InvalidEstate
from keyless.estate.read import read_text
from keyless.model.estate import Estate

SECRET = "hunter2-is-not-to-be-seen"
ENVIRON = {"ORDERS_DB_PASSWORD": SECRET, "ORDERS_LEGACY_SECRET": SECRET}

GROUP = """\
version: 1
resourceGroups:
  rg:
"""


def estate(text: str, environ: Mapping[str, str] = ENVIRON, folder: Path | None = None) -> Estate:
    """The estate of a text."""
    return read_text(dedent(text), environ, folder=folder)


def in_group(text: str) -> str:
    """An estate whose one group ``rg`` holds what the text says."""
    return GROUP + indent(dedent(text), "    ")


def problems(
    text: str, environ: Mapping[str, str] = ENVIRON, folder: Path | None = None
) -> tuple[EstateProblem, ...]:
    """Everything that is wrong with a text; no message holds a secret."""
    with pytest.raises(InvalidEstate) as caught:
        estate(text, environ, folder)
    assert SECRET not in str(caught.value)
    return caught.value.problems


def only(text: str, environ: Mapping[str, str] = ENVIRON, folder: Path | None = None) -> EstateProblem:
    """The one thing that is wrong with a text."""
    found = problems(text, environ, folder)
    assert len(found) == 1, "\n".join(map(str, found))
    return found[0]
