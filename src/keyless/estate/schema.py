"""The JSON schema of the estate file, for editors and other tools: made from the declaration.

The reader is stricter than the schema where a rule needs more than one place in the file: names that refer to
others, names that are unique without case, sizes in bytes.

Source: https://json-schema.org/draft/2020-12/json-schema-core
"""

from __future__ import annotations

import json
from importlib import resources

from keyless.estate.declared.estate import ESTATE
from keyless.estate.declared.texts import VERSION
from keyless.estate.shapes.base import JsonSchema

SCHEMA_FILE = "keyless.schema.json"


def estate_schema() -> JsonSchema:
    """The schema as a value."""
    definitions: dict[str, JsonSchema] = {}
    root = ESTATE.schema(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:keyless:estate:{VERSION}",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text() -> str:
    """The schema as the text of a file, made anew."""
    return json.dumps(estate_schema(), indent=2, ensure_ascii=False) + "\n"


def shipped_schema_text() -> str:
    """The copy of that text that comes with the package."""
    return (resources.files("keyless.estate") / "data" / SCHEMA_FILE).read_text("utf-8")
