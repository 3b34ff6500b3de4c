"""What of SARIF 2.1.0 our logs use, as a JSON schema of our own: what must be there, and nothing else.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _object(required: Json, optional: Json | None = None) -> Json:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Json, least: int = 0) -> Json:
    return {"type": "array", "items": items, "minItems": least}


_TEXT: Json = {"type": "string", "minLength": 1}
_BAG: Json = {"type": "object"}
_LINE: Json = {"type": "integer", "minimum": 1}
_LEVEL: Json = {"enum": ["error", "warning", "note"]}
_MESSAGE = _object({"text": _TEXT})
_ADDRESS = _object(
    {"uri": {"type": "string", "pattern": r"^(?!/)[A-Za-z0-9/._~%-]+$"}, "uriBaseId": {"const": "%SRCROOT%"}}
)
_REGION = _object({"startLine": _LINE, "startColumn": _LINE, "endLine": _LINE, "endColumn": _LINE})
_LOCATION = _object(
    {"physicalLocation": _object({"artifactLocation": _ADDRESS}, {"region": _REGION})}, {"message": _MESSAGE}
)
_RULE = _object(
    {
        "id": _TEXT,
        "name": _TEXT,
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _object({"text": _TEXT, "markdown": _TEXT}),
        "defaultConfiguration": _object({"level": _LEVEL}),
        "properties": _BAG,
    },
    {"helpUri": {"type": "string", "pattern": "^https://"}},
)
_RESULT = _object(
    {
        "ruleId": _TEXT,
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": _list(_LOCATION, 1),
        "partialFingerprints": _object({"keyless/v1": {"type": "string", "pattern": "^[0-9a-f]{32}$"}}),
        "properties": _BAG,
    },
    {
        "codeFlows": _list(
            _object(
                {"threadFlows": _list(_object({"locations": _list(_object({"location": _LOCATION}), 1)}), 1)}
            ),
            1,
        ),
        "relatedLocations": _list(_LOCATION, 1),
        "suppressions": _list(
            _object(
                {
                    "kind": {"enum": ["inSource", "external"]},
                    "status": {"const": "accepted"},
                    "justification": _TEXT,
                }
            ),
            1,
        ),
    },
)
_NOTIFICATION = _object(
    {"level": _LEVEL, "message": _MESSAGE},
    {"descriptor": _object({"id": _TEXT}), "locations": _list(_LOCATION, 1)},
)
_INVOCATION = _object(
    {
        "executionSuccessful": {"type": "boolean"},
        "exitCode": {"enum": [0, 1, 3]},
        "toolExecutionNotifications": _list(_NOTIFICATION),
        "toolConfigurationNotifications": _list(_NOTIFICATION),
    }
)
_DRIVER = _object({"name": _TEXT, "version": _TEXT, "semanticVersion": _TEXT, "rules": _list(_RULE)})
LOG = _object(
    {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": _list(
            _object(
                {
                    "tool": _object({"driver": _DRIVER}),
                    "automationDetails": _object({"id": _TEXT}),
                    "columnKind": {"const": "unicodeCodePoints"},
                    "invocations": _list(_INVOCATION, 1),
                    "results": _list(_RESULT),
                    "properties": _BAG,
                }
            ),
            1,
        ),
    }
)
