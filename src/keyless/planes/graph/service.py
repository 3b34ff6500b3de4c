"""What the operations of the directory work with."""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority

_ALPHABET = string.ascii_letters + string.digits + "._~-"
_MARK = "8Q~"
"""What client secrets of Entra have in their fourth to sixth place, by which scanners know them."""


def _new_guid() -> str:
    return str(uuid.uuid4())


def new_secret() -> str:
    """A client secret: 40 characters in the form of Entra's, of more than 200 random bits."""
    drawn = "".join(secrets.choice(_ALPHABET) for _ in range(37))
    return f"{drawn[:3]}{_MARK}{drawn[3:]}"


@dataclass(frozen=True, slots=True)
class Graph:
    """The store, the tenant, and what makes new GUIDs and client secrets."""

    store: Store
    authority: TokenAuthority
    new_guid: Callable[[], str] = _new_guid
    new_secret: Callable[[], str] = new_secret
