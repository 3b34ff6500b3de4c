"""Whether code stands within a handler: what a web framework or Azure Functions calls for each request.

Rules:
- a function is a handler by how it is declared: its decorators or annotations, its class, what it is given,
  what it is given to, where its file is; each language has its own frameworks;
- one that is handed over by its name (`path("x", views.show)`) is a handler as well, of the framework of the
  file that does so;
- what stands within a function that stands within a handler, stands within it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from keyless.assess.calls import calls
from keyless.assess.flows.code import Code, code
from keyless.assess.flows.targets import targets
from keyless.assess.handlers.around import Around
from keyless.assess.handlers.frameworks import csharp, go, java, javascript, python
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import (
    Assign,
    Call,
    Expr,
    Function,
    Items,
    Lambda,
    Member,
    Name,
    Record,
    text_of,
    within,
)
from keyless.assess.syntax.records import items_at, text_at
from keyless.assess.syntax.walk import Within

UNTOLD = "a web framework"
"""Where nothing says which one it is."""
_FRAMEWORKS: dict[Language, Callable[[Around], str]] = {
    Language.PYTHON: python.framework_of,
    Language.JAVASCRIPT: javascript.framework_of,
    Language.CSHARP: csharp.framework_of,
    Language.JAVA: java.framework_of,
    Language.GO: go.framework_of,
}
_REGISTERS: dict[Language, Callable[[Call], bool]] = {
    Language.PYTHON: python.registers,
    Language.JAVASCRIPT: javascript.registers,
    Language.CSHARP: csharp.registers,
    Language.JAVA: java.registers,
    Language.GO: go.registers,
}


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """A function that is called for each request, by which framework."""

    framework: str
    unit: Unit
    function: Function
    name: str


class Handlers:
    """The handlers of a repository, told when a function is first asked for."""

    def __init__(self, repository: Repository) -> None:
        self._triggers = dict(_triggers(repository))
        self._assigned: dict[int, dict[int, Assign]] = {}
        self._told: dict[int, Handler | None] = {}
        self._made_up: list[Call] = []  # what is known of calls goes by their identity: they are to stay
        for handler in self._registered(repository):
            self._told[id(handler.function)] = handler

    def _registered(self, repository: Repository) -> Iterator[Handler]:
        """What is handed to a framework by its name."""
        linked = repository.view(code)
        for site in repository.view(calls):
            registers = _REGISTERS.get(site.within.unit.language)
            if registers is not None and registers(site.call):
                framework = _framework_of(site.within.unit)
                for value in _handed_over(site.call):
                    yield from self._named(linked, value, site.within, framework)

    def _named(self, linked: Code, value: Expr, around: Within, framework: str) -> Iterator[Handler]:
        """The functions that a name would call."""
        call = Call(value.span, value)
        self._made_up.append(call)
        for found in targets(linked, call, around):
            if not found.is_constructor:
                yield Handler(framework, found.within.unit, found.function, found.name)

    def of(self, around: Within) -> Handler | None:
        """The handler that code stands in; the innermost, none where it stands in none."""
        for at in reversed(range(len(around.functions))):
            found = self._function(around, at)
            if found is not None:
                return found
        return None

    def _function(self, around: Within, at: int) -> Handler | None:
        function = around.functions[at]
        if id(function) not in self._told:
            told = _FRAMEWORKS.get(around.unit.language)
            here = self._around(around, at)
            framework = told(here) if told is not None else ""
            handler = Handler(framework, around.unit, function, here.name) if framework else None
            self._told[id(function)] = handler
        return self._told[id(function)]

    def _around(self, around: Within, at: int) -> Around:
        function, given_to = around.functions[at], around.given_to[at]
        assigned = self._at_top(around.unit).get(id(function))
        name = assigned.target.id if assigned is not None and isinstance(assigned.target, Name) else ""
        return Around(
            unit=around.unit,
            function=function,
            name=function.name or name,
            words=(*function.words, *(() if assigned is None else assigned.words)),
            owner=around.classes[-1] if around.classes and at == 0 else None,
            given_to=given_to if isinstance(given_to, Call) else None,
            nested=at > 0,
            triggers=self._triggers.get(posixpath.dirname(around.unit.path), ()),
        )

    def _at_top(self, unit: Unit) -> dict[int, Assign]:
        """The assignments at the top of a file, by the functions that are assigned."""
        if id(unit) not in self._assigned:
            self._assigned[id(unit)] = {
                id(one.function): statement
                for statement in unit.body
                if isinstance(statement, Assign) and statement.value is not None
                for one in within(statement.value)
                if isinstance(one, Lambda)
            }
        return self._assigned[id(unit)]


def handlers(repository: Repository) -> Handlers:
    """The handlers: `repository.view(handlers)`."""
    return Handlers(repository)


def _framework_of(unit: Unit) -> str:
    """The framework that a file which hands functions over is written for, by its imports."""
    match unit.language:
        case Language.PYTHON:
            return python.framework_imported(unit) or UNTOLD
        case Language.JAVASCRIPT:
            return javascript.framework_imported(unit) or UNTOLD
        case Language.CSHARP:
            return "ASP.NET Core"
        case _:
            return UNTOLD


def _handed_over(call: Call) -> Iterator[Expr]:
    for argument in call.arguments:
        value = argument.value
        if isinstance(value, Record):
            yield from (
                entry.value for entry in value.entries if text_of(entry.key) in ("handler", "preHandler")
            )
        elif isinstance(value, Items):
            yield from (one for one in value.items if isinstance(one, Name | Member))
        elif isinstance(value, Name | Member):
            yield value


def _triggers(repository: Repository) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The types of the bindings that a `function.json` gives its folder."""
    for document in repository.documents:
        if posixpath.basename(document.path) == "function.json":
            yield posixpath.dirname(document.path), _bindings(document)


def _bindings(document: Document) -> tuple[str, ...]:
    items = items_at(document.roots[0] if document.roots else None, "bindings")
    return tuple(found for one in items if (found := text_at(one, "type")))
