"""What the counted rows mean: which actions an operation needs, who a caller is, and whether a scope is one.

Rules:
- each distinct operation, caller and scope is looked at once; rows are put together with the answers;
- the catalog's word on an operation counts before the log's own; an operation that neither knows is listed;
- a caller is a principal by its object id, or by its client id or its resource id where the estate knows
  that; the holder of an access key goes by the key's name;
- resource ids are written as Azure writes them where a log has them in capitals only: keywords and types as
  the catalog has them, names in lower case;
- what is not what it should be (a scope that is no resource id, an operation with signs that no operation
  has) is never shown or kept as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from keyless.catalog.log_operations import log_operation
from keyless.catalog.operations import known_actions
from keyless.catalog.services import services
from keyless.evidence.logs.category import Category, RowKind
from keyless.evidence.logs.rows import BETWEEN, INDIRECT, KEY_HOLDER, LONGEST_SCOPE, OBJECT_ID
from keyless.model.access_keys import store_and_key
from keyless.model.actions import ActionPlane
from keyless.model.evidence import NO_ACTION, SignInMethod
from keyless.model.resource_id import InvalidResourceId, ResourceId

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNREADABLE = "(unreadable)"
NO_METHOD = "the log does not say what it signed in with"
NO_SCOPE = "the scope is no resource id"
NO_CALLER = "no caller: the request came without a token"
TOO_MANY = "there are too many different ones to tell"
MOST_OPERATIONS, MOST_CALLERS, MOST_SCOPES, MOST_LOGS = 100_000, 200_000, 500_000, 1_000
"""How many different ones are looked at, the most frequent first: no log can take all the memory there is."""
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/()*:-]{0,299}")
_ACTION = re.compile(r"[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)+(/[A-Za-z0-9._-]+)+")
_LONGEST_TARGET = 200
_METHODS = {method.value for method in SignInMethod}
_KEYWORDS = {"subscriptions": "subscriptions", "resourcegroups": "resourceGroups", "providers": "providers"}


def plain(text: str) -> str:
    """A name from a log as it can be kept: itself, or that it was not readable."""
    return text if not text or _PLAIN.fullmatch(text) else UNREADABLE


def target(text: str) -> str:
    """What a token was for, as it can be kept: the name of a resource, or that it was not readable."""
    return text if text.isprintable() and len(text) < _LONGEST_TARGET and "=" not in text else UNREADABLE


class Meaning:
    """The answers, as tables beside ``counted``; ``known`` gives principal ids by client id and resource id,
    both in lower case."""

    def __init__(
        self, connection: DuckDBPyConnection, categories: Sequence[Category], known: Mapping[str, str]
    ) -> None:
        self._connection = connection
        self._categories = categories
        self._known = known

    def tell(self) -> None:
        """Make ``operations``, ``needs``, ``callers`` and ``scopes``."""
        self._operations()
        self._callers()
        self._scopes()

    def _operations(self) -> None:
        keys = self._most_frequent("kind, log, operation, action", MOST_OPERATIONS)
        told: list[tuple[object, ...]] = []
        needs: list[tuple[object, ...]] = []
        for number, (kind, log, operation, action) in enumerate(keys):
            why, needed = needed_by(self._categories[kind], log, operation, action)
            told.append((number, kind, log, operation, action, plain(log), plain(operation), why))
            needs += [(number, plane.value, one) for plane, one in needed]
        self._table("operations", ("id", "kind", "log", "operation", "action", "named", "shown", "why"), told)
        self._table("needs", ("id", "plane", "needed"), needs)

    def _callers(self) -> None:
        found = self._most_frequent("who", MOST_CALLERS)
        rows = [(who, *principal(who, self._known)) for (who,) in found]
        self._table("callers", ("who", "principal_id", "client_id", "why"), rows)

    def _scopes(self) -> None:
        found = self._most_frequent("kind, scope", MOST_SCOPES)
        rows = [(kind, scope, spelled(self._categories[kind].place(scope)) or "") for kind, scope in found]
        self._table("scopes", ("kind", "scope", "spelled"), rows)

    def _most_frequent(self, columns: str, most: int) -> list[tuple[Any, ...]]:
        """The different values of some columns, as many as there is room for."""
        query = f"""
            SELECT {columns} FROM counted WHERE kind >= 0 GROUP BY {columns}
            ORDER BY sum(number) DESC, {columns} LIMIT {most}
        """  # noqa: S608  # the names are ours
        return self._connection.execute(query).fetchall()

    def _table(self, name: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> None:
        """A table from rows, handed over column by column: numbers for ids and kinds, texts for all else."""
        types = {one: "BIGINT" if one in {"id", "kind"} else "VARCHAR" for one in columns}
        made = ", ".join(f"unnest(CAST(? AS {types[one]}[])) AS {one}" for one in columns)
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        self._connection.execute(f"CREATE TABLE {name} AS SELECT {made}", values)


def needed_by(
    category: Category, log: str, operation: str, action: str
) -> tuple[str, list[tuple[ActionPlane, str]]]:
    """What an operation needs, or why that is not known or nothing."""
    if category.kind is RowKind.SIGN_IN:
        return ("" if operation in _METHODS else NO_METHOD), []
    known = log_operation(log, operation)
    if known is not None:
        needs = list(known.needs())
        return (known.why if not needs else ""), needs
    named = [one for one in action.split(";") if _ACTION.fullmatch(one)]
    plane = ActionPlane.DATA if category.on_data_plane else ActionPlane.CONTROL
    return ("" if named else NO_ACTION), [(plane, _written(plane, one)) for one in named]


def _written(plane: ActionPlane, action: str) -> str:
    """An action as it is usually written: logs have it in capitals, too."""
    return _actions(plane).get(action.casefold(), action) if action.isupper() else action


@lru_cache(maxsize=2)
def _actions(plane: ActionPlane) -> Mapping[str, str]:
    """Known actions by their case-folded text."""
    return {action.casefold(): action for action in known_actions(plane)}


def principal(who: str, known: Mapping[str, str]) -> tuple[str, str, str]:
    """A caller's principal id and client id; without the first, why there is none."""
    if who.startswith(OBJECT_ID):
        return plain(who.removeprefix(OBJECT_ID)), "", ""
    if who.startswith(KEY_HOLDER):
        name = who.removeprefix(KEY_HOLDER)
        return (name, "", "") if store_and_key(name) and plain(name) == name else ("", "", NO_CALLER)
    if not who.startswith(INDIRECT):
        return "", "", NO_CALLER
    app, _, identity = who.removeprefix(INDIRECT).partition(BETWEEN)
    found = known.get(app) or known.get(identity)
    if found:
        return found, app, ""
    return "", app, f"no principal is known for {_named(app, identity)}: declare it, and import again"


def _named(app: str, identity: str) -> str:
    if app:
        return f"the client id `{plain(app)}`"
    return f"the identity `{spelled(identity) or UNREADABLE}`"


def spelled(scope: str) -> str | None:
    """A resource id as it is kept; none for what is no resource id."""
    if not scope.startswith("/") or len(scope) > LONGEST_SCOPE or not scope.isprintable():
        return None
    try:
        found = ResourceId.parse(scope)
    except InvalidResourceId:
        return None
    return "/" + "/".join(_segments(found))


def _segments(scope: ResourceId) -> Iterator[str]:
    """Keywords and types as Azure writes them; a name in capitals only, as in Key Vault's log, is lowered."""
    provider = ""
    for at, segment in enumerate(scope.segments):
        before = scope.key[at - 1] if at else ""
        if before == "providers":
            provider = _spelling().get(segment.casefold(), segment)
            yield provider
        elif at % 2 == 0:
            yield _type(provider, segment)
        else:
            yield segment.lower() if segment.isupper() else segment


def _type(provider: str, segment: str) -> str:
    return _KEYWORDS.get(segment.lower()) or _spelling().get(segment.casefold()) or segment


@lru_cache(maxsize=1)
def _spelling() -> Mapping[str, str]:
    """Providers and types as the catalog writes them, by their case-folded text."""
    types = (one.arm_type for one in services() if one.arm_type)
    return {part.casefold(): part for one in types for part in one.split("/")}
