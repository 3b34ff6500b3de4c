"""What a category of Azure's logs is, to the import: how its rows are told, and where in them things stand.

Rules:
- a row is one JSON object, or one line of a table (CSV, Parquet) whose columns stand for the keys. Which
  category it is of, its own `category`, `Category` or `Type` says (one of ``names``, without case); where
  other services use that name, too, the resource provider of its resource id; where it says nothing, the
  columns that only this table has (``marks``);
- ``fields`` name what is read of a row, each with the places where it may stand; the first that is not empty
  counts. A place is a path of keys: ``properties.id``, ``identity.claim."http://schemas…"``. What stands
  behind `` > `` is looked for in a text that is itself JSON (or in the object there): ``Claims > appid``;
- ``columns`` say in SQL (DuckDB's) what the import needs, with ``{field}`` for the text of a field (NULL
  where there is none). All values are text: they come from the log, and nothing of them is ever part of the
  SQL.

What an operation needs, the catalog says (``keyless.catalog.log_operations``), by ``Category.name`` and
``Columns.operation``.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass


class RowKind(enum.StrEnum):
    """What a row tells of: something done, or somebody signing in."""

    EVENT = "event"
    SIGN_IN = "sign-in"


NOTHING = "NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """SQL expressions over ``{field}``.

    - ``time``: when, as text (ISO 8601, or as the portal exports it); ``until``: when last, for a row that
      stands for ``count`` events;
    - ``operation``: what was done, as the catalog has it; for a sign-in, the value of its ``SignInMethod``;
    - ``action``: where the log itself says which action it was: that, or several with `;` between them;
    - ``scope``: the resource id of what it was done to; for a sign-in, what the token was for;
    - ``outcome``: `allowed`, `denied`, or NULL for what shows neither (see ``expressions.outcome_of``);
      for a sign-in `succeeded` or `failed`;
    - who did it, as far as the row says: ``caller`` is an object id, ``app`` a client id, ``identity`` the
      resource id of a managed identity, ``key`` the name of who holds an access key
      (``keyless.model.access_keys``); the first that is there counts;
    - ``person``: whether it was a person (true or false, never NULL);
    - ``event``: the id that the event has in every copy of it; where it has none, the row itself stands for
      it;
    - ``call``: what the rows have in common that are steps of one call, ``final`` whether a row is its last;
    - ``log``: the name of the category that the row tells of, where that is not the category itself;
    - ``by`` and ``error`` of a sign-in (see ``keyless.model.evidence.SignIn``).
    """

    time: str
    operation: str
    scope: str
    outcome: str
    action: str = NOTHING
    caller: str = NOTHING
    app: str = NOTHING
    identity: str = NOTHING
    key: str = NOTHING
    person: str = "false"
    count: str = "1"
    until: str = NOTHING
    event: str = NOTHING
    call: str = NOTHING
    final: str = "true"
    log: str = NOTHING
    by: str = NOTHING
    error: str = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One category of logs. ``name`` is what evidence calls it: `Log.AuditEvent.SecretGet`.

    ``place`` gives for a scope, as ``Columns.scope`` has it, the one that counts: it is asked once for each
    that there is, so that what would cost much in every row is done there.
    ``on_data_plane`` says which plane the actions are on that rows name themselves (``Columns.action``).
    ``names`` and ``provider`` are case-folded; ``marks`` are columns that are there together in no other.
    """

    name: str
    names: frozenset[str]
    fields: Mapping[str, tuple[str, ...]]
    columns: Columns
    kind: RowKind = RowKind.EVENT
    provider: str = ""
    marks: tuple[str, ...] = ()
    on_data_plane: bool = True
    place: Callable[[str], str] = str
