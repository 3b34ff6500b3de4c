"""Holds answers of Key Vault's data plane to the public OpenAPI documents of each api-version served.

::

    check(method, path, query, status, body)          # raises AssertionError with every problem
    SecretClient(url, credential, per_retry_policies=[HeldToDocuments()])     # around an official client

Rules are those of `wire_schemas`, with what the data plane has of its own:
- an operation is found by method, path and the query's `api-version`; where a version may be left out, the
  document names it all the same;
- an error has a code and a message, and may have an inner code; nothing else;
- `nextLink` may be null at the end of a list: the service answers so, whatever the document says;
- `BESIDE_THE_DOCUMENTS` names the members that the service has and no document.

The files below `vault_schemas` are written by `scripts/build_vault_schemas.py` from the documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from azure.core.pipeline import PipelineRequest, PipelineResponse
from jsonschema import Draft202012Validator

from keyless.wire.operation import Operation
from wire_schemas import FORMATS, ValidatedByOpenApi, said, strict

Json = dict[str, Any]
DIRECTORY = Path(__file__).with_suffix("")
_ANY = "x"

ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "minLength": 1},
                "message": {"type": "string", "minLength": 1},
                "innererror": {
                    "type": "object",
                    "required": ["code"],
                    "additionalProperties": False,
                    "properties": {"code": {"type": "string", "minLength": 1}},
                },
            },
        }
    },
}


_PENDING: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
_BASIC_CONSTRAINTS: Json = {"type": "object", "properties": {"ca": {"type": "boolean"}}}
BESIDE_THE_DOCUMENTS: Json = {
    "CertificateBundle": {"pending": _PENDING},
    "DeletedCertificateBundle": {"pending": _PENDING},
    "X509CertificateProperties": {"basic_constraints": _BASIC_CONSTRAINTS},
}
"""Members that the service answers with, as recorded tests of its clients show, and that no document has."""


@FORMATS.checks("base64url")
def _is_base64url(value: object) -> bool:
    return not isinstance(value, str) or re.fullmatch(r"[A-Za-z0-9_-]*={0,2}", value) is not None


@dataclass(frozen=True, slots=True)
class Described:
    """An operation of a document. ``body`` is the schema of its request, none where it takes none."""

    id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    responses: Json
    body: Json | None
    definitions: Json

    @property
    def literals(self) -> int:
        """How much of the path is said: of two that fit the one that says more is meant."""
        return len(re.sub(r"\{[^}]*\}", "", self.path))


class HeldToDocuments(ValidatedByOpenApi):
    """A policy for the clients of secrets, keys and certificates, synchronous or not."""

    def _check(
        self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any], body: bytes
    ) -> None:
        asked, url = request.http_request, urlsplit(request.http_request.url)
        self.seen += 1
        check(asked.method, url.path, url.query, response.http_response.status_code, body)


def check(method: str, path: str, query: str, status: int, body: bytes) -> None:
    """Raise with every way in which an answer is not what the documents describe."""
    found = problems(method, path, query, status, body)
    if found:
        raise AssertionError("\n  ".join((f"{method} {path}?{query} answered {status}", *found)))


def problems(method: str, path: str, query: str, status: int, body: bytes) -> list[str]:
    """Every way in which an answer is not what the documents describe."""
    if status >= 400:
        return [] if method == "HEAD" else _body_problems(ERROR, {}, body)
    operation = described(method, path, _api_version(query))
    if operation is None:
        return [f"no document describes it at api-version `{_api_version(query)}`"]
    response = operation.responses.get(str(status))
    if response is None:
        return [
            f"{operation.id} does not answer {status}; the document gives {', '.join(operation.responses)}"
        ]
    if "schema" not in response:
        return ["it has a body, and the document gives none"] if body else []
    return _body_problems(response["schema"], operation.definitions, body)


def _body_problems(schema: Json, definitions: Json, body: bytes) -> list[str]:
    if not body:
        return ["it has no body, and the document gives one"]
    whole = {**strict(schema), "definitions": definitions}
    validator = Draft202012Validator(whole, format_checker=FORMATS)
    return [said(error) for error in validator.iter_errors(json.loads(body))]


def described(method: str, path: str, api_version: str) -> Described | None:
    """The operation that a request means, or none: a path means what it is before what was left out of it."""
    known = [found for found in operations(api_version) if found.method == method]
    for written in _writings(path):
        fitting = [found for found in known if found.pattern.fullmatch(written)]
        if fitting:
            return max(fitting, key=lambda found: found.literals)
    return None


def _writings(path: str) -> Iterator[str]:
    """A path, and what it is with the version that may be left out of it: at its end, or before its verb."""
    segments = [segment for segment in unquote(path).split("/") if segment]
    for written in (segments, [*segments, _ANY], [*segments[:2], _ANY, *segments[2:]]):
        yield "/" + "/".join(written)


def undescribed(ours: Iterable[Operation]) -> list[str]:
    """Every method, route and api-version of ours that no document describes."""
    return [
        f"{operation.id} {method} {route} at `{version}`"
        for operation in ours
        for method, route in operation.routes
        for version in operation.api_versions.known
        if described(method, _sample(route), version) is None
    ]


def unserved(ours: Iterable[Operation], versions: Iterable[str]) -> set[str]:
    """The documents' ids of operations that we do not serve, at some of these api-versions."""
    declared = list(ours)
    return {
        found.id
        for version in versions
        for found in operations(version)
        if not any(_serves(operation, found, version) for operation in declared)
    }


def _serves(operation: Operation, found: Described, version: str) -> bool:
    if version not in operation.api_versions:
        return False
    meant = [described(method, _sample(route), version) for method, route in operation.routes]
    return any(one is not None and one.id == found.id for one in meant)


def _sample(route: str) -> str:
    """A path that a route of ours matches."""
    return re.sub(r"\{[^}]*\}", _ANY, route)


@cache
def api_versions() -> tuple[str, ...]:
    """The api-versions that there are documents of."""
    return tuple(sorted(path.stem for path in DIRECTORY.glob("*.json")))


@cache
def operations(api_version: str) -> tuple[Described, ...]:
    """The operations of an api-version; none where there is no document of it."""
    path = DIRECTORY / f"{api_version}.json"
    return tuple(_read(json.loads(path.read_text()))) if api_version in api_versions() else ()


def _read(document: Json) -> Iterator[Described]:
    definitions = {name: strict(_whole(name, schema)) for name, schema in document["definitions"].items()}
    for found in document["operations"]:
        pattern = re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(found["path"])), re.IGNORECASE)
        yield Described(
            found["id"],
            found["method"],
            found["path"],
            pattern,
            found["responses"],
            found.get("body"),
            definitions,
        )


def _whole(name: str, schema: Json) -> Json:
    """A schema, with what the service answers beside what the document says."""
    beside = BESIDE_THE_DOCUMENTS.get(name)
    if beside is None:
        return _with_end(schema)
    return {**schema, "properties": {**schema["properties"], **beside}}


def _with_end(schema: Json) -> Json:
    """A schema, with a link to the next page that may be null."""
    properties = schema.get("properties", {})
    if "nextLink" not in properties:
        return schema
    return {**schema, "properties": {**properties, "nextLink": {**properties["nextLink"], "nullable": True}}}


def _api_version(query: str) -> str:
    values = parse_qs(query)
    return next((given[0] for name, given in values.items() if name.lower() == "api-version"), "")
