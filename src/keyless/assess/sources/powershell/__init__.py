"""PowerShell: cmdlets, commands, assignments, and calls of .NET.

Source: https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.powershell.commands import COMMANDS
from keyless.assess.sources.powershell.expressions import EXPRESSIONS
from keyless.assess.sources.powershell.mended import parsed_powershell
from keyless.assess.sources.powershell.statements import STATEMENTS
from keyless.assess.sources.powershell.texts import TEXTS
from keyless.assess.sources.powershell.variables import VARIABLES
from keyless.assess.sources.reading import Forms
from keyless.assess.sources.script_forms import SILENT, Script, script_read
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.source import Problem, Source

if TYPE_CHECKING:
    from tree_sitter import Node

_FORMS = Forms({**TEXTS, **VARIABLES, **COMMANDS, **EXPRESSIONS}, STATEMENTS, SILENT)
_WRAPPERS = frozenset(
    {
        "pipeline",
        "pipeline_chain",
        "logical_expression",
        "bitwise_expression",
        "comparison_expression",
        "additive_expression",
        "multiplicative_expression",
        "format_expression",
        "range_expression",
        "array_literal_expression",
        "unary_expression",
        "string_literal",
        "left_assignment_expression",
        "key_expression",
        "expression_with_unary_operator",
        "integer_literal",
        "command_name",
        "command_name_expr",
        "member_name",
        "argument_expression",
        "logical_argument_expression",
        "bitwise_argument_expression",
        "comparison_argument_expression",
        "additive_argument_expression",
        "multiplicative_argument_expression",
        "format_argument_expression",
        "range_argument_expression",
    }
)


def read(path: str, text: str) -> Source:
    """A PowerShell script or module."""
    unit, problems = unit_of(FileText(path, text))
    return Source(path=path, units=(unit,), problems=problems)


def unit_of(file: FileText, part_of: str = "") -> tuple[Unit, tuple[Problem, ...]]:
    """The unit of a script, and what of it is not understood."""
    body, problems = script_read(_PowerShell(file, _FORMS), parsed_powershell)
    return Unit(path=file.path, language=Language.POWERSHELL, body=body, part_of=part_of), problems


class _PowerShell(Script):
    """A script whose grammar has a level of wrappers for each that operators have."""

    __slots__ = ()

    def expression(self, node: Node) -> Expr:
        """The expression that a node is; what only wraps another is left out."""
        while node.child_count == 1 and node.type in _WRAPPERS and (inner := node.child(0)) is not None:
            node = inner
        return super().expression(node)
