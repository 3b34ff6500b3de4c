"""Grants that Azure RBAC does not reach: a service's own roles."""

from __future__ import annotations

import enum

import msgspec

from keyless.plan.problem import Subject

NOT_KNOWN = "/"
"""The scope of a grant at a server or cluster that neither the evidence nor the policy names."""


class NativeSystem(enum.StrEnum):
    """Whose own roles they are."""

    COSMOS_DB = "cosmos-db"
    SQL = "sql"
    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    KUBERNETES = "kubernetes"


class NativeGrant(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One grant in a service's own terms.

    ``scope`` is the account, server or cluster (an ARM id, `/` where it is not known), ``within`` the
    database, container or namespace; ``commands`` are what makes the grant, ``undo`` what takes it back, each
    a whole statement or command; both are empty where it ``exists``, or a name can't be written in one.
    ``used`` are the data actions that were used, ``excess`` those that it grants besides, where the service
    has such.
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
    used: tuple[str, ...] = ()
    excess: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, for people."""
        if self.scope == NOT_KNOWN:
            return self.within or "a place that the policy does not name"
        name = self.scope.rpartition("/")[2]
        return f"{self.within} of {name}" if self.within else name
