"""Scripts by the shell that they are for: one way to read them, wherever they stand."""

from __future__ import annotations

import enum

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.source import Problem


class Shell(enum.Enum):
    """The shells that are read."""

    BASH = "bash"
    POWERSHELL = "powershell"


def script_unit(shell: Shell, file: FileText, part_of: str = "") -> tuple[Unit, tuple[Problem, ...]]:
    """The unit of a script, and what of it is not understood."""
    if shell is Shell.BASH:
        from keyless.assess.sources import shell as reader

        return reader.unit_of(file, part_of)
    from keyless.assess.sources import powershell

    return powershell.unit_of(file, part_of)
