"""The errors of denied calls, read back as the planes write them and as Azure does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from keyless.cli.denial_texts import DeniedByPolicy, DeniedCall, denials_in
from keyless.model.actions import ActionPlane
from keyless.model.denies import DenyAssignment
from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_value_scope, secret_scope
from keyless.wire import shapes
from keyless.wire.errors import Forbidden, LinkedForbidden, WireError
from keyless.wire.plane import Failure, Rendered
from keyless.wire.request import HeaderMap, Request

Shape = Callable[[Failure], Rendered]
CALLER = Principal("0d1e-oid", "app-1", "t", "https://sts.windows.net/t/", PrincipalKind.APPLICATION)
GROUP = group_scope("s", "g")
SECRET = secret_scope(resource_scope(GROUP, VAULT_TYPE, "orders"), "db")
KEY_VALUE = key_value_scope(resource_scope(GROUP, STORE_TYPE, "orders"), "app:color", "prod")
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
READ = "Microsoft.AppConfiguration/configurationStores/keyValues/read"
WRITE = "Microsoft.Resources/subscriptions/resourceGroups/write"
DENY = DenyAssignment("0a1b-2c3d", "no 'writing'", "/subscriptions/s", (), ())


def body_of(shape: Shape, error: WireError) -> str:
    request = Request("GET", "h", "/", "", HeaderMap({}), 0, "id")
    return shape(Failure(error, request, None, "t")).body.decode()


def message_of(shape: Shape, error: WireError) -> str:
    said: dict[str, Any] = json.loads(body_of(shape, error))
    return str(said["error"]["message"] if "error" in said else said["detail"])


IN_VAULT = DeniedCall("0d1e-oid", ActionPlane.DATA, GET, SECRET.text.lower())
IN_STORE = DeniedCall("0d1e-oid", ActionPlane.DATA, READ, KEY_VALUE.text)
IN_GROUP = DeniedCall("0d1e-oid", ActionPlane.CONTROL, WRITE, GROUP.text)
OF_OURS = [
    (shapes.key_vault, Forbidden(CALLER, GET, SECRET, "westeurope"), IN_VAULT),
    (shapes.key_vault, Forbidden(CALLER, GET, SECRET, "westeurope", deny=DENY), IN_VAULT),
    (
        shapes.key_vault,
        Forbidden(CALLER, GET, SECRET, "westeurope", "secrets/get"),
        DeniedByPolicy("0d1e-oid", "secrets/get", "orders"),
    ),
    (shapes.app_configuration, Forbidden(CALLER, READ, KEY_VALUE), IN_STORE),
    (shapes.resource_manager, Forbidden(CALLER, WRITE, GROUP), IN_GROUP),
    (shapes.resource_manager, Forbidden(CALLER, WRITE, GROUP, deny=DENY), IN_GROUP),
    (
        shapes.resource_manager,
        LinkedForbidden(Forbidden(CALLER, WRITE, GROUP), "a/write", SECRET),
        IN_GROUP,
    ),
]


@pytest.mark.parametrize(("shape", "error", "found"), OF_OURS)
def test_what_a_plane_says_of_a_denial_is_read_back(shape: Shape, error: WireError, found: object) -> None:
    assert denials_in(message_of(shape, error)) == (found,)
    assert denials_in(f"Traceback:\n  raise\n(Forbidden) {message_of(shape, error)}\nContent: none") == (
        found,
    )


@pytest.mark.parametrize(("shape", "error", "found"), OF_OURS)
def test_a_body_is_read_back_as_it_came(shape: Shape, error: WireError, found: object) -> None:
    assert denials_in(body_of(shape, error)) == (found,)


def test_a_caller_with_a_name_as_azure_writes_it_is_read() -> None:
    text = (
        "Caller: name=Microsoft.RecoveryServices/vaults;appid=5323f9a7;oid=faf80fe8;iss=https://sts/\\\\r\\\\n"
        f"Action: '{GET}'\\\\r\\\\nResource: '/subscriptions/s/resourcegroups/g'\\\\r\\\\n"
    )
    assert denials_in(text) == (
        DeniedCall("faf80fe8", ActionPlane.DATA, GET, "/subscriptions/s/resourcegroups/g"),
    )


def test_several_denials_are_each_read_once_in_their_order() -> None:
    texts = [message_of(shape, error) for shape, error, _ in OF_OURS]
    found = denials_in("\n".join([texts[4], texts[0], texts[4], texts[3]]))
    assert found == (IN_GROUP, IN_VAULT, IN_STORE)


def test_other_texts_tell_of_no_denial() -> None:
    assert denials_in("") == ()
    assert denials_in("Caller: nobody Action: 'x'") == ()
    assert denials_in("(SecretNotFound) A secret with (name/id) db was not found in this key vault") == ()
