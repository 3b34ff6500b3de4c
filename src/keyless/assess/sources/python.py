"""Reads Python: its grammar's syntax tree as the one form, by a table of node types.

Source: https://github.com/tree-sitter/tree-sitter-python
"""

from __future__ import annotations

from keyless.assess.sources import code_reading as reading
from keyless.assess.sources.code_reading import Grammar, Makes, Puts, Reading
from keyless.assess.sources.python_ import definitions, expressions, imports, statements, strings
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source
from keyless.grammars import parsed

_EXPRESSIONS: dict[str, Makes] = {
    "identifier": reading.makes_name,
    "string": strings.string,
    "concatenated_string": strings.concatenated,
    "call": expressions.chain,
    "attribute": expressions.chain,
    "subscript": expressions.chain,
    "binary_operator": expressions.binary,
    "boolean_operator": expressions.boolean,
    "comparison_operator": expressions.comparison,
    "conditional_expression": expressions.conditional,
    "parenthesized_expression": reading.makes_within,
    "await": reading.makes_within,
    "list": expressions.items,
    "tuple": expressions.items,
    "set": expressions.items,
    "expression_list": expressions.items,
    "dictionary": expressions.dictionary,
    "list_comprehension": expressions.comprehension,
    "set_comprehension": expressions.comprehension,
    "dictionary_comprehension": expressions.comprehension,
    "generator_expression": expressions.comprehension,
    "list_splat": expressions.splat,
    "dictionary_splat": expressions.splat,
    "named_expression": expressions.walrus,
    "yield": expressions.yields,
    "as_pattern": statements.as_pattern,
    "lambda": definitions.lambda_,
    "integer": reading.makes_number,
    "float": reading.makes_number,
    "true": reading.makes_true,
    "false": reading.makes_false,
    "none": reading.makes_null,
}
_STATEMENTS: dict[str, Puts] = {
    "expression_statement": statements.expression_statement,
    "assignment": statements.assignment,
    "augmented_assignment": statements.augmented,
    "return_statement": statements.returns,
    "if_statement": statements.arms,
    "elif_clause": statements.arms,
    "else_clause": statements.arms,
    "try_statement": statements.arms,
    "except_clause": statements.arms,
    "finally_clause": statements.arms,
    "for_statement": statements.loops,
    "while_statement": statements.loops,
    "with_statement": statements.with_statement,
    "with_item": statements.with_item,
    "match_statement": statements.match_statement,
    "function_definition": definitions.function,
    "class_definition": definitions.class_,
    "decorated_definition": definitions.decorated,
    "import_statement": imports.imports,
    "import_from_statement": imports.imports_from,
    "future_import_statement": reading.puts_nothing,
    "type_alias_statement": reading.puts_within,
    "raise_statement": reading.puts_within,
    "assert_statement": reading.puts_within,
    "block": reading.puts_within,
    "ERROR": reading.puts_within,
}
_NOTHING = (
    "comment", "line_continuation", "pass_statement", "break_statement", "continue_statement",
    "global_statement", "nonlocal_statement",
)  # fmt: skip
_GRAMMAR = Grammar(Language.PYTHON, _EXPRESSIONS, _STATEMENTS, _NOTHING)


def read(path: str, text: str) -> Source:
    """A file of Python."""
    file = FileText(path, text)
    return Reading(file, _GRAMMAR).source(parsed("python", file.data))
