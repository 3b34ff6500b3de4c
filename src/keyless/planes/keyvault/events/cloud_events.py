"""Events of vaults as CloudEvents 1.0, in JSON, with the members that Event Grid gives them.

Sources: https://learn.microsoft.com/azure/event-grid/event-schema-key-vault,
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import datetime as dt

import msgspec

from keyless.model.events import VaultEvent

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


def cloud_event(event: VaultEvent) -> bytes:
    """An event as one JSON object, on one line."""
    about = event.subject
    return msgspec.json.encode(
        {
            "id": event.id,
            "source": event.source,
            "specversion": "1.0",
            "type": event.type.value,
            "subject": about.name,
            "time": f"{dt.datetime.fromtimestamp(event.time, dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
            "data": {
                "Id": about.url,
                "VaultName": event.vault,
                "ObjectType": about.object_type,
                "ObjectName": about.name,
                "Version": about.version,
                "NBF": about.not_before,
                "EXP": about.expires,
            },
        }
    )
