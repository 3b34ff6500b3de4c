"""Holds answers of the management plane to the public OpenAPI documents of each api-version served.

Around an official client, one line::

    client = ManagedServiceIdentityClient(credential, subscription, per_call_policies=[ValidatedByOpenApi()])

and for an answer in hand (of the dispatcher, of a raw request)::

    check(method, path, query, status, headers, body)          # raises AssertionError with every problem

Rules:
- an operation is found by method, path (without case) and the query's `api-version`; a request that no
  document describes is a problem, unless its answer is an error that the gateway gives before any provider;
- a status that the document does not give is a problem; an error has the form of its `default`, or of all of
  ARM's errors;
- the body has what is required, in the types and formats described, and **no property that is not described**
  (where an object is free-form in the document, it is here);
- a header that the document gives is there;
- a resource of a provider that we hold no document of is a generic resource of Microsoft.Resources, and a
  list of them is one of generic resources.

`UNDESCRIBED` names what no document describes, and why. The files below `wire_schemas` are written by
`scripts/build_wire_schemas.py` from the documents; a new operation or api-version is a line in
`scripts/wire_documents/wanted.py`.
Source: https://github.com/Azure/azure-rest-api-specs and, for what is common to all providers,
https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/async-api-reference.md
"""

from __future__ import annotations

import base64
import json
import re
import uuid
from collections.abc import Awaitable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from inspect import isawaitable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import SansIOHTTPPolicy
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from keyless.wire.operation import Operation

Json = dict[str, Any]
DIRECTORY = Path(__file__).with_suffix("")
GENERIC = "Microsoft.Resources"

STATUS_OF_AN_OPERATION = re.compile(r"(?i)/(operationStatuses|asyncOperations|operationResults)/[^/]+$")
"""Where a long-running operation is polled: the status is ARM's own, the result is the resource."""

UNDESCRIBED: Mapping[str, str] = {
    "OperationStatuses.Get": "where long-running operations are polled, at any provider's api-version",
    "OperationResults.Get": "where long-running operations are polled, at any provider's api-version",
    "UserAssignedIdentities.ListAssociatedResourcesNext": "the next page of a POST, which clients GET",
}
"""Operation ids of ours that no document describes, and why we serve them all the same."""


@dataclass(frozen=True, slots=True)
class Described:
    """An operation of a document, with the definitions that its schemas refer to."""

    provider: str
    api_version: str
    id: str
    method: str
    pattern: re.Pattern[str]
    literals: int
    responses: Json
    definitions: Json

    def response(self, status: int) -> Json | None:
        """What the document says of a status; errors fall back to `default`, and then to ARM's own error."""
        own: Json | None = self.responses.get(str(status))
        if own is not None or status < 400:
            return own
        default: Json | None = self.responses.get("default")
        return default


class ValidatedByOpenApi(SansIOHTTPPolicy[Any, Any]):
    """A policy for any azure-mgmt client: raises where an answer is not what the documents describe.

    ``seen`` counts the answers that it looked at, so that a test can say that it was in the way.
    """

    def __init__(self) -> None:
        self.seen = 0

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> Any:
        """Check one answer, which is read for that; of an asynchronous client what is to be awaited."""
        body = _body_of(response.http_response)
        if isawaitable(body):
            return self._checked_later(request, response, body)
        self._check(request, response, body)
        return None

    async def _checked_later(
        self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any], body: Awaitable[bytes]
    ) -> None:
        self._check(request, response, await body)

    def _check(
        self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any], body: bytes
    ) -> None:
        asked, http = request.http_request, response.http_response
        url = urlsplit(asked.url)
        self.seen += 1
        check(asked.method, url.path, url.query, http.status_code, http.headers, body)


def _body_of(response: Any) -> Any:
    """A response's body, left as it was for the client, which may want to stream it; or what gives it."""
    inner = response.internal_response
    if isinstance(inner, requests.Response):
        return inner.content
    return response.content if response.is_stream_consumed else response.read()


def check(method: str, path: str, query: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise with every way in which an answer is not what the documents describe."""
    found = problems(method, path, query, status, headers, body)
    if found:
        asked = f"{method} {path}?{query} answered {status}"
        raise AssertionError("\n  ".join((asked, *found)))


def problems(
    method: str, path: str, query: str, status: int, headers: Mapping[str, str], body: bytes
) -> list[str]:
    """Every way in which an answer is not what the documents describe."""
    version = _api_version(query)
    if status >= 400:
        return _error_problems(described(method, path, version), status, method, body)
    if STATUS_OF_AN_OPERATION.search(path):
        return _status_problems(status, body)
    operation = described(method, path, version)
    if operation is None:
        return [f"no document describes it at api-version `{version}`"]
    response = operation.response(status)
    if response is None:
        given = ", ".join(sorted(operation.responses))
        return [f"{operation.id} does not answer {status}; the document gives {given}"]
    return [
        *_missing_headers(response, headers),
        *_body_problems(operation.definitions, response, method, body),
    ]


def described(method: str, path: str, api_version: str) -> Described | None:
    """The operation that a request means, or none."""
    path = re.sub("/+", "/", unquote(path)).rstrip("/")  # clients leave a parent out that there is not
    if _provider(path) not in _providers() and _is_list(path):
        lists = [found for found in _generic() if found.id == "Resources_List" and method == "GET"]
        return lists[0] if lists else None
    at_version = [found for found in _operations() if found.api_version == api_version]
    candidates = at_version if _provider(path) in _providers() else _generic()
    fitting = [found for found in candidates if found.method == method and found.pattern.fullmatch(path)]
    return max(fitting, key=lambda found: found.literals, default=None)


def undescribed(operations: Iterable[Operation]) -> list[str]:
    """Every method, route and api-version of ours that no document describes, `UNDESCRIBED` left out."""
    return [
        f"{ours.id} {method} {route} at `{version}`"
        for ours in operations
        if ours.id not in UNDESCRIBED
        for method, route in ours.routes
        for version in ours.api_versions.known
        if described(method, sample(route), version) is None
    ]


def sample(route: str) -> str:
    """A path that a route of ours matches."""
    scope = "subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g"
    return re.sub(r"\{[^}]*\}", "x", re.sub(r"^/\{[^}]*\*\}", f"/{scope}", route))


def _api_version(query: str) -> str:
    values = parse_qs(query)
    return next((given[0] for name, given in values.items() if name.lower() == "api-version"), "")


def _provider(path: str) -> str:
    """The namespace that a path's last provider segment names, in the documents' own casing where known.

    Registering a provider is done by ARM itself.
    """
    named = re.findall(r"(?i)/providers/([^/]+)(?=/(?!(?:un)?register$))", path)
    asked = named[-1] if named else GENERIC
    return next((known for known in _providers() if known.casefold() == asked.casefold()), asked)


def _is_list(path: str) -> bool:
    """Whether a path ends with a type, and so with the list of its resources: types and names alternate."""
    behind = path.casefold().rpartition("/providers/")[2]
    return len(list(filter(None, behind.split("/")))) % 2 == 0


@cache
def _providers() -> frozenset[str]:
    return frozenset(found.provider for found in _operations())


@cache
def _generic() -> list[Described]:
    """The operations on resources of any kind, at the newest api-version that has them."""
    anything = [
        found for found in _operations() if found.provider == GENERIC and found.id.startswith("Resources_")
    ]
    newest = max(found.api_version for found in anything)
    return [found for found in anything if found.api_version == newest]


@cache
def _operations() -> tuple[Described, ...]:
    return tuple(found for path in sorted(DIRECTORY.glob("*/*.json")) for found in _read(path))


def _read(path: Path) -> Iterator[Described]:
    document = json.loads(path.read_text())
    definitions = {name: strict(said) for name, said in document["definitions"].items()}
    for said in document["operations"]:
        pattern = _pattern(said["path"], frozenset((*said.get("wide", ()), "scope")))
        literals = len(re.sub(r"\{[^}]*\}", "", said["path"]))
        yield Described(
            document["provider"],
            document["apiVersion"],
            said["id"],
            said["method"],
            pattern,
            literals,
            said["responses"],
            definitions,
        )


def _pattern(template: str, wide: frozenset[str]) -> re.Pattern[str]:
    """A template as a pattern; a parameter that may hold slashes may be missing, as the root scope is."""
    out = ""
    for literal, name in re.findall(r"([^{]+)|\{([^}]*)\}", template.rstrip("/")):
        if literal:
            out += re.escape(literal)
        elif name in wide and out.endswith("/"):
            out = f"{out[:-1]}(?:/.+?)?" if out == "/" else f"{out}.+?"
        else:
            out += "[^/]+"
    return re.compile(out, re.IGNORECASE)


def strict(node: Any) -> Any:
    """A reduced schema as it is enforced: nothing undescribed, null only where the document allows it."""
    if isinstance(node, list):
        return [strict(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _strict_value(key, value) for key, value in node.items()}
    if "properties" in node and "additionalProperties" not in node:
        out["additionalProperties"] = False
    return {"anyOf": [out, {"type": "null"}]} if out.pop("nullable", False) is True else out


def _strict_value(key: str, value: Any) -> Any:
    if key != "properties":
        return strict(value)
    return {name: strict(said) for name, said in value.items() if said.get("writeOnly") is not True}


def _error_problems(operation: Described | None, status: int, method: str, body: bytes) -> list[str]:
    """An error has the shape that all of ARM's have (it may be the gateway's), or that the document gives."""
    common = [] if method == "HEAD" else _body_problems(_common(), _ARM_ERROR, method, body)
    response = operation.response(status) if operation and common else None
    if operation is None or response is None or "schema" not in response:
        return common
    return _body_problems(operation.definitions, response, method, body)


_ARM_ERROR = {"schema": {"$ref": "#/definitions/ErrorResponse"}}
_ARM_STATUS = {"schema": {"$ref": "#/definitions/OperationStatusResult"}}


@cache
def _common() -> Json:
    definitions = json.loads((DIRECTORY / "common.json").read_text())["definitions"]
    return {name: strict(said) for name, said in definitions.items()}


def _status_problems(status: int, body: bytes) -> list[str]:
    """The status of a long-running operation: ARM's own where it is still asked for, else the resource."""
    if status in {202, 204} or not body:
        return []
    document = json.loads(body)
    return _body_problems(_common(), _ARM_STATUS, "GET", body) if "status" in document else []


def _missing_headers(response: Json, headers: Mapping[str, str]) -> list[str]:
    names = {name.casefold() for name in headers}
    return [
        f"header `{name}` is missing" for name in response.get("headers", {}) if name.casefold() not in names
    ]


def _body_problems(definitions: Json, response: Json, method: str, body: bytes) -> list[str]:
    if "schema" not in response:
        return ["it has a body, and the document gives none"] if body else []
    if not body:
        return [] if method == "HEAD" else ["it has no body, and the document gives one"]
    schema = {**strict(response["schema"]), "definitions": definitions}
    validator = Draft202012Validator(schema, format_checker=FORMATS)
    return [said(error) for error in validator.iter_errors(json.loads(body))]


def said(error: ValidationError) -> str:
    """What is wrong, and where."""
    where = "/".join(str(step) for step in error.absolute_path) or "the body"
    return f"{where}: {error.message[:300]}"


FORMATS = FormatChecker(())


@FORMATS.checks("date-time")
def _is_moment(value: object) -> bool:
    moment = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)"
    return not isinstance(value, str) or re.fullmatch(moment, value) is not None


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()


@FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    return not isinstance(value, str) or bool(urlsplit(value).scheme)


@FORMATS.checks("byte", raises=ValueError)
def _is_base64(value: object) -> bool:
    return not isinstance(value, str) or base64.b64decode(value, validate=True) is not None


@FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    return not isinstance(value, int) or -(2**31) <= value < 2**31
