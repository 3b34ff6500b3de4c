"""Roles of the directory and permissions of Microsoft Graph that templates give to workloads.

Rules:
- they are those with which the holder can make itself, or another, administrator of the directory;
- `azuread_directory_role` is followed from the assignment; a permission that an application asks for
  (`required_resource_access`) is not given yet, and is left where the same file gives it;
- who cannot be told to be a workload (a user, a group) is left.

Source: https://learn.microsoft.com/entra/identity/role-based-access-control/privileged-roles-permissions
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.repository import Repository
from keyless.assess.rules.privilege._who import Who, who_is
from keyless.assess.syntax.expressions import (
    Expr,
    Index,
    Items,
    Loop,
    Record,
    dotted,
    entry_of,
    text_of,
    within,
)
from keyless.assess.syntax.records import text_at
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.templates import Resource, Template
from keyless.catalog.privileged_directory_roles import privileged_directory_role

_INSTEAD = "use a permission that is limited to what it owns or reads"


@dataclass(frozen=True, slots=True)
class DirectoryGrant:
    """A role or permission; ``given`` is false for one that is only asked for."""

    place: Place
    role: str
    subject: str
    given: bool = True
    instead: str = _INSTEAD


def directory_grants(repository: Repository) -> Iterator[DirectoryGrant]:
    """Those that make whoever holds them administrator."""
    found = list(_all(repository))
    given = {(one.place.path, one.role) for one in found if one.given}
    for one in found:
        if one.given or (one.place.path, one.role) not in given:
            yield one


def _all(repository: Repository) -> Iterator[DirectoryGrant]:
    names = _role_names(repository)
    for template in repository.templates:
        for resource in template.resources:
            if not resource.existing:
                yield from _given_by(template, resource, names)


def _given_by(template: Template, resource: Resource, names: dict[str, str]) -> Iterator[DirectoryGrant]:
    kind = resource.type.casefold()
    if kind == "azuread_directory_role_member":
        yield from _assigned(template, resource, names, "role_object_id", "member_object_id")
    elif kind == "azuread_directory_role_assignment":
        yield from _assigned(template, resource, names, "role_id", "principal_object_id")
    elif kind == "azuread_app_role_assignment":
        yield from _assigned(template, resource, names, "app_role_id", "principal_object_id")
    elif kind == "microsoft.graph/approleassignedto":
        yield from _assigned(template, resource, names, "appRoleId", "principalId")
    elif kind == "azuread_application":
        yield from _asked(template, resource)


def _assigned(
    template: Template, resource: Resource, names: dict[str, str], role: str, principal: str
) -> Iterator[DirectoryGrant]:
    written = entry_of(resource.body, role)
    holder = entry_of(resource.body, principal)
    if written is None or (holder is not None and who_is(holder.value) is Who.PEOPLE):
        return
    found = _privileged(written.value, names, template)
    if found:
        yield DirectoryGrant(Place(template.path, resource.head), found, resource.symbol)


def _privileged(expression: Expr, names: dict[str, str], template: Template) -> str:
    for part in within(expression):
        text = text_of(part)
        if isinstance(part, Index):
            text = text_of(part.key)
        if text is None:
            text = names.get(_address(template, dotted(part) or ""))
        found = privileged_directory_role(text) if text else None
        if found:
            return found
    return ""


def _asked(template: Template, resource: Resource) -> Iterator[DirectoryGrant]:
    for block in _blocks(resource.body, "required_resource_access"):
        for access in _blocks(block, "resource_access"):
            kind, role = entry_of(access, "type"), entry_of(access, "id")
            if kind is None or role is None or (text_of(kind.value) or "").casefold() != "role":
                continue
            found = _privileged(role.value, {}, template)
            if found:
                place = Place(template.path, role.span)
                yield DirectoryGrant(place, found, resource.symbol, given=False)


def _blocks(record: Expr, key: str) -> Iterator[Record]:
    """The blocks of a name, however many there are."""
    entries = record.entries if isinstance(record, Record) else ()
    for entry in entries:
        if (text_of(entry.key) or "").casefold() != key:
            continue
        values = entry.value.items if isinstance(entry.value, Items) else (entry.value,)
        for value in values:
            inner = value.value if isinstance(value, Loop) else value
            if isinstance(inner, Record):
                yield inner


def _role_names(repository: Repository) -> dict[str, str]:
    """The names of directory roles that templates activate, by the address that others refer to."""
    found = {}
    for template in repository.templates:
        for resource in template.resources:
            if resource.type != "azuread_directory_role":
                continue
            for key in ("display_name", "template_id"):
                name = text_at(resource.body, key)
                if name:
                    symbol = resource.symbol.rpartition(".")[2]
                    found[_address(template, f"azuread_directory_role.{symbol}")] = name
    return found


def _address(template: Template, written: str) -> str:
    folder = template.path.rpartition("/")[0]
    return f"{folder}:{'.'.join(written.split('.')[:2])}"
