"""What becomes of each secret and of each credential outside of Azure."""

from __future__ import annotations

import enum

import msgspec


class Fate(enum.StrEnum):
    """What is to be done with a secret."""

    REMOVABLE = "removable"
    """What it opens takes the identity: it can go."""
    KEPT = "kept"
    """What it opens takes no identity: it stays in Key Vault."""
    CONFIGURATION = "configuration"
    """It is no secret: it belongs in App Configuration."""
    TO_VAULT = "to-vault"
    """It is a secret and lies elsewhere: it belongs in Key Vault."""


class CodePlace(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """A place in the code; ``line`` counts from 1."""

    file: str
    line: int


class SecretDecision(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What becomes of one secret or setting, by name; its value is never here.

    ``container`` is the id of the vault or store, ``label`` the setting's, empty for none; ``how`` says what
    to do. ``service`` names what it opens, ``opens`` are the keys of the services that it may open, and
    ``host`` is where, as far as the value or the name shows. ``read_by`` are names of principals, ``reads``
    how often they read it, ``most_per_second`` the peak; with ``load_at_start_up`` it is read more often than
    a start needs, and ``reading`` says what to do; ``places`` are where code names it. ``owner`` and
    ``rotate_every_days`` are of secrets that stay.
    """

    container: str
    name: str
    fate: Fate
    why: str
    how: str
    label: str = ""
    service: str = ""
    opens: tuple[str, ...] = ()
    host: str = ""
    owner: str = ""
    rotate_every_days: int | None = None
    read_by: tuple[str, ...] = ()
    reads: int = 0
    most_per_second: int = 0
    load_at_start_up: bool = False
    reading: str = ""
    places: tuple[CodePlace, ...] = ()


class ReadBy(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """How often one principal reads an object: in all, and at most within a second and within ten.

    ``later`` are reads after the start of a run, as far as runs are known, and ``again`` the runs in which
    it was read again and again; ``checks`` were answered without content, as nothing had changed;
    ``throttled`` are requests that were refused because a limit was reached.
    """

    name: str
    reads: int
    most_per_second: int = 0
    most_per_window: int = 0
    later: int = 0
    again: int = 0
    checks: int = 0
    throttled: int = 0


class ObjectReads(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is read more often than at start-up, by whom, and what to do.

    ``kind`` is `secret`, `key`, `certificate`, `setting`, or `list of settings`, whose name is the store's.
    ``container`` is the vault's or the store's id; ``days`` on how many days it was read, ``runs`` how many
    runs its readers had, 0 where that is not known. With ``load_at_start_up`` it is more than starts of
    programs explain; without, some reads are only later. ``limit`` is the container's; ``places`` are where
    code names the object.
    """

    container: str
    kind: str
    name: str
    readers: tuple[ReadBy, ...]
    days: int
    runs: int
    load_at_start_up: bool
    limit: str
    advice: str
    places: tuple[CodePlace, ...] = ()


class Transitional(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Authentication that stays until its bridge stands; ``until`` is an ISO 8601 date, empty if not set."""

    principal_id: str
    name: str
    method: str
    bridge: str
    until: str
    remark: str
