"""From a method and a path to an operation and its parameters.

Rules:
- literal segments compare without case;
- a trailing slash does not matter (`GET /secrets/NAME/` is how clients ask for the latest version), unless
  it belongs to a parameter that takes the rest of the path: a path comes percent-decoded, so that `/kv/a%2F`
  is `/kv/a/`;
- a parameter is never empty;
- a parameter with a star takes every segment that the rest of the template leaves;
- a parameter may stand within a segment (`users('{id}')`), whose other text compares without case;
- a template may end with the name of a query parameter (`/kv?snapshot`): then it is meant where the request
  has that parameter, whatever its value, in place of the template without it;
- of several templates that match, the one with a literal earlier wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from keyless.wire.operation import Operation
from keyless.wire.request import LONGEST_REMEMBERED, Query

_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the values of its route's parameters.

    ``instead`` is what is meant where the request has a query parameter, each with the parameter's name.
    """

    operation: Operation
    params: dict[str, str]
    instead: tuple[tuple[str, Match], ...] = ()

    def asked_with(self, query: Query) -> Match:
        """What is meant with these query parameters."""
        return next((match for name, match in self.instead if query.get(name) is not None), self)


@dataclass(frozen=True, slots=True)
class _Template:
    """A path template: what stands before a starred parameter (or all of it), its name, what is behind it."""

    head: tuple[str, ...]
    rest: str | None
    tail: tuple[str, ...]
    operation: Operation
    asking: str = ""

    def match(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """The parameters, where the path's segments fit; a trailing slash is a last, empty segment."""
        if path[-1] == "" and (self.rest is None or self.tail):
            path = path[:-1]
        if self.rest is None:
            return _matched(self.head, path)
        behind = len(path) - len(self.tail)
        if behind <= len(self.head):
            return None
        rest = "/".join(path[len(self.head) : behind])
        params = _matched((*self.head, *self.tail), (*path[: len(self.head)], *path[behind:]))
        return {**params, self.rest: rest} if params is not None and rest else None

    @property
    def rank(self) -> tuple[bool, ...]:
        """Literals first; before all others what hangs below a scope of any kind, whose end is literal."""
        literals = (segment.startswith("{") for segment in self.head)
        return (not self.tail, *literals, self.rest is not None, not self.asking)


def _matched(template: tuple[str, ...], path: tuple[str, ...]) -> dict[str, str] | None:
    """The parameters of a template without a star, where it fits."""
    if len(template) != len(path):
        return None
    params: dict[str, str] = {}
    for segment, given in zip(template, path, strict=True):
        if segment.startswith("{"):
            if not given:
                return None
            params[segment[1:-1]] = given
        elif "{" in segment:
            within = _within(segment, given)
            if within is None:
                return None
            params |= within
        elif segment != given.casefold():
            return None
    return params


def _within(segment: str, given: str) -> dict[str, str] | None:
    """The parameter within a segment, where the text around it is the same."""
    before, _, rest = segment.partition("{")
    name, _, after = rest.partition("}")
    value = given[len(before) : len(given) - len(after)]
    around = given[: len(before)].casefold(), given[len(before) + len(value) :].casefold()
    return {name: value} if value and around == (before, after) else None


class Router:
    """Matches requests against the templates of a plane's operations."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._templates: dict[str, list[_Template]] = {}
        for operation in operations:
            for method, template in operation.routes:
                self._templates.setdefault(method, []).append(_template(template, operation))
        for templates in self._templates.values():
            templates.sort(key=lambda template: template.rank)
        self._remembered: dict[tuple[str, str], Match | None] = {}

    def match(self, method: str, path: str) -> Match | None:
        """The operation for a request, or none."""
        if len(method) + len(path) > LONGEST_REMEMBERED:
            return self._find(method, path)
        key = (method, path)
        if key not in self._remembered:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            self._remembered[key] = self._find(method, path)
        return self._remembered[key]

    def other_methods(self, path: str) -> list[str]:
        """The methods under which a path is known."""
        return [method for method in self._templates if self._find(method, path)]

    def _find(self, method: str, path: str) -> Match | None:
        segments = tuple(path[1:].split("/"))
        instead: list[tuple[str, Match]] = []
        for template in self._templates.get(method, ()):
            params = template.match(segments)
            if params is None:
                continue
            match = Match(template.operation, params)
            if not template.asking:
                return replace(match, instead=tuple(instead)) if instead else match
            instead.append((template.asking, match))
        return None


def _folded(segment: str) -> str:
    """A template's segment for comparison: everything but the name of a parameter is case-folded."""
    before, brace, rest = segment.partition("{")
    name, end, after = rest.partition("}")
    return f"{before.casefold()}{brace}{name}{end}{after.casefold()}"


def _template(text: str, operation: Operation) -> _Template:
    path, _, asking = text.partition("?")
    asking = asking.lower()
    inner = path.strip("/")  # within it an empty segment counts: some client sends two slashes
    segments = tuple(map(_folded, inner.split("/"))) if inner else ()
    starred = next((at for at, segment in enumerate(segments) if segment.endswith("*}")), None)
    if starred is None:
        return _Template(segments, None, (), operation, asking)
    head, rest, tail = segments[:starred], segments[starred][1:-2], segments[starred + 1 :]
    return _Template(head, rest, tail, operation, asking)
