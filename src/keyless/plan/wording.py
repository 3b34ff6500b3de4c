"""Small helpers for prose."""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import STORE_TYPE, VAULT_TYPE

_KINDS = {VAULT_TYPE.casefold(): "vault", STORE_TYPE.casefold(): "store"} | {
    f"{VAULT_TYPE}/{objects}".casefold(): objects.removesuffix("s")
    for objects in ("secrets", "keys", "certificates")
}


def counted(number: int, noun: str) -> str:
    """``1 role``, ``2 roles``, ``1,200 roles``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def quoted(texts: Sequence[str], most: int = 3, noun: str = "action") -> str:
    """Texts in backticks; where there are more than ``most``, only how many."""
    return listed([f"`{text}`" for text in texts]) if len(texts) <= most else f"the {len(texts)} {noun}s"


def short_scope(scope: ResourceId) -> str:
    """A scope as people call it: type and name of the resource, the resource group, the subscription."""
    kind = scope.resource_type
    if kind is not None:
        names = scope.segments[-2 * kind.count("/") + 1 :: 2]
        last = kind.rsplit("/", 1)[-1]
        return f"{_KINDS.get(kind.casefold(), last)} {'/'.join(names)}"
    if scope.resource_group is not None:
        return f"resource group {scope.resource_group}"
    return f"subscription {scope.subscription_id}" if scope.subscription_id else scope.text


def place(text: str) -> str:
    """An id as people call it; what is no id as it is."""
    if not text.startswith("/"):
        return text
    try:
        return short_scope(ResourceId.parse(text))
    except InvalidResourceId:
        return text
