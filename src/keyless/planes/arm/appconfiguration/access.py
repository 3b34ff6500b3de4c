"""What the operations on configuration stores require, and the scopes that they are decided on.

Looking whether a name is free is a reading action, although it is asked with a POST.

Source: https://learn.microsoft.com/azure/role-based-access-control/permissions/integration
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from keyless.model.resource_id import ResourceId
from keyless.model.resources import STORE_TYPE, key_value_scope
from keyless.planes.arm.scopes import GROUP, of_resource
from keyless.wire.errors import InvalidRequest

PROVIDER = "Microsoft.AppConfiguration"
SUBSCRIPTION = f"/subscriptions/{{subscription_id}}/providers/{PROVIDER}"
STORE = f"{GROUP}/providers/{STORE_TYPE}/{{store_name}}"
"""The beginnings of the routes."""

READ, WRITE, DELETE = f"{STORE_TYPE}/read", f"{STORE_TYPE}/write", f"{STORE_TYPE}/delete"
LIST_KEYS, REGENERATE_KEY = f"{STORE_TYPE}/ListKeys/action", f"{STORE_TYPE}/RegenerateKey/action"
CHECK_NAME = f"{PROVIDER}/checkNameAvailability/read"
CHECK_NAME_IN_REGION = f"{PROVIDER}/locations/checkNameAvailability/read"
READ_DELETED = f"{PROVIDER}/locations/deletedConfigurationStores/read"
PURGE = f"{PROVIDER}/locations/deletedConfigurationStores/purge/action"

of_store = of_resource(STORE_TYPE, "store_name")

_ESCAPED = re.compile(r"(?:~[0-9A-Fa-f]{2})+")


def key_value_of(params: Mapping[str, str]) -> tuple[str, str | None]:
    """The key and label that a key-value's name as a resource stands for: ``key$label``.

    What a name cannot have stands in it as a percent-encoding does, with `~` for the `%`. An empty label is
    none: `key$` and `key` are one key-value, so they are decided on at one scope.

    Raises:
        InvalidRequest: it is no such name.
    """
    key, _, label = params["key_value_name"].partition("$")
    return _decoded(key), _decoded(label) or None


def of_key_value(site: object, params: Mapping[str, str]) -> ResourceId:
    """The scope of the key-value that the route names, however its name is encoded."""
    return key_value_scope(of_store(site, params), *key_value_of(params))


def _decoded(text: str) -> str:
    try:
        return _ESCAPED.sub(lambda found: bytes.fromhex(found[0].replace("~", "")).decode(), text)
    except UnicodeDecodeError as error:
        message = f"'{text[:256]}' is not the name of a key-value: it has escapes that are not UTF-8."
        raise InvalidRequest(message, field="keyValueName", code="InvalidResourceName") from error
