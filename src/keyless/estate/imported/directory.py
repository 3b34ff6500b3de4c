"""Who an object id is: `az ad sp list`, `az ad user list`, `az ad group list`, and Microsoft Graph's lists.

Rules:
- the service principal of a managed identity names its resource among its alternative names, so that the list
  alone tells whose it is;
- of a directory only those are taken in that something in the estate names; the rest is counted;
- credentials of applications are not read, not even their hints.

Source: https://learn.microsoft.com/graph/api/resources/serviceprincipal
"""

from __future__ import annotations

from keyless.estate.imported.entry import Entry, as_guid
from keyless.estate.imported.existing import Known
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE

SERVICE_PRINCIPAL, USER, GROUP = "ServicePrincipal", "User", "Group"


def kind_of(entry: Entry) -> str | None:
    """What kind of object of the directory an entry is; none where it is none of the three."""
    told = entry.text("@odata.type").casefold()
    body = {key.casefold() for key in entry.body}
    if told == "#microsoft.graph.serviceprincipal" or body >= {"appid", "serviceprincipaltype"}:
        return SERVICE_PRINCIPAL
    if told == "#microsoft.graph.user" or "userprincipalname" in body:
        return USER
    if told == "#microsoft.graph.group" or body >= {"displayname", "securityenabled"}:
        return GROUP
    return None


def is_registration(entry: Entry) -> bool:
    """Whether an entry is an application's registration, of which the service principal says who it is."""
    body = {key.casefold() for key in entry.body}
    return "appid" in body and "signinaudience" in body and "serviceprincipaltype" not in body


def managed_identity_of(entry: Entry) -> ManagedIdentity | None:
    """The managed identity that a service principal is; none where it is none, or does not say of what."""
    if entry.text("servicePrincipalType").casefold() != "managedidentity":
        return None
    for name in entry.texts("alternativeNames"):
        try:
            place = ResourceId.parse(name)
        except InvalidResourceId:
            continue
        is_given = place.is_type(USER_ASSIGNED_IDENTITY_TYPE)
        kind = IdentityKind.USER_ASSIGNED if is_given else IdentityKind.SYSTEM_ASSIGNED
        return ManagedIdentity(kind, place.name, place.text, entry.guid("appId"), entry.guid("id"))
    return None


def principal_record(entry: Entry, kind: str) -> Known:
    """The record of somebody of the directory who is no managed identity of a known resource."""
    principal_id = entry.guid("id")
    if kind == USER:
        name = entry.needed("userPrincipalName")
        user = User(principal_id, name, entry.text("displayName", name))
        return Known(user, ("user_principal_name", "display_name"), entry.rank)
    if kind == GROUP:
        return _group(entry, principal_id)
    application = Application(entry.text("displayName", principal_id), entry.guid("appId"), principal_id)
    return Known(application, ("name", "principal_id"), entry.rank)


def identity_record(identity: ManagedIdentity, entry: Entry) -> Known:
    """A managed identity of which only its service principal tells."""
    if identity.kind is IdentityKind.USER_ASSIGNED:
        return Known(identity, ("client_id", "principal_id"), entry.rank)
    host = ComputeResource(identity.resource_id, identity.name, "", identity)
    return Known(host, ("system_assigned",), entry.rank)


def _group(entry: Entry, principal_id: str) -> Known:
    group = Group(
        principal_id,
        entry.text("displayName", principal_id),
        entry.prose("description"),
        entry.text("mailNickname"),
        _ids(entry, "members"),
        _ids(entry, "owners"),
    )
    said = ["display_name", "description", "mail_nickname"]
    said += [name for name in ("members", "owners") if entry.get(name) is not None]
    return Known(group, tuple(said), entry.rank)


def _ids(entry: Entry, name: str) -> tuple[str, ...]:
    """The ids of a group's people: as Terraform lists them, or as Graph expands them (`$expand=members`)."""
    found = entry.get(name) or []
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return tuple(as_guid(one, name) for one in found)
    return tuple(one.guid("id") for one in entry.parts(name))
