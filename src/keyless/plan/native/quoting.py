"""Names and texts in other languages, so that none of them can be anything but a name or a text.

Rules:
- a name that has a character which no terminal prints is not written at all: a line break could end a batch;
- each language doubles its own closing sign; MySQL also takes the backslash for a sign.

Sources: https://learn.microsoft.com/sql/relational-databases/databases/database-identifiers,
https://www.postgresql.org/docs/current/sql-syntax-lexical.html and
https://dev.mysql.com/doc/refman/8.4/en/string-literals.html
"""

from __future__ import annotations

import shlex

MYSQL_LONGEST_USER = 32


class NotWritten(ValueError):
    """A name that has no place in a statement."""


def sql_name(name: str) -> str:
    """A name of Transact-SQL, in brackets."""
    return f"[{_plain(name).replace(']', ']]')}]"


def sql_text(text: str) -> str:
    """A text of Transact-SQL."""
    return "N'" + _plain(text).replace("'", "''") + "'"


def sql_id(guid: str) -> str:
    """An id in Transact-SQL, as a text without the mark of other alphabets."""
    return sql_text(guid).removeprefix("N")


def postgres_name(name: str) -> str:
    """A name of PostgreSQL, in double quotes."""
    return '"' + _plain(name).replace('"', '""') + '"'


def postgres_text(text: str) -> str:
    """A text of PostgreSQL; where it has a backslash, as one in which that is a sign."""
    quoted = _plain(text).replace("'", "''")
    return "E'" + quoted.replace("\\", "\\\\") + "'" if "\\" in quoted else f"'{quoted}'"


def mysql_name(name: str) -> str:
    """A name of MySQL, in backticks."""
    return "`" + _plain(name).replace("`", "``") + "`"


def mysql_text(text: str) -> str:
    """A text of MySQL."""
    return "'" + _plain(text).replace("\\", "\\\\").replace("'", "''") + "'"


def shell(*words: str) -> str:
    """A command line of which every word is just that word."""
    return " ".join(shlex.quote(_plain(word)) for word in words)


def _plain(text: str) -> str:
    if not text.isprintable():
        raise NotWritten("it has a character that cannot be printed")
    return text
