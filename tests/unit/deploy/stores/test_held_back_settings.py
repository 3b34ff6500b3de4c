"""Which settings look like secrets."""

from __future__ import annotations

import json

import pytest

from keyless.deploy.stores.held_back import why_held_back
from keyless.estate.key_values import FLAG_TYPE, REFERENCE_TYPE
from keyless.model.resource_id import ResourceId
from keyless.planes.appconfig.key_values.rules import Content

STORE = ResourceId.parse(
    "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/g"
    "/providers/Microsoft.AppConfiguration/configurationStores/s"
)
SQL = "Server=tcp:x.database.windows.net;Database=d;User Id=u;Password=Zx9planted2!"
DRAWN = "kq83HsLpw92mZx71Bv"


def why(key: str, value: str | None, content_type: str | None = None) -> str:
    return why_held_back(STORE, key, Content(value, content_type))


@pytest.mark.parametrize(
    ("key", "value", "content_type"),
    [
        ("ConnectionStrings:Default", SQL, None),
        ("Orders:Db:Password", "hunter2", None),
        ("Mystery", DRAWN, None),
        ("Options", json.dumps({"db": {"connection": SQL}}), "application/json"),
        ("Options", json.dumps([{"password": "hunter2"}]), None),
        ("Note", f"log in with {SQL}", None),
        ("Db:Credentials", json.dumps({"a": "b"}), "application/json"),
        (".appconfig.featureflag/x", json.dumps({"variants": [{"configuration_value": SQL}]}), FLAG_TYPE),
    ],
)
def test_a_secret_is_held_back_and_the_reason_has_no_value(
    key: str, value: str, content_type: str | None
) -> None:
    said = why(key, value, content_type)
    assert said
    assert not any(part in said for part in ("hunter2", "planted", DRAWN))


@pytest.mark.parametrize(
    ("key", "value", "content_type"),
    [
        ("Orders:Title", "Orders", None),
        ("Orders:Page:Size", "25", None),
        ("Orders:Since", "2024-01-31T12:00:00Z", None),
        ("Orders:Endpoint", "https://contoso.blob.core.windows.net/", None),
        ("Orders:PasswordRequired", "true", None),
        ("Orders:Api:Key", "", None),
        ("Null", None, None),
        ("Options", json.dumps({"hosts": ["a.example.com"], "deep": {"size": 3}}), "application/json"),
        ("Odd", "{not json", None),
        ("Db:Password", json.dumps({"uri": "https://v.vault.azure.net/secrets/db"}), REFERENCE_TYPE),
        (".appconfig.featureflag/x", json.dumps({"id": "x", "allocation": {"seed": DRAWN}}), FLAG_TYPE),
    ],
)
def test_what_is_no_secret_comes_in(key: str, value: str | None, content_type: str | None) -> None:
    assert why(key, value, content_type) == ""
