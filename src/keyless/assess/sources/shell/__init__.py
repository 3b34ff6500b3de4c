"""Bash and other shells of its kind: commands, assignments, and what surrounds them.

Source: https://www.gnu.org/software/bash/manual/bash.html
"""

from __future__ import annotations

from keyless.assess.sources.reading import Forms
from keyless.assess.sources.script_forms import SILENT, Script, script_read
from keyless.assess.sources.shell.commands import COMMANDS
from keyless.assess.sources.shell.mended import parsed_shell
from keyless.assess.sources.shell.statements import STATEMENTS
from keyless.assess.sources.shell.words import WORDS
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Statement
from keyless.assess.syntax.source import Problem, Source

_FORMS = Forms({**WORDS, **COMMANDS}, STATEMENTS, SILENT)


def read(path: str, text: str) -> Source:
    """A shell script."""
    unit, problems = unit_of(FileText(path, text))
    return Source(path=path, units=(unit,), problems=problems)


def unit_of(file: FileText, part_of: str = "") -> tuple[Unit, tuple[Problem, ...]]:
    """The unit of a script, and what of it is not understood."""
    body, problems = statements_of(file)
    return Unit(path=file.path, language=Language.SHELL, body=body, part_of=part_of), problems


def statements_of(file: FileText) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    """The statements of a script, and what of it is not understood."""
    return script_read(Script(file, _FORMS), parsed_shell)
