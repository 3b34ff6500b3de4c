"""Azure's built-in roles, and finding one by what a person wrote.

Rules:
- a role is found by its GUID, by its full role definition id, or by its name, current or previous, without
  regard to case and to runs of white space; a current name wins over a previous one;
- permission blocks stay apart, each with its condition;
- roles that Azure has removed are known by name, so that the message can say so.

Source: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
"""

from __future__ import annotations

import difflib
import re
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.roles import RoleDefinition

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DEFINITION = "/providers/microsoft.authorization/roledefinitions/"
NEAREST = 3
"""How many names an error about an unknown role suggests."""


class RemovedRole(msgspec.Struct, frozen=True, rename="camel"):
    """A role that Azure once had; ``last_seen`` is the last day (ISO 8601) on which it was listed."""

    id: str
    name: str
    last_seen: str


class _RolesFile(msgspec.Struct, frozen=True, rename="camel"):
    built_in: tuple[RoleDefinition, ...]
    unlisted: tuple[RoleDefinition, ...]
    removed: tuple[RemovedRole, ...]


class UnknownRole(LookupError):
    """No role is called that. ``nearest`` are the names that come closest, the best one first."""

    def __init__(self, name: str, nearest: tuple[str, ...] = (), removed: RemovedRole | None = None) -> None:
        self.name = name
        self.nearest = nearest
        self.removed = removed
        super().__init__(_unknown_text(name, nearest, removed))


def built_in_roles() -> tuple[RoleDefinition, ...]:
    """Every role of Azure's default list, in the order of their names."""
    return _file().built_in


def unlisted_roles() -> tuple[RoleDefinition, ...]:
    """Roles that exist in Azure and are not in its default list: assignable, but never proposed."""
    return _file().unlisted


def removed_roles() -> tuple[RemovedRole, ...]:
    """Roles that Azure has taken away."""
    return _file().removed


def role_by_id(role_id: str) -> RoleDefinition | None:
    """The built-in or unlisted role with that GUID (or full role definition id); none where there is none."""
    return _by_id().get(_guid_of(role_id))


def role_named(name: str) -> RoleDefinition | None:
    """The role that is or was called that; none where there is none."""
    return _by_name().get(_plain(name))


def find_role(name_or_id: str) -> RoleDefinition:
    """The role that a person means by a name, a previous name, a GUID or a full role definition id.

    Raises:
        UnknownRole: there is none; it names the nearest ones, and says where Azure has removed the role.
    """
    role = role_by_id(name_or_id) or role_named(name_or_id)
    if role is None:
        raise _unknown(name_or_id)
    return role


@lru_cache(maxsize=1)
def _file() -> _RolesFile:
    return msgspec.json.decode(read_data("roles.json"), type=_RolesFile)


@lru_cache(maxsize=1)
def _by_id() -> dict[str, RoleDefinition]:
    return {role.id: role for role in (*unlisted_roles(), *built_in_roles())}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, RoleDefinition]:
    known = (*unlisted_roles(), *built_in_roles())
    names = {_plain(previous): role for role in known for previous in role.previous_names}
    return names | {_plain(role.name): role for role in known}


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _guid_of(text: str) -> str:
    lowered = text.strip().casefold()
    return lowered.rsplit("/", 1)[-1] if _DEFINITION in f"/{lowered}" else lowered


def _unknown(text: str) -> UnknownRole:
    wanted = _guid_of(text)
    removed = next((r for r in removed_roles() if wanted == r.id or _plain(text) == _plain(r.name)), None)
    if removed is None and _GUID.fullmatch(wanted):
        return UnknownRole(text)
    return UnknownRole(text, _nearest(removed.name if removed else text), removed)


def _nearest(name: str) -> tuple[str, ...]:
    names = _by_name()
    close = difflib.get_close_matches(_plain(name), names, n=2 * NEAREST, cutoff=0.5)
    return tuple(dict.fromkeys(names[match].name for match in close))[:NEAREST]


def _unknown_text(name: str, nearest: tuple[str, ...], removed: RemovedRole | None) -> str:
    if removed is not None:
        text = f"the role `{removed.name}` was removed from Azure (last listed on {removed.last_seen})"
    else:
        text = f"`{name}` is not a built-in role of Azure"
    if not nearest:
        return f"{text}; look its name or id up with `az role definition list`"
    return f"{text}; the nearest are {', '.join(f'`{near}`' for near in nearest)}"
