"""The roles that templates define themselves.

Rules:
- a role is known where all of its lists of actions are written out; one that a parameter adds to is not;
- its id is the symbol that the template has for it, since Azure's is made at deployment.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.syntax.expressions import Expr, Items, Loop, Record, entry_of, text_of
from keyless.assess.syntax.templates import Resource
from keyless.model.roles import Permission, RoleDefinition

_LISTS = (
    ("actions", "actions"),
    ("notActions", "not_actions"),
    ("dataActions", "data_actions"),
    ("notDataActions", "not_data_actions"),
)


def custom_role(resource: Resource) -> RoleDefinition | None:
    """The role that a resource defines; none where it is not all written out."""
    body = body_of(resource.body)
    blocks = [_permission(one) for one in permission_blocks(body)]
    known = tuple(one for one in blocks if one is not None)
    if not known or len(known) < len(blocks):
        return None
    return RoleDefinition(id=resource.symbol, name=_name(body, resource), permissions=known, custom=True)


def body_of(record: Expr) -> Expr:
    """What says what a role is: its properties, or all of it where they stand alone."""
    properties = entry_of(record, "properties")
    return record if properties is None else properties.value


def permission_blocks(body: Expr) -> Iterator[Record]:
    """The blocks of permissions of a role, however a language writes them."""
    for entry in body.entries if isinstance(body, Record) else ():
        if (text_of(entry.key) or "").casefold() != "permissions":
            continue
        for value in entry.value.items if isinstance(entry.value, Items) else (entry.value,):
            inner = value.value if isinstance(value, Loop) else value
            if isinstance(inner, Record):
                yield inner


def _permission(block: Record) -> Permission | None:
    lists = [_texts(block, *names) for names in _LISTS]
    if any(one is None for one in lists):
        return None
    actions, not_actions, data_actions, not_data_actions = (one or () for one in lists)
    return Permission(actions, not_actions, data_actions, not_data_actions)


def _texts(block: Record, *names: str) -> tuple[str, ...] | None:
    """The texts of a list; none where it is not written out."""
    entry = next((found for name in names if (found := entry_of(block, name)) is not None), None)
    if entry is None:
        return ()
    if not isinstance(entry.value, Items):
        return None
    texts = [text_of(one) for one in entry.value.items]
    return None if None in texts else tuple(one for one in texts if one is not None)


def _name(body: Expr, resource: Resource) -> str:
    entry = entry_of(body, "roleName") or entry_of(resource.body, "name")
    return (text_of(entry.value) if entry is not None else None) or resource.symbol.rpartition(".")[2]
