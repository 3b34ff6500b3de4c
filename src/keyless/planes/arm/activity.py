"""The activity log: one event for every write of the management plane, also for those refused and failed.

Rules:
- an event is kept before the write is answered, for 90 days; if it can't be kept, the write is not answered;
- it says who did what, where, by which role assignment and how it went; of what was written it has no value;
- the caller is a person's name, of all others the object id; claims are those that tell who it was.

Source: https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema#administrative-category
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from keyless.model.identities import Principal, PrincipalKind
from keyless.model.management import ActivityEvent
from keyless.model.resource_id import ROOT, InvalidResourceId, ResourceId
from keyless.planes.arm.service import Arm
from keyless.store.collections import ACTIVITY_LOG
from keyless.store.ports import Key, Transaction
from keyless.wire.plane import Performed
from keyless.wire.request import Request

KEPT_S = 90 * 24 * 60 * 60
_CLAIMS = "http://schemas.microsoft.com/identity/claims/"
_UPN = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn"
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_PRUNED_AT_ONCE = 32


async def keep_event(arm: Arm, performed: Performed) -> None:
    """Keep the event of a write, and forget events that are too old."""
    event = event_of(performed, arm.new_guid())
    async with arm.store.transaction() as transaction:
        await transaction.put(ACTIVITY_LOG, _key(event), event)
        await _forget(transaction, performed.request.now - KEPT_S)


def event_of(performed: Performed, event_id: str) -> ActivityEvent:
    """What the log tells of a write."""
    request, caller = performed.request, performed.caller
    action = performed.actions[0] if performed.actions else performed.operation.id
    return ActivityEvent(
        event_id=event_id,
        correlation_id=correlation_id(request),
        at=request.now,
        operation=action,
        resource_id=_resource(performed).text,
        caller=caller.name or caller.principal_id,
        caller_object_id=caller.principal_id,
        status="Succeeded" if performed.error is None else "Failed",
        sub_status=performed.status,
        claims=dict(_claims(caller)),
        authorization_scope=performed.scope.text if performed.scope else "",
        role_assignment_id=performed.granted_by,
        method=request.method,
        client_request_id=_said(request, "x-ms-client-request-id"),
        properties=dict(_properties(performed)),
    )


def correlation_id(request: Request) -> str:
    """What ties together the events of one thing that a client did."""
    return _said(request, "x-ms-correlation-request-id") or request.request_id


def _said(request: Request, header: str) -> str:
    """An id that a client gave; nothing else that it may have put into the header."""
    given = request.headers.get(header) or ""
    return given if _ID.fullmatch(given) else ""


def _resource(performed: Performed) -> ResourceId:
    """What the write was on: what its path names, where that lies within what was decided on."""
    scope = performed.scope or ROOT
    try:
        named = ResourceId.parse(performed.request.path)
    except InvalidResourceId:
        return scope
    return named if scope.contains(named) else scope


def _claims(caller: Principal) -> Iterator[tuple[str, str]]:
    yield "iss", caller.issuer
    yield "appid", caller.client_id
    yield "ver", "1.0"
    yield f"{_CLAIMS}objectidentifier", caller.principal_id
    yield f"{_CLAIMS}tenantid", caller.tenant_id
    if caller.kind is PrincipalKind.USER:
        yield "name", caller.name
        yield _UPN, caller.name
    else:
        yield "idtyp", "app"


def _properties(performed: Performed) -> Iterator[tuple[str, str]]:
    yield "statusCode", HTTPStatus(performed.status).phrase.replace(" ", "")
    yield "eventCategory", "Administrative"
    yield "entity", _resource(performed).text
    if performed.error is not None:
        yield "errorCode", performed.error.code


async def _forget(transaction: Transaction, before: float) -> None:
    for key, event in await transaction.scan(ACTIVITY_LOG, limit=_PRUNED_AT_ONCE):
        if event.at < before:
            await transaction.delete(ACTIVITY_LOG, key)


def _key(event: ActivityEvent) -> Key:
    return f"{int(event.at):016d}", event.event_id
