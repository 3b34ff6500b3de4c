"""Reads the body of a resource type, at an api-version, from the types that Bicep is built with.

They are made from the same OpenAPI documents and reach further: they stand in for the body of a resource at
an api-version whose document the checkout lacks. What they do not keep (formats, status codes) is not
guessed.

Source: https://github.com/Azure/bicep-types-az, https://github.com/Azure/bicep-types for the format.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Json = dict[str, Any]
REQUIRED, READ_ONLY, WRITE_ONLY = 1, 2, 4
SIMPLE = {"StringType": "string", "IntegerType": "integer", "BooleanType": "boolean", "NullType": "null"}
OWN = "apiVersion"  # a property of the language, not of the wire


class BicepTypes:
    """One ``types.json``: the resource types of a provider at an api-version."""

    def __init__(self, path: Path) -> None:
        self._types: list[Json] = json.loads(path.read_text(encoding="utf-8"))
        self.definitions: Json = {}
        self._names: dict[int, str] = {}

    def body(self, resource_type: str) -> str | None:
        """The name of the definition of a resource type's body, or none where it has no such type."""
        for node in self._types:
            if node["$type"] == "ResourceType" and _same_type(node["name"], resource_type):
                return self._define(node["body"]["$ref"])
        return None

    def _define(self, ref: str) -> str:
        at = int(ref.rpartition("/")[2])
        if at not in self._names:
            node = self._types[at]
            self._names[at] = f"{node.get('name', 'type').rpartition('/')[2]}.types.{at}"
            self.definitions[self._names[at]] = {}
            self.definitions[self._names[at]] = self._object(node)
        return self._names[at]

    def _schema(self, ref: str) -> Json:
        node = self._types[int(ref.rpartition("/")[2])]
        kind = node["$type"]
        if kind in SIMPLE:
            return {"type": SIMPLE[kind]}
        if kind == "ArrayType":
            return {"type": "array", "items": self._schema(node["itemType"]["$ref"])}
        if kind == "StringLiteralType":
            return {"type": "string", "enum": [node["value"]]}
        if kind == "UnionType":
            return self._union([self._schema(element["$ref"]) for element in node["elements"]])
        return {} if kind == "AnyType" else {"$ref": f"#/definitions/{self._define(ref)}"}

    def _union(self, members: list[Json]) -> Json:
        """An enumeration: open where the plain string is one of its members."""
        values = [value for member in members for value in member.get("enum", [])]
        if not values or any(member.get("type") != "string" for member in members):
            return {"anyOf": members}
        is_open = {"type": "string"} in members
        return {"type": "string", "x-open-enum" if is_open else "enum": values}

    def _object(self, node: Json) -> Json:
        if node["$type"] == "DiscriminatedObjectType":
            kinds = [self._schema(element["$ref"]) for element in node["elements"].values()]
            return {"anyOf": kinds}
        properties = {name: said for name, said in node.get("properties", {}).items() if name != OWN}
        required = sorted(name for name, said in properties.items() if said["flags"] & REQUIRED)
        out: Json = {"type": "object"}
        if properties:
            out["properties"] = {name: self._property(said) for name, said in properties.items()}
        if required:
            out["required"] = required
        if "additionalProperties" in node:
            out["additionalProperties"] = self._schema(node["additionalProperties"]["$ref"])
        return out

    def _property(self, node: Json) -> Json:
        marks = {"readOnly": True} if node["flags"] & READ_ONLY else {}
        marks |= {"writeOnly": True} if node["flags"] & WRITE_ONLY else {}
        return {**marks, **self._schema(node["type"]["$ref"])}


def _same_type(name: str, resource_type: str) -> bool:
    return name.partition("@")[0].casefold() == resource_type.casefold()
