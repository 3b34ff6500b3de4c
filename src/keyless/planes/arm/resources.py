"""Generic resources: of any type that has no package of its own, by id; and lists of resources of all types.

Rules:
- the actions are the type's own: `Microsoft.Web/sites/write` at the site, as its provider would ask for;
- a resource lies in a resource group that is there, and stays in its region;
- of a type with a package of its own the package's operations answer; what it does not have is not there;
- a list shows what its caller may read, each by its own type's `read`.

Source: https://learn.microsoft.com/rest/api/resources/resources
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from keyless.catalog.services import identity_support
from keyless.model.actions import ActionPlane
from keyless.model.identities import ComputeResource
from keyless.model.management import GenericResource
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.planes.arm.api_versions import ANY, RESOURCES
from keyless.planes.arm.errors import InvalidContent, InvalidResourceType, ResourceElsewhere, ResourceNotFound
from keyless.planes.arm.etags import check_conditions
from keyless.planes.arm.filters import Fields, read_filter
from keyless.planes.arm.held import Held, held_at, held_within
from keyless.planes.arm.held_deletion import delete_held
from keyless.planes.arm.host_identity import AskedIdentity, with_identity
from keyless.planes.arm.moments import moment
from keyless.planes.arm.paging import Page, page
from keyless.planes.arm.places import group_named_in, group_of, subscription_of, within
from keyless.planes.arm.regions import plain
from keyless.planes.arm.resource_types import SERVED_NAMESPACES, spelled, spelled_type
from keyless.planes.arm.resource_writing import (
    Json,
    answered,
    body_of,
    host_of,
    identity_of,
    merged,
    put_resource,
    tags_of,
    written_of,
)
from keyless.planes.arm.scopes import GROUP, needs, of_group, of_subscription
from keyless.planes.arm.service import Arm
from keyless.planes.arm.tag_filters import TAG_FIELDS, has_tags
from keyless.store.ports import Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.errors import Conflict, InvalidRequest, NotFound
from keyless.wire.operation import Operation, Requires, operation

READ_ALL = "Microsoft.Resources/subscriptions/resources/read"
READ_ALL_IN_GROUP = "Microsoft.Resources/subscriptions/resourceGroups/resources/read"
_SPEC = "https://learn.microsoft.com/rest/api/resources/resources/"
_ITEM = GROUP + "/providers/{namespace}/{type}/{resource*}"
_FIELDS = TAG_FIELDS | {
    "resourcetype",
    "name",
    "resourcegroup",
    "location",
    "identity",
    "identity/principalid",
    "plan",
    "plan/publisher",
    "plan/product",
    "plan/name",
    "plan/version",
}


def of_item(site: object, params: Mapping[str, str]) -> ResourceId:
    """The resource that the route names.

    Raises:
        InvalidRequest: it is no id of one.
    """
    words = "/".join(params[name] for name in ("namespace", "type", "resource"))
    text = f"{of_group(site, params)}/providers/{words}"
    try:
        return spelled(ResourceId.parse(text))
    except InvalidResourceId as error:
        raise InvalidRequest(str(error), code="InvalidResourceId") from error


def type_in(params: Mapping[str, str]) -> Mapping[str, str]:
    """What an action with `{resource_type}` in it is filled with."""
    return {"resource_type": of_item(None, params).resource_type or ""}


def listed_type(params: Mapping[str, str]) -> Mapping[str, str]:
    """The same for a list of one type."""
    return {"resource_type": spelled_type(f"{params['namespace']}/{params['type']}")}


def _needs(verb: str) -> Requires:
    return Requires((f"{{resource_type}}/{verb}",), of_item, ActionPlane.CONTROL, fill=type_in)


@operation(
    id="Resources.CreateOrUpdateById",
    route=f"PUT {_ITEM}",
    api_versions=ANY,
    access=_needs("write"),
    body=dict[str, Any],
    errors=(InvalidRequest, NotFound, Conflict),
    spec=_SPEC + "create-or-update-by-id",
)
async def put_item(call: Authorized[Json], arm: Arm) -> Reply:
    """Create a resource of any type, or replace what is said of one."""
    async with arm.store.transaction() as transaction:
        place, there = await _place(transaction, call, arm)
        location = _location(call.body, there)
        made_on = there.created_on if there else call.now
        written = GenericResource(
            place.text, location, tags_of(call.body) or {}, body_of(call.body), made_on, call.now
        )
        shown = await _keep(transaction, call, arm, written, there, adds=False)
    return Reply(shown, 201 if there is None else 200)


@operation(
    id="Resources.UpdateById",
    route=f"PATCH {_ITEM}",
    api_versions=ANY,
    access=_needs("write"),
    body=dict[str, Any],
    errors=(InvalidRequest, NotFound, Conflict),
    spec=_SPEC + "update-by-id",
)
async def patch_item(call: Authorized[Json], arm: Arm) -> Json:
    """Change a part of a resource."""
    async with arm.store.transaction() as transaction:
        place, there = await _place(transaction, call, arm)
        if there is None:
            raise ResourceNotFound(place)
        if call.body.get("location") is not None:
            _location(call.body, there)
        before, tags = written_of(there), tags_of(call.body)
        written = msgspec.structs.replace(
            before,
            tags=before.tags if tags is None else tags,
            body=merged(before.body, body_of(call.body)),
            updated_on=call.now,
        )
        return await _keep(transaction, call, arm, written, there, adds=True)


@operation(
    id="Resources.GetById",
    route=f"GET {_ITEM}",
    api_versions=ANY,
    access=_needs("read"),
    errors=(NotFound,),
    spec=_SPEC + "get-by-id",
)
async def get_item(call: Authorized[None], arm: Arm) -> Json:
    """Return a resource of any type."""
    tenant = await arm.authority.tenant()
    return await answered(arm.store, await _there(call, arm), tenant.tenant_id)


@operation(
    id="Resources.CheckExistenceById",
    route=f"HEAD {_ITEM}",
    api_versions=ANY,
    access=_needs("read"),
    errors=(NotFound,),
    spec=_SPEC + "check-existence-by-id",
)
async def head_item(call: Authorized[None], arm: Arm) -> Reply:
    """Tell whether there is such a resource."""
    await _there(call, arm)
    return Reply(status=204)


@operation(
    id="Resources.DeleteById",
    route=f"DELETE {_ITEM}",
    api_versions=ANY,
    access=_needs("delete"),
    errors=(NotFound, Conflict),
    spec=_SPEC + "delete-by-id",
)
async def delete_item(call: Authorized[None], arm: Arm) -> Reply:
    """Delete a resource, with what is below it and the identity of its own."""
    async with arm.store.transaction() as transaction:
        place, there = await _place(transaction, call, arm)
        if there is None:
            return Reply(status=204)
        await delete_held(transaction, await held_within(transaction, place), arm, call)
    return Reply(status=200)


@operation(
    id="Resources.List",
    route="GET /subscriptions/{subscription_id}/resources",
    api_versions=RESOURCES,
    access=needs(READ_ALL, of_subscription, below=True),
    errors=(NotFound, InvalidRequest),
    spec=_SPEC + "list",
)
async def list_all(call: Authorized[None], arm: Arm) -> Page[Json]:
    """List the resources of a subscription that the caller may read."""
    await subscription_of(arm, call.params)
    return await _listed(call, arm, of_subscription(None, call.params))


@operation(
    id="Resources.ListByResourceGroup",
    route=f"GET {GROUP}/resources",
    api_versions=RESOURCES,
    access=needs(READ_ALL_IN_GROUP, of_group, below=True),
    errors=(NotFound, InvalidRequest),
    spec=_SPEC + "list-by-resource-group",
)
async def list_group(call: Authorized[None], arm: Arm) -> Page[Json]:
    """List the resources of a resource group that the caller may read."""
    group = await group_of(arm, call.params)
    return await _listed(call, arm, ResourceId.parse(group.resource_id))


def _of_type(name: str, route: str, scope: Any) -> Operation:  # noqa: ANN401  # a ScopeOf
    """The list of the resources of one type at a scope."""

    @operation(
        id=f"Resources.{name}",
        route=f"GET {route}/providers/{{namespace}}/{{type}}",
        api_versions=ANY,
        access=Requires(("{resource_type}/read",), scope, ActionPlane.CONTROL, fill=listed_type, below=True),
        errors=(NotFound,),
        spec=_SPEC + "list",
    )
    async def list_type(call: Authorized[None], arm: Arm) -> Page[Json]:
        """List the resources of one type that the caller may read."""
        await (group_of if scope is of_group else subscription_of)(arm, call.params)
        tenant = await arm.authority.tenant()
        wanted = listed_type(call.params)["resource_type"]
        _check_generic(wanted, call.api_version)
        found = [
            await answered(arm.store, one, tenant.tenant_id)
            for one in await held_within(arm.store, scope(None, call.params))
            if one.resource.is_type(wanted) and call.may(f"{wanted}/read", one.resource)
        ]
        return page(call, found, _key)

    return list_type


async def _listed(call: Authorized[Any], arm: Arm, scope: ResourceId) -> Page[Json]:
    wanted = read_filter(call.request.query.get("$filter"), _FIELDS)
    tenant = await arm.authority.tenant()
    found = [
        one
        for one in await held_within(arm.store, scope)
        if has_tags(wanted, one.tags, await _fields(arm, one, tenant.tenant_id))
        and call.may(f"{one.resource.resource_type}/read", one.resource)
    ]
    return page(call, [await _short(call, arm, one, tenant.tenant_id) for one in found], _key)


async def _fields(arm: Arm, one: Held, tenant_id: str) -> Fields:
    plan = one.more.get("plan")
    identity = await identity_of(arm.store, one, tenant_id) or {}
    return {
        "resourcetype": one.resource.resource_type,
        "name": one.resource.name,
        "resourcegroup": one.resource.resource_group,
        "location": plain(one.location),
        "identity": identity.get("type"),
        "identity/principalid": identity.get("principalId"),
        "plan": None,
        **{f"plan/{name}": _text(plan, name) for name in ("publisher", "product", "name", "version")},
    }


def _text(of: object, name: str) -> str | None:
    value = of.get(name) if isinstance(of, dict) else None
    return value if isinstance(value, str) else None


async def _short(call: Authorized[Any], arm: Arm, one: Held, tenant_id: str) -> Json:
    """A resource as it stands in a list: without its properties, with what `$expand` asks for."""
    shown = await answered(arm.store, one, tenant_id)
    shown = {name: value for name, value in shown.items() if name in _IN_A_LIST}
    expanded = {part.strip().casefold() for part in (call.request.query.get("$expand") or "").split(",")}
    return shown | dict(_expanded(one, expanded))


_IN_A_LIST = frozenset(
    {"id", "name", "type", "location", "tags", "identity", "kind", "sku", "plan", "managedBy"}
)


def _expanded(one: Held, names: set[str]) -> Iterator[tuple[str, str]]:
    if "createdtime" in names and one.created_on:
        yield "createdTime", moment(one.created_on)
    if "changedtime" in names and (one.updated_on or one.created_on):
        yield "changedTime", moment(one.updated_on or one.created_on)
    if "provisioningstate" in names:
        yield "provisioningState", "Succeeded"


async def _keep(
    transaction: Transaction,
    call: Authorized[Json],
    arm: Arm,
    written: GenericResource,
    there: Held | None,
    *,
    adds: bool,
) -> Json:
    """Write a resource with the identity that the body asks for, and show it."""
    place = ResourceId.parse(written.resource_id)
    check_conditions(call, place, there.record if there else None)
    asked = _asked_identity(call.body, place)
    is_host = there is not None and isinstance(there.record, ComputeResource)
    host = host_of(there, place, written.location) if asked or is_host else None
    if host is not None and asked is not None:
        write = f"{place.resource_type}/write"
        host = await with_identity(transaction, call, host, asked, write, adds=adds)
    await put_resource(transaction, written, host, call.machine_time)
    made = await held_at(transaction, place)
    tenant = await arm.authority.tenant()
    return await answered(transaction, made, tenant.tenant_id) if made else {}


def _asked_identity(body: Json, place: ResourceId) -> AskedIdentity | None:
    given = body.get("identity")
    if given is None:
        return None
    try:
        asked = msgspec.convert(given, AskedIdentity)
    except msgspec.ValidationError as error:
        raise InvalidContent(f"`identity` can't be read: {error}", field="identity") from error
    if identity_support(place.resource_type or "") is None:
        raise InvalidContent(
            f"a resource of type `{place.resource_type}` is not known to have an identity",
            code="ResourceIdentityNotSupported",
        )
    return asked


async def _place(transaction: Transaction, call: Authorized[Any], arm: Arm) -> tuple[ResourceId, Held | None]:
    """The id of the resource that is asked for, with the spelling of what is there; and what is there."""
    asked = of_item(None, call.params)
    group = await group_named_in(arm, asked, transaction)
    _check_generic(asked.resource_type or "", call.api_version)
    there = await held_at(transaction, asked)
    return (there.resource if there else within(group, asked)), there


async def _there(call: Authorized[Any], arm: Arm) -> Held:
    asked = of_item(None, call.params)
    await group_named_in(arm, asked)
    _check_generic(asked.resource_type or "", call.api_version)
    there = await held_at(arm.store, asked)
    if there is None:
        raise ResourceNotFound(asked)
    return there


def _check_generic(resource_type: str, api_version: str) -> None:
    """Refuse a type of a provider that has a package of its own, which would have answered if it had it."""
    namespace, _, rest = resource_type.partition("/")
    if namespace.casefold() in SERVED_NAMESPACES:
        raise InvalidResourceType(rest, namespace, api_version)


def _location(body: Json, there: Held | None) -> str:
    """Where a resource is, or will be; resources without a place (extensions, children) may say nothing."""
    asked = body.get("location")
    if asked is not None and not isinstance(asked, str):
        raise InvalidContent("`location` must be a text", field="location")
    if there is None:
        return plain(asked or "")
    if asked and plain(asked) != plain(there.location):
        raise ResourceElsewhere(there.resource.name, there.location, asked)
    return there.location


def _key(shown: Json) -> str:
    return str(shown["id"]).casefold()


OPERATIONS: tuple[Operation, ...] = (
    put_item,
    patch_item,
    get_item,
    head_item,
    delete_item,
    list_all,
    list_group,
    _of_type("ListByType", "/subscriptions/{subscription_id}", of_subscription),
    _of_type("ListByTypeInGroup", GROUP, of_group),
)
