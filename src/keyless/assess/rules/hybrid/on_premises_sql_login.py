"""Logins with a password to databases on premises: SQL Server, PostgreSQL, MySQL, Oracle, Db2.

Rules:
- the host tells: see ``_hosts``; databases of Azure are for the rules on credentials;
- in documents, a user and a password beside the address count as well (`spring.datasource.*`);
- tests, and files of examples and development, are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from keyless.assess.files.purpose import is_test
from keyless.assess.findings.finding import Confidence, Finding, Severity
from keyless.assess.repository import Repository
from keyless.assess.rules.hybrid._hosts import on_premises
from keyless.assess.rules.hybrid._logins import Login, login_in
from keyless.assess.rules.hybrid._texts import candidates
from keyless.assess.rules.rule import Group, Rule
from keyless.assess.settings.writers.flat import flattened
from keyless.assess.settings.writers.where import runs_from
from keyless.assess.syntax.documents import Document
from keyless.assess.syntax.expressions import Argument, Call, Expr, Name
from keyless.assess.syntax.span import Place, Span

_ADDRESSES = ("url", "jdbcurl", "jdbc-url", "connectionurl", "connection-url")
_USERS = frozenset({"username", "user", "userid", "user-name"})
_PASSWORDS = frozenset({"password", "pwd"})


def _check(repository: Repository) -> Iterable[Finding]:
    taken: set[tuple[str, int]] = set()
    for place, login in sorted(_found(repository), key=lambda one: one[0]):
        confidence = on_premises(login.host)
        key = place.path, place.span.line
        if confidence is None or key in taken or is_test(place.path):
            continue
        taken.add(key)
        yield _finding(place, login, confidence)


def _found(repository: Repository) -> Iterator[tuple[Place, Login]]:
    for path, one in repository.view(candidates):
        login = login_in(one)
        if login is not None:
            yield Place(path, one.span), login
    for document in repository.documents:
        if runs_from(document.path):
            yield from _in_document(document)


def _in_document(document: Document) -> Iterator[tuple[Place, Login]]:
    for root in document.roots:
        groups: dict[str, dict[str, tuple[Expr, Span]]] = defaultdict(dict)
        for name, value, entry in flattened(root, "."):
            login = login_in(value)
            if login is not None:
                yield Place(document.path, entry.span), login
            before, _, last = name.rpartition(".")
            groups[before][last.casefold()] = value, entry.span
        for group in groups.values():
            yield from _beside_each_other(document.path, group)


def _beside_each_other(path: str, group: dict[str, tuple[Expr, Span]]) -> Iterator[tuple[Place, Login]]:
    """`url`, `username` and `password` of one place."""
    address = next((group[name] for name in _ADDRESSES if name in group), None)
    password = next((group[name] for name in _PASSWORDS if name in group), None)
    if address is None or password is None or _USERS.isdisjoint(group):
        return
    as_call = Call(
        address[1],
        Name(address[1], "getConnection"),
        tuple(Argument(one) for one in (address[0], address[0], password[0])),
    )
    login = login_in(as_call)
    if login is not None:
        yield Place(path, password[1]), login


def _finding(place: Place, login: Login, confidence: Confidence) -> Finding:
    host = login.host.strip().casefold()
    return Finding(
        rule="on-premises-sql-login",
        place=place,
        message=(
            f"a login with a password to `{host}`, which is on premises: log in with Kerberos as a managed "
            "service account, or with Entra through Azure Arc"
        ),
        severity=Severity.HIGH if login.written_out else Severity.MEDIUM,
        confidence=confidence,
        subject=host,
    )


RULE = Rule(
    id="on-premises-sql-login",
    group=Group.HYBRID,
    title="A database on premises is logged in to with a password",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    why=(
        "The login of a database is good for whoever reads it, from wherever the network lets through, until "
        "somebody changes it in every place at once."
    ),
    instead=(
        "Log in with Kerberos as a group managed service account; SQL Server 2022 that is connected with "
        "Azure Arc takes Entra, and a managed identity. Allow what has to stay with a reason and a last day "
        "(`allow`), and it is counted down."
    ),
    sources=(
        "https://learn.microsoft.com/sql/sql-server/azure-arc/entra-authentication-setup-tutorial",
        "https://learn.microsoft.com/entra/architecture/service-accounts-group-managed",
    ),
    check=_check,
)
