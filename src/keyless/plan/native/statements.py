"""The statements that let a principal into a database or a namespace, and those that take it back.

Rules:
- a user is made for the object id, not for the name alone, of which there can be several; one that does not
  exist yet is made by its name;
- a role of the database is given by its name; `reader` and `writer` stand for the least that reads, or reads
  and writes, the tables of the schema `public`, where the database has no such role of its own;
- every name and text is quoted for its language; what can't be is not written.

Sources: https://learn.microsoft.com/sql/t-sql/statements/create-user-transact-sql,
https://learn.microsoft.com/azure/postgresql/security/security-manage-entra-users,
https://learn.microsoft.com/azure/mysql/flexible-server/security-how-to-entra and
https://learn.microsoft.com/azure/aks/azure-ad-rbac
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from keyless.catalog.native_roles import DATABASE_READER, DATABASE_WRITER
from keyless.plan.native.quoting import (
    MYSQL_LONGEST_USER,
    NotWritten,
    mysql_name,
    mysql_text,
    postgres_name,
    postgres_text,
    shell,
    sql_id,
    sql_name,
    sql_text,
)
from keyless.plan.problem import Subject

_WRITES = "SELECT, INSERT, UPDATE, DELETE"


class Statements(NamedTuple):
    """What makes a grant, and what takes it back."""

    do: tuple[str, ...]
    undo: tuple[str, ...]


def sql_statements(subject: Subject, roles: Iterable[str]) -> Statements:
    """In a database of Azure SQL, on a connection to it."""
    user = sql_name(subject.name)
    by_id = "" if subject.is_proposed else f" WITH OBJECT_ID = {sql_id(subject.principal_id)}"
    made = (
        f"IF DATABASE_PRINCIPAL_ID({sql_text(subject.name)}) IS NULL "
        f"CREATE USER {user} FROM EXTERNAL PROVIDER{by_id};"
    )
    given = tuple(f"ALTER ROLE {sql_name(role)} ADD MEMBER {user};" for role in roles)
    taken = tuple(f"ALTER ROLE {sql_name(role)} DROP MEMBER {user};" for role in roles)
    return Statements((made, *given), (*taken, f"DROP USER IF EXISTS {user};"))


def postgres_statements(subject: Subject, roles: Iterable[str], database: str) -> Statements:
    """In PostgreSQL: the first statement on a connection to `postgres`, the others to the database."""
    user = postgres_name(subject.name)
    name = postgres_text(subject.name)
    made = f"SELECT * FROM {_postgres_maker(subject, name)};"  # noqa: S608  # each name is quoted
    on = postgres_name(database) if database else ""
    connect = (f"GRANT CONNECT ON DATABASE {on} TO {user};",) if on else ()
    given = [line for role in roles for line in _postgres_role(role, user, gives=True)]
    taken = [line for role in roles for line in _postgres_role(role, user, gives=False)]
    off = (f"REVOKE CONNECT ON DATABASE {on} FROM {user};",) if on else ()
    return Statements((made, *connect, *given), (*taken, *off, f"DROP ROLE {user};"))


def _postgres_maker(subject: Subject, name: str) -> str:
    if subject.is_proposed:
        return f"pgaadauth_create_principal({name}, false, false)"
    object_id = postgres_text(subject.principal_id)
    return f"pgaadauth_create_principal_with_oid({name}, {object_id}, 'service', false, false)"


def _postgres_role(role: str, user: str, *, gives: bool) -> tuple[str, ...]:
    verb, to = ("GRANT", "TO") if gives else ("REVOKE", "FROM")
    if role not in {DATABASE_READER, DATABASE_WRITER}:
        return (f"{verb} {postgres_name(role)} {to} {user};",)
    rights = "SELECT" if role == DATABASE_READER else _WRITES
    later = "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
    lines = (
        f"{verb} USAGE ON SCHEMA public {to} {user};",
        f"{verb} {rights} ON ALL TABLES IN SCHEMA public {to} {user};",
        f"{later}{verb} {rights} ON TABLES {to} {user};",
    )
    if role == DATABASE_READER:
        return lines
    return (*lines, f"{verb} USAGE ON ALL SEQUENCES IN SCHEMA public {to} {user};")


def mysql_statements(subject: Subject, roles: Iterable[str], database: str, client_id: str) -> Statements:
    """In MySQL, which knows a service principal by its client id.

    Raises:
        NotWritten: the client id or the database is not known, or a user's name would be cut off.
    """
    if subject.is_proposed or not client_id or not database:
        raise NotWritten("the client id or the database is not known")
    if len(subject.name) > MYSQL_LONGEST_USER:
        raise NotWritten(f"a user's name has at most {MYSQL_LONGEST_USER} characters")
    user, on = f"{mysql_text(subject.name)}@'%'", f"{mysql_name(database)}.*"
    made = f"CREATE AADUSER {mysql_text(subject.name)} IDENTIFIED BY {mysql_text(client_id)};"
    given = tuple(_mysql_role(role, on, user) for role in roles)
    return Statements((made, *given), (f"DROP USER {user};",))


def _mysql_role(role: str, on: str, user: str) -> str:
    if role not in {DATABASE_READER, DATABASE_WRITER}:
        return f"GRANT {mysql_text(role)} TO {user};"
    return f"GRANT {'SELECT' if role == DATABASE_READER else _WRITES} ON {on} TO {user};"


def kubernetes_statements(subject: Subject, role: str, cluster: str, namespace: str, name: str) -> Statements:
    """In a cluster: a binding of a cluster role in one namespace, for the object id.

    The context is the one that `az aks get-credentials` makes, so that no other cluster is ever spoken to.
    """
    at = (f"--namespace={namespace}", f"--context={cluster}")
    do = ("kubectl", "create", "rolebinding", name, f"--clusterrole={role}", *at)
    undo = ("kubectl", "delete", "rolebinding", name, *at, "--ignore-not-found")
    return Statements((shell(*do, f"--user={subject.principal_id}"),), (shell(*undo),))
