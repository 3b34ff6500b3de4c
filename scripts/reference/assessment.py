"""The JSON schema of an assessment: from the structs that `keyless assess --format json` writes."""

from __future__ import annotations

import enum
import json
import re
import typing
from collections.abc import Iterator

import msgspec

from keyless.assess.report import SCHEMA
from keyless.assess.reports.json import AssessmentJson
from reference.policy import about

SCHEMA_FILE = "assessment.schema.json"


def schema() -> str:
    """The JSON schema."""
    shaped = msgspec.json.schema(AssessmentJson)
    for kind in set(_kinds(AssessmentJson)):
        shaped["$defs"][kind.__name__]["description"] = about(kind)
    shaped["$defs"]["AssessmentJson"]["properties"]["schema"] = {"const": SCHEMA}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An assessment of Keyless",
        **shaped,
    }
    return re.sub(r'(\w)Json"', r'\1"', json.dumps(whole, indent=1, ensure_ascii=False)) + "\n"


def _kinds(kind: object) -> Iterator[type]:
    """The structs and choices that an assessment is made of."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct | enum.Enum):
        yield kind
        if issubclass(kind, msgspec.Struct):
            for one in msgspec.structs.fields(kind):
                yield from _kinds(one.type)
    for inside in typing.get_args(kind):
        yield from _kinds(inside)
