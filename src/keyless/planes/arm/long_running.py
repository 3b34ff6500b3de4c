"""Long-running operations: what a call that Azure does in the background answers, and where it is polled.

Rules:
- the work is done when the call is answered; the client still sees the protocol that the operation documents:
  the first status, the headers that say where to look, and the answers there;
- `Azure-AsyncOperation` leads to a status (`{"id", "name", "status", "startTime", "endTime"}`), `Location` to
  the result as the operation itself would give it; `Retry-After` is 0, because nothing has to be waited for;
- an operation is known by a random GUID, for a day, to whoever has started it and to whoever may read what
  it was on; to all others it does not exist.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""

from __future__ import annotations

import enum
from typing import Any

import msgspec

from keyless.model.resource_id import ResourceId
from keyless.planes.arm.api_versions import ANY
from keyless.planes.arm.moments import moment
from keyless.planes.arm.scopes import anybody, of_tenant
from keyless.planes.arm.service import Arm
from keyless.store.ports import Collection, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

KEPT_S = 24 * 60 * 60
_encode = msgspec.json.Encoder().encode
_SPEC = "https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations"
_WHY = "whoever has started an operation may ask how it went, and whoever may read what it was on"


class Done(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A long-running operation as it is kept; times are epoch seconds.

    ``read_action`` at ``scope`` lets others than its ``caller`` (an object id) look at it; ``result`` is the
    body that its `Location` gives with ``result_status``, none where there is none.
    """

    id: str
    caller: str
    scope: str
    read_action: str
    at: float
    result: bytes | None = None
    result_status: int = 200
    error_code: str = ""
    error_message: str = ""


OPERATIONS_DONE = Collection("management-operations", Done, sealed=True)
"""By id. Sealed, because a result may be what a resource answers."""


class Poll(enum.Flag):
    """Which of the headers an operation answers with."""

    STATUS = enum.auto()
    """`Azure-AsyncOperation`."""
    RESULT = enum.auto()
    """`Location`."""


class OperationStatus(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """The status of a long-running operation, as the wire has it."""

    id: str
    name: str
    status: str
    start_time: str
    end_time: str
    percent_complete: float = 100
    error: dict[str, str] | None = None


async def keep(
    transaction: Transaction,
    call: Authorized[Any],
    arm: Arm,
    *,
    scope: ResourceId,
    read_action: str,
    result: object = None,
    result_status: int | None = None,
) -> Done:
    """Note that an operation was done, as a part of doing it; what is a day old is forgotten.

    ``result`` is what the resource's own answer would be, none where the operation leaves nothing behind;
    ``result_status`` is then 204, if not given.
    """
    status = result_status or (204 if result is None else 200)
    body = None if result is None else _encode(result)
    done = Done(
        arm.new_guid(), call.principal.principal_id, scope.text, read_action, call.request.now, body, status
    )
    for key, old in await transaction.scan(OPERATIONS_DONE):
        if old.at < call.request.now - KEPT_S:
            await transaction.delete(OPERATIONS_DONE, key)
    await transaction.put(OPERATIONS_DONE, (done.id,), done)
    return done


def reply(
    call: Authorized[Any],
    done: Done,
    *,
    namespace: str = "",
    location: str = "global",
    polls: Poll = Poll.RESULT,
    status: int = 202,
    body: object = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Reply:
    """The first answer of a long-running operation; ``body`` is the resource's, of a PUT.

    Without a ``namespace`` it is one of ARM's own, whose results lie directly below the subscription. What
    lies in no subscription is asked after without one.
    """
    subscription = ResourceId.parse(done.scope).subscription_id or call.params.get("subscription_id")
    place = f"https://{call.request.host}" + (f"/subscriptions/{subscription}" if subscription else "")
    if namespace:
        place = f"{place}/providers/{namespace}/locations/{location.replace(' ', '').lower()}"
    version = f"?api-version={call.api_version}"
    found = [("retry-after", "0")]
    if Poll.STATUS in polls:
        found.append(("azure-asyncoperation", f"{place}/operationStatuses/{done.id}{version}"))
    if Poll.RESULT in polls:
        found.append(("location", f"{place}/operationResults/{done.id}{version}"))
    return Reply(body, status, (*headers, *found))


@operation(
    id="OperationStatuses.Get",
    route=(
        (
            "GET /subscriptions/{subscription_id}/providers/{namespace}/locations/{location}"
            "/operationStatuses/{operation_id}"
        ),
        "GET /providers/{namespace}/locations/{location}/operationStatuses/{operation_id}",
    ),
    api_versions=ANY,
    access=anybody(of_tenant, reason=_WHY),
    response=OperationStatus,
    errors=(NotFound,),
    spec=_SPEC,
)
async def get_status(call: Authorized[None], arm: Arm) -> OperationStatus:
    """Tell how a long-running operation has gone."""
    done = await _readable(call, arm)
    when = moment(done.at)
    error = {"code": done.error_code, "message": done.error_message} if done.error_code else None
    status = "Failed" if done.error_code else "Succeeded"
    return OperationStatus(call.request.path, done.id, status, when, when, error=error)


@operation(
    id="OperationResults.Get",
    route=(
        (
            "GET /subscriptions/{subscription_id}/providers/{namespace}/locations/{location}"
            "/operationResults/{operation_id}"
        ),
        "GET /subscriptions/{subscription_id}/operationResults/{operation_id}",
        "GET /providers/{namespace}/locations/{location}/operationResults/{operation_id}",
    ),
    api_versions=ANY,
    access=anybody(of_tenant, reason=_WHY),
    errors=(NotFound,),
    spec=_SPEC,
)
async def get_result(call: Authorized[None], arm: Arm) -> Reply:
    """Return what a long-running operation has come to."""
    done = await _readable(call, arm)
    return Reply(done.result, done.result_status)


async def _readable(call: Authorized[Any], arm: Arm) -> Done:
    """An operation that the caller may know of."""
    wanted = call.params["operation_id"]
    done = await arm.store.get(OPERATIONS_DONE, (wanted,))
    if done is None or done.at < call.request.now - KEPT_S or not _may_know(call, done):
        raise NotFound(f"The operation '{wanted[:64]}' was not found.", code="OperationNotFound")
    return done


def _may_know(call: Authorized[Any], done: Done) -> bool:
    scope = ResourceId.parse(done.scope)
    if (scope.subscription_id or "").casefold() != call.params.get("subscription_id", "").casefold():
        return False
    own = done.caller == call.principal.principal_id
    return own or call.may(done.read_action, scope)


OPERATIONS: tuple[Operation, ...] = (get_status, get_result)
