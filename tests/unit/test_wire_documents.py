"""What a reduced document keeps of an OpenAPI document, and of the types that Bicep is built with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from documents import script

build_wire_schemas = script("build_wire_schemas")
BicepTypes = script("wire_documents.bicep_types").BicepTypes
Reducer = script("wire_documents.swagger").Reducer

COMMON = {
    "definitions": {
        "Resource": {
            "type": "object",
            "description": "left out",
            "required": ["id"],
            "properties": {"id": {"type": "string", "readOnly": True}},
        }
    },
    "parameters": {"Scope": {"name": "scope", "in": "path", "x-ms-skip-url-encoding": True}},
}
DOCUMENT = {
    "paths": {
        "/{scope}/things/{name}": {
            "get": {
                "operationId": "Things_Get",
                "parameters": [{"$ref": "common.json#/parameters/Scope"}],
                "responses": {
                    "200": {
                        "description": "left out",
                        "schema": {"$ref": "#/definitions/Thing"},
                        "headers": {"ETag": {"type": "string"}},
                    }
                },
            }
        },
        "/others": {"get": {"operationId": "Others_List", "responses": {"204": {"description": "none"}}}},
    },
    "definitions": {
        "Thing": {
            "allOf": [{"$ref": "common.json#/definitions/Resource"}],
            "required": ["kind"],
            "properties": {
                "kind": {"type": "string", "enum": ["a"], "x-ms-enum": {"name": "K", "modelAsString": True}},
                "mode": {"type": "string", "enum": ["b"], "x-ms-mutability": ["create"]},
                "inner": {"$ref": "#/definitions/Thing"},
                "when": {"type": "string", "format": "date-time", "x-nullable": True},
                "more": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        }
    },
}


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    """A document that refers to another."""
    (tmp_path / "common.json").write_text(json.dumps(COMMON))
    path = tmp_path / "things.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def test_only_the_structure_is_kept(specs: Path) -> None:
    reducer = Reducer()
    assert list(reducer.operations(specs, ("Things_",))) == [
        {
            "id": "Things_Get",
            "method": "GET",
            "path": "/{scope}/things/{name}",
            "wide": ["scope"],
            "responses": {
                "200": {"schema": {"$ref": "#/definitions/Thing"}, "headers": {"ETag": "string"}},
            },
        }
    ]
    assert "left out" not in json.dumps(reducer.definitions)


def test_what_a_type_is_made_of_becomes_one_type(specs: Path) -> None:
    reducer = Reducer()
    list(reducer.operations(specs, ("Things_",)))
    assert reducer.definitions == {
        "Thing": {
            "type": "object",
            "required": ["id", "kind"],
            "properties": {
                "id": {"type": "string", "readOnly": True},
                "kind": {"type": "string", "x-open-enum": ["a"]},
                "mode": {"type": "string", "enum": ["b"], "writeOnly": True},
                "inner": {"$ref": "#/definitions/Thing"},
                "when": {"type": "string", "format": "date-time", "nullable": True},
                "more": {"type": "object", "additionalProperties": {"type": "integer"}},
            },
        }
    }


def test_a_type_with_a_discriminator_is_any_of_its_kinds(tmp_path: Path) -> None:
    document: dict[str, Any] = {
        "definitions": {
            "Base": {"type": "object", "discriminator": "kind", "properties": {"kind": {"type": "string"}}},
            "Kind": {
                "allOf": [{"$ref": "#/definitions/Base"}],
                "properties": {"size": {"type": "integer"}},
            },
        }
    }
    path = tmp_path / "kinds.json"
    path.write_text(json.dumps(document))
    reducer = Reducer()
    reducer.schema(path, {"$ref": "#/definitions/Base"})
    assert reducer.definitions["Base"]["anyOf"][1] == {"$ref": "#/definitions/Kind"}
    assert set(reducer.definitions["Kind"]["properties"]) == {"kind", "size"}


def test_the_body_of_a_resource_is_read_from_the_types_of_bicep(tmp_path: Path) -> None:
    types = [
        {"$type": "StringType"},
        {"$type": "StringLiteralType", "value": "on"},
        {"$type": "UnionType", "elements": [{"$ref": "#/1"}, {"$ref": "#/0"}]},
        {
            "$type": "ObjectType",
            "name": "A.B/things",
            "properties": {
                "apiVersion": {"type": {"$ref": "#/0"}, "flags": 10},
                "id": {"type": {"$ref": "#/0"}, "flags": 10},
                "state": {"type": {"$ref": "#/2"}, "flags": 1},
                "all": {"type": {"$ref": "#/4"}, "flags": 4},
            },
        },
        {"$type": "ArrayType", "itemType": {"$ref": "#/0"}},
        {"$type": "ResourceType", "name": "A.B/things@2024-01-01", "body": {"$ref": "#/3"}},
    ]
    path = tmp_path / "types.json"
    path.write_text(json.dumps(types))
    made = BicepTypes(path)
    assert made.body("a.b/THINGS") == "things.types.3"
    assert made.body("a.b/others") is None
    assert made.definitions["things.types.3"] == {
        "type": "object",
        "required": ["state"],
        "properties": {
            "id": {"type": "string", "readOnly": True},
            "state": {"type": "string", "x-open-enum": ["on"]},
            "all": {"type": "array", "items": {"type": "string"}, "writeOnly": True},
        },
    }


def test_only_the_definitions_that_operations_reach_are_written(specs: Path) -> None:
    definitions = {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}, "C": {}}
    operations = [{"responses": {"200": {"schema": {"$ref": "#/definitions/A"}}}}]
    assert set(build_wire_schemas.needed(operations, definitions)) == {"A", "B"}


def test_a_written_document_is_json_with_one_definition_a_line() -> None:
    document = {"provider": "A.B", "operations": [{"id": "x"}], "definitions": {"T": {}, "S": {}}}
    written = build_wire_schemas.text(document)
    assert json.loads(written) == document
    assert written.splitlines()[-3:] == ['"S":{},', '"T":{}', "}}"]
