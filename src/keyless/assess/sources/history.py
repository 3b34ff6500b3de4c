"""What a shell keeps of the commands that were typed: those that name a secret, read as a script.

Rules:
- only lines with the name of a secret in them are read: the others are emptied, so that places stay;
- what is typed may be anything: that a line is no whole command is no problem of the file.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from keyless.assess.sources import shell
from keyless.assess.syntax.source import Source

_SECRET = re.compile(r"passw|pwd|secret|token|key|sig=|://", re.IGNORECASE)
_LONGEST = 4_000


def read(path: str, text: str) -> Source:
    """The commands of a history that may hold a secret."""
    return replace(shell.read(path, "\n".join(map(_kept, text.split("\n")))), problems=())


def _kept(line: str) -> str:
    whole = line.count("'") % 2 == 0 and line.count('"') % 2 == 0 and len(line) <= _LONGEST
    return line if whole and _SECRET.search(line) else " " * len(line.encode())
