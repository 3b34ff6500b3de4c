"""Reads Python: its grammar's syntax tree as the one form, by a table of node types.

Source: https://github.com/tree-sitter/tree-sitter-python
"""

from __future__ import annotations

from keyless.assess.sources import putting
from keyless.assess.sources.putting import Makes, Puts, Putting, forms
from keyless.assess.sources.python_ import definitions, expressions, imports, statements, strings
from keyless.assess.sources.reading import code_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source
from keyless.grammars import parsed

_EXPRESSIONS: dict[str, Makes] = {
    "identifier": putting.makes_name,
    "string": strings.string,
    "concatenated_string": strings.concatenated,
    "call": expressions.chain,
    "attribute": expressions.chain,
    "subscript": expressions.chain,
    "binary_operator": expressions.binary,
    "boolean_operator": expressions.boolean,
    "comparison_operator": expressions.comparison,
    "conditional_expression": expressions.conditional,
    "parenthesized_expression": putting.makes_within,
    "await": putting.makes_within,
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
    "yield": putting.gives_back,
    "as_pattern": statements.as_pattern,
    "lambda": definitions.lambda_,
    "integer": putting.makes_number,
    "float": putting.makes_number,
    "true": putting.makes_true,
    "false": putting.makes_false,
    "none": putting.makes_null,
    "ERROR": putting.makes_nothing_of,
}
_STATEMENTS: dict[str, Puts] = {
    "expression_statement": statements.expression_statement,
    "assignment": statements.assignment,
    "augmented_assignment": statements.augmented,
    "return_statement": putting.returns,
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
    "future_import_statement": putting.puts_nothing,
    "type_alias_statement": putting.puts_within,
    "delete_statement": putting.puts_within,
    "raise_statement": putting.puts_within,
    "assert_statement": putting.puts_within,
    "block": putting.puts_within,
    "ERROR": putting.puts_within,
}
_NOTHING = (
    "comment", "line_continuation", "pass_statement", "break_statement", "continue_statement",
    "global_statement", "nonlocal_statement",
)  # fmt: skip
_FORMS = forms(_EXPRESSIONS, _STATEMENTS, _NOTHING)


def read(path: str, text: str) -> Source:
    """A file of Python."""
    file = FileText(path, text)
    return code_of(file, parsed("python", file.data), Language.PYTHON, _FORMS, kind=Putting)
