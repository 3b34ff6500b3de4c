"""What a person types to `keyless explain`, understood: an action, and a scope as an id or an address."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from keyless.cli.failure import Failure
from keyless.lifecycle.replicas import store_at
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import key_value_scope, snapshot_scope
from keyless.store.collections import VAULTS
from keyless.store.ports import Store

_IN_VAULTS = ("secrets", "keys", "certificates")


def known_action(text: str) -> tuple[ActionPlane, str]:
    """An action of the catalog, in its own casing, and its plane.

    Raises:
        Failure: there is none of that name; the nearest are named.
    """
    from keyless.catalog.operations import known_actions

    for plane in (ActionPlane.DATA, ActionPlane.CONTROL):
        by_folded = {name.casefold(): name for name in known_actions(plane)}
        if text.casefold() in by_folded:
            return plane, by_folded[text.casefold()]
    everything = [*known_actions(ActionPlane.DATA), *known_actions(ActionPlane.CONTROL)]
    near = difflib.get_close_matches(text, everything, n=3)
    named = ", ".join(f"`{name}`" for name in near)
    hint = f"the nearest are {named}" if near else "see `docs/reference/operations.md`"
    raise Failure(f"`{text}` is not a known action: {hint}", 2)


async def known_scope(store: Store, text: str) -> ResourceId:
    """A scope from a resource id, or from the address of a vault, store, secret or key-value.

    Raises:
        Failure: it is neither, or the estate has no such vault or store.
    """
    if text.startswith("/"):
        try:
            return ResourceId.parse(text)
        except InvalidResourceId as error:
            raise Failure(str(error), 2) from error
    address = urlsplit(text if "://" in text else f"https://{text}")
    name, _, suffix = (address.hostname or "").partition(".")
    path = [unquote(part) for part in address.path.split("/") if part]
    scope = None
    if suffix == "vault.azure.net" and (vault := await store.get(VAULTS, (name,))) is not None:
        scope = _in_vault(ResourceId.parse(vault.resource_id), path)
    elif suffix == "azconfig.io" and (found := await store_at(store, name)) is not None:
        label = parse_qs(address.query).get("label", [None])[0]
        scope = _in_store(ResourceId.parse(found.resource_id), path, label)
    if scope is None:
        raise Failure(f"`{text}` is no resource id, and nothing in this estate has that address", 2)
    return scope


def _in_vault(vault: ResourceId, path: Sequence[str]) -> ResourceId | None:
    """The vault, or one of its objects (whatever the version)."""
    if not path:
        return vault
    return vault.child(path[0], path[1]) if path[0] in _IN_VAULTS and len(path) in {2, 3} else None


def _in_store(store: ResourceId, path: Sequence[str], label: str | None) -> ResourceId | None:
    """The store, or one of its key-values or snapshots; their names may hold slashes."""
    if not path:
        return store
    if path[0] == "snapshots" and len(path) > 1:
        return snapshot_scope(store, "/".join(path[1:]))
    if path[0] != "kv" or len(path) == 1:
        return None
    return key_value_scope(store, "/".join(path[1:]), (label or "").strip("\0") or None)
