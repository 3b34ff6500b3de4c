"""The reduced documents of a data plane as OpenAPI, for tools that generate from that."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any

from plane_schemas import Described, PlaneDocuments
from wire_schemas import strict

Json = dict[str, Any]
_JSON = "application/json"
_VERSION = "api-version"
_STYLES: Mapping[str, Json] = {"csv": {"explode": False}, "multi": {"explode": True}}


def document(
    documents: PlaneDocuments,
    api_version: str,
    parameters: Mapping[str, Json],
    served: Sequence[str],
    without: Container[str] = (),
) -> Json:
    """The operations served at an api-version; ``parameters`` are the schemas of those of paths, by name.

    The parameters of queries and headers that are named in ``without`` are left out.
    """
    operations = [found for found in documents.operations(api_version) if found.id in served]
    paths: dict[str, Json] = {}
    for found in operations:
        asked = replace(found, parameters=tuple(p for p in found.parameters if p["name"] not in without))
        paths.setdefault(found.path, {})[found.method.lower()] = _operation(asked, api_version, parameters)
    definitions = operations[0].definitions if operations else {}
    whole: Json = {
        "openapi": "3.1.0",
        "info": {"title": documents.directory.stem, "version": api_version},
        "paths": paths,
        "components": {"schemas": definitions},
    }
    text = json.dumps(whole).replace("#/definitions/", "#/components/schemas/")
    moved: Json = json.loads(text.replace('"x-open-enum"', '"enum"'))  # what is known is asked for the most
    return moved


def _operation(found: Described, api_version: str, parameters: Mapping[str, Json]) -> Json:
    named = re.findall(r"\{([^}]*)\}", found.path)
    version = {"name": _VERSION, "in": "query", "required": True, "schema": {"const": api_version}}
    in_path = [{"name": n, "in": "path", "required": True, "schema": parameters[n]} for n in named]
    others = [_parameter(said) for said in found.parameters if said["name"] != _VERSION]
    body = {} if found.body is None else {"requestBody": {"required": True, "content": _content(found.body)}}
    return {
        "operationId": found.id,
        "parameters": [*in_path, version, *others],
        **body,
        "responses": {
            code: _response(said, found.produces or (_JSON,)) for code, said in found.responses.items()
        },
    }


def _parameter(said: Json) -> Json:
    schema = {key: value for key, value in said.items() if key in {"type", "items", "x-open-enum"}}
    where = {"name": said["name"], "in": said["in"], "required": said.get("required", False)}
    return {**where, "schema": schema, **_STYLES.get(said.get("collectionFormat", ""), {})}


def _response(said: Json, produces: Sequence[str]) -> Json:
    content = {"content": _content(said["schema"], produces)} if "schema" in said else {}
    return {"description": "An answer.", **content}


def _content(schema: Json, produces: Sequence[str] = (_JSON,)) -> Json:
    return {media_type: {"schema": strict(schema)} for media_type in produces}
