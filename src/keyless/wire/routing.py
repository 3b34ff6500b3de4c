"""From a method and a path to an operation and its parameters.

Rules:
- literal segments compare without case;
- a trailing slash does not matter (`GET /secrets/NAME/` is how clients ask for the latest version), unless
  it belongs to a parameter that takes the rest of the path: a path comes percent-decoded, so that `/kv/a%2F`
  is `/kv/a/`;
- a parameter is never empty;
- of several templates that match, the one with a literal earlier wins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keyless.wire.operation import Operation

_REMEMBERED = 8192


@dataclass(frozen=True, slots=True)
class Match:
    """An operation and the values of its route's parameters."""

    operation: Operation
    params: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Template:
    segments: tuple[str, ...]
    operation: Operation

    def match(self, path: tuple[str, ...]) -> dict[str, str] | None:
        """The parameters, where the path's segments fit; a trailing slash is a last, empty segment."""
        params: dict[str, str] = {}
        for at, segment in enumerate(self.segments):
            if segment.endswith("*}"):
                params[segment[1:-2]] = "/".join(path[at:])
                return params if params[segment[1:-2]] else None
            if at >= len(path):
                return None
            if segment.startswith("{"):
                if not path[at]:
                    return None
                params[segment[1:-1]] = path[at]
            elif segment != path[at].casefold():
                return None
        return params if path[len(self.segments) :] in {(), ("",)} else None

    @property
    def rank(self) -> tuple[bool, ...]:
        return tuple(segment.startswith("{") for segment in self.segments)


class Router:
    """Matches requests against the templates of a plane's operations."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._templates: dict[str, list[_Template]] = {}
        for operation in operations:
            for method, template in operation.routes:
                self._templates.setdefault(method, []).append(_Template(_segments(template), operation))
        for templates in self._templates.values():
            templates.sort(key=lambda template: template.rank)
        self._remembered: dict[tuple[str, str], Match | None] = {}

    def match(self, method: str, path: str) -> Match | None:
        """The operation for a request, or none."""
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
        for template in self._templates.get(method, ()):
            params = template.match(segments)
            if params is not None:
                return Match(template.operation, params)
        return None


def _segments(template: str) -> tuple[str, ...]:
    return tuple(s if s.startswith("{") else s.casefold() for s in template[1:].split("/"))
