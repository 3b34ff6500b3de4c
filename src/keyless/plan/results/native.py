"""Grants that Azure RBAC does not reach: a service's own roles."""

from __future__ import annotations

import enum

import msgspec

from keyless.plan.problem import Subject


class NativeSystem(enum.StrEnum):
    """Whose own roles they are."""

    COSMOS_DB = "cosmos-db"
    SQL = "sql"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    KUBERNETES = "kubernetes"


class NativeGrant(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One grant in a service's own terms.

    ``scope`` is the account, server or cluster (an ARM id), ``within`` the database, container or namespace;
    ``commands`` are what makes the grant, ``undo`` what takes it back, each a whole statement or command.
    """

    principal: Subject
    system: NativeSystem
    scope: str
    within: str
    role: str
    commands: tuple[str, ...]
    undo: tuple[str, ...]
    reason: str
    exists: bool = False
