"""What is decided about grants in services' own terms: databases, clusters, Cosmos DB."""

from __future__ import annotations

import enum

import msgspec


class CosmosLevel(enum.StrEnum):
    """To what a role of Cosmos DB is given."""

    ACCOUNT = "account"
    """To the whole account."""
    DATABASE = "database"
    """To the database that was used."""
    CONTAINER = "container"
    """To the container that was used."""


class DatabaseRule(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """A ``role`` in a ``database`` of a ``server`` (a name, or a resource id).

    It is for whoever took a token for such servers, or for those of the ``principals`` (names or object ids)
    that did. Without a role, for the least that reads.
    """

    server: str
    database: str = ""
    role: str = ""
    principals: tuple[str, ...] = ()


class ClusterRule(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """A cluster ``role`` in a ``namespace`` of a ``cluster`` (a name, or a resource id), in the same way."""

    cluster: str
    namespace: str = "default"
    role: str = ""
    principals: tuple[str, ...] = ()


class NativeRules(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True
):
    """For databases and clusters the evidence says only that a token was taken, and not for which of them:
    ``sql``, ``postgresql``, ``mysql`` and ``kubernetes`` say who needs what where. ``cosmos`` is how far down
    a role of Cosmos DB is given."""

    cosmos: CosmosLevel = CosmosLevel.CONTAINER
    sql: tuple[DatabaseRule, ...] = ()
    postgresql: tuple[DatabaseRule, ...] = ()
    mysql: tuple[DatabaseRule, ...] = ()
    kubernetes: tuple[ClusterRule, ...] = ()
