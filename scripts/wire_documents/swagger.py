"""Reads OpenAPI (Swagger 2.0) documents and keeps their structure: types, properties, what is required.

Rules:
- a ``$ref`` is followed over files; what it names becomes one definition of the reduced document;
- ``allOf`` is flattened, so that a validator may refuse properties that nobody described;
- a type with a discriminator is any of its kinds;
- an enumeration that is open (``modelAsString``) is noted, not enforced;
- a property that a service never returns (``x-ms-mutability`` without ``read``) is marked ``writeOnly``;
- descriptions, examples and patterns are left out.

Source: https://swagger.io/specification/v2/ and
https://azure.github.io/autorest/extensions/ for the ``x-ms-`` fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
METHODS = ("get", "head", "put", "post", "patch", "delete")


class Documents:
    """The files of a checkout, each read once."""

    def __init__(self) -> None:
        self._read: dict[Path, Json] = {}

    def at(self, path: Path) -> Json:
        """One document."""
        if path not in self._read:
            self._read[path] = json.loads(path.read_text(encoding="utf-8-sig"))
        return self._read[path]

    def follow(self, path: Path, ref: str) -> tuple[Path, str, Json]:
        """The file, the pointer and the node that a reference in ``path`` names."""
        file, _, pointer = ref.partition("#")
        target = (path.parent / file).resolve() if file else path
        node: Any = self.at(target)
        for step in pointer.strip("/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
        return target, pointer, node


class Reducer:
    """Collects operations, and the definitions that their answers (and ``requests``) need.

    With ``parameters`` those of queries and headers are kept too, and the media types of answers.
    """

    def __init__(self, *, requests: bool = False, parameters: bool = False) -> None:
        self.definitions: Json = {}
        self._requests = requests
        self._parameters_kept = parameters
        self._documents = Documents()
        self._names: dict[tuple[Path, str], str] = {}

    def operations(self, path: Path, wanted: tuple[str, ...]) -> Iterator[Json]:
        """The operations of one document whose ids begin with one of ``wanted``."""
        document = self._documents.at(path)
        for template, methods in {**document["paths"], **document.get("x-ms-paths", {})}.items():
            for method in METHODS:
                node = methods.get(method)
                if node and node["operationId"].startswith(wanted):
                    shared = methods.get("parameters", [])
                    yield self._operation(path, template, method, {"parameters": [], **node}, shared)

    def _operation(self, path: Path, template: str, method: str, node: Json, shared: list[Json]) -> Json:
        parameters = list(self._parameters(path, node["parameters"] + shared))
        wide = [p["name"] for p in parameters if _is_wide(p)]
        bodies = [self.schema(path, p["schema"]) for p in parameters if p.get("in") == "body"]
        return {
            "id": node["operationId"],
            "method": method.upper(),
            "path": template.partition("?")[0],
            **({"wide": sorted(set(wide))} if wide else {}),
            **({"body": bodies[0]} if bodies and self._requests else {}),
            **({"longRunning": True} if node.get("x-ms-long-running-operation") else {}),
            **(self._asked(path, node, parameters) if self._parameters_kept else {}),
            "responses": {code: self._response(path, said) for code, said in node["responses"].items()},
        }

    def _asked(self, path: Path, node: Json, parameters: list[Json]) -> Json:
        """The parameters of the query and the headers, and the media types of the answers."""
        kept = [_parameter(found) for found in parameters if found["in"] in {"query", "header"}]
        produces: list[str] = node.get("produces") or self._documents.at(path).get("produces") or []
        return {"parameters": sorted(kept, key=lambda found: found["name"]), "produces": sorted(produces)}

    def _parameters(self, path: Path, nodes: list[Json]) -> Iterator[Json]:
        for node in nodes:
            yield self._documents.follow(path, node["$ref"])[2] if "$ref" in node else node

    def _response(self, path: Path, node: Json) -> Json:
        if "$ref" in node:
            path, _, node = self._documents.follow(path, node["$ref"])
        headers = {name: said.get("type", "string") for name, said in node.get("headers", {}).items()}
        schema = {"schema": self.schema(path, node["schema"])} if "schema" in node else {}
        return {**schema, **({"headers": headers} if headers else {})}

    def schema(self, path: Path, node: Json) -> Json:
        """The reduced form of one schema."""
        if "$ref" not in node:
            return {**_marks(node), **self._inline(path, node)}
        return {**_marks(node), "$ref": f"#/definitions/{self._define(path, node['$ref'])}"}

    def _define(self, path: Path, ref: str) -> str:
        target, pointer, node = self._documents.follow(path, ref)
        if (target, pointer) not in self._names:
            name = self._free_name(pointer.rpartition("/")[2])
            self._names[target, pointer] = name
            self.definitions[name] = {}
            self.definitions[name] = {**_marks(node), **self._kinds(target, pointer, node)}
        return self._names[target, pointer]

    def _free_name(self, name: str) -> str:
        taken = [other for other in self.definitions if other.split(".")[0] == name]
        return f"{name}.{len(taken) + 1}" if taken else name

    def _kinds(self, path: Path, pointer: str, node: Json) -> Json:
        """The schema, or any of those that derive from it where it has a discriminator."""
        own = self._inline(path, node)
        if "discriminator" not in node:
            return own
        derived = [self.schema(path, {"$ref": ref}) for ref in self._derived(path, pointer)]
        return {"anyOf": [own, *derived]} if derived else own

    def _derived(self, path: Path, pointer: str) -> Iterator[str]:
        for name, node in self._documents.at(path)["definitions"].items():
            if {"$ref": f"#{pointer}"} in node.get("allOf", []):
                yield f"#/definitions/{name}"

    def _inline(self, path: Path, node: Json) -> Json:
        out: Json = {}
        for base in node.get("allOf", []):
            merge(out, self._base(path, base))
        merge(out, self._own(path, node))
        return out

    def _base(self, path: Path, node: Json) -> Json:
        if "$ref" in node:
            path, _, node = self._documents.follow(path, node["$ref"])
        return self._inline(path, node)

    def _own(self, path: Path, node: Json) -> Json:
        out: Json = {key: node[key] for key in ("type", "format") if key in node}
        if "properties" in node:
            out.setdefault("type", "object")
            out["properties"] = {name: self.schema(path, said) for name, said in node["properties"].items()}
        if node.get("required"):
            out["required"] = sorted(node["required"])
        if "items" in node:
            out["items"] = self.schema(path, node["items"])
        if "additionalProperties" in node:
            more = node["additionalProperties"]
            out["additionalProperties"] = self.schema(path, more) if isinstance(more, dict) else more
        return {**out, **_enumeration(node)}


def merge(out: Json, more: Json) -> None:
    """Add a schema's properties and requirements to those that are there; all else it replaces."""
    properties = {**out.get("properties", {}), **more.get("properties", {})}
    required = sorted({*out.get("required", []), *more.get("required", [])})
    out.update(more)
    if properties:
        out["properties"] = properties
    if required:
        out["required"] = required


def _parameter(node: Json) -> Json:
    """A parameter of a query or a header. Values of an open enumeration are noted, not enforced."""
    kept: Json = {key: node[key] for key in ("name", "in", "type", "collectionFormat") if key in node}
    required = {"required": True} if node.get("required") else {}
    items = (
        {"items": {"type": node["items"]["type"], **_enumeration(node["items"])}} if "items" in node else {}
    )
    return {**kept, **required, **_enumeration(node), **items}


def _is_wide(parameter: Json) -> bool:
    """Whether a parameter of the path may hold slashes."""
    return parameter.get("in") == "path" and bool(parameter.get("x-ms-skip-url-encoding"))


def _marks(node: Json) -> Json:
    out: Json = {}
    if node.get("readOnly"):
        out["readOnly"] = True
    if node.get("x-nullable"):
        out["nullable"] = True
    if "read" not in node.get("x-ms-mutability", ["read"]):
        out["writeOnly"] = True
    return out


def _enumeration(node: Json) -> Json:
    if "enum" not in node:
        return {}
    is_open = node.get("x-ms-enum", {}).get("modelAsString", False)
    return {"x-open-enum" if is_open else "enum": node["enum"]}
