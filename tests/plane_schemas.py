"""Holds answers of a data plane to the public OpenAPI documents of each api-version served.

A module for each plane says where its reduced documents are and in what the service differs from them
(`vault_schemas`, `configuration_schemas`)::

    DOCUMENTS = PlaneDocuments(directory, error=…, beside=…)
    DOCUMENTS.check(method, path, query, status, body, headers)     # raises with every problem
    class HeldToDocuments(HeldTo): documents = DOCUMENTS            # a policy for the official clients

Rules are those of `wire_schemas`, with what data planes have of their own:
- an operation is found by method, path and the query's `api-version`;
- an error has the form that the plane gives all of them, and nothing else;
- `nextLink` may be null at the end of a list: the service answers so, whatever the document says;
- with `$select` nothing is required of what is selected from;
- where an answer's headers are given, those of the document are there, and its media type is one of those.

The files in a plane's directory are written by `scripts/build_plane_schemas.py` from the documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from jsonschema import Draft202012Validator

from keyless.wire.operation import Operation
from wire_schemas import FORMATS, ValidatedByOpenApi, said, strict

Json = dict[str, Any]
ANY_SEGMENT = "[^/]+"
NOT_MODIFIED = 304
_ANY = "x"


@FORMATS.checks("base64url")
def _is_base64url(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value) is not None


@dataclass(frozen=True, slots=True)
class Described:
    """An operation of a document. ``body`` is the schema of its request, none where it takes none.

    ``parameters`` are those of its query and headers, ``produces`` its media types, where those are kept.
    """

    id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    responses: Json
    body: Json | None
    definitions: Json
    parameters: tuple[Json, ...] = ()
    produces: tuple[str, ...] = ()

    @property
    def literals(self) -> int:
        """How much of the path is said: of two that fit the one that says more is meant."""
        return len(re.sub(r"\{[^}]*\}", "", self.path))


def as_it_is(path: str) -> Iterator[str]:
    """A path, with or without a slash at its end."""
    yield from (path, path.rstrip("/"))


@dataclass(frozen=True)
class PlaneDocuments:
    """The reduced documents of a plane, and how its service differs from them.

    ``error`` is the schema of every error, ``bodiless`` are the statuses of those without a body; ``beside``
    has the members that the service answers with and no document has, by definition, and ``nullable`` those
    that it gives as null. ``parameter`` is what a parameter of a path matches; ``writings`` gives the ways in
    which a path may be written; ``optional`` are headers of the documents that are not always sent.
    """

    directory: Path
    error: Json
    bodiless: frozenset[int] = frozenset()
    beside: Mapping[str, Json] = field(default_factory=dict)
    nullable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameter: str = ANY_SEGMENT
    writings: Callable[[str], Iterable[str]] = as_it_is
    optional: frozenset[str] = frozenset()

    def check(
        self,
        method: str,
        path: str,
        query: str,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Raise with every way in which an answer is not what the documents describe."""
        found = self.problems(method, path, query, status, body, headers)
        if found:
            raise AssertionError("\n  ".join((f"{method} {path}?{query} answered {status}", *found)))

    def problems(
        self,
        method: str,
        path: str,
        query: str,
        status: int,
        body: bytes,
        headers: Mapping[str, str] | None = None,
    ) -> list[str]:
        """Every way in which an answer is not what the documents describe."""
        if status >= 400:
            return self._error_problems(method, status, body)
        operation = self.described(method, path, _parameter(query, "api-version"))
        if operation is None:
            return [f"no document describes it at api-version `{_parameter(query, 'api-version')}`"]
        if status == NOT_MODIFIED:
            return ["an answer that says that nothing has changed has a body"] if body else []
        response = operation.responses.get(str(status))
        if response is None:
            given = ", ".join(operation.responses)
            return [f"{operation.id} does not answer {status}; the document gives {given}"]
        return [
            *self._header_problems(operation, response, headers, has_body=bool(body)),
            *_answer_problems(operation, response, body, selected=bool(_parameter(query, "$select"))),
        ]

    def described(self, method: str, path: str, api_version: str) -> Described | None:
        """The operation that a request means, or none."""
        known = [found for found in self.operations(api_version) if found.method == method]
        for written in self.writings(path):
            fitting = [found for found in known if found.pattern.fullmatch(written)]
            if fitting:
                return max(fitting, key=lambda found: found.literals)
        return None

    def undescribed(self, ours: Iterable[Operation]) -> list[str]:
        """Every method, route and api-version of ours that no document describes."""
        return [
            f"{operation.id} {method} {route} at `{version}`"
            for operation in ours
            for method, route in operation.routes
            for version in operation.api_versions.known
            if self.described(method, _sample(route), version) is None
        ]

    def unserved(self, ours: Iterable[Operation], versions: Iterable[str]) -> set[str]:
        """The documents' ids of operations that we do not serve, at some of these api-versions."""
        declared = list(ours)
        return {
            found.id
            for version in versions
            for found in self.operations(version)
            if not any(self._serves(operation, found, version) for operation in declared)
        }

    def _serves(self, operation: Operation, found: Described, version: str) -> bool:
        if version not in operation.api_versions:
            return False
        meant = [self.described(method, _sample(route), version) for method, route in operation.routes]
        return any(one is not None and one.id == found.id for one in meant)

    @cached_property
    def api_versions(self) -> tuple[str, ...]:
        """The api-versions that there are documents of."""
        return tuple(sorted(path.stem for path in self.directory.glob("*.json")))

    def operations(self, api_version: str) -> tuple[Described, ...]:
        """The operations of an api-version; none where there is no document of it."""
        known = self._read_before
        if api_version not in known:
            path = self.directory / f"{api_version}.json"
            there = api_version in self.api_versions
            known[api_version] = tuple(self._read(json.loads(path.read_text()))) if there else ()
        return known[api_version]

    @cached_property
    def _read_before(self) -> dict[str, tuple[Described, ...]]:
        return {}

    def _read(self, document: Json) -> Iterator[Described]:
        definitions = {
            name: strict(self._whole(name, schema)) for name, schema in document["definitions"].items()
        }
        for found in document["operations"]:
            pattern = re.sub(r"\\\{[^}]*\\\}", self.parameter, re.escape(found["path"]))
            yield Described(
                found["id"],
                found["method"],
                found["path"],
                re.compile(pattern, re.IGNORECASE | re.DOTALL),
                found["responses"],
                found.get("body"),
                definitions,
                tuple(found.get("parameters", ())),
                tuple(found.get("produces", ())),
            )

    def _whole(self, name: str, schema: Json) -> Json:
        """A schema, with what the service answers beside what the document says."""
        properties = {**schema.get("properties", {}), **self.beside.get(name, {})}
        null = {member for member in (*self.nullable.get(name, ()), "nextLink") if member in properties}
        properties |= {member: {**properties[member], "nullable": True} for member in null}
        return {**schema, "properties": properties} if properties else schema

    def _error_problems(self, method: str, status: int, body: bytes) -> list[str]:
        if method == "HEAD" or status in self.bodiless:
            return ["it has a body, where there is none"] if body else []
        found = _body_problems(self.error, {}, body)
        told = json.loads(body).get("status", status) if body and not found else status
        return found if told == status else [f"its body says that its status is {told}"]

    def _header_problems(
        self, operation: Described, response: Json, headers: Mapping[str, str] | None, *, has_body: bool
    ) -> list[str]:
        if headers is None:
            return []
        given = {name.casefold(): value for name, value in headers.items()}
        asked = {name for name in response.get("headers", {}) if name not in self.optional}
        missing = [f"header `{name}` is missing" for name in sorted(asked) if name.casefold() not in given]
        media_type = given.get("content-type", "").partition(";")[0].strip()
        if has_body and operation.produces and media_type not in operation.produces:
            return [*missing, f"its media type `{media_type}` is not one of {', '.join(operation.produces)}"]
        return missing


class HeldTo(ValidatedByOpenApi):
    """A policy for official clients, synchronous or not, whose answers it holds to ``documents``."""

    documents: ClassVar[PlaneDocuments]

    def _check(
        self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any], body: bytes
    ) -> None:
        asked, http = request.http_request, response.http_response
        url = urlsplit(asked.url)
        self.seen += 1
        self.documents.check(asked.method, url.path, url.query, http.status_code, body, http.headers)


def _answer_problems(operation: Described, response: Json, body: bytes, *, selected: bool) -> list[str]:
    if "schema" not in response:
        return ["it has a body, and the document gives none"] if body else []
    definitions = operation.definitions
    return _body_problems(response["schema"], _selected_from(definitions) if selected else definitions, body)


def _selected_from(definitions: Json) -> Json:
    """Definitions of which nothing is required."""
    return {
        name: {key: v for key, v in node.items() if key != "required"} for name, node in definitions.items()
    }


def _body_problems(schema: Json, definitions: Json, body: bytes) -> list[str]:
    if not body:
        return ["it has no body, and the document gives one"]
    return [said(error) for error in _validator(schema, definitions).iter_errors(json.loads(body))]


def _validator(schema: Json, definitions: Json) -> Draft202012Validator:
    whole = {**strict(schema), "definitions": definitions}
    return Draft202012Validator(whole, format_checker=FORMATS)


def _sample(route: str) -> str:
    """A path that a route of ours matches."""
    return re.sub(r"\{[^}]*\}", _ANY, route.partition("?")[0])


def _parameter(query: str, name: str) -> str:
    """The first value of a parameter of a query, by its name in lower case; empty where it is absent."""
    return _parameters(query).get(name, "")


@cache
def _parameters(query: str) -> dict[str, str]:
    values = parse_qs(query)
    return {name.lower(): given[0] for name, given in reversed(values.items())}
