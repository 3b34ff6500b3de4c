"""Reads JavaScript and TypeScript, JSX and TSX: the grammar goes by the ending of the file.

Source: https://github.com/tree-sitter/tree-sitter-javascript, https://github.com/tree-sitter/tree-sitter-typescript
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from keyless.assess.sources import putting
from keyless.assess.sources.javascript_ import definitions, exports, expressions, imports, statements, texts
from keyless.assess.sources.putting import Makes, Puts, Putting, forms
from keyless.assess.sources.reading import code_of
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.source import Source
from keyless.grammars import parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_EXPRESSIONS: dict[str, Makes] = {
    "identifier": putting.makes_name,
    "property_identifier": putting.makes_name,
    "this": expressions.word,
    "super": expressions.word,
    "import": expressions.word,
    "string": texts.string,
    "template_string": texts.template,
    "call_expression": expressions.chain,
    "member_expression": expressions.chain,
    "subscript_expression": expressions.chain,
    "new_expression": expressions.new,
    "binary_expression": expressions.binary,
    "unary_expression": expressions.unary,
    "ternary_expression": expressions.ternary,
    "parenthesized_expression": putting.makes_within,
    "await_expression": putting.makes_within,
    "as_expression": expressions.first_within,
    "satisfies_expression": expressions.first_within,
    "instantiation_expression": expressions.first_within,
    "non_null_expression": expressions.first_within,
    "type_assertion": expressions.last_within,
    "spread_element": putting.makes_within,
    "jsx_expression": putting.makes_within,
    "object": expressions.object_,
    "array": expressions.array,
    "arrow_function": definitions.lambda_,
    "function_expression": definitions.lambda_,
    "generator_function": definitions.lambda_,
    "method_definition": definitions.lambda_,
    "class": definitions.class_expression,
    "assignment_expression": statements.assignment,
    "augmented_assignment_expression": statements.augmented,
    "yield_expression": putting.gives_back,
    "regex": expressions.regex,
    "number": putting.makes_number,
    "true": putting.makes_true,
    "false": putting.makes_false,
    "null": putting.makes_null,
    "undefined": putting.makes_null,
    "ERROR": putting.makes_nothing_of,
}
_STATEMENTS: dict[str, Puts] = {
    "expression_statement": statements.expression_statement,
    "lexical_declaration": statements.declaration,
    "variable_declaration": statements.declaration,
    "function_declaration": definitions.function,
    "generator_function_declaration": definitions.function,
    "class_declaration": definitions.class_,
    "abstract_class_declaration": definitions.class_,
    "interface_declaration": definitions.class_,
    "enum_declaration": definitions.enum,
    "import_statement": imports.import_statement,
    "export_statement": exports.export_statement,
    "return_statement": putting.returns,
    "if_statement": statements.if_statement,
    "try_statement": statements.try_statement,
    "switch_statement": statements.switch_statement,
    "for_statement": statements.loops,
    "for_in_statement": statements.for_in,
    "while_statement": statements.loops,
    "do_statement": statements.loops,
    "throw_statement": putting.puts_within,
    "statement_block": putting.puts_within,
    "labeled_statement": putting.puts_within,
    "internal_module": putting.puts_within,
    "module": putting.puts_within,
    "with_statement": putting.puts_within,
    "ERROR": putting.puts_within,
}
_NOTHING = (
    "comment", "html_comment", "hash_bang_line", "empty_statement", "break_statement", "continue_statement",
    "debugger_statement", "ambient_declaration", "type_alias_declaration", "function_signature",
    "statement_identifier", "type_annotation", "type_arguments", "type_parameters", "jsx_text",
    "html_character_reference", "import_alias", "optional_chain",
)  # fmt: skip
_FORMS = forms(_EXPRESSIONS, _STATEMENTS, _NOTHING)
_STUMBLES = re.compile(
    rb"(?<=\s)(?:in|class|for|default)(?==[{\"'])|(?<![&=])&(?![&=#]|[A-Za-z]\w{1,30};)"
    rb"|(?<=export )type(?= \*)|(?<=import )defer(?= \*)|(?<=<)in out "
)
_INSTEAD = {b"in": b"iN", b"class": b"clasS", b"for": b"foR", b"default": b"defaulT", b"&": b"|"}
"""What the grammars take for errors although it is right, and what is as long and stands for as much: an
attribute of JSX that has the name of a keyword, a lone `&` in its text. All else says nothing of values,
and is blank."""
_GRAMMARS = {".ts": "typescript", ".cts": "typescript", ".mts": "typescript", ".tsx": "tsx"}


def read(path: str, text: str) -> Source:
    """A file of JavaScript or TypeScript."""
    file = FileText(path, text)
    grammar = _GRAMMARS.get(PurePosixPath(path).suffix.casefold(), "javascript")
    return code_of(file, _tree(grammar, file.data), Language.JAVASCRIPT, _FORMS, kind=Putting)


def _tree(grammar: str, data: bytes) -> Node:
    """The tree of a text; where it has errors, that of the text without what the grammar stumbles over."""
    root = parsed(grammar, data)
    if not root.has_error:
        return root
    mended = _STUMBLES.sub(lambda match: _INSTEAD.get(match[0], b" " * len(match[0])), data)
    again = root if mended == data else parsed(grammar, mended)
    return root if again.has_error else again
