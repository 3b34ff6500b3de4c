"""A function with all that tells whether a framework calls it for each request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Call, Class, Expr, Function, Member, Name, text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """A function in its surroundings.

    ``name`` is its own, or that of the variable that it is assigned to at the top of a file; ``words`` are
    its modifiers and those of that variable. ``nested`` is whether it stands within another function.
    ``triggers`` are the types of the bindings of a `function.json` beside the file.
    """

    unit: Unit
    function: Function
    name: str
    words: tuple[str, ...] = ()
    owner: Class | None = None
    given_to: Call | None = None
    nested: bool = False
    triggers: tuple[str, ...] = ()

    def types(self) -> Iterator[str]:
        """The types of its parameters, as they are written."""
        return (one.type for one in self.function.parameters if one.type)

    def imports(self, *modules: str) -> bool:
        """Whether its file imports something from one of these, or below them."""
        return any(is_of(one.module, module) for one in self.unit.imports for module in modules)


def is_of(module: str, wanted: str) -> bool:
    """Whether a module is another, or is below it."""
    rest = module.removeprefix(wanted)
    return rest != module and (not rest or not rest[0].isalnum())


def last_name(expression: Expr | None) -> str:
    """`c` of `a.b.c`, `c(...)` and `a.b<T>.c(...)`: the name that a mark or callee ends with."""
    found = expression.callee if isinstance(expression, Call) else expression
    match found:
        case Name(id=name) | Member(name=name):
            return name.rpartition(".")[2].partition("<")[0]
        case _:
            return ""


def mark_names(marks: Iterable[Expr]) -> set[str]:
    """The names of decorators, annotations and attributes; `HttpGetAttribute` is `HttpGet`."""
    return {last_name(one).removesuffix("Attribute") for one in marks}


def first_text(call: Expr | None) -> str | None:
    """The first argument of a call where it is a text, and has no name."""
    if not isinstance(call, Call) or not call.arguments or call.arguments[0].name is not None:
        return None
    return text_of(call.arguments[0].value)


def bare(written: str) -> str:
    """A type without its namespace, pointer and arguments: `*http.Request` is `Request`."""
    return written.strip("*&?[] ").partition("<")[0].partition("[")[0].rpartition(".")[2].strip("?\"' ")
