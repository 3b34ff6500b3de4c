"""The type that is expected where C# has `new(…)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import names
from keyless.assess.sources.reading import Reading

if TYPE_CHECKING:
    from tree_sitter import Node

_PASSED_THROUGH = frozenset(
    {
        "parenthesized_expression",
        "conditional_expression",
        "binary_expression",
        "switch_expression",
        "switch_expression_arm",
        "arrow_expression_clause",
        "postfix_unary_expression",
    }
)
_COLLECTIONS = frozenset(
    {"collection_expression", "collection_element", "expression_element", "initializer_expression"}
)
_RESULTS = {
    "method_declaration": "returns",
    "local_function_statement": "type",
    "property_declaration": "type",
    "operator_declaration": "type",
}
_TYPES = ("class_declaration", "record_declaration", "struct_declaration")
_FARTHEST = 60
_WAITED_FOR = ("Task<", "ValueTask<")


def expected_type(reading: Reading, node: Node) -> str | None:
    """The declared type of what a value is for; none where it is not declared close by."""
    one, element = node, False
    for _ in range(_FARTHEST):
        above = one.parent
        if above is None:
            return None
        if above.type in _COLLECTIONS:
            element = True
        elif above.type not in _PASSED_THROUGH:
            return _element(_declared(reading, above), element)
        one = above
    return None


def _declared(reading: Reading, node: Node) -> str | None:
    find = _DECLARED.get(node.type)
    return None if find is None else find(reading, node)


def _variable(reading: Reading, node: Node) -> str | None:
    declaration = node.parent
    return names.type_text(reading, declaration and declaration.child_by_field_name("type"))


def _result_of(reading: Reading, node: Node) -> str | None:
    written = names.type_text(reading, node.child_by_field_name(_RESULTS[node.type]))
    return _waited_for(written) if "async" in names.words(reading, node) else written


def _returned(reading: Reading, node: Node) -> str | None:
    return _result(reading, node)


def _array(reading: Reading, node: Node) -> str | None:
    return names.type_text(reading, node.child_by_field_name("type"))


def _made_for(reading: Reading, node: Node) -> str | None:
    """The last type argument of the call that a lambda is handed to: `AddSingleton<IStore, Store>(…)`."""
    given = node.parent and node.parent.parent
    call = given and given.parent
    if call is None or call.type != "invocation_expression":
        return None
    return next(reversed(names.type_arguments(reading, call.child_by_field_name("function"))), None)


def _result(reading: Reading, node: Node) -> str | None:
    """The type of the function that a statement is of; a lambda has none that is known."""
    one: Node | None = node
    for _ in range(_FARTHEST):
        if one is None or one.type in ("lambda_expression", "anonymous_method_expression"):
            return None
        if one.type in _RESULTS:
            return _result_of(reading, one)
        one = one.parent
    return None


def _assigned(reading: Reading, node: Node) -> str | None:
    """The type of the field that an assignment is to."""
    left = node.child_by_field_name("left")
    if left is None:
        return None
    name = names.text(reading, left).removeprefix("this.")
    one: Node | None = node
    for _ in range(_FARTHEST):
        if one is None:
            return None
        if one.type in _TYPES:
            return _field(reading, one, name)
        one = one.parent
    return None


def _field(reading: Reading, node: Node, name: str) -> str | None:
    body = node.child_by_field_name("body")
    for member in () if body is None else body.named_children:
        if member.type == "property_declaration":
            found = member.child_by_field_name("name")
            if found is not None and names.text(reading, found) == name:
                return names.type_text(reading, member.child_by_field_name("type"))
        if member.type == "field_declaration":
            declaration = next(one for one in member.named_children if one.type == "variable_declaration")
            declared = (one.child_by_field_name("name") for one in declaration.named_children)
            if any(one is not None and names.text(reading, one) == name for one in declared):
                return names.type_text(reading, declaration.child_by_field_name("type"))
    return None


def _waited_for(written: str | None) -> str | None:
    for prefix in _WAITED_FOR:
        if written is not None and written.startswith(prefix):
            return written.removeprefix(prefix).removesuffix(">")
    return written


def _element(written: str | None, element: bool) -> str | None:
    """The type of the elements of a collection: of an array, or the last of its type arguments."""
    if written is None or not element:
        return written
    if written.endswith("]"):
        return written.rpartition("[")[0]
    _, opened, inner = written.partition("<")
    return inner.removesuffix(">").rpartition(",")[2].strip() if opened else None


_DECLARED: dict[str, Callable[[Reading, Node], str | None]] = {
    **dict.fromkeys(_RESULTS, _result_of),
    "variable_declarator": _variable,
    "return_statement": _returned,
    "assignment_expression": _assigned,
    "array_creation_expression": _array,
    "lambda_expression": _made_for,
}
