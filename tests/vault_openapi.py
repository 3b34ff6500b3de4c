"""The reduced documents of Key Vault's data plane as OpenAPI, for tools that generate from that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import vault_schemas

Json = dict[str, Any]
_JSON = "application/json"


def document(api_version: str, parameters: Mapping[str, Json], served: Sequence[str]) -> Json:
    """The operations served at an api-version; ``parameters`` are the schemas of those of paths, by name."""
    operations = [found for found in vault_schemas.operations(api_version) if found.id in served]
    paths: dict[str, Json] = {}
    for found in operations:
        paths.setdefault(found.path, {})[found.method.lower()] = _operation(found, api_version, parameters)
    definitions = operations[0].definitions if operations else {}
    whole: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Key Vault", "version": api_version},
        "paths": paths,
        "components": {"schemas": definitions},
    }
    text = json.dumps(whole).replace("#/definitions/", "#/components/schemas/")
    moved: Json = json.loads(text.replace('"x-open-enum"', '"enum"'))  # what is known is asked for the most
    return moved


def _operation(found: vault_schemas.Described, api_version: str, parameters: Mapping[str, Json]) -> Json:
    named = re.findall(r"\{([^}]*)\}", found.path)
    version = {"name": "api-version", "in": "query", "required": True, "schema": {"const": api_version}}
    in_path = [{"name": n, "in": "path", "required": True, "schema": parameters[n]} for n in named]
    body = {} if found.body is None else {"requestBody": {"required": True, "content": _content(found.body)}}
    return {
        "operationId": found.id,
        "parameters": [*in_path, version],
        **body,
        "responses": {code: _response(said) for code, said in found.responses.items()},
    }


def _response(said: Json) -> Json:
    content = {"content": _content(said["schema"])} if "schema" in said else {}
    return {"description": "An answer.", **content}


def _content(schema: Json) -> Json:
    return {_JSON: {"schema": vault_schemas.strict(schema)}}
